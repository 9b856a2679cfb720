// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to try, and doing it.
#include "run/announce.h"
#include "run/caps.h"
#include "run/playbook.h"

#include <string.h>

const char *const play_kind_names[PLAY_KINDS] = {
    "nothing",   "withdraw",  "drain", "prepend", "neighbour", "no-announce",
    "no-export", "blackhole", "add",   "replace", "raise-cap"};

static const char *pop_name(const struct playbook *p, int pop)
{
    return p->scenario.topology.pops[pop].name;
}

static const char *name_of(struct playbook *p, const struct play *play)
{
    struct arena *a = &p->arena;
    const char *service = play->service < 0 ? NULL : p->scenario.services[play->service].name;
    const char *pop = play->pop < 0 ? NULL : p->scenario.topology.pops[play->pop].name;
    const char *to =
        play->network >= 0 ? p->scenario.topology.networks[play->network].name : "everybody";
    switch (play->kind) {
    case PLAY_NOTHING:
        return "(nothing)";
    case PLAY_PREPEND:
    case PLAY_NEIGHBOUR:
        return arena_printf(a, "prepend %s at %s %dx to %s", service, pop, play->times, to);
    case PLAY_NO_ANNOUNCE:
    case PLAY_NO_EXPORT:
        return arena_printf(a, "%s %s at %s to %s", play_kind_names[play->kind], service, pop, to);
    case PLAY_REPLACE:
        return arena_printf(a, "replace %s at %s by %s (%s first)", service, pop,
                            pop_name(p, play->other),
                            play->order == PLAY_WITHDRAW_FIRST ? "withdraw" : "announce");
    case PLAY_RAISE_CAP:
        return arena_printf(a, "raise-cap %s %dx", service, play->times);
    default:
        return arena_printf(a, "%s %s at %s", play_kind_names[play->kind], service, pop);
    }
}

static struct play *add(struct playbook *p, const struct play *like)
{
    if (p->nplays % 64 == 0) { // grown by steps: the arena keeps the old ones
        struct play *v = arena_array(&p->arena, struct play, p->nplays + 64);
        if (p->nplays)
            memcpy(v, p->plays, p->nplays * sizeof *v);
        p->plays = v;
    }
    struct play *play = &p->plays[p->nplays++];
    *play = *like;
    play->twin = -1;
    play->name = name_of(p, play);
    return play;
}

// Networks that meet the POP's network in its city, in order of the topology.
static bool is_neighbour(const struct topology *t, int pop, int network)
{
    const struct pop *at = &t->pops[pop];
    for (int i = 0; i < t->ninterconnects; i++) {
        const struct interconnect *x = &t->interconnects[i];
        if ((x->a == at->network && x->a_city == at->city && x->b == network) ||
            (x->b == at->network && x->b_city == at->city && x->a == network))
            return true;
    }
    return false;
}

static void towards(struct playbook *p, const struct playbook_options *o, int service, int pop)
{
    const struct topology *t = &p->scenario.topology;
    for (int n = 0; n < t->nnetworks; n++) {
        struct play like = {.service = service, .pop = pop, .other = -1, .network = n};
        if (!is_neighbour(t, pop, n))
            continue;
        for (like.times = 1; o->kinds[PLAY_NEIGHBOUR] && like.times <= 3; like.times++) {
            like.kind = PLAY_NEIGHBOUR;
            add(p, &like);
        }
        like.times = 0;
        for (int k = PLAY_NO_ANNOUNCE; k <= PLAY_NO_EXPORT; k++) {
            like.kind = (enum play_kind)k;
            if (o->kinds[k])
                add(p, &like);
        }
    }
}

static bool is_attacked(const struct scenario *s, int service)
{
    for (int i = 0; i < s->ntraffic; i++) {
        const struct traffic *t = &s->traffic[i];
        bool attack = t->kind == TRAFFIC_SYNFLOOD || t->kind == TRAFFIC_REFLECTION ||
                      t->kind == TRAFFIC_CARPET;
        for (int k = 0; attack && k < t->nto; k++)
            if (t->to[k] == service)
                return true;
    }
    return false;
}

static void at_pop(struct playbook *p, const struct playbook_options *o, int service, int pop)
{
    static const enum play_kind simple[] = {PLAY_WITHDRAW, PLAY_DRAIN, PLAY_BLACKHOLE};
    struct play like = {.service = service, .pop = pop, .other = -1, .network = -1};
    for (size_t i = 0; i < sizeof simple / sizeof simple[0]; i++) {
        like.kind = simple[i];
        if (o->kinds[like.kind] &&
            (like.kind != PLAY_BLACKHOLE || is_attacked(&p->scenario, service)))
            add(p, &like);
    }
    like.kind = PLAY_PREPEND;
    for (like.times = 1; o->kinds[PLAY_PREPEND] && like.times <= 3; like.times++)
        add(p, &like);
    towards(p, o, service, pop);
}

static void replace(struct playbook *p, int service, int pop, int other)
{
    struct play like = {.kind = PLAY_REPLACE,
                        .order = PLAY_ANNOUNCE_FIRST,
                        .service = service,
                        .pop = pop,
                        .other = other,
                        .network = -1};
    size_t first = p->nplays;
    add(p, &like);
    if (!p->oldest)
        return;
    like.order = PLAY_WITHDRAW_FIRST;
    add(p, &like)->twin = (int)first;
    p->plays[first].twin = (int)first + 1;
}

// `published`: how many of its POPs the service was published at in the file; the others are new.
static void of_service(struct playbook *p, const struct playbook_options *o, int service,
                       int published)
{
    const struct service *s = &p->scenario.services[service];
    struct play cap = {
        .kind = PLAY_RAISE_CAP, .service = service, .pop = -1, .other = -1, .network = -1};
    for (cap.times = 2; o->kinds[PLAY_RAISE_CAP] && s->cap.rate_bps && cap.times <= 4;
         cap.times *= 2)
        add(p, &cap);
    for (int i = 0; i < published; i++)
        at_pop(p, o, service, s->publish[i]);
    for (int k = published; o->kinds[PLAY_ADD] && k < s->npublish; k++)
        add(p, &(struct play){.kind = PLAY_ADD,
                              .service = service,
                              .pop = s->publish[k],
                              .other = -1,
                              .network = -1});
    for (int i = 0; i < published; i++)
        for (int k = published; o->kinds[PLAY_REPLACE] && k < s->npublish; k++)
            replace(p, service, s->publish[i], s->publish[k]);
}

void playbook_list(struct playbook *p, const struct playbook_options *o, const int *published)
{
    add(p,
        &(struct play){.kind = PLAY_NOTHING, .service = -1, .pop = -1, .other = -1, .network = -1});
    for (int i = 0; i < p->scenario.nservices; i++)
        if (o->service < 0 ? playbook_is_used(&p->scenario, i) : o->service == i)
            of_service(p, o, i, published[i]);
}

int playbook_steps(const struct play *play)
{
    return play->kind == PLAY_NOTHING ? 0 : play->order == PLAY_ONE_STEP ? 1 : 2;
}

// --- doing it

static void say(struct world *w, const struct play *play)
{
    uint32_t no_export[] = {0xffffff01u}; // RFC 1997
    int to = play->network;
    struct manner m = {.service = play->service,
                       .pop = play->pop,
                       .to = &to,
                       .nto = to >= 0,
                       .prepend = play->times ? play->times : MANNER_UNSAID,
                       .quiet = play->kind == PLAY_NO_ANNOUNCE ? 1 : MANNER_UNSAID,
                       .med = MANNER_UNSAID,
                       .communities = no_export,
                       .ncommunities = play->kind == PLAY_NO_EXPORT};
    announce_change(w, &m);
}

static void at_sites(struct world *w, const struct play *play)
{
    const struct anycast_service *s = &w->services[play->service];
    for (size_t i = 0; i < s->sites.n; i++) {
        const struct anycast_site *site = &s->sites.v[i];
        if (site->pop != (uint32_t)play->pop)
            continue;
        if (play->kind == PLAY_DRAIN)
            control_drain(w->control, site->router, s->prefix, true);
        else
            control_blackhole(w->control, site->router, (struct prefix){s->address, 32}, true);
    }
}

void playbook_act(struct playbook *p, const struct play *play, int step)
{
    struct world *w = p->world;
    struct anycast_service *s = &w->services[play->service];
    bool announces = (step == 0) == (play->order == PLAY_ANNOUNCE_FIRST);
    meter_event(w->meter);
    switch (play->kind) {
    case PLAY_NOTHING:
    case PLAY_KINDS:
        break;
    case PLAY_WITHDRAW:
        anycast_withdraw(s, w->control, (uint32_t)play->pop);
        break;
    case PLAY_ADD:
        anycast_announce(s, w->control, (uint32_t)play->pop);
        break;
    case PLAY_REPLACE:
        if (announces)
            anycast_announce(s, w->control, (uint32_t)play->other);
        else
            anycast_withdraw(s, w->control, (uint32_t)play->pop);
        break;
    case PLAY_RAISE_CAP:
        caps_change(w->caps, play->service,
                    play->times * w->scenario->services[play->service].cap.rate_bps);
        break;
    case PLAY_DRAIN:
    case PLAY_BLACKHOLE:
        at_sites(w, play);
        break;
    case PLAY_PREPEND:
    case PLAY_NEIGHBOUR:
    case PLAY_NO_ANNOUNCE:
    case PLAY_NO_EXPORT:
        say(w, play);
        break;
    }
}
