#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh [--engine libfuzzer|afl++] [SECONDS [TARGET…]]
#     Fuzzes each target for SECONDS (60), with ASan and UBSan: those named, or all fuzz_*.c here.
# fuzz.sh --smoke [SECONDS]
#     A minute in all (or SECONDS), the targets side by side on all cores, corpora first: for every
#     change. Without clang the targets are skipped, and say so.
# fuzz.sh --minimise TARGET…
#     Puts into tests/fuzz/corpus/ the fewest of all inputs found so far that reach the same code,
#     at most 59 of them and less than 4 KB each.
#
# The seeds are tests/fuzz/corpus/TARGET/; what is new goes to build/fuzz/corpus/TARGET/, and what
# is wrong to build/fuzz/findings/. Needs clang with its runtime (Debian: clang libclang-rt-14-dev),
# or afl++. The last line is "fuzz: N passed, N failed[, N skipped]".
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/fuzz
findings=$out/findings
data=${ANYSIM_DATA:-../shared/data}
engine=libfuzzer mode=fuzz
files_max=59 size_max=4095

all=()
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    all+=("${name#fuzz_}")
done

die() {
    echo "fuzz: $*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
    --engine)
        engine=${2:-}
        shift 2
        ;;
    --smoke | --minimise)
        mode=${1#--}
        shift
        ;;
    -*) die "what is $1?" ;;
    *) break ;;
    esac
done
case $engine in libfuzzer | afl++) ;; *) die "the engine is libfuzzer or afl++" ;; esac
seconds=60
if [ "$mode" != minimise ] && [ $# -gt 0 ]; then
    seconds=$1
    shift
fi
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "SECONDS is a number above 0"
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=("${all[@]}")
for t in "${targets[@]}"; do
    [ -f "tests/fuzz/fuzz_$t.c" ] || die "there is no target $t, but ${all[*]}"
done

# Whether the engine is here and links.
have_engine() {
    local cc=clang probe=$out/probe
    [ "$engine" = afl++ ] && cc=afl-clang-fast
    mkdir -p "$out"
    printf '%s\n' 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n);' \
        'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' \
        >"$probe.c"
    AFL_QUIET=1 "$cc" -fsanitize=fuzzer,address "$probe.c" -o "$probe" >/dev/null 2>&1
}

build() {
    local goals=("$@")
    make --no-print-directory -s -k -j"$(nproc)" -f tests/fuzz/fuzz.mk ENGINE="$engine" \
        "${goals[@]/#/fuzz_}"
}

# Seeds that are elsewhere in the repository, or beside it.
gather() { # TARGET FOLDER
    local file to=$2
    seed() { # FORMAT-BYTE FILE…
        local byte=$1
        shift
        for file in "$@"; do
            [ -f "$file" ] && { printf "$byte"; cat "$file"; } >"$to/$(basename "$file").seed"
        done
        return 0
    }
    case $1 in
    scenario)
        seed '\0' tests/errors/*.yaml scenarios/*.yaml
        seed '\1' tests/errors/files/*.gml
        seed '\2' tests/errors/files/*.graphml
        seed '\3' tests/errors/files/*.csv topologies/china/cloud-links.csv
        ;;
    capture)
        for file in "$data"/pcap/*.pcap "$data"/pcap/*.cap; do
            [ -f "$file" ] && head -c 8192 "$file" >"$to/$(basename "$file")"
        done
        ;;
    esac
    return 0
}

length_of() {
    case $1 in
    pipeline | bgp | mrt | tcp | quic) echo 4096 ;;
    capture | neighbour | offline | scenario) echo 8192 ;;
    *) echo 600 ;;
    esac
}

# Each runs one target for some seconds; status 1: there is a finding.
run_libfuzzer() { # TARGET SECONDS SEEDS
    local corpus=$out/corpus/$1 folders=()
    mkdir -p "$corpus"
    [ -d "tests/fuzz/corpus/$1" ] && folders=("tests/fuzz/corpus/$1")
    "$out/libfuzzer/fuzz_$1" -max_total_time="$2" -timeout=10 -max_len="$(length_of "$1")" \
        -print_final_stats=1 -artifact_prefix="$findings/$1-" "$corpus" "${folders[@]}" "$3" 2>&1
}

run_afl++() { # TARGET SECONDS SEEDS
    local state=$out/afl++/state/$1 inputs=$out/afl++/seeds/$1
    rm -rf "$inputs"
    mkdir -p "$inputs" "$out/corpus/$1" "$(dirname "$state")"
    find "tests/fuzz/corpus/$1" "$out/corpus/$1" "$3" -type f -size -16k \
        -exec cp -n {} "$inputs/" \; 2>/dev/null || true
    [ -n "$(ls -A "$inputs")" ] || printf 'seed' >"$inputs/seed"
    rm -rf "$state"
    AFL_NO_UI=1 AFL_NO_COLOR=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 \
        AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        AFL_IGNORE_PROBLEMS=1 afl-fuzz -i "$inputs" -o "$state" -m none -t 10000+ -V "$2" \
        -G "$(length_of "$1")" -- "$out/afl++/fuzz_$1" 2>&1 || return 1
    cp -n "$state"/default/queue/id* "$out/corpus/$1/" 2>/dev/null || true
    local bad=0 file
    for file in "$state"/default/crashes/id* "$state"/default/hangs/id*; do
        [ -f "$file" ] || continue
        cp "$file" "$findings/$1-$(basename "$file" | tr ':,' '__')"
        bad=1
    done
    return $bad
}

# In a line, without colours.
summary_of() { # LOG
    sed -E 's/\x1b\[[0-9;]*[A-Za-z]//g' "$1" |
        sed -nE 's/.*stat::number_of_executed_units: ([0-9]+).*/\1 runs/p; s/.*Statistics: //p' |
        tail -n 1
}

# Runs a target and says how it went; its output is kept.
fuzz() { # TARGET SECONDS
    local log=$out/$1.log seeds=$out/seeds/$1 status=0
    if [ ! -x "$out/$engine/fuzz_$1" ]; then
        echo "  FAIL  $1: it does not build"
        return 1
    fi
    mkdir -p "$seeds"
    gather "$1" "$seeds"
    "run_$engine" "$1" "$2" "$seeds" >"$log" || status=$?
    if [ "$status" = 0 ]; then
        echo "  ok    $1: $(summary_of "$log")"
        return 0
    fi
    echo "  FAIL  $1: see $findings/ and $log; run it again with"
    echo "        $out/$engine/fuzz_$1 FILE"
    tail -n 30 "$log" | sed 's/^/        | /'
    return 1
}

# The fewest inputs that reach the same code: libFuzzer merges, and its notes say which input
# reaches what.
minimise() { # TARGET
    local whole=$out/merge/$1 notes=$out/merge/$1.notes chosen=$out/merge/$1.chosen
    local to=tests/fuzz/corpus/$1 pool=$out/merge/$1.pool file
    local digit='[0-9a-f]' hashed
    hashed=$(printf "$digit%.0s" {1..40})
    rm -rf "$whole" "$notes" "$pool"
    mkdir -p "$whole" "$pool" "$to"
    find "$to" "$out/corpus/$1" -type f -size -"$((size_max + 1))"c -exec cp -n {} "$pool/" \; \
        2>/dev/null || true
    for file in "$to"/*; do
        [ ! -f "$file" ] || [[ $(basename "$file") == $hashed ]] || mv "$pool/$(basename "$file")" \
            "$pool/by-hand.$(basename "$file")"
    done
    "$out/libfuzzer/fuzz_$1" -set_cover_merge=1 -merge_control_file="$notes" -timeout=10 \
        "$whole" "$pool" >"$out/$1.log" 2>&1
    awk -v most="$files_max" -v by_hand="/by-hand\\." -f tests/fuzz/cover.awk "$notes" >"$chosen"
    # Seeds with names were made by hand, and stay; the others are called after their content.
    find "$to" -type f -name "$hashed" -delete
    while read -r file; do
        cp "$file" "$to/$(sha1sum <"$file" | cut -d ' ' -f 1)"
    done <"$chosen"
    echo "  ok    $1: $(find "$to" -type f | wc -l) files, $(cat "$to"/* | wc -c) bytes"
}

mkdir -p "$findings"
if ! have_engine; then
    needs='clang libclang-rt-14-dev'
    [ "$engine" = afl++ ] && needs=afl++
    [ "$mode" = smoke ] || die "$engine is missing (Debian: apt-get install $needs)"
    echo "SKIPPED: $engine is missing (Debian: $needs)"
    echo "fuzz: 0 passed, 0 failed, ${#targets[@]} skipped"
    exit 0
fi

passed=0 failed=0
build "${targets[@]}" || true
if [ "$mode" = smoke ]; then
    each=$((seconds * $(nproc) / ${#targets[@]}))
    [ "$each" -gt 0 ] || each=1
    export -f fuzz gather run_libfuzzer length_of summary_of
    export out findings data engine
    report=$(printf '%s\n' "${targets[@]}" |
        xargs -P "$(nproc)" -I NAME bash -c "fuzz NAME $each" || true)
    echo "$report"
    passed=$(grep -c '^  ok ' <<<"$report" || true)
    failed=$((${#targets[@]} - passed))
else
    for t in "${targets[@]}"; do
        if [ "$mode" = minimise ]; then minimise "$t"; else fuzz "$t" "$seconds"; fi &&
            passed=$((passed + 1)) || failed=$((failed + 1))
    done
fi
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ]
