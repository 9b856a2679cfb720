// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/dns.h"

#include "base/rng.h"
#include "run/dns_state.h"

#include <stdlib.h>
#include <string.h>

#define NAME_ROOM 45 // of a service's name in front of ".example.com"

// --- What flows ask

static ip4_addr resolve(void *ctx, const struct flow *f, double user)
{
    struct dns_zone *z = ctx;
    const struct dns_crowd *c = z->crowds[z->dns->group_at[f->is.client_node]];
    int class = audience_of(c->users, user);
    while (z->last.n <= f->index)
        vec_push(&z->last, 0);
    z->last.v[f->index] = class;
    int site = audience_class(c->users, class)->site;
    return site == NAMECACHE_NOBODY ? 0 : z->address[site];
}

// Of somebody in the class, whose request goes to the answer `site`.
static enum answers_fate fate_of(const struct dns_zone *z, const struct dns_crowd *c, int class,
                                 int site)
{
    int view = dns_view_of(c, audience_class(c->users, class));
    if (site == z->is->nanswers)
        return ANSWERS_UNRESOLVED;
    if (!gslb_right(z->policy, view, site) || dns_dead(z, site))
        return ANSWERS_STALE;
    return gslb_right(z->policy, c->group, site) ? ANSWERS_RIGHT : ANSWERS_MISPLACED;
}

static void sent(void *ctx, const struct flow *f, ip4_addr address)
{
    const struct dns_zone *z = ctx;
    const struct dns_crowd *c = z->crowds[z->dns->group_at[f->is.client_node]];
    int site = 0;
    while (site < z->is->nanswers && z->address[site] != address)
        site++;
    struct answers_request r = {.group = c->group,
                                .answer = site,
                                .weight = f->is.weight,
                                .fate = fate_of(z, c, z->last.v[f->index], site)};
    answers_request(z->answers, dns_now(z->dns), &r);
}

// --- Time

static double people_of(const struct world *w, int group)
{
    const struct group_ref *g = &w->scenario->groups[group];
    return (double)w->scenario->topology.networks[g->network].clients[g->index].population;
}

static void add_users(struct dns_zone *z, const struct dns_crowd *c, double weight, int64_t t_ps)
{
    for (int i = 0; i < audience_classes(c->users); i++) {
        const struct audience_class *class = audience_class(c->users, i);
        int site = class->site == NAMECACHE_NOBODY ? z->is->nanswers : class->site;
        struct answers_cell *cell = answers_cell(z->answers, t_ps, site);
        if (!cell)
            return;
        cell->users += class->share * weight;
        if (fate_of(z, c, i, site) == ANSWERS_STALE)
            cell->users_stale += class->share * weight;
    }
}

static void set_demands(const struct dns_zone *z, const struct dns_crowd *c)
{
    for (size_t i = 0; i < c->demands.n; i++) {
        int site = c->demands.v[i].answer;
        demand_share(z->dns->w->demands, c->demands.v[i].part,
                     audience_share(c->users, site == z->is->nanswers ? NAMECACHE_NOBODY : site));
    }
}

static void look(struct dns_zone *z)
{
    const struct world *w = z->dns->w;
    int64_t t_ps = dns_now(z->dns);
    double people = 0;
    for (int g = 0; g < w->scenario->ngroups; g++)
        people += z->crowds[g] ? people_of(w, g) : 0;
    for (int g = 0; g < w->scenario->ngroups; g++) {
        if (!z->crowds[g])
            continue;
        add_users(z, z->crowds[g], people > 0 ? people_of(w, g) / people : 0, t_ps);
        set_demands(z, z->crowds[g]);
    }
    for (int i = 0; i < z->is->nanswers; i++) {
        struct answers_cell *cell = answers_cell(z->answers, t_ps, i);
        if (cell)
            cell->up = gslb_up(z->policy, i);
    }
}

// The start, and then the end of each time bucket.
void dns_zone_happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct dns_zone *z = (struct dns_zone *)self;
    const struct scenario *s = z->dns->w->scenario;
    int64_t t_ps = dns_now(z->dns), next_ps = t_ps < 0 ? 0 : t_ps + s->bucket_ps;
    (void)arg;
    for (int g = 0; !z->begun && g < s->ngroups; g++)
        if (z->crowds[g])
            dns_crowd_begin(z->crowds[g]);
    z->begun = true;
    look(z);
    if (t_ps >= s->duration_ps)
        return;
    next_ps = next_ps < s->duration_ps ? next_ps : s->duration_ps;
    sim_at(sim, &z->entity, &z->entity, z->dns->w->epoch_ps + next_ps, SIM_PHASE_METER, 0);
}

// --- Building

struct dns *dns_new(struct world *w)
{
    const struct scenario *s = w->scenario;
    struct dns *d = xcalloc(1, sizeof *d);
    d->w = w;
    d->start_ps = w->epoch_ps - load_lead_ps(s);
    d->zones = xcalloc((size_t)s->nservices + 1, sizeof *d->zones);
    for (int i = 0; i < s->nservices; i++) {
        if (s->services[i].mode != MODE_GSLB)
            continue;
        struct dns_zone *z = &d->zones[d->nzones++];
        z->dns = d;
        z->service = i;
        z->is = s->services[i].gslb;
        z->names = (struct flow_names){z, resolve, sent};
        z->answers = answers_new(s, i);
        z->draws = rng_stream(s->seed, s->services[i].name, "answers");
        z->address = xcalloc((size_t)z->is->nanswers, sizeof *z->address);
        for (int k = 0; k < z->is->nanswers; k++)
            z->address[k] = w->services[z->is->answers[k]].address;
        bool fits = strlen(s->services[i].name) <= NAME_ROOM;
        z->options.dns.name = fits ? arena_printf(&w->arena, "%s.example.com", s->services[i].name)
                                   : "www.example.com";
    }
    if (d->nzones)
        return d;
    dns_free(d);
    return NULL;
}

static const struct dns_zone *zone_of(const struct dns *d, int service)
{
    for (int i = 0; d && i < d->nzones; i++)
        if (d->zones[i].service == service)
            return &d->zones[i];
    return NULL;
}

const struct flow_names *dns_names(const struct dns *d, int service)
{
    const struct dns_zone *z = zone_of(d, service);
    return z ? &z->names : NULL;
}

struct flow *dns_flow(struct dns_zone *z, const char *name, uint32_t node, ip4_addr address,
                      const struct lookup_hooks *hooks)
{
    struct flow_options o = {.ops = &traffic_lookup,
                             .client_node = node,
                             .client = address,
                             .weight = 1,
                             .interval_ps = 1,
                             .options = &z->options};
    struct flow *f = traffic_add_flow(z->dns->w->traffic, name, &o);
    lookup_init(f, hooks);
    return f;
}

void dns_demand(struct dns *d, int service, int group, int answer, uint32_t part)
{
    const struct dns_zone *z = zone_of(d, service);
    struct dns_part p = {answer, part};
    vec_push(&z->crowds[group]->demands, p);
}

// --- Ending

static void free_zone(struct dns_zone *z)
{
    const struct dns *d = z->dns;
    for (int g = 0; z->crowds && g < d->w->scenario->ngroups; g++) {
        struct dns_crowd *c = z->crowds[g];
        if (!c)
            continue;
        audience_free(c->users);
        free(c->desks);
        free(c->flows);
        free(c->asks);
        vec_free(&c->demands);
        free(c);
    }
    for (size_t i = 0; z->desks && i < d->hosts.n; i++) {
        struct dns_desk *k = z->desks[i];
        for (int e = 0; k && e < k->nentries; e++)
            vec_free(&k->entries[e].waiting);
        free(k ? k->entries : NULL);
        free(k);
    }
    for (size_t i = 0; i < z->probers.n; i++) {
        checker_free(&z->probers.v[i]->checker);
        free(z->probers.v[i]);
    }
    for (size_t i = 0; i < z->gauges.n; i++)
        free(z->gauges.v[i]);
    vec_free(&z->probers);
    vec_free(&z->gauges);
    vec_free(&z->last);
    gslb_free(z->policy);
    answers_free(z->answers);
    gsl_rng_free(z->draws);
    free(z->crowds);
    free(z->desks);
    free(z->address);
}

void dns_free(struct dns *d)
{
    if (!d)
        return;
    for (int i = 0; i < d->nzones; i++)
        free_zone(&d->zones[i]);
    vec_free(&d->hosts);
    free(d->group_at);
    free(d->zones);
    free(d);
}

int dns_count(const struct dns *d)
{
    return d ? d->nzones : 0;
}

void dns_collect(const struct dns *d, int i, struct answers_result *out)
{
    answers_collect(d->zones[i].answers, out);
}

int dns_service_at(const struct dns *d, int service, ip4_addr address)
{
    const struct dns_zone *z = zone_of(d, service);
    for (int i = 0; z && i < z->is->nanswers; i++)
        if (z->address[i] == address)
            return z->is->answers[i];
    return -1;
}

bool dns_answer_up(const struct dns *d, int service, int answer)
{
    return gslb_up(zone_of(d, service)->policy, answer);
}

bool dns_held(const struct dns *d, int service, int group, int k, struct dns_held *out)
{
    const struct dns_zone *z = zone_of(d, service);
    const struct dns_crowd *c = z ? z->crowds[group] : NULL;
    if (!c || k >= c->nparts)
        return false;
    const struct dns_host *h = &d->hosts.v[c->desks[k]->host];
    *out = (struct dns_held){.resolver = d->w->net->nodes[h->node].name, .right = -1};
    for (int i = 0; i < audience_classes(c->users); i++) {
        const struct audience_class *class = audience_class(c->users, i);
        if (class->part != k)
            continue;
        out->share += class->share;
        out->on[class->site == NAMECACHE_NOBODY ? z->is->nanswers : class->site] += class->share;
        for (int a = 0; a < z->is->nanswers && out->right < 0; a++)
            if (gslb_right(z->policy, dns_view_of(c, class), a))
                out->right = a;
    }
    return true;
}
