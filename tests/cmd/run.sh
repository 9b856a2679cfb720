#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line as users and CI see it: exit codes, messages, help, and that old results survive a failed
# run.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
small=tests/golden/fibre-cut.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    sed 's/^/    /' "$work/out" "$work/err" | head -n 12
}
# expect CODE TEXT COMMAND…: the exit code, and TEXT (a fixed string, may be empty) somewhere in the output
expect() {
    local code=$1 text=$2 status=0
    shift 2
    "$@" >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" = "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" "$work/out" "$work/err"; }; then
        passed=$((passed + 1))
    else
        bad "exit status $status for $code, or no '$text': $*"
    fi
}
holds() { # WHAT COMMAND…
    local what=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then passed=$((passed + 1)); else bad "$what: $*"; fi
}
fails() { # WHAT COMMAND…
    local what=$1
    shift
    if "$@" >"$work/out" 2>"$work/err"; then bad "$what: $*"; else passed=$((passed + 1)); fi
}

# usage
expect 2 "usage: anysim COMMAND" "$ANYSIM"
expect 0 "exit codes:" "$ANYSIM" --help
expect 0 "anysim $(cat VERSION)" "$ANYSIM" --version
expect 2 "did you mean 'run'?" "$ANYSIM" rnu
expect 2 "did you mean '--seed'?" "$ANYSIM" run --sedd 3 "$small"
expect 2 "wants a value" "$ANYSIM" run "$small" --seed
expect 2 "does not apply here" "$ANYSIM" check --jobs 3 "$small"
expect 2 "from 1 to 1024" "$ANYSIM" test --jobs 0 scenarios
expect 2 "SCENARIO is missing" "$ANYSIM" run
expect 2 "too many arguments" "$ANYSIM" run "$small" "$small"
expect 2 "KEY=VALUE" "$ANYSIM" run --set nothing "$small"
expect 2 "has no variant 'nothing'" "$ANYSIM" run --variant nothing tests/golden/silent.yaml
expect 2 "did you mean 'links'?" "$ANYSIM" sweep --fail link "$small"
expect 2 "'info FILE' or 'reroute FILE' was expected" "$ANYSIM" topology show x
expect 2 "'topology' or 'node'" "$ANYSIM" schema nothing
expect 0 '"title": "anysim node"' "$ANYSIM" schema node
expect 0 "# Keys of a node's file" "$ANYSIM" schema --markdown node
expect 2 "'topology' or 'node'" "$ANYSIM" schema --markdown nothing
for command in run check test sweep explain plot schema topology forward predict playbook; do
    expect 0 "usage: anysim $command" "$ANYSIM" "$command" --help
    # Every option that the help shows is taken: at worst it is about the rest of the command line.
    for option in $(grep -oE -- '--[a-z-]+' "$work/out" | sort -u); do
        "$ANYSIM" "$command" "$option" >"$work/out" 2>"$work/err" </dev/null || true
        fails "$command takes $option" grep -qE "unknown option|does not apply" "$work/err"
    done
done

# input
expect 66 "No such file" "$ANYSIM" run "$work/none.yaml"
expect 66 "No such file" "$ANYSIM" check "$work/none.yaml"
expect 66 "" "$ANYSIM" plot "$work/none"
expect 65 "did you mean 'duration'?" "$ANYSIM" run --set durtion=3s "$small"
expect 65 "error:" "$ANYSIM" check tests/errors/unknown-key.yaml
expect 0 "good" "$ANYSIM" check "$small" topologies/china.yaml
expect 0 "client groups" "$ANYSIM" topology info topologies/china.yaml
expect 0 "1 client group, 1.0 M people" "$ANYSIM" topology info tests/golden/topologies/gadget.yaml
expect 0 "ti-lfa             link 100.00 %" "$ANYSIM" topology reroute tests/golden/reroute.yaml
expect 0 "fast reroute: packets are sent over" "$ANYSIM" explain tests/golden/reroute.yaml --variant ti-lfa \
    --at 15.1s --from carrier/right --to plain

# expectations, JUnit
printf '%s\n' 'expect: [{service: plain, during: before, availability: "<= 1%"}]' >"$work/tail"
{ sed '/^expect:/,$d; s|topologies/|'"$PWD"'/tests/golden/topologies/|' "$small"; cat "$work/tail"; } >"$work/fails.yaml"
expect 1 "FAIL" "$ANYSIM" run --out "$work/failed" "$work/fails.yaml"
expect 1 "expected <= 1%, obtained 100%" "$ANYSIM" test --junit "$work/junit.xml" "$work/fails.yaml"
holds "JUnit names the failure" grep -q '<failure message="[^"]*availability expected &lt;= 1%' "$work/junit.xml"
if command -v xmllint >/dev/null; then
    holds "JUnit is well-formed" xmllint --noout "$work/junit.xml"
else
    skipped=$((skipped + 1))
    echo "  SKIPPED: no xmllint"
fi
sed '/^expect:/,$d; s|topologies/|'"$PWD"'/tests/golden/topologies/|' "$small" >"$work/nothing.yaml"
expect 65 "expects nothing" "$ANYSIM" test "$work/nothing.yaml"
{ sed 's|topologies/|'"$PWD"'/tests/golden/topologies/|' "$small"; echo "variants:"; printf '  v%s: {}\n' {1..70}; } >"$work/many.yaml"
expect 0 "70 passed, 0 failed" "$ANYSIM" test "$work/many.yaml"

# baselines: written, kept, and a moved catchment is named
expect 0 "written" "$ANYSIM" test --baseline "$work/base" --update-baselines tests/golden/pop-loss.yaml
expect 0 "1 passed, 0 failed" "$ANYSIM" test --baseline "$work/base" tests/golden/pop-loss.yaml
expect 1 "moved from" "$ANYSIM" test --baseline "$work/base" --set 'services.eip.publish=[north, south]' tests/golden/pop-loss.yaml
expect 1 "baseline" "$ANYSIM" test --baseline "$work/nobase" tests/golden/pop-loss.yaml

# output
expect 0 "" "$ANYSIM" run -q --out "$work/kept" "$small"
cp -r "$work/kept" "$work/copy"
expect 65 "error:" "$ANYSIM" run -q --out "$work/kept" --set duration=-3s "$small"
holds "old results survive a bad input" diff -r "$work/kept" "$work/copy"
fails "nothing half-written is left" compgen -G "$work/kept.partial*"
: >"$work/file"
expect 74 "" "$ANYSIM" run -q --out "$work/file/below" "$small"
expect 74 "cannot write" "$ANYSIM" test --junit "$work/file/below.xml" "$small"
if [ -w /dev/full ]; then
    holds "a full standard output is exit 74" bash -c '"$0" schema >/dev/full 2>"$1"; [ $? = 74 ]' "$ANYSIM" "$work/e"
fi
expect 0 '"conservation"' "$ANYSIM" run --json --out "$work/json" "$small"
cp "$work/out" "$work/stdout"
holds "stdout is the JSON and nothing else" cmp "$work/stdout" "$work/json/summary.json"
expect 0 "POP of entry: north" "$ANYSIM" explain --at 12s --from carrier/west --to plain "$small"
expect 2 "did you mean 'carrier/west'?" "$ANYSIM" explain --from carrier/wset --to plain "$small"
expect 2 "outside" "$ANYSIM" explain --at 99h --from carrier/west --to plain "$small"
expect 0 "single failures" "$ANYSIM" sweep --no-plots --fail nodes --out "$work/sweep" "$small"
holds "a row a failure" test "$(wc -l <"$work/sweep/cases.csv")" -gt 7

# colour: never into a file, and NO_COLOR wins on a terminal
"$ANYSIM" run --out "$work/plain" "$small" >"$work/text" 2>/dev/null
fails "no escape codes in a file" grep -q $'\033' "$work/text" "$work/plain/summary.txt"
if command -v script >/dev/null; then
    # -e gives the child's status; the typescript holds what a terminal would show.
    TERM=xterm script -qec "$ANYSIM run --out $work/tty $small" "$work/colour" >/dev/null </dev/null
    TERM=xterm NO_COLOR=1 script -qec "$ANYSIM run -q --out $work/tty $small; $ANYSIM check $small" "$work/grey" >/dev/null </dev/null
    holds "colour on a terminal" grep -q $'\033\\[3' "$work/colour"
    fails "NO_COLOR" grep -q $'\033\\[3' "$work/grey"
else
    skipped=$((skipped + 1))
    echo "  SKIPPED: no script(1)"
fi

echo "cmd: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
