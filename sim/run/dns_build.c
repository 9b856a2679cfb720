// SPDX-License-Identifier: GPL-3.0-or-later
// What a name needs in the world: resolvers, users, orders of preference.
#include "base/rng.h"
#include "run/dns_state.h"

#include <stdlib.h>

static bool uses(const struct scenario *s, int group, int service)
{
    for (int t = 0; t < s->ntraffic; t++)
        for (int i = 0; s->traffic[t].from[group] && i < s->traffic[t].nto; i++)
            if (s->traffic[t].to[i] == service)
                return true;
    for (int d = 0; d < s->ndemands; d++)
        for (int i = 0; i < s->demands[d].npairs; i++) {
            const struct demand_pair *p = &s->demands[d].pairs[i];
            if (p->from.kind == DEMAND_GROUP && p->from.index == group &&
                p->to.kind == DEMAND_SERVICE && p->to.index == service)
                return true;
        }
    return false;
}

static struct dns_desk *desk_at(struct dns_zone *z, int host)
{
    const struct dns_host *h = &z->dns->hosts.v[host];
    struct world *w = z->dns->w;
    struct dns_desk *k = z->desks[host];
    if (k)
        return k;
    k = z->desks[host] = xcalloc(1, sizeof *k);
    sim_entity(w->sim, &k->entity, dns_desk_happens);
    k->zone = z;
    k->host = host;
    k->servers.n = z->is->nname_servers;
    k->caches = h->is ? (int)h->is->caches : RESOLVER_CACHES;
    k->nentries = k->caches * (h->is && h->is->subnet ? w->scenario->ngroups : 1);
    k->entries = xcalloc((size_t)k->nentries, sizeof *k->entries);
    for (int i = 0; i < k->nentries; i++)
        namecache_init(&k->entries[i].cache);
    if (h->is)
        k->rules = (struct namecache_rules){h->is->min_ttl_ps, h->is->max_ttl_ps, h->is->stale_ps};
    k->up =
        dns_flow(z,
                 arena_printf(&w->arena, "%s resolver %s", w->scenario->services[z->service].name,
                              w->net->nodes[h->node].name),
                 h->node, h->address, &z->resolver_hooks);
    return k;
}

// Where the first cache of a resolver stands in its time to live.
static double offset_of(const struct dns *d, int host)
{
    gsl_rng *rng =
        rng_stream(sim_seed(d->w->sim), d->w->net->nodes[d->hosts.v[host].node].name, "caches");
    double offset = rng_uniform(rng);
    gsl_rng_free(rng);
    return offset;
}

static void add_crowd(struct dns_zone *z, int group, const int *host, const double *share, int n)
{
    struct world *w = z->dns->w;
    struct dns_crowd *c = z->crowds[group] = xcalloc(1, sizeof *c);
    struct audience_part *parts = xcalloc((size_t)n, sizeof *parts);
    char text[160];
    sim_entity(w->sim, &c->entity, dns_crowd_happens);
    c->zone = z;
    c->group = group;
    c->nparts = n;
    c->desks = xcalloc((size_t)n, sizeof *c->desks);
    c->flows = xcalloc((size_t)n, sizeof *c->flows);
    scenario_group_name(w->scenario, group, text, sizeof text);
    for (int i = 0; i < n; i++) {
        c->desks[i] = desk_at(z, host[i]);
        c->flows[i] = dns_flow(
            z,
            arena_printf(&w->arena, "%s users %s %s", w->scenario->services[z->service].name, text,
                         w->net->nodes[z->dns->hosts.v[host[i]].node].name),
            w->group_node[group], world_client_address(w, group), &z->user_hooks);
        parts[i] =
            (struct audience_part){share[i], c->desks[i]->caches, offset_of(z->dns, host[i])};
    }
    struct audience_options o = {parts, n, (double)z->is->ignoring_ppm / 1e6, z->is->hold_ps};
    c->users = audience_new(&o, z->is->ttl_ps, z->dns->start_ps);
    c->asks = xcalloc((size_t)audience_classes(c->users), sizeof *c->asks);
    free(parts);
}

// --- Orders of preference

// How far the nearest POP of an answer is from the view.
static double distance_km(const struct dns_zone *z, int view, int answer)
{
    const struct scenario *s = z->dns->w->scenario;
    const struct service *is = &s->services[z->is->answers[answer]];
    double best_km = 1e9;
    for (int i = 0; i < is->npublish; i++) {
        const struct pop *p = &s->topology.pops[is->publish[i]];
        const struct city *city = s->topology.networks[p->network].cities[p->city].city;
        double km = city_distance_km(dns_view_city(z->dns, view), city);
        best_km = km < best_km ? km : best_km;
    }
    return best_km;
}

static const struct gslb_map_row *row_of(const struct dns_zone *z, int view)
{
    int group = dns_view_group(z->dns, view);
    for (int i = 0; i < z->is->nmap; i++)
        if (z->is->map[i].from[group])
            return &z->is->map[i];
    return NULL;
}

static void order(struct dns_zone *z, int view)
{
    const struct gslb_map_row *row = row_of(z, view);
    int sites[GSLB_ANSWERS_MAX], n = 0;
    bool in[GSLB_ANSWERS_MAX] = {false};
    for (int i = 0; row && i < row->nto; i++) {
        if (!in[row->to[i]])
            sites[n++] = row->to[i];
        in[row->to[i]] = true;
    }
    while (n < z->is->nanswers) {
        int best = -1;
        for (int i = 0; i < z->is->nanswers; i++)
            if (!in[i] && (best < 0 || distance_km(z, view, i) < distance_km(z, view, best)))
                best = i;
        in[best] = true;
        sites[n++] = best;
    }
    gslb_order(z->policy, view, sites);
}

static void build_policy(struct dns_zone *z)
{
    z->policy = gslb_new((enum gslb_policy)z->is->choose, z->is->nanswers, dns_views(z->dns));
    for (int i = 0; i < z->is->nanswers; i++)
        gslb_weigh(z->policy, i, z->is->weights[i]);
    for (int v = 0; v < dns_views(z->dns); v++)
        order(z, v);
}

static void build_zone(struct dns_zone *z)
{
    struct dns *d = z->dns;
    const struct scenario *s = d->w->scenario;
    int *host = xcalloc((size_t)s->nresolvers + 1, sizeof *host);
    double *share = xcalloc((size_t)s->nresolvers + 1, sizeof *share);
    dns_lookup_hooks(z);
    z->crowds = xcalloc((size_t)s->ngroups, sizeof *z->crowds);
    z->desks = xcalloc(d->hosts.n + 1, sizeof *z->desks);
    for (int g = 0; g < s->ngroups; g++)
        if (uses(s, g, z->service))
            add_crowd(z, g, host, share, dns_hosts_of(d, g, host, share));
    build_policy(z);
    dns_watch_build(z);
    free(host);
    free(share);
    sim_entity(d->w->sim, &z->entity, dns_zone_happens);
    sim_at(d->w->sim, &z->entity, &z->entity, d->start_ps, SIM_PHASE_METER, 0);
}

void dns_build(struct dns *d)
{
    const struct scenario *s = d->w->scenario;
    int *host = xcalloc((size_t)s->nresolvers + 1, sizeof *host);
    double *share = xcalloc((size_t)s->nresolvers + 1, sizeof *share);
    for (int g = 0; g < s->ngroups; g++) // all hosts first: views are numbered after them
        for (int i = 0; i < d->nzones; i++)
            if (uses(s, g, d->zones[i].service))
                dns_hosts_of(d, g, host, share);
    free(host);
    free(share);
    d->group_at = xcalloc(d->w->net->nnodes, sizeof *d->group_at);
    for (uint32_t i = 0; i < d->w->net->nnodes; i++)
        d->group_at[i] = -1;
    for (int g = 0; g < s->ngroups; g++)
        d->group_at[d->w->group_node[g]] = g;
    for (int i = 0; i < d->nzones; i++)
        build_zone(&d->zones[i]);
}
