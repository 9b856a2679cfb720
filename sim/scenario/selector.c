// SPDX-License-Identifier: GPL-3.0-or-later
// Selectors: what an event hits. Exactly one form a selector; each must match something.
//
//     {network, between: [a, b]}    {network, around: city}    {network, city}
//     {srlg}  {network, srlg}       {interconnect: [x, y], city}    {pop}
//     {pop, gateway} for fail and repair
//     {service, pop} for withdraw and announce
//     of the first line, those with backbone links for metric, {network, city} for overload
#include "scenario/scenario_reader.h"

static const char *const forms_fail =
    "forms: {network, between: [a, b]}, {network, around: city}, {network, city}, {srlg}, "
    "{network, srlg}, {interconnect: [x, y]}, {interconnect: [x, y], city}, {pop}, {pop, gateway}";
static const char *const forms_service = "forms: {service}, {service, pop}";

static int city_in(struct scenario_reader *r, int network, const struct text *name)
{
    const struct names *known = &r->network_cities[network];
    const char *net = r->out->topology.networks[network].name;
    int c = names_get(known, name->s);
    if (c < 0 && names_get(&r->cities, name->s) >= 0)
        diag_error(r->in->d, name->at, schema_hint(r->in->a, name->s, known->list.v, known->list.n),
                   "network '%s' has no router in '%s'", net, name->s);
    else if (c < 0)
        names_find(known, r->in, name, "city", arena_printf(r->in->a, " of network '%s'", net));
    return c;
}

static const char *city_name(const struct network *n, int c)
{
    return n->cities[c].city->name;
}

// Names the cities that a city has links to, for a hint.
static const char *neighbours(struct scenario_reader *r, const struct network *n, int city)
{
    const char *list = NULL;
    for (int i = 0; i < n->nlinks; i++) {
        const struct backbone_link *l = &n->links[i];
        int other = l->a == city ? l->b : l->b == city ? l->a : -1;
        if (other < 0)
            continue;
        list = list ? arena_printf(r->in->a, "%s, %s", list, city_name(n, other))
                    : arena_printf(r->in->a, "%s has links to %s", city_name(n, city),
                                   city_name(n, other));
    }
    return list;
}

static bool has_link(const struct network *n, int a, int b)
{
    for (int i = 0; i < n->nlinks; i++) {
        const struct backbone_link *l = &n->links[i];
        if ((l->a == a && l->b == b) || (l->a == b && l->b == a) ||
            (b < 0 && (l->a == a || l->b == a)))
            return true;
    }
    return false;
}

static bool two_names(struct scenario_reader *r, const struct texts *t, const char *key,
                      const char *what)
{
    if (t->n == 2)
        return true;
    diag_error(r->in->d, t->at, NULL, "'%s' must name two %s, found %d", key, what, t->n);
    return false;
}

static bool between(struct scenario_reader *r, const struct raw_selector *raw, struct selector *s)
{
    const struct network *n = &r->out->topology.networks[s->network];
    if (!two_names(r, &raw->between, "between", "cities"))
        return false;
    for (int i = 0; i < 2; i++)
        s->between[i] = city_in(r, s->network, &raw->between.v[i]);
    if (s->between[0] < 0 || s->between[1] < 0)
        return false;
    if (!has_link(n, s->between[0], s->between[1])) {
        diag_error(r->in->d, raw->between.v[0].at, neighbours(r, n, s->between[0]),
                   "network '%s' has no link between '%s' and '%s'", n->name, raw->between.v[0].s,
                   raw->between.v[1].s);
        return false;
    }
    s->first_city = s->between[0];
    if (s->between[0] > s->between[1]) { // the order does not matter: keep one
        int t = s->between[0];
        s->between[0] = s->between[1];
        s->between[1] = t;
    }
    s->text = arena_printf(r->in->a, "%s between %s and %s", n->name, city_name(n, s->between[0]),
                           city_name(n, s->between[1]));
    return true;
}

static bool around(struct scenario_reader *r, const struct raw_selector *raw, struct selector *s)
{
    const struct network *n = &r->out->topology.networks[s->network];
    s->around = s->first_city = city_in(r, s->network, &raw->around);
    if (s->around < 0)
        return false;
    if (!has_link(n, s->around, -1)) {
        diag_error(r->in->d, raw->around.at, NULL,
                   "network '%s' has no links to other cities at '%s'", n->name, raw->around.s);
        return false;
    }
    s->text = arena_printf(r->in->a, "%s around %s", n->name, raw->around.s);
    return true;
}

// The networks that have links in a risk group, for a hint; NULL: none.
static const char *who_shares(struct scenario_reader *r, const char *srlg)
{
    const struct topology *t = &r->out->topology;
    const char *list = NULL;
    for (int i = 0; i < t->nnetworks; i++) {
        bool found = false;
        for (int k = 0; k < t->networks[i].nlinks; k++)
            found = found || (t->networks[i].links[k].srlg &&
                              strcmp(t->networks[i].links[k].srlg, srlg) == 0);
        if (found)
            list = list ? arena_printf(r->in->a, "%s, %s", list, t->networks[i].name)
                        : arena_printf(r->in->a, "'%s' has links of %s", srlg, t->networks[i].name);
    }
    return list;
}

// Without a network the group is meant wherever it has links: networks share ducts.
static bool risk_group(struct scenario_reader *r, const struct raw_selector *raw,
                       struct selector *s)
{
    const struct topology *t = &r->out->topology;
    const char *network = s->network < 0 ? NULL : t->networks[s->network].name;
    const char *of = network ? arena_printf(r->in->a, " of network '%s'", network) : "";
    const char *sharers = network ? who_shares(r, raw->srlg.s) : NULL;
    struct names groups = {0};
    for (int i = 0; i < t->nnetworks; i++)
        for (int k = 0; k < t->networks[i].nlinks; k++)
            if (t->networks[i].links[k].srlg && (s->network < 0 || s->network == i))
                names_add(&groups, t->networks[i].links[k].srlg, 0);
    bool found = names_get(&groups, raw->srlg.s) >= 0;
    if (!found && sharers)
        diag_error(r->in->d, raw->srlg.at, sharers, "unknown srlg '%s'%s", raw->srlg.s, of);
    else if (!found)
        names_find(&groups, r->in, &raw->srlg, "srlg", of);
    names_free(&groups);
    s->srlg = raw->srlg.s;
    s->text = network ? arena_printf(r->in->a, "%s srlg %s", network, s->srlg)
                      : arena_printf(r->in->a, "srlg %s", s->srlg);
    return found;
}

static bool interconnect(struct scenario_reader *r, const struct raw_selector *raw,
                         struct selector *s)
{
    const struct topology *t = &r->out->topology;
    const char *where = raw->city.s ? arena_printf(r->in->a, " in %s", raw->city.s) : "";
    if (!two_names(r, &raw->interconnect, "interconnect", "networks"))
        return false;
    for (int i = 0; i < 2; i++)
        s->interconnect[i] =
            names_find(&r->networks, r->in, &raw->interconnect.v[i], "network", "");
    s->interconnect_city = names_find(&r->cities, r->in, &raw->city, "city", "");
    if (s->interconnect[0] < 0 || s->interconnect[1] < 0 ||
        (raw->city.s && s->interconnect_city < 0))
        return false;
    s->first_network = s->interconnect[0];
    if (s->interconnect[0] > s->interconnect[1]) {
        int x = s->interconnect[0];
        s->interconnect[0] = s->interconnect[1];
        s->interconnect[1] = x;
    }
    const char *a = t->networks[s->interconnect[0]].name, *b = t->networks[s->interconnect[1]].name;
    s->text = arena_printf(r->in->a, "interconnect %s - %s%s", a, b, where);
    const char *places = NULL;
    for (int i = 0; i < t->ninterconnects; i++) {
        const struct interconnect *c = &t->interconnects[i];
        int lo = c->a < c->b ? c->a : c->b, hi = c->a < c->b ? c->b : c->a;
        const struct city *city = t->networks[c->a].cities[c->a_city].city;
        if (lo != s->interconnect[0] || hi != s->interconnect[1])
            continue;
        if (s->interconnect_city < 0 || city == &t->cities[s->interconnect_city])
            return true;
        places = places ? arena_printf(r->in->a, "%s, %s", places, city->name)
                        : arena_printf(r->in->a, "they meet in %s", city->name);
    }
    diag_error(r->in->d, raw->interconnect.at, places, "no interconnect between '%s' and '%s'%s", a,
               b, where);
    return false;
}

// The forms that say which network they are about; a risk group may span several.
static bool in_network(struct scenario_reader *r, const struct raw_selector *raw,
                       struct selector *s)
{
    int forms = (raw->between.at.line > 0) + (raw->around.s != NULL) + (raw->city.s != NULL) +
                (raw->srlg.s != NULL);
    if (forms != 1) {
        diag_error(r->in->d, raw->at, forms_fail,
                   forms
                       ? "a selector says one thing: found several of 'between', 'around', 'city' "
                         "and 'srlg'"
                       : "a selector with a network needs one of 'between', 'around', 'city', "
                         "'srlg'");
        return false;
    }
    if (!raw->network.s && raw->srlg.s)
        return risk_group(r, raw, s);
    if (!raw->network.s) {
        diag_error(r->in->d, raw->at, forms_fail, "this selector needs a network");
        return false;
    }
    s->network = names_find(&r->networks, r->in, &raw->network, "network", "");
    if (s->network < 0)
        return false;
    if (raw->between.at.line)
        return between(r, raw, s);
    if (raw->around.s)
        return around(r, raw, s);
    if (raw->srlg.s)
        return risk_group(r, raw, s);
    s->city = city_in(r, s->network, &raw->city);
    s->text = arena_printf(r->in->a, "%s in %s", raw->network.s, raw->city.s);
    return s->city >= 0;
}

// withdraw and announce, a drain and a flap of a service.
static bool service(struct scenario_reader *r, const struct raw_selector *raw, enum event_kind kind,
                    struct selector *s)
{
    bool other = raw->network.s || raw->around.s || raw->city.s || raw->srlg.s ||
                 raw->between.at.line || raw->interconnect.at.line;
    if (!raw->service.s || other) {
        diag_error(r->in->d, raw->at, forms_service, "%s selects a service, and a POP perhaps",
                   event_kind_name(kind));
        return false;
    }
    s->service = service_with_address(r, &raw->service);
    s->pop = names_find(&r->pops, r->in, &raw->pop, "POP", "");
    if (s->service < 0 || (raw->pop.s && s->pop < 0))
        return false;
    const struct service *v = &r->out->services[s->service];
    bool found = s->pop < 0;
    for (int i = 0; i < v->npublish; i++)
        found = found || v->publish[i] == s->pop;
    for (int i = 0; i < v->nlater; i++)
        found = found || v->later[i] == s->pop;
    if (!found)
        diag_error(r->in->d, raw->pop.at, NULL, "service '%s' is not published at POP '%s'",
                   v->name, raw->pop.s);
    s->text = raw->pop.s ? arena_printf(r->in->a, "service %s at %s", v->name, raw->pop.s)
                         : arena_printf(r->in->a, "service %s", v->name);
    return found;
}

// metric and overload: only some forms make sense.
static bool interior(struct scenario_reader *r, const struct raw_selector *raw,
                     enum event_kind kind)
{
    bool links = raw->between.at.line || raw->around.s || raw->srlg.s;
    bool other = raw->service.s || raw->pop.s || raw->interconnect.at.line;
    if (kind == EVENT_METRIC ? links && !other : raw->city.s && !links && !other)
        return true;
    diag_error(r->in->d, raw->at,
               kind == EVENT_METRIC ? "forms: {network, between: [a, b]}, {network, around: city}, "
                                      "{srlg}, {network, srlg}"
                                    : "form: {network, city}",
               "%s selects %s", event_kind_name(kind),
               kind == EVENT_METRIC ? "backbone links" : "the routers of a city");
    return false;
}

// Incidents: sessions, routers or links.
static bool incident(struct scenario_reader *r, const struct raw_selector *raw,
                     enum event_kind kind)
{
    bool routers = kind == EVENT_RESTART_BGP, links = kind == EVENT_DEGRADE || kind == EVENT_IMPAIR;
    bool city = raw->city.s && raw->network.s, peering = raw->interconnect.at.line;
    bool inside = raw->between.at.line || raw->around.s || raw->srlg.s;
    bool other = raw->service.s || raw->pop.s;
    bool fits = links ? inside || peering : !inside && (city || (peering && !routers));
    if (fits && !other)
        return true;
    diag_error(r->in->d, raw->at,
               links     ? "forms: {network, between: [a, b]}, {network, around: city}, {srlg}, "
                           "{network, srlg}, {interconnect: [x, y]}, {interconnect: [x, y], city}"
               : routers ? "form: {network, city}"
                         : "forms: {interconnect: [x, y]}, {interconnect: [x, y], city}, "
                           "{network, city}",
               "%s selects %s", event_kind_name(kind),
               links     ? "links"
               : routers ? "the routers of a city"
                         : "the sessions over an interconnect, or of the routers of a city");
    return false;
}

struct selector selector_none(struct srcpos at)
{
    return (struct selector){.network = -1,
                             .between = {-1, -1},
                             .first_city = -1,
                             .around = -1,
                             .city = -1,
                             .pop = -1,
                             .interconnect = {-1, -1},
                             .first_network = -1,
                             .interconnect_city = -1,
                             .service = -1,
                             .at = at,
                             .text = ""};
}

bool selector_is_network(const struct raw_selector *raw)
{
    return raw->network.s && !raw->between.at.line && !raw->around.s && !raw->city.s &&
           !raw->pop.s && !raw->srlg.s && !raw->service.s && !raw->interconnect.at.line;
}

bool selector_network(struct scenario_reader *r, const struct raw_selector *raw,
                      struct selector *out)
{
    *out = selector_none(raw->at);
    out->all = true;
    out->network = names_find(&r->networks, r->in, &raw->network, "network", "");
    if (out->network < 0)
        return false;
    out->text = arena_printf(r->in->a, "%s", raw->network.s);
    if (r->out->topology.networks[out->network].nlinks > 0)
        return true;
    diag_error(r->in->d, raw->network.at, NULL, "network '%s' has no backbone links",
               raw->network.s);
    return false;
}

// One gateway of a POP.
static bool gateway(struct scenario_reader *r, const struct raw_selector *raw, struct selector *s)
{
    const struct pop *p = &r->out->topology.pops[s->pop];
    if (raw->gateway == 0)
        return true;
    s->gateway = (int)raw->gateway;
    s->text = arena_printf(r->in->a, "%s gateway %d", s->text, s->gateway);
    if (raw->gateway <= p->gateways.count)
        return true;
    diag_error(r->in->d, raw->gateway_at, NULL, "POP '%s' has no gateway %d, but %lld of them",
               p->name, s->gateway, (long long)p->gateways.count);
    return false;
}

bool selector_read(struct scenario_reader *r, const struct raw_selector *raw, enum event_kind kind,
                   struct selector *out)
{
    *out = selector_none(raw->at);
    if (raw->gateway_at.line && (!raw->pop.s || (kind != EVENT_FAIL && kind != EVENT_REPAIR))) {
        diag_error(r->in->d, raw->gateway_at, "form: {pop, gateway}",
                   "'gateway' is for a POP that fails or is repaired");
        return false;
    }
    if (kind == EVENT_WITHDRAW || kind == EVENT_ANNOUNCE ||
        ((kind == EVENT_DRAIN || kind == EVENT_FLAP) && raw->service.s))
        return service(r, raw, kind, out);
    if (kind >= EVENT_FIRST_INCIDENT && !incident(r, raw, kind))
        return false;
    if ((kind == EVENT_METRIC || kind == EVENT_OVERLOAD) && !interior(r, raw, kind))
        return false;
    if (raw->service.s) {
        diag_error(r->in->d, raw->service.at, "use withdraw and announce for a service",
                   "a service cannot fail or be repaired");
        return false;
    }
    if (kind == EVENT_DRAIN && (raw->around.s || raw->srlg.s || raw->between.at.line)) {
        diag_error(r->in->d, raw->at,
                   "forms: {pop}, {network, city}, {interconnect: [x, y]}, {interconnect: [x, y], "
                   "city}, {service}, {service, pop}",
                   "drain selects sessions, or a service");
        return false;
    }
    bool rest = raw->network.s || raw->around.s || raw->srlg.s || raw->between.at.line;
    int pick = (raw->interconnect.at.line > 0) + (raw->pop.s != NULL);
    if (pick > 0 && (rest || pick > 1 || (raw->pop.s && raw->city.s))) {
        diag_error(r->in->d, raw->at, forms_fail, "a selector says one thing");
        return false;
    }
    if (raw->interconnect.at.line)
        return interconnect(r, raw, out);
    if (!raw->pop.s)
        return in_network(r, raw, out);
    out->pop = names_find(&r->pops, r->in, &raw->pop, "POP", "");
    out->text = arena_printf(r->in->a, "pop %s", raw->pop.s);
    return out->pop >= 0 && gateway(r, raw, out);
}
