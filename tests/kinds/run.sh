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
    holds "dns: questions" 'dns.flags.response == 0 && dns.qry.name == "www.example.net" && dns.qry.type == 1' 99 101
    holds "dns: answers" 'dns.flags.response == 1 && dns.a == 192.0.2.1' 99 101
    holds "replay: the capture's datagrams" 'tcp.port == 4444 || udp.port == 4444 || udp.port == 5555' 6 6
    holds "replay: its payload's size" 'tcp.len == 760' 1 1
    holds "synflood: SYNs with options, from anybody" 'tcp.dstport == 443 && tcp.flags == 2 && tcp.options.mss_val == 1460 && ip.src != 100.64.0.1' 495 500
    holds "reflection: questions in the victim's name" 'dns.qry.type == 255 && ip.src == 203.0.113.1' 150 500
    holds "reflection: large answers" 'dns.flags.response == 1 && dns.txt && ip.len == 1000' 1 800
    holds "reflection: monlist" 'ntp.priv.reqcode == 42 && ip.dst == 203.0.113.1 && ip.len == 468' 1 800
    holds "carpet: all over the prefix" 'ip.dst == 203.0.113.0/25 && ip.dst != 203.0.113.1 && udp.dstport >= 49152' 200 290
    holds "video: requests for segments" "tcp.dstport == 443 && ip.src == 100.64.0.1 && tcp.len == 300" 8 10
    holds "voip: RTP of G.729" 'rtp.p_type == 18 && rtp.version == 2' 1990 2004 -d udp.port==5004,rtp
fi

# A flood of 4 Gbps over two entries of 1 Gbps: both see 200 %, and users of the same links suffer.
for kind in synflood carpet reflection; do
    sed "s/kind: synflood/kind: $kind/; s|\.\./golden|$PWD/tests/golden|" tests/kinds/flood.yaml >"$work/$kind.yaml"
    "$ANYSIM" run -q --out "$work/$kind" "$work/$kind.yaml"
    peak=$(awk -F, '/^carrier\/(north|east)-1>cloud/ { sum += $15 } END { print sum }' "$work/$kind/links.csv")
    lost=$(awk -F, '$2 == "eip" && $1 >= 25 && $1 < 35 { n += $3; l += $5 } END { print int(100 * l / n) }' "$work/$kind/aggregated.csv")
    after=$(awk -F, '$2 == "eip" && $1 >= 42 { l += $5 } END { print l + 0 }' "$work/$kind/aggregated.csv")
    safe=$(awk -F, '$2 == "safe" { l += $5 } END { print l + 0 }' "$work/$kind/aggregated.csv")
    check "$kind: twice what both entries hold" "$(awk -v p="$peak" 'BEGIN { print (p > 390 && p < 450) ? "true" : "" }')" "$peak %"
    check "$kind: half of the users' requests are lost" "$([ "$lost" -ge 35 ] && [ "$lost" -le 65 ] && echo true)" "$lost %"
    check "$kind: all is well afterwards, and elsewhere" "$([ "$after$safe" = 00 ] && echo true)" "$after and $safe lost"
done

printf 'kinds: %d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ]
