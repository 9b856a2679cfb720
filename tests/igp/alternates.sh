#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# alternates: asks FRR's isisd for the loop-free alternates of a network and prints them, as
# tests/igp/alternates.txt holds them ("backup FROM TO METRIC LINK…", a line a route that has one).
#
#   tests/igp/alternates.sh ROUTERS <LINKS      a link a line: A B METRIC-AB METRIC-BA
#
# Needs root (network namespaces) and FRR; takes a minute, most of it isisd's own intervals. Everything is
# gone afterwards: processes, namespaces and mounts are private to the run.
set -euo pipefail
FRR=${FRR_DAEMONS:-/usr/lib/frr}
ROUTERS=${1:?routers}

if [ -z "${ALTERNATES_INSIDE:-}" ]; then
    for tool in "$FRR/isisd" "$(command -v vtysh || true)" "$(command -v unshare || true)"; do
        [ -x "$tool" ] || { echo "SKIPPED: FRR's isisd, vtysh or unshare is missing" >&2; exit 77; }
    done
    exec env ALTERNATES_INSIDE=1 unshare --net --mount --pid --fork --kill-child --mount-proc "$0" "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
declare -a space

at() { # ROUTER COMMAND…
    local router=$1
    shift
    nsenter -t "${space[$router]}" -n "$@"
}

interface() { # ROUTER NAME ADDRESS METRIC
    at "$1" ip addr add "$3" dev "$2"
    at "$1" ip link set "$2" up
    cat >>"$work/$1/isisd.conf" <<END
interface $2
 ip router isis 1
 isis network point-to-point
 isis circuit-type level-2-only
 isis metric $4
 isis hello-interval 1
 isis fast-reroute lfa level-2
!
END
}

for ((r = 0; r < ROUTERS; r++)); do
    unshare --net sleep 600 &
    space[r]=$!
    mkdir "$work/$r"
    ! id -u frr >/dev/null 2>&1 || chown frr "$work/$r" # who the daemons run as
    : >"$work/$r/zebra.conf"
    : >"$work/$r/isisd.conf"
done
sleep 0.5

number=0
while read -r a b metric_ab metric_ba; do
    ip link add "v${number}a" type veth peer name "v${number}b"
    ip link set "v${number}a" netns "${space[$a]}"
    ip link set "v${number}b" netns "${space[$b]}"
    interface "$a" "v${number}a" "10.240.$number.0/31" "$metric_ab"
    interface "$b" "v${number}b" "10.240.$number.1/31" "$metric_ba"
    number=$((number + 1))
done

for ((r = 0; r < ROUTERS; r++)); do
    at "$r" ip link set lo up
    at "$r" ip addr add "10.1.0.$((r + 1))/32" dev lo
    cat >>"$work/$r/isisd.conf" <<END
interface lo
 ip router isis 1
 isis passive
!
router isis 1
 net 49.0001.0000.0000.$(printf %04d $((r + 1))).00
 is-type level-2-only
 metric-style wide
 spf-interval 1
 lsp-gen-interval 1
 fast-reroute lfa tiebreaker lowest-backup-metric index 10 level-2
!
END
    for daemon in zebra isisd; do
        at "$r" "$FRR/$daemon" -d --vty_socket "$work/$r" -z "$work/$r/api" -i "$work/$r/$daemon.pid" \
            -f "$work/$r/$daemon.conf" -A 127.0.0.1 >"$work/$r/$daemon.log" 2>&1
    done
done

sleep "${ALTERNATES_WAIT:-45}"
for ((r = 0; r < ROUTERS; r++)); do
    echo "== router $r"
    vtysh --vty_socket "$work/$r" -c 'show isis route level-2 backup'
done | awk '
    $1 == "==" { router = $3; line = flush() }
    $1 ~ /^10\.1\.0\./ {
        line = flush()
        split($1, address, "[./]")
        line = "backup " router " " address[4] - 1 " " $2 " " link($3)
        next
    }
    line && $1 ~ /^v[0-9]+[ab]$/ { line = line " " link($1); next }
    { line = flush() }
    END { flush() }
    function link(name) { gsub(/[vab]/, "", name); return name }
    function flush() { if (line) print line; return "" }'
