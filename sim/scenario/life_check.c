// SPDX-License-Identifier: GPL-3.0-or-later
// Every EIP's life over the timeline, as it will be in the run: what cannot be done then is refused
// here, with the state that the EIP will be in.
#include "scenario/scenario_reader.h"
#include "scenario/service_life.h"

struct walk {
    struct life life;
    int64_t unblock_ps;    // when a block that lasts ends; INT64_MAX: there is none
    bool unbound, offline; // by an earlier event, which a later one ends
};

static const char *const done[] = {
    [LIFE_DO_ALLOCATE] = "allocated", [LIFE_DO_RELEASE] = "released",
    [LIFE_DO_BIND] = "bound",         [LIFE_DO_UNBIND] = "unbound",
    [LIFE_DO_BLOCK] = "blocked",      [LIFE_DO_UNBLOCK] = "unblocked"};

static bool is_life(const struct event *e)
{
    return e->kind == EVENT_ACTION && e->action >= ACTION_ALLOCATE && e->action <= ACTION_UNBLOCK;
}

static void refuse(struct scenario_reader *r, const struct event *e, const struct walk *w,
                   const char *why)
{
    const struct life_event *x = e->data;
    char at[UNIT_BUF], due[UNIT_BUF];
    const char *until = "", *state = life_state_names[w->life.state];
    if (why != state) // something besides
        why = arena_printf(r->in->a, "%s, in state %s", why, state);
    if (w->life.due_ps != INT64_MAX)
        until = arena_printf(r->in->a, " until %s",
                             unit_print(UNIT_TIME, w->life.due_ps, due, sizeof due));
    unit_print(UNIT_TIME, e->at_ps, at, sizeof at);
    diag_error(r->in->d, x->at, "docs/service.md shows what can be done in which state",
               "EIP '%s' cannot be %s at %s: it is %s%s", r->out->services[x->service].name,
               done[x->act], at, why, until);
}

// Which events begin something and which end it, for the phases of the run.
static void set_phase(struct scenario_reader *r, struct event *e, struct walk *w,
                      const struct life_delays *d)
{
    const struct life_event *x = e->data;
    const char *name = r->out->services[x->service].name;
    const char *pair =
        arena_printf(r->in->a, "%s of %s",
                     x->act == LIFE_DO_BIND || x->act == LIFE_DO_UNBIND     ? "bind"
                     : x->act == LIFE_DO_BLOCK || x->act == LIFE_DO_UNBLOCK ? "block"
                                                                            : "allocate",
                     name);
    bool *open = x->act == LIFE_DO_BIND || x->act == LIFE_DO_UNBIND ? &w->unbound : &w->offline;
    switch (x->act) {
    case LIFE_DO_ALLOCATE: // takes its time; what it ends began with the release
    case LIFE_DO_BIND:
        e->incident.for_ps = x->act == LIFE_DO_BIND ? d->bind_ps : d->create_ps;
        e->on = !*open;
        e->pair = *open ? pair : NULL;
        *open = false;
        break;
    case LIFE_DO_RELEASE:
    case LIFE_DO_UNBIND:
        e->on = *open = true;
        e->pair = pair;
        break;
    case LIFE_DO_BLOCK:
    case LIFE_DO_UNBLOCK:
        e->on = x->act == LIFE_DO_BLOCK;
        e->pair = pair;
        break;
    }
}

static void pass(struct walk *w, int64_t now_ps)
{
    life_pass(&w->life, now_ps);
    if (w->unblock_ps <= now_ps) {
        w->life.blocked = false;
        w->unblock_ps = INT64_MAX;
    }
}

static void step(struct scenario_reader *r, struct event *e, struct walk *w)
{
    const struct life_event *x = e->data;
    const struct life_delays *d = &r->out->services[x->service].life.delays;
    pass(w, e->at_ps);
    const char *why = life_refuses(&w->life, x->act, x->to);
    if (why) {
        refuse(r, e, w, why);
        return;
    }
    set_phase(r, e, w, d);
    life_do(&w->life, x->act, x->to, d, e->at_ps);
    if (x->act == LIFE_DO_BLOCK && e->incident.for_ps)
        w->unblock_ps = e->at_ps + e->incident.for_ps;
    else if (x->act == LIFE_DO_UNBLOCK)
        w->unblock_ps = INT64_MAX;
}

void life_check(struct scenario_reader *r)
{
    struct scenario *s = r->out;
    struct walk *walks = arena_array(r->in->a, struct walk, s->nservices);
    for (int i = 0; i < s->nservices; i++) {
        struct life_backend first = {s->services[i].backend, s->services[i].life.kind};
        life_init(&walks[i].life, s->services[i].life.first, first);
        walks[i].unblock_ps = INT64_MAX;
    }
    for (int i = 0; i < s->nevents; i++)
        if (is_life(&s->events[i]))
            step(r, &s->events[i], &walks[((const struct life_event *)s->events[i].data)->service]);
}
