#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Monitoring and bills through the command line: sums against those of demands.csv, keys that do what they
# say, a month of points without a packet, and metrics.prom against the format's own checker.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
ring=$PWD/tests/golden/topologies/ring.yaml

# check WHAT true|false OBTAINED
check() {
    if [ "$2" = true ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1: $3"
    fi
}
same() { check "$1" "$([ "$2" = "$3" ] && echo true || echo false)" "expected $2, obtained $3"; }
near() { # WHAT A B: within a millionth
    check "$1" "$(awk -v a="$2" -v b="$3" 'BEGIN { d = a - b; if (d < 0) d = -d; print (a > 0 && d <= a * 1e-6) ? "true" : "false" }')" "$2 and $3"
}
# total COLUMN FILE FILTER…: sum of a column over the rows where each FILTER (column=value) holds
total() {
    awk -F, -v name="$1" -v filters="${*:3}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(filters, f, " "); next }
        { ok = 1; for (k = 1; k <= n; k++) { split(f[k], kv, "="); if ($(at[kv[1]]) != kv[2]) ok = 0 }
          if (ok) sum += $(at[name]) }
        END { printf "%.6f\n", sum }' "$2"
}
run() { # OUT OPTION…
    "$ANYSIM" run -q --out "$work/$1" "${@:2}"
}

cat >"$work/fluid.yaml" <<YAML
version: 1
name: fluid
topology: $ring
duration: 150s
warmup: 60s
clock: 10h
monitor: {intervals: [50s, 30s]}
services:
  eip: {mode: accelerated, prefix: 203.0.113.0/24, publish: [north, south], backend: north}
  dns: {mode: replicated, prefix: 198.51.100.0/24, publish: [north, south]}
demands:
  films: {kind: users, to: [eip, dns], users: 0.05%, up: 4kbps, down: 100kbps}
timeline:
  - {at: 40s, surge: {demand: films, factor: 3}, for: 60s}
YAML

# --- demands without any traffic: what they send comes in and goes out at POPs
run fluid "$work/fluid.yaml"
m=$work/fluid/monitor.csv
bits() { # DIRECTION COLUMN: megabits in demands.csv over all phases
    awk -F, -v d="$1" -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $(at["direction"]) == d { s = $(at["phase"]) == "outage" ? 60 : $(at["phase"]) == "before" ? 40 : 50
                                  sum += $(at[name]) * s }
        END { printf "%.6f\n", sum * 1e6 }' "$work/fluid/demands.csv"
}
near "in is what is sent" "$(bits up sent_mbps)" "$(total in_bits "$m" interval_s=30)"
near "out is what arrives" "$(bits down arrived_mbps)" "$(total out_bits "$m" interval_s=30)"
near "intervals agree" "$(total in_bits "$m" interval_s=30)" "$(total in_bits "$m" interval_s=50)"
same "points of 30 s" 5 "$(awk -F, '$1 == 30 && $4 == "eip" && $5 == "north"' "$m" | wc -l)"
same "points of 50 s" 3 "$(awk -F, '$1 == 50 && $4 == "eip" && $5 == "north"' "$m" | wc -l)"
near "a packet is 1000 B" "$(total in_bits "$m" interval_s=30)" \
    "$(total in_packets "$m" interval_s=30 | awk '{ printf "%.3f", $1 * 8000 }')"
near "the surge is in the points that it touches" "$(total in_bits "$m" interval_s=50 time_s=50.000)" \
    "$(total in_bits "$m" interval_s=50 time_s=100.000 | awk '{ printf "%.3f", $1 * 3 }')"
near "legs carry what comes in" "$(total in_bits "$m" interval_s=30 service=eip)" \
    "$(total to_backend_bits "$work/fluid/pairs.csv" interval_s=30)"
near "metrics.prom tells the same" "$(total in_bits "$m" interval_s=30)" \
    "$(awk '/^anysim_service_receive_bytes_total/ { sum += $2 } END { printf "%.3f", sum * 8 }' "$work/fluid/metrics.prom")"

# --- the clock: at 10:00:20 points of 30 s begin at :00 and :30
run clock --set clock=36020s "$work/fluid.yaml"
same "points begin by the clock" "0.000 10.000 40.000" \
    "$(awk -F, '$1 == 30 && $4 == "eip" && $5 == "north" { print $2 }' "$work/clock/monitor.csv" | head -3 | xargs)"
near "and nothing is lost at their borders" "$(total in_bits "$m" interval_s=30)" \
    "$(total in_bits "$work/clock/monitor.csv" interval_s=30)"

# --- areas, and what a bill says
run areas --set 'monitor={intervals: [30s], areas: {all: {pops: [north, south]}}}' \
    --set 'billing={period: 10s, percentile: 80%, direction: out, price: 2.5, currency: CNY}' "$work/fluid.yaml"
b=$work/areas/billing.csv
same "one pair of areas a service" "eip,all,all dns,all,all" "$(awk -F, 'NR > 1 { print $1 "," $2 "," $3 }' "$b" | xargs)"
same "15 points, 3 dropped" "15 3" "$(awk -F, '$1 == "eip" { print $6, $7 }' "$b")"
# 6 of 15 points are in the surge: more than are dropped.
near "billed is the surge" "$(awk -F, '$1 == "eip" { print $10 }' "$b")" "$(awk -F, '$1 == "eip" { print $9 }' "$b")"
near "price" "$(awk -F, '$1 == "eip" { print $9 * 2.5 }' "$b")" "$(awk -F, '$1 == "eip" { print $13 }' "$b")"
same "currency" CNY "$(awk -F, '$1 == "eip" { print $14 }' "$b")"
run half --set 'billing={period: 10s, percentile: 50%}' "$work/fluid.yaml"
near "half of the points dropped: the rest is billed" \
    "$(awk -F, '$1 == "eip" && $3 == "north" { print $10 }' "$work/half/billing.csv")" \
    "$(awk -F, '$1 == "eip" && $3 == "north" { print $9 * 3 }' "$work/half/billing.csv")"
run inwards --set 'billing={direction: in}' "$work/fluid.yaml"
check "in is less than out" \
    "$(awk -F, 'NR == FNR { if ($1 == "dns") a += $9; next } $1 == "dns" { b += $9 } END { print (a > 0 && a < b / 10) ? "true" : "false" }' \
        "$work/inwards/billing.csv" "$work/fluid/billing.csv")" "$(cat "$work/inwards/billing.csv")"

# --- drops have a POP and a cause: the backbone between the POPs is cut, nobody notices
run cut --set 'timeline=[{at: 40s, fail: {network: cloud, between: [north, south]}, mode: silent}, {at: 50s, repair: {network: cloud, between: [north, south]}}]' \
    "$work/fluid.yaml"
check "drops on the backbone" \
    "$(awk -F, '$4 == "eip" && $5 == "south" && $6 == "in" && $7 == "link-down" && $9 > 0 { n++ } END { print n ? "true" : "false" }' "$work/cut/monitor-drops.csv")" \
    "$(cat "$work/cut/monitor-drops.csv")"

# --- a month of points of five minutes, without a packet
run month --set duration=30d --set bucket=1h --set timeline=[] --set 'monitor={intervals: [300s]}' \
    --set 'networks={carrier: {bgp: {hold: 12h}}, cloud: {bgp: {hold: 12h}}}' "$work/fluid.yaml"
same "8640 points, 432 dropped" "8640 432" "$(awk -F, '$1 == "eip" { print $6, $7; exit }' "$work/month/billing.csv")"

# --- the plot
if command -v gnuplot >/dev/null; then
    gnuplot -c plots/monitor.gp "$work/fluid" "$work/monitor.png" 2>"$work/said" || true
    check "the plot" "$([ -s "$work/monitor.png" ] && echo true || echo false)" "$(cat "$work/said")"
else
    skipped=$((skipped + 1))
    echo "SKIPPED: gnuplot is missing (package gnuplot-nox)"
fi

# --- Beside a name (mode gslb), which has no address of its own, every packet is still counted at its
# address, in and out.
"$ANYSIM" run -q --out "$work/names" --variant weights tests/golden/names.yaml
sums=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $1 == 60 {
    k = $(at["service"]) == "name" ? "name" : "rest"; in_[k] += $(at["in_packets"]); out[k] += $(at["out_packets"]) }
    END { print (in_["name"] + out["name"] == 0 && in_["rest"] > 0 && out["rest"] > 0 ? "true" : "false"), in_["rest"], out["rest"] }' \
    "$(find "$work/names" -name monitor.csv)")
check "a name's packets count at its addresses" "${sums%% *}" "$sums"

# --- Prometheus' own checker
if command -v promtool >/dev/null; then
    promtool check metrics <"$work/cut/metrics.prom" >"$work/said" 2>&1 &&
        passed=$((passed + 1)) || check "promtool check metrics" false "$(cat "$work/said")"
else
    skipped=$((skipped + 1))
    echo "SKIPPED: promtool is missing (package prometheus): metrics.prom is checked by its lines only"
fi
check "every line of metrics.prom has the form of the format" \
    "$(awk '/^# HELP [a-z_]+ .+$/ || /^# TYPE [a-z_]+ (counter|gauge)$/ { next }
        /^[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [0-9.e+]+$/ { next } { bad = 1 } END { print bad ? "false" : "true" }' "$work/cut/metrics.prom")" \
    "$(cat "$work/cut/metrics.prom")"
same "the same bytes again" "$(sha256sum <"$m")" "$(run again "$work/fluid.yaml" && sha256sum <"$work/again/monitor.csv")"

echo "monitor: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
