// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/announce.h"

struct where { // a router of a POP, towards a network or CONTROL_ALL_NETWORKS
    const struct anycast_service *service;
    uint32_t pop, router, network;
};

typedef void where_fn(struct world *w, const struct manner *m, const struct where *at);

static void for_each(struct world *w, const struct manner *m, where_fn *fn)
{
    const struct anycast_service *s = &w->services[m->service];
    for (size_t i = 0; i < s->sites.n; i++) {
        const struct anycast_site *site = &s->sites.v[i];
        if (m->pop >= 0 && site->pop != (uint32_t)m->pop)
            continue;
        for (int k = 0; k < (m->nto ? m->nto : 1); k++) {
            uint32_t network = m->nto ? (uint32_t)m->to[k] : CONTROL_ALL_NETWORKS;
            fn(w, m, &(struct where){s, site->pop, site->router, network});
        }
    }
}

static void change(struct world *w, const struct manner *m, const struct where *at)
{
    struct control *c = w->control;
    struct prefix p = at->service->prefix;
    if (m->prepend >= 0)
        control_prepend(c, at->router, p, at->network, (int)m->prepend);
    if (m->quiet >= 0)
        control_quiet(c, at->router, p, at->network, m->quiet);
    if (m->med >= 0)
        control_med(c, at->router, p, at->network, m->med);
    for (int i = 0; i < m->ncommunities; i++)
        control_attach(c, at->router, p, at->network, m->communities[i], true);
}

static bool covers(const struct manner *m, const struct where *at)
{
    if (m->pop >= 0 && (uint32_t)m->pop != at->pop)
        return false;
    for (int i = 0; i < m->nto; i++)
        if ((uint32_t)m->to[i] == at->network)
            return true;
    return m->nto == 0 && at->network == CONTROL_ALL_NETWORKS;
}

static bool attaches(const struct manner *m, uint32_t community)
{
    for (int i = 0; i < m->ncommunities; i++)
        if (m->communities[i] == community)
            return true;
    return false;
}

// What an action has said is set to what the service's file says.
static void restore(struct world *w, const struct manner *m, const struct where *at)
{
    const struct service *is = &w->scenario->services[m->service];
    struct control *c = w->control;
    struct prefix p = at->service->prefix;
    int prepend = CONTROL_UNSAID, quiet = CONTROL_UNSAID;
    int64_t med = CONTROL_UNSAID;
    for (int i = 0; i < is->nannounce; i++) {
        const struct manner *said = &is->announce[i];
        if (!covers(said, at))
            continue;
        prepend = said->prepend >= 0 ? (int)said->prepend : prepend;
        quiet = said->quiet >= 0 ? said->quiet : quiet;
        med = said->med >= 0 ? said->med : med;
    }
    if (m->what == MANNER_PREPEND)
        control_prepend(c, at->router, p, at->network, prepend);
    if (m->what == MANNER_QUIET)
        control_quiet(c, at->router, p, at->network, quiet);
    if (m->what == MANNER_MED)
        control_med(c, at->router, p, at->network, med);
    for (int k = 0; k < m->ncommunities; k++) {
        bool stays = false;
        for (int i = 0; i < is->nannounce; i++)
            stays = stays ||
                    (covers(&is->announce[i], at) && attaches(&is->announce[i], m->communities[k]));
        if (!stays)
            control_attach(c, at->router, p, at->network, m->communities[k], false);
    }
}

void announce_configured(struct world *w, int service)
{
    const struct service *s = &w->scenario->services[service];
    for (int i = 0; i < s->nannounce; i++)
        for_each(w, &s->announce[i], change);
}

void announce_change(struct world *w, const struct manner *m)
{
    for_each(w, m, change);
}

void announce_restore(struct world *w, const struct manner *m)
{
    for_each(w, m, restore);
}
