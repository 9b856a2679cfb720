#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# decap.sh [SECONDS]: the fuzz targets of tunnels' ends, one per kind, SECONDS each, with libFuzzer
# under ASan and UBSan. Seeds: tests/fuzz/corpus/. Findings stay in build/fuzz/. Needs clang with its
# runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
out=build/fuzz
mkdir -p "$out"
if ! echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' |
    clang -x c -fsanitize=fuzzer,address - -o "$out/probe" 2>/dev/null; then
    echo "decap: clang with libFuzzer is missing (Debian: apt-get install clang libclang-rt-14-dev)" >&2
    exit 1
fi
sources=
for noun in encap tunnel ipip gre vxlan geneve srv6 udpencap endpoint peek headers6 packet memory; do
    sources="$sources sim/fwd/$noun.c"
done
for kind in ipip gre vxlan geneve srv6; do
    # shellcheck disable=SC2086
    clang -std=c11 -D_GNU_SOURCE -O1 -g -Isim -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all "tests/fuzz/fuzz_$kind.c" $sources -o "$out/fuzz_$kind"
    mkdir -p "$out/corpus_$kind"
    "$out/fuzz_$kind" -max_total_time="$seconds" -timeout=10 -max_len=600 -print_final_stats=1 \
        -artifact_prefix="$out/" "$out/corpus_$kind" "tests/fuzz/corpus/$kind" 2>&1 | tail -n 12
done
