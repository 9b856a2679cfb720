#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What an operator announces and does about attacks, as results tell it; and anysim playbook, which tries it all.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

check() { # WHAT EXPECTED OBTAINED
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: expected $2, obtained $3"
    fi
}
# cell FILE COLUMN FILTER…: of the first row in which each FILTER (column=value) holds
cell() {
    awk -F, -v name="$2" -v filters="${*:3}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(filters, f, " "); next }
        { ok = 1; for (k = 1; k <= n; k++) { split(f[k], kv, "="); if ($(at[kv[1]]) != kv[2]) ok = 0 }
          if (ok) { print $(at[name]); exit } }' "$1"
}
# holds WHAT EXPRESSION: of awk, true
holds() {
    check "$1" 1 "$(awk "BEGIN { print ($2) ? 1 : 0 }")"
}

# --- announcements: where do the south's users enter, before, during and after?
"$ANYSIM" run -q --out "$work/announce" tests/playbook/announce.yaml
south() { # VARIANT PHASE
    cell "$work/announce/$1/clients.csv" site region=south "phase=$2"
}
check "as every POP announces alike" south "$(south plain before)"
for v in static-prepend static-quiet static-med static-community; do
    check "$v" north "$(south $v before)"
done
check "one neighbour counts more than all" south "$(south static-but-one before)"
for v in prepend prepend-undone no-announce med attach; do
    check "$v: begins, holds, ends" "south north south" \
        "$(south $v before) $(south $v outage) $(south $v after)"
done
check "what is undone is as configured" "north south north" \
    "$(south configured before) $(south configured outage) $(south configured after)"
"$ANYSIM" run -q --out "$work/export" tests/playbook/no-export.yaml
check "no_export: the next network hears nothing" "0.000000 1.000000" \
    "$(cell "$work/export/static/clients.csv" availability network=blue phase=before) $(
        cell "$work/export/static/clients.csv" availability network=red region=middle phase=before)"
check "no_export on the timeline" "1.000000 0.000000" \
    "$(cell "$work/export/timeline/clients.csv" availability network=blue phase=before) $(
        cell "$work/export/timeline/clients.csv" availability network=blue phase=outage)"

"$ANYSIM" export --variant static-prepend --format bird --out "$work/bird" tests/playbook/announce.yaml >/dev/null 2>&1
check "exports say what they do not express" 1 "$(grep -rl "not expressed: announce" "$work/bird" | wc -l)"

# --- attacks and defences
"$ANYSIM" run -q --out "$work/attack" tests/playbook/attack.yaml
a=$work/attack
sum() { # VARIANT FATE PHASE: packets
    awk -F, -v fate="$2" -v phase="$3" '$5 == fate && $3 == phase { n += $8 } END { print n + 0 }' \
        "$a/$1/attacks.csv"
}
holds "all of a flood is accounted for" \
    "$(sum flood sent before) == $(sum flood absorbed before) + $(sum flood dropped before)"
check "it comes to the POP of its catchment" "$(sum flood sent before)" \
    "$(cell "$a/flood/attacks.csv" packets fate=offered pop=north)"
holds "the link drops two thirds" "$(cell "$a/flood/attacks.csv" share_of_sent cause=congestion) > 0.55 &&
    $(cell "$a/flood/attacks.csv" share_of_sent cause=congestion) < 0.7"
check "where" "carrier/north-1>cloud/north-1" "$(cell "$a/flood/attacks.csv" place cause=congestion)"
holds "whoever shares the link is hit" "$(cell "$a/flood/collateral.csv" loss_attacked service=beside region=north) > 0.5"
holds "and only then" "$(cell "$a/flood/collateral.csv" loss_quiet service=beside region=north) < 0.03"
check "nobody else" 0.000000 "$(cell "$a/flood/collateral.csv" loss_attacked service=beside region=south)"
check "rules stop the flood, nobody else" "1.000000 0.000000" \
    "$(cell "$a/rules/defences.csv" stopped_share pop=north) $(cell "$a/rules/defences.csv" false_positives pop=north)"
check "with a reason of their own" "$(sum rules sent outage)" \
    "$(cell "$a/rules/attacks.csv" packets cause=acl phase=outage)"
holds "a rate lets through what it says" \
    "$(cell "$a/rate/defences.csv" stopped_share pop=north) > 0.7 && $(cell "$a/rate/defences.csv" stopped_share pop=north) < 0.85"
holds "and hits users in the same share" "$(cell "$a/rate/defences.csv" false_positives pop=north) > 0.65"
check "at another POP nobody" 0.000000 "$(cell "$a/rate/defences.csv" false_positives pop=south)"
check "a rate for each prefix: the west goes through north unharmed" "0.220000 1.000000" \
    "$(cell "$a/prefix/clients.csv" availability service=dns region=north phase=outage) $(
        cell "$a/prefix/clients.csv" availability service=dns region=west phase=outage)"
check "scrubbing that ended" 1.000000 \
    "$(cell "$a/prefix/clients.csv" availability service=dns region=north phase=after)"
check "blackhole: at the carrier's border" carrier/north-1 \
    "$(cell "$a/blackhole/attacks.csv" place phase=outage cause=blackhole)"
check "where the carrier takes no such routes, at the POP" cloud/north-1 \
    "$(cell "$a/blackhole-ignored/attacks.csv" place phase=outage cause=blackhole)"
holds "it ends" "$(sum blackhole absorbed after) > 0.9 * $(sum blackhole sent after)"

# --- half-open connections
"$ANYSIM" run -q --out "$work/backlog" tests/playbook/backlog.yaml
begun() {
    cell "$work/backlog/$1/objects.csv" begun region=south phase=before
}
check "room for all" 60 "$(begun room-for-all)"
holds "no place: connections wait and time out" "$(begun places) < 50"
check "SYN cookies" 60 "$(begun cookies)"
check "places that become free in time" 60 "$(begun short-hold)"
holds "openings that are refused" "$(cell "$work/backlog/places/attacks.csv" packets fate=refused) > 3000000"

# --- the playbook
play() {
    "$ANYSIM" playbook -q "$@" tests/playbook/overload.yaml --react 10s
}
play --out "$work/one" --jobs 1
play --out "$work/four" --jobs 4
check "the same bytes at any number of jobs" same "$(diff -r "$work/one" "$work/four" >/dev/null && echo same)"
p=$work/one/playbook.csv
check "plays" 27 "$(wc -l <"$p")"
check "adding a POP helps most" "dns at east" "$(cell "$p" play rank=1 | sed 's/^add //')"
holds "better than nothing" "$(cell "$p" rank kind=nothing) > 1"
holds "withdrawing the flooded POP hands the flood on" \
    "$(cell "$p" users_affected kind=withdraw pop=north) > $(cell "$p" users_affected kind=nothing)"
play --out "$work/rank" --rank rtt --actions replace,withdraw
check "ranked otherwise" "replace" "$(cell "$work/rank/playbook.csv" kind rank=1)"
check "only these" "nothing replace withdraw" "$(awk -F, 'NR > 1 { print $3 }' "$work/rank/playbook.csv" | sort -u | paste -sd ' ')"
check "--json prints what playbook.json holds" same \
    "$("$ANYSIM" playbook tests/playbook/overload.yaml --react 10s --json --out "$work/json" 2>/dev/null |
        diff - "$work/one/playbook.json" >/dev/null && echo same)"
"$ANYSIM" playbook -q --variant oldest --react 10s --actions replace --out "$work/old" tests/playbook/oldest.yaml
"$ANYSIM" playbook -q --variant any-age --react 10s --actions replace --out "$work/any" tests/playbook/oldest.yaml
check "the order matters where the oldest route is preferred" "1000000 0" \
    "$(sed -n 's/^[0-9]*,replace eip at near by far (announce first),.*,//p' "$work/old/playbook.csv") $(
        sed -n 's/^[0-9]*,replace eip at left by far (announce first),.*,//p' "$work/old/playbook.csv")"
check "one order where it is not" 2 "$(grep -c replace, "$work/any/playbook.csv")"
"$ANYSIM" playbook -q --react 10s --actions raise-cap,withdraw --out "$work/capped" tests/playbook/capped.yaml
check "a larger cap" "raise-cap eip 4x" "$(cell "$work/capped/playbook.csv" play rank=1)"
holds "loses less" "$(cell "$work/capped/playbook.csv" gbps_lost times=4) < 0.5 * $(cell "$work/capped/playbook.csv" gbps_lost kind=nothing)"
refuses() { # TEXT CODE ARGUMENT…
    local text=$1 code=$2 status=0
    "$ANYSIM" playbook "${@:3}" >"$work/out" 2>&1 || status=$?
    check "refused: $text" "$code yes" "$status $(grep -qF -- "$text" "$work/out" && echo yes)"
}
refuses "nothing happens in it" 65 tests/playbook/announce.yaml --variant plain
refuses "it ends before the operator reacts" 65 tests/playbook/overload.yaml --react 59s
refuses "did you mean 'withdraw'?" 2 tests/playbook/overload.yaml --actions withdrow
refuses "--rank knows no 'money'" 2 tests/playbook/overload.yaml --rank money
refuses "--react wants a time" 2 tests/playbook/overload.yaml --react soon
refuses "--to knows no service 'web'" 2 tests/playbook/overload.yaml --to web

echo "playbook: $passed passed, $failed failed"
[ "$failed" = 0 ]
