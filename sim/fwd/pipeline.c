// SPDX-License-Identifier: GPL-3.0-or-later
// pipeline: a packet comes in. Plain transit, which is nearly all of the work, is one straight line
// here; everything else walks (walk.h).
#include "fwd/headers6.h"
#include "fwd/walk.h"

static inline void begin(struct fwd_result *r, uint32_t in_if)
{
    r->verdict = FWD_DROP;
    r->nexthop = r->out_if = 0;
    r->reason = FWD_DROP_NONE;
    r->reply = false;
    r->icmp_type = r->icmp_code = r->pointer = 0;
    r->detail = 0;
    r->mtu = 0;
    r->in_if = in_if;
    r->release_ps = 0;
}

// The tables count where it happens; the node's counters show it.
static void count_flows(struct fwd_node *n)
{
    struct fwd_counters *c = &n->counters;
    if (n->is_gateway) {
        c->flows_created = n->flows.lru.created;
        c->flows_expired = n->flows.lru.expired;
        c->flows_evicted = n->flows.lru.evicted;
    }
    if (n->translates) {
        c->nat_created = n->nat.lru.created;
        c->nat_expired = n->nat.lru.expired;
        c->nat_evicted = n->nat.lru.evicted;
        c->nat_refused = n->nat.counters.refused;
    }
    if (n->is_gateway || n->translates) { // of a table that is not there they are 0
        c->fragments_followed = n->answers.followed + n->nat.fragments.followed;
        c->fragments_evicted = n->answers.evicted + n->nat.fragments.evicted;
    }
}

// The sender's interface is charged with what it sent and what became of it.
static void count_in(struct fwd_node *n, uint32_t in_if, uint32_t length,
                     const struct fwd_result *r)
{
    struct ports_interface *i = ports_interface(&n->ports, in_if);
    if (!i)
        return;
    i->counters.in_packets++;
    i->counters.in_bytes += length;
    i->counters.in_dropped += r->verdict == FWD_DROP;
}

static inline bool is_answers(const struct fwd_node *n, uint32_t in_if)
{
    const struct ports_interface *i = ports_interface(&n->ports, in_if);
    return n->features & NODE_SERVERS && i && i->o.servers;
}

static __attribute__((noinline)) void receive_slowly(struct fwd_node *n, struct packet *p,
                                                     uint32_t in_if, int64_t now_ps,
                                                     struct fwd_result *r)
{
    uint32_t length = p->length;
    struct walk w = {.n = n, .p = p, .now_ps = now_ps, .r = r, .ttl_due = true};
    if (walk_admit(&w))
        walk_on(&w, is_answers(n, in_if) ? walk_from_servers(&w) : walk_enter(&w));
    count_flows(n);
    count_in(n, in_if, length, r);
}

// Whether the packet may go the straight way, where it leads then being *dst: an IPv4 header
// without options that is sound, at a node that does no more than forward.
static inline bool is_plain(const struct fwd_node *n, struct packet *p, ip4_addr *dst)
{
    const uint8_t *h = packet_data(p);
    if (fwd_unlikely(n->features || p->captured < IP4_HEADER || h[0] != IP4_PLAIN))
        return false;
    *dst = be32_get(h + IP4_DST);
    ip4_addr src = be32_get(h + IP4_SRC);
    return ip4_validate(p) == FWD_DROP_NONE && h[IP4_TTL] > 1 && !ip4_is_martian(*dst) &&
           !ip4_is_martian(src) && src != n->address && !ip4_is_link_local(*dst) &&
           !ip4_is_link_local(src);
}

static inline void forward_plainly(struct fwd_node *n, struct packet *p, const struct adjacency *a,
                                   struct fwd_result *r)
{
    uint8_t *h = packet_data(p);
    ip4_decrement_ttl(h);
    r->verdict = FWD_OUT;
    r->nexthop = r->out_if = adjacency_nexthop(a, h, p->captured, n->hash_seed, n->hash_outer);
    n->counters.forwarded++;
}

void fwd_receive(struct fwd_node *n, struct packet *p, uint32_t in_if, int64_t now_ps,
                 struct fwd_result *r)
{
    begin(r, in_if);
    n->counters.received++;
    p->hops++;
    ip4_addr dst;
    if (fwd_likely(is_plain(n, p, &dst))) {
        const struct adjacency *a = &n->adjacencies[fib_lookup(&n->fib4, dst)];
        if (fwd_likely(a->kind == ADJACENCY_FORWARD)) {
            forward_plainly(n, p, a, r);
            return;
        }
    }
    receive_slowly(n, p, in_if, now_ps, r);
}

// Below so many flows their memory is in the second-level cache, and fetching it costs more than it
// saves (make bench: "gateway").
#define WARM_FLOWS 2048u

// In three passes, so that the headers, then the FIB, then the adjacencies of many packets are
// fetched side by side.
unsigned fwd_receive_batch(struct fwd_node *n, struct packet *const *p, unsigned count,
                           uint32_t in_if, int64_t now_ps, struct fwd_result *r)
{
    FWD_ASSERT(count <= FWD_BATCH);
    ip4_addr dst[FWD_BATCH] = {0};
    uint16_t id[FWD_BATCH];
    bool plain[FWD_BATCH];
    for (unsigned i = 0; i < count; i++) {
        __builtin_prefetch(p[i], 1);
        __builtin_prefetch(p[i]->bytes + PACKET_HEADROOM, 1);
    }
    if (fwd_unlikely(n->is_gateway && n->flows.lru.count > WARM_FLOWS))
        walk_warm(n, p, count, is_answers(n, in_if));
    for (unsigned i = 0; i < count; i++) {
        begin(&r[i], in_if);
        plain[i] = is_plain(n, p[i], &dst[i]);
    }
    fib_lookup_bulk(&n->fib4, dst, id, count);
    for (unsigned i = 0; i < count; i++) // a tunnel's header will go into the line before
        if (n->adjacencies[id[i]].kind != ADJACENCY_FORWARD)
            __builtin_prefetch(p[i]->bytes + PACKET_HEADROOM - 1, 1);
    for (unsigned i = 0; i < count; i++) {
        const struct adjacency *a = &n->adjacencies[id[i]];
        n->counters.received++;
        p[i]->hops++;
        if (fwd_likely(plain[i] && a->kind == ADJACENCY_FORWARD)) {
            forward_plainly(n, p[i], a, &r[i]);
            continue;
        }
        receive_slowly(n, p[i], in_if, now_ps, &r[i]);
        if (fwd_unlikely(r[i].verdict == FWD_FRAGMENT))
            return i + 1;
    }
    return count;
}

void fwd_originate(struct fwd_node *n, struct packet *p, int64_t now_ps, struct fwd_result *r)
{
    begin(r, FWD_NO_INTERFACE);
    n->counters.originated++;
    struct walk w = {.n = n, .p = p, .now_ps = now_ps, .r = r};
    enum fwd_drop bad =
        p->captured && packet_data(p)[0] >> 4 == 6 ? ip6_validate(p) : ip4_validate(p);
    if (bad)
        walk_stop(&w, bad);
    else
        walk_on(&w, walk_from_host(&w));
    count_flows(n);
}

void fwd_resume(struct fwd_node *n, struct packet *piece, const struct fwd_result *whole,
                int64_t now_ps, struct fwd_result *r)
{
    FWD_ASSERT(whole->verdict == FWD_FRAGMENT);
    begin(r, whole->in_if);
    r->reply = whole->reply;
    r->release_ps = whole->release_ps;
    n->counters.pieces++;
    struct walk w = {.n = n,
                     .p = piece,
                     .now_ps = now_ps,
                     .r = r,
                     .far_end = whole->resume.far_end,
                     .ttl_due = whole->resume.ttl_due};
    walk_on(&w, &n->adjacencies[whole->resume.adjacency]);
}

void fwd_refuse(struct fwd_node *n, const struct packet *p, enum fwd_drop reason,
                struct fwd_result *r)
{
    FWD_ASSERT(r->verdict == FWD_LOCAL || r->verdict == FWD_OUT);
    if (r->verdict == FWD_LOCAL)
        n->counters.local--;
    else
        walk_uncount_out(n, p, r);
    bool six = packet_view(p)[0] >> 4 == 6;
    walk_drop(n, reason, six, r);
    if (reason == FWD_DROP_NO_SERVICE && !r->reply)
        r->detail = icmp_unheard(packet_view(p), p->captured, &r->icmp_type, &r->icmp_code);
}
