// SPDX-License-Identifier: GPL-3.0-or-later
// ip: IPv4 addresses and prefixes as values. Addresses are in host byte order everywhere but in
// packet bytes. No dependency but libc: the forwarding core includes this header.
#ifndef ANYSIM_BASE_IP_H
#define ANYSIM_BASE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint32_t ip4_addr; // host byte order

struct prefix {
    ip4_addr addr; // bits below `len` are zero
    uint8_t len;   // 0..32
};

#define IP4_TEXT    16 // "255.255.255.255" and NUL
#define PREFIX_TEXT 20 // with "/32"

#define IP4(a, b, c, d)                                                                            \
    (((ip4_addr)(a) << 24) | ((ip4_addr)(b) << 16) | ((ip4_addr)(c) << 8) | (ip4_addr)(d))

// Dotted quad, four decimal numbers without leading zeros; false and untouched on anything else.
bool ip4_parse(const char *text, ip4_addr *out);
char *ip4_print(ip4_addr a, char buf[IP4_TEXT]);

// "a.b.c.d/len". Returns false when malformed; host bits that are set are an error too (*host_bits
// tells, when not NULL), because a prefix with host bits is nearly always a typing mistake.
bool prefix_parse(const char *text, struct prefix *out, bool *host_bits);
char *prefix_print(struct prefix p, char buf[PREFIX_TEXT]);

static inline ip4_addr prefix_mask(uint8_t len)
{
    return len ? (ip4_addr)0xffffffffu << (32 - len) : 0;
}

static inline bool prefix_has(struct prefix p, ip4_addr a)
{
    return (a & prefix_mask(p.len)) == p.addr;
}

static inline bool prefix_equal(struct prefix a, struct prefix b)
{
    return a.addr == b.addr && a.len == b.len;
}

static inline bool prefix_overlap(struct prefix a, struct prefix b)
{
    return prefix_has(a, b.addr) || prefix_has(b, a.addr);
}

// Total order: by address, then the shorter first.
int prefix_compare(struct prefix a, struct prefix b);

#ifdef __cplusplus
}
#endif

#endif
