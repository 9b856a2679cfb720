// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/choice.h"

#include "fwd/group.h"
#include "fwd/node.h"

#include <stdlib.h>

void choices_free(struct choice *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        group_free(v[i].group);
    free(v);
}

static struct group *group_of(const struct fwd_node *n, enum fwd_select how,
                              const struct fwd_member *members, int count)
{
    struct group_shape s;
    FWD_ASSERT(how != FWD_SELECT_RESILIENT);
    for (int i = 0; i < count; i++)
        FWD_ASSERT(tunnel_at(&n->tunnels, members[i].nexthop));
    group_shape_of(&s, how, members, count);
    return group_new(&s, 0);
}

uint32_t fwd_choice_add(struct fwd_node *n, enum fwd_select how, const struct fwd_member *members,
                        int count)
{
    struct choice fresh = {.group = group_of(n, how, members, count)};
    n->choices = fwd_memory_resize(n->choices, n->nchoices + 1u, sizeof *n->choices);
    n->choices[n->nchoices++] = fresh;
    return n->nchoices;
}

void fwd_choice_set(struct fwd_node *n, uint32_t id, enum fwd_select how,
                    const struct fwd_member *members, int count)
{
    FWD_ASSERT(id >= 1 && id <= n->nchoices);
    struct choice *c = &n->choices[id - 1];
    struct group *fresh = group_of(n, how, members, count);
    group_free(c->group);
    c->group = fresh;
}

uint32_t choice_tunnel(const struct choice *c, const uint8_t *h, size_t stored)
{
    const struct group *g = c->group;
    if (g->count == 1)
        return g->members[0].nexthop;
    if (g->how == FWD_SELECT_MAGLEV_SOURCE)
        return group_select(g, flowhash_addresses(h, FLOWHASH_AHEAD_SEED));
    return group_select(g, flowhash(h, stored, FLOWHASH_AHEAD_SEED, false));
}

int choice_tunnels(const struct choice *c, uint32_t out[FWD_MAX_ECMP])
{
    return group_nexthops(c->group, out);
}
