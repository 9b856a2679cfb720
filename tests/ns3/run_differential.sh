#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_differential: the networks of setting.h in anysim and in ns-3 (libns3-dev). Every packet of the deterministic
# ones must arrive in both within a microsecond, or be dropped in both; of the random one mean and
# 99th percentile of the delay must agree within 5 %. Skips loudly where ns-3 is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
CXX=${CXX:-g++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if ! echo '#include <ns3/core-module.h>' | "$CXX" -std=c++17 -E -x c++ - -o /dev/null 2>/dev/null; then
    echo 'SKIPPED: ns-3 is not installed (libns3-dev)'
    echo 'differential-ns3: 0 passed, 0 failed, 1 skipped'
    exit 0
fi
for source in tests/ns3/ns3_side.cc tests/ns3/setting.h; do
    if [ ! "$BUILD/ns3-peer" -nt "$source" ]; then
        "$CXX" -std=c++17 -O1 -o "$BUILD/ns3-peer" tests/ns3/ns3_side.cc -lns3-core -lns3-network \
            -lns3-internet -lns3-point-to-point -lns3-traffic-control
        break
    fi
done
"$BUILD/ns3-anysim" >"$work/ours"
"$BUILD/ns3-peer" >"$work/theirs"

failed=0
passed=0
verdict() {
    if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
for case in chain dumbbell; do
    line=$(awk -v c=$case '
        $1 != c { next }
        FNR == NR { at[$2 " " $3] = $5; sent[$2 " " $3] = $4; ours++; next }
        { theirs++; k = $2 " " $3
          if (!(k in at)) { alone++; next }
          both++; d = at[k] - $5; s = sent[k] - $4; d = d < 0 ? -d : d; s = s < 0 ? -s : s
          if (d > worst) worst = d; if (s > worst) worst = s }
        END { ok = both > 0 && both == ours && both == theirs && worst <= 1000
              printf "%s %s: %d packets arrive in anysim, %d in ns-3, %d in both, at most %d ns apart\n",
                  ok ? "ok" : "FAIL", c, ours, theirs, both, worst }' "$work/ours" "$work/theirs")
    echo "$line"
    verdict "${line%% *}"
done

# figures FILE: mean and 99th percentile of the delay in us
figures() {
    awk '$1 == "poisson" { print $5 - $4 }' "$1" | sort -n |
        awk '{ d[NR] = $1; s += $1 } END { printf "%.1f %.1f\n", s / NR / 1000, d[int(NR * 0.99)] / 1000 }'
}
read -r mean p99 < <(figures "$work/ours")
read -r their_mean their_p99 < <(figures "$work/theirs")
line=$(awk -v a="$mean" -v b="$their_mean" -v c="$p99" -v d="$their_p99" 'BEGIN {
    ok = a / b < 1.05 && b / a < 1.05 && c / d < 1.05 && d / c < 1.05
    printf "%s poisson: mean delay %s us in anysim, %s us in ns-3; p99 %s us and %s us\n",
        ok ? "ok" : "FAIL", a, b, c, d }')
echo "$line"
verdict "${line%% *}"
echo "differential-ns3: $passed passed, $failed failed"
[ "$failed" = 0 ]
