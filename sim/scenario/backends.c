// SPDX-License-Identifier: GPL-3.0-or-later
// The servers behind a service, and their health checks.
#include "scenario/scenario_reader.h"

#include <stdlib.h>

#define QUEUE_USUAL 100

static int64_t first_given(int64_t own, int64_t each, int64_t usual)
{
    return own >= 0 ? own : each >= 0 ? each : usual;
}

static struct server_options resolve(const struct server_options *own,
                                     const struct server_options *each)
{
    return (struct server_options){.weight = first_given(own->weight, each->weight, 1),
                                   .requests_uhz =
                                       first_given(own->requests_uhz, each->requests_uhz, 0),
                                   .service_ps = first_given(own->service_ps, each->service_ps, -1),
                                   .queue = first_given(own->queue, each->queue, QUEUE_USUAL),
                                   .rate_bps = first_given(own->rate_bps, each->rate_bps, 0)};
}

// A number from 1 to `n` as a name, else 0.
static int number_of(const char *name, int n)
{
    char *end;
    long v = strtol(name, &end, 10);
    return *end == '\0' && v >= 1 && v <= n ? (int)v : 0;
}

static void read_servers(struct scenario_reader *r, const struct raw_region *raw,
                         struct region *out)
{
    const struct server_options as_others = {-1, -1, -1, -1, -1};
    const struct raw_server *own = raw->server.v;
    out->nservers = (int)raw->servers;
    out->servers = arena_array(r->in->a, struct server_options, out->nservers);
    for (int i = 0; i < out->nservers; i++)
        out->servers[i] = resolve(&as_others, &raw->each);
    for (int i = 0; i < raw->server.n; i++) {
        int number = number_of(own[i].name.s, out->nservers);
        if (number)
            out->servers[number - 1] = resolve(&own[i].is, &raw->each);
        else
            diag_error(r->in->d, own[i].name.at, NULL, "region '%s' has servers 1 to %d, not '%s'",
                       raw->name.s, out->nservers, own[i].name.s);
    }
}

static bool publishes(const struct service *s, int pop)
{
    for (int i = 0; i < s->npublish; i++)
        if (s->publish[i] == pop)
            return true;
    return false;
}

// Where every site has its own servers nothing is chosen among regions.
static void check_local(struct scenario_reader *r, const struct service *s,
                        const struct raw_region *raw, int pop)
{
    const struct {
        const char *key;
        struct srcpos at;
    } keys[] = {{"weight", raw->weight_at},
                {"dial", raw->dial_at},
                {"priority", raw->priority_at},
                {"standby", raw->standby_at}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].at.line)
            diag_error(r->in->d, keys[i].at, "leave it out",
                       "'%s' is for accelerated services: the sites of %s service '%s' have their "
                       "own servers",
                       keys[i].key, service_mode_names[s->mode], s->name);
    if (!publishes(s, pop))
        diag_error(r->in->d, raw->name.at, "add it to publish",
                   "%s service '%s' is not published at POP '%s'", service_mode_names[s->mode],
                   s->name, raw->name.s);
}

static void read_regions(struct scenario_reader *r, const struct raw_backends *raw,
                         const struct service *s, struct backends *b)
{
    const struct raw_region *in = raw->regions.v;
    b->regions = arena_array(r->in->a, struct region, raw->regions.n);
    for (int i = 0; i < raw->regions.n; i++) {
        int pop = names_find(&r->pops, r->in, &in[i].name, "POP", "");
        if (pop < 0)
            continue;
        struct region *out = &b->regions[b->nregions++];
        out->pop = pop;
        out->weight = in[i].weight;
        out->dial_ppm = in[i].dial_ppm;
        out->rank = in[i].priority + (in[i].standby ? BACKENDS_RANKS : 0);
        out->at = in[i].name.at;
        read_servers(r, &in[i], out);
        if (s->mode != MODE_ACCELERATED)
            check_local(r, s, &in[i], pop);
    }
    if (raw->regions.n == 0 && raw->regions.at.line)
        diag_error(r->in->d, raw->regions.at, NULL, "a service with backends needs a region");
    if (s->mode != MODE_ACCELERATED && raw->choose_at.line)
        diag_error(r->in->d, raw->choose_at, "leave it out",
                   "'choose' is for accelerated services, '%s' is %s", s->name,
                   service_mode_names[s->mode]);
}

static void read_health(struct scenario_reader *r, const struct raw_health *raw,
                        const struct service *s, struct service_health *h)
{
    *h = raw->is;
    if (h->timeout_ps > h->interval_ps)
        diag_error(r->in->d, raw->timeout_at.line ? raw->timeout_at : raw->at,
                   "a probe is over before the next one",
                   "the 'timeout' of health checks is longer than their 'interval'");
    if (s->mode == MODE_UNICAST && h->withdraw && raw->hold_at.line)
        diag_error(r->in->d, raw->hold_at, "leave it out",
                   "unicast service '%s' has one site, which is never withdrawn", s->name);
}

void backends_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    if (raw->mode < 0)
        return; // a wrong mode has been reported
    if (raw->backends) {
        struct backends *b = arena_new(r->in->a, struct backends);
        b->choose = (enum backends_choose)raw->backends->choose;
        b->by_source = raw->backends->affinity == 1;
        read_regions(r, raw->backends, s, b);
        s->backends = b;
    }
    if (raw->health) {
        struct service_health *h = arena_new(r->in->a, struct service_health);
        read_health(r, raw->health, s, h);
        s->health = h;
    }
}
