#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# wire.sh [SECONDS]: the fuzz targets of captures with their link-layer headers, and of ARP and
# neighbour discovery, SECONDS each, with libFuzzer under ASan and UBSan. Seeds: tests/fuzz/corpus/
# and, where they are, the small real captures. Findings stay in build/fuzz/. Needs clang with its
# runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
out=build/fuzz
data=${ANYSIM_DATA:-../shared/data}
mkdir -p "$out"
if ! echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n); int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n > 9; }' |
    clang -x c -fsanitize=fuzzer,address - -o "$out/probe" 2>/dev/null; then
    echo "wire: clang with libFuzzer is missing (Debian: apt-get install clang libclang-rt-14-dev)" >&2
    exit 1
fi
sources="sim/wire/*.c sim/base/arena.c sim/base/file.c sim/base/outdir.c sim/base/ip.c sim/base/ip6.c sim/fwd/memory.c"
# run NAME FOLDER…: builds a target and fuzzes it.
run() {
    local name=$1
    shift
    # shellcheck disable=SC2086
    clang -std=c11 -D_GNU_SOURCE -O1 -g -Isim -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all "tests/fuzz/fuzz_$name.c" $sources -o "$out/fuzz_$name" \
        -lpcap -lzstd -lz -lbz2
    mkdir -p "$out/corpus_$name"
    "$out/fuzz_$name" -max_total_time="$seconds" -timeout=10 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$out/" "$out/corpus_$name" "$@" 2>&1 | tail -n 12
}
mkdir -p "$out/seeds_capture"
for file in "$data"/pcap/*.pcap "$data"/pcap/*.cap; do
    [ -f "$file" ] && head -c 8192 "$file" >"$out/seeds_capture/$(basename "$file")"
done
run capture tests/fuzz/corpus/capture "$out/seeds_capture"
run neighbour tests/fuzz/corpus/neighbour
