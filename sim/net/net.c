// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/net.h"

#include "base/arena.h"
#include "base/rng.h"
#include "net/intact.h"

#include <stdlib.h>
#include <string.h>

struct net *net_new(struct sim *sim)
{
    struct net *n = xcalloc(1, sizeof *n);
    n->sim = sim;
    packet_pool_init(&n->pool);
    return n;
}

void net_free(struct net *n)
{
    if (!n)
        return;
    for (uint32_t i = 0; i < n->nnodes; i++) {
        fwd_node_free(n->nodes[i].fwd);
        free(n->nodes[i].ports);
    }
    for (uint32_t i = 0; i < n->nports; i++) {
        fluid_free(n->ports[i]->fluid);
        if (n->ports[i]->loss)
            gsl_rng_free(n->ports[i]->loss);
        qdisc_free(n->ports[i]->qdisc);
        impair_free(n->ports[i]->impair);
        wire_free(&n->ports[i]->wire);
        free(n->ports[i]);
    }
    free(n->nodes);
    free(n->ports);
    free(n->links);
    packet_pool_free(&n->pool);
    free(n);
}

uint32_t net_add_node(struct net *n, const char *name, struct fwd_node *fwd)
{
    n->nodes = xrealloc(n->nodes, (n->nnodes + 1) * sizeof *n->nodes);
    n->nodes[n->nnodes] = (struct net_node){.name = name, .fwd = fwd};
    return n->nnodes++;
}

// The first packet on the wire arrives at the far end.
static void arrival(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct port *p = (struct port *)self;
    int64_t now_ps = sim_now(sim);
    (void)arg; // the packet, but only as a hint to the queue: it may be gone
    // After a cut the event of a packet that is gone may still fire: nothing is due then.
    if (p->wire.count == 0 || wire_first(&p->wire)->arrives_ps > now_ps)
        return;
    struct packet *packet = wire_pop(&p->wire);
    if (p->wire.count) {
        const struct wire_item *next = wire_first(&p->wire);
        sim_at(sim, self, self, next->arrives_ps, SIM_PHASE_DATA,
               (uint64_t)(uintptr_t)next->packet);
    }
    net_arrive(p->net, p->to, p->index, packet);
}

// The name of a direction of a link, for its random streams: "a~b>".
static const char *port_name(const char *link, uint32_t from, uint32_t to, char name[256])
{
    size_t len = strlen(link);
    len = len < 256 - 2 ? len : 256 - 2;
    memcpy(name, link, len);
    name[len] = from < to ? '>' : '<';
    name[len + 1] = '\0';
    return name;
}

static uint32_t add_port(struct net *n, const char *link, const struct net_link_options *o,
                         const struct net_line_options *line, uint32_t from, uint32_t to)
{
    struct port *p = xaligned(sizeof *p);
    char name[256];
    port_name(link, from, to, name);
    memset(p, 0, sizeof *p);
    sim_entity(n->sim, &p->entity, arrival);
    p->net = n;
    p->index = n->nports;
    p->from = from;
    p->to = to;
    p->alive = true;
    p->delay_ps = line->delay_ps ? line->delay_ps : o->delay_ps;
    p->queue_ps = o->queue_ps;
    p->rate_bps = line->rate_bps ? line->rate_bps : o->rate_bps;
    p->limits = o->limits;
    p->least_bytes = o->least_bytes;
    p->byte_ps = 8 * PS_PER_S % p->rate_bps == 0 ? 8 * PS_PER_S / p->rate_bps : 0;
    struct fluid_options of = {.rate_bps = p->rate_bps,
                               .buffer_ps = o->queue_ps,
                               .background_ppm = o->background_ppm,
                               .burst_bytes = o->burst_bytes,
                               .shape = o->burst,
                               .discipline = line->qdisc};
    if (o->fluid)
        p->fluid = fluid_new(sim_seed(n->sim), name, &of);
    if (line->qdisc)
        port_discipline(p, name, line->qdisc);
    if (o->mtu)
        fwd_interface_set(n->nodes[from].fwd, n->nports, &(struct fwd_interface){.mtu = o->mtu});
    n->ports = xrealloc(n->ports, (n->nports + 1) * sizeof *n->ports);
    n->ports[n->nports] = p;
    struct net_node *node = &n->nodes[from];
    node->ports = xrealloc(node->ports, (node->nports + 1) * sizeof *node->ports);
    node->ports[node->nports++] = n->nports;
    return n->nports++;
}

uint32_t net_add_link(struct net *n, const char *name, const struct net_link_options *o)
{
    SIM_ASSERT(n->sim, o->a < n->nnodes && o->b < n->nnodes && o->a != o->b && o->rate_bps > 0);
    n->links = xrealloc(n->links, (n->nlinks + 1) * sizeof *n->links);
    struct net_link *l = &n->links[n->nlinks];
    *l = (struct net_link){.name = name};
    l->a_port = add_port(n, name, o, &o->forth, o->a, o->b);
    l->b_port = add_port(n, name, o, &o->back, o->b, o->a);
    n->nlinks++;
    for (int back = 0; back < 2; back++) {
        const struct impair_options *impair = back ? o->back.impair : o->forth.impair;
        if (impair)
            net_link_impair(n, n->nlinks - 1, back, impair);
    }
    return n->nlinks - 1;
}

void net_drop(struct net *n, uint32_t node, uint32_t port, struct packet *p, enum fwd_drop reason)
{
    n->dropped++;
    n->dropped_by[reason]++;
    if (port != UINT32_MAX)
        n->ports[port]->drops++;
    if (n->hooks.dropped)
        n->hooks.dropped(n->hooks.ctx, node, port, p, reason);
    packet_give(&n->pool, p);
}

// The ICMP error that the forwarding core asks for goes out as a packet of its own.
static void send_icmp(struct net *n, uint32_t node, const struct packet *p,
                      const struct fwd_result *about)
{
    struct packet *icmp = packet_take(&n->pool);
    if (!fwd_icmp_error(n->nodes[node].fwd, p, about, sim_now(n->sim), icmp)) {
        packet_give(&n->pool, icmp);
        return;
    }
    icmp->flow = NET_NO_FLOW;
    icmp->weight = 1;
    icmp->kind = 0;
    net_originate(n, node, icmp);
}

static void deliver(struct net *n, uint32_t node, struct packet *p)
{
    // Where lines damage packets, hosts look at the checksums that nobody checks on the way.
    if (__builtin_expect(n->damaging, 0) && !packet_intact(p)) {
        net_drop(n, node, UINT32_MAX, p, FWD_DROP_BAD_CHECKSUM);
        return;
    }
    n->delivered++;
    if (n->hooks.delivered)
        n->hooks.delivered(n->hooks.ctx, node, p);
    else
        packet_give(&n->pool, p);
}

static void act(struct net *n, uint32_t node, struct packet *p, const struct fwd_result *r,
                int64_t now_ps);

// Cuts a datagram. It ends here and its pieces begin: the first takes its place, the others count as
// sent.
static void cut(struct net *n, uint32_t node, struct packet *p, const struct fwd_result *whole,
                int64_t now_ps)
{
    struct fwd_result r;
    for (unsigned i = 0;; i++) {
        struct packet *piece = packet_take(&n->pool);
        if (!fwd_fragment(p, whole->mtu, i, piece)) {
            packet_give(&n->pool, piece);
            SIM_ASSERT(n->sim, i > 0); // FWD_FRAGMENT promises that it can be cut
            break;
        }
        n->sent += i > 0;
        fwd_resume(n->nodes[node].fwd, piece, whole, now_ps, &r);
        act(n, node, piece, &r, now_ps);
    }
    packet_give(&n->pool, p);
}

static void act(struct net *n, uint32_t node, struct packet *p, const struct fwd_result *r,
                int64_t now_ps)
{
    switch (r->verdict) {
    case FWD_OUT:
        SIM_ASSERT(n->sim, r->release_ps == 0); // no node here has a shaper
        if (__builtin_expect(n->nodes[node].tapped, 0))
            n->tap.seen(n->tap.ctx, node, r->out_if, p);
        port_send(n->ports[r->out_if], p, now_ps);
        return;
    case FWD_LOCAL:
        deliver(n, node, p);
        return;
    case FWD_DROP:
        if (r->icmp_type)
            send_icmp(n, node, p, r);
        net_drop(n, node, UINT32_MAX, p, r->reason);
        return;
    case FWD_FRAGMENT:
        cut(n, node, p, r, now_ps);
        return;
    }
}

void net_arrive(struct net *n, uint32_t node, uint32_t in_port, struct packet *p)
{
    struct net_node *at = &n->nodes[node];
    int64_t now_ps = sim_now(n->sim);
    struct fwd_result r;
    n->packet_hops++;
    if (__builtin_expect(at->downs, 0)) {
        net_drop(n, node, UINT32_MAX, p, FWD_DROP_NODE_DOWN);
        return;
    }
    if (__builtin_expect(at->tapped, 0))
        n->tap.seen(n->tap.ctx, node, in_port, p);
    if (__builtin_expect(p->kind & PACKET_TRACED, 0) && n->hooks.hop)
        n->hooks.hop(n->hooks.ctx, node, p);
    if (__builtin_expect(at->guard != NULL, 0)) {
        enum fwd_drop bad = at->guard->admit(at->guard->ctx, node, p);
        if (bad) {
            net_drop(n, node, UINT32_MAX, p, bad);
            return;
        }
    }
    fwd_receive(at->fwd, p, in_port, now_ps, &r);
    if (__builtin_expect(r.reply, 0)) { // an echo request ended here and its reply begins
        n->delivered++;
        n->sent++;
        if (n->hooks.replied)
            n->hooks.replied(n->hooks.ctx, node, p);
    }
    act(n, node, p, &r, now_ps);
}

void net_originate(struct net *n, uint32_t node, struct packet *p)
{
    struct net_node *at = &n->nodes[node];
    struct fwd_result r;
    n->sent++;
    if (at->downs) {
        net_drop(n, node, UINT32_MAX, p, FWD_DROP_NODE_DOWN);
        return;
    }
    if (__builtin_expect(p->kind & PACKET_TRACED, 0) && n->hooks.hop)
        n->hooks.hop(n->hooks.ctx, node, p);
    fwd_originate(at->fwd, p, sim_now(n->sim), &r);
    act(n, node, p, &r, sim_now(n->sim));
}

static void tell(struct net *n, uint32_t port)
{
    if (n->watch.changed)
        n->watch.changed(n->watch.ctx, port);
}

static void refresh(struct net *n, const struct net_link *l)
{
    struct port *a = n->ports[l->a_port], *b = n->ports[l->b_port];
    bool alive = l->cuts == 0 && n->nodes[a->from].downs == 0 && n->nodes[a->to].downs == 0;
    int64_t now_ps = sim_now(n->sim);
    if (alive == a->alive)
        return;
    if (alive) {
        a->alive = b->alive = true;
    } else {
        port_cut(a, now_ps);
        port_cut(b, now_ps);
    }
    tell(n, l->a_port);
    tell(n, l->b_port);
}

void net_link_loss(struct net *n, uint32_t link, uint32_t loss_ppm)
{
    const uint32_t ports[2] = {n->links[link].a_port, n->links[link].b_port};
    for (int end = 0; end < 2; end++) {
        struct port *p = n->ports[ports[end]];
        p->loss_ppm = loss_ppm;
        if (loss_ppm && !p->loss)
            p->loss = rng_stream(sim_seed(n->sim), n->links[link].name, end ? "loss b" : "loss a");
        port_refresh(p);
        tell(n, ports[end]);
    }
    n->lossy |= loss_ppm > 0;
}

void net_link_impair(struct net *n, uint32_t link, bool back, const struct impair_options *o)
{
    struct port *p = n->ports[back ? n->links[link].b_port : n->links[link].a_port];
    char name[256];
    port_impair(p, port_name(n->links[link].name, p->from, p->to, name), o);
    n->damaging |= o && o->corrupt > 0;
    n->lossy |= o && impair_loses(o);
    tell(n, p->index);
}

void net_link_cut(struct net *n, uint32_t link)
{
    n->links[link].cuts++;
    refresh(n, &n->links[link]);
}

void net_link_restore(struct net *n, uint32_t link)
{
    SIM_ASSERT(n->sim, n->links[link].cuts > 0);
    n->links[link].cuts--;
    refresh(n, &n->links[link]);
}

static void refresh_node(struct net *n, uint32_t node)
{
    for (uint32_t i = 0; i < n->nlinks; i++) {
        const struct port *a = n->ports[n->links[i].a_port];
        if (a->from == node || a->to == node)
            refresh(n, &n->links[i]);
    }
}

void net_node_down(struct net *n, uint32_t node)
{
    n->nodes[node].downs++;
    refresh_node(n, node);
}

void net_node_up(struct net *n, uint32_t node)
{
    SIM_ASSERT(n->sim, n->nodes[node].downs > 0);
    n->nodes[node].downs--;
    refresh_node(n, node);
}

void net_window(struct net *n, int64_t window_ps)
{
    for (uint32_t i = 0; i < n->nports; i++) {
        struct port *p = n->ports[i];
        if (p->fluid)
            fluid_window(p->fluid, p->window_bits - p->window_own_bits, p->window_own_bits,
                         window_ps, sim_now(n->sim));
        p->window_bits = p->window_own_bits = 0;
    }
}

static struct fluid *fluid_of(const struct net *n, uint32_t port)
{
    SIM_ASSERT(n->sim, port < n->nports && n->ports[port]->fluid);
    return n->ports[port]->fluid;
}

void net_port_demand(struct net *n, uint32_t port, int64_t bps)
{
    SIM_ASSERT(n->sim, bps >= 0);
    fluid_demand(fluid_of(n, port), bps, sim_now(n->sim));
}

void net_port_background(struct net *n, uint32_t port, int64_t ppm)
{
    SIM_ASSERT(n->sim, ppm >= 0);
    fluid_background(fluid_of(n, port), ppm, sim_now(n->sim));
}

struct fluid_fate net_port_fate(const struct net *n, uint32_t port)
{
    return fluid_fate_now(fluid_of(n, port), sim_now(n->sim));
}

struct fluid_fate net_port_fate_at(const struct net *n, uint32_t port, int64_t bps)
{
    return fluid_fate_with(fluid_of(n, port), bps);
}
