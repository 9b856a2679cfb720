#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Determinism: same input and seed, same bytes; at any number of jobs; another seed, other bytes. And packets
# are conserved in every scenario: sent = delivered + dropped + in flight.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
flagship=scenarios/beijing-telecom-outage.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # WHAT COMMAND…
    local what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what: $*"
    fi
}
differs() {
    ! cmp -s "$1" "$2"
}
# The lines of `anysim test` without their times.
lines() {
    "$ANYSIM" test --no-color --jobs "$1" scenarios | sed -E 's/ +[0-9.]+ s$//'
}

for copy in one two; do
    "$ANYSIM" run -q --out "$work/$copy" "$flagship"
done
check "two runs give the same files" diff -rq "$work/one" "$work/two"
"$ANYSIM" run -q --out "$work/seed" --seed 43 "$flagship" || true
check "another seed gives other figures" differs "$work/one/timeseries.csv" "$work/seed/timeseries.csv"

lines 1 >"$work/lines1"
lines 4 >"$work/lines4"
check "test: the same lines at 1 and 4 jobs" diff "$work/lines1" "$work/lines4"

for jobs in 1 3; do
    "$ANYSIM" sweep -q --no-plots --fail pops --jobs "$jobs" --out "$work/sweep$jobs" "$flagship"
done
check "sweep: the same files at 1 and 3 jobs" diff -rq "$work/sweep1" "$work/sweep3"

"$ANYSIM" test -q --out "$work/all" scenarios tests/golden >"$work/log" || true
while read -r file; do
    check "packets are conserved" awk '
        /"(sent|delivered|dropped|in_flight)":/ && n < 4 {
            key = $1; gsub(/[":]/, "", key); value = $2; sub(/,/, "", value); v[key] = value; n++ }
        END { exit !(n == 4 && v["sent"] > 0 && v["sent"] == v["delivered"] + v["dropped"] + v["in_flight"]) }
    ' <(sed -n '/"conservation"/,$p' "$file" | tr '{,' '\n\n')
done < <(find "$work/all" -name summary.json | sort)

echo "determinism: $passed passed, $failed failed"
[ "$failed" = 0 ]
