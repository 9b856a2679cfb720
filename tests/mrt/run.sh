#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# anysim run --mrt: bgpdump reads every record, and the tables are those that the speakers hold.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
scenario=tests/golden/withdraw.yaml
duration=$(awk '/^duration:/ { print $2 }' "$scenario")
service=192.88.99.0/24
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

check() { # WHAT GOOD(true|false) [DETAIL]
    if [ "$2" = true ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: ${3:-}"
    fi
}

"$ANYSIM" run -q --out "$work/plain" "$scenario"
"$ANYSIM" run -q --out "$work/a" --mrt "$scenario"
"$ANYSIM" run -q --out "$work/b" --mrt "$scenario"
check "the same bytes" "$(diff -r "$work/a" "$work/b" >/dev/null && echo true)"
rm "$work"/b/*.mrt
check "results as without" "$(diff -r "$work/plain" "$work/b" >/dev/null && echo true)"

# "PREFIX LOCAL_PREF PATH" of every best path, sorted.
held() { # TIME
    "$ANYSIM" export --format routes --at "$1" "$scenario" | python3 -c '
import json, sys
for router in json.load(sys.stdin)["routers"]:
    for route in router["routes"]:
        print(route["prefix"], route["local_pref"], *route["as_path"])' | sort
}

dumped() { # FILE
    bgpdump -m "$1" 2>/dev/null | awk -F'|' '{ print $6, $10 ($7 == "" ? "" : " " $7) }' | sort
}

if ! command -v bgpdump >/dev/null; then
    echo "SKIPPED: bgpdump is not installed"
    skipped=$((skipped + 4))
else
    dumped "$work/a/rib-start.mrt" >"$work/start"
    dumped "$work/a/rib-end.mrt" >"$work/end"
    bgpdump -m "$work/a/updates.mrt" 2>/dev/null >"$work/updates"
    check "the table at the start" "$([ -s "$work/start" ] && held 0s | cmp -s - "$work/start" && echo true)" \
        "$(held 0s | diff - "$work/start" | head -3)"
    check "the table at the end" "$(held "$duration" | cmp -s - "$work/end" && echo true)" \
        "$(held "$duration" | diff - "$work/end" | head -3)"
    check "the service is withdrawn and announced" \
        "$(awk -F'|' -v p="$service" '$6 == p { n[$3]++ } END { if (n["W"] && n["A"]) print "true" }' "$work/updates")"
    check "in order of time" "$(cut -d'|' -f2 "$work/updates" | sort -n -c && echo true)"
fi
# NOTIFICATIONs with their words (RFC 9003).
sed "s|^timeline:|timeline:\n  - {at: 2s, reset: {interconnect: [cloud, carrier]}, for: 1s, text: new import policy}|
    s|^topology: *|topology: $PWD/tests/golden/|" "$scenario" >"$work/reset.yaml"
"$ANYSIM" run -q --out "$work/reset" --mrt "$work/reset.yaml" >/dev/null 2>&1 || true # phases move
check "the words of a NOTIFICATION" "$(grep -qa 'new import policy' "$work/reset/updates.mrt" && echo true)"
if command -v bgpdump >/dev/null; then
    bgpdump "$work/reset/updates.mrt" >"$work/notified" 2>/dev/null || true
    check "bgpdump reads it" "$(grep -q "MESSAGE/Notify" "$work/notified" && echo true)"
fi
echo "mrt: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
