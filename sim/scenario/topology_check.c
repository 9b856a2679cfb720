// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of a topology that was read without errors: is it a whole?
#include "base/vec.h"
#include "scenario/graphinfo.h"
#include "scenario/topology_reader.h"

#include <string.h>

#define NAMED_MAX 5 // cities that a message lists

static void check_connected(struct input *in, const struct network *n)
{
    int *component = arena_array(in->a, int, n->ncities);
    const char *list = "";
    int listed = 0, cut = 0, first = -1;
    if (graph_components(n, component) <= 1)
        return;
    for (int i = 0; i < n->ncities; i++) {
        if (component[i] == component[0])
            continue;
        first = first < 0 ? i : first;
        if (++cut <= NAMED_MAX && ++listed)
            list = arena_printf(in->a, "%s%s%s", list, listed > 1 ? ", " : "",
                                n->cities[i].city->name);
    }
    diag_error(in->d, n->cities[first].at, "add a link between the parts",
               "network '%s' is not connected: no path from %s to %s%s", n->name,
               n->cities[0].city->name, list, cut > NAMED_MAX ? ", …" : "");
}

static void check_reflectors(struct input *in, const struct network *n)
{
    int routers = 0, reflectors = 0;
    for (int i = 0; i < n->ncities; i++) {
        routers += n->cities[i].routers;
        reflectors += n->cities[i].reflector;
    }
    if (routers > 1 && reflectors == 0 && n->routing.nmembers == 0)
        diag_error(in->d, n->at,
                   arena_printf(in->a,
                                "add 'reflectors: [%s]' to the network, or 'reflector: yes' "
                                "to a node",
                                n->cities[0].city->name),
                   "network '%s' has %d routers but no iBGP route reflector", n->name, routers);
    if (routers == 0)
        diag_error(in->d, n->at, NULL, "network '%s' has no router", n->name);
}

static void check_as_numbers(struct input *in, const struct topology *t)
{
    for (int i = 0; i < t->nnetworks; i++)
        for (int k = 0; k < i; k++)
            if (t->networks[i].asn == t->networks[k].asn) {
                diag_error(in->d, t->networks[i].at, NULL,
                           "network '%s' has the AS number %u of network '%s'", t->networks[i].name,
                           (unsigned)t->networks[i].asn, t->networks[k].name);
                break;
            }
}

struct owned { // a client prefix
    struct prefix p;
    const struct network *network;
    const struct client_group *group;
};

static int by_prefix(const void *a, const void *b)
{
    return prefix_compare(((const struct owned *)a)->p, ((const struct owned *)b)->p);
}

static void check_client_prefixes(struct input *in, const struct topology *t)
{
    VEC(struct owned) all = {0};
    for (int i = 0; i < t->nnetworks; i++) {
        const struct network *n = &t->networks[i];
        for (int k = 0; k < n->nclients; k++) {
            struct owned o = {n->clients[k].prefix, n, &n->clients[k]};
            if (o.p.len == 0)
                continue;
            vec_push(&all, o);
        }
    }
    if (all.n)
        qsort(all.v, all.n, sizeof *all.v, by_prefix);
    for (size_t i = 1; i < all.n; i++) {
        const struct owned *a = &all.v[i - 1], *b = &all.v[i];
        char pa[PREFIX_TEXT], pb[PREFIX_TEXT];
        if (prefix_overlap(a->p, b->p))
            diag_error(in->d, b->group->at, NULL, "prefix %s of %s/%s overlaps prefix %s of %s/%s",
                       prefix_print(b->p, pb), b->network->name, b->group->region,
                       prefix_print(a->p, pa), a->network->name, a->group->region);
    }
    vec_free(&all);
}

// Two networks have one relation everywhere, and one link a city.
static void check_interconnects(struct input *in, const struct topology *t)
{
    struct table seen;
    table_init(&seen);
    for (int i = 0; i < t->ninterconnects; i++) {
        const struct interconnect *c = &t->interconnects[i];
        const char *a = t->networks[c->a].name, *b = t->networks[c->b].name;
        const char *city = t->networks[c->a].cities[c->a_city].city->name;
        int lo = c->a < c->b ? c->a : c->b, hi = c->a < c->b ? c->b : c->a;
        char pair[32], place[32 + 80];
        snprintf(pair, sizeof pair, "%d %d", lo, hi);
        snprintf(place, sizeof place, "%s %s", pair, city);
        uint64_t first;
        if (table_get_name(&seen, place, &first)) {
            diag_error(in->d, c->at, "add the capacities up in one row",
                       "'%s' and '%s' are connected twice in '%s', first on line %d", a, b, city,
                       t->interconnects[first].at.line);
            continue;
        }
        table_put_name(&seen, place, (uint64_t)i);
        if (!table_get_name(&seen, pair, &first)) {
            table_put_name(&seen, pair, (uint64_t)i);
            continue;
        }
        const struct interconnect *f = &t->interconnects[first];
        if (f->relation != c->relation || (c->relation == RELATION_CUSTOMER && f->a != c->a))
            diag_error(in->d, c->at, NULL,
                       "'%s' and '%s' have another relation here than on line %d", a, b,
                       f->at.line);
    }
    table_free(&seen);
}

static void check_joined(struct input *in, const struct topology *t)
{
    int *component = arena_array(in->a, int, t->nnetworks);
    if (graph_network_components(t, component) <= 1)
        return;
    for (int i = 1; i < t->nnetworks; i++)
        if (component[i] != component[0]) {
            diag_warn(in->d, t->networks[i].at, "add an interconnect",
                      "networks '%s' and '%s' cannot reach each other", t->networks[0].name,
                      t->networks[i].name);
            return;
        }
}

void topology_check(struct input *in, const struct topology *t)
{
    for (int i = 0; i < t->nnetworks; i++) {
        check_connected(in, &t->networks[i]);
        check_reflectors(in, &t->networks[i]);
    }
    check_as_numbers(in, t);
    check_client_prefixes(in, t);
    check_interconnects(in, t);
    check_joined(in, t);
}
