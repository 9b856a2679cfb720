#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# anysim explain is true: its decisions are recomputed from the candidates that it shows, its best paths
# are those of the routers' tables, and its hops join up.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
scenario=scenarios/beijing-telecom-outage.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # WHAT GOOD(true|false) [DETAIL]
    if [ "$2" = true ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: ${3:-}"
    fi
}

explain() {
    "$ANYSIM" explain "$scenario" "$@"
}

pair=(--from telecom/hebei --to eip)
explain --at 29s "${pair[@]}" --json >"$work/before.json"
explain --since 29s --at 75s "${pair[@]}" --json >"$work/after.json"
explain --at 62s --from telecom/hebei --to plain --json >"$work/cut.json"
for router in telecom/beijing-1 telecom/shijiazhuang-1 cloud/beijing-1; do
    explain --looking-glass "$router" --at 75s --json >"$work/glass-${router/\//-}.json"
done
# glass tables at 75 s, traces at 29 s, 62 s and 75 s
result=$(python3 tests/explain/decide.py "$work"/*.json)
read -r decisions losers wrong < <(tail -n 1 <<<"$result")
check "decisions recomputed" "$([ "$wrong" = 0 ] && [ "$decisions" -gt 250 ] && [ "$losers" -gt 700 ] && echo true)" "$result"

# What a router has heard is what its neighbours hold, and the text says what the JSON does.
"$ANYSIM" export --format routes --at 29s "$scenario" >"$work/routes-29"
for router in telecom/shanghai-1 unicom/beijing-1 cloud/shanghai-1; do
    explain --looking-glass "$router" --at 29s --json >"$work/heard-${router/\//-}.json"
done
result=$(python3 tests/explain/heard.py "$work/routes-29" "$work"/heard-*.json)
read -r heard wrong < <(tail -n 1 <<<"$result")
check "candidates are what neighbours tell" "$([ "$wrong" = 0 ] && [ "$heard" -gt 500 ] && echo true)" "$result"
explain --at 75s "${pair[@]}" >"$work/after.txt"
result=$(python3 tests/explain/words.py "$work/after.json" "$work/after.txt")
read -r said wrong < <(tail -n 1 <<<"$result")
check "the text's decisions" "$([ "$wrong" = 0 ] && [ "$said" -gt 15 ] && echo true)" "$result"

# The best of a looking glass is what the router holds.
"$ANYSIM" export --format routes --at 75s "$scenario" >"$work/routes"
check "best paths are the tables'" "$(python3 - "$work" <<'P'
import json, sys, glob
held = {r["router"]: {e["prefix"]: e["as_path"] for e in r["routes"]} for r in json.load(open(sys.argv[1] + "/routes"))["routers"]}
same = 0
for path in glob.glob(sys.argv[1] + "/glass-*.json"):
    glass = json.load(open(path))
    best = {t["prefix"]: t["candidates"][0]["as_path"] for t in glass["table"] if t["candidates"][0]["fate"] == "best"}
    same += best == held[glass["router"]] and len(best) > 50
print("true" if same == 3 else same)
P
)"

# Hops: each begins where the last one ended, times add up, and the way changed as it should.
check "the way and what changed" "$(python3 - "$work/before.json" "$work/after.json" <<'P'
import json, sys
before, after = (json.load(open(p)) for p in sys.argv[1:])
bad = []
for t in (before, after):
    for a, b in zip(t["hops"], t["hops"][1:]):
        if b["line_ms"] is not None and abs(b["at_ms"] - a["at_ms"] - b["line_ms"] - b["queue_ms"]) > 2e-6:
            bad.append(b)
    if abs(t["hops"][-1]["at_ms"] - t["rtt_ms"]) > 2e-6:
        bad.append(t["rtt_ms"])
if after["before"]["hops"] != before["hops"] or (before["pop"], after["pop"]) != ("beijing", "shanghai"):
    bad.append("before")
if not any(c["router"] == "telecom/shijiazhuang-1" and "telecom/shanghai-1" in c["after"] for c in after["changes"]):
    bad.append("changes")
print("true" if not bad else bad)
P
)"

# The text says the same: POP, hops that went and came.
text=$(explain --since 29s --at 75s "${pair[@]}")
check "the text's request" "$(grep -q '^request: 7\.[0-9]* ms by POP beijing → 44\.[0-9]* ms by POP shanghai$' <<<"$text" && echo true)"
check "the text's ways" "$(grep -qx '  - telecom/beijing-1' <<<"$text" && grep -qx '  + telecom/shanghai-1' <<<"$text" && echo true)"
glass=$(explain --looking-glass telecom/beijing-1 --at 75s)
check "a table for operators" "$(grep -Eq '^\*> +203\.0\.113\.0/24 +10\.240\.[0-9.]+ +300 +0 64500 i$' <<<"$glass" && echo true)" "$(grep -A2 203.0 <<<"$glass")"

# The sessions of a looking glass: one was shut down from the other end, with a word about it.
sed 's|^timeline:|timeline:\n  - {at: 10s, shutdown: {interconnect: [cloud, telecom], city: beijing}, for: 60s, text: line maintenance}|
    s|^topology: *\.\.|topology: '"$PWD"'|' "$scenario" >"$work/shut.yaml"
shut() { # TIME OPTION…
    "$ANYSIM" explain "$work/shut.yaml" --looking-glass telecom/beijing-1 --at "$@"
}
check "why a session is down" "$(shut 30s | grep -A1 '^   cloud/beijing-1' | tr '\n' ' ' | tr -s ' ' |
    grep -Eq '64500 10\.240\.[0-9.]+ (Active|Connect|Idle) 19\.99[0-9] s 0 last received at 10\.00[0-9] s: cease \(administrative shutdown\), "line maintenance"' &&
    echo true)" "$(shut 30s | grep -A1 '^   cloud/beijing-1')"
check "and that it comes back" "$(shut 58s --json | python3 -c '
import json, sys
(n,) = [n for n in json.load(sys.stdin)["neighbours"] if n["name"] == "cloud/beijing-1"]
print("true" if n["state"] != "Established" and n["last_received"]["text"] == "line maintenance" and not n["shut_down"] else n)')"

usage() { # TEXT ARGUMENT…
    local want=$1 status=0
    shift
    explain "$@" 2>"$work/err" >/dev/null || status=$?
    check "$*" "$([ $status = 2 ] && grep -q -- "$want" "$work/err" && echo true)" "$status $(cat "$work/err")"
}
usage "did you mean 'telecom/beijing-1'" --looking-glass telecom/bejing-1
usage "speaks no BGP" --looking-glass cloud/beijing-backend
usage "or --looking-glass" --looking-glass telecom/beijing-1 --from telecom/hebei
usage "is not before --at" --since 75s --at 75s "${pair[@]}"
usage "outside" --since 99h --at 75s "${pair[@]}"

echo "explain: $passed passed, $failed failed"
[ "$failed" = 0 ]
