#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# lint: every check of the source, one line each; a failing one shows what it found. The last line
# is "lint: N passed, N failed[, N skipped]". With CI set, a missing clang-format is a failure.
set -uo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8
make=${MAKE:-make}
passed=0 failed=0 skipped=0

# check NAME COMMAND…: status 0 is good, 77 means that a tool is missing.
check() {
    local name=$1 output status=0
    shift
    output=$("$@" 2>&1) || status=$?
    if [ "$status" = 0 ]; then
        passed=$((passed + 1))
        echo "  ok    $name"
        return
    fi
    if [ "$status" = 77 ] && [ -z "${CI:-}" ]; then
        skipped=$((skipped + 1))
        echo "  SKIPPED  $name: $output"
        return
    fi
    failed=$((failed + 1))
    echo "  FAIL  $name"
    sed 's/^/        | /' <<<"$output"
}

# compile COMPILER VARIABLE…: every source and header by itself, warnings as errors.
compile() {
    local cc=$1
    shift
    # -s and V=1: only what the compiler says.
    $make --no-print-directory -s -k V=1 lint-objects BUILD="build/lint/$cc" CC="$cc" WERROR=1 "$@"
}

standalone() {
    $make --no-print-directory -s V=1 build/lint/gcc/libanyfwd.a BUILD=build/lint/gcc CC=gcc WERROR=1 &&
        tests/lint/check_standalone.sh build/lint/gcc/libanyfwd.a
}

check layers tests/lint/check_layers.sh .
check text tests/lint/check_text.sh .
check functions tests/lint/check_functions.sh .
check format tests/lint/check_format.sh .
check gcc-warnings compile gcc
# clang is a second opinion: absent, it is skipped, in CI too.
if command -v clang >/dev/null; then
    check clang-warnings compile clang \
        WARNINGS='-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes'
else
    skipped=$((skipped + 1))
    echo '  SKIPPED  clang-warnings: clang is missing'
fi
check symbols tests/lint/check_symbols.sh . build/lint/gcc/obj tests/lint/allow.txt
check standalone standalone

echo "lint: $passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
