#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# anysim predict: catchments of a small AS graph worked out by hand, mistakes, and real graphs (skipped
# without the data: ANYSIM_DATA, else ../shared/data).
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
data=${ANYSIM_DATA:-../shared/data}/as-rel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# expect CODE TEXT COMMAND…: the exit code, and TEXT (a fixed string) somewhere in the output
expect() {
    local code=$1 text=$2 status=0
    shift 2
    "$@" >"$work/out" 2>&1 || status=$?
    if [ "$status" = "$code" ] && grep -qF -- "$text" "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL exit status $status for $code, or no '$text': $*"
        sed 's/^/    /' "$work/out" | head -n 12
    fi
}
# same WHAT FILE: the file holds what standard input says
same() {
    if diff -u - "$2" >"$work/diff"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1"
        sed 's/^/    /' "$work/diff"
    fi
}

# 1 and 2 are peers at the top; 10 and 11 are 1's customers, 20 is 2's, and a peer of 11. 100 buys from
# 10 and 20, 101 from 11; 900 is apart.
cat >"$work/graph" <<'GRAPH'
# provider|customer|-1, peer|peer|0
1|2|0
1|10|-1
1|11|-1
2|20|-1
11|20|0
10|100|-1
20|100|-1
11|101|-1
900|901|-1
GRAPH

"$ANYSIM" predict --out "$work/csv" "$work/graph" 100 AS101 100 >"$work/text"
same "the table" "$work/text" <<'WANT'
9 ASes, 9 links, 2 origins
  origin           ASes    share  mean path  longest
  AS100               5  55.56 %       1.20        2
  AS101               2  22.22 %       0.50        1
  no route            2  22.22 %
WANT
same "every AS" "$work/csv" <<'WANT'
asn,origin,length,via,path
1,100,2,customer,10 100
2,100,2,customer,20 100
10,100,1,customer,100
11,101,1,customer,101
20,100,1,customer,100
100,100,0,,
101,101,0,,
900,,,,
901,,,,
WANT
"$ANYSIM" predict --json "$work/graph" 101 >"$work/json"
same "as JSON" "$work/json" <<'WANT'
{
  "ases": 9,
  "links": 9,
  "catchments": [
    {"origin": 101, "ases": 7, "share": 0.777778, "path_mean": 2.0, "path_longest": 3}
  ],
  "unreached": 2
}
WANT
# 20 hears of 101 from its peer, and so not through its provider; 100 chooses between two providers.
expect 0 'AS20 → its peer AS11 → its customer AS101' "$ANYSIM" predict --from 20 "$work/graph" 101
expect 0 'AS100 → its provider AS20 → its peer AS11 → its customer AS101' \
    "$ANYSIM" predict --from AS100 "$work/graph" 101
expect 0 'AS901: no route' "$ANYSIM" predict --from 901 "$work/graph" 101
expect 0 'AS101: an origin' "$ANYSIM" predict --from 101 "$work/graph" 101

# mistakes
expect 2 'ORIGIN' "$ANYSIM" predict "$work/graph"
expect 2 "has no AS 77" "$ANYSIM" predict "$work/graph" 77
expect 2 "has no AS 77" "$ANYSIM" predict --from 77 "$work/graph" 101
expect 2 "not 'AS'" "$ANYSIM" predict "$work/graph" AS
expect 2 "not '12345678901'" "$ANYSIM" predict "$work/graph" 12345678901
expect 2 'not both' "$ANYSIM" predict --json --from 20 "$work/graph" 101
expect 66 "$work/missing" "$ANYSIM" predict "$work/missing" 101
expect 74 "graph/csv" "$ANYSIM" predict --out "$work/graph/csv" "$work/graph" 101
printf '1|2|-1\n2|1|x\n3|3|0\n' >"$work/bad"
expect 65 "bad:2:5: error: expected a relation" "$ANYSIM" predict "$work/bad" 1
expect 65 "bad:3:1: error: AS 3 is linked to itself" "$ANYSIM" predict "$work/bad" 1

# real graphs: everybody is in one catchment or in none
whole() { # FILE ASES ORIGIN…
    local file=$data/$1 ases=$2
    shift 2
    "$ANYSIM" predict --out "$work/csv" "$file" "$@" >"$work/text"
    expect 0 "$ases ASes" head -n 1 "$work/text"
    awk -F, 'NR > 1 { n[$2 == "" ? "no route" : "AS" $2]++ } END { for (o in n) print o, n[o] }' \
        "$work/csv" | sort >"$work/counted"
    sed -nE 's/^  (AS[0-9]+|no route) +([0-9]+) .*/\1 \2/p' "$work/text" | grep -v ' 0$' | sort |
        same "catchments of $file" "$work/counted"
}
if [ -d "$data" ]; then
    whole toposcope_asrel_201806_CN.txt 253 4134 4837 9808
    whole toposcope_asrel_201806.txt.bz2 61411 13335 15169 37963
else
    skipped=2
    echo "  SKIPPED: no AS relationships at $data"
fi
echo "asgraph: $passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
[ "$failed" = 0 ]
