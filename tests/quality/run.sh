#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Quality of service as `anysim run` reports it, on the ring of the golden runs, whose figures can be checked in
# the head: time in service, stretch, links.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
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
# is WHAT EXPECTED OBTAINED
is() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: expected $2, obtained $3"
    fi
}
# between WHAT LOW HIGH VALUE
between() {
    is "$1 ($4 in $2 .. $3)" yes "$(awk -v v="$4" -v a="$2" -v b="$3" \
        'BEGIN { print (v != "" && v + 0 >= a && v + 0 <= b) ? "yes" : "no" }')"
}

# --- The POP with the backend fails for ten seconds.
"$ANYSIM" run -q --out "$work/modes" tests/golden/modes.yaml
f=$work/modes/availability.csv
is "outage seconds of a service without servers" 10 "$(cell outage_s "$f" service=plain region=west phase=outage)"
is "in one row" 10 "$(cell longest_outage_s "$f" service=plain region=west phase=outage)"
is "no outage before" 0 "$(cell outage_s "$f" service=plain region=west phase=before)"
is "buckets of 10 s" 1 "$(cell tens "$f" service=plain region=west phase=outage)"
is "none of them in service" 0.000000 "$(cell available_10s "$f" service=plain region=west phase=outage)"
f=$work/modes/stretch.csv
# From the west it is 5 ms to the south and 6 ms to the north, which the reflector in the north tells: 2 ms more
# there and back. The lines of client, server and interconnect take less than a millisecond, the server one.
is "best site of the west" south "$(cell best_site "$f" service=dns region=west phase=before)"
is "the site that BGP chose" north "$(cell site "$f" service=dns region=west phase=before)"
between "least delay from the west" 10 11 "$(cell best_rtt_ms "$f" service=dns region=west phase=before)"
between "what the detour and the server cost" 3 3.2 "$(cell excess_ms "$f" service=dns region=west phase=before)"
between "stretch" 1.28 1.31 "$(cell stretch_best "$f" service=dns region=west phase=before)"
is "best site while the north is down" south "$(cell best_site "$f" service=dns region=west phase=outage)"
is "no site while the only one is down" "" "$(cell best_rtt_ms "$f" service=plain region=west phase=outage)"
# Behind the south there are 8 ms to the backend in the north.
is "best site of an accelerated service" north "$(cell best_site "$f" service=eip region=west phase=before)"
is "no straight fibre inside a city" "" "$(cell stretch_circle "$f" service=dns region=north phase=before)"
# 45° N 10° E to 40° N 0° E is 984 km; there and back at 4.9 µs a kilometre 9.6 ms.
between "great circle from the west to the north" 980 990 "$(cell circle_km "$f" service=dns region=west phase=before)"
between "light in fibre" 9.6 9.7 "$(cell circle_rtt_ms "$f" service=dns region=west phase=before)"
f=$work/modes/linkload.csv
is "p99 is between p95 and the maximum" yes "$(awk -F, 'NR > 1 && ($5 > $6 || $6 > $7) { bad = 1 } END { print bad ? "no" : "yes" }' "$f")"
is "links and phases" "$(($(wc -l <"$work/modes/links.csv") * 3 - 2))" "$(wc -l <"$f")"

# --- Calls.
"$ANYSIM" run -q --out "$work/calls" tests/quality/calls.yaml
f=$work/calls/objects.csv
is "calls that began before" "$(cell begun "$f" service=plain region=west phase=before)" \
    "$(($(cell ok "$f" service=plain region=west phase=before) + $(cell reset "$f" service=plain region=west phase=before) + $(cell timeout "$f" service=plain region=west phase=before) + $(cell unfinished "$f" service=plain region=west phase=before)))"
is "the one that the failure hits times out" 1 "$(cell timeout "$f" service=plain region=west phase=before)"
between "a call lasts 5 s" 4.9e3 5.1e3 "$(cell p50_ms "$f" service=plain region=west phase=before)"
f=$work/calls/quality.csv
between "half a hundred packets a second each way" 990 1001 "$(cell up_sent "$f" service=plain region=west phase=before)"
between "mean opinion score" 4 4.5 "$(cell mos "$f" service=plain region=west phase=after)"

# --- A line that loses, doubles and delays. Of 4,000 packets: loss 10 % ± 3 standard deviations; delays are uniform on
# 40 ms, so successive ones differ by 40 / 3 ms in the mean, and exceed the least by 20 ms, a little less for the
# earlier of two copies.
"$ANYSIM" run -q --out "$work/impaired" tests/quality/impaired.yaml
f=$work/impaired/quality.csv
rough() {
    cell "$1" "$f" region=west phase=outage
}
is "packets each way" "4000 4000" "$(rough up_sent) $(rough down_sent)"
between "one-way loss" 0.086 0.114 "$(rough up_loss)"
between "duplicated" 0.085 0.115 "$(rough up_duplicated)"
between "mean |IPDV|" 12.8 13.9 "$(rough up_ipdv_mean_ms)"
between "mean PDV" 19 20.3 "$(rough up_pdv_mean_ms)"
between "99th percentile of PDV" 39 40.1 "$(rough up_pdv_p99_ms)"
between "jitter" 9 18 "$(rough up_jitter_ms)"
between "reordered" 0.4 0.6 "$(rough up_reordered)"
is "a tenth is lost: no 95th percentile" "" "$(rough up_owd_p95_ms)"
is "the other direction is as before" "0.000000 0.000000 0.000000 0.000000" \
    "$(rough down_loss) $(rough down_pdv_p99_ms) $(rough down_reordered) $(rough down_duplicated)"
is "least one-way delay is the same" yes "$(awk "BEGIN { d = $(rough up_owd_min_ms) - $(rough down_owd_min_ms); print (d >= 0 && d < 0.1 ? \"yes\" : \"no\") }")"

# --- Expectations: what holds passes, and its opposite fails with the same figure.
# expect WHERE METRIC GOOD BAD
expect() {
    local n condition
    for n in 1 2; do
        condition=$3
        [ $n = 1 ] || condition=$4
        {
            sed -n '1,/^expect:/p' "$scenario" | sed "s#^topology: .*topologies/#topology: $PWD/tests/golden/topologies/#"
            echo "  - {$1, $2: \"$condition\"}"
        } >"$work/expect.yaml"
        local status=0
        "$ANYSIM" run -q --out "$work/expect" "$work/expect.yaml" || status=$?
        is "$2 $condition ($1; $(sed -n 's/.*"obtained": "\([^"]*\)".*/\1/p' "$work/expect/summary.json" | head -n 1))" \
            $((n - 1)) "$status"
    done
}
scenario=tests/golden/modes.yaml
clients='service: dns, from: {region: west}, during: before'
expect "$clients" stretch '<= 1.31' '<= 1.28'
expect "$clients" stretch_circle '>= 1.3' '> 1.5'
expect 'service: plain, during: outage' outage_seconds '== 10s' '< 10s'
expect 'service: plain, during: outage' available_1s '<= 0%' '> 0%'
expect 'service: plain, during: before' available_10s '== 100%' '< 100%'
# One way from the west over the north 6.2 ms; the other direction is as long, and no packet is lost or overtaken.
for d in up down; do
    expect "$clients" loss_$d '<= 0%' '> 0%'
    for q in p50 p95 p99; do
        expect "$clients" owd_${d}_$q '<= 6.3ms' '<= 6.1ms'
    done
    for q in p95 p99; do
        expect "$clients" ipdv_${d}_$q '<= 10us' '> 10us'
        expect "$clients" pdv_${d}_$q '<= 10us' '> 10us'
    done
    expect "$clients" reordered_$d '== 0%' '> 0%'
    expect "$clients" duplicated_$d '== 0%' '> 0%'
done
expect "$clients" broken_flows '== 0' '> 0'
expect 'service: plain, during: outage' loss_up '== 100%' '< 100%'
links='links: {interconnect: [cloud, carrier], city: east}, during: before'
for metric in mean p95 p99 max; do
    expect "$links" utilisation_$metric '<= 90%' '> 90%'
done
expect "$links" queueing_mean '<= 1ms' '> 1ms'
expect 'links: {network: carrier, around: north}, during: before' queueing_p99 '<= 1ms' '> 1ms'
scenario=tests/quality/impaired.yaml
rough='service: plain, during: outage'
expect "$rough" duplicated_up '>= 8%' '<= 8%'
expect "$rough" reordered_up '>= 40%' '<= 40%'
expect "$rough" pdv_up_p95 '>= 37ms' '<= 37ms'
expect "$rough" ipdv_up_p95 '>= 29ms' '<= 29ms'
expect "$rough" loss_down '<= 0%' '> 0%'
scenario=tests/quality/calls.yaml
calls='service: plain, from: {region: west}, during: after'
expect "$calls" mos '>= 4' '< 4'
expect "$calls" object_p50 '<= 5.1s' '<= 4.9s'
expect "$calls" object_p95 '> 4.9s' '> 5.1s'
expect "$calls" object_failed '<= 0%' '> 0%'
expect 'service: plain, from: {region: west}, during: before' object_failed '== 25%' '<= 24%'
expect "$calls" goodput_mean '>= 100kbps' '>= 200kbps'
expect "$calls" goodput_p5 '>= 100kbps' '>= 200kbps'
# Each metric is about its own kind: a round trip of 10.3 ms for a look-up and its server, several for a megabyte over a new
# connection (by slow start from ten segments, 14.6 kB, 29 kB …: seven) and more for a page.
scenario=tests/quality/objects.yaml
objects='service: plain, during: before, from: {region: west}'
for q in p50 p95; do
    expect "$objects" lookup_$q '>= 11ms' '>= 12ms'
    expect "$objects" download_$q '>= 72ms' '>= 150ms'
    expect "$objects" page_load_$q '>= 72ms' '>= 200ms'
done
expect "$objects" goodput_mean '<= 1Gbps' '> 1Gbps'

# --- Replicas: the same bytes at any number of jobs, and the figures of their seeds run alone.
for jobs in 1 3; do
    "$ANYSIM" run -q --replicas 4 --jobs $jobs --out "$work/replicas$jobs" tests/golden/modes.yaml
done
is "replicas: the same files at 1 and 3 jobs" "" "$(diff -rq "$work/replicas1" "$work/replicas3" || true)"
f=$work/replicas1/replicas.csv
values=
for seed in $(sed -n '/"replica_seeds"/,/\]/p' "$work/replicas1/summary.json" | grep -oE '^ +[0-9]+'); do
    "$ANYSIM" run -q --seed "$seed" --out "$work/alone" tests/golden/modes.yaml || true
    values="$values $(cell rtt_mean_ms "$work/alone/clients.csv" service=eip region=west phase=before)"
done
is "replicas: four seeds" 4 "$(wc -w <<<"$values")"
mean=$(awk '{ print ($1 + $2 + $3 + $4) / 4 }' <<<"$values")
between "replicas: mean of the seeds run alone" "$(awk "BEGIN { print $mean - 0.001 }")" \
    "$(awk "BEGIN { print $mean + 0.001 }")" "$(cell mean "$f" service=eip region=west phase=before metric=rtt_mean)"
is "replicas: the interval holds the mean" yes "$(awk -F, 'NR > 1 && $10 != "" && $11 != "" && ($10 < $11 - 1e-6 || $10 > $12 + 1e-6) { bad = 1 }
    END { print bad ? "no" : "yes" }' "$f")"
is "one run has no replicas.csv" no "$([ -e "$work/modes/replicas.csv" ] && echo yes || echo no)"
# An availability that the mean has and the worst replica has not.
f=$work/replicas1/replicas.csv
pick=$(awk -F, '$1 == "plain" && $3 != "" && $5 == "after" && $6 == "availability" && $15 - $14 > 0.5 { print $3, ($10 + $14) / 2; exit }' "$f")
for over in worst mean; do
    {
        sed -n '1,/^expect:/p' tests/golden/modes.yaml | sed "s#^topology: .*topologies/#topology: $PWD/tests/golden/topologies/#"
        echo "  - {service: plain, from: {region: ${pick% *}}, during: after, replicas: $over, availability: \">= ${pick#* }%\"}"
    } >"$work/over.yaml"
    status=0
    "$ANYSIM" run -q --replicas 4 --out "$work/over" "$work/over.yaml" || status=$?
    is "replicas: $over" "$([ $over = mean ] && echo 0 || echo 1)" "$status"
    status=0
    "$ANYSIM" test -q --replicas 4 "$work/over.yaml" >"$work/said" || status=$?
    is "test --replicas: $over" "$([ $over = mean ] && echo 0 || echo 1)" "$status"
    [ $over = mean ] || is "what test says" 1 "$(grep -c '(worst of 4)' "$work/said")"
done

echo "quality: $passed passed, $failed failed"
[ "$failed" = 0 ]
