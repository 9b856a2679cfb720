#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run: every test suite, each in a process of its own, in parallel; then one plain last line
# "N passed, N failed[, N skipped]". See README.md beside this file for what a suite must do.
#
#   tests/run.sh [--unit] [--junit FILE] [-j N] [WORD…]   only suites whose name contains a WORD
#
# Environment: BUILD (build), ANYSIM (BUILD/anysim), SAN=1 for a sanitised build,
# TEST_TIMEOUT_S for one suite (300, or 1200 with SAN=1).
set -euo pipefail
cd "$(dirname "$0")/.."

export BUILD=${BUILD:-build}
export ANYSIM=${ANYSIM:-$BUILD/anysim}
export LC_ALL=C.UTF-8
if [ "${SAN:-}" = 1 ]; then
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:detect_stack_use_after_return=1}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
fi
export TEST_TIMEOUT_S=${TEST_TIMEOUT_S:-$([ "${SAN:-}" = 1 ] && echo 1200 || echo 300)}
LOGS=$BUILD/test-logs

# Sources, not programs, make the list: a program that failed to build is missed, and one whose
# source is gone is not run. Validation and benchmarks have make targets of their own.
suites() {
    local f
    [ "$1" = unit ] || for f in tests/*/run.sh tests/*/test_*.sh; do
        case $f in
        tests/validation/* | tests/bench/* | *'*'*) ;;
        *) echo "${f#tests/}" ;;
        esac
    done
    for f in tests/*/test_*.c; do
        [ -e "$f" ] && echo "$(basename "$(dirname "$f")")/$(basename "$f" .c)"
    done
}

# Runs the suite "$1" and leaves LOGS/$1.log and LOGS/$1.result: passed failed skipped ms status.
run_one() {
    local name=$1 log=$LOGS/$1.log command status=0 start ms line numbers
    case $name in
    *.sh) command=tests/$name ;;
    *) command=$BUILD/tests/$name ;;
    esac
    mkdir -p "$(dirname "$log")"
    start=${EPOCHREALTIME/./}
    timeout -k 10 "$TEST_TIMEOUT_S" "$command" >"$log" 2>&1 </dev/null || status=$?
    ms=$(((${EPOCHREALTIME/./} - start) / 1000))
    line=$(tail -n 1 "$log" | tr -d '\0')
    numbers=$(sed -nE \
        's/^[^:]+: ([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$/\1 \2 \4/p' <<<"$line")
    local passed=0 failed=0 skipped=0 why=
    if [ -n "$numbers" ]; then
        read -r passed failed skipped <<<"$numbers"
        skipped=${skipped:-0}
        [ "$((passed + failed + skipped))" -gt 0 ] || { failed=1 why='it ran no test'; }
    else
        failed=1 why='no closing line "NAME: N passed, N failed[, N skipped]"'
    fi
    # A status that contradicts the line counts as one failure: a leak found at exit, for one.
    if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1 why='its exit status says failure, its closing line does not'
    elif [ "$status" = 0 ] && [ "$failed" != 0 ] && [ -z "$why" ]; then
        why='its exit status says success, its closing line does not'
    fi
    [ "$status" != 124 ] || why="stopped after $TEST_TIMEOUT_S s"
    [ "$status" -le 128 ] || why="killed by signal $((status - 128))${why:+; $why}"
    echo "$passed $failed $skipped $ms $status" >"$LOGS/$name.result"
    show "$name" "$passed" "$failed" "$skipped" "$ms" "$status" "$why"
}

# One line for a good suite and its skips, all its output for a bad one; never two at a time.
show() {
    local name=$1 passed=$2 failed=$3 skipped=$4 ms=$5 status=$6 why=$7
    {
        flock 9
        if [ "$failed" = 0 ]; then
            printf '  ok    %-32s %4d passed%s  %d.%02d s\n' "$name" "$passed" \
                "$([ "$skipped" = 0 ] || echo ", $skipped skipped")" $((ms / 1000)) \
                $((ms % 1000 / 10))
            [ "$skipped" = 0 ] || grep -a 'SKIPPED' "$LOGS/$name.log" | sed 's/^ */        /' || true
        else
            printf '  FAIL  %-32s %4d passed, %d failed (exit status %d)%s\n' "$name" "$passed" \
                "$failed" "$status" "${why:+: $why}"
            sed 's/^/        | /' "$LOGS/$name.log"
        fi
    } 9>>"$LOGS/lock"
}

xml_text() {
    tr -d '\000-\010\013\014\016-\037' | iconv -c -f UTF-8 -t UTF-8 |
        sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'
}

# junit FILE NAME…: one test suite element a suite, with its output when it failed.
junit() {
    local file=$1 name passed failed skipped ms status
    shift
    {
        echo '<?xml version="1.0" encoding="UTF-8"?>'
        echo '<testsuites name="anysim">'
        for name in "$@"; do
            read -r passed failed skipped ms status <"$LOGS/$name.result"
            printf '<testsuite name="%s" tests="1" failures="%d" skipped="%d" time="%d.%03d">\n' \
                "$name" $((failed > 0)) $((passed + failed == 0)) $((ms / 1000)) $((ms % 1000))
            printf '<testcase classname="%s" name="%s" time="%d.%03d">' "$(dirname "$name")" \
                "$(basename "$name")" $((ms / 1000)) $((ms % 1000))
            if [ "$failed" != 0 ]; then
                printf '<failure message="%d passed, %d failed, %d skipped, exit status %d">' \
                    "$passed" "$failed" "$skipped" "$status"
                xml_text <"$LOGS/$name.log"
                printf '</failure>'
            elif [ "$passed" = 0 ]; then
                printf '<skipped/>'
            fi
            printf '</testcase>\n</testsuite>\n'
        done
        echo '</testsuites>'
    } >"$file.part"
    mv "$file.part" "$file"
}

main() {
    local kind=all junit_file='' jobs words=() all=() name word
    jobs=$(nproc 2>/dev/null || echo 2)
    while [ $# -gt 0 ]; do
        case $1 in
        --one) run_one "$2"; return ;;
        --unit) kind=unit ;;
        --junit) junit_file=${2:?--junit needs a file}; shift ;;
        -j) jobs=${2:?-j needs a number}; shift ;;
        -*) echo "tests/run.sh: unknown option $1" >&2; return 2 ;;
        *) words+=("$1") ;;
        esac
        shift
    done
    while read -r name; do
        [ ${#words[@]} -gt 0 ] || all+=("$name")
        for word in ${words[@]+"${words[@]}"}; do
            [[ $name != *"$word"* ]] || { all+=("$name"); break; }
        done
    done < <(suites "$kind")
    if [ ${#all[@]} = 0 ]; then
        echo 'tests/run.sh: no such test' >&2
        echo '0 passed, 0 failed'
        return 1
    fi
    rm -rf "$LOGS"
    mkdir -p "$LOGS"
    printf '%s\0' "${all[@]}" | xargs -0 -n 1 -P "$jobs" tests/run.sh --one || true

    local passed=0 failed=0 skipped=0 p f s
    for name in "${all[@]}"; do
        [ -s "$LOGS/$name.result" ] || echo '0 1 0 0 1' >"$LOGS/$name.result"
        read -r p f s _ <"$LOGS/$name.result"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    done
    [ -z "$junit_file" ] || junit "$junit_file" "${all[@]}"
    echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
    [ "$failed" = 0 ]
}

main "$@"
