#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The lint's own test: every check, run on bad/CHECK, must report exactly what bad/CHECK/expected
# says. The samples hold good lines too, which no check may report; and on good/, which has nothing
# wrong and lacks what a young tree lacks, every check must be silent and succeed.
set -uo pipefail
cd "$(dirname "$0")/../.."
export LC_ALL=C.UTF-8
bad=tests/lint/bad
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect NAME COMMAND…: it must fail, with the expected lines on its standard output.
expect() {
    local name=$1 status=0
    shift
    "$@" >"$scratch/output" 2>"$scratch/errors" || status=$?
    if [ "$status" = 77 ]; then
        skipped=$((skipped + 1))
        echo "  SKIPPED: $name: $(cat "$scratch/output")"
    elif [ "$status" = 1 ] && diff -u "$bad/$name/expected" "$scratch/output" >"$scratch/diff"; then
        passed=$((passed + 1))
        echo "  ok   $name"
    else
        failed=$((failed + 1))
        echo "  FAIL $name: exit status $status; what differs from $bad/$name/expected:"
        cat "$scratch/diff" "$scratch/errors"
    fi
}

# accept NAME COMMAND…: it must succeed and say nothing.
accept() {
    local name=$1 status=0
    shift
    "$@" >"$scratch/output" 2>&1 || status=$?
    if [ "$status" = 77 ]; then
        skipped=$((skipped + 1))
        echo "  SKIPPED: good $name: $(cat "$scratch/output")"
    elif [ "$status" = 0 ] && [ ! -s "$scratch/output" ]; then
        passed=$((passed + 1))
        echo "  ok   good $name"
    else
        failed=$((failed + 1))
        echo "  FAIL good $name: exit status $status"
        cat "$scratch/output"
    fi
}

# compile_sample NAME ARGUMENT…: a tree with this project's Makefile and the sources of one sample,
# made with these arguments as the lint does it. Leaves it in $scratch/NAME, with `messages`.
compile_sample() {
    local tree=$scratch/$1 from=$bad/$1
    [ "$1" != good ] || from=tests/lint/good
    shift
    mkdir -p "$tree/tests/lint" "$tree/.ci"
    cp -r "$from/sim" Makefile VERSION "$tree"
    cp tests/lint/layers.mk "$tree/tests/lint"
    cp .ci/deps.sh "$tree/.ci"
    # The flags of the make that runs this test (its jobs, its SAN) are not for this one.
    env -u MAKEFLAGS -u MAKELEVEL -u SAN -u WERROR make --no-print-directory -C "$tree" -s -k -j1 \
        V=1 CC=gcc BUILD=build "$@" >"$tree/messages" 2>&1
}

warnings() {
    local status=0
    compile_sample warnings lint-objects WERROR=1 || status=$?
    grep -oE '^[^ ]*:[0-9]+:[0-9]+: error: .*\[-W.*\]$|^[^ ]*:[0-9]+:[0-9]+: error: unknown type.*' \
        "$scratch/warnings/messages" | sed -E 's/:[0-9]+: error: .*\[-W(error=)?/: /; s/\]$//
            s/:[0-9]+: error: .*/: does not stand alone/' | LC_ALL=C sort -u
    [ "$status" != 0 ] && return 1
}

symbols() {
    compile_sample symbols lint-objects WARNINGS= || { cat "$scratch/symbols/messages"; return 3; }
    tests/lint/check_symbols.sh $bad/symbols "$scratch/symbols/build/obj" $bad/symbols/allow.txt
}

standalone() {
    compile_sample standalone build/libanyfwd.a || { cat "$scratch/standalone/messages"; return 3; }
    tests/lint/check_standalone.sh "$scratch/standalone/build/libanyfwd.a"
}

format() {
    tests/lint/check_format.sh $bad/format >"$scratch/format" || {
        local status=$?
        # Without its last line, which names the version of clang-format.
        [ "$status" = 77 ] && cat "$scratch/format" || sed '$d' "$scratch/format"
        return "$status"
    }
}

good_warnings() {
    compile_sample good lint-objects build/libanyfwd.a WERROR=1 || {
        cat "$scratch/good/messages"
        return 3
    }
}

expect layers tests/lint/check_layers.sh $bad/layers
expect text tests/lint/check_text.sh $bad/text
expect functions tests/lint/check_functions.sh $bad/functions
expect format format
expect warnings warnings
expect symbols symbols
expect standalone standalone

for name in layers text functions format; do
    accept $name tests/lint/check_$name.sh tests/lint/good
done
accept warnings good_warnings
accept symbols tests/lint/check_symbols.sh tests/lint/good "$scratch/good/build/obj" /dev/null
accept standalone tests/lint/check_standalone.sh "$scratch/good/build/libanyfwd.a"

echo "lint self-test: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
