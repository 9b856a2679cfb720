// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/attr.h"
#include "bgp/peer.h"
#include "bgp/route.h"
#include "export/export.h"
#include "report/json.h"

static json_t *numbers(const uint32_t *v, uint32_t n)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < n; i++)
        json_array_append_new(a, json_integer(v[i]));
    return a;
}

static json_t *address(ip4_addr a)
{
    char text[IP4_TEXT];
    return json_string(ip4_print(a, text));
}

static json_t *route(const struct plan *p, struct prefix prefix, const struct bgp_route *b)
{
    static const char *const sources[] = {"own", "ebgp", "ibgp"};
    char text[PREFIX_TEXT];
    const uint32_t *path;
    uint32_t npath = bgp_route_path(b, &path), peer = bgp_route_peer_router(b);
    json_t *o = json_object();
    json_object_set_new(o, "prefix", json_string(prefix_print(prefix, text)));
    json_object_set_new(o, "source", json_string(sources[b->source]));
    json_object_set_new(o, "as_path", numbers(path, npath));
    json_object_set_new(
        o, "from", peer == BGP_NO_ROUTER ? json_null() : json_string(p->routers[peer].is->name));
    json_object_set_new(o, "from_address", b->peer ? address(b->peer->remote_addr) : json_null());
    json_object_set_new(
        o, "next_hop", b->source == BGP_SOURCE_LOCAL ? json_null() : address(bgp_route_nexthop(b)));
    json_object_set_new(o, "metric", json_integer(b->igp_metric));
    json_object_set_new(o, "local_pref", json_integer(b->attr->f.local_pref));
    json_object_set_new(o, "med", json_integer(b->attr->f.med));
    json_t *communities = numbers(bgp_attr_communities(b->attr), b->attr->ncommunities);
    json_object_set_new(o, "communities", communities);
    return o;
}

static int by_prefix(const void *a, const void *b)
{
    const struct prefix *x = a, *y = b;
    return prefix_compare(*x, *y);
}

void export_routes(const struct plan *p, FILE *out)
{
    VEC(struct prefix) prefixes = {0};
    const struct world *w = p->world;
    for (int i = 0; i < w->scenario->nservices; i++)
        if (w->services[i].prefix.len)
            vec_push(&prefixes, w->services[i].prefix);
    for (int i = 0; i < w->scenario->ngroups; i++)
        vec_push(&prefixes, w->group_prefix[i]);
    for (int i = 0; i < w->scenario->topology.nnetworks; i++) {
        const struct network_routing *n = &w->scenario->topology.networks[i].routing;
        for (int k = 0; k < n->naggregates; k++)
            vec_push(&prefixes, n->aggregates[k].prefix);
    }
    if (prefixes.n)
        qsort(prefixes.v, prefixes.n, sizeof *prefixes.v, by_prefix);
    struct control_stats stats = control_stats(w->control);
    json_t *routers = json_array(), *all = json_object();
    for (uint32_t r = 0; r < p->nrouters; r++) {
        json_t *routes = json_array(), *o = json_object();
        for (size_t i = 0; i < prefixes.n; i++) {
            if (i && prefix_equal(prefixes.v[i], prefixes.v[i - 1]))
                continue;
            const struct bgp_route *best = control_best(w->control, r, prefixes.v[i]);
            if (best)
                json_array_append_new(routes, route(p, prefixes.v[i], best));
        }
        json_object_set_new(o, "router", json_string(p->routers[r].is->name));
        json_object_set_new(o, "host", json_string(p->routers[r].host));
        json_object_set_new(o, "routes", routes);
        json_array_append_new(routers, o);
    }
    json_object_set_new(all, "scenario", json_string(w->scenario->name));
    json_object_set_new(all, "at_s", json_real_or_null(ps_to_s(sim_now(w->sim) - w->epoch_ps), 6));
    json_object_set_new(all, "changed_s",
                        json_real_or_null(ps_to_s(stats.last_best_change_ps - w->epoch_ps), 6));
    json_object_set_new(all, "routers", routers);
    json_print(all, out);
    json_decref(all);
    vec_free(&prefixes);
}
