// SPDX-License-Identifier: GPL-3.0-or-later
// Zones, what a list of zones and POPs means, and the action that publishes a service elsewhere.
#include "scenario/scenario_reader.h"
#include "scenario/zone.h"

#define OVERLAP_MAX (INT64_C(86400) * PS_PER_S)

static const struct schema_field zone_fields[] = {{.key = "pops",
                                                   .type = SCHEMA_NAMES,
                                                   .offset = offsetof(struct raw_zone, pops),
                                                   .required = true,
                                                   .doc = "POPs that belong to it",
                                                   .example = "[beijing, shanghai]"}};

const struct schema_table zone_table = {.name = "zone",
                                        .doc = "a set of POPs, to publish services at",
                                        SCHEMA_FIELDS(zone_fields),
                                        .size = sizeof(struct raw_zone),
                                        .place = offsetof(struct raw_zone, at),
                                        .name_offset = offsetof(struct raw_zone, name)};

static bool has(const int *pops, int n, int pop)
{
    for (int i = 0; i < n; i++)
        if (pops[i] == pop)
            return true;
    return false;
}

static void read_zone(struct scenario_reader *r, const struct raw_zone *raw, struct zone *z)
{
    z->name = raw->name.s;
    z->pops = arena_array(r->in->a, int, raw->pops.n);
    for (int i = 0; i < raw->pops.n; i++) {
        const struct text *name = &raw->pops.v[i];
        int pop = names_find(&r->pops, r->in, name, "POP", "");
        if (pop >= 0 && has(z->pops, z->npops, pop))
            diag_error(r->in->d, name->at, NULL, "POP '%s' is named twice", name->s);
        else if (pop >= 0)
            z->pops[z->npops++] = pop;
    }
}

void zones_read(struct scenario_reader *r)
{
    const struct raw_zone *raw = r->raw.zones.v;
    r->out->zones = arena_array(r->in->a, struct zone, r->raw.zones.n);
    for (int i = 0; i < r->raw.zones.n; i++) {
        read_zone(r, &raw[i], &r->out->zones[i]);
        if (names_get(&r->pops, raw[i].name.s) >= 0)
            diag_error(r->in->d, raw[i].name.at, "give the zone a name of its own",
                       "zone '%s' has the name of a POP", raw[i].name.s);
        names_add(&r->zones, raw[i].name.s, i);
    }
    r->out->nzones = r->raw.zones.n;
}

int zone_pops(struct scenario_reader *r, const struct text *name, const int **pops)
{
    int zone = names_get(&r->zones, name->s);
    if (zone >= 0) {
        *pops = r->out->zones[zone].pops;
        return r->out->zones[zone].npops;
    }
    int *one = arena_new(r->in->a, int);
    *one = names_find(&r->pops, r->in, name, r->out->nzones ? "POP or zone" : "POP", "");
    *pops = one;
    return *one >= 0;
}

int zone_list(struct scenario_reader *r, const struct texts *names, int **out)
{
    int n = 0;
    *out = arena_array(r->in->a, int, r->out->topology.npops + names->n);
    for (int i = 0; i < names->n; i++) {
        const int *pops;
        int count = zone_pops(r, &names->v[i], &pops);
        bool zone = names_get(&r->zones, names->v[i].s) >= 0;
        for (int k = 0; k < count; k++) {
            bool twice = has(*out, n, pops[k]);
            if (twice && !zone) // zones may overlap
                diag_error(r->in->d, names->v[i].at, NULL, "POP '%s' is named twice",
                           names->v[i].s);
            else if (!twice)
                (*out)[n++] = pops[k];
        }
    }
    return n;
}

// --- The action

struct raw_publish_event {
    struct text eip;
    struct texts zone;
    int64_t overlap_ps;
    struct srcpos at;
};

static const struct schema_field publish_fields[] = {
    {.key = "eip",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_publish_event, eip),
     .required = true,
     .doc = "the service that is meant: accelerated or replicated",
     .example = "game"},
    {.key = "zone",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_publish_event, zone),
     .required = true,
     .doc = "zones and POPs at which it is published from now on, and at no other",
     .example = "overseas"},
    {.key = "overlap",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_publish_event, overlap_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = OVERLAP_MAX,
     .fallback = "30s",
     .doc = "for so long the POPs that are left still announce it, so that the new ones are known "
            "everywhere before",
     .example = "10s"}};

const struct schema_table publish_table = {.name = "publish",
                                           .doc = "a service that is published elsewhere",
                                           SCHEMA_FIELDS(publish_fields),
                                           .size = sizeof(struct raw_publish_event),
                                           .place = offsetof(struct raw_publish_event, at)};

// Sites are built where a service will ever be published.
static void add_later(struct scenario_reader *r, struct service *s, int pop)
{
    if (!s->later)
        s->later = arena_array(r->in->a, int, r->out->topology.npops);
    if (!has(s->publish, s->npublish, pop) && !has(s->later, s->nlater, pop))
        s->later[s->nlater++] = pop;
}

// The tunnel runs inside one network.
static bool can_reach(struct scenario_reader *r, const struct raw_publish_event *raw,
                      const struct service *s, int pop)
{
    const struct topology *t = &r->out->topology;
    int mine = s->npublish ? t->pops[s->publish[0]].network : t->pops[pop].network;
    if (s->mode != MODE_ACCELERATED || t->pops[pop].network == mine)
        return true;
    diag_error(r->in->d, raw->zone.at, NULL,
               "the backend of '%s' cannot be reached from POP '%s': it stands in network '%s'",
               s->name, t->pops[pop].name, t->networks[t->pops[pop].network].name);
    return false;
}

bool publish_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_publish_event *raw = from;
    int service = service_with_address(r, &raw->eip);
    if (service < 0)
        return false;
    struct service *s = &r->out->services[service];
    struct publish_event *x = arena_new(r->in->a, struct publish_event);
    x->service = service;
    x->npops = zone_list(r, &raw->zone, &x->pops);
    if (s->mode == MODE_UNICAST) {
        diag_error(r->in->d, raw->eip.at, NULL, "unicast service '%s' stays where it is", s->name);
        return false;
    }
    for (int i = 0; i < x->npops; i++) {
        if (!can_reach(r, raw, s, x->pops[i]))
            return false;
        add_later(r, s, x->pops[i]);
    }
    e->data = x;
    e->on = true;
    e->incident.for_ps = raw->overlap_ps; // then it is withdrawn where it is published no longer
    const char *zones = raw->zone.n ? raw->zone.v[0].s : "";
    for (int i = 1; i < raw->zone.n; i++)
        zones = arena_printf(r->in->a, "%s, %s", zones, raw->zone.v[i].s);
    e->target.text = arena_printf(r->in->a, "%s at %s", s->name, zones);
    return x->npops > 0;
}
