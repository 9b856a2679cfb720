// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to backends: servers that die and are repaired, weights, traffic dials.
#include "scenario/scenario_reader.h"

struct raw_backend_event {
    struct text service, pop;
    int64_t server;           // 0: absent
    int64_t weight, dial_ppm; // -1: absent
    struct srcpos server_at;
    struct srcpos at;
};

#define SERVICE_FIELD                                                                              \
    {                                                                                              \
        .key = "service", .type = SCHEMA_NAME,                                                     \
        .offset = offsetof(struct raw_backend_event, service), .required = true,                   \
        .doc = "whose servers", .example = "web"                                                   \
    }
#define POP_FIELD                                                                                  \
    {                                                                                              \
        .key = "pop", .type = SCHEMA_NAME, .offset = offsetof(struct raw_backend_event, pop),      \
        .required = true, .doc = "the region: the POP behind which they stand",                    \
        .example = "beijing"                                                                       \
    }
#define SERVER_FIELD(text)                                                                         \
    {                                                                                              \
        .key = "server", .type = SCHEMA_INT, .offset = offsetof(struct raw_backend_event, server), \
        .place = offsetof(struct raw_backend_event, server_at), .min = 1, .max = BACKENDS_SERVERS, \
        .doc = (text), .example = "2"                                                              \
    }

static const struct schema_field server_fields[] = {
    SERVICE_FIELD, POP_FIELD, SERVER_FIELD("which of them, from 1; all of the region when absent")};

static const struct schema_field weight_fields[] = {
    SERVICE_FIELD,
    POP_FIELD,
    SERVER_FIELD("of this server, from 1; of the region itself when absent"),
    {.key = "weight",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_backend_event, weight),
     .max = BACKENDS_WEIGHT_MAX,
     .required = true,
     .doc = "0 to 255",
     .example = "50"}};

static const struct schema_field dial_fields[] = {
    SERVICE_FIELD,
    POP_FIELD,
    {.key = "dial",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_backend_event, dial_ppm),
     .unit = UNIT_RATIO,
     .max = 1000000,
     .required = true,
     .doc = "the part of what would come to the region that does",
     .example = "20%"}};

#define TABLE(key, list, text)                                                                     \
    const struct schema_table key##_table = {.name = #key,                                         \
                                             .doc = text,                                          \
                                             SCHEMA_FIELDS(list),                                  \
                                             .size = sizeof(struct raw_backend_event),             \
                                             .place = offsetof(struct raw_backend_event, at)};
TABLE(fail_server, server_fields,
      "servers that die: they answer nothing more, and say so to nobody")
TABLE(repair_server, server_fields, "servers that work again")
TABLE(set_weight, weight_fields, "another weight of a server, or of a region")
TABLE(set_dial, dial_fields, "another traffic dial of a region")

static const struct region *region_of(const struct service *s, int pop)
{
    for (int i = 0; s->backends && i < s->backends->nregions; i++)
        if (s->backends->regions[i].pop == pop)
            return &s->backends->regions[i];
    return NULL;
}

// Has the service a server at the POP that nothing was written about?
static bool has_plain_server(const struct service *s, int pop)
{
    if (s->mode == MODE_ACCELERATED)
        return !s->backends && s->backend == pop;
    for (int i = 0; i < s->npublish; i++)
        if (s->publish[i] == pop)
            return true;
    return false;
}

static struct backend_event *read(struct scenario_reader *r, const struct raw_backend_event *raw,
                                  struct event *e)
{
    int service = names_find(&r->services, r->in, &raw->service, "service", "");
    int pop = names_find(&r->pops, r->in, &raw->pop, "POP", "");
    if (service < 0 || pop < 0)
        return NULL;
    const struct service *s = &r->out->services[service];
    const struct region *region = region_of(s, pop);
    int servers = region ? region->nservers : has_plain_server(s, pop) ? 1 : 0;
    if (!s->backends && !s->health) {
        diag_error(r->in->d, raw->service.at, "give it 'backends' or 'health'",
                   "service '%s' has no servers of its own to act on", s->name);
        return NULL;
    }
    if (servers == 0) {
        diag_error(r->in->d, raw->pop.at, NULL, "service '%s' has no servers at POP '%s'", s->name,
                   raw->pop.s);
        return NULL;
    }
    if (raw->server > servers) {
        diag_error(r->in->d, raw->server_at, NULL, "service '%s' has servers 1 to %d at POP '%s'",
                   s->name, servers, raw->pop.s);
        return NULL;
    }
    struct backend_event *x = arena_new(r->in->a, struct backend_event);
    *x = (struct backend_event){.service = service,
                                .pop = pop,
                                .server = (int)raw->server,
                                .weight = raw->weight,
                                .dial_ppm = raw->dial_ppm};
    e->data = x;
    e->target.text = raw->server ? arena_printf(r->in->a, "%s %s server %d", s->name, raw->pop.s,
                                                (int)raw->server)
                                 : arena_printf(r->in->a, "%s %s", s->name, raw->pop.s);
    return x;
}

bool fail_server_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    if (!read(r, raw, e))
        return false;
    e->pair = arena_printf(r->in->a, "server %s", e->target.text);
    e->on = true;
    return true;
}

bool repair_server_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    if (!fail_server_read(r, raw, e))
        return false;
    e->on = false;
    return true;
}

// Weights are of what is written down; regions are chosen among by POPs of accelerated services alone.
static bool check_region(struct scenario_reader *r, const struct raw_backend_event *raw,
                         const struct backend_event *x)
{
    const struct service *s = &r->out->services[x->service];
    if (!region_of(s, x->pop)) {
        diag_error(r->in->d, raw->pop.at, "write the region there",
                   "'backends' of service '%s' do not tell of POP '%s'", s->name, raw->pop.s);
        return false;
    }
    if (x->server || s->mode == MODE_ACCELERATED)
        return true;
    diag_error(r->in->d, raw->at, NULL,
               "nothing is chosen among the regions of %s service '%s': each site has its own "
               "servers",
               service_mode_names[s->mode], s->name);
    return false;
}

bool set_weight_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    const struct backend_event *x = read(r, raw, e);
    e->pair = x ? arena_printf(r->in->a, "weight of %s", e->target.text) : NULL;
    return x && check_region(r, raw, x);
}

bool set_dial_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    const struct backend_event *x = read(r, raw, e);
    e->pair = x ? arena_printf(r->in->a, "dial of %s", e->target.text) : NULL;
    return x && check_region(r, raw, x);
}
