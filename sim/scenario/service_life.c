// SPDX-License-Identifier: GPL-3.0-or-later
// `life:` of a service.
#include "scenario/service_life.h"

#include "scenario/scenario_reader.h"

#define DELAY_MAX (INT64_C(3600) * PS_PER_S)

static const char *const states[] = {"none", "unbind", "bind"};
static const enum life_state state_of[] = {LIFE_NONE, LIFE_UNBIND, LIFE_BIND};

#define DELAY(k, m, value, text)                                                                   \
    {                                                                                              \
        .key = (k), .type = SCHEMA_UNIT, .offset = offsetof(struct raw_life, m),                   \
        .unit = UNIT_TIME, .max = DELAY_MAX, .fallback = (value), .doc = (text),                   \
        .example = (value)                                                                         \
    }

static const struct schema_field life_fields[] = {
    {.key = "state",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_life, state),
     .names = states,
     .nnames = 3,
     .fallback = "bind",
     .doc = "how the EIP begins: not allocated, bound to nothing, or bound to `backend`",
     .example = "unbind"},
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_life, kind),
     .names = life_backend_names,
     .nnames = LIFE_BACKEND_KINDS,
     .fallback = "servers",
     .doc = "what stands behind it. servers: a cluster that sees clients' addresses; nat: POPs "
            "replace those by their own, so a flow breaks when it enters elsewhere; load_balancer: "
            "as servers, but an unbinding one takes no new flows",
     .example = "nat"},
    DELAY("create", delays.create_ps, "2s", "CREATING: from allocate to UNBIND"),
    DELAY("bind", delays.bind_ps, "5s", "BINDING: from bind to BIND"),
    DELAY("unbind", delays.unbind_ps, "5s", "UNBINDING: from unbind to UNBIND"),
    DELAY("offline", delays.offline_ps, "5s", "OFFLINING: from release until it is gone"),
    DELAY("linger", linger_ps, "1s",
          "how long the gateway of a backend that was left still knows the EIP's flows")};

const struct schema_table life_table = {.name = "life",
                                        .doc = "how an EIP lives (docs/service.md)",
                                        SCHEMA_FIELDS(life_fields),
                                        .size = sizeof(struct raw_life),
                                        .place = offsetof(struct raw_life, at)};

// As the schema's fallbacks say.
static const struct service_life usual = {
    .first = LIFE_BIND,
    .delays = {2 * PS_PER_S, 5 * PS_PER_S, 5 * PS_PER_S, 5 * PS_PER_S},
    .linger_ps = PS_PER_S};

void service_life_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    const struct raw_life *l = raw->life;
    s->life = usual;
    if (!l)
        return;
    if (raw->mode >= 0 && s->mode != MODE_ACCELERATED)
        diag_error(r->in->d, l->at, "leave it out", "%s service '%s' is no EIP and has no life",
                   service_mode_names[s->mode], s->name);
    s->life.given = true;
    s->life.delays = l->delays;
    s->life.linger_ps = l->linger_ps;
    if (l->state >= 0)
        s->life.first = state_of[l->state];
    if (l->kind >= 0)
        s->life.kind = (enum life_backend_kind)l->kind;
}
