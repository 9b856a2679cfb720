#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# fuzz.sh [SECONDS]: runs the fuzz target of the file readers with libFuzzer under ASan and UBSan, seeded
# with the bad files of tests/errors and the topology. Findings stay in build/fuzz/. Needs clang with its
# runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
out=build/fuzz
mkdir -p "$out/corpus"
if ! echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' |
    clang -x c -fsanitize=fuzzer,address - -o "$out/probe" 2>/dev/null; then
    echo "fuzz: clang with libFuzzer is missing (Debian: apt-get install clang libclang-rt-14-dev)" >&2
    exit 1
fi
flags=$(pkg-config --cflags igraph gsl yaml-0.1 libxml-2.0 jansson | sed 's/-I/-isystem/g')
libs=$(pkg-config --libs igraph gsl yaml-0.1 libxml-2.0 jansson libzstd zlib)
# shellcheck disable=SC2086
clang -std=c11 -D_GNU_SOURCE -O1 -g -Isim $flags -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all tests/fuzz/fuzz_scenario.c sim/scenario/*.c sim/base/*.c \
    -o "$out/fuzz_scenario" $libs -lcsv -lbz2 -lm
seed() { # FORMAT-BYTE FILE…
    local byte=$1 file
    shift
    for file in "$@"; do
        [ -f "$file" ] && { printf "$byte"; cat "$file"; } >"$out/corpus/$(basename "$file").seed"
    done
    return 0
}
seed '\0' tests/errors/*.yaml scenarios/*.yaml
seed '\1' tests/errors/files/*.gml
seed '\2' tests/errors/files/*.graphml
seed '\3' tests/errors/files/*.csv topologies/china/cloud-links.csv
"$out/fuzz_scenario" -max_total_time="$seconds" -timeout=10 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$out/" "$out/corpus" 2>&1 | tail -n 12
