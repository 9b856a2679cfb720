// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/stretch.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

struct best {
    int64_t rtt_ps; // −1: no site can be reached
    int site;
};

struct stretch {
    struct entity entity; // must stay first: its event is the middle of a phase
    struct stretch_options is;
    struct shortest *shortest;
    struct best *best; // [(service * ngroups + group) * PHASE_COUNT + phase]
    int64_t *to_ps, *from_ps;
};

static struct best *best_of(const struct stretch *s, int service, int group, enum phase phase)
{
    size_t row = (size_t)service * (size_t)s->is.scenario->ngroups + (size_t)group;
    return &s->best[row * PHASE_COUNT + phase];
}

static bool reachable(const struct stretch *s, uint32_t node)
{
    return s->to_ps[node] != TIME_NEVER && s->from_ps[node] != TIME_NEVER;
}

// What one site offers to every client group.
static void try_site(struct stretch *s, int service, const struct anycast_site *site,
                     enum phase phase)
{
    if (site->server == UINT32_MAX) // an EIP that was never bound
        return;
    uint32_t entry = control_router(s->is.control, site->router)->node;
    shortest_delays(s->shortest, entry, false, s->from_ps);
    shortest_delays(s->shortest, entry, true, s->to_ps);
    if (!reachable(s, site->server))
        return;
    int64_t behind_ps = s->from_ps[site->server] + s->to_ps[site->server];
    for (int g = 0; g < s->is.scenario->ngroups; g++) {
        uint32_t client = s->is.group_node[g];
        struct best *b = best_of(s, service, g, phase);
        if (!reachable(s, client))
            continue;
        int64_t rtt_ps = s->to_ps[client] + behind_ps + s->from_ps[client];
        if (b->rtt_ps < 0 || rtt_ps < b->rtt_ps)
            *b = (struct best){rtt_ps, (int)site->pop};
    }
}

// Those of the service `of` are where `service` can be had.
static void try_sites(struct stretch *s, int service, int of, enum phase phase)
{
    for (size_t i = 0; i < s->is.services[of].sites.n; i++)
        if (s->is.services[of].sites.v[i].announced)
            try_site(s, service, &s->is.services[of].sites.v[i], phase);
}

static void middle(struct sim *sim, struct entity *self, uint64_t phase)
{
    struct stretch *s = (struct stretch *)self;
    (void)sim;
    for (int v = 0; v < s->is.scenario->nservices; v++) {
        const struct gslb *name = s->is.scenario->services[v].gslb;
        try_sites(s, v, v, (enum phase)phase);
        for (int i = 0; name && i < name->nanswers; i++)
            try_sites(s, v, name->answers[i], (enum phase)phase);
    }
}

struct stretch *stretch_new(const struct stretch_options *o)
{
    struct stretch *s = xcalloc(1, sizeof *s);
    const struct scenario *of = o->scenario;
    const int64_t borders_ps[] = {0, of->outage_from_ps, of->outage_to_ps, of->duration_ps};
    size_t n = (size_t)of->nservices * (size_t)of->ngroups * PHASE_COUNT;
    sim_entity(o->sim, &s->entity, middle);
    s->is = *o;
    s->shortest = shortest_new(o->net, o->nodes);
    s->to_ps = xcalloc(o->net->nnodes, sizeof *s->to_ps);
    s->from_ps = xcalloc(o->net->nnodes, sizeof *s->from_ps);
    s->best = xcalloc(n, sizeof *s->best);
    for (size_t i = 0; i < n; i++)
        s->best[i] = (struct best){-1, -1};
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        int64_t length_ps = borders_ps[ph + 1] - borders_ps[ph];
        if (length_ps > 0)
            sim_at(o->sim, &s->entity, &s->entity, o->epoch_ps + borders_ps[ph] + length_ps / 2,
                   SIM_PHASE_METER, (uint64_t)ph);
    }
    return s;
}

void stretch_free(struct stretch *s)
{
    if (!s)
        return;
    shortest_free(s->shortest);
    free(s->to_ps);
    free(s->from_ps);
    free(s->best);
    free(s);
}

// The city of the server that answers what enters at `site`; NULL: none.
static const struct city *server_city(const struct scenario *s, int service, int site)
{
    int pop = s->services[service].backend >= 0 ? s->services[service].backend : site;
    if (pop < 0)
        return NULL;
    const struct pop *p = &s->topology.pops[pop];
    return s->topology.networks[p->network].cities[p->city].city;
}

static const struct city *client_city(const struct scenario *s, int group)
{
    const struct network *n = &s->topology.networks[s->groups[group].network];
    return n->cities[n->clients[s->groups[group].index].city].city;
}

void stretch_collect(const struct stretch *s, struct results *r)
{
    const struct scenario *of = s->is.scenario;
    for (int i = 0; i < r->nclients; i++) {
        struct client_result *c = &r->clients[i];
        const struct best *b = best_of(s, c->service, c->group, c->phase);
        const struct city *server = server_city(of, c->service, c->site);
        c->stretch = (struct stretch_result){
            .best_ps = b->rtt_ps, .best_site = b->site, .circle_km = NAN, .circle_ps = -1};
        if (!server || c->site < 0)
            continue;
        c->stretch.circle_km = city_distance_km(client_city(of, c->group), server);
        double ps = 2 * c->stretch.circle_km * (double)of->topology.delay_per_km_ps;
        c->stretch.circle_ps = ps >= 1 ? (int64_t)(ps + 0.5) : -1;
    }
}

double stretch_of(const struct client_result *c, int64_t yardstick_ps)
{
    int64_t ns = hist_quantile(&c->rtt_ns, 0.5, client_endless(c));
    return ns < 0 || yardstick_ps <= 0 ? NAN : (double)ns * 1e3 / (double)yardstick_ps;
}
