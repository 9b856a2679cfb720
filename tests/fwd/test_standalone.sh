#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The forwarding core stands alone: sim/fwd/*.c and sim/base/ip.c make a library that wants nothing
# but libc, holds no mutable global, and serves a program of a few lines.
# Run from anywhere; CC is honoured.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
passed=0 failed=0

# verdict NAME FILE: good when FILE is empty, else its lines are the complaint.
verdict() {
    if [ -s "$2" ]; then
        echo "FAIL $1:"
        sed 's/^/  /' "$2"
        failed=$((failed + 1))
    else
        echo "ok   $1"
        passed=$((passed + 1))
    fi
}

for source in "$root"/sim/fwd/*.c "$root"/sim/base/ip.c; do
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -I"$root/sim" -c "$source" \
        -o "$dir/$(basename "$source" .c).o"
done
ar rcs "$dir/libanyfwd.a" "$dir"/*.o

nm "$dir/libanyfwd.a" | awk 'NF == 3 && $2 != "U" { print $3 }' | sort -u >"$dir/defined"
nm "$dir/libanyfwd.a" | awk '$1 == "U" { print $2 }' | sort -u >"$dir/wanted"
libc='abort|aligned_alloc|bcmp|calloc|exit|fprintf|free|fwrite|malloc|memchr|memcmp|memcpy|memmove'
libc="$libc|memset|realloc|snprintf|sprintf|stderr|strchr|strlen|strtoul|isdigit|__ctype_b_loc"
# Fortified functions, stack protection and position-independent code are the compiler's own.
compiler='__[a-z]+_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_'
comm -13 "$dir/defined" "$dir/wanted" | grep -Evx "$libc|$compiler" >"$dir/foreign" || true
verdict 'symbols from libc only' "$dir/foreign"

size -A "$dir/libanyfwd.a" |
    awk '/ex / { object = $1 } ($1 == ".data" || $1 == ".bss") && $2 > 0 { print object, $1, $2 }' \
        >"$dir/mutable"
verdict 'no mutable globals' "$dir/mutable"

grep -Hn '^#include "' "$root"/sim/fwd/*.[ch] |
    grep -Ev '"(fwd/[a-z0-9]+\.h|base/ip\.h)"' >"$dir/includes" || true
verdict 'includes itself and base/ip.h only' "$dir/includes"

cat >"$dir/user.c" <<'C'
#include "fwd/fwd.h"
int main(void)
{
    struct fwd_options o = {.address = IP4(10, 0, 0, 1)};
    struct fwd_node *n = fwd_node_new(&o);
    uint32_t out_if = 3;
    fwd_route_set(n, (struct prefix){0, 0}, FWD_ACT_FORWARD, fwd_group(n, &out_if, 1));
    struct packet p;
    struct fwd_result r;
    packet_build_udp(&p, IP4(192, 0, 2, 1), IP4(198, 51, 100, 1), 1, 2, 64, 28, 0);
    fwd_receive(n, &p, 0, 0, &r);
    fwd_node_free(n);
    return r.verdict == FWD_OUT && r.out_if == 3 ? 0 : 1;
}
C
{
    ${CC:-cc} -std=c11 -I"$root/sim" "$dir/user.c" "$dir/libanyfwd.a" -o "$dir/user" &&
        "$dir/user" || echo "the program does not build or does not forward"
} >"$dir/program" 2>&1
verdict 'a program links and forwards' "$dir/program"

echo "standalone: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
