#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every scenario of scenarios/ meets its expectations and its baseline (results/baselines/). After a change
# that is meant to move figures: build/anysim test scenarios --update-baselines, and say why in the commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
out=$("$ANYSIM" test scenarios --baseline results/baselines --no-color 2>&1) || true
printf '%s\n' "$out"
read -r passed failed < <(sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' <<<"$out" | tail -n 1; echo)
echo "scenarios: ${passed:-0} passed, ${failed:-1} failed"
[ "${failed:-1}" = 0 ] && [ "${passed:-0}" -gt 0 ]
