// SPDX-License-Identifier: GPL-3.0-or-later
// `cap:` of a service, and its change on the timeline.
#include "scenario/cap.h"

#include "scenario/scenario_reader.h"

#define RATE_MIN (INT64_C(8) * 1000)
#define RATE_MAX (INT64_C(1000) * 1000000000) // POLICER_RATE_MAX_BPS

const char *const cap_direction_names[CAP_DIRECTIONS] = {"outbound", "both"};
const char *const cap_scope_names[CAP_SCOPES] = {"global", "per-egress"};

static const struct schema_field service_cap_fields[] = {
    {.key = "rate",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_cap, is.rate_bps),
     .unit = UNIT_RATE,
     .min = RATE_MIN,
     .max = RATE_MAX,
     .required = true,
     .doc = "what may pass, in IP datagrams without tunnel headers",
     .example = "2Gbps"},
    {.key = "direction",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_cap, direction),
     .names = cap_direction_names,
     .nnames = CAP_DIRECTIONS,
     .fallback = "outbound",
     .doc = "outbound: to clients; both: each way has the rate for itself",
     .example = "both"},
    {.key = "scope",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_cap, scope),
     .names = cap_scope_names,
     .nnames = CAP_SCOPES,
     .fallback = "global",
     .doc = "global: all POPs together, by an exchange of shares; per-egress: each POP",
     .example = "per-egress"},
    {.key = "interval",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_cap, is.interval_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = 60 * PS_PER_S,
     .fallback = "100ms",
     .doc = "how often shares are handed out, by what was offered in the interval before",
     .example = "1s"},
    {.key = "burst",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_cap, is.burst_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_US,
     .max = 10 * PS_PER_S,
     .fallback = "50ms",
     .doc = "depth of the token buckets, as time at the full rate",
     .example = "20ms"},
    {.key = "apply",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_cap, is.apply_ps),
     .unit = UNIT_TIME,
     .max = 3600 * PS_PER_S,
     .fallback = "1s",
     .doc = "from a change of the cap on the timeline to its effect",
     .example = "5s"}};

const struct schema_table service_cap_table = {.name = "service_cap",
                                               .doc = "the bandwidth cap of an EIP",
                                               SCHEMA_FIELDS(service_cap_fields),
                                               .size = sizeof(struct raw_cap),
                                               .place = offsetof(struct raw_cap, at)};

void service_cap_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    const struct raw_cap *c = raw->cap;
    if (!c)
        return;
    if (raw->mode >= 0 && s->mode != MODE_ACCELERATED)
        diag_error(r->in->d, c->at, "leave it out", "%s service '%s' is no EIP and has no cap",
                   service_mode_names[s->mode], s->name);
    s->cap = c->is;
    s->cap.direction = c->direction < 0 ? CAP_OUTBOUND : (enum cap_direction)c->direction;
    s->cap.scope = c->scope < 0 ? CAP_GLOBAL : (enum cap_scope)c->scope;
}

// --- The action

struct raw_cap_event {
    struct text eip;
    int64_t rate_bps;
    struct srcpos at;
};

static const struct schema_field cap_fields[] = {
    {.key = "eip",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_cap_event, eip),
     .required = true,
     .doc = "the accelerated service that is meant; it must have a cap",
     .example = "game"},
    {.key = "rate",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_cap_event, rate_bps),
     .unit = UNIT_RATE,
     .min = RATE_MIN,
     .max = RATE_MAX,
     .required = true,
     .doc = "the new rate, from the cap's `apply` later on",
     .example = "4Gbps"}};

const struct schema_table cap_table = {.name = "cap",
                                       .doc = "a cap that changes",
                                       SCHEMA_FIELDS(cap_fields),
                                       .size = sizeof(struct raw_cap_event),
                                       .place = offsetof(struct raw_cap_event, at)};

bool cap_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_cap_event *raw = from;
    int service = names_find(&r->services, r->in, &raw->eip, "service", "");
    if (service < 0)
        return false;
    const struct service *s = &r->out->services[service];
    if (s->cap.rate_bps == 0) {
        diag_error(r->in->d, raw->eip.at, "give it one: cap: {rate: 2Gbps}",
                   "service '%s' has no cap that could change", s->name);
        return false;
    }
    struct cap_event *x = arena_new(r->in->a, struct cap_event);
    char rate[UNIT_BUF];
    *x = (struct cap_event){.service = service, .rate_bps = raw->rate_bps};
    e->data = x;
    e->on = true;
    e->pair = arena_printf(r->in->a, "cap of %s", s->name);
    e->target.text = arena_printf(r->in->a, "of %s to %s", s->name,
                                  unit_print(UNIT_RATE, raw->rate_bps, rate, sizeof rate));
    return true;
}
