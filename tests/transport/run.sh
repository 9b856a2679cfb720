#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# TCP and QUIC in whole runs: who breaks when a catchment moves (VALIDATION row 40); what tshark says of
# a capture with losses, against our own counts; which segments fit through a tunnel.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
here=tests/transport
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

# sum COLUMN FILE traffic service [phase]
sum() {
    awk -F, -v name="$1" -v t="$3" -v s="$4" -v p="${5:-}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $(at["traffic"]) == t && $(at["service"]) == s && (p == "" || $(at["phase"]) == p) { n += $(at[name]) }
        END { print n + 0 }' "$2"
}

status=0
"$ANYSIM" run -q --out "$work/shift" "$here/shift.yaml" || status=$?
check "the expectations of the shift hold" "$([ $status = 0 ] && echo true)" "exit $status"
for t in calls quick files; do
    n=$(sum resets "$work/shift/quality.csv" $t eip)
    m=$(sum timeouts "$work/shift/quality.csv" $t eip)
    check "$t survive on the accelerated service" "$([ "$n" = 0 ] && [ "$m" = 0 ] && echo true)" "$n resets, $m time-outs"
    n=$(sum resets "$work/shift/quality.csv" $t dns outage)
    check "$t break on the replicated service" "$([ "$n" = 1 ] && echo true)" "$n resets"
done
n=$(sum reset "$work/shift/objects.csv" files dns) # it began before
check "a file is lost with its connection" "$([ "$n" = 1 ] && echo true)" "$n"

# GRE leaves 1476 bytes of 1500: a segment of 1436 (40 less) fits, one of 1440 does not, and nothing tells
# its sender.
tunnel() { # MSS
    sed -e "s/MSS/$1/" -e "s|TOPOLOGY|$PWD/tests/golden/topologies/ring.yaml|" "$here/tunnel.yaml" >"$work/tunnel-$1.yaml"
    "$ANYSIM" run -q --out "$work/tunnel-$1" "$work/tunnel-$1.yaml"
    sum ok "$work/tunnel-$1/objects.csv" files eip
}
fits=$(tunnel 1436)
check "segments of 1436 fit through GRE" "$([ "$fits" -ge 20 ] && echo true)" "$fits files"
fits=$(tunnel 1437)
check "segments of 1437 do not" "$([ "$fits" = 0 ] && echo true)" "$fits files"

"$ANYSIM" run -q --out "$work/lossy" --pcap carrier/east --pcap cloud/north-1 "$here/lossy.yaml"
"$ANYSIM" run -q --out "$work/again" --pcap carrier/east --pcap cloud/north-1 "$here/lossy.yaml"
check "the same bytes" "$(diff -r "$work/lossy" "$work/again" >/dev/null && echo true)"
if ! command -v tshark >/dev/null; then
    echo "SKIPPED: tshark is not installed"
    skipped=$((skipped + 4))
else
    pcap=$work/lossy/carrier-east.pcap
    shark=(tshark -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE -r "$pcap")
    count() { "${shark[@]}" -Y "$1" 2>/dev/null | wc -l; }
    wrong=$(count '_ws.malformed || _ws.short || tcp.checksum.status == 0 || ip.checksum.status == 0')
    all=$(count tcp)
    check "tshark finds every segment whole" "$([ "$wrong" = 0 ] && [ "$all" -gt 1000 ] && echo true)" "$wrong of $all"
    # A gap in what the client gets is a segment lost on the way; each is filled later.
    gaps=$(count 'tcp.analysis.lost_segment && tcp.srcport == 443')
    dropped=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "drops") c = i; next } c { n += $c } END { print n + 0 }' "$work/lossy/links.csv")
    check "tshark sees gaps as the line loses" "$([ "$gaps" -ge 10 ] && [ "$gaps" -le "$dropped" ] && echo true)" "$gaps gaps, $dropped drops"
    odd=$(count 'tcp.analysis.zero_window || tcp.analysis.ack_lost_segment || tcp.analysis.window_full')
    check "nothing else is odd" "$([ "$odd" = 0 ] && echo true)" "$odd"
    # The stream as tshark puts it together is as long as the file.
    octets=$(tshark -r "$pcap" -q -z follow,tcp,raw,0 2>/dev/null | awk '/^\t/ { n += (length($0) - 1) / 2 } END { print n + 0 }')
    ends=$("${shark[@]}" -Y 'tcp.stream == 0 && tcp.srcport == 443 && tcp.flags.fin == 1' -T fields -e tcp.seq -e tcp.len 2>/dev/null | tail -n 1 | awk '{ print $1 + $2 - 1 }')
    check "the stream is as long as the file" "$([ "$ends" = 3000000 ] && [ "$octets" = 3000000 ] && echo true)" "$ends by sequence numbers, $octets followed"
fi

# Every key does something: with another value than the usual one, something of the objects, of the breaks
# or of the links is different.
play() { # NAME TRANSPORT
    sed -e "s|thin.yaml|$PWD/$here/thin.yaml|" -e "s/TRANSPORT/$2/" "$here/keys.yaml" >"$work/$1.yaml"
    "$ANYSIM" run -q --out "$work/$1" "$work/$1.yaml"
    cat "$work/$1"/{objects,quality,links}.csv >"$work/$1.figures"
}
differs() { # KEY AGAINST TRANSPORT
    play key "$3"
    check "'$1' does something" "$(cmp -s "$work/$2.figures" "$work/key.figures" || echo true)" "$3"
}
play usual '{}'
play quic '{protocol: quic}'
check "tcp and quic differ" "$(cmp -s "$work/usual.figures" "$work/quic.figures" || echo true)"
for key in 'congestion_control: newreno' 'mss: 1000B' 'initial_window: 2' 'sack: no' 'timestamps: no' 'ecn: yes' \
    'window: 20kB' 'delayed_ack: off' 'min_rto: 2s' 'syn_retries: 1' 'retries: 3' 'give_up: 5s'; do
    differs "${key%%:*}" usual "{$key}"
done
for key in 'congestion_control: newreno' 'mss: 1250B' 'initial_window: 2' 'window: 20kB' 'delayed_ack: off' \
    'syn_retries: 1' 'retries: 2' 'give_up: 5s' 'migrate: 1s'; do
    differs "${key%%:*} of quic" quic "{protocol: quic, $key}"
done

printf 'transport: %d passed, %d failed' "$passed" "$failed"
[ "$skipped" = 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" = 0 ]
