// SPDX-License-Identifier: GPL-3.0-or-later
// complaint: the ICMP error about a dropped packet, as fwd_icmp_error() sends it.
#include "fwd/node.h"
#include "fwd/peek.h"

// The packet that a host sent, below the headers that this node itself put around it: errors about
// a tunnel that could not even leave are for the sender (RFC 2003 §4.1).
static uint32_t below_own_tunnels(const struct fwd_node *n, const struct packet *p)
{
    uint32_t at = 0;
    for (uint8_t level = p->depth; level; level--) {
        const uint8_t *h = packet_view(p) + at;
        uint32_t stored = p->captured - at, inner;
        const struct tunnel *t = tunnel_of_quote(&n->tunnels, h, stored);
        if (!t || !peek_quoted_of(t, h, stored, &inner))
            break;
        at += inner;
    }
    return at;
}

// Of a tunnel's packet that this node cut: what is in it stands in the first piece.
static bool is_later_piece(const struct packet *p)
{
    return p->depth && tunnel_outer_of(packet_view(p), p->captured).later;
}

struct ip6_addr node_own_address(const struct fwd_node *n, struct ip6_addr to)
{
    const struct adjacency *a = &n->adjacencies[node_classify(n, to)];
    bool six = !ip6_is_ip4(to);
    if (a->kind == ADJACENCY_FORWARD) {
        uint32_t nexthops[FWD_MAX_ECMP];
        adjacency_nexthops(a, nexthops);
        const struct ports_interface *i =
            ports_interface(&n->ports, ports_of_nexthop(&n->ports, nexthops[0]));
        if (i && six && !ip6_is_zero(i->o.address6))
            return i->o.address6;
        if (i && !six && i->o.address)
            return ip6_from_ip4(i->o.address);
    }
    return six ? n->address6 : ip6_from_ip4(n->address);
}

static bool is_local(const void *who, ip4_addr a)
{
    const struct fwd_node *n = who;
    return n->adjacencies[node_classify(n, ip6_from_ip4(a))].kind == ADJACENCY_LOCAL;
}

// What fits into this node's own `pushed` bytes of tunnel headers, and never less than any link takes
// (RFC 791 §3.2, RFC 8200 §5).
static uint32_t mtu_inside(const struct fwd_result *r, uint32_t pushed, bool six)
{
    uint32_t least = six ? IP6_MTU_MIN : IP4_MTU_MIN;
    uint32_t left = r->mtu > pushed ? r->mtu - pushed : 0;
    return pushed && left < least ? least : left;
}

// What the error's second word tells.
static uint32_t info_of(const struct fwd_result *r, uint32_t pushed, bool six)
{
    switch (r->reason) {
    case FWD_DROP_MTU:
        return mtu_inside(r, pushed, six);
    case FWD_DROP_BAD_OPTION:
        return r->pointer;
    case FWD_DROP_SEGMENT:
        return r->detail & 0xffff;
    case FWD_DROP_NO_SERVICE: // ICMPv6 names the octet that it does not know
        return r->detail;
    default:
        return 0;
    }
}

bool fwd_icmp_error(struct fwd_node *n, const struct packet *p, const struct fwd_result *r,
                    int64_t now_ps, struct packet *out)
{
    if (r->verdict != FWD_DROP || r->icmp_type == 0 || is_later_piece(p))
        return false;
    uint32_t at = below_own_tunnels(n, p);
    const uint8_t *h = packet_view(p) + at;
    size_t stored = p->captured - at;
    bool six = ip6_readable(h, stored);
    uint8_t type = r->icmp_type, code = r->icmp_code;
    if (at && r->reason == FWD_DROP_SEGMENT) // its sender knows nothing of segments
        return false;
    if (at) // the tunnel may have been of the other family
        icmp_error_for(r->reason, six, r->detail, &type, &code);
    if (type == 0 || (!six && !ip4_readable(h, stored)) || !icmp_may_report(h, stored, type, code))
        return false;
    struct ip6_addr to = ip_source(h);
    struct ip6_addr own = node_own_address(n, to);
    struct option_here here = {.now_ps = now_ps, .is_local = is_local, .who = n};
    struct icmp_error e = {.type = type,
                           .code = code,
                           .src = own,
                           .info = info_of(r, at, six),
                           .id = node_next_id(n),
                           .limit = node_mtu_towards(n, node_classify(n, to), now_ps),
                           .here = six ? NULL : &here};
    struct ip6_addr asked = ip_destination(h);
    if (n->adjacencies[node_classify(n, asked)].kind == ADJACENCY_LOCAL)
        e.src = asked; // a host answers as who it was asked (RFC 1122 §3.2.2, RFC 4443 §2.2 (a))
    if (ip6_is_zero(e.src) || !icmp_bucket_take(&n->icmp, now_ps))
        return false;
    if (!icmp_build_error(out, &e, h, stored, p->length - at))
        return false;
    n->counters.icmp_sent++;
    return true;
}
