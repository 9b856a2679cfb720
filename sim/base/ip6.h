// SPDX-License-Identifier: GPL-3.0-or-later
// ip6: IPv6 addresses and prefixes as values, and addresses and prefixes of either family.
//
// Where a value may be of either family it is an IPv6 one, and IPv4 stands in it as an IPv4-mapped
// address (::ffff:a.b.c.d, RFC 4291 §2.5.5.2). Such a value says by itself which family it is of;
// mapped addresses never stand in packets. The two halves are in host byte order. No dependency but
// libc: the forwarding core includes this header.
#ifndef ANYSIM_BASE_IP6_H
#define ANYSIM_BASE_IP6_H

#include "base/ip.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ip6_addr {
    uint64_t hi, lo; // host byte order
};

struct prefix6 {
    struct ip6_addr addr; // bits below `len` are zero
    uint8_t len;          // 0..128
};

#define IP6_TEXT     46 // longest text form and NUL (with a dotted quad at the end)
#define PREFIX6_TEXT 50 // with "/128"

#ifdef __cplusplus
#define IP6(hi64, lo64) (ip6_addr{UINT64_C(hi64), UINT64_C(lo64)})
#else
#define IP6(hi64, lo64) ((struct ip6_addr){UINT64_C(hi64), UINT64_C(lo64)})
#endif

// RFC 4291 §2.2, all three forms; false and untouched on anything else (zones, ports, brackets).
bool ip6_parse(const char *text, struct ip6_addr *out);
// The canonical form (RFC 5952): lower case, the longest run of zeros as "::".
char *ip6_print(struct ip6_addr a, char buf[IP6_TEXT]);
// "address/len"; host bits that are set are an error, as with prefix_parse().
bool prefix6_parse(const char *text, struct prefix6 *out, bool *host_bits);
char *prefix6_print(struct prefix6 p, char buf[PREFIX6_TEXT]);

// Either family: dotted quads are IPv4 and come out mapped, the rest is IPv6 (where a mapped
// address is refused, since it would mean IPv4 here). Printing does the reverse.
bool ip_parse(const char *text, struct ip6_addr *out);
char *ip_print(struct ip6_addr a, char buf[IP6_TEXT]);
bool ip_prefix_parse(const char *text, struct prefix6 *out, bool *host_bits);
char *ip_prefix_print(struct prefix6 p, char buf[PREFIX6_TEXT]);

static inline struct ip6_addr ip6_mask(uint8_t len)
{
    const uint64_t ones = ~(uint64_t)0;
    struct ip6_addr m = {ones, ones};
    if (len < 64)
        m.hi = len ? ones << (64 - len) : 0;
    if (len < 128)
        m.lo = len > 64 ? ones << (128 - len) : 0;
    return m;
}

static inline bool ip6_equal(struct ip6_addr a, struct ip6_addr b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

static inline bool ip6_is_zero(struct ip6_addr a)
{
    return (a.hi | a.lo) == 0;
}

static inline bool prefix6_has(struct prefix6 p, struct ip6_addr a)
{
    struct ip6_addr m = ip6_mask(p.len);
    return (a.hi & m.hi) == p.addr.hi && (a.lo & m.lo) == p.addr.lo;
}

static inline bool prefix6_equal(struct prefix6 a, struct prefix6 b)
{
    return ip6_equal(a.addr, b.addr) && a.len == b.len;
}

// Total order: by address, then the shorter first.
int prefix6_compare(struct prefix6 a, struct prefix6 b);

// --- IPv4 within IPv6 values
#define IP6_MAPPED      (UINT64_C(0xffff) << 32)
#define IP6_MAPPED_BITS 96

static inline struct ip6_addr ip6_from_ip4(ip4_addr a)
{
    struct ip6_addr six = {0, IP6_MAPPED | a};
    return six;
}

static inline bool ip6_is_ip4(struct ip6_addr a)
{
    return a.hi == 0 && a.lo >> 32 == 0xffff;
}

static inline ip4_addr ip6_to_ip4(struct ip6_addr a)
{
    return (ip4_addr)a.lo;
}

static inline struct prefix6 prefix6_from_prefix(struct prefix p)
{
    struct prefix6 six = {ip6_from_ip4(p.addr), (uint8_t)(p.len + IP6_MAPPED_BITS)};
    return six;
}

// Whether all of it is IPv4.
static inline bool prefix6_is_ip4(struct prefix6 p)
{
    return p.len >= IP6_MAPPED_BITS && ip6_is_ip4(p.addr);
}

static inline struct prefix prefix6_to_prefix(struct prefix6 p)
{
    struct prefix four = {ip6_to_ip4(p.addr), (uint8_t)(p.len - IP6_MAPPED_BITS)};
    return four;
}

#ifdef __cplusplus
}
#endif

#endif
