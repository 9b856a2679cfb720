// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/walk.h"

#include "fwd/flowhash.h"
#include "fwd/headers6.h"
#include "fwd/meter.h"
#include "fwd/option.h"
#include "fwd/peek.h"
#include "fwd/srv6.h"

static bool is_six(const struct walk *w)
{
    return packet_data(w->p)[0] >> 4 == 6;
}

static struct ip6_addr source(const struct walk *w)
{
    return ip_source(packet_data(w->p));
}

static struct ip6_addr destination(const struct walk *w)
{
    return ip_destination(packet_data(w->p));
}

static bool is_own(const struct fwd_node *n, struct ip6_addr a)
{
    return ip6_is_ip4(a) ? ip6_to_ip4(a) == n->address : ip6_equal(a, n->address6);
}

void walk_drop(struct fwd_node *n, enum fwd_drop reason, bool six, struct fwd_result *r)
{
    n->counters.dropped[reason]++;
    r->verdict = FWD_DROP;
    r->reason = reason;
    if (!r->reply) // nobody wants an error about what this node says itself
        icmp_error_for(reason, six, r->detail, &r->icmp_type, &r->icmp_code);
}

const struct adjacency *walk_stop(struct walk *w, enum fwd_drop reason)
{
    walk_drop(w->n, reason, w->p->captured && is_six(w), w->r);
    return NULL;
}

static const struct adjacency *adjacency_at(const struct walk *w, uint16_t id)
{
    return &w->n->adjacencies[id];
}

const struct adjacency *walk_lookup(struct walk *w)
{
    return adjacency_at(w, node_classify(w->n, destination(w)));
}

static enum fwd_drop scrub(struct acl *acl, const struct packet *p, int64_t now_ps)
{
    struct acl_key key;
    if (!acl_key_of(packet_view(p), p->captured, &key))
        return FWD_DROP_ACL;
    switch (acl_match(acl, &key, p->length, now_ps)) {
    case ACL_PERMIT:
        return FWD_DROP_NONE;
    case ACL_LIMITED:
        return FWD_DROP_SCRUB;
    default:
        return FWD_DROP_ACL;
    }
}

bool walk_admit(struct walk *w)
{
    const uint8_t *h = packet_data(w->p);
    enum fwd_drop bad = w->p->captured && h[0] >> 4 == 6 ? ip6_validate(w->p) : ip4_validate(w->p);
    if (!bad &&
        (is_six(w) ? ip6_is_martian(ip6_get(h + IP6_SRC)) : ip4_is_martian(be32_get(h + IP4_SRC))))
        bad = FWD_DROP_BAD_SOURCE;
    if (!bad && w->n->acl) {
        bad = scrub(w->n->acl, w->p, w->now_ps);
    }
    if (bad)
        walk_stop(w, bad);
    return !bad;
}

// --- IPv4 options

static bool has_options(const struct walk *w)
{
    return !is_six(w) && ip4_header_size(packet_data(w->p)) > IP4_HEADER;
}

static bool is_local(const void *who, ip4_addr a)
{
    const struct fwd_node *n = who;
    return n->adjacencies[node_classify(n, ip6_from_ip4(a))].kind == ADJACENCY_LOCAL;
}

static enum fwd_drop receive_options(struct walk *w, const struct adjacency *a)
{
    uint8_t *h = packet_data(w->p);
    struct ip6_addr own =
        a->kind == ADJACENCY_LOCAL ? destination(w) : node_own_address(w->n, source(w));
    struct option_here here = {
        .address = ip6_to_ip4(own), .now_ps = w->now_ps, .is_local = is_local, .who = w->n};
    return option_receive(h, ip4_header_size(h), &here, &w->due, &w->r->pointer);
}

static void settle_options(struct walk *w, ip4_addr leaving)
{
    uint8_t *h = packet_data(w->p);
    if (has_options(w))
        option_forward(h, ip4_header_size(h), &w->due, leaving);
    w->due = (struct option_due){0};
}

static ip4_addr address_of_interface(const struct fwd_node *n, uint32_t out_if)
{
    const struct ports_interface *i = ports_interface(&n->ports, out_if);
    return i && i->o.address ? i->o.address : n->address;
}

const struct adjacency *walk_enter(struct walk *w)
{
    const struct adjacency *a = walk_lookup(w);
    enum fwd_drop bad = has_options(w) ? receive_options(w, a) : FWD_DROP_NONE;
    if (!bad)
        return a;
    w->r->detail = w->r->pointer;
    return walk_stop(w, bad);
}

static uint8_t ttl_of(const struct walk *w)
{
    return packet_data(w->p)[is_six(w) ? IP6_HOPS : IP4_TTL];
}

// The TTL as the header that leaves demands; false when it ran out.
static bool pay_ttl(struct walk *w)
{
    uint8_t *h = packet_data(w->p);
    if (!w->ttl_due)
        return true;
    if (ttl_of(w) <= 1)
        return false;
    if (is_six(w))
        h[IP6_HOPS]--;
    else
        ip4_decrement_ttl(h);
    w->ttl_due = false;
    return true;
}

// --- going out

static void count_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r)
{
    *(r->reply ? &n->counters.replies : &n->counters.forwarded) += 1;
    struct ports_interface *i = ports_interface(&n->ports, r->out_if);
    if (i) {
        i->counters.out_packets++;
        i->counters.out_bytes += p->length;
    }
    if (r->nexthop < n->ports.nnexthops) {
        n->ports.nexthops[r->nexthop].counters.packets++;
        n->ports.nexthops[r->nexthop].counters.bytes += p->length;
    }
}

void walk_uncount_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r)
{
    *(r->reply ? &n->counters.replies : &n->counters.forwarded) -= 1;
    struct ports_interface *i = ports_interface(&n->ports, r->out_if);
    if (i) {
        i->counters.out_packets--;
        i->counters.out_bytes -= p->length;
    }
    if (r->nexthop < n->ports.nnexthops) {
        n->ports.nexthops[r->nexthop].counters.packets--;
        n->ports.nexthops[r->nexthop].counters.bytes -= p->length;
    }
}

// Whether it may be cut into pieces that carry something.
static bool can_be_cut(const struct walk *w, uint32_t mtu)
{
    const uint8_t *h = packet_data(w->p);
    return !is_six(w) && !(be16_get(h + IP4_FRAGMENT) & IP4_DONT_FRAGMENT) &&
           mtu >= ip4_header_size(h) + IP4_PIECE_UNIT;
}

// Too big for what comes next: to be cut where that is allowed, else dropped.
static const struct adjacency *too_big(struct walk *w, const struct adjacency *a, uint32_t mtu,
                                       ip4_addr leaving)
{
    w->r->mtu = is_six(w) && mtu < IP6_MTU_MIN ? IP6_MTU_MIN : mtu;
    if (!can_be_cut(w, mtu))
        return walk_stop(w, FWD_DROP_MTU);
    settle_options(w, leaving);
    w->n->counters.cut++;
    w->r->verdict = FWD_FRAGMENT;
    w->r->resume.adjacency = (uint16_t)(a - w->n->adjacencies);
    w->r->resume.ttl_due = w->ttl_due;
    w->r->resume.far_end = w->far_end;
    return NULL;
}

static bool leaves_its_link(const struct walk *w)
{
    return is_six(w) && w->ttl_due &&
           (ip6_is_link_local(source(w)) || ip6_is_link_local(destination(w)));
}

static const struct adjacency *forward_stage(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    uint32_t nexthop = adjacency_nexthop(a, h, w->p->captured, n->hash_seed, n->hash_outer);
    uint32_t out_if = ports_of_nexthop(&n->ports, nexthop);
    if (w->ttl_due && ttl_of(w) <= 1)
        return walk_stop(w, FWD_DROP_TTL);
    if (leaves_its_link(w))
        return walk_stop(w, FWD_DROP_SCOPE);
    uint32_t mtu = ports_mtu(&n->ports, out_if);
    if (w->p->length > mtu)
        return too_big(w, a, mtu, address_of_interface(n, out_if));
    settle_options(w, address_of_interface(n, out_if));
    pay_ttl(w);
    w->r->verdict = FWD_OUT;
    w->r->nexthop = nexthop;
    w->r->out_if = out_if;
    count_out(n, w->p, w->r);
    return NULL;
}

static uint32_t hash_of(const struct walk *w)
{
    return flowhash(packet_data(w->p), w->p->captured, w->n->hash_seed, w->n->hash_outer);
}

// What may not go into the tunnel, or not in one piece; true: its way ends here. Asked `early`,
// before a packet is translated, so that the error that is due quotes what the client sent; what
// may be cut is let through then, to be asked again.
static bool tunnel_refuses(struct walk *w, struct tunnel *t, struct ip6_addr far_end, bool early)
{
    if (w->ttl_due && ttl_of(w) <= 1) {
        walk_stop(w, FWD_DROP_TTL);
        return true;
    }
    if (leaves_its_link(w)) {
        walk_stop(w, FWD_DROP_SCOPE);
        return true;
    }
    uint32_t mtu = node_tunnel_mtu(w->n, t, far_end, w->now_ps);
    if (w->p->length <= mtu || (is_six(w) && w->p->length <= IP6_MTU_MIN) ||
        (early && can_be_cut(w, mtu)))
        return false;
    t->counters.too_big++;
    too_big(w, &w->n->adjacencies[t->adjacency], mtu, w->n->address);
    return true;
}

static const struct adjacency *tunnel_stage(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    struct tunnel *t = tunnel_at(&n->tunnels, a->index);
    struct ip6_addr far_end = ip6_is_zero(w->far_end) ? t->remote : w->far_end;
    if (tunnel_refuses(w, t, far_end, false))
        return NULL;
    settle_options(w, n->address);
    pay_ttl(w);
    enum fwd_drop bad = tunnel_push(w->p, t, far_end, hash_of(w));
    if (bad == FWD_DROP_MTU)
        w->r->mtu = t->length_max - t->overhead;
    if (bad)
        return walk_stop(w, bad);
    n->counters.encapsulated++;
    w->far_end = (struct ip6_addr){0, 0};
    return walk_lookup(w); // an SRv6 tunnel's first hop is a segment, not the far end
}

// --- the POP's side of an EIP

static bool is_icmp_error(const struct walk *w)
{
    size_t quoted;
    return icmp_quote(packet_data(w->p), w->p->captured, &quoted) != NULL;
}

// A backend gateway remembers by which POP the flow of the packet at hand came. ICMP errors are no
// flow of their own.
static void learn(struct walk *w, struct ip6_addr pop)
{
    struct fwd_node *n = w->n;
    if (!n->is_gateway || !backend_of(&n->backends, destination(w)) || is_icmp_error(w))
        return;
    const uint8_t *h = packet_data(w->p);
    struct flowkey key = flowkey_of(h, w->p->captured);
    flowtab_learn(&n->flows, &key, flowstate_flags(h, w->p->captured), pop, w->now_ps);
}

static const struct adjacency *eip_stage(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    struct binding *b = &n->eips.bindings[a->index];
    if (!w->p->entry) { // a gateway reached through another binding is not another entry
        w->p->service = b->o.service;
        w->p->entry = n->address;
    }
    bool here = b->o.tunnel == FWD_NO_TUNNEL, translate = !here && !ip6_is_zero(b->o.snat);
    struct tunnel *t = here ? NULL : tunnel_at(&n->tunnels, b->o.tunnel);
    if (translate && tunnel_refuses(w, t, t->remote, true))
        return NULL;
    enum fwd_drop bad = w->popped && here ? FWD_DROP_NONE : meter_pass(w, b, METER_IN);
    if (!bad && translate) {
        bad = nat_outward(&n->nat, w->p, b->o.snat, w->now_ps);
        if (bad)
            meter_take_back(w, b, METER_IN);
        else
            n->counters.translated++;
    }
    if (bad)
        return walk_stop(w, bad);
    if (!here)
        return adjacency_at(w, t->adjacency);
    if (!w->popped)
        learn(w, ip6_from_ip4(n->address));
    return adjacency_at(w, node_route_under(n, b));
}

// A packet from an EIP that is about to leave here for a client: once, though one that is translated
// may have come out of a tunnel before.
static bool meter_answer(struct walk *w)
{
    bool may_be = w->n->eips.live && !w->answered;
    struct binding *b = may_be ? binding_of_source(&w->n->eips, source(w)) : NULL;
    w->answered = b != NULL || w->answered;
    enum fwd_drop bad = b ? meter_pass(w, b, METER_OUT) : FWD_DROP_NONE;
    if (bad)
        walk_stop(w, bad);
    return !bad;
}

// --- the backend's side

// The POP that the flow of an answer entered by; an ICMP error goes by the packet that it quotes.
static bool pop_of_answer(struct walk *w, struct ip6_addr *pop)
{
    const uint8_t *h = packet_data(w->p);
    size_t stored = w->p->captured, quoted;
    const uint8_t *quote = icmp_quote(h, stored, &quoted);
    struct flowkey key = quote ? flowkey_of(quote, quoted) : flowkey_reverse(flowkey_of(h, stored));
    if (quote)
        return flowtab_peek(&w->n->flows, &key, w->now_ps, pop);
    return flowtab_find(&w->n->flows, &key, flowstate_flags(h, stored), w->now_ps, pop);
}

const struct adjacency *walk_from_host(struct walk *w)
{
    struct fwd_node *n = w->n;
    const struct backend *b = backend_of(&n->backends, source(w));
    if (!b)
        return walk_lookup(w);
    if (b->o.way == FWD_RETURN_INGRESS) {
        struct ip6_addr pop;
        if (!pop_of_answer(w, &pop))
            return walk_stop(w, FWD_DROP_NO_FLOW);
        if (!is_own(n, pop)) {
            uint32_t tunnel = b->o.tunnel;
            if (tunnel == FWD_NO_TUNNEL)
                tunnel = b->own_tunnels[ip6_is_ip4(pop)];
            if (tunnel == FWD_NO_TUNNEL) // segments lead to an IPv6 address only
                return walk_stop(w, FWD_DROP_TUNNEL_BAD);
            w->far_end = pop;
            return adjacency_at(w, tunnel_at(&n->tunnels, tunnel)->adjacency);
        }
    }
    if (!meter_answer(w))
        return NULL;
    return b->o.way == FWD_RETURN_DIRECT ? adjacency_at(w, b->exit) : walk_lookup(w);
}

const struct adjacency *walk_from_servers(struct walk *w)
{
    if (has_options(w) && !walk_enter(w))
        return NULL;
    return walk_from_host(w);
}

// --- what ends here

// A packet that came out of a tunnel, or of a segment that decapsulates.
static const struct adjacency *came_out(struct walk *w, struct ip6_addr from)
{
    w->n->counters.decapsulated++;
    w->ttl_due = true;
    w->popped = true;
    w->answered = false;
    if (!walk_admit(w))
        return NULL;
    if (ttl_of(w) == 0)
        return walk_stop(w, FWD_DROP_TTL); // RFC 2003 §3.1
    learn(w, from);
    return meter_answer(w) ? walk_enter(w) : NULL;
}

static const struct adjacency *tunnel_end(struct walk *w, struct endpoint *e)
{
    struct ip6_addr from = source(w);
    if (++w->pops > FWD_TUNNEL_DEPTH)
        return walk_stop(w, FWD_DROP_TUNNEL_DEPTH);
    enum fwd_drop bad = endpoint_pop(w->p, e);
    return bad ? walk_stop(w, bad) : came_out(w, from);
}

static const struct adjacency *sid_stage(struct walk *w, const struct adjacency *a)
{
    struct ip6_addr from = source(w);
    enum fwd_sid sid = (enum fwd_sid)a->index;
    if (!is_six(w))
        return walk_stop(w, FWD_DROP_TUNNEL_BAD);
    if (++w->pops > FWD_TUNNEL_DEPTH)
        return walk_stop(w, FWD_DROP_TUNNEL_DEPTH);
    if (sid == FWD_SID_END) {
        enum fwd_drop bad = srv6_end(w->p);
        return bad ? walk_stop(w, bad) : walk_lookup(w);
    }
    enum fwd_drop bad = srv6_decapsulate(w->p, sid != FWD_SID_END_DT6, sid != FWD_SID_END_DT4);
    return bad ? walk_stop(w, bad) : came_out(w, from);
}

// What a "too big" from a router on a tunnel's way says about the way.
static void learn_mtu(struct walk *w, struct tunnel *t, const uint8_t *h, const uint8_t *quote,
                      size_t quoted)
{
    if (is_six(w)) {
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

// A router on a tunnel's way complains to this node, where the tunnel begins: its MTU is lowered,
// and the sender of what was in the tunnel is told, if the complaint quotes enough of it.
static const struct adjacency *tunnel_complaint(struct walk *w, bool *handled)
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

static const struct adjacency *answer_echo(struct walk *w)
{
    struct option_here here = {.now_ps = w->now_ps, .is_local = is_local, .who = w->n};
    if (!icmp_intact(w->p))
        return walk_stop(w, FWD_DROP_BAD_CHECKSUM);
    if (!icmp_turn_echo(w->p, node_next_id(w->n), has_options(w) ? &here : NULL))
        return walk_stop(w, FWD_DROP_BAD_OPTION);
    w->r->reply = true;
    w->ttl_due = false;
    w->answered = false;
    return walk_from_host(w);
}

// The answer to a translated packet is for the client that the translation stands for.
static const struct adjacency *translated_home(struct walk *w)
{
    w->n->counters.translated++;
    w->translated = true; // once: a client may claim the POP's own address
    return meter_answer(w) ? walk_lookup(w) : NULL;
}

static const struct adjacency *local_stage(struct walk *w)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    settle_options(w, 0);
    if (n->translates && !w->translated && nat_owns(&n->nat, destination(w))) {
        enum fwd_drop bad = nat_homeward(&n->nat, w->p, w->now_ps);
        if (!bad)
            return translated_home(w);
        if (bad != FWD_DROP_NO_FLOW || !is_own(n, destination(w)))
            return walk_stop(w, bad);
    }
    bool tunnelled, handled;
    struct endpoint *e = endpoint_match(&n->endpoints, h, w->p->captured, &tunnelled);
    if (e)
        return tunnel_end(w, e);
    if (tunnelled && is_own(n, destination(w)))
        return walk_stop(w, FWD_DROP_TUNNEL_BAD);
    const struct adjacency *next = tunnel_complaint(w, &handled);
    if (handled)
        return next;
    if (icmp_is_echo(w->p))
        return answer_echo(w);
    n->counters.local++;
    w->r->verdict = FWD_LOCAL;
    return NULL;
}

static const struct adjacency *reject_stage(struct walk *w, const struct adjacency *a)
{
    w->r->detail = a->index;
    return walk_stop(w, FWD_DROP_REJECT);
}

void walk_on(struct walk *w, const struct adjacency *a)
{
    while (a) {
        switch (a->kind) {
        case ADJACENCY_FORWARD:
            a = forward_stage(w, a);
            break;
        case ADJACENCY_LOCAL:
            a = local_stage(w);
            break;
        case ADJACENCY_EIP:
            a = eip_stage(w, a);
            break;
        case ADJACENCY_TUNNEL:
            a = tunnel_stage(w, a);
            break;
        case ADJACENCY_SID:
            a = sid_stage(w, a);
            break;
        case ADJACENCY_BLACKHOLE:
            a = walk_stop(w, FWD_DROP_BLACKHOLE);
            break;
        case ADJACENCY_REJECT:
            a = reject_stage(w, a);
            break;
        default:
            a = walk_stop(w, FWD_DROP_NO_ROUTE);
            break;
        }
    }
}
