#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Error goldens: every *.yaml here is wrong in one way; what `anysim check` says about it, and its
# exit status, must be exactly what FILE.expect holds. With --update the .expect files are rewritten:
# read the difference before you commit it.
cd "$(dirname "$0")/../.." || exit 70
anysim=${ANYSIM:-build/anysim}
passed=0 failed=0
found=$(mktemp) || exit 70
trap 'rm -f "$found"' EXIT
for file in tests/errors/*.yaml; do
    expect=${file%.yaml}.expect
    NO_COLOR=1 "$anysim" check "$file" >/dev/null 2>"$found"
    echo "exit $?" >>"$found"
    if [ "$1" = --update ]; then
        cp "$found" "$expect"
    fi
    if cmp -s "$found" "$expect"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $file: the messages differ (< expected, > found)"
        diff "$expect" "$found"
    fi
done
echo "errors: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
