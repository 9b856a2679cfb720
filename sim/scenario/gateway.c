// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a POP's gateways, and what a scenario changes of them.
#include "scenario/gateway_schema.h"

#include "scenario/scenario_reader.h"
#include "scenario/schema_fields.h"

#include <string.h>

const char *const gateway_spreads[SPREADS] = {"resilient", "threshold", "rendezvous", "maglev"};

static const struct schema_field detection_fields[] = {
    SCHEMA_TIME_FIELD("interface", struct gateway_detection, interface_ps, 0, "10ms",
                      "until a detected failure is noticed at the other end of the line"),
    {.key = "bfd",
     .type = SCHEMA_UNIT_OFF,
     .offset = offsetof(struct gateway_detection, bfd_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = SCHEMA_MAX_TIME,
     .fallback = "100ms",
     .doc = "how often routers and gateways probe each other; off: the IGP's hellos notice a "
            "silent failure",
     .example = "300ms"},
    {.key = "multiplier",
     .type = SCHEMA_INT,
     .offset = offsetof(struct gateway_detection, bfd_multiplier),
     .min = 1,
     .max = 255,
     .fallback = "3",
     .doc = "of bfd: so many intervals without an answer are a failure",
     .example = "3"},
    SCHEMA_TIME_FIELD("join", struct gateway_detection, join_ps, 0, "2s",
                      "from the moment at which a router sees a gateway again until it gives it "
                      "flows: the IGP has to learn its address meanwhile")};

const struct schema_table gateway_detection_table = {
    .name = "gateway_detection",
    .doc = "who notices the failure and the return of a gateway, and when",
    SCHEMA_FIELDS(detection_fields),
    .size = sizeof(struct gateway_detection)};

#define PER_SECOND(k, m, ex, text)                                                                 \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(struct gateway_capacity, m),           \
        .unit = UNIT_FREQ, .min = 1000000, .max = INT64_C(1000000000000000000), .doc = (text),     \
        .example = (ex)                                                                            \
    }

static const struct schema_field capacity_fields[] = {
    {.key = "rate",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct gateway_capacity, rate_bps),
     .unit = UNIT_RATE,
     .min = 1000000,
     .max = INT64_C(4000000000000),
     .doc = "bits a second in each direction",
     .example = "100Gbps"},
    PER_SECOND("packets", packets_uhz, "10000000/s", "packets a second in each direction"),
    PER_SECOND("new_flows", flows_uhz, "50000/s",
               "flows a second that begin; up to a second's worth may be saved up"),
    {.key = "flows",
     .type = SCHEMA_INT,
     .offset = offsetof(struct gateway_capacity, flow_limit),
     .min = 1,
     .max = INT64_C(1000000000000),
     .doc = "flows known at once; no more begin while there are so many",
     .example = "2000000"},
    SCHEMA_TIME_FIELD("idle", struct gateway_capacity, idle_ps, PS_PER_MS, "30s",
                      "after which a flow without packets is forgotten")};

const struct schema_table gateway_capacity_table = {
    .name = "gateway_capacity",
    .doc = "what each gateway of a POP can bear; no limit where nothing is said",
    SCHEMA_FIELDS(capacity_fields),
    .size = sizeof(struct gateway_capacity)};

struct raw_pop_over { // what a scenario says of a POP
    struct text name;
    struct raw_gateways gateways;
    const struct node *detection, *capacity; // or NULL
    struct srcpos at;
};

static const struct schema_field over_fields[] = {
    GATEWAY_FIELDS(struct raw_pop_over, gateways),
    {.key = "detection",
     .type = SCHEMA_PATCH,
     .offset = offsetof(struct raw_pop_over, detection),
     .sub = &gateway_detection_table,
     .doc = "who notices a gateway's failure when, where it differs from the topology's"},
    {.key = "capacity",
     .type = SCHEMA_PATCH,
     .offset = offsetof(struct raw_pop_over, capacity),
     .sub = &gateway_capacity_table,
     .doc = "what each gateway can bear, where it differs from the topology's"}};

const struct schema_table pop_over_table = {.name = "pop_gateways",
                                            .doc = "the gateways of a POP in this scenario",
                                            SCHEMA_FIELDS(over_fields),
                                            .size = sizeof(struct raw_pop_over),
                                            .place = offsetof(struct raw_pop_over, at),
                                            .name_offset = offsetof(struct raw_pop_over, name)};

static void take(struct gateways *g, const struct raw_gateways *raw)
{
    if (raw->count_at.line)
        g->count = raw->count;
    if (raw->spread_at.line)
        g->spread = raw->spread;
    if (raw->nat_at.line)
        g->nat = raw->nat;
}

void pops_read(struct scenario_reader *r)
{
    const struct raw_pop_over *raw = r->raw.pops.v;
    struct topology *t = &r->out->topology;
    if (r->raw.pops.n == 0)
        return;
    struct pop *own = arena_array(r->in->a, struct pop, t->npops); // others share the topology
    memcpy(own, t->pops, sizeof *own * (size_t)t->npops);
    t->pops = own;
    for (int i = 0; i < r->raw.pops.n; i++) {
        int k = names_find(&r->pops, r->in, &raw[i].name, "POP", "");
        const char *name = raw[i].name.s;
        if (k < 0)
            continue;
        take(&own[k].gateways, &raw[i].gateways);
        if (raw[i].detection)
            schema_patch(r->in, &gateway_detection_table, raw[i].detection,
                         arena_printf(r->in->a, "pops.%s.detection", name),
                         &own[k].gateways.detection);
        if (raw[i].capacity)
            schema_patch(r->in, &gateway_capacity_table, raw[i].capacity,
                         arena_printf(r->in->a, "pops.%s.capacity", name),
                         &own[k].gateways.capacity);
        bool says = raw[i].gateways.spread_at.line || raw[i].gateways.nat_at.line ||
                    raw[i].detection || raw[i].capacity;
        if (own[k].gateways.count == 0 && says)
            diag_error(r->in->d, raw[i].name.at, "gateways: 1",
                       "POP '%s' has no gateways that this could be said of", name);
    }
}
