// SPDX-License-Identifier: GPL-3.0-or-later
// walk_tunnel: into tunnels, out of them, through segments, and what routers on the way complain of.
#include "fwd/walk.h"

#include "fwd/flowhash.h"
#include "fwd/fragment.h"
#include "fwd/peek.h"
#include "fwd/srv6.h"

static uint32_t hash_of(const struct walk *w)
{
    return flowhash(packet_data(w->p), w->p->captured, w->n->hash_seed, w->n->hash_outer);
}

// RFC 2473 §7.1, RFC 4213 §3.2.2: nobody may be asked to send IPv6 in less than 1280 bytes.
static bool has_to_fit(const struct walk *w)
{
    return walk_is_six(w) && w->p->length <= IP6_MTU_MIN;
}

bool walk_tunnel_refuses(struct walk *w, struct tunnel *t, struct ip6_addr far_end, bool early)
{
    w->cut_at = 0;
    if (w->ttl_due && walk_ttl(w) <= 1) {
        walk_stop(w, FWD_DROP_TTL);
        return true;
    }
    if (walk_leaves_its_link(w)) {
        walk_stop(w, FWD_DROP_SCOPE);
        return true;
    }
    uint32_t mtu = node_tunnel_mtu(w->n, t, far_end, w->now_ps);
    w->fits = early && w->p->length <= mtu ? t : NULL;
    if (w->p->length <= mtu)
        return false;
    if (has_to_fit(w)) {
        w->cut_at = t->ops->cuts ? mtu + t->overhead : 0;
        return false;
    }
    if (early && walk_can_be_cut(w, mtu))
        return false;
    t->counters.too_big++;
    walk_too_big(w, &w->n->adjacencies[t->adjacency], mtu, w->n->address);
    return true;
}

// The tunnel's own packet, just made, leaves in pieces, which its far end puts together.
static const struct adjacency *cut_outside(struct walk *w, struct tunnel *t,
                                           const struct adjacency *next)
{
    struct fwd_node *n = w->n;
    uint32_t mtu = w->cut_at;
    enum fwd_drop bad = fragment_allow(w->p, walk_is_six(w) ? ++n->fragment_id : node_next_id(n));
    t->counters.too_big++;
    if (!bad && !fragment_can(packet_data(w->p), w->p->captured, mtu))
        bad = FWD_DROP_MTU;
    w->r->mtu = mtu;
    return bad ? walk_stop(w, bad) : walk_cut(w, next, mtu);
}

const struct adjacency *walk_into_tunnel(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    struct tunnel *t = tunnel_at(&n->tunnels, a->index);
    struct ip6_addr far_end = ip6_is_zero(w->far_end) ? t->remote : w->far_end;
    if (w->fits != t && walk_tunnel_refuses(w, t, far_end, false))
        return NULL;
    w->fits = NULL;
    walk_settle_options(w, n->address);
    walk_pay_ttl(w);
    enum fwd_drop bad = tunnel_push(w->p, t, far_end, hash_of(w));
    if (bad == FWD_DROP_MTU)
        w->r->mtu = t->length_max - t->overhead;
    if (bad)
        return walk_stop(w, bad);
    n->counters.encapsulated++;
    w->far_end = (struct ip6_addr){0, 0};
    a = walk_lookup(w); // an SRv6 tunnel's first hop is a segment, not the far end
    bool leaves = a->kind == ADJACENCY_FORWARD || a->kind == ADJACENCY_TUNNEL;
    return w->cut_at && leaves ? cut_outside(w, t, a) : a;
}

// --- out

// A packet that came out of a tunnel, or of a segment that decapsulates.
static const struct adjacency *came_out(struct walk *w, struct ip6_addr from)
{
    w->n->counters.decapsulated++;
    w->ttl_due = true;
    w->popped = true;
    w->answered = false;
    if (!walk_admit(w))
        return NULL;
    if (walk_ttl(w) == 0)
        return walk_stop(w, FWD_DROP_TTL); // RFC 2003 §3.1
    if (!walk_learn(w, from))
        return NULL;
    return walk_meter_answer(w, walk_enter(w));
}

const struct adjacency *walk_out_of_tunnel(struct walk *w, struct endpoint *e)
{
    struct ip6_addr from = walk_source(w);
    if (++w->pops > FWD_TUNNEL_DEPTH)
        return walk_stop(w, FWD_DROP_TUNNEL_DEPTH);
    enum fwd_drop bad = endpoint_pop(w->p, e);
    return bad ? walk_stop(w, bad) : came_out(w, from);
}

const struct adjacency *walk_segment(struct walk *w, const struct adjacency *a)
{
    struct ip6_addr from = walk_source(w);
    enum fwd_sid sid = (enum fwd_sid)a->index;
    if (!walk_is_six(w))
        return walk_stop(w, FWD_DROP_TUNNEL_BAD);
    if (++w->pops > FWD_TUNNEL_DEPTH)
        return walk_stop(w, FWD_DROP_TUNNEL_DEPTH);
    enum fwd_drop bad;
    if (sid == FWD_SID_END)
        bad = srv6_end(w->p, &w->r->detail);
    else
        bad = srv6_decapsulate(w->p, sid != FWD_SID_END_DT6, sid != FWD_SID_END_DT4, &w->r->detail);
    if (bad)
        return walk_stop(w, bad);
    return sid == FWD_SID_END ? walk_lookup(w) : came_out(w, from);
}

// What a "too big" from a router on a tunnel's way says about the way.
static void learn_mtu(struct walk *w, struct tunnel *t, const uint8_t *h, const uint8_t *quote,
                      size_t quoted)
{
    if (walk_is_six(w)) {
        const uint8_t *icmp = h + ip6_upper_of(h, w->p->captured).at;
        if (icmp[ICMP_TYPE] == ICMP6_TOO_BIG)
            tunnel_learn_mtu(t, be32_get(icmp + ICMP6_INFO), w->now_ps);
        return;
    }
    const uint8_t *icmp = h + ip4_header_size(h);
    if (icmp[ICMP_TYPE] != ICMP_UNREACHABLE || icmp[ICMP_CODE] != ICMP_FRAGMENT)
        return;
    uint32_t mtu = be16_get(icmp + ICMP_MTU);
    if (mtu == 0 && quoted >= IP4_HEADER) // a router older than RFC 1191
        mtu = tunnel_plateau(be16_get(quote + IP4_LENGTH));
    tunnel_learn_mtu(t, mtu, w->now_ps);
}

const struct adjacency *walk_complaint(struct walk *w, bool *handled)
{
    struct fwd_node *n = w->n;
    size_t quoted;
    const uint8_t *h = packet_data(w->p);
    const uint8_t *quote = icmp_quote(h, w->p->captured, &quoted);
    uint32_t inner_at;
    *handled = false;
    if (!quote || !icmp_intact(w->p))
        return NULL;
    struct tunnel *t = tunnel_of_quote(&n->tunnels, quote, quoted);
    if (!t)
        return NULL;
    n->sized = true;
    learn_mtu(w, t, h, quote, quoted);
    if (!peek_quoted_of(t, quote, quoted, &inner_at))
        return NULL;
    const uint8_t *inner = quote + inner_at;
    struct ip6_addr sender = ip_source(inner);
    struct ip6_addr own = node_own_address(n, sender);
    uint32_t at = (uint32_t)(inner - h);
    if (ip6_is_zero(own) || !icmp_relay(w->p, at, t->overhead, own, node_next_id(n)))
        return NULL;
    *handled = true;
    w->r->reply = true;
    w->ttl_due = false;
    return walk_lookup(w);
}
