// SPDX-License-Identifier: GPL-3.0-or-later
// deviation: where the core and Linux differ on purpose, and why. Everything else about a frame is
// still the same to the byte.
#include "kernel/compare.h"

#include "fwd/headers6.h"
#include "kernel/world.h"

// --- what was sent

// The innermost datagram of a frame that was sent into a tunnel's end, else its datagram.
static const uint8_t *meant(const struct pair *p, size_t *size)
{
    const uint8_t *h = p->in + WORLD_FRAME, *next;
    *size = p->in_size - WORLD_FRAME;
    if (p->category < CATEGORY_DECAP)
        return h;
    size_t left;
    next = world_inside(h, *size, &left);
    if (!next)
        return h;
    *size = left;
    return next;
}

static int in_this_network(ip4_addr a)
{
    return a != 0 && a >> 24 == 0;
}

// RFC 1122 §3.2.1.3 (a, b): an address of "this network" must not be sent to, and is a source only
// of who does not know its own yet.
static int is_this_network(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return size >= IP4_HEADER && h[0] >> 4 == 4 && p->cores == 0 &&
           (in_this_network(be32_get(h + IP4_SRC)) || in_this_network(be32_get(h + IP4_DST)));
}

static int is_class_e(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return size >= IP4_HEADER && h[0] >> 4 == 4 && p->cores == 0 &&
           (be32_get(h + IP4_SRC) >> 28 == 15 || be32_get(h + IP4_DST) >> 28 == 15);
}

static int is_of_one_link(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return size >= IP4_HEADER && h[0] >> 4 == 4 && p->cores == 0 &&
           (ip4_is_link_local(be32_get(h + IP4_SRC)) || ip4_is_link_local(be32_get(h + IP4_DST)));
}

static int is_unusable6(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    if (!ip6_readable(h, size) || p->cores != 0)
        return 0;
    struct ip6_addr src = ip6_get(h + IP6_SRC), dst = ip6_get(h + IP6_DST);
    return (dst.hi == 0 && dst.lo <= 1) || ip6_is_ip4(src) || ip6_is_ip4(dst);
}

static int is_to_link_local(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return ip6_readable(h, size) && ip6_is_link_local(ip6_get(h + IP6_DST));
}

static int is_from_link_local(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return ip6_readable(h, size) && ip6_is_link_local(ip6_get(h + IP6_SRC)) && p->cores == 0;
}

static int is_about_redirect(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    if (!ip6_readable(h, size) || p->cores != 0)
        return 0;
    struct ip6_upper u = ip6_upper_of(h, size);
    return u.protocol == PROTOCOL_ICMP6 && u.at < size && h[u.at] == ICMP6_REDIRECT;
}

static int has_unknown_option(const struct pair *p)
{
    size_t size;
    const uint8_t *h = meant(p, &size);
    return size > IP6_HEADER + 8 && h[0] >> 4 == 6 && h[IP6_NEXT] == PROTOCOL_HOP_BY_HOP &&
           h[IP6_HEADER + 2] >> 6 != 0;
}

static int has_reserved_bits(const struct pair *p)
{
    unsigned kind = p->category - CATEGORY_DECAP;
    const uint8_t *h = p->in + WORLD_FRAME;
    size_t at = WORLD_FRAME + UDP_HEADER + (kind == KIND_VXLAN ? IP4_HEADER : IP6_HEADER);
    if ((kind != KIND_VXLAN && kind != KIND_VXLAN6) || p->in_size < at + 8 || p->kernels != 0)
        return 0;
    const uint8_t *vxlan = h - WORLD_FRAME + at;
    return vxlan[0] != 8 || vxlan[1] || vxlan[2] || vxlan[3] || vxlan[7];
}

static int is_control(const struct pair *p)
{
    unsigned kind = p->category - CATEGORY_DECAP;
    size_t at = WORLD_FRAME + UDP_HEADER + (kind == KIND_GENEVE ? IP4_HEADER : IP6_HEADER);
    return (kind == KIND_GENEVE || kind == KIND_GENEVE6) && p->cores == 0 && p->in_size > at + 8 &&
           p->in[at + 1] & 0x80;
}

// --- what came out

// Whether all frames are alike when both went through `clear`.
static int alike(const struct pair *p, void (*clear)(uint8_t *kernel, uint8_t *core, size_t size))
{
    if (p->kernels != p->cores || p->kernels == 0)
        return 0;
    for (unsigned i = 0; i < p->kernels; i++) {
        uint8_t kernel[8192], core[8192];
        size_t size = p->kernel_size[i];
        if (size != p->core_size[i] || size > sizeof kernel || size < WORLD_FRAME + IP4_HEADER)
            return 0;
        memcpy(kernel, p->kernel[i], size);
        memcpy(core, p->core[i], size);
        clear(kernel + WORLD_FRAME, core + WORLD_FRAME, size - WORLD_FRAME);
        if (memcmp(kernel, core, size) != 0)
            return 0;
    }
    return 1;
}

static uint8_t ecn_of(const uint8_t *h)
{
    return (h[0] >> 4 == 6 ? ip6_traffic_class(h) : h[IP4_TOS]) & IP4_ECN_MASK;
}

// The ECN field and, if it was right, the checksum over it.
static void clear_ecn(uint8_t *h)
{
    if (h[0] >> 4 == 6) {
        ip6_set_traffic_class(h, ip6_traffic_class(h) & 0xfc);
        return;
    }
    if (checksum_ok(checksum_add(0, h, ip4_header_size(h))))
        be16_put(h + IP4_CHECKSUM, 0);
    h[IP4_TOS] &= 0xfc;
}

static void clear_if_ce(uint8_t *kernel, uint8_t *core, size_t size)
{
    (void)size;
    if (ecn_of(kernel) != 2 || ecn_of(core) != 3)
        return;
    clear_ecn(kernel);
    clear_ecn(core);
}

static int is_ce_inside(const struct pair *p)
{
    return p->category >= CATEGORY_ENCAP && p->category < CATEGORY_DECAP && alike(p, clear_if_ce);
}

static void clear_if_ect(uint8_t *kernel, uint8_t *core, size_t size)
{
    (void)size;
    if (ecn_of(kernel) != 2 || ecn_of(core) != 1)
        return;
    clear_ecn(kernel);
    clear_ecn(core);
}

static int is_ect1_outside(const struct pair *p)
{
    return p->category >= CATEGORY_DECAP && alike(p, clear_if_ect);
}

// The source of an ICMPv6 error, if it is one of the router's both times.
static void clear_source(uint8_t *kernel, uint8_t *core, size_t size)
{
    const struct ip6_addr own[] = {WORLD_OWN6, WORLD_R0_6, WORLD_R1_6};
    unsigned known = 0;
    if (!ip6_readable(kernel, size) || kernel[IP6_NEXT] != PROTOCOL_ICMP6 ||
        size < IP6_HEADER + ICMP_HEADER || kernel[IP6_HEADER] >= ICMP6_INFORMATION)
        return;
    for (unsigned i = 0; i < 3; i++) {
        known += ip6_equal(ip6_get(kernel + IP6_SRC), own[i]);
        known += ip6_equal(ip6_get(core + IP6_SRC), own[i]);
    }
    if (known == 2)
        memcpy(kernel + IP6_SRC, core + IP6_SRC, 16);
}

static int is_other_source(const struct pair *p)
{
    return alike(p, clear_source);
}

// The checksum of the header that an ICMP error quotes, where the core has it right.
static void clear_quoted_checksum(uint8_t *kernel, uint8_t *core, size_t size)
{
    size_t at = ip4_header_size(core) + ICMP_HEADER;
    if (core[0] >> 4 != 4 || core[IP4_PROTOCOL] != PROTOCOL_ICMP || size < at + IP4_HEADER ||
        !ip4_readable(core + at, size - at) || core[at] == IP4_PLAIN)
        return;
    memcpy(kernel + at + IP4_CHECKSUM, core + at + IP4_CHECKSUM, 2);
}

static int is_quoted_checksum(const struct pair *p)
{
    return p->category == CATEGORY_OPTIONS4 && alike(p, clear_quoted_checksum);
}

// "Port" is for the core what has ports.
static void clear_code(uint8_t *kernel, uint8_t *core, size_t size)
{
    size_t at = ip4_header_size(kernel);
    if (kernel[0] >> 4 == 4 && core[0] == kernel[0] && kernel[IP4_PROTOCOL] == PROTOCOL_ICMP &&
        size > at + ICMP_HEADER && kernel[at] == ICMP_UNREACHABLE &&
        kernel[at + ICMP_CODE] == ICMP_PORT && core[at + ICMP_CODE] == ICMP_PROTOCOL)
        kernel[at + ICMP_CODE] = ICMP_PROTOCOL;
}

// What the core's host does not know, and the kernel dropped for its checksum.
static int is_unknown_to_core(const struct pair *p)
{
    const uint8_t *h = p->cores == 1 && p->kernels == 0 ? p->core[0] + WORLD_FRAME : NULL;
    return h && h[0] == IP4_PLAIN && h[IP4_PROTOCOL] == PROTOCOL_ICMP &&
           h[IP4_HEADER] == ICMP_UNREACHABLE && h[IP4_HEADER + ICMP_CODE] == ICMP_PROTOCOL;
}

// The kernel's error says that a port cannot be reached, about the tunnel's own header.
static int is_unwanted(const struct pair *p)
{
    size_t left;
    if (p->category < CATEGORY_DECAP || p->kernels != 1 || p->cores != 0)
        return p->category >= CATEGORY_DECAP && (alike(p, clear_code) || is_unknown_to_core(p));
    const uint8_t *h = p->kernel[0] + WORLD_FRAME;
    const uint8_t *quote = world_inside(h, p->kernel_size[0] - WORLD_FRAME, &left);
    if (!quote || left < IP6_HEADER)
        return 0;
    const uint8_t *icmp = h + (h[0] >> 4 == 6 ? (size_t)IP6_HEADER : ip4_header_size(h));
    bool port = h[0] >> 4 == 6 ? icmp[0] == ICMP6_UNREACHABLE && icmp[1] == ICMP6_PORT
                               : icmp[0] == ICMP_UNREACHABLE && icmp[1] == ICMP_PORT;
    return port && memcmp(quote, p->in + WORLD_FRAME, 1) == 0 &&
           memcmp(quote + IP4_SRC, p->in + WORLD_FRAME + IP4_SRC, 8) == 0;
}

// --- SRv6

static int into_segments(const struct pair *p)
{
    return p->category == CATEGORY_ENCAP + KIND_SRV6_ONE ||
           p->category == CATEGORY_ENCAP + KIND_SRV6;
}

// Outer traffic class and hop limit; the inner TTL, which the core has paid.
static void clear_segments(uint8_t *kernel, uint8_t *core, size_t size)
{
    size_t left;
    const uint8_t *inside = world_inside(core, size, &left);
    if (!ip6_readable(core, size) || core[IP6_NEXT] != PROTOCOL_ROUTING || !inside)
        return;
    be32_put(kernel, be32_get(core));
    kernel[IP6_HOPS] = core[IP6_HOPS];
    uint8_t *in = kernel + (inside - core);
    if (ip6_readable(in, left))
        in[IP6_HOPS]--;
    else if (ip4_readable(in, left))
        ip4_decrement_ttl(in);
}

static int is_error_of_core(const struct pair *p)
{
    const uint8_t *h = p->cores == 1 ? p->core[0] + WORLD_FRAME : NULL;
    return h && (h[0] >> 4 == 6 ? h[IP6_NEXT] == PROTOCOL_ICMP6 : h[IP4_PROTOCOL] == PROTOCOL_ICMP);
}

static int is_segment_header(const struct pair *p)
{
    const uint8_t *in = p->in + WORLD_FRAME;
    uint8_t ttl = in[0] >> 4 == 6 ? in[IP6_HOPS] : in[IP4_TTL];
    return into_segments(p) &&
           (alike(p, clear_segments) || (ttl <= 1 && p->kernels == 1 && is_error_of_core(p)));
}

// Linux complains to itself, about its own header.
static int is_too_big_for_segments(const struct pair *p)
{
    return into_segments(p) && p->kernels == 0 && p->cores > 0;
}

static int out_of_segments(const struct pair *p)
{
    return p->category >= CATEGORY_DECAP + KIND_DT4 && p->category <= CATEGORY_DECAP + KIND_DT46;
}

// Whether the core tells the sender, and quotes what he sent, that a field of the routing header or
// what is behind it is no good.
static int complains_of_segment(const struct pair *p)
{
    if (p->category < CATEGORY_DECAP + KIND_END || p->cores != 1 ||
        p->core_size[0] < WORLD_FRAME + 2 * IP6_HEADER + ICMP_HEADER)
        return 0;
    const uint8_t *in = p->in + WORLD_FRAME, *out = p->core[0] + WORLD_FRAME;
    const uint8_t *icmp = out + IP6_HEADER, *quote = icmp + ICMP_HEADER;
    size_t quoted = p->core_size[0] - WORLD_FRAME - IP6_HEADER - ICMP_HEADER;
    size_t sent = p->in_size - WORLD_FRAME;
    uint32_t pointer = be32_get(icmp + ICMP6_INFO);
    if (out[0] >> 4 != 6 || out[IP6_NEXT] != PROTOCOL_ICMP6 || icmp[0] != ICMP6_PARAMETER ||
        memcmp(out + IP6_DST, in + IP6_SRC, 16) != 0 || quoted > sent)
        return 0;
    struct ip6_upper u = ip6_upper_of(in, sent);
    // The routing header and the destination may have gone on by a segment of the router's before.
    if (memcmp(quote, in, IP6_DST) != 0 || quoted < u.at ||
        memcmp(quote + u.at, in + u.at, quoted - u.at) != 0)
        return 0;
    // The type alone decides about the upper-layer header; it may have no byte at all.
    if (icmp[ICMP_CODE] == ICMP6_SEGMENT_UPPER)
        return pointer == u.at;
    return icmp[ICMP_CODE] == ICMP6_FIELD && pointer > IP6_HEADER && pointer < u.at;
}

static int is_wrong_routing_header(const struct pair *p)
{
    const uint8_t *h = p->in + WORLD_FRAME;
    return out_of_segments(p) && (p->cores == 0 || complains_of_segment(p)) &&
           p->in_size > WORLD_FRAME + IP6_HEADER + 8 && h[IP6_NEXT] == PROTOCOL_ROUTING;
}

static int is_refused_aloud(const struct pair *p)
{
    return p->kernels == 0 && complains_of_segment(p);
}

static void clear_any_ecn(uint8_t *kernel, uint8_t *core, size_t size)
{
    size_t left;
    const uint8_t *inside = world_inside(core, size, &left);
    if (inside && (ip6_readable(inside, left) || ip4_readable(inside, left))) { // quoted
        clear_ecn(kernel + (inside - core));
        clear_ecn(core + (inside - core));
    }
    clear_ecn(kernel);
    clear_ecn(core);
}

static int is_unvalidated(const struct pair *p)
{
    size_t size, outer = p->in_size - WORLD_FRAME;
    if (!out_of_segments(p))
        return 0;
    const uint8_t *h = meant(p, &size);
    if (size == outer)
        return 0;
    bool whole = ip6_readable(h, size) ? IP6_HEADER + (size_t)be16_get(h + IP6_LENGTH) == size
                                       : ip4_readable(h, size) && be16_get(h + IP4_LENGTH) == size;
    const uint8_t *out = p->in + WORLD_FRAME;
    bool congested = ecn_of(out) == 3 && ecn_of(h) == 0 && p->cores == 0;
    return !whole || congested || alike(p, clear_any_ecn);
}

static int has_tlvs(const struct pair *p)
{
    const uint8_t *srh = p->in + WORLD_FRAME + IP6_HEADER;
    return p->category >= CATEGORY_DECAP + KIND_END && p->kernels == 0 && p->cores > 0 &&
           p->in_size > WORLD_FRAME + IP6_HEADER + 8 &&
           p->in[WORLD_FRAME + IP6_NEXT] == PROTOCOL_ROUTING && srh[1] > 2 * (srh[4] + 1);
}

// --- source routes

static int has_source_route(const struct pair *p)
{
    const uint8_t *h = p->in + WORLD_FRAME;
    size_t end = ip4_header_size(h);
    if (p->category != CATEGORY_OPTIONS4 || p->kernels != 1 || !is_error_of_core(p))
        return 0;
    for (size_t at = IP4_HEADER; at + 1 < end && h[at] != 0;) {
        if (h[at] == 131 || h[at] == 137)
            return 1;
        if (h[at] != 1 && h[at + 1] < 2)
            return 0;
        at += h[at] == 1 ? 1 : h[at + 1];
    }
    return 0;
}

const struct deviation deviations[] = {
    {"0.0.0.0/8", "Linux forwards from and to it; RFC 1122 3.2.1.3 forbids it", is_this_network},
    {"240.0.0.0/4", "Linux forwards from and to it; it is reserved (RFC 1112 4, RFC 1812 5.3.7)",
     is_class_e},
    {"169.254.0.0/16", "Linux forwards from and to it; RFC 3927 7 forbids it", is_of_one_link},
    {"to ::, ::1 or IPv4-mapped",
     "Linux answers or forwards; RFC 4291 2.5.2, 2.5.3 and RFC 6890 forbid it", is_unusable6},
    {"to a link-local address",
     "Linux looks for it on the link that the packet came from; to the "
     "core, which does not forward to them (RFC 4291 2.5.6), there is no route",
     is_to_link_local},
    {"from a link-local address",
     "Linux answers into the tunnel that it came out of; to the core "
     "there is no route (RFC 4291 2.5.6)",
     is_from_link_local},
    {"error about an ICMPv6 redirect", "Linux sends it; RFC 4443 2.4 (e.2) forbids it",
     is_about_redirect},
    {"hop-by-hop options", "Linux looks at them; a router need not (RFC 8200 4)",
     has_unknown_option},
    {"reserved bits of VXLAN", "Linux drops; RFC 7348 5 wants them ignored", has_reserved_bits},
    {"control packet of Geneve", "Linux forwards what is inside; RFC 8926 3.4 forbids it",
     is_control},
    {"unwanted tunnel packet",
     "Linux says that a port cannot be reached; RFC 2784 2.4 and 2890 2.1 say no more than "
     "discard, RFC 1122 3.2.2.1 has protocol unreachable",
     is_unwanted},
    {"CE at a tunnel's beginning", "Linux writes ECT(0) outside; RFC 6040 4.1 wants CE",
     is_ce_inside},
    {"ECT(1) outside ECT(0)", "Linux leaves ECT(0); RFC 6040 4.2 wants ECT(1)", is_ect1_outside},
    {"source of an ICMPv6 error",
     "Linux takes an address of the way in; RFC 4443 2.2 (b) wants one "
     "of the way out",
     is_other_source},
    {"quote of options", "for its own address the core has put the quoted header's checksum right",
     is_quoted_checksum},
    {"source route",
     "Linux sends its error back by it; the core refuses source routes (RFC 7126 "
     "4.3), which RFC 1812 4.3.2.6 excepts",
     has_source_route},
    {"H.Encaps",
     "Linux copies the hop limit and pays there; RFC 8986 5.1 wants the hop paid "
     "inside, RFC 2473 6.3 a limit of its own outside",
     is_segment_header},
    {"too much for H.Encaps", "Linux complains to itself; RFC 2473 7 and 8 want the sender told",
     is_too_big_for_segments},
    {"no good for a segment",
     "Linux says nothing; RFC 8986 4.1 and 4.1.1 want the sender told what is wrong",
     is_refused_aloud},
    {"routing header that lies", "Linux takes it for none; RFC 8986 4.6 and 4.7 refuse it",
     is_wrong_routing_header},
    {"inside a segment list",
     "Linux passes on what End.DT takes out without a look at its length and at the mark outside "
     "(RFC 8200 3, RFC 6040 4.2)",
     is_unvalidated},
    {"TLVs of a routing header", "Linux looks at them; RFC 8754 2.1 leaves them to configuration",
     has_tlvs},
};
const unsigned deviations_count = sizeof deviations / sizeof *deviations;
