// SPDX-License-Identifier: GPL-3.0-or-later
// The resolvers' hosts.
#include "run/dns_state.h"

#define RESOLVER_RATE_BPS INT64_C(100000000000) // its own line: not the bottleneck here
#define RESOLVER_DELAY_PS (100 * PS_PER_US)
#define RESOLVER_BLOCK    IP4(100, 127, 0, 0) // the upper end of what clients get their prefixes from
#define RESOLVER_LEN      24

static const struct client_group *group_at(const struct dns *d, int group)
{
    const struct group_ref *g = &d->w->scenario->groups[group];
    return &d->w->scenario->topology.networks[g->network].clients[g->index];
}

// One beside a group is reached by the group's prefix, whose second host it is; any other has a
// prefix of its own.
static void route_to(struct dns *d, struct dns_host *h, uint32_t router, uint32_t port)
{
    struct world *w = d->w;
    if (h->group >= 0) {
        h->address = w->group_prefix[h->group].addr + 2;
        control_static(w->control, router, (struct prefix){h->address, 32}, port);
        return;
    }
    ip4_addr block = RESOLVER_BLOCK + ((ip4_addr)d->hosts.n << (32 - RESOLVER_LEN));
    struct prefix own = {block, RESOLVER_LEN};
    h->address = own.addr + 1;
    control_static(w->control, router, own, port);
    control_announce(w->control, router, own);
}

static void connect(struct dns *d, struct dns_host *h, const char *name)
{
    struct world *w = d->w;
    struct fwd_options fwd = {.address = world_host_address(w)};
    struct world_node is = {
        .network = h->network, .city = h->city, .pop = -1, .router = CONTROL_NO_ROUTER};
    uint32_t router = world_router(w, h->network, h->city, 0);
    h->node = world_add_node(w, name, &fwd, &is);
    struct net_link_options o = {.a = control_router(w->control, router)->node,
                                 .b = h->node,
                                 .rate_bps = RESOLVER_RATE_BPS,
                                 .delay_ps = RESOLVER_DELAY_PS,
                                 .queue_ps = w->scenario->topology.queue_ps,
                                 .fluid = w->scenario->ndemands > 0};
    struct world_link link_is = {.kind = WORLD_ACCESS,
                                 .network = h->network,
                                 .a_city = h->city,
                                 .b_city = h->city,
                                 .interconnect = -1};
    uint32_t link = world_add_link(w, &o, &link_is);
    route_to(d, h, router, w->net->links[link].a_port);
    struct fwd_node *core = w->net->nodes[h->node].fwd;
    fwd_route_set(core, (struct prefix){h->address, 32}, FWD_ACT_LOCAL, 0);
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD,
                  fwd_group(core, &w->net->links[link].b_port, 1));
    traffic_add_server(w->traffic, h->node, 0);
}

// The host of a resolver (NULL: one that nobody describes), beside `group` where it has no place.
static int host_for(struct dns *d, const struct resolver *r, int group)
{
    const struct scenario *s = d->w->scenario;
    bool beside = !r || r->network < 0;
    char text[160];
    for (size_t i = 0; i < d->hosts.n; i++)
        if (d->hosts.v[i].is == r && (!beside || d->hosts.v[i].group == group))
            return (int)i;
    struct dns_host h = {.is = r, .group = -1, .view = s->ngroups + (int)d->hosts.n};
    if (beside) {
        h.group = h.view = group;
        h.network = s->groups[group].network;
        h.city = group_at(d, group)->city;
    } else {
        h.network = r->network;
        h.city = r->city;
    }
    scenario_group_name(s, group, text, sizeof text);
    connect(
        d, &h,
        beside ? arena_printf(&d->w->arena, "%s-resolver%s%s", text, r ? "-" : "", r ? r->name : "")
               : arena_printf(&d->w->arena, "resolver-%s", r->name));
    vec_push(&d->hosts, h);
    return (int)d->hosts.n - 1;
}

int dns_hosts_of(struct dns *d, int group, int *host, double *share)
{
    const struct scenario *s = d->w->scenario;
    int64_t left_ppm = 1000000;
    int n = 0;
    for (int i = 0; i < s->nresolvers; i++) {
        if (!s->resolvers[i].from[group])
            continue;
        left_ppm -= s->resolvers[i].share_ppm;
        share[n] = (double)s->resolvers[i].share_ppm / 1e6;
        host[n++] = host_for(d, &s->resolvers[i], group);
    }
    if (left_ppm > 0) {
        share[n] = (double)left_ppm / 1e6;
        host[n++] = host_for(d, NULL, group);
    }
    return n;
}

int dns_views(const struct dns *d)
{
    return d->w->scenario->ngroups + (int)d->hosts.n;
}

const struct city *dns_view_city(const struct dns *d, int view)
{
    const struct scenario *s = d->w->scenario;
    const struct dns_host *h = view < s->ngroups ? NULL : &d->hosts.v[view - s->ngroups];
    int network = h ? h->network : s->groups[view].network;
    int city = h ? h->city : group_at(d, view)->city;
    return s->topology.networks[network].cities[city].city;
}

int dns_view_group(const struct dns *d, int view)
{
    const struct scenario *s = d->w->scenario;
    if (view < s->ngroups)
        return view;
    const struct dns_host *h = &d->hosts.v[view - s->ngroups];
    int best = 0;
    double best_km = 1e9;
    for (int same = 1; same >= 0 && best_km >= 1e9; same--)
        for (int g = 0; g < s->ngroups; g++) {
            double km = city_distance_km(dns_view_city(d, view), dns_view_city(d, g));
            if (same && s->groups[g].network != h->network)
                continue;
            if (km < best_km) {
                best_km = km;
                best = g;
            }
        }
    return best;
}
