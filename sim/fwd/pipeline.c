// SPDX-License-Identifier: GPL-3.0-or-later
// pipeline: the life of a packet in a node.
//
// Plain transit is one straight line in fwd_receive(). Everything else, a POP's and a gateway's
// work, walks from adjacency to adjacency in walk(): each step either ends it, pushes a header
// (FWD_TUNNEL_DEPTH times at most, and never towards the node itself) or pops one (of a packet that
// gets shorter by it), so it ends.
#include "fwd/node.h"
#include "fwd/tunnel.h"

struct walk {
    struct fwd_node *n;
    struct packet *p;
    int64_t now_ps;
    struct fwd_result *r;
    bool ttl_due; // a hop is still to be paid for by the outermost header's TTL if it goes out
    bool popped;  // came out of a tunnel that ended here
};

static void drop(struct fwd_node *n, enum fwd_drop reason, struct fwd_result *r)
{
    n->counters.dropped[reason]++;
    r->verdict = FWD_DROP;
    r->reason = reason;
    if (!r->reply) // nobody wants an error about what this node says itself
        icmp_error_for(reason, &r->icmp_type, &r->icmp_code);
}

static inline const struct adjacency *classify(const struct fwd_node *n, ip4_addr dst)
{
    if (fwd_unlikely(ip4_is_martian(dst)))
        return &n->adjacencies[ADJACENCY_ID_NONE];
    return &n->adjacencies[fib_lookup(&n->fib, dst)];
}

static const struct adjacency *classify_packet(struct walk *w)
{
    return classify(w->n, be32_get(packet_data(w->p) + IP4_DST));
}

// The TTL as the header that leaves demands; false when it ran out.
static bool pay_ttl(struct walk *w)
{
    uint8_t *h = packet_data(w->p);
    if (!w->ttl_due)
        return true;
    if (h[IP4_TTL] <= 1)
        return false;
    ip4_decrement_ttl(h);
    w->ttl_due = false;
    return true;
}

static const struct adjacency *stop(struct walk *w, enum fwd_drop reason)
{
    drop(w->n, reason, w->r);
    return NULL;
}

static void go_out(struct walk *w, const struct adjacency *a)
{
    if (!pay_ttl(w)) {
        stop(w, FWD_DROP_TTL);
        return;
    }
    w->r->verdict = FWD_OUT;
    w->r->out_if = adjacency_select(a, packet_data(w->p), w->p->captured, w->n->hash_seed);
    if (w->r->reply)
        w->n->counters.replies++;
    else
        w->n->counters.forwarded++;
}

// By now the TTL is paid, or not due; so the outer header, this node's own, keeps its TTL.
static const struct adjacency *push(struct walk *w, enum fwd_tunnel kind, ip4_addr to)
{
    enum fwd_drop bad = tunnel_push(w->p, kind, w->n->address, to);
    if (bad) {
        if (bad == FWD_DROP_MTU)
            w->r->mtu = (uint16_t)(IP4_LENGTH_MAX - tunnel_of_kind(kind)->overhead);
        return stop(w, bad);
    }
    w->n->counters.encapsulated++;
    return classify(w->n, to);
}

// A backend gateway remembers by which POP the flow of the packet at hand came. ICMP errors are no
// flow of their own.
static void learn(struct walk *w, ip4_addr pop)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    size_t quoted;
    if (!n->is_gateway || !fib_lookup(&n->backends, be32_get(h + IP4_DST)) ||
        icmp_quote(h, w->p->captured, &quoted))
        return;
    struct flowkey key = flowkey_of(h, w->p->captured);
    flowtab_learn(&n->flows, &key, pop, w->now_ps);
}

static const struct adjacency *eip_stage(struct walk *w, const struct adjacency *a)
{
    const struct binding *b = &w->n->eips.bindings[a->index];
    if (!w->p->entry) { // a gateway reached through another binding is not another entry
        w->p->service = b->service;
        w->p->entry = w->n->address;
    }
    if (b->gateway == w->n->address) {
        if (!w->popped)
            learn(w, w->n->address);
        return &w->n->adjacencies[fwd_node_route_under(w->n, b)];
    }
    if (!pay_ttl(w))
        return stop(w, FWD_DROP_TTL);
    return push(w, b->kind, b->gateway);
}

static const struct adjacency *tunnel_end(struct walk *w, enum fwd_tunnel kind)
{
    if (!w->n->accepts[kind])
        return stop(w, FWD_DROP_TUNNEL_BAD);
    ip4_addr from = be32_get(packet_data(w->p) + IP4_SRC);
    enum fwd_drop bad = tunnel_pop(w->p, kind);
    if (!bad) {
        w->n->counters.decapsulated++;
        bad = ip4_validate(w->p);
    }
    if (!bad && packet_data(w->p)[IP4_TTL] == 0)
        bad = FWD_DROP_TTL; // RFC 2003 §3.1
    if (bad)
        return stop(w, bad);
    w->ttl_due = true;
    w->popped = true;
    learn(w, from);
    return classify_packet(w);
}

// Replies of a backend's own hosts take the tunnel to the POP that their flow came by; all other
// packets of this node's hosts are just looked up.
static const struct adjacency *from_host(struct walk *w)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    uint16_t backend = n->is_gateway ? fib_lookup(&n->backends, be32_get(h + IP4_SRC)) : 0;
    if (!backend)
        return classify_packet(w);
    size_t quoted;
    const uint8_t *quote = icmp_quote(h, w->p->captured, &quoted);
    struct flowkey key =
        quote ? flowkey_of(quote, quoted) : flowkey_reverse(flowkey_of(h, w->p->captured));
    ip4_addr pop = flowtab_find(&n->flows, &key, w->now_ps);
    if (!pop)
        return stop(w, FWD_DROP_NO_FLOW);
    if (pop == n->address)
        return classify_packet(w);
    return push(w, (enum fwd_tunnel)(backend - 1), pop);
}

static const struct adjacency *local_stage(struct walk *w)
{
    const uint8_t *h = packet_data(w->p);
    if (be32_get(h + IP4_DST) == w->n->address) {
        enum fwd_tunnel kind = tunnel_of_protocol(h[IP4_PROTOCOL]);
        if (kind != FWD_TUNNEL_KINDS)
            return tunnel_end(w, kind);
    }
    if (!icmp_is_echo(w->p)) {
        w->n->counters.local++;
        w->r->verdict = FWD_LOCAL;
        return NULL;
    }
    if (!icmp_echo_intact(w->p))
        return stop(w, FWD_DROP_BAD_CHECKSUM);
    icmp_turn_echo(w->p);
    w->r->reply = true;
    w->ttl_due = false;
    return from_host(w);
}

static __attribute__((noinline)) void walk(struct walk *w, const struct adjacency *a)
{
    while (a) {
        switch (a->kind) {
        case ADJACENCY_FORWARD:
            go_out(w, a);
            return;
        case ADJACENCY_LOCAL:
            a = local_stage(w);
            break;
        case ADJACENCY_EIP:
            a = eip_stage(w, a);
            break;
        case ADJACENCY_BLACKHOLE:
            a = stop(w, FWD_DROP_BLACKHOLE);
            break;
        default:
            a = stop(w, FWD_DROP_NO_ROUTE);
            break;
        }
    }
}

// The tables count flows where they happen; the node's counters show them.
static void count_flows(struct fwd_node *n)
{
    n->counters.flows_created = n->flows.created;
    n->counters.flows_expired = n->flows.expired;
    n->counters.flows_evicted = n->flows.evicted;
}

void fwd_receive(struct fwd_node *n, struct packet *p, uint32_t in_if, int64_t now_ps,
                 struct fwd_result *r)
{
    (void)in_if;
    *r = (struct fwd_result){0};
    n->counters.received++;
    p->hops++;
    enum fwd_drop bad = ip4_validate(p);
    if (fwd_unlikely(bad != FWD_DROP_NONE)) {
        drop(n, bad, r);
        return;
    }
    uint8_t *h = packet_data(p);
    const struct adjacency *a = classify(n, be32_get(h + IP4_DST));
    if (fwd_likely(a->kind == ADJACENCY_FORWARD && h[IP4_TTL] > 1)) {
        ip4_decrement_ttl(h);
        r->verdict = FWD_OUT;
        r->out_if = adjacency_select(a, h, p->captured, n->hash_seed);
        n->counters.forwarded++;
        return;
    }
    walk(&(struct walk){.n = n, .p = p, .now_ps = now_ps, .r = r, .ttl_due = true}, a);
    count_flows(n);
}

void fwd_originate(struct fwd_node *n, struct packet *p, int64_t now_ps, struct fwd_result *r)
{
    *r = (struct fwd_result){0};
    n->counters.originated++;
    enum fwd_drop bad = ip4_validate(p);
    if (bad) {
        drop(n, bad, r);
        return;
    }
    struct walk w = {.n = n, .p = p, .now_ps = now_ps, .r = r};
    walk(&w, from_host(&w));
    count_flows(n);
}

void fwd_refuse(struct fwd_node *n, enum fwd_drop reason, struct fwd_result *r)
{
    FWD_ASSERT(r->verdict != FWD_DROP);
    if (r->verdict == FWD_LOCAL)
        n->counters.local--;
    else if (r->reply)
        n->counters.replies--;
    else
        n->counters.forwarded--;
    drop(n, reason, r);
}

// The packet that a host sent, below the headers that this node itself put around it: errors about
// a tunnel that could not even leave are for the sender (RFC 2003 §4.1). Only looks.
static struct packet below_own_tunnels(const struct fwd_node *n, const struct packet *p)
{
    struct packet view = *p;
    for (uint8_t level = p->depth; level; level--) {
        const uint8_t *h = packet_view(&view);
        enum fwd_tunnel kind = tunnel_of_protocol(h[IP4_PROTOCOL]);
        if (be32_get(h + IP4_SRC) != n->address || kind == FWD_TUNNEL_KINDS)
            break;
        size_t skip = tunnel_of_kind(kind)->overhead;
        if (view.captured < skip + IP4_HEADER)
            break;
        packet_pull(&view, (uint32_t)skip);
    }
    return view;
}

bool fwd_icmp_error(struct fwd_node *n, const struct packet *p, const struct fwd_result *r,
                    int64_t now_ps, struct packet *out)
{
    if (r->verdict != FWD_DROP || r->icmp_type == 0)
        return false;
    struct packet about = below_own_tunnels(n, p);
    const uint8_t *h = packet_view(&about);
    if (!ip4_readable(h, about.captured) || !icmp_may_report(h, about.captured))
        return false;
    if (!icmp_bucket_take(&n->icmp, now_ps))
        return false;
    bool by_host = r->icmp_type == ICMP_UNREACHABLE && r->icmp_code == ICMP_PORT;
    struct icmp_error e = {.src = by_host ? be32_get(h + IP4_DST) : n->address,
                           .type = r->icmp_type,
                           .code = r->icmp_code,
                           .mtu = r->mtu};
    icmp_build_error(out, &e, h, about.captured, about.length);
    n->counters.icmp_sent++;
    return true;
}
