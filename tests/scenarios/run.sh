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
# scenarios/README.md has every file, each with its question as it is.
if command -v python3 >/dev/null; then
    if tests/scenarios/table.py --check; then passed=$((${passed:-0} + 1)); else failed=$((${failed:-1} + 1)); fi
else
    echo "SKIPPED: python3 is missing: is every scenario in the table?"
fi
echo "scenarios: ${passed:-0} passed, ${failed:-1} failed"
[ "${failed:-1}" = 0 ] && [ "${passed:-0}" -gt 0 ]
