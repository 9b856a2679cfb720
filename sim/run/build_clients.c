// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/dns.h"

#include <stdio.h>

#define ACCESS_RATE_BPS INT64_C(4000000000000) // the people's own lines are not the bottleneck here
#define CLIENT_BLOCK    IP4(100, 64, 0, 0)
#define CLIENT_LEN      24

static const struct client_group *group_at(const struct world *w, int group)
{
    const struct group_ref *g = &w->scenario->groups[group];
    return &w->scenario->topology.networks[g->network].clients[g->index];
}

// The group's own address: the first of its prefix.
ip4_addr world_client_address(const struct world *w, int group)
{
    struct prefix p = w->group_prefix[group];
    return p.len < 31 ? p.addr + 1 : p.addr;
}

static void add_host(struct world *w, int group)
{
    const struct client_group *g = group_at(w, group);
    int network = w->scenario->groups[group].network;
    struct prefix prefix = g->prefix;
    char text[128];
    if (prefix.len == 0)
        prefix = (struct prefix){CLIENT_BLOCK + ((ip4_addr)group << (32 - CLIENT_LEN)), CLIENT_LEN};
    w->group_prefix[group] = prefix;
    char *name =
        arena_strdup(&w->arena, scenario_group_name(w->scenario, group, text, sizeof text));
    struct fwd_options fwd = {.address = world_client_address(w, group)};
    struct world_node is = {
        .network = network, .city = g->city, .pop = -1, .router = CONTROL_NO_ROUTER};
    uint32_t node = world_add_node(w, name, &fwd, &is);
    uint32_t router = world_router(w, network, g->city, 0);
    struct net_link_options o = {.a = control_router(w->control, router)->node,
                                 .b = node,
                                 .rate_bps = ACCESS_RATE_BPS,
                                 .delay_ps = g->access_delay_ps,
                                 .queue_ps = w->scenario->topology.queue_ps,
                                 .fluid = w->scenario->ndemands > 0};
    struct world_link link_is = {.kind = WORLD_ACCESS,
                                 .network = network,
                                 .a_city = g->city,
                                 .b_city = g->city,
                                 .interconnect = -1};
    uint32_t link = world_add_link(w, &o, &link_is);
    struct fwd_node *core = w->net->nodes[node].fwd;
    fwd_route_set(core, (struct prefix){world_client_address(w, group), 32}, FWD_ACT_LOCAL, 0);
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD,
                  fwd_group(core, &w->net->links[link].b_port, 1));
    control_static(w->control, router, prefix, w->net->links[link].a_port);
    control_announce(w->control, router, prefix);
    w->group_node[group] = node;
}

// How many requests each request of the flow stands for.
static uint32_t weight_of(const struct world *w, const struct traffic *t, int group)
{
    int64_t users = group_at(w, group)->population * t->users_ppm / 1000000;
    double weight = (double)(users < 1 ? 1 : users) * (double)t->thinned_ppm / 1e6 + 0.5;
    if (weight < 1)
        return 1;
    return weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX;
}

// Everybody whom the entry means; at least 1.
static double people_of(const struct world *w, const bool *groups)
{
    double sum = 0;
    for (int g = 0; g < w->scenario->ngroups; g++)
        sum += groups[g] ? (double)group_at(w, g)->population : 0;
    return sum < 1 ? 1 : sum;
}

// A botnet is spread as people are: the group's share of the volume gives what its packets weigh. A
// share of less than a packet each interval is a packet more seldom.
static void share_attack(const struct world *w, const struct traffic *t, int group,
                         struct flow_options *o)
{
    double share = (double)group_at(w, group)->population / people_of(w, t->from);
    double bits = 8.0 * (double)(t->kind == TRAFFIC_REFLECTION ? t->down_bytes : t->up_bytes);
    double weight = share * (double)t->options.attack.total_bps * ps_to_s(o->interval_ps) / bits;
    if (weight < 1) {
        double interval_ps = (double)o->interval_ps / (weight > 1e-6 ? weight : 1e-6);
        o->interval_ps = (int64_t)(interval_ps + 0.5);
        weight = 1;
    }
    o->weight = weight < UINT32_MAX ? (uint32_t)(weight + 0.5) : UINT32_MAX;
}

// Where the traffic's reflectors stand, by population; each such host answers from now on.
static const struct flow_reflectors *reflectors_of(struct world *w, const struct traffic *t)
{
    const bool *groups = t->options.attack.reflectors;
    double people = people_of(w, groups), sum = 0;
    struct flow_reflectors *r =
        arena_alloc(&w->arena, sizeof *r + (size_t)w->scenario->ngroups * sizeof r->v[0]);
    for (int g = 0; g < w->scenario->ngroups; g++) {
        if (!groups[g])
            continue;
        sum += (double)group_at(w, g)->population;
        r->v[r->n].up_to = sum / people;
        r->v[r->n++].address = world_client_address(w, g);
        traffic_add_server(w->traffic, w->group_node[g], 0);
    }
    return r;
}

static bool is_attack(const struct traffic *t)
{
    return t->kind == TRAFFIC_SYNFLOOD || t->kind == TRAFFIC_REFLECTION ||
           t->kind == TRAFFIC_CARPET;
}

// How the backend's gateway is reached; an EIP that begins unbound, or that nothing was built behind, has none.
static struct prefix backend_prefix(const struct world *w, const struct service *to,
                                    struct prefix otherwise)
{
    uint32_t node = to->mode == MODE_ACCELERATED && to->backend >= 0 ? w->backend_node[to->backend]
                                                                     : UINT32_MAX;
    if (node == UINT32_MAX)
        return otherwise;
    return (struct prefix){control_router(w->control, w->nodes[node].router)->loopback, 32};
}

static void add_flow(struct world *w, const struct traffic *t, int group, int service,
                     const struct flow_reflectors *reflectors)
{
    const struct scenario *s = w->scenario;
    const struct service *to = &s->services[service];
    char name[256], text[128];
    struct flow_options o = {
        .ops = traffic_kind_at(t->kind),
        .client_node = w->group_node[group],
        .client = world_client_address(w, group),
        .server = w->services[service].address,
        .names = dns_names(w->dns, service),
        .start_ps = w->epoch_ps - load_lead_ps(s),
        .stop_ps = w->epoch_ps + s->duration_ps,
        .interval_ps = (int64_t)((double)PS_PER_S * 1e6 / (double)t->rate_uhz + 0.5),
        .server_ps = t->server_ps,
        .timeout_ps = t->timeout_ps,
        .up_bytes = (uint32_t)t->up_bytes,
        .down_bytes = (uint32_t)t->down_bytes,
        .weight = weight_of(w, t, group),
        .dscp = (uint8_t)t->dscp,
        .options = &t->options,
        .target = to->prefix,
        .epoch_ps = w->epoch_ps,
        .reflectors = reflectors,
        .backlog = to->backlog.size ? &to->backlog : NULL,
    };
    for (int i = 0; to->gslb && i < to->gslb->nanswers; i++) { // of a name: the smallest of them
        struct prefix p = s->services[to->gslb->answers[i]].prefix;
        o.target = p.len > o.target.len ? p : o.target;
    }
    if (t->kind == TRAFFIC_DNS && t->options.dns.fallback >= 0)
        o.fallback = w->services[t->options.dns.fallback].address;
    if (t->kind == TRAFFIC_REPLAY)
        o.start_ps = w->epoch_ps; // nothing of it is to be lost in the warm-up
    if (is_attack(t))
        share_attack(w, t, group, &o);
    struct meter_flow m = {.traffic = (int)(t - s->traffic),
                           .group = group,
                           .service = service,
                           .timeout_ps = t->timeout_ps};
    m.watch[0] = o.target;
    m.watch[1] = w->group_prefix[group];
    m.watch[2] = backend_prefix(w, to, o.target);
    snprintf(name, sizeof name, "%s %s %s", t->name,
             scenario_group_name(s, group, text, sizeof text), to->name);
    meter_add_flow(w->meter, traffic_add_flow(w->traffic, name, &o), &m);
}

void world_build_clients(struct world *w)
{
    const struct scenario *s = w->scenario;
    w->group_node = xcalloc((size_t)s->ngroups, sizeof *w->group_node);
    w->group_prefix = xcalloc((size_t)s->ngroups, sizeof *w->group_prefix);
    for (int g = 0; g < s->ngroups; g++)
        add_host(w, g);
    for (int k = 0; k < s->ntraffic; k++) {
        const struct traffic *t = &s->traffic[k];
        const struct flow_reflectors *r =
            t->kind == TRAFFIC_REFLECTION ? reflectors_of(w, t) : NULL;
        for (int g = 0; g < s->ngroups; g++)
            for (int i = 0; t->from[g] && i < t->nto; i++)
                add_flow(w, t, g, t->to[i], r);
    }
}
