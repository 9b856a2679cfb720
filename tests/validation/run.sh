#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Collects every row of the validation: what was expected, what was obtained, whether it fits.
# Rows come from unit programs (lines "row N: expected …, obtained …: ok|FAILED") and from scenarios run
# here. Writes BUILD/validation.json and prints a table; exit 1 when a row fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
ANYSIM=${ANYSIM:-$BUILD/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows=$work/rows

# row NUMBER EXPECTED OBTAINED true|false
row() {
    printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$rows"
}

# rows_of FILE: the lines in it that tell of a row
rows_of() {
    sed -nE 's/^.*row ([0-9]+): expected (.*), obtained (.*): (ok|FAIL(ED)?)$/\1\t\2\t\3\t\4/p' "$1" |
        sed -E -e 's/\tok$/\ttrue/' -e 's/\tFAIL(ED)?$/\tfalse/' >>"$rows"
}

from_unit_programs() {
    local program
    for program in $(find "$BUILD/tests" -type f -name 'test_*' -perm -u+x ! -name '*.o' | sort); do
        grep -qa 'row %' "$program" || grep -qa 'row [0-9]' "$program" || continue
        ANYSIM_VALIDATE=1 "$program" >"$work/out" 2>&1 || true
        rows_of "$work/out"
        grep -a 'SKIPPED' "$work/out" || true
    done
}

# column NAME FILE FILTER… : a cell of the first row where each FILTER (column=value) holds
cell() {
    local name=$1 file=$2
    shift 2
    awk -F, -v name="$name" -v filters="$*" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(filters, f, " "); next }
        { ok = 1; for (k = 1; k <= n; k++) { split(f[k], kv, "="); if ($(at[kv[1]]) != kv[2]) ok = 0 }
          if (ok) { print $(at[name]); exit } }' "$file"
}

# within VALUE LOW HIGH
within() {
    awk -v v="$1" -v a="$2" -v b="$3" 'BEGIN { print (v >= a && v <= b) ? "true" : "false" }'
}

# Row 29 needs namespaces and the kernel; where it is skipped the suite says so.
against_kernel() {
    tests/kernel/run.sh >"$work/kernel" 2>&1 || true
    grep -a '^SKIPPED' "$work/kernel" || true
    rows_of "$work/kernel"
}

# A POP is drained under load, then withdrawn, announced and used again.
drain() {
    "$ANYSIM" run -q --out "$work/drain" tests/golden/drain.yaml || true
    local lost moved
    lost=$(cat "$work"/drain/*/clients.csv | awk -F, '$2 != "network" { n += $7 - $8 } END { print n + 0 }')
    moved=$(cell site "$work/drain/pop/clients.csv" region=south phase=outage)
    row 18 "0 packets lost while POP south is drained, users go east" "$lost lost, users go $moved" \
        "$([ "$lost" = 0 ] && [ "$moved" = east ] && echo true || echo false)"
}

# The same of a whole POP, which is switched off at the end of it and comes back.
pop_drain() {
    local variant lost
    "$ANYSIM" run -q --out "$work/pop-drain" scenarios/pop-drain.yaml || true
    for variant in steps gateways maintenance; do
        lost=$(awk -F, '$2 != "network" { n += $7 - $8 } END { print (NR > 1 ? n + 0 : "all") }' "$work/pop-drain/$variant/clients.csv")
        row 18 "0 packets lost while POP shanghai goes and comes back ($variant)" "$lost lost" \
            "$([ "$lost" = 0 ] && echo true || echo false)"
    done
}

distances() {
    "$ANYSIM" run -q --out "$work/rtt" tests/validation/beijing-shenzhen.yaml
    local clients=$work/rtt/clients.csv rtt
    rtt=$(cell rtt_min_ms "$clients" service=shenzhen region=beijing)
    row 35 "Beijing-Shenzhen 40 ms RTT +- 5 %" "$rtt ms" "$(within "$rtt" 38 42)"
    row 43 "Shanghai-Shenzhen, measured 31 ms in 2018 (calibration)" \
        "$(cell rtt_min_ms "$clients" service=shenzhen region=shanghai) ms" true
    row 43 "Shanghai-Hangzhou, measured 7 ms in 2018 (calibration)" \
        "$(cell rtt_min_ms "$clients" service=hangzhou region=shanghai) ms" true
}

# The world: calibration, shown only.
world() {
    "$ANYSIM" run -q --out "$work/world" tests/validation/world.yaml
    local region site measured
    row 42 "clients 25 ms or more off the best POP, about 20 % in Calder 2015 (calibration)" \
        "$(awk -F, '
            FNR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            NR == FNR { people[$(at["service"]) "/" $(at["network"]) "/" $(at["region"])] = $(at["population"]); next }
            $(at["service"]) == "dns" && $(at["phase"]) == "before" && $(at["excess_ms"]) != "" {
                n = people["dns/" $(at["network"]) "/" $(at["region"])]; all += n
                if ($(at["excess_ms"]) >= 25) off += n }
            END { printf "%.1f %%", 100 * off / all }' "$work/world/clients.csv" "$work/world/stretch.csv")" true
    while read -r region site measured; do
        row 43 "$region to $site, measured $measured ms in 2018 between the cities (calibration)" \
            "$(awk -F, -v region="$region" -v site="$site" '
                NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
                $(at["region"]) == region && $(at["service"]) == site && $(at["phase"]) == "before" {
                    v = $(at["rtt_min_ms"]); if (!least || v < least) least = v }
                END { print least }' "$work/world/clients.csv") ms between clients (access lines included)" true
    done <<END
britain new-york 71
japan-east los-angeles 107
germany singapore 164
brazil-south miami 108
south-africa london 175
new-zealand sydney 24
END
}

flagship() {
    local name=beijing-telecom-outage clients rtt plain site lost
    "$ANYSIM" run -q --out "$work/a" scenarios/$name.yaml
    "$ANYSIM" run -q --out "$work/b" scenarios/$name.yaml
    clients=$work/a/clients.csv
    rtt=$(cell rtt_p50_ms "$clients" service=eip network=telecom region=hebei phase=outage)
    site=$(cell site "$clients" service=eip network=telecom region=hebei phase=outage)
    row 36 "Hebei reaches Beijing through shanghai at 42 ms +- 10 %" "through $site at $rtt ms" \
        "$([ "$site" = shanghai ] && within "$rtt" 37.8 46.2 || echo false)"
    plain=$(cell availability "$clients" service=plain network=telecom region=hebei phase=outage)
    row 36 "the unicast control loses 100 %" "answered $plain" "$(within "$plain" 0 0)"
    lost=$(awk -F, 'NR > 1 && $1 == "eip" && $5 != "before" { s += $7; r += $8 } END { print s - r }' "$clients")
    row 40 "one backend: flows survive the catchment shift (requests lost after it)" \
        "$lost of all requests lost, none by no-flow ($(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "lost_no-flow") c = i; next } { s += $c } END { print s + 0 }' "$clients"))" \
        "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "lost_no-flow") c = i; next } { s += $c } END { print s == 0 ? "true" : "false" }' "$clients")"
    row 45 "the same seed gives the same bytes" \
        "$(diff -r "$work/a" "$work/b" >/dev/null && echo identical || echo different)" \
        "$(diff -r "$work/a" "$work/b" >/dev/null && echo true || echo false)"
}

# The same shift under TCP and QUIC: connections to one backend live, to replicated servers they break.
shift_of_streams() {
    "$ANYSIM" run -q --out "$work/shift" tests/transport/shift.yaml || true
    local service resets want
    for service in eip dns; do
        want=0
        [ $service = eip ] || want=3
        resets=$(awk -F, -v s=$service 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
            $(at["service"]) == s { n += $(at["resets"]) + $(at["timeouts"]) } END { print n + 0 }' "$work/shift/quality.csv")
        row 40 "3 connections (TCP twice, QUIC) to $service at a catchment shift: $want break" "$resets break" \
            "$([ "$resets" = $want ] && echo true || echo false)"
    done
}

# cap_row DIRECTORY CAP_MBPS RATE_MBPS WHAT: row 37 of one run
cap_row() {
    local scope=${1#*-} cap=$2 wanted=$2
    [ "$scope" = global ] || wanted=$((3 * cap))
    row 37 "cap of $cap Mb/s, $scope, 3 POPs, $4: $wanted Mb/s +- 1 %" "$3 Mb/s" \
        "$(within "$3" "$(awk -v w=$wanted 'BEGIN { print w * 0.99 }')" "$(awk -v w=$wanted 'BEGIN { print w * 1.01 }')")"
}

# Answers of 1000 bytes that clients received in 20 s; packets that stand for many, as the POPs count
# them; what arrives of a demand.
cap_scopes() {
    local scope
    "$ANYSIM" run -q --out "$work/cap" tests/validation/cap-scopes.yaml
    for scope in global per-egress; do
        cap_row plain-$scope 4 "$(awk -F, 'NR > 1 { n += $8 } END { print n * 8000 / 20 / 1e6 }' \
            "$work/cap/plain-$scope/clients.csv")" packets
        cap_row weighted-$scope 4000 "$(cell passed_mbps "$work/cap/weighted-$scope/caps.csv" pop=all)" weights
        cap_row demand-$scope 400 "$(awk -F, '$4 == "down" { n += $8 } END { print n }' \
            "$work/cap/demand-$scope/demands.csv")" demands
    done
}

# Users of sites that nobody attacks, from the moment at which the attacked site is withdrawn: how many of
# the groups there lose a tenth of their requests or more?
absorb_or_withdraw() {
    local play hit=()
    "$ANYSIM" run -q --out "$work/absorb" tests/validation/absorb.yaml
    for play in absorb withdraw cascade; do
        hit+=("$(awk -F, 'NR > 1 && $1 >= 20 && ($4 == "east" || $4 == "south") { s[$4] += $5; r[$4] += $6 }
            END { for (g in s) n += r[g] < 0.9 * s[g]; print n + 0 }' "$work/absorb/$play/timeseries.csv")")
    done
    row 41 "100x one of 3 sites: users of the 2 others are hit at none if it absorbs, at 1 if it is withdrawn, at 2 if the next is too" \
        "at ${hit[0]}, ${hit[1]}, ${hit[2]}" "$([ "${hit[*]}" = "0 1 2" ] && echo true || echo false)"
}

# sent = delivered + dropped + in flight, from every summary.json (a run of demands alone sends nothing)
conservation() {
    local file n=0 bad=0
    "$ANYSIM" test -q --out "$work/all" scenarios >/dev/null || bad=$((bad + 1))
    while read -r file; do
        n=$((n + 1))
        tr -d ' \n' <"$file" | grep -oE '"conservation":\{[^}]*\}' | tr ',{}' '\n' |
            awk -F: '/"sent"/ { s = $2 } /"delivered"/ { d = $2 } /"dropped"/ { x = $2 } /"in_flight"/ { f = $2 }
                     END { exit !(s != "" && s == d + x + f) }' || bad=$((bad + 1))
    done < <(find "$work/all" -name summary.json | sort)
    row 44 "every packet is delivered, dropped with a reason, or in flight" \
        "$((n - bad)) of $n runs" "$([ "$n" -gt 0 ] && [ "$bad" = 0 ] && echo true || echo false)"
    "$ANYSIM" test -q --jobs 1 --out "$work/again" scenarios >/dev/null || true
    row 45 "the same bytes for every scenario at one job and at many" \
        "$(diff -r "$work/all" "$work/again" >/dev/null && echo identical || echo different)" \
        "$(diff -r "$work/all" "$work/again" >/dev/null && echo true || echo false)"
}

write_json() {
    awk -F'\t' '
        function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
        BEGIN { print "[" }
        { printf "%s {\"row\": %s, \"expected\": %s, \"obtained\": %s, \"ok\": %s}", (NR > 1 ? ",\n" : ""), $1, text($2), text($3), $4 }
        END { print "\n]" }' "$rows" >"$BUILD/validation.json.partial"
    mv "$BUILD/validation.json.partial" "$BUILD/validation.json"
}

from_unit_programs
against_kernel
drain
pop_drain
distances
world
flagship
shift_of_streams
cap_scopes
absorb_or_withdraw
conservation
sort -t "$(printf '\t')" -k1,1n -s "$rows" -o "$rows"
write_json
awk -F'\t' '{ printf "%-4s row %-3s expected %s, obtained %s\n", ($4 == "true" ? "ok" : "FAIL"), $1, $2, $3 }' "$rows"
failed=$(awk -F'\t' '$4 != "true"' "$rows" | wc -l)
echo "validation: $(($(wc -l <"$rows") - failed)) passed, $failed failed"
[ "$failed" = 0 ]
