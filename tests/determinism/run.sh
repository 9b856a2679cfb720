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
# Of the scenarios some of each sort: all of them take minutes (make validate, row 45).
files=()
for name in beijing-telecom-outage hijack flash-crowd cap-scopes gateway-failure health-check-flapping \
    one-ip-instead-of-many attack-withdraw-or-absorb wrong-prepend; do
    files+=("scenarios/$name.yaml")
done
# At $1 jobs: their files, and their lines without the time.
everything() {
    "$ANYSIM" test --no-color --jobs "$1" --out "$work/jobs$1" "${files[@]}" tests/golden |
        sed -E 's/ +[0-9.]+ s$//' >"$work/lines$1"
}

everything 1 || true # a scenario that fails is another suite's news
everything 4 || true
check "test: the same lines at 1 and 4 jobs" diff "$work/lines1" "$work/lines4"
check "test: the same files at 1 and 4 jobs" diff -rq "$work/jobs1" "$work/jobs4"

"$ANYSIM" run -q --out "$work/alone" "$flagship" || true
check "run: the same files as in test" diff -rq "$work/alone" "$work/jobs1/$(basename "$flagship" .yaml)"
"$ANYSIM" run -q --out "$work/seed" --seed 43 "$flagship" || true
check "another seed gives other figures" differs "$work/alone/timeseries.csv" "$work/seed/timeseries.csv"

for jobs in 1 3; do
    "$ANYSIM" sweep -q --no-plots --fail pops --jobs "$jobs" --out "$work/sweep$jobs" "$flagship"
done
check "sweep: the same files at 1 and 3 jobs" diff -rq "$work/sweep1" "$work/sweep3"

while read -r file; do
    check "packets are conserved" awk '
        /"(sent|delivered|dropped|in_flight)":/ && n < 4 {
            key = $1; gsub(/[":]/, "", key); value = $2; sub(/,/, "", value); v[key] = value; n++ }
        END { exit !(n == 4 && v["sent"] > 0 && v["sent"] == v["delivered"] + v["dropped"] + v["in_flight"]) }
    ' <(sed -n '/"conservation"/,$p' "$file" | tr '{,' '\n\n')
done < <(find "$work/jobs1" -name summary.json | sort)

echo "determinism: $passed passed, $failed failed"
[ "$failed" = 0 ]
