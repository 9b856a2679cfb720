#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# differential: random networks in the simulator and in BIRD and FRR, route by route.
#
# Each network (generate.h) is exported, its routers are started as daemons in network namespaces,
# and every router's best path, AS path, next hop and neighbour are compared with the simulator's:
# at the start, after a site is withdrawn, and after a link is cut. Namespaces, processes and mounts
# are private to one network and vanish with it, whatever happens.
#
#   DIFFERENTIAL_COUNT=50    networks (3)          DIFFERENTIAL_SEED=7   the first one's seed (1)
#   DIFFERENTIAL_DAEMONS=frr for all networks; else bird, frr and mixed take turns
#   DIFFERENTIAL_SCENARIOS="a.yaml b.yaml"   scenarios of yours, compared at the start
#                            (tests/daemons/features/*.yaml, what the random networks have not)
#   DIFFERENTIAL_FORMS="bird frr"   in which forms these run ("bird frr mixed containerlab", 20 s each)
#   DIFFERENTIAL_TIMING="5 10 frr,6 0 bird"   how long a withdrawal takes, in networks with so many
#                            rungs and an MRAI of so many seconds; empty: not measured
#   DIFFERENTIAL_KEEP=DIR    configurations, answers and logs are left there
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILD=$(realpath "${BUILD:-build}")
export ANYSIM=$(realpath "${ANYSIM:-$BUILD/anysim}")
PROGRAM=$BUILD/daemons
COUNT=${DIFFERENTIAL_COUNT:-3}
SEED=${DIFFERENTIAL_SEED:-1}
TIMING=${DIFFERENTIAL_TIMING-5 10 frr,6 0 bird}
SCENARIOS=${DIFFERENTIAL_SCENARIOS-tests/daemons/features/*.yaml}
FORMS=${DIFFERENTIAL_FORMS:-bird frr mixed containerlab}
FRR=${FRR_DAEMONS:-/usr/lib/frr}
passed=0 failed=0 skipped=0
unshared=(unshare --net --mount --pid --fork --kill-child --mount-proc)

finish() {
    echo "differential: $passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
    [ "$failed" = 0 ]
    exit
}

skip() {
    echo "SKIPPED: $*"
    skipped=$((skipped + 1))
}

# --- one network, in namespaces of its own

# HOST → bird or frr
daemon_of() {
    case $kind in
    mixed) (($(cksum <<<"$1" | cut -d ' ' -f 1) % 2)) && echo bird || echo frr ;;
    *) echo "$kind" ;;
    esac
}

make_namespaces() {
    local host
    for host in "${hosts[@]}"; do
        ip netns add "$host"
        ip netns exec "$host" sysctl -q -e -w net.ipv4.ip_forward=1 \
            net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \
            net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || true
        ip -n "$host" link set lo up
    done
}

make_network() {
    local a ai b bi host
    make_namespaces
    tail -n +2 "$work/bird/links.csv" | while IFS=, read -r a ai _ b bi _; do
        echo "link add $ai netns $a type veth peer name $bi netns $b"
    done >"$work/links.batch"
    ip -batch "$work/links.batch"
    for host in "${hosts[@]}"; do
        ip -n "$host" -batch "$work/bird/$host/ip.batch"
    done
}

# What NAME.clab.yml says, a line each: node HOST GROUP, bind HOST FROM TO, exec HOST COMMAND…,
# sysctl HOST KEY=VALUE, link HOST INTERFACE HOST INTERFACE.
topology() { # FILE
    awk '$0 ~ /^  [a-z]+:/ { part = $1 }
        part == "nodes:" && $0 ~ /^    [^ ]/ { host = $1; sub(/:$/, "", host) }
        part == "nodes:" && $1 == "group:" { print "node", host, $2 }
        part == "nodes:" && $0 ~ /^      [a-z]/ { list = $1 }
        part == "nodes:" && $1 == "-" && list == "binds:" {
            split($2, file, ":"); print "bind", host, file[1], file[2] }
        part == "nodes:" && $1 ~ /^net\./ && list == "sysctls:" {
            sub(/:$/, "", $1); print "sysctl", host, $1 "=" $2 }
        part == "nodes:" && $1 == "-" && list == "exec:" { sub(/^ *- /, ""); print "exec", host, $0 }
        part == "links:" && $2 == "endpoints:" { gsub(/[\[\]",:]/, " "); print "link", $3, $4, $5, $6 }' "$1"
}

# A container as far as the daemon can tell: files of its own over /etc, and what its image starts.
container() { # HOST GROUP: in its network namespace
    local from to run=$work/run/$1
    mkdir -p "$run/etc" "$run/overlay" "$run/state"
    mount -t overlay overlay -o "lowerdir=/etc,upperdir=$run/etc,workdir=$run/overlay" /etc
    rm -f /etc/frr/*.conf /etc/bird.conf
    while read -r _ _ from to; do
        mkdir -p "$(dirname "$to")"
        touch "$to"
        mount --bind "$work/clab/$from" "$to"
    done < <(grep "^bind $1 " "$work/topology")
    if [ "$2" = bird ]; then # ENTRYPOINT of the image
        bird -c /etc/bird.conf -d -s "$run/bird.ctl" -P "$run/bird.pid"
    else # docker/alpine/docker-start of FRR
        mkdir -p /var/run/frr
        mount --bind "$run" /var/run/frr
        # shellcheck disable=SC1091
        set +eu && . "$FRR/frrcommon.sh"
        # shellcheck disable=SC2046
        "$FRR/watchfrr" $(daemon_list)
    fi >"$run/start.log" 2>&1
}

# Until so many containers have their daemons, but not for ever: then the comparison says what is missing.
# watchfrr gives vtysh 20 s to hand out the configuration, which all at once on two cores do not keep.
await_containers() { # COUNT
    local tries
    for ((tries = 0; tries < 600; tries++)); do
        [ "$(find "$work/run" -maxdepth 2 '(' -name watchfrr.started -o -name bird.ctl ')' |
            wc -l)" -lt "$1" ] || return 0
        sleep 0.1
    done
}

# The topology file, read as containerlab reads it, without images.
start_containers() {
    local words started=0
    topology "$work"/clab/*.clab.yml >"$work/topology"
    mapfile -t hosts < <(awk '$1 == "node" { print $2 }' "$work/topology")
    make_namespaces
    while read -r -a words; do
        ip netns exec "${words[1]}" sysctl -q -w "${words[2]}"
    done < <(grep '^sysctl ' "$work/topology")
    awk '$1 == "link" { print "link add", $3, "netns", $2, "type veth peer name", $5, "netns", $4
        up[$2 " " $3]; up[$4 " " $5] }
        END { for (x in up) { split(x, end); print end[1], end[2] >"'"$work/up"'" } }' \
        "$work/topology" >"$work/links.batch"
    ip -batch "$work/links.batch"
    while read -r -a words; do
        ip -n "${words[0]}" link set "${words[1]}" up
    done <"$work/up"
    while read -r -a words; do
        mkdir -p "$work/run/${words[1]}"
        chown frr "$work/run/${words[1]}"
        ip netns exec "${words[1]}" bash tests/daemons/differential.sh container "${words[@]:1}" &
        ((++started % at_once)) || await_containers $started
        awk -F , -v host="${words[1]}" '$2 == host && $4 { print host }' "$work/clab/routers.csv" |
            sed "s/\$/ ${words[2]} $(adjacencies "${words[1]}" "$work/clab")/" >>"$work/lab"
    done < <(grep '^node ' "$work/topology")
    sleep 1
    while read -r -a words; do
        ip netns exec "${words[1]}" "${words[@]:2}"
    done < <(sed -n "s|/etc/ip.batch|$work/clab/HOST/ip.batch|; /^exec /p" "$work/topology" |
        awk '{ gsub("HOST", $2); print }')
}

start_frr() { # HOST DAEMON
    local run=$work/run/$1
    [ ! -f "$work/frr/$1/$2.conf" ] || ip netns exec "$1" "$FRR/$2" -d -P 0 \
        -f "$work/frr/$1/$2.conf" -z "$run/zserv.api" -i "$run/$2.pid" --vty_socket "$run" \
        --log "file:$run/$2.log" >>"$run/start.log" 2>&1
}

# What a configuration says it needs of the kernel.
needs() { # HOST
    sed -n 's/^! needs: sysctl \([^,]*\),.*/\1/p' "$work/frr/$1"/*.conf | while read -r setting; do
        ip netns exec "$1" sysctl -q -w "$setting"
    done
}

start_router() { # HOST
    local daemon
    daemon=$(daemon_of "$1")
    mkdir -p "$work/run/$1"
    ! id -u frr >/dev/null 2>&1 || chown frr "$work/run/$1" # who the daemons run as
    if [ "$daemon" = bird ]; then
        ip netns exec "$1" bird -c "$work/bird/$1/bird.conf" \
            -s "$work/run/$1/bird.ctl" -P "$work/run/$1/bird.pid" >"$work/run/$1/start.log" 2>&1
    else
        needs "$1"
        start_frr "$1" zebra && start_frr "$1" ospfd && start_frr "$1" isisd && start_frr "$1" bgpd
    fi
}

# Several at a time: each goes to the background once it has read its configuration.
start_daemons() {
    local host running=0 status=0
    for host in "${hosts[@]}"; do
        ((running++ < at_once)) || wait -n || status=1
        start_router "$host" &
        # A gateway of a backend runs no BGP: there is nothing to compare.
        [ "$(csv_asn "$host")" = 0 ] ||
            echo "$host $(daemon_of "$host") $(adjacencies "$host" "$work/bird")" >>"$work/lab"
    done
    while ((running-- > 0)) && [ -n "$(jobs -r)" ]; do
        wait -n || status=1
    done
    return $status
}

csv_asn() { # HOST
    awk -F , -v host="$1" '$2 == host { print $4 }' "$work/bird/routers.csv"
}

# How many neighbours a router has in the IGP.
adjacencies() { # HOST DIR
    awk -F , -v host="$1" '$7 == "igp" && ($1 == host || $4 == host) { n++ } END { print n + 0 }' \
        "$2/links.csv"
}

# What an event does to the daemons, as a script that one command runs.
withdraw() { # PREFIX HOST…
    local prefix=$1 host
    shift
    for host in "$@"; do
        if [ "$(daemon_of "$host")" = bird ]; then
            echo "sed -i '\\|route $prefix blackhole|d' '$work/bird/$host/bird.conf'"
            echo "birdc -s '$work/run/$host/bird.ctl' configure >/dev/null"
        else
            echo "vtysh --vty_socket '$work/run/$host' -c 'configure terminal'" \
                "-c 'router bgp $(csv_asn "$host")' -c 'address-family ipv4 unicast'" \
                "-c 'no network $prefix' >/dev/null"
        fi
    done
}

fail() { # KIND HOST HOST, without their last number
    awk -F , -v kind="$1" -v a="$2" -v b="$3" '
        function place(host) { sub(/-[0-9]+$/, "", host); return host }
        $7 == kind && ((place($1) == a && place($4) == b) || (place($1) == b && place($4) == a)) {
            print "ip -n " $1 " link set " $2 " down"
        }' "$work/bird/links.csv"
}

# await NAME COMMAND…: leaves changed_s, different and routes; the differences are printed.
await() {
    local name=$1 status=0
    shift
    "$PROGRAM" await "$work" "$work/$name.json" $every_s $settle_s 40 $limit_s \
        "$@" >"$work/$name.result" || status=$?
    read -r changed_s different routes <"$work/$name.result" || different=1
    [ "$status" = 0 ] || tail -n +2 "$work/$name.result"
    return $status
}

# All paths of all routers, for whoever keeps what a failure left (DIFFERENTIAL_KEEP).
keep_tables() { # NAME
    local host daemon
    while read -r host daemon _; do
        if [ "$daemon" = bird ]; then
            birdc -s "$work/run/$host/bird.ctl" 'show protocols' 'all'
            birdc -s "$work/run/$host/bird.ctl" 'show route all'
        else
            vtysh --vty_socket "$work/run/$host" -c 'show bgp ipv4 unicast' -c 'show bgp summary' \
                -c 'show bgp nexthop' -c 'show ip route' -c 'show ip ospf neighbor' \
                -c 'show ip ospf route'
        fi >"$work/run/$host/$1.txt" 2>&1 || true
    done <"$work/lab"
}

# NAME WHEN COMMAND…
step() {
    local name=$1 what=$2 status=0 event
    shift 2
    await "$name" "$@" || { status=1 && keep_tables "$name"; }
    event=$([ "$name" = start ] || echo ", $what in the simulator $(simulated_s "$name") s")
    printf '  %-9s %4s of %4s best paths differ; last change after %7s s%s\n' "$name" \
        "$different" "$routes" "$changed_s" "$event"
    return $status
}

# When the simulator's routes changed last, after the event of the step.
simulated_s() {
    awk -v at="${event_s[$1]}" -F '[:,]' '/"changed_s"/ { printf "%.3f", $2 < at ? 0 : $2 - at; exit }' \
        "$work/$1.json"
}

prepare() { # what `daemons` is told to generate: COMMAND SEED…
    local command=$1 format line
    shift
    declare -gA event_s=([start]=0 [withdraw]=30 [fail]=130)
    "$PROGRAM" "$command" "$work" "$@"
    for format in bird frr; do
        "$ANYSIM" export --quiet --format $format --out "$work/$format" "$work/scenario.yaml"
    done
    for line in start:0s withdraw:129s fail:229s; do
        "$ANYSIM" export --format routes --at "${line#*:}" --out "$work/${line%:*}.json" \
            "$work/scenario.yaml"
    done
    mapfile -t hosts < <(tail -n +2 "$work/bird/routers.csv" | cut -d , -f 2)
    while read -r line; do
        $line >"$work/${line%% *}.sh"
    done <"$work/events"
    make_network
    start_daemons || { echo "  a daemon did not start:" && cat "$work"/run/*/start.log; return 1; }
}

one() { # SEED KIND
    local status=0
    kind=$2
    prepare generate "$1" "$2" || return 1
    echo "seed $1: ${#hosts[@]} routers, $kind"
    step start 'first' || status=1
    step withdraw 'last change' sh "$work/withdraw.sh" || status=1
    step fail 'last change' sh "$work/fail.sh" || status=1
    return $status
}

# A scenario that somebody wrote, with all routers as one daemon.
given() { # SCENARIO KIND
    kind=$2
    if [ "$kind" = containerlab ]; then
        "$ANYSIM" export --quiet --format containerlab --out "$work/clab" "$1" || return 1
        "$ANYSIM" export --format routes --at 0s --out "$work/start.json" "$1"
        start_containers
        echo "$1: ${#hosts[@]} routers, $kind ($(cut -d ' ' -f 2 "$work/lab" | sort | uniq -c | xargs))"
        declare -gA event_s=([start]=0)
        step start 'first'
        return
    fi
    "$ANYSIM" export --quiet --format bird --out "$work/bird" "$1" 2>"$work/refused" ||
        [ "$kind" = frr ] || { cat "$work/refused" && return 1; }
    "$ANYSIM" export --quiet --format frr --out "$work/frr" "$1" 2>"$work/refused" ||
        [ "$kind" = bird ] || { cat "$work/refused" && return 1; }
    [ -d "$work/bird" ] || addresses_of_frr
    "$ANYSIM" export --format routes --at 0s --out "$work/start.json" "$1"
    mapfile -t hosts < <(tail -n +2 "$work/bird/routers.csv" | cut -d , -f 2)
    make_network
    start_daemons || { echo "  a daemon did not start:" && cat "$work"/run/*/start.log; return 1; }
    echo "$1: ${#hosts[@]} routers, $kind"
    declare -gA event_s=([start]=0)
    step start 'first'
}

# ip.batch of every router, for what BIRD cannot say.
addresses_of_frr() {
    local conf
    for conf in "$work"/frr/*/zebra.conf; do
        mkdir -p "$work/bird/$(basename "$(dirname "$conf")")"
        awk '$1 == "interface" { i = $2; if (i != "lo") print "link set " i " up" }
            $1 == "ip" && $2 == "address" { print "addr add " $3 " dev " i }' "$conf" \
            >"$work/bird/$(basename "$(dirname "$conf")")/ip.batch"
    done
    cp "$work/frr/routers.csv" "$work/frr/links.csv" "$work/bird"
}

# How long a withdrawal takes, in a ladder (generate.h).
ladder() { # RUNGS MRAI_S KIND
    local want
    kind=$3
    prepare ladder 1 "$1" "$2" || return 1
    every_s=0.02 settle_s=$((3 * $2 + 4))
    await start || return 1
    await withdraw sh "$work/withdraw.sh" || return 1
    want=$(simulated_s withdraw)
    awk -v rungs="$1" -v mrai="$2" -v kind="$3" -v want="$want" -v got="$changed_s" 'BEGIN {
        off = want > 0 ? 100 * (got - want) / want : 0
        good = off >= -20 && off <= 20 || got - want < 0.5 && want - got < 0.5
        printf "  %-5s %6d %7d s %11.3f s %10.3f s %+7.1f %%  %s\n", kind, rungs, mrai, want, got, off,
            good ? "ok" : "FAIL"
        exit !good
    }'
}

inside() {
    mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs tmpfs /run && mkdir /run/netns; }
    mount -t tmpfs tmpfs /run/netns
    mount -t tmpfs tmpfs /var/tmp # where the FRR daemons leave logs
    mount -t tmpfs -o mode=755 tmpfs "$work"
    local status=0 every_s=0.25 settle_s=4 limit_s=900 at_once=16 kept=${DIFFERENTIAL_KEEP:-}
    "$@" || status=$?
    [ -z "$kept" ] || { mkdir -p "$kept/$*" && cp -r "$work"/* "$kept/$*" 2>/dev/null; } || true
    exit $status
}

# --- all networks

can() { # DAEMONS
    case $1 in
    bird) command -v bird >/dev/null && command -v birdc >/dev/null ;;
    frr) [ -x "$FRR/bgpd" ] && [ -x "$FRR/ospfd" ] && command -v vtysh >/dev/null ;;
    mixed) can bird && can frr ;;
    containerlab) can mixed && [ -x "$FRR/watchfrr" ] && [ -r "$FRR/frrcommon.sh" ] ;;
    esac
}

# A function with its arguments, in namespaces of its own.
alone() {
    DIFFERENTIAL_INSIDE=1 "${unshared[@]}" tests/daemons/differential.sh "$@"
}

# TIMING: RUNGS MRAI_S DAEMON, separated by commas. BIRD has no MRAI, so it is compared without.
timing() {
    local what
    echo "time until the last route changes after a withdrawal:"
    echo "  daemon  rungs    MRAI     predicted     measured       off"
    while IFS=, read -r -d , what; do
        # shellcheck disable=SC2086
        if ! can "${what##* }"; then
            skip "timing: ${what##* } is not installed"
        elif alone ladder $what; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
        fi
    done <<<"$TIMING,"
}

# Each with the daemons that can say all of it: features/frr-NAME.yaml is for FRR alone.
scenarios() {
    local file kind
    for file in $SCENARIOS; do
        for kind in ${DIFFERENTIAL_DAEMONS:-$FORMS}; do
            case $(basename "$file"):$kind in
            frr-*:bird | frr-*:mixed | bird-*:frr | bird-*:mixed) continue ;;
            esac
            if ! can "$kind"; then
                skip "$file: bird2 or frr is not installed"
            elif alone given "$file" "$kind"; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                echo "FAIL $file, $kind"
            fi
        done
    done
}

main() {
    local kinds=(bird frr mixed) i kind
    export work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if ! "${unshared[@]}" true 2>/dev/null; then
        skip 'no privilege to make network namespaces (run it as root)'
        finish
    fi
    for ((i = 0; i < COUNT; i++)); do
        kind=${DIFFERENTIAL_DAEMONS:-${kinds[i % 3]}}
        if ! can "$kind"; then
            skip "seed $((SEED + i)): bird2 or frr is not installed"
        elif alone one $((SEED + i)) "$kind"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL again with: DIFFERENTIAL_SEED=$((SEED + i)) DIFFERENTIAL_COUNT=1" \
                "DIFFERENTIAL_DAEMONS=$kind make differential"
        fi
    done
    scenarios
    [ -z "$TIMING" ] || timing
    finish
}

if [ "${1:-}" = container ]; then
    "$@"
elif [ -n "${DIFFERENTIAL_INSIDE:-}" ]; then
    inside "$@"
else
    main
fi
