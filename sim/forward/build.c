// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/build.h"

#include "base/vec.h"

// The address of a family that an interface sends ICMP errors from: its first; zero: none.
static struct ip6_addr source_of(const struct config_interface *f, bool ip4)
{
    for (int i = 0; i < f->naddresses; i++)
        if (ip6_is_ip4(f->addresses[i].a) == ip4)
            return f->addresses[i].a;
    return (struct ip6_addr){0, 0};
}

static void set_route(struct fwd_node *n, struct prefix6 p, enum fwd_action action,
                      uint32_t argument)
{
    if (prefix6_is_ip4(p))
        fwd_route_set(n, prefix6_to_prefix(p), action, argument);
    else
        fwd_route_set6(n, p, action, argument);
}

static void add_ports(const struct config *c, struct fwd_node *n)
{
    for (int i = 0; i < c->ninterfaces; i++) {
        const struct config_interface *f = &c->interfaces[i];
        struct fwd_interface o = {.mtu = f->mtu ? f->mtu : CONFIG_MTU,
                                  .address = ip6_to_ip4(source_of(f, true)),
                                  .address6 = source_of(f, false),
                                  .servers = f->servers};
        fwd_interface_set(n, (uint32_t)i, &o);
    }
    for (int i = 0; i < c->nnexthops; i++)
        fwd_nexthop_set(n, (uint32_t)i, (uint32_t)c->nexthops[i].interface);
}

static void add_connected(const struct config *c, struct fwd_node *n)
{
    for (int i = 0; i < c->ninterfaces; i++) {
        const struct config_interface *f = &c->interfaces[i];
        uint32_t own = (uint32_t)i;
        for (int k = 0; k < f->naddresses && !f->tun; k++) {
            struct ip6_addr broadcast;
            struct prefix6 network = config_network(&f->addresses[k]);
            if (network.len < 128)
                set_route(n, network, FWD_ACT_FORWARD, fwd_group(n, &own, 1));
            if (config_broadcast(&f->addresses[k], &broadcast))
                set_route(n, config_host(broadcast), FWD_ACT_BLACKHOLE, 0);
        }
    }
    for (int i = 0; i < c->ninterfaces; i++)
        for (int k = 0; k < c->interfaces[i].naddresses; k++)
            set_route(n, config_host(c->interfaces[i].addresses[k].a), FWD_ACT_LOCAL, 0);
    set_route(n, config_host(ip6_from_ip4(c->node.address)), FWD_ACT_LOCAL, 0);
    if (!ip6_is_zero(c->node.address6))
        set_route(n, config_host(c->node.address6), FWD_ACT_LOCAL, 0);
}

static void add_tunnels(const struct config *c, struct build *b)
{
    b->tunnels = xcalloc((size_t)c->ntunnels + 1, sizeof *b->tunnels);
    b->endpoints = xcalloc((size_t)c->nendpoints + 1, sizeof *b->endpoints);
    for (int i = 0; i < c->ntunnels; i++)
        b->tunnels[i] = fwd_tunnel_add(b->node, &c->tunnels[i].o);
    for (int i = 0; i < c->nendpoints; i++)
        b->endpoints[i] = fwd_endpoint_add(b->node, &c->endpoints[i]);
}

// Each group is made once, for the first that uses it: its id lives as long as that does, and nothing
// that is built here goes again. `made` holds the ids, UINT32_MAX before.
static uint32_t group_of(const struct config *c, struct fwd_node *n, uint32_t *made, int i)
{
    const struct config_group *g = &c->groups[i];
    if (made[i] != UINT32_MAX)
        return made[i];
    if (g->select == FWD_SELECT_RESILIENT)
        made[i] = fwd_group_resilient(n, g->buckets, g->members, g->nmembers);
    else
        made[i] = fwd_group_weighted(n, g->select, g->members, g->nmembers);
    return made[i];
}

static void add_routes(const struct config *c, struct build *b, uint32_t *groups)
{
    for (int i = 0; i < c->nroutes; i++) {
        const struct config_route *r = &c->routes[i];
        uint32_t argument = (uint32_t)r->argument;
        if (r->action == FWD_ACT_FORWARD)
            argument = group_of(c, b->node, groups, r->argument);
        else if (r->action == FWD_ACT_TUNNEL)
            argument = b->tunnels[r->argument];
        set_route(b->node, r->prefix, r->action, argument);
    }
}

static struct fwd_meters meters_of(const struct build *b, const struct config_meters *m)
{
    return (struct fwd_meters){m->policer < 0 ? FWD_NO_METER : b->policers[m->policer],
                               m->shaper < 0 ? FWD_NO_METER : b->shapers[m->shaper]};
}

static void add_services(const struct config *c, struct build *b, uint32_t *groups)
{
    b->policers = xcalloc((size_t)c->npolicers + 1, sizeof *b->policers);
    b->shapers = xcalloc((size_t)c->nshapers + 1, sizeof *b->shapers);
    for (int i = 0; i < c->npolicers; i++)
        b->policers[i] = fwd_policer_add(b->node, &c->policers[i].o);
    for (int i = 0; i < c->nshapers; i++)
        b->shapers[i] = fwd_shaper_add(b->node, &c->shapers[i].o);
    for (int i = 0; i < c->neips; i++) {
        const struct config_eip *e = &c->eips[i];
        struct fwd_eip_options o = {.service = (uint32_t)i,
                                    .tunnel = e->tunnel < 0 ? FWD_NO_TUNNEL : b->tunnels[e->tunnel],
                                    .in = meters_of(b, &e->in),
                                    .out = meters_of(b, &e->out),
                                    .snat = e->snat};
        fwd_eip_bind(b->node, e->prefix, &o);
    }
    for (int i = 0; i < c->nbackends; i++) {
        const struct config_backend *e = &c->backends[i];
        struct fwd_backend_options o = {
            .way = e->way,
            .kind = e->kind,
            .tunnel = e->tunnel < 0 ? FWD_NO_TUNNEL : b->tunnels[e->tunnel],
            .exit_group = e->exit < 0 ? 0 : group_of(c, b->node, groups, e->exit)};
        fwd_backend_bind(b->node, e->prefix, &o);
    }
}

void build_node(const struct config *c, struct build *b)
{
    uint32_t *groups = xmalloc(((size_t)c->ngroups + 1) * sizeof *groups);
    for (int i = 0; i < c->ngroups; i++)
        groups[i] = UINT32_MAX;
    *b = (struct build){.node = fwd_node_new(&c->node)};
    add_ports(c, b->node);
    add_connected(c, b->node);
    add_tunnels(c, b);
    add_routes(c, b, groups);
    add_services(c, b, groups);
    for (int i = 0; i < c->ngroups; i++)
        if (groups[i] != UINT32_MAX && c->groups[i].select == FWD_SELECT_RESILIENT)
            fwd_group_release(b->node, groups[i]); // its routes hold it from now on
    if (c->acl.present) {
        b->acl = acl_new(&c->acl.o);
        fwd_acl_set(b->node, b->acl);
    }
    free(groups);
}

void build_free(struct build *b)
{
    fwd_node_free(b->node);
    free(b->tunnels);
    free(b->endpoints);
    free(b->policers);
    free(b->shapers);
    *b = (struct build){0};
}
