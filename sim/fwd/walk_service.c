// SPDX-License-Identifier: GPL-3.0-or-later
// walk_service: a POP's side of an EIP, its backend's side, and the answers that go between.
#include "fwd/walk.h"

#include "fwd/meter.h"
#include "fwd/peek.h"

// --- the POP's side of an EIP

static bool is_icmp_error(const struct walk *w)
{
    size_t quoted;
    return icmp_quote(packet_data(w->p), w->p->captured, &quoted) != NULL;
}

bool walk_learn(struct walk *w, struct ip6_addr pop)
{
    struct fwd_node *n = w->n;
    const struct backend *b = n->is_gateway ? backend_of(&n->backends, walk_destination(w)) : NULL;
    if (!b || is_icmp_error(w))
        return true;
    const uint8_t *h = packet_data(w->p);
    struct flowkey key, datagram;
    if (flowkey_read(h, w->p->captured, &key, &datagram) == FLOWKEY_LATER)
        return true; // its first one tells
    struct ip6_addr before;
    if (b->o.closing && !flowtab_peek(&n->flows, &key, w->now_ps, &before)) {
        walk_stop(w, FWD_DROP_CLOSING);
        return false;
    }
    flowtab_learn(&n->flows, &key, flowstate_flags(h, w->p->captured), pop, w->now_ps);
    return true;
}

// What cannot be translated is not charged to the meters, and what they drop makes no translation.
static enum fwd_drop meter_and_translate(struct walk *w, struct binding *b)
{
    struct meter_mark before;
    meter_remember(w, b, METER_IN, &before);
    enum fwd_drop bad = meter_pass(w, b, METER_IN);
    if (bad)
        return bad;
    bad = nat_outward(&w->n->nat, w->p, b->o.snat, w->now_ps);
    if (bad)
        meter_take_back(w, b, METER_IN, &before);
    else
        w->n->counters.translated++;
    return bad;
}

// FWD_NO_TUNNEL: none.
static uint32_t tunnel_of(const struct walk *w, const struct binding *b)
{
    if (!b->o.choice)
        return b->o.tunnel;
    return choice_tunnel(&w->n->choices[b->o.choice - 1], packet_data(w->p), w->p->captured);
}

const struct adjacency *walk_eip(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    struct binding *b = &n->eips.bindings[a->index];
    if (!w->p->entry) { // a gateway reached through another binding is not another entry
        w->p->service = b->o.service;
        w->p->entry = n->address;
    }
    if (b->o.refuse) {
        b->counters.dropped_in++;
        b->counters.refused++;
        return walk_stop(w, b->o.refuse);
    }
    uint32_t tunnel = tunnel_of(w, b);
    bool here = tunnel == FWD_NO_TUNNEL;
    a = walk_at(w, here ? node_route_under(n, b) : tunnel_at(&n->tunnels, tunnel)->adjacency);
    if (here && w->popped) // metered where it came in
        return a;
    if (walk_refuses(w, a))
        return NULL;
    enum fwd_drop bad =
        here || ip6_is_zero(b->o.snat) ? meter_pass(w, b, METER_IN) : meter_and_translate(w, b);
    if (bad)
        return walk_stop(w, bad);
    if (here && !walk_learn(w, ip6_from_ip4(n->address)))
        return NULL;
    return a;
}

const struct adjacency *walk_meter_answer(struct walk *w, const struct adjacency *a)
{
    bool may_be = a && w->n->eips.live && !w->answered;
    struct binding *b = may_be ? binding_of_source(&w->n->eips, walk_source(w)) : NULL;
    if (!b)
        return a;
    w->answered = true;
    if (walk_refuses(w, a))
        return NULL;
    enum fwd_drop bad = meter_pass(w, b, METER_OUT);
    return bad ? walk_stop(w, bad) : a;
}

// --- the backend's side

// The POP that the flow of an answer entered by; an ICMP error goes by the packet that it quotes, a
// later fragment where its first one went.
static enum fwd_drop pop_of_answer(struct walk *w, struct ip6_addr *pop)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    size_t stored = w->p->captured, quoted;
    struct flowkey key, datagram;
    const uint8_t *quote = icmp_quote(h, stored, &quoted);
    enum flowkey_part part =
        flowkey_read(quote ? quote : h, quote ? quoted : stored, &key, &datagram);
    if (quote)
        return flowtab_peek(&n->flows, &key, w->now_ps, pop) ? FWD_DROP_NONE : FWD_DROP_NO_FLOW;
    if (part == FLOWKEY_LATER) {
        const struct fragtab_note *note = fragtab_follow(&n->answers, &datagram, w->now_ps);
        *pop = note ? note->address : *pop;
        return note ? FWD_DROP_NONE : FWD_DROP_FRAGMENT;
    }
    key = flowkey_reverse(key);
    if (!flowtab_find(&n->flows, &key, flowstate_flags(h, stored), w->now_ps, pop))
        return FWD_DROP_NO_FLOW;
    if (part == FLOWKEY_FIRST)
        fragtab_note(&n->answers, &datagram, &(struct fragtab_note){.address = *pop}, w->now_ps);
    return FWD_DROP_NONE;
}

// The flow that a packet will be looked up by; false: none, as far as can be seen.
static bool flow_of(const struct packet *p, bool answer, struct flowkey *key)
{
    const uint8_t *h = packet_view(p);
    size_t stored = p->captured;
    struct flowkey datagram;
    uint32_t at = 0;
    bool inside = !answer && peek_quoted(h, stored, &at);
    if (!inside && !ip4_readable(h, stored) && !ip6_readable(h, stored))
        return false;
    if (flowkey_read(h + at, stored - at, key, &datagram) == FLOWKEY_LATER)
        return false;
    if (answer)
        *key = flowkey_reverse(*key);
    return true;
}

void walk_warm(const struct fwd_node *n, struct packet *const *p, unsigned count, bool answers)
{
    struct flowkey keys[FLOWTAB_WARM];
    unsigned known = 0;
    for (unsigned i = 0; i < count; i++)
        known += flow_of(p[i], answers, &keys[known]);
    flowtab_warm(&n->flows, keys, known);
}

const struct adjacency *walk_from_host(struct walk *w)
{
    struct fwd_node *n = w->n;
    const struct backend *b = backend_of(&n->backends, walk_source(w));
    if (!b)
        return walk_lookup(w);
    if (b->o.way == FWD_RETURN_INGRESS) {
        struct ip6_addr pop = {0, 0};
        enum fwd_drop bad = pop_of_answer(w, &pop);
        if (bad)
            return walk_stop(w, bad);
        if (!node_is_own(n, pop)) {
            uint32_t tunnel = b->o.tunnel;
            if (tunnel == FWD_NO_TUNNEL)
                tunnel = b->own_tunnels[ip6_is_ip4(pop)];
            if (tunnel == FWD_NO_TUNNEL) // segments lead to an IPv6 address only
                return walk_stop(w, FWD_DROP_TUNNEL_BAD);
            w->far_end = pop;
            return walk_at(w, tunnel_at(&n->tunnels, tunnel)->adjacency);
        }
    }
    bool direct = b->o.way == FWD_RETURN_DIRECT;
    return walk_meter_answer(w, direct ? walk_at(w, b->exit) : walk_lookup(w));
}

const struct adjacency *walk_from_servers(struct walk *w)
{
    if (walk_has_options(w) && !walk_enter(w))
        return NULL;
    return walk_from_host(w);
}

// --- a POP that translates

const struct adjacency *walk_home(struct walk *w)
{
    w->n->counters.translated++;
    w->translated = true; // once: a client may claim the POP's own address
    return walk_meter_answer(w, walk_lookup(w));
}
