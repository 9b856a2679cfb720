#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Demands in whole runs, on two cities and one link: they agree with the sampled packets beside them, and
# every key of `demands` does what it says.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
here=$PWD/tests/demand/files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# cell COLUMN FILE FILTER… : a cell of the first row where each FILTER (column=value) holds
cell() {
    local name=$1 file=$2
    shift 2
    awk -F, -v name="$name" -v filters="$*" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(filters, f, " "); next }
        { ok = 1; for (k = 1; k <= n; k++) { split(f[k], kv, "="); if ($(at[kv[1]]) != kv[2]) ok = 0 }
          if (ok) { print $(at[name]); exit } }' "$file"
}
is() { # WHAT EXPECTED OBTAINED
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: expected $2, obtained $3"
    fi
}
near() { # WHAT EXPECTED OBTAINED WITHIN: a share of what is expected
    is "$1 ($3, within $4 of $2)" yes "$(awk -v v="$3" -v x="$2" -v w="$4" \
        'BEGIN { d = v - x; if (d < 0) d = -d; print (v != "" && d <= w * (x < 0 ? -x : x) + 1e-9) ? "yes" : "no" }')"
}
# play NAME DURATION LINES…: a scenario with these lines at its end
play() {
    local name=$1 duration=$2
    shift 2
    {
        cat <<EOF
version: 1
name: $name
topology: $here/two.yaml
seed: 7
duration: $duration
warmup: 60s
services:
  web: {mode: unicast, prefix: 203.0.113.0/24, publish: [idc]}
EOF
        printf '%s\n' "$@"
    } >"$work/$name.yaml"
    "$ANYSIM" run -q --out "$work/$name" "$work/$name.yaml"
}
calm='traffic: {probe: {kind: ping, to: [web], rate: 1/s}}'
west='{region: west}'

# --- What a baseline keeps of demands; expectations about every backbone link of a network.
play kept 20s "$calm" 'demands:' "  users: {kind: users, from: $west, to: [web], users: 100%, up: 3kbps, down: 3.8kbps}" \
    'expect: [{links: {network: carrier}, during: before, utilisation_max: "<= 100%"}]'
is 'a baseline tells what arrives' 'down up' \
    "$(python3 -c 'import json,sys; print(*sorted(json.load(open(sys.argv[1]))["demands"]["users"]))' "$work/kept/baseline.json")"
is 'every backbone link of a network, both directions' 1 \
    "$(grep -c 'links of carrier, before: .*(2 of 2 directions)' "$work/kept/summary.txt")"

# --- The two resolutions of traffic agree: each way's loss and mean delay within 5 %. A full queue lasts a
# tenth of a second: it takes an hour of them to know so rare a loss that well.
play agree 3000s 'traffic: {probe: {kind: ping, from: {region: west}, to: [web], rate: 500/s, up: 1000B}}' \
    'demands:' "  users: {kind: users, from: $west, to: [web], users: 100%, up: 3kbps, down: 3.8kbps}"
d=$work/agree/demands.csv q=$work/agree/quality.csv
for way in up down; do
    near "loss $way" "$(cell lost "$d" direction=$way)" "$(cell ${way}_loss "$q" phase=before)" 0.05
    near "delay $way" "$(cell delay_ms "$d" direction=$way)" \
        "$(cell ${way}_owd_mean_ms "$q" phase=before)" 0.05
done
near 'the link, with its background' 98 "$(cell before_pct "$work/agree/links.csv" \
    'link=carrier/east-1>carrier/west-1')" 0.01
is 'by way of its only POP' 'idc 1.000' "$(cell pops "$d" direction=up)"

# --- Users, and what multiplies them.
play users 2s "$calm" 'demands:' \
    "  plain: {kind: users, from: $west, to: [web], users: 10%, up: 1kbps, down: 2kbps}" \
    "  scaled: {kind: users, from: $west, to: [web], users: 10%, up: 1kbps, scale: 2.5}" \
    "  grown: {kind: users, from: $west, to: [web], users: 10%, up: 1kbps, growth: 10%, years: 2}" \
    "  thick: {kind: users, to: [web], users: 10%, up: 1kbps, packet: 9000B}"
d=$work/users/demands.csv
is 'a tenth of 100,000 at 1 kbps' 10.000 "$(cell wanted_mbps "$d" demand=plain direction=up)"
is 'and back' 20.000 "$(cell wanted_mbps "$d" demand=plain direction=down)"
is 'scale' 25.000 "$(cell wanted_mbps "$d" demand=scaled)"
is 'growth over years' 12.100 "$(cell wanted_mbps "$d" demand=grown)"
is 'from: only the west' '' "$(cell wanted_mbps "$d" demand=plain from=carrier/east)"
is 'from: absent, everybody' 30.000 "$(cell wanted_mbps "$d" demand=thick from=carrier/east)"
near 'packet: 8,000 bytes more to send over 1 Gbps' \
    "$(awk -v v="$(cell delay_ms "$d" demand=plain direction=up)" 'BEGIN { print v + 0.06482 }')" \
    "$(cell delay_ms "$d" demand=thick from=carrier/west)" 0.001

# --- Gravity.
play gravity 2s "$calm" 'demands:' '  cities: {kind: gravity, network: carrier, total: 100Mbps}' \
    '  people: {kind: gravity, total: 80Mbps}' \
    '  services: {kind: gravity, to: [web], total: 40Mbps, up_share: 25%}' \
    '  usual: {kind: gravity, to: [web], total: 40Mbps}'
d=$work/gravity/demands.csv
is 'between cities, either way' 50.000 "$(cell wanted_mbps "$d" demand=cities from=carrier/east)"
is 'between client groups' 40.000 "$(cell wanted_mbps "$d" demand=people from=carrier/west)"
is 'to services by population, up' 2.500 "$(cell wanted_mbps "$d" demand=services from=carrier/west direction=up)"
is 'and down' 22.500 "$(cell wanted_mbps "$d" demand=services from=carrier/east direction=down)"
is 'usually a tenth goes up' 1.000 "$(cell wanted_mbps "$d" demand=usual from=carrier/west direction=up)"

# --- Matrices: the same in four formats.
cat >"$work/m.csv" <<'EOF'
from,to,rate
west,east,10Mbps
east,west,20
east,east,99
EOF
printf 'from,to,rate\ncarrier/west,web,10Mbps\ncarrier/east,carrier/west,4Mbps\n' >"$work/names.csv"
cat >"$work/m.txt" <<'EOF'
?SNDlib native format; type: network; version: 1.0
NODES (
  west ( 90.0 40.0 )
  east ( 120.0 40.0 )
)
DEMANDS (
  a ( west east ) 1 10.0 UNLIMITED # and back
  b ( east west ) 1 20.0 3
)
EOF
cat >"$work/m.xml" <<'EOF'
<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <networkStructure><nodes><node id="west"/><node id="east"/></nodes></networkStructure>
 <demands>
  <demand id="a"><source>west</source><target>east</target><demandValue> 10.0 </demandValue></demand>
  <demand id="b"><source>east</source><target>west</target><demandValue>20</demandValue></demand>
 </demands>
</network>
EOF
printf 'DEMANDS 2\nlabel src dest bw\nd0 0 1 10000\nd1 1 0 20000\n' >"$work/m.demands"
gzip -k "$work/m.demands"
play matrix 2s "$calm" 'demands:' '  csv: {kind: matrix, network: carrier, file: m.csv}' \
    '  native: {kind: matrix, network: carrier, file: m.txt}' \
    '  xml: {kind: matrix, network: carrier, file: m.xml}' \
    '  repetita: {kind: matrix, network: carrier, file: m.demands.gz}' \
    '  unit: {kind: matrix, network: carrier, file: m.csv, unit: 1kbps}' \
    '  names: {kind: matrix, file: names.csv, answers: 300%}'
d=$work/matrix/demands.csv
for format in csv native xml repetita; do
    is "$format, there" 10.000 "$(cell wanted_mbps "$d" demand=$format from=carrier/west)"
    is "$format, back" 20.000 "$(cell wanted_mbps "$d" demand=$format from=carrier/east)"
done
is 'unit of plain numbers' 0.020 "$(cell wanted_mbps "$d" demand=unit from=carrier/east)"
is 'not of others' 10.000 "$(cell wanted_mbps "$d" demand=unit from=carrier/west)"
is 'answers of a service' 30.000 "$(cell wanted_mbps "$d" demand=names direction=down)"
is 'between groups' 4.000 "$(cell wanted_mbps "$d" demand=names to=carrier/west)"

# --- Curves: 12 hours in 12 seconds from 6:00 UTC. The west lives 6 hours ahead by the sun, the east 10 by decree.
curve='curves: {day: {points: [{at: 0h, factor: 0%}, {at: 12h, factor: 100%}]}}'
demands="demands: {a: {kind: users, to: [web], users: 10%, up: 1kbps, curve: day}}"
play curve 2s "$calm" 'clock: 6h' 'daytime: {speed: 3600}' "$curve" "$demands"
play zone 2s "$calm" 'clock: 6h' 'daytime: {speed: 3600, zone: 6h, local: zone}' "$curve" "$demands"
play slow 2s "$calm" 'clock: 6h' "$curve" "$demands"
near 'noon in the west and an hour after, the middle of each bucket' 9.167 \
    "$(cell wanted_mbps "$work/curve/demands.csv" from=carrier/west)" 0.001
near 'and the late afternoon in the east' 17.5 "$(cell wanted_mbps "$work/curve/demands.csv" from=carrier/east)" 0.001
near 'all by one clock' 5.833 "$(cell wanted_mbps "$work/zone/demands.csv" from=carrier/west)" 0.001
near 'a clock that does not run fast' 10 "$(cell wanted_mbps "$work/slow/demands.csv" from=carrier/west)" 0.001

# --- Elastic: what is wanted does not fit, and nothing is lost but what full queues lose.
play elastic 3s "$calm" 'demands:' \
    "  stiff: {kind: users, from: $west, to: [web], users: 100%, up: 1kbps}" \
    "  soft: {kind: users, from: $west, to: [web], users: 100%, up: 9kbps, elastic: yes}" \
    'expect:' '  - {demand: soft, during: before, held_back: ">= 60%", lost: "<= 4%", carried: "<= 40%", delay_mean: "<= 12ms"}' \
    '  - {demand: stiff, from: {network: carrier}, during: before, carried: ">= 96%"}'
d=$work/elastic/demands.csv
near 'elastic: what is left of the link' 300 "$(cell sent_mbps "$d" demand=soft)" 0.001
near 'a queue that is always full of bursts loses 1 in K + 1 (M/M/1/K at ρ = 1, K = 10 ms of 50 kB)' 0.038462 \
    "$(cell lost "$d" demand=soft)" 0.001
is 'inelastic: all of it' 100.000 "$(cell sent_mbps "$d" demand=stiff)"
near 'the link is full' 100 "$(cell before_pct "$work/elastic/links.csv" 'link=carrier/west-1>carrier/east-1')" 0.001

# --- Expectations fail a run.
status=0
sed 's/">= 60%"/">= 90%"/' "$work/elastic.yaml" >"$work/fails.yaml"
"$ANYSIM" test "$work/fails.yaml" >"$work/fails.txt" 2>&1 || status=$?
is 'an expectation that fails' 1 "$status"
is 'says which' 1 "$(grep -c 'demand soft.*held_back' "$work/fails.txt")"

# --- Events: a surge, a cut link, and what it loses until routes are back.
play surge 12s "$calm" 'demands:' '  a: {kind: users, to: [web], users: 10%, up: 1kbps}' 'timeline:' \
    "  - {at: 4s, surge: {demand: a, from: $west, factor: 3.5}, for: 4s}"
d=$work/surge/demands.csv
is 'before a surge' 10.000 "$(cell wanted_mbps "$d" from=carrier/west phase=before)"
is 'in it' 35.000 "$(cell wanted_mbps "$d" from=carrier/west phase=outage)"
is 'elsewhere' 30.000 "$(cell wanted_mbps "$d" from=carrier/east phase=outage)"
is 'after it' 10.000 "$(cell wanted_mbps "$d" from=carrier/west phase=after)"
play ramp 12s "$calm" 'demands:' '  a: {kind: users, to: [web], users: 10%, up: 1kbps}' 'timeline:' \
    "  - {at: 2s, surge: {demand: a, from: $west, factor: 5, ramp: 8s}}"
is 'half-way up a ramp' 32.500 "$(awk -F, '$3 == "6.000" && $2 == "up" { print $4 - 30 }' \
    "$work/ramp/demandseries.csv" | awk '{ printf "%.3f", $1 }')"
play cut 20s "$calm" 'demands:' "  a: {kind: users, from: $west, to: [web], users: 10%, up: 1kbps, down: 1kbps}" \
    'timeline:' '  - {at: 5s, fail: {network: carrier, between: [west, east]}}' \
    '  - {at: 15s, repair: {network: carrier, between: [west, east]}}'
d=$work/cut/demands.csv
is 'nothing arrives over a cut link' 0.000 "$(cell arrived_mbps "$d" phase=outage direction=up)"
is 'nor is it answered' 0.000 "$(cell arrived_mbps "$d" phase=outage direction=down)"
is 'lost at the link, then for want of a route' yes \
    "$(awk -v a="$(cell link-down_mbps "$d" phase=outage direction=up)" -v b="$(cell no-route_mbps "$d" phase=outage direction=up)" \
        'BEGIN { print (a > 0 && b > a && a + b > 9.999 && a + b < 10.001) ? "yes" : "no" }')"

# --- In summaries, and the same bytes at every run.
is 'summary.txt' 1 "$(grep -c '^  soft (elastic)' "$work/elastic/summary.txt")"
is 'summary.json' 0.3 "$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))["demands"]
print([round(x["sent_bps"] / 1e9, 3) for x in d if x["demand"] == "soft"][0])' "$work/elastic/summary.json")"
"$ANYSIM" run -q --out "$work/again" "$work/elastic.yaml"
is 'twice the same' same "$(diff -r "$work/elastic" "$work/again" >"$work/diff" && echo same || head -5 "$work/diff")"

# --- A sweep's worst utilisation has the demands that go another way.
sed -e 's/^name: two/name: ring/' "$here/two.yaml" >"$work/ring.yaml"
sed -i -e 's/^  east: {lat: 40, lon: 120/  south: {lat: 30, lon: 105}\n&/' \
    -e 's/{city: east}\]/{city: east}, {city: south}]/' \
    -e 's/^    links: .*/    links: [{a: west, b: east, capacity: 1Gbps}, {a: west, b: south, capacity: 1Gbps}, {a: south, b: east, capacity: 1Gbps}]/' \
    "$work/ring.yaml"
cat >"$work/sweep.yaml" <<EOF
version: 1
name: sweep
topology: ring.yaml
duration: 10s
services: {web: {mode: unicast, prefix: 203.0.113.0/24, publish: [idc]}}
$calm
demands: {a: {kind: users, from: $west, to: [web], users: 100%, up: 7kbps}}
EOF
"$ANYSIM" sweep -q --fail links --no-plots --out "$work/swept" "$work/sweep.yaml" >/dev/null 2>&1 || true
is 'the way round, when the direct link fails' 70.00 \
    "$(cell worst_pct "$work/swept/sweep.csv" 'link=carrier/west-1>carrier/south-1')"
is 'and else not' 0.00 "$(cell baseline_pct "$work/swept/sweep.csv" 'link=carrier/west-1>carrier/south-1')"

echo "demand: $passed passed, $failed failed"
[ "$failed" = 0 ]
