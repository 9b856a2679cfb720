// SPDX-License-Identifier: GPL-3.0-or-later
#include "field.h"

#include "base/table.h"

#include <stdio.h>

struct ip6_addr field_address(uint32_t node)
{
    return ip6_from_ip4(IP4(10, 0, 0, 1) + node);
}

struct ip6_addr field_address_hook(void *ctx, uint32_t node)
{
    (void)ctx;
    return field_address(node);
}

void field_init(struct field *f, uint64_t seed, uint32_t nodes)
{
    *f = (struct field){.sim = sim_new(seed)};
    f->net = net_new(f->sim);
    for (uint32_t i = 0; i < nodes; i++) {
        ip4_addr own = ip6_to_ip4(field_address(i));
        struct fwd_options o = {
            .address = own, .hash_seed = own, .flow_limit = 64, .flow_idle_ps = PS_PER_S};
        struct field_route r = {.prefix = {own, 32}, .nodes = {i}, .n = 1, .local = true};
        net_add_node(f->net, "node", fwd_node_new(&o));
        field_target(f, &r);
    }
}

void field_free(struct field *f)
{
    net_free(f->net);
    sim_free(f->sim);
    vec_free(&f->routes);
    vec_free(&f->changes);
    free(f->installed);
}

uint32_t field_link(struct field *f, uint32_t a, uint32_t b, int64_t rate_bps, bool fluid)
{
    static char name[64]; // read at once only
    snprintf(name, sizeof name, "%u-%u-%u", a, b, f->net->nlinks);
    struct net_link_options o = {.a = a,
                                 .b = b,
                                 .rate_bps = rate_bps,
                                 .delay_ps = PS_PER_MS,
                                 .queue_ps = 50 * PS_PER_MS,
                                 .fluid = fluid};
    return net_add_link(f->net, name, &o);
}

void field_target(struct field *f, const struct field_route *r)
{
    vec_push(&f->routes, *r);
    for (int i = 0; i < r->n && r->local; i++)
        fwd_route_set(f->net->nodes[r->nodes[i]].fwd, r->prefix, FWD_ACT_LOCAL, 0);
}

// Hops from every node to the nearest of the route's.
static void distances(const struct field *f, const struct field_route *r, uint32_t *hops,
                      uint32_t *queue)
{
    const struct net *net = f->net;
    size_t head = 0, tail = 0;
    for (uint32_t i = 0; i < net->nnodes; i++)
        hops[i] = UINT32_MAX;
    for (int i = 0; i < r->n; i++) {
        hops[r->nodes[i]] = 0;
        queue[tail++] = r->nodes[i];
    }
    while (head < tail) {
        uint32_t node = queue[head++];
        for (uint32_t k = 0; k < net->nodes[node].nports; k++) {
            const struct port *p = net->ports[net->nodes[node].ports[k]];
            if (!p->alive || hops[p->to] != UINT32_MAX)
                continue;
            hops[p->to] = hops[node] + 1;
            queue[tail++] = p->to;
        }
    }
}

static void program(struct field *f, size_t route, uint32_t node, const uint32_t *ports, int n)
{
    const struct field_route *r = &f->routes.v[route];
    struct fwd_node *fwd = f->net->nodes[node].fwd;
    uint64_t hash = n ? hash_bytes(ports, (size_t)n * sizeof *ports, 1) | 1 : 0;
    uint64_t *installed = &f->installed[route * f->net->nnodes + node];
    if (hash == *installed)
        return;
    *installed = hash;
    if (n)
        fwd_route_set(fwd, r->prefix, FWD_ACT_FORWARD, fwd_group(fwd, ports, n));
    else
        fwd_route_del(fwd, r->prefix);
    struct field_change c = {node, prefix6_from_prefix(r->prefix)};
    vec_push(&f->changes, c);
}

void field_tell(const struct field *f, struct solver *s)
{
    for (size_t i = 0; i < f->changes.n; i++)
        solver_fib_changed(s, f->changes.v[i].node, f->changes.v[i].prefix);
}

void field_route(struct field *f)
{
    const struct net *net = f->net;
    uint32_t *hops = xmalloc(net->nnodes * sizeof *hops);
    uint32_t *queue = xmalloc(net->nnodes * sizeof *queue);
    f->changes.n = 0;
    if (!f->installed)
        f->installed = xcalloc(f->routes.n * net->nnodes, sizeof *f->installed);
    for (size_t r = 0; r < f->routes.n; r++) {
        distances(f, &f->routes.v[r], hops, queue);
        for (uint32_t i = 0; i < net->nnodes; i++) {
            uint32_t ports[FWD_MAX_ECMP];
            int n = 0;
            if (hops[i] == 0)
                continue;
            for (uint32_t k = 0; k < net->nodes[i].nports && hops[i] != UINT32_MAX; k++) {
                const struct port *p = net->ports[net->nodes[i].ports[k]];
                if (p->alive && hops[p->to] + 1 == hops[i] && n < FWD_MAX_ECMP)
                    ports[n++] = p->index;
            }
            program(f, r, i, ports, n);
        }
    }
    if (f->solver)
        field_tell(f, f->solver);
    free(hops);
    free(queue);
}

void field_set(struct field *f, uint32_t node, uint32_t route, uint32_t port)
{
    const struct field_route *r = &f->routes.v[route];
    for (int i = 0; i < r->n; i++)
        if (r->nodes[i] == node)
            return;
    f->changes.n = 0;
    program(f, route, node, &port, 1);
    if (f->solver)
        field_tell(f, f->solver);
}
