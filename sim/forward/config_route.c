// SPDX-License-Identifier: GPL-3.0-or-later
// Next hops, groups and routes: from raw to checked.
#include "forward/config_reader.h"

#include "fwd/headers6.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS_A_MEMBER 4 // least of a resilient group (fwd/route.h)

static bool is_broadcast(const struct config_interface *f, struct ip6_addr a)
{
    struct ip6_addr all;
    for (int i = 0; i < f->naddresses; i++)
        if (config_broadcast(&f->addresses[i], &all) && ip6_equal(all, a))
            return true;
    return false;
}

static void read_nexthop(struct config_reader *r, const struct raw_nexthop *raw,
                         struct config_nexthop *out)
{
    char buf[IP6_TEXT];
    *out = (struct config_nexthop){.name = raw->name.s, .via = raw->via.a};
    int i = names_find(&r->interfaces, r->in, &raw->interface, "interface", "");
    if (i < 0)
        return;
    const struct config_interface *f = &r->out->interfaces[i];
    out->interface = i;
    if (raw->via.at.line == 0)
        return;
    if (f->tun)
        diag_error(r->in->d, raw->via.at, NULL,
                   "interface '%s' is a TUN device: it has no neighbours", f->name);
    else if (!config_on_link(f, raw->via.a))
        diag_error(r->in->d, raw->via.at, NULL, "next hop '%s' is in no network of interface '%s'",
                   ip_print(raw->via.a, buf), f->name);
    else if (is_broadcast(f, raw->via.a))
        diag_error(r->in->d, raw->via.at, NULL,
                   "next hop '%s' is the broadcast address of a network of interface '%s'",
                   ip_print(raw->via.a, buf), f->name);
    else if (config_is_own(r->out, raw->via.a))
        diag_error(r->in->d, raw->via.at, NULL, "next hop '%s' is this node's own address",
                   ip_print(raw->via.a, buf));
}

void config_read_nexthops(struct config_reader *r)
{
    const struct raw_nexthop *raw = r->raw.nexthops.v;
    int own = r->out->ninterfaces, n = r->raw.nexthops.n;
    r->out->nexthops = arena_array(r->in->a, struct config_nexthop, own + n);
    r->out->nnexthops = own + n;
    for (int i = 0; i < own; i++)
        r->out->nexthops[i].interface = i;
    for (int i = 0; i < n; i++) {
        names_add(&r->nexthops, raw[i].name.s, own + i);
        read_nexthop(r, &raw[i], &r->out->nexthops[own + i]);
    }
}

static void check_buckets(struct config_reader *r, const struct raw_group *raw, int members)
{
    int64_t b = raw->buckets.v;
    if (raw->select != FWD_SELECT_RESILIENT) {
        if (raw->buckets.at.line)
            diag_error(r->in->d, raw->buckets.at, NULL, "'buckets' is for select: resilient");
        return;
    }
    struct srcpos at = raw->buckets.at.line ? raw->buckets.at : raw->at;
    if (b & (b - 1))
        diag_error(r->in->d, at, NULL, "'buckets' must be a power of two");
    else if (b < (int64_t)members * BUCKETS_A_MEMBER)
        diag_error(r->in->d, at, NULL, "%d members need at least %d buckets", members,
                   members * BUCKETS_A_MEMBER);
}

static bool is_member(const struct config_group *g, uint32_t nexthop)
{
    for (int i = 0; i < g->nmembers; i++)
        if (g->members[i].nexthop == nexthop)
            return true;
    return false;
}

static void read_group(struct config_reader *r, const struct raw_group *raw,
                       struct config_group *out)
{
    const struct raw_member *m = raw->members.v;
    bool hashes_ids = raw->select == FWD_SELECT_RENDEZVOUS || raw->select == FWD_SELECT_MAGLEV;
    *out = (struct config_group){.name = raw->name.s,
                                 .select = (enum fwd_select)raw->select,
                                 .buckets = (uint32_t)raw->buckets.v};
    out->members = arena_array(r->in->a, struct fwd_member, raw->members.n);
    if (raw->members.at.line && (raw->members.n == 0 || raw->members.n > FWD_MAX_ECMP))
        diag_error(r->in->d, raw->members.at, NULL, "a group has 1 to %d members", FWD_MAX_ECMP);
    check_buckets(r, raw, raw->members.n);
    for (int i = 0; i < raw->members.n && i < FWD_MAX_ECMP; i++) {
        int hop = names_find(&r->nexthops, r->in, &m[i].nexthop, "next hop", "");
        if (m[i].id.at.line && !hashes_ids)
            diag_error(r->in->d, m[i].id.at, NULL, "'id' is for select: rendezvous or maglev");
        if (hop >= 0 && is_member(out, (uint32_t)hop))
            diag_error(r->in->d, m[i].nexthop.at, "weight: for a larger share",
                       "next hop '%s' is in the group twice", m[i].nexthop.s);
        for (int k = 0; m[i].id.at.line && k < out->nmembers; k++)
            if (out->members[k].id == (uint64_t)m[i].id.v)
                diag_error(r->in->d, m[i].id.at, NULL, "id %lld is in the group twice",
                           (long long)m[i].id.v);
        if (hop >= 0)
            out->members[out->nmembers++] = (struct fwd_member){
                (uint32_t)hop, (uint16_t)m[i].weight, m[i].id.at.line ? (uint64_t)m[i].id.v : 0};
    }
}

static void add_group(struct config_reader *r, const struct config_group *g, struct srcpos at)
{
    struct config *c = r->out;
    if (c->ngroups == r->groups_room) {
        r->groups_room = 2 * r->groups_room + 16;
        struct config_group *more = arena_array(r->in->a, struct config_group, r->groups_room);
        for (int i = 0; i < c->ngroups; i++)
            more[i] = c->groups[i];
        c->groups = more;
    }
    config_count(r, at);
    c->groups[c->ngroups++] = *g;
}

void config_read_groups(struct config_reader *r)
{
    const struct raw_group *raw = r->raw.groups.v;
    for (int i = 0; i < r->raw.groups.n; i++) {
        struct config_group group;
        names_add(&r->groups, raw[i].name.s, i);
        if (names_get(&r->nexthops, raw[i].name.s) >= 0)
            diag_error(r->in->d, raw[i].name.at, NULL, "'%s' is the name of a next hop too",
                       raw[i].name.s);
        read_group(r, &raw[i], &group);
        add_group(r, &group, raw[i].name.at);
    }
}

// A name that is neither a next hop nor a group.
static void unknown_via(struct config_reader *r, const struct text *name)
{
    size_t n = r->nexthops.list.n, all = n + r->groups.list.n;
    const char **known = arena_array(r->in->a, const char *, all);
    for (size_t i = 0; i < all; i++)
        known[i] = i < n ? r->nexthops.list.v[i] : r->groups.list.v[i - n];
    if (all || diag_errors(r->in->d) == 0)
        diag_error(r->in->d, name->at,
                   all ? schema_hint(r->in->a, name->s, known, all) : "no next hop is declared",
                   "unknown next hop or group '%s'", name->s);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = ((const struct fwd_member *)a)->nexthop,
             y = ((const struct fwd_member *)b)->nexthop;
    return (x > y) - (x < y);
}

// A list of next hops is one group, however often and in whatever order it is written.
static int group_once(struct config_reader *r, struct config_group *g, struct srcpos at)
{
    uint32_t key[FWD_MAX_ECMP];
    uint64_t known;
    qsort(g->members, (size_t)g->nmembers, sizeof *g->members, by_number);
    for (int i = 0; i < g->nmembers; i++)
        key[i] = g->members[i].nexthop;
    size_t size = (size_t)g->nmembers * sizeof key[0];
    if (table_get(&r->vias, key, size, &known))
        return (int)known;
    table_put(&r->vias, key, size, (uint64_t)r->out->ngroups);
    add_group(r, g, at);
    return r->out->ngroups - 1;
}

int config_read_via(struct config_reader *r, const struct texts *via)
{
    if (via->n == 0)
        return CONFIG_NONE;
    int group = names_get(&r->groups, via->v[0].s);
    if (group >= 0 && via->n == 1)
        return group;
    struct config_group g = {.select = FWD_SELECT_THRESHOLD};
    g.members = arena_array(r->in->a, struct fwd_member, via->n);
    if (via->n > FWD_MAX_ECMP)
        diag_error(r->in->d, via->at, NULL, "at most %d next hops share a route", FWD_MAX_ECMP);
    for (int i = 0; i < via->n && i < FWD_MAX_ECMP; i++) {
        int hop = names_get(&r->nexthops, via->v[i].s);
        if (names_get(&r->groups, via->v[i].s) >= 0)
            diag_error(r->in->d, via->v[i].at, NULL,
                       "'%s' is a group: it cannot be combined with others", via->v[i].s);
        else if (hop < 0)
            unknown_via(r, &via->v[i]);
        else if (is_member(&g, (uint32_t)hop))
            diag_error(r->in->d, via->v[i].at, "a group gives weights",
                       "next hop '%s' is named twice", via->v[i].s);
        else
            g.members[g.nmembers++] = (struct fwd_member){.nexthop = (uint32_t)hop, .weight = 1};
    }
    return g.nmembers < via->n ? CONFIG_NONE : group_once(r, &g, via->at);
}

void config_check_unicast(struct config_reader *r, const struct raw_prefix6 *p)
{
    char buf[PREFIX6_TEXT];
    ip4_addr four = ip6_to_ip4(p->p.addr);
    int bits = prefix6_is_ip4(p->p) ? p->p.len - IP6_MAPPED_BITS : p->p.len;
    bool none = prefix6_is_ip4(p->p)
                    ? (bits >= 3 && four >> 29 == 7) || (bits >= 8 && ip4_is_martian(four))
                    : (bits >= 8 && ip6_is_multicast(p->p.addr)) ||
                          (bits == 128 && ip6_is_martian(p->p.addr));
    if (p->at.line && none)
        diag_error(r->in->d, p->at, NULL,
                   "'%s' holds no unicast address, and others are never forwarded",
                   ip_prefix_print(p->p, buf));
}

// Networks and addresses of interfaces are routes already.
void config_check_connected(struct config_reader *r, const struct raw_prefix6 *p)
{
    char buf[PREFIX6_TEXT];
    for (int i = 0; i < r->out->ninterfaces; i++) {
        const struct config_interface *f = &r->out->interfaces[i];
        for (int k = 0; k < f->naddresses; k++) {
            bool net = !f->tun && prefix6_equal(config_network(&f->addresses[k]), p->p);
            if (net || prefix6_equal(config_host(f->addresses[k].a), p->p))
                diag_error(r->in->d, p->at, NULL,
                           "'%s' is a route already, by the address of interface '%s' on line %d",
                           ip_prefix_print(p->p, buf), f->name, f->addresses[k].at.line);
        }
    }
}

static void check_twice(struct config_reader *r, struct table *seen, const struct raw_route *raw)
{
    char buf[PREFIX6_TEXT];
    int line = config_first_line(seen, raw->prefix.p, raw->prefix.at.line);
    if (line)
        diag_error(r->in->d, raw->prefix.at, NULL, "'%s' is a route twice, first on line %d",
                   ip_prefix_print(raw->prefix.p, buf), line);
    config_check_connected(r, &raw->prefix);
    config_check_unicast(r, &raw->prefix);
}

// What the route does. False after a diagnostic.
static bool read_action(struct config_reader *r, const struct raw_route *raw,
                        struct config_route *out)
{
    int ways = (raw->via.at.line > 0) + (raw->tunnel.s != NULL) + (raw->action.at.line > 0) +
               (raw->reject.at.line > 0) + (raw->sid.at.line > 0);
    if (ways != 1) {
        diag_error(r->in->d, raw->at, NULL,
                   "a route has exactly one of via, tunnel, action, reject and sid, found %d",
                   ways);
        return false;
    }
    if (raw->via.at.line) {
        out->action = FWD_ACT_FORWARD;
        out->argument = config_read_via(r, &raw->via);
    } else if (raw->tunnel.s) {
        out->action = FWD_ACT_TUNNEL;
        out->argument = names_find(&r->tunnels, r->in, &raw->tunnel, "tunnel", "");
    } else if (raw->reject.at.line) {
        out->action = FWD_ACT_REJECT;
        out->argument = raw->reject.v;
    } else if (raw->sid.at.line) {
        out->action = FWD_ACT_SID;
        out->argument = raw->sid.v;
        if (prefix6_is_ip4(raw->prefix.p)) {
            diag_error(r->in->d, raw->prefix.at, NULL, "an SRv6 segment is an IPv6 prefix");
            return false;
        }
    } else {
        out->action = raw->action.v == RAW_ACTION_LOCAL ? FWD_ACT_LOCAL : FWD_ACT_BLACKHOLE;
    }
    return out->argument >= 0;
}

void config_read_routes(struct config_reader *r)
{
    const struct raw_route *raw = r->raw.routes.v;
    struct table seen;
    table_init(&seen);
    r->out->routes = arena_array(r->in->a, struct config_route, r->raw.routes.n);
    for (int i = 0; i < r->raw.routes.n; i++) {
        struct config_route route = {.prefix = raw[i].prefix.p};
        if (raw[i].prefix.at.line)
            check_twice(r, &seen, &raw[i]);
        if (read_action(r, &raw[i], &route))
            r->out->routes[r->out->nroutes++] = route;
    }
    config_read_table(r, &seen);
    table_free(&seen);
}
