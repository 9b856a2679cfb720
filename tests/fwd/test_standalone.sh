#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The forwarding core stands alone: `make lib` asks for no other library and makes one that wants
# nothing but libc, holds no mutable global, serves a program of a few lines, in C and in C++, with what
# `make install-lib` installs, and allocates nothing per packet.
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

# A pkg-config that knows nothing, as where neither igraph nor GSL is installed.
mkdir "$dir/bin"
printf '#!/bin/sh\necho "$*" >>"%s"\nexit 1\n' "$dir/asked" >"$dir/bin/pkg-config"
chmod +x "$dir/bin/pkg-config"
touch "$dir/asked"
PATH="$dir/bin:$PATH" env -u MAKEFLAGS -u MAKELEVEL make -s -C "$root" install-lib \
    ${CC:+CC="$CC"} SAN= BUILD="$dir/build" DESTDIR="$dir/root" PREFIX=/usr >"$dir/make" 2>&1 ||
    cat "$dir/make" >>"$dir/asked"
verdict 'make install-lib asks for no library' "$dir/asked"
cp "$dir/root/usr/lib/libanyfwd.a" "$dir/"
include=$dir/root/usr/include/anyfwd

nm "$dir/libanyfwd.a" | awk 'NF == 3 && $2 != "U" { print $3 }' | sort -u >"$dir/defined"
nm "$dir/libanyfwd.a" | awk '$1 == "U" { print $2 }' | sort -u >"$dir/wanted"
libc='abort|aligned_alloc|bcmp|calloc|exit|fprintf|free|fwrite|malloc|memchr|memcmp|memcpy|memmove'
libc="$libc|madvise|memset|posix_memalign|realloc|snprintf|sprintf|stderr|strchr|strcmp"
libc="$libc|strcspn|strlen|strtoul|__isoc23_strtoul|isdigit|__ctype_b_loc"
# Fortified functions, stack protection, position-independent code, and what a machine without the
# instruction counts bits with, are the compiler's own.
compiler='__[a-z]+_chk|__stack_chk_fail|_GLOBAL_OFFSET_TABLE_|__popcount[dt]i2'
compiler="$compiler|__cpu_(model|indicator_init)"
comm -13 "$dir/defined" "$dir/wanted" | grep -Evx "$libc|$compiler" >"$dir/foreign" || true
verdict 'symbols from libc only' "$dir/foreign"

size -A "$dir/libanyfwd.a" |
    awk '/ex / { object = $1 } ($1 == ".data" || $1 == ".bss") && $2 > 0 { print object, $1, $2 }' \
        >"$dir/mutable"
verdict 'no mutable globals' "$dir/mutable"

grep -Hn '^#include "' "$root"/sim/fwd/*.[ch] |
    grep -Ev '"(fwd/[a-z0-9_]+\.h|base/ip6?\.h)"' >"$dir/includes" || true
verdict 'includes itself, base/ip.h and base/ip6.h only' "$dir/includes"

# What fwd.h names as the public header, and what these include.
public=$(cd "$root/sim" && printf '%s\n' fwd/fwd.h |
    while read -r first; do
        todo=$first seen=
        while [ -n "$todo" ]; do
            one=${todo%% *}
            todo=${todo#"$one"} todo=${todo# }
            case " $seen " in *" $one "*) continue ;; esac
            seen="$seen $one"
            todo="$todo $(sed -n 's/^#include "\(.*\)"/\1/p' "$one" | tr '\n' ' ')"
            todo=${todo# } todo=${todo% }
        done
        echo "$seen"
    done)
for header in $public; do
    echo "#include \"$header\"" >"$dir/alone.c"
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror -I"$root/sim" -fsyntax-only "$dir/alone.c" 2>&1 ||
        echo "$header does not compile alone"
done >"$dir/headers"
verdict "$(echo "$public" | wc -w) public headers compile alone" "$dir/headers"

echo "$public" | tr ' ' '\n' | grep . | sort >"$dir/closure"
(cd "$include" && find . -type f | sed 's|^\./||' | sort) >"$dir/installed"
for header in $(grep -vx fwd/fwd.h "$dir/closure"); do
    name=${header#fwd/}
    sed -n '/^#ifndef/q;p' "$root/sim/fwd/fwd.h" | grep -qwF -e "$name" ||
        echo "$header: fwd.h does not name it"
done >"$dir/unnamed"
{ diff "$dir/closure" "$dir/installed" && cat "$dir/unnamed"; } >"$dir/differ" || true
verdict 'the headers that are installed are those that fwd.h includes, and names' "$dir/differ"

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
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, IP4(192, 0, 2, 1), IP4(198, 51, 100, 1), 1, 2, 64, 28, 0);
    fwd_receive(n, &p, 0, 0, &r);
    fwd_node_free(n);
    return r.verdict == FWD_OUT && r.out_if == 3 ? 0 : 1;
}
C
{
    ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$include" "$dir/user.c" \
        -L"$dir/root/usr/lib" -lanyfwd -o "$dir/user" &&
        "$dir/user" || echo "the program does not build or does not forward"
} >"$dir/program" 2>&1
verdict 'a program links and forwards' "$dir/program"

cxx=${CXX:-g++}
if command -v "$cxx" >/dev/null; then
    {
        sed 's/struct fwd_options o = {.address = \(.*\)};/fwd_options o{}; o.address = \1;/
             s/(struct prefix){0, 0}/prefix{0, 0}/' "$dir/user.c"
        echo 'ip6_addr loopback() { return IP6(0, 1); }'
        echo 'acl_rule rule() { return acl_rule_any(ACL_ACT_DENY); }'
    } >"$dir/user.cc"
    for header in $public; do
        echo "#include \"$header\"" >"$dir/alone.cc"
        "$cxx" -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$include" -fsyntax-only \
            "$dir/alone.cc" 2>&1 || echo "$header is no C++"
    done >"$dir/cxx"
    {
        "$cxx" -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$include" "$dir/user.cc" \
            -L"$dir/root/usr/lib" -lanyfwd -o "$dir/usercc" &&
            "$dir/usercc" || echo "the C++ program does not build or does not forward"
    } >>"$dir/cxx" 2>&1
    verdict 'so does one in C++' "$dir/cxx"
else
    echo "SKIPPED: $cxx is missing: no program in C++"
fi

# A hundred thousand packets of all kinds through nodes that do everything: the linker puts counters
# in front of everything that takes memory.
cat >"$dir/allocates.c" <<'C'
#include "fwd/twins.h"
#include <stdio.h>
#include <stdlib.h>
#define COUNTED(type, name, parameters, arguments)                                                 \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        taken++;                                                                                   \
        return __real_##name arguments;                                                            \
    }
static unsigned long taken;
COUNTED(void *, malloc, (size_t n), (n))
COUNTED(void *, calloc, (size_t k, size_t n), (k, n))
COUNTED(void *, realloc, (void *p, size_t n), (p, n))
COUNTED(void *, aligned_alloc, (size_t a, size_t n), (a, n))
COUNTED(int, posix_memalign, (void **p, size_t a, size_t n), (p, a, n))
COUNTED(void, free, (void *p), (p))
int main(void)
{
    unsigned long packets = 0, before, during = 0, made = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        before = taken;
        struct twins *t = twins_new(seed);
        made += taken - before;
        before = taken;
        for (int i = 0; i < 5000 && !t->wrong; i++, packets++) {
            t->now_ps += (int64_t)random_below(&t->random, 1000) * 1000000;
            anypacket_make(&t->packets, twins_packet(t, 0));
            if (i % 4)
                twins_receive(t, 1, random_below(&t->random, EVERYTHING_INTERFACES + 1));
            else
                twins_originate(t, 1);
        }
        during += taken - before;
        if (t->wrong)
            printf("%s\n", t->wrong);
        twins_free(t);
    }
    if (!made || packets != 100000)
        printf("nothing was counted\n");
    if (during)
        printf("memory was taken or given back %lu times in %lu packets\n", during, packets);
    return 0;
}
C
{
    ${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -I"$root/sim" -I"$root/tests" "$dir/allocates.c" \
        "$root"/tests/fwd/twins.c "$root"/tests/fwd/everything.c "$root"/tests/fwd/anypacket.c \
        "$root"/tests/fwd/soundness.c "$dir/libanyfwd.a" -o "$dir/allocates" \
        -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free \
        -Wl,--wrap=aligned_alloc,--wrap=posix_memalign &&
        "$dir/allocates" || echo "the program does not build or ends badly"
} >"$dir/memory" 2>&1
verdict 'nothing is allocated per packet' "$dir/memory"

echo "standalone: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
