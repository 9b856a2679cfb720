// SPDX-License-Identifier: GPL-3.0-or-later
// POPs out of service and back: drain_pop, return_pop, maintenance.
#include "scenario/life.h"
#include "scenario/pop_drain.h"
#include "scenario/scenario_reader.h"
#include "scenario/schema_fields.h"

#include <string.h>

static const char *const steps[POP_DRAIN_STEPS] = {"graceful_shutdown", "prepend", "withdraw"};
static const char *const offs[POP_OFFS] = {"everything", "gateways", "nothing"};

struct raw_pop_drain {
    struct text pop;
    struct texts how;
    int64_t prepend, wait_ps, quiet_ps, patience_ps, down_ps;
    int off;
    struct srcpos off_at, at;
};

#define POP                                                                                        \
    {                                                                                              \
        .key = "pop", .type = SCHEMA_NAME, .offset = offsetof(struct raw_pop_drain, pop),          \
        .required = true, .doc = "which POP, with all services at it", .example = "shanghai"       \
    }
#define KEYS                                                                                       \
    POP,                                                                                           \
        {.key = "how",                                                                             \
         .type = SCHEMA_NAMES,                                                                     \
         .offset = offsetof(struct raw_pop_drain, how),                                            \
         .doc = "steps, in this order, of graceful_shutdown, prepend and withdraw; all three "     \
                "when absent",                                                                     \
         .example = "[graceful_shutdown, withdraw]"},                                              \
        {.key = "prepend",                                                                         \
         .type = SCHEMA_INT,                                                                       \
         .offset = offsetof(struct raw_pop_drain, prepend),                                        \
         .min = 1,                                                                                 \
         .max = MANNER_PREPEND_MAX,                                                                \
         .fallback = "3",                                                                          \
         .doc = "of the step prepend: the own AS so many times more",                              \
         .example = "3"},                                                                          \
        SCHEMA_TIME_FIELD("wait", struct raw_pop_drain, wait_ps, PS_PER_MS, "10s",                 \
                          "after each step, both ways"),                                           \
        SCHEMA_TIME_FIELD("quiet", struct raw_pop_drain, quiet_ps, PS_PER_MS, "1s",                \
                          "nothing has come for so long: the POP is empty"),                       \
        SCHEMA_TIME_FIELD("patience", struct raw_pop_drain, patience_ps, PS_PER_MS, "60s",         \
                          "but it is not waited for longer than this"),                            \
    {                                                                                              \
        .key = "off", .type = SCHEMA_ENUM, .offset = offsetof(struct raw_pop_drain, off),          \
        .place = offsetof(struct raw_pop_drain, off_at), .names = offs, .nnames = POP_OFFS,        \
        .fallback = "everything",                                                                  \
        .doc = "what is switched off when the POP is empty: everything (routers, which are freed " \
               "of others' traffic before), gateways, or nothing",                                 \
        .example = "gateways"                                                                      \
    }

static const struct schema_field drain_fields[] = {KEYS};
static const struct schema_field return_fields[] = {POP};
static const struct schema_field maintenance_fields[] = {
    KEYS,
    {.key = "down",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_pop_drain, down_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_MS,
     .max = SCHEMA_MAX_TIME,
     .required = true,
     .doc = "how long it stays out of service before it comes back by itself",
     .example = "10min"}};

#define TABLE(key, list, text)                                                                     \
    const struct schema_table key##_table = {.name = #key,                                         \
                                             .doc = text,                                          \
                                             SCHEMA_FIELDS(list),                                  \
                                             .size = sizeof(struct raw_pop_drain),                 \
                                             .place = offsetof(struct raw_pop_drain, at)};
TABLE(drain_pop, drain_fields, "a POP that is taken out of service in steps, make before break")
TABLE(return_pop, return_fields, "a drained POP that comes back, the same steps in reverse order")
TABLE(maintenance, maintenance_fields,
      "a POP that is drained, stays out for a time, and comes back")

// --- Reading

static bool add_step(struct scenario_reader *r, const struct text *name, struct pop_drain *d)
{
    for (int k = 0; k < POP_DRAIN_STEPS; k++) {
        if (strcmp(name->s, steps[k]) != 0)
            continue;
        for (int i = 0; i < d->nhow; i++)
            if (d->how[i] == (enum pop_drain_step)k) {
                diag_error(r->in->d, name->at, NULL, "step '%s' is named twice", name->s);
                return false;
            }
        d->how[d->nhow++] = (enum pop_drain_step)k;
        return true;
    }
    diag_error(r->in->d, name->at, schema_hint(r->in->a, name->s, steps, POP_DRAIN_STEPS),
               "unknown step '%s'", name->s);
    return false;
}

static bool read_steps(struct scenario_reader *r, const struct raw_pop_drain *raw,
                       struct pop_drain *d)
{
    bool good = true;
    for (int k = 0; raw->how.at.line == 0 && k < POP_DRAIN_STEPS; k++)
        d->how[d->nhow++] = (enum pop_drain_step)k;
    for (int i = 0; i < raw->how.n; i++)
        good &= add_step(r, &raw->how.v[i], d);
    return good;
}

// What is switched off must be there; and nobody must need it: standing_behind() below.
static bool may_go_off(struct scenario_reader *r, const struct raw_pop_drain *raw,
                       struct pop_drain *d)
{
    const struct pop *p = &r->out->topology.pops[d->pop];
    d->off_at = raw->off_at.line ? raw->off_at : raw->pop.at;
    if (d->off != POP_OFF_GATEWAYS || p->gateways.count > 0)
        return true;
    diag_error(r->in->d, d->off_at, "off: everything, or off: nothing", "POP '%s' has no gateways",
               p->name);
    return false;
}

static struct pop_drain *read(struct scenario_reader *r, const struct raw_pop_drain *raw,
                              struct event *e)
{
    struct pop_drain *d = arena_new(r->in->a, struct pop_drain);
    *d = (struct pop_drain){.pop = names_find(&r->pops, r->in, &raw->pop, "POP", ""),
                            .prepend = (int)raw->prepend,
                            .wait_ps = raw->wait_ps,
                            .quiet_ps = raw->quiet_ps,
                            .patience_ps = raw->patience_ps,
                            .off = (enum pop_off)raw->off,
                            .down_ps = raw->down_ps};
    if (d->pop < 0)
        return NULL;
    e->data = d;
    e->target.text = r->out->topology.pops[d->pop].name;
    e->pair = arena_printf(r->in->a, "drained pop %s", e->target.text);
    return d;
}

bool drain_pop_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_pop_drain *raw = from;
    struct pop_drain *d = read(r, raw, e);
    return d && read_steps(r, raw, d) && may_go_off(r, raw, d);
}

bool return_pop_read(struct scenario_reader *r, const void *from, struct event *e)
{
    e->on = false;
    return read(r, from, e) != NULL;
}

bool maintenance_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_pop_drain *raw = from;
    struct pop_drain *d = read(r, raw, e);
    if (!d || !read_steps(r, raw, d) || !may_go_off(r, raw, d))
        return false;
    int n = d->nhow + (d->off == POP_OFF_EVERYTHING); // as drain_longest_ps()
    e->pair = NULL;                                   // it ends by itself, at the latest then
    e->incident.for_ps = 2 * n * d->wait_ps + d->patience_ps + d->down_ps +
                         (d->off == POP_OFF_NOTHING ? 0 : d->wait_ps);
    return true;
}

// The POP behind which a service's servers stand when event `at` happens, or -1.
static int backend_at(const struct scenario *s, int service, int at)
{
    int pop = s->services[service].backend;
    for (int i = 0; i < at; i++) {
        const struct life_event *x = s->events[i].data;
        if (s->events[i].kind == EVENT_ACTION && s->events[i].action == ACTION_BIND &&
            x->service == service && x->to.pop >= 0)
            pop = x->to.pop;
    }
    return pop;
}

// Whose servers stand behind the POP that event `at` switches off must not be forgotten.
static void standing_behind(struct scenario_reader *r, int at)
{
    const struct scenario *s = r->out;
    const struct pop_drain *d = s->events[at].data;
    const struct pop *p = &s->topology.pops[d->pop];
    for (int i = 0; i < s->nservices && d->off == POP_OFF_EVERYTHING; i++) {
        int behind = backend_at(s, i, at);
        if (behind < 0 || s->topology.pops[behind].network != p->network ||
            s->topology.pops[behind].city != p->city)
            continue;
        diag_error(r->in->d, d->off_at, "off: gateways, or off: nothing",
                   "the backend of service '%s' stands at POP '%s': it cannot be switched off",
                   s->services[i].name, p->name);
        return;
    }
}

void pop_drains_check_backends(struct scenario_reader *r)
{
    const struct scenario *s = r->out;
    for (int i = 0; i < s->nevents; i++)
        if (s->events[i].kind == EVENT_ACTION &&
            (s->events[i].action == ACTION_DRAIN_POP || s->events[i].action == ACTION_MAINTENANCE))
            standing_behind(r, i);
}

void pop_drains_check(struct scenario_reader *r)
{
    const struct scenario *s = r->out;
    for (int i = 0; i < s->nevents; i++) {
        const struct event *e = &s->events[i];
        if (e->kind != EVENT_ACTION || e->action != ACTION_RETURN_POP)
            continue;
        bool drained = false;
        for (int k = 0; k < i; k++)
            if (s->events[k].pair && strcmp(s->events[k].pair, e->pair) == 0)
                drained = s->events[k].on;
        if (!drained)
            diag_error(r->in->d, e->at, "drain_pop comes first, at an earlier time",
                       "return_pop %s: the POP has not been drained", e->target.text);
    }
}
