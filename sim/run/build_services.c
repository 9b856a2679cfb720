// SPDX-License-Identifier: GPL-3.0-or-later
// Services: their sites, their backends, their announcements.
#include "run/announce.h"
#include "run/gateways.h"
#include "run/backends.h"
#include "run/site.h"

// "Published at" means announced there, not elsewhere.
static void build_site(struct world *w, int service, int pop, bool wanted)
{
    const struct service *s = &w->scenario->services[service];
    struct anycast_service *run = &w->services[service];
    size_t before = run->sites.n;
    if (s->mode == MODE_ACCELERATED)
        site_publish_tunnels(w, service, pop);
    else
        site_publish_server(w, service, pop);
    for (size_t i = before; i < run->sites.n; i++)
        run->sites.v[i].wanted = wanted;
    if (!wanted)
        anycast_hold(run, w->control, (struct anycast_where){(uint32_t)pop, ANYCAST_ALL_ROUTERS},
                     ANYCAST_NOT_IN_ZONE);
}

static void build_service(struct world *w, int service)
{
    const struct service *s = &w->scenario->services[service];
    struct anycast_service *run = &w->services[service];
    anycast_init(run, s->prefix);
    if (s->mode == MODE_GSLB) { // a name, without an address: run/dns.h
        run->address = 0;
        return;
    }
    for (int i = 0; i < s->npublish; i++)
        build_site(w, service, s->publish[i], true);
    for (int i = 0; i < s->nlater; i++)
        build_site(w, service, s->later[i], false);
    if (s->mode == MODE_ACCELERATED && s->life.first == LIFE_BIND) {
        uint32_t gateway = backend_gateway(w, s->backend);
        anycast_bind_backend(run, w->net, gateway,
                             s->tunnel == TUNNEL_GRE ? FWD_TUNNEL_GRE : FWD_TUNNEL_IPIP);
        traffic_add_server(w->traffic, gateway, 0);
    }
    for (size_t i = 0; i < run->sites.n; i++)
        control_announce_at_origin_only(
            w->control, (uint32_t)site_pop(w, (int)run->sites.v[i].pop)->network, s->prefix);
    if (s->mode == MODE_ACCELERATED && s->life.first == LIFE_NONE)
        anycast_hold(run, w->control, (struct anycast_where){ANYCAST_ALL_POPS, ANYCAST_ALL_ROUTERS},
                     ANYCAST_NOT_ALIVE);
    announce_configured(w, service);
    anycast_announce(run, w->control, ANYCAST_ALL_POPS);
    if (s->backends || s->health)
        w->backends[service] = backends_new(w, service);
}

void world_build_services(struct world *w)
{
    const struct topology *t = &w->scenario->topology;
    w->services = xcalloc((size_t)w->scenario->nservices, sizeof *w->services);
    w->backends = xcalloc((size_t)w->scenario->nservices, sizeof *w->backends);
    w->health = health_log_new(w->scenario->nservices);
    w->backend_node = xcalloc((size_t)t->npops, sizeof *w->backend_node);
    for (int i = 0; i < t->npops; i++) {
        w->backend_node[i] = UINT32_MAX;
        for (int k = 0; k < site_routers(w, i); k++)
            meter_add_entry(w->meter, site_loopback(w, site_router(w, i, k)), (uint32_t)i);
    }
    gateways_build(w);
    for (int i = 0; i < w->scenario->nservices; i++)
        build_service(w, i);
}
