// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/srv6.h"
#include "fwd/encap.h"
#include "fwd/endpoint.h"

enum { SEGMENT = 16, SRH_FLAGS = 5 };

// --- the way in: H.Encaps (RFC 8986 §5.1)

static const char *check(const struct fwd_tunnel_options *o)
{
    if (o->keyed || o->key || o->sequence || o->checksum)
        return "srv6 has no key, sequence number or checksum";
    return NULL;
}

static uint32_t between(const struct fwd_tunnel_options *o)
{
    return SRH_LIST + SEGMENT * (uint32_t)o->segment_count;
}

static void fill(struct tunnel *t, const struct tunnel_fill *f)
{
    const struct fwd_tunnel_options *o = &t->options;
    uint32_t n = (uint32_t)o->segment_count;
    uint8_t *srh = f->between;
    srh[SRH_NEXT] = f->inner_version == 4 ? PROTOCOL_IPIP : PROTOCOL_IPV6;
    srh[SRH_SIZE] = (uint8_t)(2 * n);
    srh[SRH_TYPE] = SRV6_ROUTING_TYPE;
    srh[SRH_LEFT] = srh[SRH_LAST] = (uint8_t)(n - 1);
    memset(srh + SRH_FLAGS, 0, SRH_LIST - SRH_FLAGS);
    ip6_put(srh + SRH_LIST, f->far_end);
    for (uint32_t i = 1; i < n; i++)
        ip6_put(srh + SRH_LIST + SEGMENT * i, o->segments[n - 1 - i]);
}

const struct tunnel_ops tunnel_srv6 = {.name = "srv6",
                                       .protocol4 = PROTOCOL_ROUTING,
                                       .protocol6 = PROTOCOL_ROUTING,
                                       .cuts = true,
                                       .check = check,
                                       .between = between,
                                       .fill = fill};

// --- the way out

// Offset of the routing header, of any type; 0: there is none where one may stand (RFC 8200 §4.1).
// At least its first 8 bytes are stored, unless `*cut`.
static uint32_t find_routing(const uint8_t *h, size_t stored, bool *cut)
{
    uint32_t at = IP6_HEADER;
    uint8_t next = h[IP6_NEXT];
    *cut = false;
    for (int i = 0; i < IP6_EXTENSIONS_MAX; i++) {
        if (next != PROTOCOL_ROUTING && next != PROTOCOL_HOP_BY_HOP && next != PROTOCOL_OPTIONS)
            return 0;
        *cut = stored < at + SRH_LIST;
        if (*cut || next == PROTOCOL_ROUTING)
            return at;
        next = h[at];
        at += 8 + 8u * h[at + 1];
    }
    return 0;
}

bool srv6_segments_left(const uint8_t *h, size_t stored)
{
    bool cut;
    uint32_t at = find_routing(h, stored, &cut);
    return at && (cut || h[at + SRH_LEFT]);
}

// What is behind all extension headers is not for this segment.
static enum fwd_drop refuse_upper(const uint8_t *h, size_t stored, uint32_t *fault)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    if (u.fragment)
        return FWD_DROP_FRAGMENT;
    if (u.protocol == PROTOCOL_ROUTING || u.protocol == PROTOCOL_OPTIONS ||
        u.protocol == PROTOCOL_HOP_BY_HOP)
        return FWD_DROP_TRUNCATED; // the chain goes on where nothing is stored
    *fault = SRV6_FAULT(ICMP6_SEGMENT_UPPER, u.at);
    return FWD_DROP_SEGMENT;
}

// The routing header at `at` has segments left, and not what it takes to go on by them.
static enum fwd_drop refuse_segments(const uint8_t *h, uint32_t at, uint32_t *fault)
{
    bool known = h[at + SRH_TYPE] == SRV6_ROUTING_TYPE;
    *fault = SRV6_FAULT(ICMP6_FIELD, at + (known ? SRH_LEFT : SRH_TYPE));
    return FWD_DROP_SEGMENT;
}

enum fwd_drop srv6_end(struct packet *p, uint32_t *fault)
{
    uint8_t *h = packet_data(p);
    bool cut;
    uint32_t at = find_routing(h, p->captured, &cut);
    if (!at)
        return refuse_upper(h, p->captured, fault);
    if (cut || p->captured < at + 8 + 8u * h[at + SRH_SIZE])
        return FWD_DROP_TRUNCATED;
    uint8_t *srh = h + at;
    if (srh[SRH_LEFT] == 0)
        return refuse_upper(h, p->captured, fault);
    // RFC 8986 §4.1 S09: the list is within the header, and the next segment within the list.
    int entries = srh[SRH_SIZE] / 2;
    if (srh[SRH_TYPE] != SRV6_ROUTING_TYPE || srh[SRH_LAST] >= entries ||
        srh[SRH_LEFT] > srh[SRH_LAST] + 1)
        return refuse_segments(h, at, fault);
    srh[SRH_LEFT]--;
    memcpy(h + IP6_DST, srh + SRH_LIST + (size_t)SEGMENT * srh[SRH_LEFT], SEGMENT);
    return FWD_DROP_NONE;
}

enum fwd_drop srv6_decapsulate(struct packet *p, bool v4, bool v6, uint32_t *fault)
{
    const uint8_t *h = packet_data(p);
    struct tunnel_outer o = tunnel_outer_of(h, p->captured);
    bool cut;
    if (o.fragment)
        return FWD_DROP_FRAGMENT;
    if (o.segments_left) {
        uint32_t at = find_routing(h, p->captured, &cut);
        return cut ? FWD_DROP_TRUNCATED : refuse_segments(h, at, fault);
    }
    if (v4 && o.protocol == PROTOCOL_IPIP)
        return endpoint_take_out(p, o.at, p->length, 4);
    if (v6 && o.protocol == PROTOCOL_IPV6)
        return endpoint_take_out(p, o.at, p->length, 6);
    return refuse_upper(h, p->captured, fault);
}
