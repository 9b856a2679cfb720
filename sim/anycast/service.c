// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/service.h"

void anycast_init(struct anycast_service *s, struct prefix prefix)
{
    // The first host of the prefix; a host route is its own address.
    ip4_addr address = prefix.len < 31 ? prefix.addr + 1 : prefix.addr;
    *s = (struct anycast_service){.prefix = prefix, .address = address};
}

void anycast_free(struct anycast_service *s)
{
    vec_free(&s->sites);
    vec_free(&s->entries);
}

static void add_site(struct anycast_service *s, uint32_t pop, uint32_t router, uint32_t server)
{
    struct anycast_site site = {
        .pop = pop, .router = router, .server = server, .held = 1u << ANYCAST_BY_OPERATOR};
    vec_push(&s->sites, site);
}

void anycast_add_server_site(struct anycast_service *s, struct control *c, struct net *net,
                             uint32_t pop, uint32_t router, uint32_t port, uint32_t server_node)
{
    add_site(s, pop, router, server_node);
    control_static(c, router, s->prefix, port);
    struct fwd_node *fwd = net->nodes[server_node].fwd;
    if (s->prefix.len < 32) // nobody has the prefix's other addresses; a host forwards nothing
        fwd_route_set(fwd, s->prefix, FWD_ACT_BLACKHOLE, 0);
    fwd_route_set(fwd, (struct prefix){s->address, 32}, FWD_ACT_LOCAL, 0);
}

void anycast_add_site(struct anycast_service *s, uint32_t pop, uint32_t router)
{
    add_site(s, pop, router, UINT32_MAX); // known when the backend is bound
}

void anycast_add_entry(struct anycast_service *s, struct net *net, uint32_t pop, uint32_t node,
                       const struct anycast_way *way)
{
    struct fwd_node *fwd = net->nodes[node].fwd;
    struct fwd_tunnel_options tunnel = {
        .kind = way->kind, .remote = ip6_from_ip4(way->gateway), .dscp = -1};
    struct fwd_eip_options eip = {.service = way->service,
                                  .tunnel =
                                      way->gateway ? fwd_tunnel_add(fwd, &tunnel) : FWD_NO_TUNNEL,
                                  .refuse = way->gateway ? FWD_DROP_NONE : FWD_DROP_UNBOUND,
                                  .in = {FWD_NO_METER, FWD_NO_METER},
                                  .out = {FWD_NO_METER, FWD_NO_METER},
                                  .snat = way->snat};
    struct anycast_entry entry = {.pop = pop, .node = node, .binding = eip, .snat = way->snat};
    vec_push(&s->entries, entry);
    fwd_eip_bind(fwd, prefix6_from_prefix(s->prefix), &eip);
    fwd_tunnel_accept(fwd, way->kind); // the answers come back in one
}

void anycast_bind_backend(struct anycast_service *s, struct net *net, uint32_t gateway_node,
                          enum fwd_tunnel kind)
{
    struct fwd_node *fwd = net->nodes[gateway_node].fwd;
    for (size_t i = 0; i < s->sites.n; i++)
        s->sites.v[i].server = gateway_node;
    fwd_tunnel_accept(fwd, kind);
    fwd_backend_bind(fwd, prefix6_from_prefix(s->prefix),
                     &(struct fwd_backend_options){
                         .way = FWD_RETURN_INGRESS, .kind = kind, .tunnel = FWD_NO_TUNNEL});
    fwd_route_set(fwd, (struct prefix){s->address, 32}, FWD_ACT_LOCAL, 0);
}

// A site is announced while nothing stands against it.
static void set_held(struct anycast_service *s, struct control *c, const struct anycast_where *at,
                     enum anycast_why why, bool on)
{
    for (size_t i = 0; i < s->sites.n; i++) {
        struct anycast_site *site = &s->sites.v[i];
        if ((at->pop != ANYCAST_ALL_POPS && site->pop != at->pop) ||
            (at->router != ANYCAST_ALL_ROUTERS && site->router != at->router))
            continue;
        site->held = on ? site->held | 1u << why : site->held & ~(1u << why);
        if (site->announced == (site->held == 0))
            continue;
        site->announced = site->held == 0;
        if (site->announced)
            control_announce(c, site->router, s->prefix);
        else
            control_withdraw(c, site->router, s->prefix);
    }
}

void anycast_hold(struct anycast_service *s, struct control *c, struct anycast_where at,
                  enum anycast_why why)
{
    set_held(s, c, &at, why, true);
}

void anycast_let(struct anycast_service *s, struct control *c, struct anycast_where at,
                 enum anycast_why why)
{
    set_held(s, c, &at, why, false);
}

void anycast_announce(struct anycast_service *s, struct control *c, uint32_t pop)
{
    anycast_let(s, c, (struct anycast_where){pop, ANYCAST_ALL_ROUTERS}, ANYCAST_BY_OPERATOR);
}

void anycast_withdraw(struct anycast_service *s, struct control *c, uint32_t pop)
{
    anycast_hold(s, c, (struct anycast_where){pop, ANYCAST_ALL_ROUTERS}, ANYCAST_BY_OPERATOR);
}
