#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Golden runs: each small scenario beside this file (its intent is its first comment) must meet its own
# expectations and give the same summary.txt and clients.csv as under expected/, byte for byte.
# `--update` rewrites expected/; look at the difference and say in the commit why it moved.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
here=tests/golden
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

verdict() { # GOOD NAME WHAT
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2: $3 (run alone: $ANYSIM run $here/$2.yaml)"
    fi
}

for scenario in "$here"/*.yaml; do
    name=$(basename "$scenario" .yaml)
    status=0
    "$ANYSIM" run -q --out "$work/$name" "$scenario" || status=$?
    verdict "$status" "$name" "exit status $status"
    while read -r file; do
        kept=$here/expected/${file#"$work/"}
        if [ "${1:-}" = --update ]; then
            mkdir -p "$(dirname "$kept")"
            cp "$file" "$kept"
        else
            same=0
            diff -u "$kept" "$file" || same=$?
            verdict "$same" "$name" "$(basename "$file") differs"
        fi
    done < <(find "$work/$name" -name summary.txt -o -name clients.csv | sort)
done
# A file that no run writes any more must not lie about being compared.
while read -r kept; do
    if [ "${1:-}" = --update ] && [ ! -e "$work/${kept#"$here/expected/"}" ]; then
        rm "$kept"
    elif [ ! -e "$work/${kept#"$here/expected/"}" ]; then
        failed=$((failed + 1))
        echo "FAIL $kept: no run wrote it"
    fi
done < <(find "$here/expected" -type f | sort)
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ]
