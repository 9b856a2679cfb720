#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every kind of traffic in one run: what a client and a site of the service saw is whole for tshark,
# with every checksum right, and holds what the kind says that it sends.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
scenario=tests/kinds/kinds.yaml
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

"$ANYSIM" run -q --out "$work/a" --pcap carrier/north --pcap cloud/north-1 "$scenario"
"$ANYSIM" run -q --out "$work/b" --pcap carrier/north --pcap cloud/north-1 "$scenario"
check "the same bytes" "$(diff -r "$work/a" "$work/b" >/dev/null && echo true)"

if ! command -v tshark >/dev/null; then
    echo "SKIPPED: tshark is not installed"
    skipped=$((skipped + 1))
else
    strict=(-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE)
    for node in carrier-north cloud-north-1; do
        wrong=$(tshark "${strict[@]}" -r "$work/a/$node.pcap" -Y '_ws.malformed || _ws.short ||
            ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0 ||
            icmp.checksum.status == 0' 2>/dev/null | wc -l)
        all=$(tshark -r "$work/a/$node.pcap" 2>/dev/null | wc -l)
        check "tshark finds $node whole" "$([ "$wrong" = 0 ] && [ "$all" -gt 1000 ] && echo true)" "$wrong of $all wrong"
    done
    holds() { # WHAT FILTER LEAST MOST [OPTION…]
        local what=$1 filter=$2 least=$3 most=$4 n
        shift 4
        n=$(tshark "$@" -r "$work/a/carrier-north.pcap" -Y "$filter" 2>/dev/null | wc -l)
        check "$what" "$([ "$n" -ge "$least" ] && [ "$n" -le "$most" ] && echo true)" "$n packets, expected $least to $most"
    }
    # 20 s of each; the capture sees packets of the 20 s only.
    holds "game: states at the server's tick" 'udp.srcport == 7000 && ip.len == 240' 395 401
    holds "game: inputs" 'udp.dstport == 7000 && ip.len == 100' 99 101
    holds "cbr: as many back" 'udp.srcport == 9 && ip.len == 200' 395 401
    holds "poisson: at its mean rate" 'udp.dstport == 9 && udp.length == 480' 320 480
    holds "onoff: bursts" 'udp.dstport == 9 && ip.len == 1000' 100 3000
    holds "voip: RTP of G.729" 'rtp.p_type == 18 && rtp.version == 2' 1990 2004 -d udp.port==5004,rtp
fi

printf 'kinds: %d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ]
