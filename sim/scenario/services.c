// SPDX-License-Identifier: GPL-3.0-or-later
// Services: POPs, backends, prefixes.
#include "scenario/reserved.h"
#include "scenario/scenario_reader.h"

static void publish(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    s->npublish = zone_list(r, &raw->publish, &s->publish);
    if (s->mode == MODE_UNICAST && s->npublish > 1)
        diag_error(r->in->d, raw->publish.at, "for one address at many sites use mode replicated",
                   "unicast service '%s' must be published at exactly one POP, found %d", s->name,
                   s->npublish);
}

// Entry `i` of `publish` means POP `p`, the backend stands at `b`.
static void check_way(struct scenario_reader *r, const struct raw_service *raw, int i,
                      const struct pop *p, const struct pop *b)
{
    const struct topology *t = &r->out->topology;
    const struct network *n = &t->networks[b->network];
    if (p->network == b->network)
        return;
    diag_error(r->in->d, raw->publish.v[i].at,
               arena_printf(r->in->a, "publish at POPs of '%s', or move the backend", n->name),
               "backend '%s' cannot be reached from POP '%s': no path inside network '%s', "
               "'%s' stands in '%s'",
               b->name, p->name, n->name, p->name, t->networks[p->network].name);
}

// The tunnel runs inside the backend's network: every publishing POP must be in it.
static void check_backend_path(struct scenario_reader *r, const struct raw_service *raw,
                               int backend, struct srcpos at)
{
    const struct topology *t = &r->out->topology;
    const struct pop *b = &t->pops[backend];
    const struct network *n = &t->networks[b->network];
    if (n->kind != NETWORK_CLOUD) {
        diag_error(r->in->d, at, NULL,
                   "backend POP '%s' must stand in a cloud network, '%s' is a %s", b->name, n->name,
                   network_kind_names[n->kind]);
        return;
    }
    for (int i = 0; i < raw->publish.n; i++) {
        const int *pops;
        int count = names_get(&r->zones, raw->publish.v[i].s) >= 0 ||
                            names_get(&r->pops, raw->publish.v[i].s) >= 0
                        ? zone_pops(r, &raw->publish.v[i], &pops)
                        : 0; // reported already
        for (int k = 0; k < count; k++)
            check_way(r, raw, i, &t->pops[pops[k]], b);
    }
}

// The first region stands for the backend where one is asked for.
static void regions(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    const struct backends *b = s->backends;
    if (raw->backend.s)
        diag_error(r->in->d, raw->backend.at, "leave it out",
                   "service '%s' has 'backends': they tell where its servers stand", s->name);
    for (int i = 0; i < b->nregions; i++)
        check_backend_path(r, raw, b->regions[i].pop, b->regions[i].at);
    s->backend = b->nregions ? b->regions[0].pop : -1;
}

// Which keys belong to which mode.
static void check_keys(struct scenario_reader *r, const struct raw_service *raw)
{
    bool name = raw->mode == MODE_GSLB;
    static const char *const why = "a name has no address of its own: its answers have";
    if (raw->mode < 0)
        return;
    if (!name && !raw->prefix_at.line)
        diag_error(r->in->d, raw->name.at, "prefix: what is announced, e.g. 203.0.113.0/24",
                   "missing key 'prefix' in service '%s'", raw->name.s);
    if (!name && !raw->publish_at.line)
        diag_error(r->in->d, raw->name.at, "publish: POPs that announce the prefix, e.g. [beijing]",
                   "missing key 'publish' in service '%s'", raw->name.s);
    if (name && raw->prefix_at.line)
        diag_error(r->in->d, raw->prefix_at, why, "gslb service '%s' has no prefix", raw->name.s);
    if (name && raw->publish_at.line)
        diag_error(r->in->d, raw->publish_at, why, "gslb service '%s' is not published",
                   raw->name.s);
    if (name && raw->announce.at.line)
        diag_error(r->in->d, raw->announce.at, why, "gslb service '%s' is not announced",
                   raw->name.s);
    if (name && (raw->backends || raw->health || raw->backlog))
        diag_error(r->in->d, raw->name.at, why, "gslb service '%s' has no servers of its own",
                   raw->name.s);
    if (name && !raw->gslb)
        diag_error(r->in->d, raw->name.at, "gslb: {answers: [beijing, shanghai], ttl: 60s}",
                   "gslb service '%s' needs the key 'gslb'", raw->name.s);
    if (!name && raw->gslb)
        diag_error(r->in->d, raw->gslb->at, "mode: gslb", "%s service '%s' has no key 'gslb'",
                   service_mode_names[raw->mode], raw->name.s);
}

int service_with_address(struct scenario_reader *r, const struct text *name)
{
    int service = names_find(&r->services, r->in, name, "service", "");
    if (service < 0 || r->out->services[service].mode != MODE_GSLB)
        return service;
    diag_error(r->in->d, name->at, "name one of its answers",
               "service '%s' is a name for which DNS answers: it has no address", name->s);
    return -1;
}

static void backend(struct scenario_reader *r, const struct raw_service *raw, struct service *s)
{
    s->backend = -1;
    s->tunnel = raw->tunnel < 0 ? TUNNEL_GRE : (enum tunnel_kind)raw->tunnel;
    if (raw->mode < 0)
        return; // a wrong mode has been reported
    if (s->mode != MODE_ACCELERATED) {
        if (raw->backend.s)
            diag_error(r->in->d, raw->backend.at,
                       "the server stands at the POP itself: leave it out",
                       "%s service '%s' has no backend", service_mode_names[s->mode], s->name);
        if (raw->tunnel >= 0)
            diag_error(r->in->d, raw->tunnel_at, "leave it out", "%s service '%s' has no tunnel",
                       service_mode_names[s->mode], s->name);
        return;
    }
    if (s->backends) {
        regions(r, raw, s);
        if (s->life.kind == LIFE_NAT)
            diag_error(r->in->d, raw->life->at, "kind: servers, or load_balancer",
                       "service '%s' has 'backends': no NAT stands before them", s->name);
        return;
    }
    if (!raw->backend.s && !raw->health && s->life.first != LIFE_BIND)
        return;
    if (!raw->backend.s) {
        diag_error(r->in->d, raw->name.at, "backend: POP behind which the servers stand",
                   "accelerated service '%s' needs a backend", s->name);
        return;
    }
    s->backend = names_find(&r->pops, r->in, &raw->backend, "POP", "");
    if (s->backend >= 0)
        check_backend_path(r, raw, s->backend, raw->backend.at);
}

static void check_prefix(struct scenario_reader *r, const struct raw_service *raw, int index)
{
    const struct topology *t = &r->out->topology;
    struct service *s = &r->out->services[index];
    char mine[PREFIX_TEXT], other[PREFIX_TEXT];
    if (raw->prefix.at.line == 0 || !reserved_check(r->in->d, s->prefix, raw->prefix.at))
        return;
    prefix_print(s->prefix, mine);
    for (int i = 0; i < index; i++) {
        const struct service *o = &r->out->services[i];
        if (o->prefix.len && prefix_overlap(s->prefix, o->prefix))
            diag_error(r->in->d, raw->prefix.at, NULL,
                       "prefix %s of service '%s' overlaps %s of service '%s'", mine, s->name,
                       prefix_print(o->prefix, other), o->name);
    }
    for (int i = 0; i < r->out->ngroups; i++) {
        const struct network *n = &t->networks[r->out->groups[i].network];
        const struct client_group *g = &n->clients[r->out->groups[i].index];
        if (g->prefix.len && prefix_overlap(s->prefix, g->prefix)) {
            diag_error(r->in->d, raw->prefix.at, NULL,
                       "prefix %s of service '%s' overlaps %s of clients %s/%s", mine, s->name,
                       prefix_print(g->prefix, other), n->name, g->region);
            return;
        }
    }
}

void services_read(struct scenario_reader *r)
{
    const struct raw_service *raw = r->raw.services.v;
    int n = r->raw.services.n;
    r->out->services = arena_array(r->in->a, struct service, n);
    for (int i = 0; i < n; i++) {
        struct service *s = &r->out->services[i];
        s->name = raw[i].name.s;
        s->mode = raw[i].mode < 0 ? MODE_REPLICATED : (enum service_mode)raw[i].mode;
        s->prefix = raw[i].prefix.p;
        s->at = raw[i].name.at;
        check_keys(r, &raw[i]);
        service_life_read(r, &raw[i], s);
        service_cap_read(r, &raw[i], s);
        publish(r, &raw[i], s);
        backends_read(r, &raw[i], s);
        backend(r, &raw[i], s);
        check_prefix(r, &raw[i], i);
        if (raw[i].backlog)
            s->backlog = raw[i].backlog->is;
        struct manner *announce;
        s->nannounce = manners_read(r, &raw[i].announce, i, &announce);
        s->announce = announce;
        names_add(&r->services, s->name, i);
    }
    r->out->nservices = n;
    for (int i = 0; i < n; i++)
        if (r->out->services[i].mode == MODE_GSLB && raw[i].gslb)
            gslb_read(r, raw[i].gslb, &r->out->services[i]);
    if (n == 0 && r->raw.services.at.line)
        diag_error(r->in->d, r->raw.services.at, NULL, "a scenario needs at least one service");
}
