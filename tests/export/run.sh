#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# anysim export: what it writes is complete, the same every time, and read by the daemons' parsers.
# What the daemons make of it is compared by tests/daemons/differential.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
SCENARIO=scenarios/beijing-telecom-outage.yaml
FRR=${FRR_DAEMONS:-/usr/lib/frr}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
passed=0 failed=0 skipped=0

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@" >"$work/output" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        head -n 20 "$work/output"
    fi
}

skip() {
    echo "SKIPPED: $*"
    skipped=$((skipped + 1))
}

export_as() { # FORMAT FOLDER
    "$ANYSIM" export "$SCENARIO" --quiet --format "$1" --out "$work/$2"
}

# A file of its own for each router of routers.csv, without a left-over of formatting.
is_complete() { # FOLDER FILE
    local host
    tail -n +2 "$work/$1/routers.csv" | cut -d , -f 2 | while read -r host; do
        [ -s "$work/$1/$host/$2" ] || { echo "$host/$2 is missing"; return 1; }
    done
}

# fails STATUS WORDS ARGUMENT…: exits so, and says so
fails() {
    local want=$1 words=$2 status=0
    shift 2
    "$ANYSIM" export "$@" >"$work/said" 2>&1 || status=$?
    cat "$work/said"
    [ "$status" = "$want" ] && grep -qF -- "$words" "$work/said"
}

bird_reads() { # FOLDER
    local conf
    for conf in "$work/$1"/*/bird.conf; do
        bird -p -c "$conf" || { echo "$conf"; return 1; }
    done
}

# The daemons leave folders for logs in /var/tmp.
mount_tmp() { # COMMAND…
    unshare --mount sh -c 'mount -t tmpfs tmpfs /var/tmp && exec "$@"' sh "$@"
}

frr_reads() { # FOLDER HOST…
    local folder=$1 host daemon
    shift
    for host in "$@"; do
        for daemon in zebra ospfd isisd bgpd; do
            [ -f "$work/$folder/$host/$daemon.conf" ] || continue
            mount_tmp "$FRR/$daemon" \
                -C -f "$work/$folder/$host/$daemon.conf" >"$work/frr.log" 2>&1 &&
                ! grep -iE 'unknown command|can.t find|error occurred|config failed' "$work/frr.log" ||
                { cat "$work/frr.log"; return 1; }
        done
    done
}

# More than 20 interfaces with OSPF: FRR needs more multicast groups than Linux allows. Said by those
# that need it, and by no other.
says_groups() {
    local conf n said
    for conf in "$work"/frr/*/ospfd.conf; do
        n=$(grep -c '^ ip ospf cost' "$conf" || true)
        said=$(sed -n 's/^! needs: sysctl net.ipv4.igmp_max_memberships=\([0-9]*\),.*/\1/p' "$conf")
        [ "$said" = "$([ "$n" -le 20 ] || echo "$n")" ] || { echo "$conf: $n, $said"; return 1; }
    done
    cat "$work"/frr/*/ospfd.conf | sed -n 's/^! needs:.*=\([0-9]*\),.*/\1/p' | sort >"$work/said"
    awk '$1 == "net.ipv4.igmp_max_memberships:" { print $2 }' "$lab" | sort | cmp - "$work/said"
    [ -s "$work/said" ]
}

for format in bird frr containerlab; do
    check "exports for $format" export_as $format $format
done
check 'a bird.conf for every router' is_complete bird bird.conf
check 'addresses for every router' is_complete bird ip.batch
check 'an ospfd.conf for every router' is_complete frr ospfd.conf
check 'the second export is the first' eval \
    'export_as bird again && diff -r "$work/bird" "$work/again"'
lab=$work/containerlab/beijing-telecom-outage.clab.yml
check 'a node for every router' eval \
    '[ "$(grep -c "^    [^ ].*: # " "$lab")" = "$(($(wc -l <"$work/frr/routers.csv") - 1))" ]'
check 'a link for every link' eval \
    '[ "$(grep -c endpoints: "$lab")" = "$(($(wc -l <"$work/frr/links.csv") - 1))" ]'
check 'every file that a node mounts is there' eval \
    'awk "/^        - .*:\/etc/ { sub(/:.*/, \"\", \$2); print \$2 }" "$lab" >"$work/mounts" &&
    [ "$(wc -l <"$work/mounts")" -gt 400 ] && (cd "$work/containerlab" && xargs -a "$work/mounts" ls)'
check 'one frr.conf has what the daemons have' eval \
    'cat "$work"/frr/telecom-beijing-1/*d.conf "$work/frr/telecom-beijing-1/zebra.conf" | sort -u >"$work/apart" &&
    sort -u "$work/containerlab/telecom-beijing-1/frr.conf" >"$work/whole" &&
    [ -z "$(comm -23 "$work/apart" "$work/whole" | grep -v "^hostname")" ]'
check 'multicast groups of a hub' says_groups
check 'MRAI is a comment for BIRD' grep -q 'not expressed: MRAI 30s' \
    "$work/bird/telecom-beijing-1/bird.conf"
check 'routes are JSON' eval '"$ANYSIM" export "$SCENARIO" --format routes --at 1s |
    grep -c "\"router\"" >"$work/n" && [ "$(cat "$work/n")" -gt 100 ]'
check 'no format' fails 2 '--format wants' "$SCENARIO"
check 'a format that is none' fails 2 "did you mean 'bird'?" "$SCENARIO" --format brid
check 'configurations have no time' fails 2 '--at goes with' "$SCENARIO" --format bird --at 5s
check 'a time outside' fails 2 'outside' "$SCENARIO" --format routes --at 500s
cat >"$work/far.yaml" <<'YAML'
version: 1
name: far
cities: [{name: a, lat: 1, lon: 1}, {name: b, lat: 2, lon: 2}]
networks:
  n:
    asn: 64500
    kind: cloud
    cities: [a, b]
    reflectors: [a]
    links: [{a: a, b: b, capacity: 1Gbps, metric: 70000}]
  c: {asn: 64501, kind: carrier, cities: [a], clients: [{province: a, city: a, population: 1}]}
interconnects: [{a: n, b: c, relation: customer, city: a, capacity: 1Gbps, a_export: heavy}]
pops: {p: {network: n, city: a}}
policies:
  heavy: |
    if weight = 5: reject
    if as-path "(64502$)+": reject
YAML
cat >"$work/far-away.yaml" <<'YAML'
version: 1
name: far-away
topology: far.yaml
duration: 1s
services: {s: {mode: unicast, prefix: 192.0.2.0/24, publish: [p]}}
traffic: {t: {kind: ping, to: [s]}}
YAML
check 'metrics that OSPF does not have' fails 65 'BIRD has OSPF alone' \
    tests/daemons/features/frr-wide.yaml --format bird --out "$work/never"
check 'a condition that BIRD does not have' fails 65 'BIRD has no way to say it: weight' \
    "$work/far-away.yaml" --format bird --out "$work/never"
check 'a pattern that FRR would take wrongly' fails 65 'AS-path patterns that repeat ^ or $' \
    "$work/far-away.yaml" --format frr --out "$work/never"
for daemon in bird frr; do
    check "clients for $daemon" "$ANYSIM" export tests/daemons/features/clients.yaml --quiet \
        --format $daemon --out "$work/clients-$daemon"
done
check 'which daemon has it is said' fails 65 'BIRD can do it' tests/daemons/features/bird-derived.yaml \
    --format frr --out "$work/never"
check 'a lab takes the daemon that can' eval '"$ANYSIM" export tests/daemons/features/bird-derived.yaml \
    --quiet --format containerlab --out "$work/both" &&
    [ "$(grep -c "group: bird" "$work/both/bird-derived.clab.yml")" = 5 ] &&
    [ "$(grep -c "group: frr" "$work/both/bird-derived.clab.yml")" = 1 ]'
check 'a metric is divided' eval '"$ANYSIM" export tests/daemons/features/divided.yaml --quiet \
    --format frr --out "$work/divided" && grep -q "ip ospf cost 6998" "$work/divided/cloud-north-1/ospfd.conf"'
check 'BIRD keeps clients apart' eval \
    '[ "$(grep -c "sessions of their own" "$work/clients-bird/cloud-north-1/bird.conf")" = 3 ]'
check 'FRR keeps clients apart' grep -q 'no bgp client-to-client reflection' \
    "$work/clients-frr/cloud-north-1/bgpd.conf"
check 'nothing is left of what failed' test ! -e "$work/never"
if command -v bird >/dev/null; then
    check 'BIRD reads them all' bird_reads bird
    for feature in tests/daemons/features/*.yaml; do
        name=$(basename "$feature" .yaml)
        case $name in frr-*) continue ;; esac
        check "$name for BIRD" "$ANYSIM" export "$feature" --quiet --format bird \
            --out "$work/$name-bird"
        check "BIRD reads $name" bird_reads "$name-bird"
    done
else
    skip 'bird2 is not installed: nobody reads bird.conf'
fi
if [ -x "$FRR/bgpd" ] && unshare --mount mount -t tmpfs tmpfs /var/tmp 2>/dev/null; then
    check 'vtysh reads frr.conf' eval 'mount_tmp vtysh -C --config_dir "$work/containerlab/telecom-beijing-1"'
    check 'FRR reads some' frr_reads frr telecom-beijing-1 cloud-beijing-1 \
        cloud-beijing-backend idc-multi-beijing-1
    for feature in tests/daemons/features/*.yaml; do
        name=$(basename "$feature" .yaml)
        case $name in bird-*) continue ;; esac
        check "$name for FRR" "$ANYSIM" export "$feature" --quiet --format frr \
            --out "$work/$name-frr"
        # shellcheck disable=SC2046
        check "FRR reads $name" frr_reads "$name-frr" $(cd "$work/$name-frr" && ls -d -- *-1)
    done
else
    skip 'frr is not installed, or this is not root: nobody reads bgpd.conf'
fi
echo "export: $passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
