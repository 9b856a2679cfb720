#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Real networks from the Internet Topology Zoo, read as GML and as GraphML: the graph is a carrier with clients in
# every city, a small cloud has POPs in three of them, and a link of the carrier fails. Skips without the data
# (ANYSIM_DATA, else ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
data=${ANYSIM_DATA:-../shared/data}/topology-zoo
case $ANYSIM in /*) ;; *) ANYSIM=$PWD/$ANYSIM ;; esac
if [ ! -d "$data" ]; then
    echo "  SKIPPED: no topology zoo at $data"
    echo "zoo: 0 passed, 0 failed, 2 skipped"
    exit 0
fi
data=$(cd "$data" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# run GRAPH POP1 POP2 POP3 FROM TO: the cities' ids, and the link that fails
run() {
    local graph=$1 one=$2 two=$3 three=$4 from=$5 to=$6 status=0
    cat >"$work/t.yaml" <<EOF
version: 1
name: zoo
networks:
  carrier: {asn: 64496, kind: carrier, graph: $data/$graph, capacity: 10Gbps, reflectors: [$one, $two],
            clients: {population: 1000000, access_delay: 0.25ms}}
  cloud:
    asn: 64500
    kind: cloud
    cities: [$one, $two, $three]
    reflectors: [$one]
    links:
      - {a: $one, b: $two, capacity: 100Gbps}
      - {a: $two, b: $three, capacity: 100Gbps}
      - {a: $three, b: $one, capacity: 100Gbps}
interconnects:
  - {a: cloud, b: carrier, relation: customer, city: $one, capacity: 100Gbps}
  - {a: cloud, b: carrier, relation: customer, city: $two, capacity: 100Gbps}
  - {a: cloud, b: carrier, relation: customer, city: $three, capacity: 100Gbps}
pops:
  one: {network: cloud, city: $one}
  two: {network: cloud, city: $two}
  three: {network: cloud, city: $three}
EOF
    cat >"$work/s.yaml" <<EOF
version: 1
name: zoo
topology: t.yaml
seed: 7
duration: 30s
services:
  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [one, two, three], backend: one}
  dns: {mode: replicated, prefix: 198.51.100.0/24, publish: [one, two, three]}
traffic:
  players: {kind: game, to: [eip, dns], rate: 10/s}
timeline:
  - {at: 10s, fail: {network: carrier, between: [$from, $to]}}
  - {at: 20s, repair: {network: carrier, between: [$from, $to]}}
expect:
  - {service: eip, during: before, availability: ">= 99%"}
  - {service: eip, during: outage, availability: ">= 90%", failover: "<= 2s"}
  - {service: dns, during: after, availability: ">= 95%"}
EOF
    "$ANYSIM" run -q --out "$work/out" "$work/s.yaml" || status=$?
    if [ "$status" = 0 ] && [ "$(wc -l <"$work/out/clients.csv")" -gt 60 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $graph: exit status $status, $(wc -l <"$work/out/clients.csv") rows"
        "$ANYSIM" run --no-color --out "$work/out" "$work/s.yaml" || true
    fi
}

run gml/Chinanet.gml beijing shanghai guangzhou beijing wuhan
run graphml/Geant2009.graphml uk de at de at
echo "zoo: $passed passed, $failed failed"
[ "$failed" = 0 ]
