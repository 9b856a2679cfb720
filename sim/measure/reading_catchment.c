// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/reading.h"

static double people_of(const struct scenario *s, int group)
{
    const struct group_ref *g = &s->groups[group];
    return (double)s->topology.networks[g->network].clients[g->index].population;
}

struct reading reading_of_catchment(const struct results *r, int service, const bool *from, int pop,
                                    enum phase phase)
{
    double all = 0, there = 0;
    for (int g = 0; g < r->scenario->ngroups; g++) {
        const struct client_result *c = results_client(r, service, g, phase);
        if (!from[g] || !c || c->sent == 0)
            continue;
        double people = people_of(r->scenario, g);
        all += people;
        there += people * (double)c->site_count[pop] / (double)c->sent;
    }
    if (all <= 0)
        return (struct reading){.why = "nothing sent"};
    return (struct reading){.exists = true, .value = (int64_t)(there / all * 1e6 + 0.5)};
}
