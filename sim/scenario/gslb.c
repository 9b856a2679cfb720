// SPDX-License-Identifier: GPL-3.0-or-later
// Names with many addresses, and resolvers.
#include "scenario/gslb.h"

#include "scenario/scenario_reader.h"

#include <string.h>

#define USUAL_HOLD_PS    (30 * 60 * PS_PER_S)
#define USUAL_MEASURE_PS (30 * PS_PER_S)

static int place_of(const int *v, int n, int value)
{
    for (int i = 0; i < n; i++)
        if (v[i] == value)
            return i;
    return -1;
}

static void answers(struct scenario_reader *r, const struct rows *raw, struct gslb *g)
{
    const struct raw_gslb_answer *rows = raw->v;
    int *services = arena_array(r->in->a, int, raw->n);
    int64_t *weights = arena_array(r->in->a, int64_t, raw->n);
    for (int i = 0; i < raw->n && i < GSLB_ANSWERS_MAX; i++) {
        int service = service_with_address(r, &rows[i].service);
        if (service >= 0 && place_of(services, g->nanswers, service) >= 0)
            diag_error(r->in->d, rows[i].service.at, NULL, "answer '%s' is named twice",
                       rows[i].service.s);
        else if (service >= 0) {
            weights[g->nanswers] = rows[i].weight;
            services[g->nanswers++] = service;
        }
    }
    g->answers = services;
    g->weights = weights;
    if (raw->n > GSLB_ANSWERS_MAX)
        diag_error(r->in->d, raw->at, NULL, "there are %d answers, at most %d are possible", raw->n,
                   GSLB_ANSWERS_MAX);
}

static void name_servers(struct scenario_reader *r, const struct texts *raw, struct gslb *g)
{
    int *services = arena_array(r->in->a, int, raw->n);
    g->name_servers = services;
    for (int i = 0; i < raw->n; i++) {
        int service = service_with_address(r, &raw->v[i]);
        if (service >= 0)
            services[g->nname_servers++] = service;
    }
    if (raw->n > GSLB_ANSWERS_MAX)
        diag_error(r->in->d, raw->at, NULL, "there are %d name servers, at most %d are possible",
                   raw->n, GSLB_ANSWERS_MAX);
    if (raw->at.line)
        return;
    g->name_servers = g->answers;
    g->nname_servers = g->nanswers;
}

static void map(struct scenario_reader *r, const struct raw_gslb *raw, struct gslb *g)
{
    const struct raw_gslb_map *rows = raw->map.v;
    struct gslb_map_row *out = arena_array(r->in->a, struct gslb_map_row, raw->map.n);
    g->map = out;
    g->nmap = raw->map.n;
    for (int i = 0; i < raw->map.n; i++) {
        int *to = arena_array(r->in->a, int, rows[i].to.n);
        out[i].from = from_read(r, rows[i].from, rows[i].at);
        out[i].to = to;
        for (int k = 0; k < rows[i].to.n; k++) {
            const struct text *name = &rows[i].to.v[k];
            int service = names_find(&r->services, r->in, name, "service", "");
            int place = place_of(g->answers, g->nanswers, service);
            if (service >= 0 && place < 0)
                diag_error(r->in->d, name->at, NULL, "'%s' is not among the answers", name->s);
            else if (service >= 0)
                to[out[i].nto++] = place;
        }
    }
    if (raw->map.at.line && g->choose != GSLB_BY_MAP)
        diag_error(r->in->d, raw->map.at, "choose: map", "'map' is for 'choose: map' only");
    if (g->choose == GSLB_BY_MAP && !raw->map.at.line)
        diag_error(r->in->d, raw->choose_at, "map: [{from: {region: hebei}, to: [beijing]}]",
                   "'choose: map' needs a map");
}

static void health(struct scenario_reader *r, const struct raw_gslb_health *raw, struct gslb *g)
{
    if (!raw)
        return;
    g->health = (struct gslb_health){.interval_ps = raw->interval_ps,
                                     .timeout_ps = raw->timeout_ps,
                                     .fall = raw->fall,
                                     .rise = raw->rise,
                                     .quorum_ppm = raw->quorum_ppm};
    if (raw->from)
        g->health.from = from_read(r, raw->from, raw->at);
    if (raw->timeout_ps > raw->interval_ps)
        diag_error(r->in->d, raw->timeout_at.line ? raw->timeout_at : raw->at, NULL,
                   "the timeout of a probe is longer than the interval");
}

// POPs at which any of the answers is published.
static void publish(struct scenario_reader *r, const struct gslb *g, struct service *s)
{
    s->publish = arena_array(r->in->a, int, r->out->topology.npops);
    for (int i = 0; i < g->nanswers; i++) {
        const struct service *a = &r->out->services[g->answers[i]];
        for (int k = 0; k < a->npublish; k++)
            if (place_of(s->publish, s->npublish, a->publish[k]) < 0)
                s->publish[s->npublish++] = a->publish[k];
    }
}

void gslb_read(struct scenario_reader *r, const struct raw_gslb *raw, struct service *s)
{
    struct gslb *g = arena_new(r->in->a, struct gslb);
    s->gslb = g;
    g->choose = raw->choose < 0 ? GSLB_BY_DISTANCE : (enum gslb_choice)raw->choose;
    g->ttl_ps = raw->ttl_ps;
    g->ignoring_ppm = raw->ignoring_ppm;
    g->hold_ps = raw->hold_ps ? raw->hold_ps : USUAL_HOLD_PS;
    g->measure_ps = raw->measure_ps ? raw->measure_ps : USUAL_MEASURE_PS;
    answers(r, &raw->answers, g);
    name_servers(r, &raw->name_servers, g);
    map(r, raw, g);
    health(r, raw->health, g);
    publish(r, g, s);
    if (raw->hold_at.line && g->ignoring_ppm == 0)
        diag_error(r->in->d, raw->hold_at, "ignoring: 15%",
                   "'hold' is of users who ignore the time to live, but nobody does");
    if (raw->measure_at.line && g->choose != GSLB_BY_RTT)
        diag_error(r->in->d, raw->measure_at, "choose: rtt", "'measure' is for 'choose: rtt' only");
}

// "network/city"; false after a diagnostic.
static bool read_place(struct scenario_reader *r, const struct text *place, struct resolver *out)
{
    const char *slash = strchr(place->s, '/');
    struct text network = *place, city = *place;
    if (!slash) {
        diag_error(r->in->d, place->at, "as in 'at: telecom/shanghai'",
                   "a resolver stands at NETWORK/CITY, found '%s'", place->s);
        return false;
    }
    network.s = arena_printf(r->in->a, "%.*s", (int)(slash - place->s), place->s);
    city.s = slash + 1;
    out->network = names_find(&r->networks, r->in, &network, "network", "");
    if (out->network < 0)
        return false;
    out->city = names_find(&r->network_cities[out->network], r->in, &city, "city",
                           arena_printf(r->in->a, " of network '%s'", network.s));
    return out->city >= 0;
}

// Nobody can ask more than all of the time.
static void check_shares(struct scenario_reader *r, const struct resolver *x, int64_t *used_ppm)
{
    char text[160];
    bool told = false;
    for (int g = 0; g < r->out->ngroups; g++) {
        if (!x->from[g])
            continue;
        used_ppm[g] += x->share_ppm;
        if (used_ppm[g] > 1000000 && !told)
            diag_error(r->in->d, x->at, "share: 20%",
                       "with resolver '%s' more than all people of %s have one", x->name,
                       scenario_group_name(r->out, g, text, sizeof text));
        told = told || used_ppm[g] > 1000000;
    }
}

void resolvers_read(struct scenario_reader *r)
{
    const struct raw_resolver *raw = r->raw.resolvers.v;
    int n = r->raw.resolvers.n;
    struct resolver *out = arena_array(r->in->a, struct resolver, n);
    int64_t *used_ppm = arena_array(r->in->a, int64_t, r->out->ngroups);
    bool any = false;
    for (int i = 0; i < n; i++) {
        struct resolver *x = &out[i];
        *x = (struct resolver){.name = raw[i].name.s,
                               .network = -1,
                               .city = -1,
                               .from = from_read(r, raw[i].from, raw[i].at),
                               .share_ppm = raw[i].share_ppm,
                               .subnet = raw[i].subnet,
                               .caches = raw[i].caches,
                               .min_ttl_ps = raw[i].min_ttl_ps,
                               .max_ttl_ps = raw[i].max_ttl_ps,
                               .stale_ps = raw[i].stale_ps,
                               .at = raw[i].name.at};
        if (raw[i].place.s)
            read_place(r, &raw[i].place, x);
        else if (x->subnet)
            diag_error(r->in->d, raw[i].subnet_at, NULL,
                       "resolver '%s' stands beside those who ask: it has no subnet to tell",
                       x->name);
        if (x->max_ttl_ps && x->max_ttl_ps < x->min_ttl_ps)
            diag_error(r->in->d, raw[i].max_ttl_at, NULL, "'max_ttl' is below 'min_ttl'");
        check_shares(r, x, used_ppm);
    }
    r->out->resolvers = out;
    r->out->nresolvers = n;
    for (int i = 0; i < r->out->nservices; i++)
        any = any || r->out->services[i].mode == MODE_GSLB;
    if (n && !any)
        diag_error(r->in->d, r->raw.resolvers.at, "mode: gslb",
                   "nobody asks the resolvers: no service has mode gslb");
}
