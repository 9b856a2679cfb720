// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/offload.h"

#include "fwd/headers6.h"

enum { LEVEL_IP4, LEVEL_IP6, LEVEL_UDP, LEVEL_GRE };

#define TYPE_BRIDGED         0x6558 // an Ethernet frame, in GRE and Geneve
#define PORT_VXLAN           4789
#define PORT_GENEVE          6081
#define GRE_HAS_CHECKSUM     0x8000
#define GRE_HAS_KEY          0x2000
#define GRE_HAS_SEQUENCE     0x1000
#define GRE_VERSION          0x0007
#define CHECKSUM_NONE_IN_UDP 0xffffu // how a sum of zero is written (RFC 768)

enum { SEQUENCE = 4, DATA_OFFSET = 12 }; // in a TCP header
#define FLAG_PSH 0x08                    // its flags that fwd/ has no use for
#define FLAG_CWR 0x80
#define GRE_WORD 4u
enum { GRE_TYPE = 2, GRE_CHECKSUM = 4 };
enum { VXLAN_HEADER = 8, GENEVE_TYPE = 2, GENEVE_HEADER = 8 };

// A sum is written as 0xffff where it would be 0, as Linux does for every protocol.
static void store_sum(uint8_t *at, uint64_t sum)
{
    checksum_store(at, sum);
    if (be16_get(at) == 0)
        be16_put(at, CHECKSUM_NONE_IN_UDP);
}

bool offload_checksum(uint8_t *bytes, size_t size, size_t start, size_t offset)
{
    if (start + offset + 2 > size)
        return false;
    store_sum(bytes + start + offset, checksum_add(0, bytes + start, size - start));
    return true;
}

uint8_t *offload_tag(uint8_t *bytes, uint16_t type, uint16_t control)
{
    uint8_t *to = bytes - FRAME_TAG;
    memmove(to, bytes, 2 * FRAME_MAC);
    be16_put(to + 2 * FRAME_MAC, type);
    be16_put(to + 2 * FRAME_MAC + 2, control);
    return to;
}

// --- Finding the headers. `at` is where the header to look at begins.
struct walk {
    struct offload_cutter *c;
    size_t at;
    uint16_t type;    // ethertype of what is at `at`, or
    uint8_t protocol; // its protocol number, when `type` is 0
    uint16_t ip;      // level of the last IP header
};

static bool there(const struct walk *w, size_t n)
{
    return w->at + n <= w->c->size;
}

static bool add_level(struct walk *w, uint8_t kind)
{
    struct offload_cutter *c = w->c;
    if (c->levels == OFFLOAD_LEVELS || w->at > UINT16_MAX)
        return false;
    if (kind == LEVEL_IP4 || kind == LEVEL_IP6)
        w->ip = (uint16_t)c->levels;
    c->level[c->levels].kind = kind;
    c->level[c->levels].at = (uint16_t)w->at;
    c->level[c->levels++].parent = w->ip;
    return true;
}

static bool step_ip4(struct walk *w)
{
    const uint8_t *h = w->c->bytes + w->at;
    if (!there(w, IP4_HEADER) || !ip4_readable(h, w->c->size - w->at) || ip4_is_fragment(h) ||
        !add_level(w, LEVEL_IP4))
        return false;
    w->protocol = h[IP4_PROTOCOL];
    w->type = 0;
    w->at += ip4_header_size(h);
    return true;
}

static bool step_ip6(struct walk *w)
{
    const uint8_t *h = w->c->bytes + w->at;
    if (!there(w, IP6_HEADER) || h[0] >> 4 != 6 || !add_level(w, LEVEL_IP6))
        return false;
    w->protocol = h[IP6_NEXT];
    w->type = 0;
    w->at += IP6_HEADER;
    while (w->protocol == PROTOCOL_HOP_BY_HOP || w->protocol == PROTOCOL_OPTIONS) {
        h = w->c->bytes + w->at;
        if (!there(w, 8))
            return false;
        w->protocol = h[0];
        w->at += 8 + (size_t)h[1] * 8;
    }
    return true;
}

static bool step_ethernet(struct walk *w)
{
    struct frame f;
    if (w->at > w->c->size ||
        frame_decode(FRAME_LINK_ETHERNET, w->c->bytes + w->at, w->c->size - w->at, &f) != FRAME_OK)
        return false;
    w->at += f.offset;
    w->type = f.ethertype;
    return true;
}

static bool step_payload_type(struct walk *w, uint16_t type)
{
    w->type = type;
    return type == TYPE_BRIDGED ? step_ethernet(w) : true;
}

static bool step_gre(struct walk *w)
{
    const uint8_t *h = w->c->bytes + w->at;
    if (!there(w, GRE_WORD))
        return false;
    uint16_t flags = be16_get(h);
    // A sequence number would have to count up with the segments; Linux does not merge those.
    if (flags & (GRE_HAS_SEQUENCE | GRE_VERSION))
        return false;
    size_t size =
        GRE_WORD + (flags & GRE_HAS_CHECKSUM ? GRE_WORD : 0) + (flags & GRE_HAS_KEY ? GRE_WORD : 0);
    if (!there(w, size) || (flags & GRE_HAS_CHECKSUM && !add_level(w, LEVEL_GRE)))
        return false;
    w->at += size;
    return step_payload_type(w, be16_get(h + GRE_TYPE));
}

static bool step_udp_tunnel(struct walk *w)
{
    const uint8_t *h = w->c->bytes + w->at;
    if (!there(w, UDP_HEADER + GENEVE_HEADER) || !add_level(w, LEVEL_UDP))
        return false;
    w->at += UDP_HEADER;
    if (be16_get(h + UDP_DPORT) == PORT_VXLAN) {
        w->at += VXLAN_HEADER;
        return step_ethernet(w);
    }
    w->at += GENEVE_HEADER + (size_t)(h[UDP_HEADER] & 0x3f) * 4;
    return step_payload_type(w, be16_get(h + UDP_HEADER + GENEVE_TYPE));
}

static bool is_udp_tunnel(const struct walk *w)
{
    uint16_t port = there(w, UDP_HEADER) ? be16_get(w->c->bytes + w->at + UDP_DPORT) : 0;
    return port == PORT_VXLAN || port == PORT_GENEVE;
}

// The transport header whose payload is cut.
static bool end_walk(struct walk *w)
{
    struct offload_cutter *c = w->c;
    const uint8_t *h = c->bytes + w->at;
    size_t header = UDP_HEADER;
    if (c->kind == OFFLOAD_TCP) {
        header = there(w, TCP_HEADER) ? (size_t)(h[DATA_OFFSET] >> 4) * 4 : 0;
        if (header < TCP_HEADER)
            return false;
    }
    c->transport = w->at;
    c->innermost = w->ip;
    c->headers = w->at + header;
    return c->headers < c->size;
}

static bool step(struct walk *w, bool *end)
{
    uint8_t last = w->c->kind == OFFLOAD_TCP ? PROTOCOL_TCP : PROTOCOL_UDP;
    if (w->type == FRAME_TYPE_IP4)
        return step_ip4(w);
    if (w->type == FRAME_TYPE_IP6)
        return step_ip6(w);
    if (w->type)
        return false;
    if (w->protocol == PROTOCOL_UDP && is_udp_tunnel(w))
        return step_udp_tunnel(w);
    if (w->protocol == last) {
        *end = true;
        return end_walk(w);
    }
    if (w->protocol == PROTOCOL_IPIP || w->protocol == PROTOCOL_IPV6) {
        w->type = w->protocol == PROTOCOL_IPIP ? FRAME_TYPE_IP4 : FRAME_TYPE_IP6;
        return true;
    }
    return w->protocol == PROTOCOL_GRE && step_gre(w);
}

bool offload_cut(struct offload_cutter *c, enum frame_link link, const uint8_t *bytes, size_t size,
                 enum offload_kind kind, size_t piece)
{
    struct frame f;
    memset(c, 0, sizeof *c);
    c->bytes = bytes;
    c->size = size;
    c->kind = kind;
    c->piece = piece;
    if (!piece || frame_decode(link, bytes, size, &f) != FRAME_OK)
        return false;
    struct walk w = {.c = c, .at = f.offset, .type = f.ethertype};
    bool end = false;
    while (!end)
        if (!step(&w, &end))
            return false;
    return true;
}

size_t offload_largest(const struct offload_cutter *c)
{
    size_t payload = c->size - c->headers;
    return c->headers + (payload < c->piece ? payload : c->piece);
}

// --- Writing a segment.
// The sum of the pseudo-header before `size` bytes of `protocol`.
static uint64_t pseudo_sum(const uint8_t *ip, bool v6, uint8_t protocol, size_t size)
{
    uint8_t tail[8];
    be32_put(tail, (uint32_t)size);
    be32_put(tail + 4, protocol);
    return checksum_add(checksum_add(0, tail, sizeof tail), ip + (v6 ? IP6_SRC : IP4_SRC),
                        v6 ? 32 : 8);
}

static void mend_udp(uint8_t *ip, bool v6, uint8_t *h, size_t size, bool has_sum)
{
    be16_put(h + UDP_LENGTH, (uint16_t)size);
    be16_put(h + UDP_CHECKSUM, 0);
    if (has_sum)
        store_sum(h + UDP_CHECKSUM, checksum_add(pseudo_sum(ip, v6, PROTOCOL_UDP, size), h, size));
}

static void mend_tcp(const struct offload_cutter *c, uint8_t *ip, bool v6, uint8_t *h, size_t size,
                     bool last)
{
    be32_put(h + SEQUENCE, be32_get(h + SEQUENCE) + (uint32_t)c->done);
    if (!last)
        h[TCP_FLAGS] &= (uint8_t) ~(TCP_FIN | FLAG_PSH);
    if (c->index)
        h[TCP_FLAGS] &= (uint8_t)~FLAG_CWR; // the first one's (RFC 3168 §6.1.2)
    be16_put(h + TCP_CHECKSUM, 0);
    checksum_store(h + TCP_CHECKSUM, checksum_add(pseudo_sum(ip, v6, PROTOCOL_TCP, size), h, size));
}

static void mend_ip4(const struct offload_cutter *c, uint8_t *h, size_t size)
{
    size_t header = ip4_header_size(h);
    be16_put(h + IP4_LENGTH, (uint16_t)size);
    be16_put(h + IP4_ID, (uint16_t)(be16_get(h + IP4_ID) + c->index));
    be16_put(h + IP4_CHECKSUM, 0);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, header));
}

static void mend_level(const struct offload_cutter *c, int n, uint8_t *out, size_t size)
{
    uint8_t *h = out + c->level[n].at, *ip = out + c->level[c->level[n].parent].at;
    size_t left = size - c->level[n].at;
    switch (c->level[n].kind) {
    case LEVEL_IP4:
        mend_ip4(c, h, left);
        break;
    case LEVEL_IP6:
        be16_put(h + IP6_LENGTH, (uint16_t)(left - IP6_HEADER));
        break;
    case LEVEL_UDP:
        mend_udp(ip, c->level[c->level[n].parent].kind == LEVEL_IP6, h, left,
                 be16_get(h + UDP_CHECKSUM) != 0);
        break;
    case LEVEL_GRE:
        be16_put(h + GRE_CHECKSUM, 0);
        checksum_store(h + GRE_CHECKSUM, checksum_add(0, h, left));
        break;
    }
}

size_t offload_next(struct offload_cutter *c, uint8_t *out)
{
    size_t left = c->size - c->headers - c->done;
    if (!left)
        return 0;
    size_t take = left < c->piece ? left : c->piece, size = c->headers + take;
    memcpy(out, c->bytes, c->headers);
    memcpy(out + c->headers, c->bytes + c->headers + c->done, take);
    bool last = take == left;
    // From the inside out: outer checksums cover inner ones.
    uint8_t *ip = out + c->level[c->innermost].at, *h = out + c->transport;
    bool v6 = c->level[c->innermost].kind == LEVEL_IP6;
    if (c->kind == OFFLOAD_TCP)
        mend_tcp(c, ip, v6, h, size - c->transport, last);
    else
        mend_udp(ip, v6, h, size - c->transport, true);
    for (int n = c->levels - 1; n >= 0; n--)
        mend_level(c, n, out, size);
    c->index++;
    c->done += take;
    return size;
}
