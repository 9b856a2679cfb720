# SPDX-License-Identifier: GPL-3.0-or-later
# network: what run.sh tests on, in namespaces that vanish with it; for sourcing.
#
#                                    ┌─ a (POP A) ─┐
#     client ── router ── (a bridge) ┤             ├─ core ── gateway, server
#                                    └─ b (POP B) ─┘
#
# a, b, core and gateway are `anysim forward --live` and nothing else; client and router are the
# kernel. The kernel has no address on the nodes' interfaces, so it stays out of their way.

node_names='a b core gateway'

in_ns() {
    local ns=$1
    shift
    nsenter --net="/run/netns/$ns" -- "$@"
}

# set_net NS KEY=VALUE…: as sysctl(8), of net/
set_net() {
    local ns=$1 pair
    shift
    for pair in "$@"; do
        in_ns "$ns" sh -c "echo ${pair#*=} >/proc/sys/net/${pair%%=*}"
    done
}

# join NS IF NS IF: a veth pair
join() {
    ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
    ip -n "$1" link set dev "$2" up
    ip -n "$3" link set dev "$4" up
}

# address NS IF ADDRESS…
address() {
    local ns=$1 interface=$2 a
    shift 2
    for a in "$@"; do
        case $a in
        *:*) ip -n "$ns" addr add "$a" dev "$interface" nodad ;;
        *) ip -n "$ns" addr add "$a" dev "$interface" ;;
        esac
    done
}

# Announcements are believed at once.
make_router() {
    set_net router ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
    ip -n router link add name lan type bridge forward_delay 0
    set_net router ipv4/conf/lan/arp_accept=1 ipv4/neigh/lan/locktime=0
    ip -n router link set dev lan up
    ip -n router link set dev to-a master lan
    ip -n router link set dev to-b master lan
    address router client 198.51.100.1/24 2001:db8:c::1/64
    address router lan 192.0.2.254/24 2001:db8:1::254/64
}

make_network() {
    local ns
    mount -t tmpfs none /run/netns
    for ns in client router $node_names; do
        ip netns add "$ns"
        ip -n "$ns" link set dev lo up
    done
    # The kernel shall not speak IPv6 on the nodes' interfaces either, nor forward beside them, which a
    # namespace may inherit.
    for ns in $node_names; do
        set_net "$ns" ipv6/conf/default/disable_ipv6=1 ipv4/ip_forward=0
    done
    join client eth0 router client
    join router to-a a lan
    join router to-b b lan
    join a core core to-a
    join b core core to-b
    join core to-g gateway core
    make_router
    address client eth0 198.51.100.2/24 2001:db8:c::2/64
    ip -n client route add default via 198.51.100.1
    ip -n client route add default via 2001:db8:c::1
    route_to 192.0.2.1 2001:db8:1::1
}

# route_to IP4 [IP6]: which POP the router sends clients to
route_to() {
    ip -n router route replace 203.0.113.0/24 via "$1"
    [ -z "${2:-}" ] || ip -n router route replace 2001:db8:e1::/48 via "$2"
}

# start_node NAME CONFIG: its process is in ${pid[NAME]}; its output in $work/NAME.out
start_node() {
    set_net "$1" ipv6/conf/default/disable_ipv6=0 # of a TUN device
    nsenter --net="/run/netns/$1" -- "$ANYSIM" forward --config "$2" --live >"$work/$1.out" 2>"$work/$1.err" &
    pid[$1]=$!
}

stop_node() {
    kill -"${2:-INT}" "${pid[$1]}"
    wait "${pid[$1]}" 2>/dev/null || return
}

start_nodes() {
    local name
    for name in core gateway; do
        start_node "$name" "tests/live/$name.yaml"
    done
    start_node a tests/live/pop-a.yaml
    start_node b tests/live/pop-b.yaml
    for _ in {1..100}; do
        ip -n gateway link show host >/dev/null 2>&1 && break
        sleep 0.05
    done
    # What the server says goes to the node.
    ip -n gateway route add default dev host
    ip -n gateway route add ::/0 dev host
}
