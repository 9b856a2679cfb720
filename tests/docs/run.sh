#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The outputs shown in README.md and docs/ are real: each block after "<!-- output: COMMAND -->" is what COMMAND prints
# today, and docs/scenario.md, topology.md and node.md are what `anysim schema --markdown` prints. With --update all of it
# is rewritten and the pictures drawn anew; with "--update keys" only the pages about keys.
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")/../.."
ANYSIM=${ANYSIM:-${BUILD:-build}/anysim}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t pages < <(grep -l "^<!-- output: " README.md docs/*.md)
passed=0 failed=0
formats=(scenario topology node)

# The commands name build/anysim; another build may be under test, and results/ stays untouched.
run() {
    local command=${1//build\/anysim run/$ANYSIM run --out $work\/out}
    command=${command//build\/anysim/$ANYSIM}
    command=${command// results\/+([a-z0-9-])\// $work\/out\/} # of the run before
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

# keys FORMAT: the page about the keys of a file format
keys() {
    "$ANYSIM" schema --markdown "$1"
}

if [ "${1:-}" = --update ]; then
    for format in "${formats[@]}"; do
        keys "$format" >"$work/page"
        cp "$work/page" "docs/$format.md"
    done
    [ "${2:-}" != keys ] || exit 0
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
for format in "${formats[@]}"; do
    if diff -u "docs/$format.md" <(keys "$format"); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "rewrite docs/$format.md with: tests/docs/run.sh --update keys"
    fi
done
for page in "${pages[@]}"; do
    fresh "$page" >"$work/page"
    if diff -u "$page" "$work/page"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "rewrite $page with tests/docs/run.sh --update, after a look at the difference"
    fi
done

# pieces PAGE: the YAML examples of a page, a file each
pieces() {
    rm -f "$work"/example*
    awk -v to="$work/example" '
        /^```yaml/ { n++; inside = 1; next }
        /^```/ { inside = 0 }
        inside { print > (to n) }' "$1"
}
# holds PAGE PIECE COMMAND...: the piece is part of a scenario that the command takes
holds() {
    local page=$1 piece=$2
    shift 2
    if "$@" "$work/piece.yaml" >"$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$page, $(basename "$piece"):"
        cat "$work/said"
    fi
}

# The examples of docs/policy.md are pieces of a scenario over the ring of the golden runs.
pieces docs/policy.md
for piece in "$work"/example[0-9]*; do
    {
        printf '%s\n' "version: 1" "name: $(basename "$piece")" "duration: 30s" "warmup: 60s" \
            "topology: $PWD/tests/golden/topologies/ring.yaml" \
            "services: {dns: {mode: replicated, prefix: 192.88.99.0/24, publish: [north, south]}}" \
            "traffic: {queries: {kind: game, to: [dns], rate: 1/s, users: 0.1%}}"
        cat "$piece"
    } >"$work/piece.yaml"
    holds docs/policy.md "$piece" "$ANYSIM" run -q --out "$work/out"
done
# Those of docs/routing.md are pieces of one over China.
pieces docs/routing.md
for piece in "$work"/example[0-9]*; do
    {
        printf '%s\n' "version: 1" "name: $(basename "$piece")" "duration: 180s" \
            "topology: $PWD/topologies/china.yaml" \
            "services: {eip: {mode: replicated, prefix: 203.0.113.0/24, publish: [beijing, shanghai]}}" \
            "traffic: {queries: {kind: game, to: [eip], rate: 1/s, users: 0.1%}}"
        cat "$piece"
    } >"$work/piece.yaml"
    holds docs/routing.md "$piece" "$ANYSIM" check
done
echo "docs: $passed passed, $failed failed"
[ "$failed" = 0 ]
