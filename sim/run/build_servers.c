// SPDX-License-Identifier: GPL-3.0-or-later
// Servers behind gateways: hosts, their lines, and what the gateways and POPs are told at the start.
#include "run/backends.h"
#include "anycast/backend.h"
#include "run/site.h"

#include <stdlib.h>

#define SERVER_QUEUE_PS (20 * PS_PER_MS) // buffer of a server's line

static enum fwd_tunnel tunnel_of(const struct service *s)
{
    return s->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP;
}

static struct prefix host_prefix(ip4_addr a)
{
    return (struct prefix){a, 32};
}

// The host's address is known to its gateway, and to the routers of a site that has no router of its own
// as gateway.
static void make_known(struct world *w, const struct backend_group *g, const struct backend_host *h)
{
    const struct net_node *gateway = &w->net->nodes[g->gateway];
    if (g->router != CONTROL_NO_ROUTER) {
        control_static(w->control, g->router, host_prefix(h->address), h->port);
        return;
    }
    fwd_route_set(gateway->fwd, host_prefix(h->address), FWD_ACT_FORWARD,
                  fwd_group(gateway->fwd, &h->port, 1));
    for (uint32_t i = 0; i < gateway->nports; i++) {
        uint32_t router = w->nodes[w->net->ports[gateway->ports[i]]->to].router;
        if (router != CONTROL_NO_ROUTER)
            control_static(w->control, router, host_prefix(h->address), gateway->ports[i] ^ 1u);
    }
}

// A host of its own behind the gateway, which answers for the service.
static void add_host(struct backends_run *b, struct backend_group *g, int k,
                     const struct server_options *is, ip4_addr entry)
{
    struct world *w = b->world;
    struct backend_host *h = &g->hosts[k];
    char *name = arena_printf(&w->arena, "%s-%s-%d", g->name, b->is->name, k + 1);
    struct fwd_options fwd = {.address = world_host_address(w)};
    struct world_node node_is = {.network = w->nodes[g->gateway].network,
                                 .city = w->nodes[g->gateway].city,
                                 .pop = g->pop,
                                 .router = CONTROL_NO_ROUTER};
    struct world_link link_is = site_link_is(w, g->pop);
    uint32_t node = world_add_node(w, name, &fwd, &node_is);
    struct net_link_options line = site_link(w, site_router(w, g->pop, 0), node);
    line.a = g->gateway;
    if (is->rate_bps) {
        line.rate_bps = is->rate_bps;
        line.queue_ps = SERVER_QUEUE_PS;
        line.fluid = true;
    }
    uint32_t link = world_add_link(w, &line, &link_is);
    const struct net_link *l = &w->net->links[link];
    struct fwd_node *core = w->net->nodes[node].fwd;
    *h = (struct backend_host){.name = name,
                               .node = node,
                               .address = fwd.address,
                               .port = l->a_port,
                               .weight = (uint32_t)is->weight,
                               .truth = {.node = node, .since_ps = TIME_NEVER}};
    fwd_route_set(core, host_prefix(h->address), FWD_ACT_LOCAL, 0);
    fwd_route_set(core, host_prefix(w->services[b->service].address), FWD_ACT_LOCAL, 0);
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD, fwd_group(core, &l->b_port, 1));
    fwd_interface_set(w->net->nodes[g->gateway].fwd, l->b_port,
                      &(struct fwd_interface){.servers = g->router != CONTROL_NO_ROUTER});
    make_known(w, g, h);
    traffic_add_server(w->traffic, node, entry);
    traffic_limit_server(w->traffic, node,
                         &(struct traffic_capacity){.name = name,
                                                    .requests_uhz = is->requests_uhz,
                                                    .service_ps = is->service_ps,
                                                    .queue = is->queue});
}

// The gateway's own host answers.
static void use_gateway(struct backends_run *b, struct backend_group *g)
{
    const struct world *w = b->world;
    g->hosts[0] = (struct backend_host){.name = w->net->nodes[g->gateway].name,
                                        .node = g->gateway,
                                        .address = fwd_address(w->net->nodes[g->gateway].fwd),
                                        .port = BACKENDS_AT_ITSELF,
                                        .weight = 1,
                                        .truth = {.node = g->gateway, .since_ps = TIME_NEVER}};
}

static void add_servers(struct backends_run *b, struct backend_group *g, const struct region *r)
{
    struct world *w = b->world;
    ip4_addr entry =
        g->router == CONTROL_NO_ROUTER ? site_loopback(w, site_router(w, g->pop, 0)) : 0;
    g->name = site_pop(w, g->pop)->name;
    g->gateway_name = arena_printf(&w->arena, "%s gateway", g->name);
    g->n = r ? r->nservers : 1;
    g->weight = r ? (uint32_t)r->weight : 1;
    g->dial_ppm = r ? (uint32_t)r->dial_ppm : 1000000;
    g->rank = r ? (uint32_t)r->rank : 1;
    g->hosts = xcalloc((size_t)g->n, sizeof *g->hosts);
    g->weights = xcalloc((size_t)g->n, sizeof *g->weights);
    if (!r)
        use_gateway(b, g);
    for (int k = 0; r && k < g->n; k++)
        add_host(b, g, k, &r->servers[k], entry);
}

static void add_regions(struct backends_run *b)
{
    struct world *w = b->world;
    const struct backends *x = b->is->backends;
    b->n = x ? x->nregions : 1;
    b->groups = xcalloc((size_t)b->n, sizeof *b->groups);
    for (int i = b->n - 1; i >= 0; i--) { // the first stands for the backend in the end
        struct backend_group *g = &b->groups[i];
        g->pop = x ? x->regions[i].pop : b->is->backend;
        g->gateway = backend_gateway(w, g->pop);
        g->router = w->nodes[g->gateway].router;
        anycast_bind_backend(&w->services[b->service], w->net, g->gateway, tunnel_of(b->is));
        add_servers(b, g, x ? &x->regions[i] : NULL);
    }
}

static const struct region *written_for(const struct backends *x, int pop)
{
    for (int i = 0; x && i < x->nregions; i++)
        if (x->regions[i].pop == pop)
            return &x->regions[i];
    return NULL;
}

static void add_sites(struct backends_run *b)
{
    struct world *w = b->world;
    const struct anycast_service *s = &w->services[b->service];
    b->n = b->is->npublish;
    b->groups = xcalloc((size_t)b->n, sizeof *b->groups);
    for (int i = 0; i < b->n; i++) {
        struct backend_group *g = &b->groups[i];
        g->pop = b->is->publish[i];
        g->router = CONTROL_NO_ROUTER;
        for (size_t k = 0; k < s->sites.n; k++)
            if (s->sites.v[k].pop == (uint32_t)g->pop)
                g->gateway = s->sites.v[k].server;
        add_servers(b, g, written_for(b->is->backends, g->pop));
        // Probes come to the host by its own address; a gateway's own probers send from it.
        ip4_addr own = fwd_address(w->net->nodes[g->gateway].fwd);
        const struct net_node *node = &w->net->nodes[g->gateway];
        fwd_route_set(node->fwd, host_prefix(own), FWD_ACT_LOCAL, 0);
        for (uint32_t p = 0; p < node->nports; p++) {
            uint32_t router = w->nodes[w->net->ports[node->ports[p]]->to].router;
            if (router != CONTROL_NO_ROUTER)
                control_static(w->control, router, host_prefix(own), node->ports[p] ^ 1u);
        }
    }
}

// A POP's entry tunnels to every region, to be told later how much.
static void add_entry(struct backends_run *b, struct anycast_entry *at)
{
    struct world *w = b->world;
    struct fwd_node *core = w->net->nodes[at->node].fwd;
    struct fwd_member members[BACKEND_MAX];
    struct backend_entry e = {.node = at->node,
                              .router = w->nodes[at->node].router,
                              .tunnel = xcalloc((size_t)b->n, sizeof *e.tunnel),
                              .share_ppm = xcalloc((size_t)b->n, sizeof *e.share_ppm)};
    while (b->is->publish[e.pop] != (int)at->pop)
        e.pop++;
    for (int i = 0; i < b->n; i++) {
        ip4_addr gateway = site_loopback(w, b->groups[i].router);
        struct fwd_tunnel_options t = {
            .kind = tunnel_of(b->is), .remote = ip6_from_ip4(gateway), .dscp = -1};
        e.tunnel[i] = fwd_tunnel_add(core, &t);
        members[i] = (struct fwd_member){.nexthop = e.tunnel[i], .id = gateway};
    }
    e.choice = fwd_choice_add(core, FWD_SELECT_MAGLEV, members, b->n);
    fwd_eip_choose(core, prefix6_from_prefix(b->is->prefix), e.choice);
    at->binding.choice = e.choice;
    vec_push(&b->entries, e);
}

struct backends_run *backends_new(struct world *w, int service)
{
    struct backends_run *b = xcalloc(1, sizeof *b);
    struct anycast_service *s = &w->services[service];
    b->world = w;
    b->service = service;
    b->is = &w->scenario->services[service];
    if (b->is->mode == MODE_ACCELERATED)
        add_regions(b);
    else
        add_sites(b);
    for (size_t i = 0; b->is->backends && i < s->entries.n; i++)
        add_entry(b, &s->entries.v[i]);
    b->pops = xcalloc((size_t)b->is->npublish, sizeof *b->pops);
    for (int i = 0; i < b->is->npublish; i++)
        b->pops[i] = (struct backend_pop){.owner = b, .pop = b->is->publish[i]};
    return b;
}

void backends_free(struct backends_run *b)
{
    if (!b)
        return;
    for (int i = 0; i < b->n; i++) {
        prober_free(b->groups[i].prober);
        free(b->groups[i].hosts);
        free(b->groups[i].weights);
    }
    for (size_t i = 0; i < b->entries.n; i++) {
        free(b->entries.v[i].tunnel);
        free(b->entries.v[i].share_ppm);
    }
    for (int i = 0; i < b->is->npublish; i++)
        prober_free(b->pops[i].prober);
    vec_free(&b->entries);
    free(b->groups);
    free(b->pops);
    free(b);
}
