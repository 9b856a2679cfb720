#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_symbols.sh ROOT OBJECTS ALLOW: what the compiled sources of ROOT/sim really hold and call.
# No mutable variable outside a function's frame (const tables are fine), no wall clock and no
# random source besides our own. Exceptions stand in ALLOW, one a line, each with its reason:
#
#   global FOLDER/FILE SYMBOL REASON…
#   clock  FOLDER/FILE FUNCTION REASON…
set -euo pipefail
root=$1 objects=$2 allow=$3
forbidden='time gettimeofday clock_gettime clock ftime times timespec_get localtime localtime_r
rand random srand srandom rand_r random_r drand48 erand48 lrand48 nrand48 mrand48 jrand48 srand48
getrandom getentropy arc4random arc4random_uniform arc4random_buf'

# Lines "global|clock FOLDER/FILE SYMBOL" for one object.
facts() {
    objdump -t "$2" | awk -v unit="$1" -F '\t' '
        NF == 2 {
            n = split($1, left, " ")
            split($2, right, " ")
            section = left[n]
            writable = section ~ /^\.(data|bss|tdata|tbss)/ && section !~ /^\.data\.rel\.ro/
            if ((writable && right[2] != section) || section == "*COM*")
                print "global", unit, right[2]
        }' | sed -E 's/\.[0-9]+$//' # a static in a function: its number is the compiler's
    nm -u "$2" | awk -v unit="$1" -v list="$forbidden" '
        BEGIN { n = split(list, names, /[ \n]+/); for (i = 1; i <= n; i++) no[names[i]] = 1 }
        { sub(/@.*/, "", $2) }
        $2 in no { print "clock", unit, $2 }'
}

all=$(cd "$root" && find sim -mindepth 2 -name '*.c' | LC_ALL=C sort)
[ -n "$all" ] || { echo "check_symbols: no source in $root/sim"; exit 1; }
{
    for source in $all; do
        unit=${source#sim/}
        unit=${unit%.c}
        if [ -e "$objects/$unit.o" ]; then
            facts "$unit" "$objects/$unit.o"
        else
            echo "missing $unit -"
        fi
    done
} | LC_ALL=C sort -u | awk -v allow="$allow" '
    BEGIN {
        what["global"] = "is mutable and lives outside a function"
        what["clock"] = "reads a clock or a random source of the system"
        while ((getline line < allow) > 0) {
            number++
            fields = split(line, f, " ")
            if (!fields || line ~ /^#/)
                continue
            if (fields < 4 || !(f[1] in what)) {
                printf "%s:%d: expected \"global|clock FOLDER/FILE SYMBOL REASON\"\n", allow, number
                bad = 1
                continue
            }
            at[f[1] " " f[2] " " f[3]] = number
        }
    }
    $1 == "missing" { printf "sim/%s.c: not compiled, not checked\n", $2; bad = 1; next }
    ($0 in at) { used[$0] = 1; next }
    { printf "sim/%s.c: %s %s\n", $2, $3, what[$1]; bad = 1 }
    END {
        for (key in at)
            if (!(key in used)) {
                printf "%s:%d: \"%s\" is needed no more\n", allow, at[key], key
                bad = 1
            }
        exit bad
    }'
