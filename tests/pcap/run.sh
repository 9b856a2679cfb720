#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# anysim run --pcap: what nodes of a simulation saw is a capture that tshark finds whole, with every checksum
# right, and that says the same as the results.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
scenario=tests/golden/modes.yaml
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

# Names: what there is, what there is not, and old results stay when it is not.
"$ANYSIM" run -q --out "$work/r" "$scenario"
before=$(cd "$work/r" && cat ./*.csv | cksum)
status=0
"$ANYSIM" run -q --out "$work/r" --pcap carrier/nort-1 "$scenario" 2>"$work/err" || status=$?
check "an unknown node" "$([ $status = 2 ] && grep -q "did you mean 'carrier/north-1'?" "$work/err" && echo true)" \
    "exit $status, $(cat "$work/err")"
status=0
"$ANYSIM" run -q --out "$work/r" --pcap carrier/north-1:carrier/south "$scenario" 2>"$work/err" || status=$?
check "no such link" "$([ $status = 2 ] && grep -q "no link joins" "$work/err" && echo true)" \
    "exit $status, $(cat "$work/err")"
status=0
"$ANYSIM" run -q --out "$work/r" --pcap carrier/north-1 --pcap carrier:north-1 "$scenario" 2>"$work/err" || status=$?
check "two taps, one file" "$([ $status = 2 ] && grep -q "would be one file" "$work/err" && echo true)" \
    "exit $status, $(cat "$work/err")"
check "old results stay" "$([ "$before" = "$(cd "$work/r" && cat ./*.csv | cksum)" ] && echo true)"
check "nothing is left behind" "$([ -z "$(find "$work" -name '*.partial*')" ] && echo true)" "$(ls "$work")"

# The capture changes nothing else, and two runs give the same bytes.
gateway=$("$ANYSIM" run -q --out "$work/x" --pcap nothing "$scenario" 2>&1 | head -n 1 || true)
"$ANYSIM" run -q --out "$work/a" --pcap carrier/north-1 --pcap carrier/north --pcap carrier/north:carrier/north-1 "$scenario"
"$ANYSIM" run -q --out "$work/b" --pcap carrier/north-1 --pcap carrier/north --pcap carrier/north:carrier/north-1 "$scenario"
check "the same bytes" "$(diff -r "$work/a" "$work/b" >/dev/null && echo true)"
check "results as without" "$([ "$before" = "$(cd "$work/a" && cat ./*.csv | cksum)" ] && echo true)"
check "a host's only link is all that it sees" \
    "$(cmp -s "$work/a/carrier-north.pcap" "$work/a/carrier-north-carrier-north-1.pcap" && echo true)"
check "a message says what is missing" "$(grep -q "no node 'nothing'" <<<"$gateway" && echo true)" "$gateway"

if ! command -v tshark >/dev/null; then
    echo "SKIPPED: tshark is not installed"
    skipped=$((skipped + 3))
else
    strict=(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE)
    for node in carrier-north-1 carrier-north; do
        wrong=$(tshark "${strict[@]}" -r "$work/a/$node.pcap" -Y '_ws.malformed || _ws.short || ip.checksum.status == 0 ||
            udp.checksum.status == 0 || icmp.checksum.status == 0' 2>/dev/null | wc -l)
        all=$(tshark -r "$work/a/$node.pcap" 2>/dev/null | wc -l)
        check "tshark finds $node whole" "$([ "$wrong" = 0 ] && [ "$all" -gt 100 ] && echo true)" "$wrong of $all wrong"
    done
    # A client's requests, by results and by capture.
    sent=$(awk -F, 'NR > 1 && $2 == "carrier" && $3 == "north" { n += $7 } END { print n }' "$work/a/clients.csv")
    seen=$(tshark -r "$work/a/carrier-north.pcap" -Y 'udp.dstport == 7000 && !icmp' 2>/dev/null | wc -l)
    check "requests sent are in the capture" "$([ "$sent" = "$seen" ] && echo true)" "$sent sent, $seen captured"
fi

printf 'pcap: %d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ]
