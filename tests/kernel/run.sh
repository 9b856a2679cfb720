#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The forwarding core against the Linux kernel as a router, byte for byte: the same frames go
# through the kernel, through `anysim forward --live` and through `anysim forward --pcap`, and what
# comes out is compared (main.c, compare.h). The network is world.h's, in namespaces that vanish
# with this script.
#
#   KERNEL_SEED=n KERNEL_COUNT=n tests/kernel/run.sh        other packets, or more of them
#   KERNEL_SEED=n KERNEL_ONLY=n tests/kernel/run.sh         one packet alone, by its number
#   KERNEL_KEEP=FOLDER                                      captures are left there
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath -m "${BUILD:-build}")
ANYSIM=$(realpath -m "${ANYSIM:-$BUILD/anysim}")
PROGRAM=$(realpath -m "${KERNEL_PROGRAM:-$BUILD/kernel}")
SEED=${KERNEL_SEED:-1}
ONLY=${KERNEL_ONLY:-0}
COUNT=${KERNEL_COUNT:-200000}
CAPTURES=${ANYSIM_DATA:-../shared/data}/pcap
passed=0 failed=0 skipped=0

finish() {
    echo "kernel: $passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
    [ "$failed" = 0 ]
    exit
}

skip() {
    echo "SKIPPED: $*"
    skipped=$((skipped + 1))
}

check() { # NAME STATUS
    if [ "$2" = 0 ]; then
        passed=$((passed + 1))
        echo "ok   $1"
    else
        failed=$((failed + 1))
        echo "FAIL $1"
    fi
}

# --- the network

in_router() {
    ip netns exec router "$@"
}

set_sysctl() { # KEY VALUE, in the router; a kernel without it does not matter
    in_router sysctl -q -e -w "$1=$2" 2>/dev/null || true
}

# src ── r0 [router] r1 ── dst, without any address yet
make_network() {
    local n
    for n in src router dst; do
        ip netns add $n
        ip netns exec $n sysctl -q -e -w net.ipv6.conf.all.disable_ipv6=1 \
            net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || true
        ip -n $n link set lo up
    done
    set_sysctl net.ipv4.ip_forward 0 # a namespace may inherit it
    ip link add src netns src mtu 4000 address 02:00:00:00:01:02 type veth \
        peer name r0 netns router mtu 4000 address 02:00:00:00:01:01
    ip link add dst netns dst mtu 1500 address 02:00:00:00:02:02 type veth \
        peer name r1 netns router mtu 1500 address 02:00:00:00:02:01
    ip -n src link set src up arp off
    ip -n dst link set dst up arp off
    ip -n router link set r0 up
    ip -n router link set r1 up
    if command -v ethtool >/dev/null; then
        for n in "src src" "dst dst" "router r0" "router r1"; do
            set -- $n
            ip netns exec "$1" ethtool -K "$2" tx off rx off gso off tso off gro off \
                >/dev/null 2>&1 || true
        done
    fi
}

remove_network() {
    local n
    for n in src router dst; do
        ip netns del $n
    done
}

address_router() {
    local key
    # Nothing may wait for neighbours that are not there (unres_qlen): it would use up the memory of
    # the socket that the kernel sends ICMP from.
    for key in net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
        net.ipv6.conf.r0.disable_ipv6=0 net.ipv6.conf.r1.disable_ipv6=0 \
        net.ipv6.conf.lo.disable_ipv6=0 net.ipv6.conf.all.accept_dad=0 \
        net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.r0.accept_dad=0 \
        net.ipv6.conf.r1.accept_dad=0 net.ipv6.conf.all.accept_ra=0 \
        net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
        net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
        net.ipv4.conf.r0.rp_filter=0 net.ipv4.conf.r1.rp_filter=0 \
        net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
        net.ipv4.conf.r0.send_redirects=0 net.ipv4.conf.r1.send_redirects=0 \
        net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_ratemask=0 \
        net.ipv4.icmp_msgs_per_sec=10000000 net.ipv4.icmp_msgs_burst=10000000 \
        net.ipv4.neigh.r0.unres_qlen_bytes=0 net.ipv6.neigh.r0.unres_qlen_bytes=0 \
        net.ipv4.neigh.r1.unres_qlen_bytes=0 net.ipv6.neigh.r1.unres_qlen_bytes=0 \
        net.ipv6.icmp.ratelimit=0 net.ipv6.icmp.ratemask= \
        net.ipv6.icmp.echo_ignore_multicast=1 net.ipv6.auto_flowlabels=0 \
        net.ipv4.ipfrag_time=600 net.ipv6.ip6frag_time=600; do
        set_sysctl "${key%%=*}" "${key#*=}"
    done
    ip -n router addr add 198.18.0.1/32 dev lo
    ip -n router addr add 198.18.0.3/32 dev lo
    ip -n router addr add 198.18.0.4/32 dev lo
    ip -n router addr add 2001:db8:f::1/128 dev lo
    ip -n router addr add 192.0.2.1/24 dev r0
    ip -n router addr add 198.51.100.1/24 dev r1
    ip -n router addr add 2001:db8:1::1/64 dev r0 nodad
    ip -n router addr add 2001:db8:2::1/64 dev r1 nodad
    ip -n router neigh add 192.0.2.2 lladdr 02:00:00:00:01:02 dev r0
    ip -n router neigh add 2001:db8:1::2 lladdr 02:00:00:00:01:02 dev r0
    ip -n router neigh add 198.51.100.2 lladdr 02:00:00:00:02:02 dev r1
    ip -n router neigh add 2001:db8:2::2 lladdr 02:00:00:00:02:02 dev r1
}

route_router() {
    ip -n router route add 10.0.0.0/8 via 192.0.2.2
    ip -n router route add 203.0.113.0/24 via 198.51.100.2
    ip -n router route add 172.16.0.0/16 via 198.51.100.2
    ip -n router route add unreachable 192.168.1.0/24
    ip -n router route add prohibit 192.168.2.0/24
    ip -n router route add blackhole 192.168.3.0/24
    ip -n router route add 2001:db8:a::/64 via 2001:db8:1::2
    ip -n router route add 2001:db8:d::/48 via 2001:db8:2::2
    ip -n router route add unreachable 2001:db8:e1::/48
    ip -n router route add prohibit 2001:db8:e2::/48
    ip -n router route add blackhole 2001:db8:e3::/48
}

# --- tunnels: each kind that this kernel has. Kinds are numbered as in world.h.

kinds=(ipip gre gre-key gre-sequence gre-checksum vxlan geneve ip6tnl gre6 vxlan6 geneve6)

# The core tells tunnels that end at one address apart by their keys only, Linux by their far ends
# too; so GRE with other options ends at addresses of its own.
local4() {
    case ${kinds[$1]} in
    gre-sequence | gre-checksum) echo 198.18.0.$(($1)) ;;
    *) echo 198.18.0.1 ;;
    esac
}
remote4() { echo 203.0.113.$((110 + $1)); }
remote6() { printf '2001:db8:d::1:%x' "$1"; }

# What a device of this kind is made with, by its number.
device_arguments() {
    local four="local $(local4 "$2") remote $(remote4 "$2") ttl 64 tos inherit"
    local six="local 2001:db8:f::1 remote $(remote6 "$2")"
    case $1 in
    ipip) echo type ipip $four ;;
    gre) echo type gre $four ;;
    gre-key) echo type gre $four key 7 ;;
    gre-sequence) echo type gre $four seq ;;
    gre-checksum) echo type gre $four csum ;;
    vxlan) echo type vxlan id $((100 + $2)) $four df set dstport 4789 nolearning noudpcsum ;;
    geneve) echo type geneve id $((100 + $2)) remote "$(remote4 "$2")" ttl 64 tos inherit df set noudpcsum ;;
    ip6tnl) echo type ip6tnl $six mode any ttl 64 tclass inherit encaplimit none ;;
    gre6) echo type ip6gre $six ttl 64 tclass inherit encaplimit none ;;
    vxlan6) echo type vxlan id $((100 + $2)) $six ttl 64 tos inherit dstport 4789 nolearning ;;
    geneve6) echo type geneve id $((100 + $2)) remote "$(remote6 "$2")" ttl 64 tos inherit ;;
    esac
}

overhead() {
    case $1 in
    ipip) echo 20 ;;
    gre) echo 24 ;;
    gre-*) echo 28 ;;
    vxlan | geneve) echo 50 ;;
    ip6tnl) echo 40 ;;
    gre6) echo 44 ;;
    vxlan6 | geneve6) echo 70 ;;
    esac
}

# What leads into a tunnel leads to a neighbour where there are MAC addresses.
route_tunnel() { # NUMBER DEVICE
    local via4=() via6=()
    set_sysctl "net.ipv6.conf.$2.accept_dad" 0
    set_sysctl "net.ipv4.conf.$2.rp_filter" 0
    ip -n router link set "$2" up mtu $((1500 - $(overhead "${kinds[$1]}")))
    case ${kinds[$1]} in
    vxlan* | geneve*)
        ip -n router link set "$2" address "$(printf '02:00:00:00:03:%02x' "$1")"
        ip -n router neigh add 100.64.0.2 lladdr 02:00:00:00:04:01 dev "$2"
        ip -n router neigh add fe80::2 lladdr 02:00:00:00:04:01 dev "$2"
        via4=(via 100.64.0.2 onlink) via6=(via fe80::2 onlink)
        ;;
    esac
    # Geneve has no address of its own: it takes that of the route.
    case ${kinds[$1]} in
    geneve) ip -n router route add "$(remote4 "$1")" via 198.51.100.2 src 198.18.0.1 ;;
    geneve6) ip -n router route add "$(remote6 "$1")" via 2001:db8:2::2 src 2001:db8:f::1 ;;
    esac
    ip -n router route add 172.$((20 + $1)).0.0/16 dev "$2" ${via4[@]+"${via4[@]}"}
    ip -n router route add "$(printf '2001:db8:%x::/48' $((0xc0 + $1)))" dev "$2" \
        ${via6[@]+"${via6[@]}"}
}

add_tunnels() {
    local i kind why
    for i in "${!kinds[@]}"; do
        kind=${kinds[$i]}
        if ! why=$(ip -n router link add "t$i" $(device_arguments "$kind" "$i") 2>&1); then
            skip "tunnels of kind $kind: this kernel says: $why"
            continue
        fi
        route_tunnel "$i" "t$i"
        with+=("$kind")
    done
    add_sit
}

# Linux has IPv6 in IPv4 as a device of its own.
add_sit() {
    [[ " ${with[*]-} " = *" ipip "* ]] || return 0
    if ! ip -n router link add t-sit type sit local 198.18.0.1 remote "$(remote4 0)" ttl 64 \
        tos inherit 2>/dev/null; then
        skip 'IPv6 in IPv4: this kernel has no sit'
        return
    fi
    ip -n router link set t-sit up mtu 1480
    ip -n router route replace 2001:db8:c0::/48 dev t-sit
}

add_segments() {
    local why mode
    if ! why=$(in_router ip sr tunsrc set 2001:db8:f::1 2>&1); then
        skip "SRv6 H.Encaps: its source cannot be set: $why"
    elif why=$(ip -n router -6 route add 2001:db8:cb::/48 encap seg6 mode encap \
        segs 2001:db8:d::5:9 dev r1 2>&1); then
        ip -n router route add 172.31.0.0/16 encap seg6 mode encap segs 2001:db8:d::5:9 dev r1
        ip -n router -6 route add 2001:db8:cc::/48 encap seg6 mode encap \
            segs 2001:db8:d::5:1,2001:db8:d::5:2 dev r1
        ip -n router route add 172.32.0.0/16 encap seg6 mode encap \
            segs 2001:db8:d::5:1,2001:db8:d::5:2 dev r1
        with+=(srv6-one srv6)
    else
        skip "SRv6 H.Encaps: this kernel says: $why"
    fi
    for mode in 'e End end' '6 End.DT6 table 254 end.dt6' '4 End.DT4 vrftable 254 end.dt4' \
        '46 End.DT46 vrftable 254 end.dt46'; do
        set -- $mode
        if why=$(ip -n router -6 route add "2001:db8:5e::$1/128" encap seg6local \
            action "${@:2:$#-2}" dev r1 2>&1); then
            with+=("${!#}")
        else
            skip "SRv6 $2: this kernel says: $why"
        fi
    done
}

# --- the three runs

run_kernel() {
    make_network
    address_router
    route_router
    add_tunnels
    add_segments
    "$PROGRAM" generate "$work/in.pcap" "$SEED" "$COUNT" "$ONLY" "$captures" \
        ${with[@]+"${with[@]}"} >"$work/count"
    echo "$(cat "$work/count") packets, seed $SEED, kernel $(uname -r)"
    "$PROGRAM" exchange "$work/in.pcap" "$work/kernel.pcap" /run/netns
    remove_network
}

run_live() {
    local pid status=0
    make_network
    # No function: the process behind $! is to be the program itself.
    ip netns exec router "$ANYSIM" forward --config tests/kernel/node.yaml --live \
        --duration 150s >"$work/live.txt" &
    pid=$!
    "$PROGRAM" exchange "$work/in.pcap" "$work/live.pcap" /run/netns || status=$?
    kill -TERM "$pid"
    wait "$pid" || status=$?
    remove_network
    return $status
}

run_offline() {
    "$ANYSIM" forward --quiet --config tests/kernel/node.yaml --in r0 --pcap "$work/in.pcap" \
        --out "$work/offline.pcap" --local "$work/host.pcap"
}

# compare NAME FILE HOST: leaves the numbers in same, deviations, different, errors
compare() {
    local status=0
    echo "$1 against the kernel:"
    "$PROGRAM" compare "$work/in.pcap" "$work/kernel.pcap" "$2" "$3" "$SEED" >"$work/table" ||
        status=1
    grep -v '^result' "$work/table" || true
    read -r _ same deviations different errors <<<"$(tail -n 1 "$work/table")"
    echo "  $same same, $deviations deviations on purpose, $different different"
    # One packet alone may well be a deviation; of many some must be the same.
    [ "$status" = 0 ] && [ "$different" = 0 ] && { [ "$ONLY" != 0 ] || [ "$same" -gt 0 ]; }
}

inside() {
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # Names of namespaces are private to this script.
    mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs tmpfs /run && mkdir /run/netns; }
    mount -t tmpfs tmpfs /run/netns
    with=()
    local same=0 deviations=0 different=0 errors=0 status=0 captures=-
    if [ -d "$CAPTURES" ]; then
        captures=$CAPTURES
    else
        skip "captures to rewrite: there is no folder $CAPTURES"
    fi
    run_kernel
    run_live && compare '--live' "$work/live.pcap" - || status=1
    check "anysim forward --live forwards as the kernel does" $status
    [ "$ONLY" != 0 ] || echo "row 29: expected ICMP and ICMPv6 errors and forwarded packets byte-exact but ids," \
        "obtained $errors errors equal, $different packets different:" \
        "$([ $status = 0 ] && [ "$errors" -gt 0 ] && echo ok || echo FAIL)"
    status=0
    run_offline && compare '--pcap' "$work/offline.pcap" "$work/host.pcap" || status=1
    check "anysim forward --pcap forwards as the kernel does" $status
    [ -z "${KERNEL_KEEP:-}" ] || cp "$work"/*.pcap "$KERNEL_KEEP"
    finish
}

main() {
    local enter=(unshare --net --mount) program
    for program in "$ANYSIM" "$PROGRAM"; do
        if [ ! -x "$program" ]; then
            echo "kernel: $program is missing: run 'make all build/kernel' first" >&2
            exit 1
        fi
    done
    if ! command -v ip >/dev/null || ! command -v unshare >/dev/null; then
        skip 'iproute2 or util-linux is not installed'
        finish
    fi
    "${enter[@]}" true 2>/dev/null || enter+=(--map-root-user)
    if ! "${enter[@]}" true 2>/dev/null; then
        skip 'no privilege to make network namespaces'
        finish
    fi
    KERNEL_INSIDE=1 exec "${enter[@]}" tests/kernel/run.sh
}

if [ -n "${KERNEL_INSIDE:-}" ]; then
    inside
else
    main
fi
