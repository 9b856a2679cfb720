#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real connections over `anysim forward --live`: a client, a router, two POPs, a backbone router and
# a gateway with a server, each in a namespace (network.sh); the nodes' files lie beside this one.
# Everything happens in namespaces of this script's own, which vanish with it however it ends.
# Needs root, ip(8) and a C compiler; curl, iperf3 and tshark each for their own checks. The HTTP
# server and the prober are made here from server.c and prober.c.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
passed=0 failed=0 skipped=0
declare -A pid

finish() {
    echo "live: $passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
    [ "$failed" = 0 ]
}

skip() {
    skipped=$((skipped + 1))
    echo "SKIPPED: $*"
}

if [ "${1:-}" != --inside ]; then
    spaces=(unshare --net --mount --pid --fork --kill-child=TERM --mount-proc)
    if ! command -v ip >/dev/null; then
        skip 'ip(8) is missing (Debian: iproute2)'
        finish
    elif ! "${spaces[@]}" sh -c 'ip link add name x type veth peer name y &&
        ip link add name z type bridge && mkdir -p /run/netns' 2>/dev/null; then
        skip 'network namespaces with veth and a bridge need root'
        finish
    else
        exec "${spaces[@]}" "$0" --inside
    fi
    exit
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' TERM INT HUP
. tests/live/network.sh

# check WHAT COMMAND…: the command says what it saw; it is shown when it fails.
check() {
    local what=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        passed=$((passed + 1))
        echo "ok      $what"
    else
        failed=$((failed + 1))
        echo "FAILED  $what"
        sed 's/^/        | /' "$work/said"
    fi
}

probe() {
    in_ns client "$work/prober" "$@"
}

# hops ADDRESS FROM…: who answers with TTL 1, 2, …; the last word is the address itself
hops() {
    local to=$1 ttl=0 hop
    shift
    for hop in "$@"; do
        ttl=$((ttl + 1))
        echo "TTL $ttl: $hop is expected"
        if [ "$hop" = "$to" ]; then
            probe "$to" 1 100 84 $ttl || return 1
        else
            # An error is no answer, so the prober's status says nothing.
            { probe "$to" 1 100 84 $ttl || true; } | tee /dev/stderr | grep -qx "$hop: time exceeded" ||
                return 1
        fi
    done
}

# fits ADDRESS POP MTU: the POP refuses one byte more, and says how much fits
fits() {
    probe "$1" 1 100 "$3" && { probe "$1" 1 100 $(($3 + 1)) || true; } | tee /dev/stderr |
        grep -qx "$2: too big, mtu $3"
}

host_of() {
    case $1 in
    *:*) echo "[$1]" ;;
    *) echo "$1" ;;
    esac
}

fetch() {
    timeout 60 nsenter --net=/run/netns/client -- curl -sS --noproxy '*' --max-time 50 "$@"
}

same() {
    cmp "$work/file" "$1"
}

download() {
    fetch -o "$work/got" -w '%{speed_download} byte/s\n' "http://$(host_of "$1")/" && same "$work/got"
}

# The server has learnt the tunnel's MTU from its own gateway, the client from the POP.
learnt() {
    ip -n gateway route get 198.51.100.2 from 203.0.113.1 | tee /dev/stderr | grep -q 'mtu 1476' &&
        ip -n client route get 203.0.113.1 | tee /dev/stderr | grep -q 'mtu 1476'
}

upload() {
    fetch -o "$work/got" --data-binary "@$work/file" "http://$1/" && same "$work/got"
}

# within A B PERCENT
within() {
    awk -v a="$1" -v b="$2" -v p="$3" 'BEGIN {
        printf "%.4g, expected %.4g, off by %.2f %%\n", a, b, (a / b - 1) * 100
        exit !(a > b * (1 - p / 100) && a < b * (1 + p / 100)) }'
}

connectivity() {
    local a
    for a in 203.0.113.1 203.0.113.2 203.0.113.3 203.0.113.4 2001:db8:e1::1; do
        check "50 echo requests to $a, none lost" probe "$a" 50 10
        echo "        $(tail -n 1 "$work/said")"
    done
    check 'hops on the way (IPv4, GRE)' hops 203.0.113.1 198.51.100.1 192.0.2.1 203.0.113.1
    check 'hops on the way (IPv6, GRE)' hops 2001:db8:e1::1 2001:db8:c::1 2001:db8:1::1 \
        2001:db8:e1::1
    check 'MTU of a GRE tunnel is told' fits 203.0.113.1 192.0.2.1 1476
    check 'MTU of a VXLAN tunnel is told' fits 203.0.113.2 192.0.2.1 1450
    check 'MTU of a GRE tunnel over IPv6 is told' fits 2001:db8:e1::1 2001:db8:1::1 1456
}

transfers() {
    local a
    # While neither side knows: later the SYNs say what fits, and nobody has to learn.
    ip -n client route flush cache
    ip -n gateway route flush cache
    check '40 MB up and down again' upload 203.0.113.1
    check 'both sides learnt the MTU of the path' learnt
    for a in 203.0.113.1 203.0.113.2 203.0.113.3 2001:db8:e1::1; do
        check "40 MB from $a, bytes as they were" download "$a"
        echo "        $(tail -n 1 "$work/said")"
    done
}

# 10 Mbit/s of IP datagrams, of which 52 bytes in 1476 are headers (TCP with timestamps).
capped_download() {
    local speed
    speed=$(fetch -r 0-3999999 -o "$work/got" -w '%{speed_download}' "http://203.0.113.4:81/") &&
        within "$(awk -v s="$speed" 'BEGIN {print s * 8}')" \
            "$(awk 'BEGIN {print 10e6 * (1476 - 52) / 1476}')" 5
}

# Where others use the machine too, a rate may need more than one try.
thrice() {
    "$@" || "$@" || "$@"
}

# iperf ARGUMENT…: the client's JSON in $work/iperf
iperf() {
    timeout 30 nsenter --net=/run/netns/client -- iperf3 -J "$@" >"$work/iperf" &&
        ! grep -q '"error"' "$work/iperf"
}

# A number of the summary at the end: summary SECTION KEY
summary() {
    awk -v section="\"$1\":" -v key="\"$2\":" '/"end":[ \t]*{/ {over = 1}
        over && $1 == section {inside = 1}
        inside && $1 == key {sub(",", "", $2); print $2; exit}' "$work/iperf"
}

iperf_tcp() {
    iperf -c "$@" -t 1 && summary sum_received bits_per_second |
        awk '{printf "%.0f Mbit/s\n", $1 / 1e6; good = $1 > 1e6} END {exit !good}'
}

# On a busy machine the server itself may be late and lose some.
iperf_udp() {
    iperf -c 203.0.113.1 -u -b 20M -l 1372 -t 2 &&
        within "$(summary sum bits_per_second)" 20e6 5 &&
        echo "$(summary sum lost_packets) of $(summary sum packets) were lost" &&
        [ $(($(summary sum lost_packets) * 100)) -lt "$(summary sum packets)" ]
}

# Twice the cap is sent. The burst that the policer allows is under 1 % of it.
iperf_policed() {
    local percent
    iperf -c 203.0.113.4 -u -b 20M -l 1372 -t 3 && percent=$(summary sum lost_percent) &&
        within "$(awk -v s="$(summary sum bits_per_second)" -v l="$percent" \
            'BEGIN {print s * (1 - l / 100)}')" "$(awk 'BEGIN {print 10e6 * 1372 / 1400}')" 5
}

rates() {
    check "a shaper's 10 Mbit/s, within 5 %" thrice capped_download
    echo "        $(tail -n 1 "$work/said")"
    if ! command -v iperf3 >/dev/null; then
        skip 'iperf3 is missing (Debian: iperf3)'
        return
    fi
    check 'iperf3, TCP to the server' iperf_tcp 203.0.113.1
    echo "        $(tail -n 1 "$work/said")"
    check 'iperf3, TCP to the client' iperf_tcp 203.0.113.1 -R
    echo "        $(tail -n 1 "$work/said")"
    check 'iperf3, UDP at 20 Mbit/s, under 1 % lost' iperf_udp
    echo "        $(tail -n 1 "$work/said")"
    check "a policer's 10 Mbit/s, within 5 %" thrice iperf_policed
    echo "        $(tail -n 1 "$work/said")"
}

# start_download NAME ADDRESS: at 10 MB/s. The receiver of a file says nothing by itself while
# nothing arrives, and answers go through the POP that the flow's last packet entered by: its
# keepalives show the gateway the new way.
start_download() {
    {
        set +e
        fetch --limit-rate 10M --keepalive-time 1 "http://$(host_of "$2")/" 2>"$work/$1.error" |
            "$work/silence" "$work/$1.silence" >"$work/$1.got"
        echo "${PIPESTATUS[0]}" >"$work/$1.status"
    } &
    downloads="${downloads:-} $!"
}

wait_downloads() {
    # shellcheck disable=SC2086
    wait $downloads
    downloads=
}

completed() {
    echo "curl ended with $(cat "$work/$1.status"): $(cat "$work/$1.error")"
    [ "$(cat "$work/$1.status")" = 0 ] && same "$work/$1.got"
}

# 56: the connection was reset, with part of the file there
broken() {
    echo "curl ended with $(cat "$work/$1.status") and $(stat -c %s "$work/$1.got") bytes"
    [ "$(cat "$work/$1.status")" = 56 ] && [ "$(stat -c %s "$work/$1.got")" -lt 40000000 ] &&
        [ -s "$work/$1.got" ]
}

# The POP dies; 300 ms later its router has noticed.
takeover_by_route() {
    start_download gre 203.0.113.1
    start_download ip6 2001:db8:e1::1
    start_download snat 203.0.113.3
    sleep 1
    stop_node a KILL || true
    sleep 0.3
    route_to 192.0.2.2 2001:db8:1::2
    wait_downloads
    check "POP A killed, route to POP B: the download completes" completed gre
    echo "        nothing arrived for $(cat "$work/gre.silence") ms"
    check "… of IPv6 too" completed ip6
    echo "        nothing arrived for $(cat "$work/ip6.silence") ms"
    check "… and with addresses translated at the POP the connection breaks" broken snat
}

# The addresses are on the POPs' link now. POP A comes to life and announces them.
takeover_by_announcement() {
    ip -n router route replace 203.0.113.0/24 dev lan
    ip -n router route replace 2001:db8:e1::/64 dev lan
    start_download gre 203.0.113.1
    start_download ip6 2001:db8:e1::1
    sleep 1
    stop_node b KILL || true
    sleep 0.3
    start_node a tests/live/pop-a.yaml
    wait_downloads
    check "POP B killed, POP A announces the address: the download completes" completed gre
    echo "        nothing arrived for $(cat "$work/gre.silence") ms"
    check "… of IPv6 too" completed ip6
    echo "        nothing arrived for $(cat "$work/ip6.silence") ms"
}

# Frames on the backbone, in and out of the core router.
start_capture() {
    in_ns core timeout 60 tshark -q -n -i to-g -c 4000 -w "$work/core.pcap" 2>"$work/tshark.err" &
    capture=$!
    for _ in {1..100}; do
        ! grep -qs Capturing "$work/tshark.err" || break
        sleep 0.05
    done
}

flawless() {
    local bad='_ws.malformed || ip.checksum.status == 0 || tcp.checksum.status == 0 ||
        udp.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0'
    wait "$capture"
    tshark -n -r "$work/core.pcap" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -o udp.check_checksum:TRUE -Y "$bad" >"$work/bad" || return 1
    head -n 5 "$work/bad"
    # That it looks at all: inside tunnels too, right checksums are found.
    tshark -n -r "$work/core.pcap" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
        -Y 'gre && tcp.checksum.status == 1' >"$work/good"
    echo "$(wc -l <"$work/good") TCP segments in GRE are right"
    [ -s "$work/good" ] && [ ! -s "$work/bad" ]
}

# Nodes end well, and count every packet once (exit status 70 if not).
ends_well() {
    stop_node "$1" && cat "$work/$1.err" && [ ! -s "$work/$1.err" ]
}

main() {
    local tool name
    for tool in prober server silence; do
        "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O2 "tests/live/$tool.c" -o "$work/$tool"
    done
    head -c 40000000 /dev/urandom >"$work/file"
    head -c 4000000 "$work/file" >"$work/part"
    make_network
    start_nodes
    in_ns gateway "$work/server" 80 "$work/file" &
    in_ns gateway "$work/server" 81 "$work/part" &
    if command -v iperf3 >/dev/null; then
        in_ns gateway iperf3 -s -B 203.0.113.1 >/dev/null 2>&1 &
        # By itself it would answer UDP from the first address of its host.
        in_ns gateway iperf3 -s -B 203.0.113.4 >/dev/null 2>&1 &
    fi
    capture=
    ! command -v tshark >/dev/null || start_capture
    connectivity
    if command -v curl >/dev/null; then
        transfers
        rates
        takeover_by_route
        takeover_by_announcement
    else
        skip 'curl is missing (Debian: curl)'
    fi
    if [ -n "$capture" ]; then
        check 'tshark finds nothing wrong with 4,000 frames of the backbone' flawless
    else
        skip 'tshark is missing (Debian: tshark)'
    fi
    for name in a core gateway; do
        check "$name ends well" ends_well "$name"
    done
}

main
finish
