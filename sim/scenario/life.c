// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/life.h"

#include <assert.h>
#include <stddef.h>

const char *const life_state_names[LIFE_STATES] = {"NONE", "CREATING",  "UNBIND",   "BINDING",
                                                   "BIND", "UNBINDING", "OFFLINING"};
const char *const life_backend_names[LIFE_BACKEND_KINDS] = {"servers", "nat", "load_balancer"};

static const struct life_backend no_backend = {.pop = -1};

void life_init(struct life *l, enum life_state first, struct life_backend backend)
{
    assert(first == LIFE_NONE || first == LIFE_UNBIND || first == LIFE_BIND);
    *l = (struct life){.state = first,
                       .backend = first == LIFE_BIND ? backend : no_backend,
                       .next = no_backend,
                       .due_ps = INT64_MAX};
}

static bool may_bind(const struct life *l)
{
    return l->state == LIFE_UNBIND || l->state == LIFE_BIND;
}

static bool exists(const struct life *l)
{
    return l->state != LIFE_NONE && l->state != LIFE_CREATING && l->state != LIFE_OFFLINING;
}

const char *life_refuses(const struct life *l, enum life_act act, struct life_backend to)
{
    const char *state = life_state_names[l->state];
    switch (act) {
    case LIFE_DO_ALLOCATE:
        return l->state == LIFE_NONE ? NULL : state;
    case LIFE_DO_BLOCK:
        return !exists(l) ? state : l->blocked ? "blocked already" : NULL;
    case LIFE_DO_UNBLOCK:
        return l->blocked ? NULL : "not blocked";
    case LIFE_DO_RELEASE:
        return l->state != LIFE_UNBIND ? state : l->blocked ? "blocked" : NULL;
    case LIFE_DO_UNBIND:
        return l->state != LIFE_BIND ? state : l->blocked ? "blocked" : NULL;
    case LIFE_DO_BIND:
        break;
    }
    if (!may_bind(l))
        return state;
    if (l->blocked)
        return "blocked";
    bool same = l->state == LIFE_BIND && to.pop == l->backend.pop && to.kind == l->backend.kind;
    return same ? "bound to that very backend" : NULL;
}

static void enter(struct life *l, enum life_state state, int64_t due_ps)
{
    l->state = state;
    l->due_ps = due_ps;
}

void life_do(struct life *l, enum life_act act, struct life_backend to, const struct life_delays *d,
             int64_t now_ps)
{
    assert(!life_refuses(l, act, to));
    switch (act) {
    case LIFE_DO_ALLOCATE:
        enter(l, LIFE_CREATING, now_ps + d->create_ps);
        break;
    case LIFE_DO_RELEASE:
        enter(l, LIFE_OFFLINING, now_ps + d->offline_ps);
        break;
    case LIFE_DO_BIND:
        l->next = to;
        enter(l, LIFE_BINDING, now_ps + d->bind_ps);
        break;
    case LIFE_DO_UNBIND:
        enter(l, LIFE_UNBINDING, now_ps + d->unbind_ps);
        break;
    case LIFE_DO_BLOCK:
    case LIFE_DO_UNBLOCK:
        l->blocked = act == LIFE_DO_BLOCK;
        break;
    }
}

bool life_pass(struct life *l, int64_t now_ps)
{
    if (l->due_ps > now_ps)
        return false;
    switch (l->state) {
    case LIFE_BINDING:
        l->backend = l->next;
        l->next = no_backend;
        enter(l, LIFE_BIND, INT64_MAX);
        break;
    case LIFE_OFFLINING:
        enter(l, LIFE_NONE, INT64_MAX);
        break;
    default: // CREATING, UNBINDING
        l->backend = no_backend;
        enter(l, LIFE_UNBIND, INT64_MAX);
        break;
    }
    return true;
}
