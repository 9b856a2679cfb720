#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `anysim forward --live` on veth pairs between network namespaces: a client downloads a file through
# a POP and the backend's gateway, shaped; half way another POP takes over the POP's address, the first
# one stops, and the download completes (the gateway learns from the client's next packet that the flow
# enters at another POP). Everything disappears at the end. Skips without the privilege.
#
#   client c0 ── bridge ── p0 [POP 1] p1 ── g0 [gateway, TUN: 203.0.113.10, the server]
#                     └─── q0 [POP 2] q1 ── g1
set -uo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
ANYSIM=$(realpath "$ANYSIM")
work=$(mktemp -d)
tag=any$$
passed=0 failed=0
spaces=()
jobs_started=()

finish() {
    local n
    [ ${#jobs_started[@]} = 0 ] || kill "${jobs_started[@]}" 2>/dev/null
    for n in ${spaces[@]+"${spaces[@]}"}; do ip netns del "$n" 2>/dev/null; done
    rm -rf "$work"
}
trap finish EXIT
skip() {
    echo "SKIPPED: $1"
    echo "live: 0 passed, 0 failed, 1 skipped"
    exit 0
}
good() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAIL $1"
    tail -n 40 "$work"/*.err 2>/dev/null
}
check() { # WHAT COMMAND…
    local what=$1
    shift
    if "$@"; then good; else bad "$what"; fi
}
in_ns() { # NAME COMMAND…
    local n=$tag$1
    shift
    ip netns exec "$n" "$@"
}
start() { # NAME CONFIG: the process is $!, itself and no shell around it
    ip netns exec "$tag$1" "$ANYSIM" forward --config "$work/$2.yaml" --live --json --duration 60s \
        >"$work/$2.json" 2>"$work/$2.err" &
    jobs_started+=($!)
}
# until N COMMAND…: every tenth of a second, N times at most
until_good() {
    local n=$1
    shift
    while ! "$@" >/dev/null 2>&1; do
        n=$((n - 1))
        [ $n -gt 0 ] || return 1
        sleep 0.1
    done
}
figure() { # FILE KEY: the first figure of that name
    sed -n 's/^ *"'"$2"'": \([0-9]*\),*$/\1/p' "$1" | head -n 1
}

for tool in ip ss socat realpath timeout; do
    command -v $tool >/dev/null || skip "$tool is missing"
done
for n in c b p q g; do
    ip netns add "$tag$n" 2>"$work/why" || skip "no network namespaces: $(cat "$work/why")"
    spaces+=("$tag$n")
    in_ns "$n" ip link set lo up
done
pair() { # NS DEVICE NS DEVICE
    ip link add "$2" netns "$tag$1" type veth peer name "$4" netns "$tag$3" || skip "no veth pairs"
}
pair c c0 b b0
pair p p0 b b1
pair q q0 b b2
pair p p1 g g0
pair q q1 g g1
in_ns b ip link add br0 type bridge 2>/dev/null || skip "no bridge"
for d in b0 b1 b2; do in_ns b ip link set $d master br0 up; done
in_ns b ip link set br0 up
for d in p:p0 p:p1 q:q0 q:q1 g:g0 g:g1; do
    # The kernel is to keep out of these links.
    in_ns "${d%:*}" sysctl -qw "net.ipv6.conf.${d#*:}.disable_ipv6=1" 2>/dev/null
    in_ns "${d%:*}" sysctl -qw "net.ipv4.conf.${d#*:}.forwarding=0"
    in_ns "${d%:*}" ip link set "${d#*:}" up
done
in_ns c ip addr add 192.0.2.9/24 dev c0
in_ns c ip addr add 2001:db8:1::9/64 dev c0 nodad 2>/dev/null
in_ns c ip link set c0 up
in_ns c ip route add default via 192.0.2.1
in_ns c ip -6 route add default via 2001:db8:1::1 2>/dev/null

pop() { # NUMBER CLIENT-SIDE BACKBONE-SIDE
    cat <<EOF
version: 1
node: {address: 10.0.0.$1, address6: "2001:db8::$1"}
interfaces:
  clients: {device: $2, address: [192.0.2.1/24, "2001:db8:1::1/64"], announce: yes}
  backbone: {device: $3, address: 10.$1.0.1/24}
nexthops: {gateway: {interface: backbone, via: 10.$1.0.2}}
routes: [{prefix: 10.0.0.9/32, via: gateway}]
tunnels: {home: {kind: gre, remote: 10.0.0.9, key: 7}}
endpoints: [{kind: gre, from: 10.0.0.9/32}]
shapers: {cap: {rate: 40Mbps, burst: 64KiB, delay: 200ms}}
eips:
  - {prefix: 203.0.113.0/28, tunnel: home, out: {shaper: cap}}
  - {prefix: 192.0.2.200/32, tunnel: home}
  - {prefix: "2001:db8:e::/124", tunnel: home}
EOF
}
pop 1 p0 p1 >"$work/pop1.yaml"
pop 2 q0 q1 >"$work/pop2.yaml"
cat >"$work/gateway.yaml" <<EOF
version: 1
node: {address: 10.0.0.9, address6: "2001:db8::9"}
interfaces:
  one: {device: g0, address: 10.1.0.2/24}
  two: {device: g1, address: 10.2.0.2/24}
  host: {tun: anysim0, address: [203.0.113.10/32, 192.0.2.200/32, "2001:db8:e::a/128"]}
nexthops: {pop1: {interface: one, via: 10.1.0.1}, pop2: {interface: two, via: 10.2.0.1}}
routes:
  - {prefix: 10.0.0.1/32, via: pop1}
  - {prefix: 10.0.0.2/32, via: pop2}
  - {prefix: 0.0.0.0/0, action: blackhole}
endpoints: [{kind: gre, from: 10.0.0.0/8, key: 7}]
backends:
  - {prefix: 203.0.113.0/28, return: ingress, kind: gre}
  - {prefix: 192.0.2.200/32, return: ingress, kind: gre}
  - {prefix: "2001:db8:e::/124", return: ingress, kind: gre}
EOF

start g gateway
gateway=$!
start p pop1
pop1=$!
check "the TUN device appears" until_good 100 in_ns g ip link show anysim0
in_ns g ip route add default dev anysim0
in_ns g ip -6 route add default dev anysim0
head -c 20000000 /dev/urandom >"$work/file"
ip netns exec "${tag}g" socat -u "OPEN:$work/file" TCP-LISTEN:8000,bind=203.0.113.10,reuseaddr,fork \
    2>"$work/server.err" &
jobs_started+=($!)
head -c 100000 /dev/urandom >"$work/small"
for bind in TCP-LISTEN:8001,bind=192.0.2.200 'TCP6-LISTEN:8001,bind=[2001:db8:e::a]'; do
    ip netns exec "${tag}g" socat -u "OPEN:$work/small" "$bind,reuseaddr,fork" 2>>"$work/server.err" &
    jobs_started+=($!)
done
listens() { [ "$(in_ns g ss -ltn | grep -cE ':800[01] ')" = 3 ]; }
check "the servers listen" until_good 100 listens

# An EIP on the client's own link, which the POP answers ARP for; and IPv6 through an IPv4 tunnel.
gets() { # ADDRESS
    in_ns c timeout 20 socat -u "$1" - 2>"$work/client.err" | cmp - "$work/small"
}
check "an announced EIP" gets TCP:192.0.2.200:8001
check "an IPv6 EIP" gets 'TCP6:[2001:db8:e::a]:8001'

# What nobody can reach or wants is refused, with the right error.
says() { # TEXT ADDRESS
    timeout 10 ip netns exec "${tag}c" socat -u "$2" - >/dev/null 2>"$work/said.err"
    grep -q "$1" "$work/said.err"
}
check "no route: network unreachable" says "Network is unreachable" TCP:8.8.8.8:53
check "IPv6, no route" says "unreachable" "TCP6:[2001:db8:99::1]:53"
check "nobody listens on the POP" says "Connection refused" TCP:192.0.2.1:9
check "no such neighbour: host unreachable" says "No route to host" TCP:10.1.0.77:9

ip netns exec "${tag}c" timeout 50 socat -u TCP:203.0.113.10:8000 "CREATE:$work/got" 2>"$work/client.err" &
download=$!
jobs_started+=($download)
half() { [ "$(stat -c %s "$work/got" 2>/dev/null || echo 0)" -gt 3000000 ]; }
check "the download gets under way" until_good 200 half
start q pop2
pop2=$!
sleep 1.2
kill -TERM $pop1
wait $pop1
check "POP 1 ends well" [ $? = 0 ]
check "the download is not over yet" kill -0 $download
wait $download
check "the download completes" cmp "$work/file" "$work/got"

kill -INT $pop2
wait $pop2
check "POP 2 ends well" [ $? = 0 ]
kill -INT $gateway
wait $gateway
check "the gateway ends well" [ $? = 0 ]
for n in pop1 pop2; do
    check "$n shaped" [ "$(figure "$work/$n.json" shaped)" -gt 100 ]
    check "$n encapsulated" [ "$(figure "$work/$n.json" encapsulated)" -gt 100 ]
    check "$n decapsulated" [ "$(figure "$work/$n.json" decapsulated)" -gt 1000 ]
done
check "POP 1 had a neighbour that did not answer" [ "$(figure "$work/pop1.json" no-neighbour)" -ge 1 ]
check "the gateway saw the flow at both POPs" [ "$(figure "$work/gateway.json" flows_created)" -ge 1 ]

# A kernel that forwards as well is told of, but not where frames are for a MAC address of ours.
warns() { # CONFIG
    in_ns p "$ANYSIM" forward --config "$1" --live --duration 100ms >/dev/null 2>"$work/warned.err" &&
        grep -q '^anysim forward: p0: the kernel forwards .*net/ipv4/conf/p0/forwarding=0' "$work/warned.err"
}
silent() { ! warns "$@" && [ ! -s "$work/warned.err" ]; }
check "the kernel does not forward: no warning" silent "$work/pop1.yaml"
in_ns p sysctl -qw net.ipv4.conf.p0.forwarding=1
check "the kernel forwards too: a warning" warns "$work/pop1.yaml"
sed 's/device: p0/mac: 02:00:00:00:00:77, device: p0/' "$work/pop1.yaml" >"$work/mac.yaml"
check "a MAC address of its own: no warning" silent "$work/mac.yaml"

# Exit codes
sed 's/device: p0/device: nosuch0/' "$work/pop1.yaml" >"$work/wrong.yaml"
"$ANYSIM" forward --config "$work/wrong.yaml" --live >/dev/null 2>"$work/wrong.err"
check "no such interface: 66" [ $? = 66 ]
sed 's/device: p0/mtu: 1500/' "$work/pop1.yaml" >"$work/wrong.yaml"
"$ANYSIM" forward --config "$work/wrong.yaml" --live >/dev/null 2>"$work/wrong.err"
check "no device: 65" [ $? = 65 ]
check "no device: where" grep -q "wrong.yaml:4:3: interface 'clients' needs 'device'" "$work/wrong.err"
sed 's/device: p0/mtu: 9000, device: p0/' "$work/pop1.yaml" >"$work/wrong.yaml"
in_ns p "$ANYSIM" forward --config "$work/wrong.yaml" --live >/dev/null 2>"$work/wrong.err"
check "larger than the device's MTU: 65" [ $? = 65 ]
echo "live: $passed passed, $failed failed"
[ "$failed" = 0 ]
