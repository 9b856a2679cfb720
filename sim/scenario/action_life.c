// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator does to an EIP: allocate, release, bind, unbind, block, unblock.
#include "scenario/scenario_reader.h"
#include "scenario/service_life.h"

#include <string.h>

const char *const life_block_names[LIFE_BLOCK_REASONS] = {"arrears", "security"};

struct raw_life_event {
    struct text eip, backend;
    int kind, why; // kind: -1 when absent
    struct srcpos at;
};

#define EIP_FIELD                                                                                  \
    {                                                                                              \
        .key = "eip", .type = SCHEMA_NAME, .offset = offsetof(struct raw_life_event, eip),         \
        .required = true, .doc = "the accelerated service that is meant", .example = "game"        \
    }

static const struct schema_field only_eip[] = {EIP_FIELD};

static const struct schema_field bind_fields[] = {
    EIP_FIELD,
    {.key = "backend",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_life_event, backend),
     .doc =
         "POP behind which the backend stands; of a bound EIP another one: it is moved. Not of a "
         "service with `backends`: it is bound to all of them",
     .example = "shanghai"},
    {.key = "kind",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_life_event, kind),
     .names = life_backend_names,
     .nnames = LIFE_BACKEND_KINDS,
     .doc = "what stands there; as `life` of the service says when absent",
     .example = "servers"}};

static const struct schema_field block_fields[] = {EIP_FIELD,
                                                   {.key = "why",
                                                    .type = SCHEMA_ENUM,
                                                    .offset = offsetof(struct raw_life_event, why),
                                                    .names = life_block_names,
                                                    .nnames = LIFE_BLOCK_REASONS,
                                                    .fallback = "arrears",
                                                    .doc = "what it is blocked for",
                                                    .example = "security"}};

static void absent(void *out)
{
    ((struct raw_life_event *)out)->kind = -1;
}

#define TABLE(key, list, text)                                                                     \
    const struct schema_table key##_table = {.name = #key,                                         \
                                             .doc = text,                                          \
                                             SCHEMA_FIELDS(list),                                  \
                                             .size = sizeof(struct raw_life_event),                \
                                             .place = offsetof(struct raw_life_event, at),         \
                                             .prepare = absent};
TABLE(allocate, only_eip, "an EIP that comes into being")
TABLE(release, only_eip, "an EIP that is given up; it must be unbound")
TABLE(bind, bind_fields, "an EIP that is bound to a backend, or moved to another")
TABLE(unbind, only_eip, "an EIP that is taken off its backend")
TABLE(block, block_fields, "an EIP that carries nothing and cannot be unbound")
TABLE(unblock, only_eip, "an EIP that is blocked no longer")

static struct life_event *read(struct scenario_reader *r, const struct raw_life_event *raw,
                               struct event *e, enum life_act act)
{
    int service = names_find(&r->services, r->in, &raw->eip, "service", "");
    if (service < 0)
        return NULL;
    const struct service *s = &r->out->services[service];
    if (s->mode != MODE_ACCELERATED) {
        diag_error(r->in->d, raw->eip.at, "only an accelerated service is an EIP",
                   "service '%s' is %s: it cannot be bound, unbound or blocked", s->name,
                   service_mode_names[s->mode]);
        return NULL;
    }
    struct life_event *x = arena_new(r->in->a, struct life_event);
    *x = (struct life_event){.service = service,
                             .act = act,
                             .to = {.pop = -1},
                             .why = (enum life_block)raw->why,
                             .at = raw->eip.at};
    e->data = x;
    e->target.text = s->name;
    return x;
}

// The tunnel runs inside one network.
static bool can_reach(struct scenario_reader *r, const struct raw_life_event *raw,
                      const struct life_event *x)
{
    const struct topology *t = &r->out->topology;
    const struct service *s = &r->out->services[x->service];
    const struct pop *b = &t->pops[x->to.pop];
    for (int i = 0; i < s->npublish; i++) {
        const struct pop *p = &t->pops[s->publish[i]];
        if (p->network == b->network)
            continue;
        diag_error(r->in->d, raw->backend.at, NULL,
                   "backend '%s' cannot be reached from POP '%s': it stands in network '%s', not "
                   "in '%s'",
                   b->name, p->name, t->networks[b->network].name, t->networks[p->network].name);
        return false;
    }
    return true;
}

static bool to_backend(struct scenario_reader *r, const struct raw_life_event *raw,
                       struct life_event *x, struct event *e)
{
    const struct service *s = &r->out->services[x->service];
    if (!raw->backend.s) {
        diag_error(r->in->d, raw->eip.at, "backend: POP behind which the backend stands",
                   "missing key 'backend' in bind: service '%s' has no 'backends'", s->name);
        return false;
    }
    x->to.pop = names_find(&r->pops, r->in, &raw->backend, "POP", "");
    e->target.text = arena_printf(r->in->a, "%s to %s", s->name, raw->backend.s);
    return x->to.pop >= 0 && can_reach(r, raw, x);
}

// All of a service's `backends`. The first region stands for them; its name may be said.
static bool to_backends(struct scenario_reader *r, const struct raw_life_event *raw,
                        struct life_event *x)
{
    const struct service *s = &r->out->services[x->service];
    const char *first = s->backend < 0 ? NULL : r->out->topology.pops[s->backend].name;
    x->to.pop = s->backend;
    if (first && raw->backend.s && strcmp(raw->backend.s, first)) {
        diag_error(r->in->d, raw->backend.at, "leave it out; set_weight and set_dial move its load",
                   "service '%s' has 'backends': it is bound to all of them", s->name);
        return false;
    }
    if (x->to.kind == LIFE_NAT) {
        diag_error(r->in->d, raw->at, "kind: servers, or load_balancer",
                   "service '%s' has 'backends': no NAT stands before them", s->name);
        return false;
    }
    return first != NULL;
}

bool bind_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_life_event *raw = from;
    struct life_event *x = read(r, raw, e, LIFE_DO_BIND);
    if (!x)
        return false;
    const struct service *s = &r->out->services[x->service];
    x->to.kind = raw->kind < 0 ? s->life.kind : (enum life_backend_kind)raw->kind;
    return s->backends ? to_backends(r, raw, x) : to_backend(r, raw, x, e);
}

#define READ(key, act)                                                                             \
    bool key##_read(struct scenario_reader *r, const void *from, struct event *e)                  \
    {                                                                                              \
        return read(r, from, e, act) != NULL;                                                      \
    }
READ(allocate, LIFE_DO_ALLOCATE)
READ(release, LIFE_DO_RELEASE)
READ(unbind, LIFE_DO_UNBIND)
READ(block, LIFE_DO_BLOCK)
READ(unblock, LIFE_DO_UNBLOCK)
