#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The outputs shown in README.md and docs/ are real: each block after "<!-- output: COMMAND -->" is what COMMAND prints
# today. With --update the blocks are rewritten and the pictures drawn anew.
set -euo pipefail
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t pages < <(grep -l "^<!-- output: " README.md docs/*.md)
passed=0 failed=0

# The commands name build/anysim; another build may be under test, and results/ stays untouched.
run() {
    local command=${1//build\/anysim run/$ANYSIM run --out $work\/out}
    command=${command//build\/anysim/$ANYSIM}
    bash -c "$command" 2>/dev/null || true
}

# fresh PAGE: the page with every block made anew
fresh() {
    local line skip='' command
    while IFS= read -r line || [ -n "$line" ]; do
        if [ -n "$skip" ]; then
            [ "$line" = '```' ] && skip='' && printf '```\n'
            continue
        fi
        printf '%s\n' "$line"
        if [[ $line =~ ^'<!-- output: '(.*)' -->'$ ]]; then
            command=${BASH_REMATCH[1]}
            IFS= read -r line
            printf '%s\n' "$line"
            run "$command"
            skip=1
        fi
    done <"$1"
}

if [ "${1:-}" = --update ]; then
    for page in "${pages[@]}"; do
        fresh "$page" >"$work/page"
        cp "$work/page" "$page"
    done
    "$ANYSIM" run -q --out "$work/pictures" scenarios/beijing-telecom-outage.yaml
    "$ANYSIM" plot -q "$work/pictures"
    mkdir -p docs/images
    cp "$work"/pictures/plots/{map,timeline}.png docs/images/
    echo "${pages[*]} and docs/images/ rewritten"
    exit 0
fi
for page in "${pages[@]}"; do
    fresh "$page" >"$work/page"
    if diff -u "$page" "$work/page"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "rewrite $page with tests/docs/run.sh --update, after a look at the difference"
    fi
done
echo "docs: $passed passed, $failed failed"
[ "$failed" = 0 ]
