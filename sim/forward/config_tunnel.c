// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnels and endpoints: from raw to checked.
#include "forward/config_reader.h"

#include "fwd/encap.h"

#include <string.h>

#define IDENTIFIER_MAX 0xffffff // of VXLAN and Geneve

enum { GRE = 1, UDP = 2, SRV6 = 4, OTHERS = 8 }; // kinds, as bits

static int bit_of(int kind)
{
    switch (kind) {
    case FWD_TUNNEL_GRE:
        return GRE;
    case FWD_TUNNEL_VXLAN:
    case FWD_TUNNEL_GENEVE:
        return UDP;
    case FWD_TUNNEL_SRV6:
        return SRV6;
    default:
        return OTHERS;
    }
}

// A key that was given but does nothing for this kind.
static void only_for(struct config_reader *r, int kind, int kinds, const char *key,
                     struct srcpos at)
{
    if (at.line && !(bit_of(kind) & kinds))
        diag_error(r->in->d, at, NULL, "'%s' has no meaning for a tunnel of kind %s", key,
                   fwd_tunnel_name((enum fwd_tunnel)kind));
}

static void check_key(struct config_reader *r, int kind, const struct raw_number *key)
{
    only_for(r, kind, GRE | UDP, "key", key->at);
    if (bit_of(kind) == UDP && key->v > IDENTIFIER_MAX)
        diag_error(r->in->d, key->at, NULL,
                   "'key' must be between 0 and %d, a network identifier, found '%lld'",
                   IDENTIFIER_MAX, (long long)key->v);
}

// Is the address's family one that the node has an address of its own in?
static void check_own_family(struct config_reader *r, const struct raw_tunnel *raw,
                             struct ip6_addr far_end)
{
    if (raw->local.at.line == 0 && !ip6_is_zero(far_end) && !ip6_is_ip4(far_end) &&
        ip6_is_zero(r->out->node.address6))
        diag_error(r->in->d, raw->at, "give 'local', or 'address6' under 'node'",
                   "tunnel '%s' has an IPv6 far end, but the node no IPv6 address", raw->name.s);
}

static void check_keys(struct config_reader *r, const struct raw_tunnel *raw)
{
    only_for(r, raw->kind, GRE, "sequence", raw->sequence.at);
    only_for(r, raw->kind, GRE | UDP, "checksum", raw->checksum.at);
    only_for(r, raw->kind, UDP, "port", raw->port.at);
    only_for(r, raw->kind, UDP, "mac_from", raw->mac_from.at);
    only_for(r, raw->kind, UDP, "mac_to", raw->mac_to.at);
    if (raw->checksum.at.line && !raw->checksum.v && bit_of(raw->kind) == UDP &&
        raw->remote.at.line && !ip6_is_ip4(raw->remote.a))
        diag_error(r->in->d, raw->checksum.at, NULL,
                   "over IPv6 the UDP checksum cannot be left out (RFC 8200 section 8.1)");
    only_for(r, raw->kind, SRV6, "segments", raw->segments.at);
    only_for(r, raw->kind, GRE | UDP | OTHERS, "remote", raw->remote.at);
    check_key(r, raw->kind, &raw->key);
}

static void read_tunnel(struct config_reader *r, const struct raw_tunnel *raw,
                        struct config_tunnel *out)
{
    struct fwd_tunnel_options *o = &out->o;
    *out = (struct config_tunnel){.name = raw->name.s};
    if (raw->kind < 0)
        return;
    check_keys(r, raw);
    *o = (struct fwd_tunnel_options){.kind = (enum fwd_tunnel)raw->kind,
                                     .local = raw->local.a,
                                     .remote = raw->remote.a,
                                     .spread_bits = (uint8_t)raw->spread.v,
                                     .ttl = (uint8_t)raw->ttl.v,
                                     .dscp = (int16_t)raw->dscp.v,
                                     .keyed = raw->kind == FWD_TUNNEL_GRE && raw->key.at.line > 0,
                                     .key = (uint32_t)raw->key.v,
                                     .sequence = raw->sequence.v,
                                     .checksum = raw->checksum.v,
                                     .port = (uint16_t)raw->port.v,
                                     .mtu = (uint32_t)raw->mtu.v};
    memcpy(o->mac_from, raw->mac_from.mac, sizeof o->mac_from);
    memcpy(o->mac_to, raw->mac_to.mac, sizeof o->mac_to);
    if (raw->segments.n > FWD_SEGMENTS_MAX) {
        diag_error(r->in->d, raw->segments.at, NULL, "at most %d segments", FWD_SEGMENTS_MAX);
        return;
    }
    o->segment_count = raw->segments.n;
    for (int i = 0; i < raw->segments.n; i++)
        o->segments[i] = raw->segments.v[i].a;
    check_own_family(r, raw, raw->segments.n ? o->segments[0] : o->remote);
}

void config_read_tunnels(struct config_reader *r)
{
    const struct raw_tunnel *raw = r->raw.tunnels.v;
    r->out->tunnels = arena_array(r->in->a, struct config_tunnel, r->raw.tunnels.n);
    r->out->ntunnels = r->raw.tunnels.n;
    for (int i = 0; i < r->out->ntunnels; i++) {
        size_t before = diag_errors(r->in->d);
        names_add(&r->tunnels, raw[i].name.s, i);
        config_count(r, raw[i].name.at);
        read_tunnel(r, &raw[i], &r->out->tunnels[i]);
        if (raw[i].kind < 0 || diag_errors(r->in->d) != before)
            continue;
        const char *wrong = fwd_tunnel_check(&r->out->tunnels[i].o);
        if (wrong)
            diag_error(r->in->d, raw[i].at, NULL, "tunnel '%s': %s", raw[i].name.s, wrong);
    }
}

static uint16_t port_of(const struct fwd_endpoint_options *o)
{
    return o->port ? o->port : tunnel_of_kind(o->kind)->port;
}

// Whether all that fits `b` fits `a`, which comes first.
static bool covers(const struct fwd_endpoint_options *a, const struct fwd_endpoint_options *b)
{
    bool local =
        prefix6_equal(a->local, b->local) ||
        (a->local.len && b->local.len >= a->local.len && prefix6_has(a->local, b->local.addr));
    bool from = a->from.len == 0 || prefix6_equal(a->from, b->from) ||
                (b->from.len >= a->from.len && prefix6_has(a->from, b->from.addr));
    return a->kind == b->kind && a->keyed == b->keyed && a->key == b->key &&
           port_of(a) == port_of(b) && local && from;
}

static void check_reached(struct config_reader *r, const struct raw_endpoint *raw, int self,
                          const struct srcpos *places)
{
    const struct fwd_endpoint_options *o = r->out->endpoints;
    for (int i = 0; i < self; i++)
        if (covers(&o[i], &o[self])) {
            diag_error(r->in->d, raw->at, NULL,
                       "this endpoint is never reached: all that fits it fits the one on line %d",
                       places[i].line);
            return;
        }
}

static void read_endpoint(struct config_reader *r, const struct raw_endpoint *raw,
                          struct fwd_endpoint_options *o)
{
    size_t before = diag_errors(r->in->d);
    only_for(r, raw->kind, GRE, "sequence", raw->sequence.at);
    only_for(r, raw->kind, GRE | UDP, "checksum", raw->checksum.at);
    only_for(r, raw->kind, UDP, "port", raw->port.at);
    check_key(r, raw->kind, &raw->key);
    *o = (struct fwd_endpoint_options){.kind = (enum fwd_tunnel)raw->kind,
                                       .local = raw->local.p,
                                       .from = raw->from.p,
                                       .keyed = raw->kind == FWD_TUNNEL_GRE && raw->key.at.line > 0,
                                       .key = (uint32_t)raw->key.v,
                                       .port = (uint16_t)raw->port.v,
                                       .sequence = raw->sequence.v,
                                       .checksum = raw->checksum.v};
    if (raw->local.at.line && raw->from.at.line && raw->local.p.len && raw->from.p.len &&
        prefix6_is_ip4(raw->local.p) != prefix6_is_ip4(raw->from.p))
        diag_error(r->in->d, raw->from.at, NULL, "'local' and 'from' are of different families");
    const char *wrong = diag_errors(r->in->d) == before ? fwd_endpoint_check(o) : NULL;
    if (wrong)
        diag_error(r->in->d, raw->at, NULL, "endpoint: %s", wrong);
    if (raw->local.at.line && !config_owns_some(r->out, raw->local.p))
        diag_error(r->in->d, raw->local.at,
                   "give one to an interface, or add a route: action: local",
                   "no address of this node is in 'local' of this endpoint");
}

void config_read_endpoints(struct config_reader *r)
{
    const struct raw_endpoint *raw = r->raw.endpoints.v;
    r->out->endpoints = arena_array(r->in->a, struct fwd_endpoint_options, r->raw.endpoints.n);
    struct srcpos *places = arena_array(r->in->a, struct srcpos, r->raw.endpoints.n);
    for (int i = 0; i < r->raw.endpoints.n; i++) {
        int self = r->out->nendpoints;
        if (raw[i].kind < 0)
            continue;
        places[r->out->nendpoints++] = raw[i].at;
        read_endpoint(r, &raw[i], &r->out->endpoints[self]);
        check_reached(r, &raw[i], self, places);
    }
}

void config_check_spread(struct config_reader *r)
{
    const struct raw_tunnel *raw = r->raw.tunnels.v;
    char buf[PREFIX6_TEXT];
    for (int i = 0; i < r->out->ntunnels; i++) {
        const struct fwd_tunnel_options *o = &r->out->tunnels[i].o;
        bool six = raw[i].kind == FWD_TUNNEL_SRV6 || !ip6_is_ip4(o->remote);
        struct ip6_addr own = six ? r->out->node.address6 : ip6_from_ip4(r->out->node.address);
        struct ip6_addr local = ip6_is_zero(o->local) ? own : o->local;
        if (raw[i].kind < 0 || o->spread_bits == 0 || ip6_is_zero(local))
            continue;
        struct ip6_addr m = ip6_mask((uint8_t)(128 - o->spread_bits));
        struct prefix6 all = {{local.hi & m.hi, local.lo & m.lo}, (uint8_t)(128 - o->spread_bits)};
        if (!config_owns_all(r, all))
            diag_error(r->in->d, raw[i].spread.at,
                       "add a route for them: action: local, and an endpoint with that 'local'",
                       "the sources of tunnel '%s' are all of %s, which are not all this node's: "
                       "answers and path MTU messages to them would be lost",
                       raw[i].name.s, ip_prefix_print(all, buf));
    }
}
