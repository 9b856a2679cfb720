// SPDX-License-Identifier: GPL-3.0-or-later
// Policers, shapers, EIPs and backends: from raw to checked.
#include "forward/config_reader.h"

// A key of another kind of policer.
static void only_for(struct config_reader *r, bool fits, const char *key, struct srcpos at,
                     const char *kinds)
{
    if (at.line && !fits)
        diag_error(r->in->d, at, NULL, "'%s' is for policers of kind %s", key, kinds);
}

static void need(struct config_reader *r, const struct raw_policer *raw, const char *key,
                 struct srcpos at)
{
    if (at.line == 0)
        diag_error(r->in->d, raw->at, NULL, "policer '%s' needs '%s'", raw->name.s, key);
}

static struct policer_rule rule_of(int64_t v)
{
    if (v >= 0)
        return (struct policer_rule){POLICER_MARK, (uint8_t)v};
    return (struct policer_rule){v == -1 ? POLICER_PASS : POLICER_DROP, 0};
}

static void read_policer(struct config_reader *r, const struct raw_policer *raw,
                         struct policer_options *o)
{
    bool single = raw->kind == POLICER_BUCKET, sr = raw->kind == POLICER_SRTCM,
         tr = raw->kind == POLICER_TRTCM;
    need(r, raw, "rate", raw->rate.at);
    need(r, raw, "burst", raw->burst.at);
    if (sr)
        need(r, raw, "excess_burst", raw->excess_burst.at);
    if (tr) {
        need(r, raw, "peak_rate", raw->peak_rate.at);
        need(r, raw, "peak_burst", raw->peak_burst.at);
    }
    only_for(r, sr, "excess_burst", raw->excess_burst.at, "srtcm");
    only_for(r, tr, "peak_rate", raw->peak_rate.at, "trtcm");
    only_for(r, tr, "peak_burst", raw->peak_burst.at, "trtcm");
    only_for(r, !single, "colour_aware", raw->colour_aware.at, "srtcm and trtcm");
    only_for(r, !single, "yellow", raw->rules[POLICER_YELLOW].at, "srtcm and trtcm");
    *o = (struct policer_options){.kind = (enum policer_kind)raw->kind,
                                  .colour_aware = raw->colour_aware.v,
                                  .cir_bps = (uint64_t)raw->rate.v,
                                  .pir_bps = (uint64_t)raw->peak_rate.v,
                                  .cbs_bytes = (uint32_t)raw->burst.v,
                                  .ebs_bytes = (uint32_t)raw->excess_burst.v,
                                  .pbs_bytes = (uint32_t)raw->peak_burst.v};
    for (int i = 0; i < POLICER_COLOURS; i++)
        o->rules[i] = rule_of(raw->rules[i].v);
}

static void read_policers(struct config_reader *r)
{
    const struct raw_policer *raw = r->raw.policers.v;
    r->out->policers = arena_array(r->in->a, struct config_policer, r->raw.policers.n);
    for (int i = 0; i < r->raw.policers.n; i++) {
        struct config_policer *p = &r->out->policers[r->out->npolicers++];
        size_t before = diag_errors(r->in->d);
        p->name = raw[i].name.s;
        names_add(&r->policers, p->name, i);
        read_policer(r, &raw[i], &p->o);
        const char *wrong = diag_errors(r->in->d) == before ? policer_check(&p->o) : NULL;
        if (wrong)
            diag_error(r->in->d, raw[i].at, NULL, "policer '%s': %s", p->name, wrong);
    }
}

static void read_shapers(struct config_reader *r)
{
    const struct raw_shaper *raw = r->raw.shapers.v;
    r->out->shapers = arena_array(r->in->a, struct config_shaper, r->raw.shapers.n);
    for (int i = 0; i < r->raw.shapers.n; i++) {
        struct config_shaper *s = &r->out->shapers[r->out->nshapers++];
        size_t before = diag_errors(r->in->d);
        s->name = raw[i].name.s;
        s->o = (struct shaper_options){.rate_bps = (uint64_t)raw[i].rate,
                                       .burst_bytes = (uint32_t)raw[i].burst,
                                       .limit_bytes = (uint64_t)raw[i].queue.v,
                                       .limit_ps = raw[i].delay.v};
        names_add(&r->shapers, s->name, i);
        if ((raw[i].queue.at.line > 0) == (raw[i].delay.at.line > 0))
            diag_error(r->in->d, raw[i].at, NULL,
                       "shaper '%s' needs either 'queue' or 'delay', its limit", s->name);
        const char *wrong = raw[i].rate && raw[i].burst && diag_errors(r->in->d) == before
                                ? shaper_check(&s->o)
                                : NULL;
        if (wrong)
            diag_error(r->in->d, raw[i].at, NULL, "shaper '%s': %s", s->name, wrong);
    }
}

void config_read_meters(struct config_reader *r)
{
    read_policers(r);
    read_shapers(r);
}

static struct config_meters meters_of(struct config_reader *r, const struct raw_meters *raw)
{
    return (struct config_meters){names_find(&r->policers, r->in, &raw->policer, "policer", ""),
                                  names_find(&r->shapers, r->in, &raw->shaper, "shaper", "")};
}

static void check_snat(struct config_reader *r, const struct raw_eip *raw)
{
    char buf[IP6_TEXT];
    if (raw->snat.at.line == 0 || raw->prefix.at.line == 0)
        return;
    if (ip6_is_ip4(raw->snat.a) != prefix6_is_ip4(raw->prefix.p))
        diag_error(r->in->d, raw->snat.at, NULL,
                   "'snat' must be an address of the EIP's family, found '%s'",
                   ip_print(raw->snat.a, buf));
    else if (!raw->tunnel.s)
        diag_error(r->in->d, raw->snat.at, NULL, "'snat' is for an EIP with a tunnel");
    else if (!config_is_own(r->out, raw->snat.a))
        diag_error(r->in->d, raw->snat.at, "give it to an interface, or add a route: action: local",
                   "'snat': '%s' is no address of this node", ip_print(raw->snat.a, buf));
}

static void read_eips(struct config_reader *r)
{
    const struct raw_eip *raw = r->raw.eips.v;
    bool translates = false;
    struct table seen;
    table_init(&seen);
    r->out->eips = arena_array(r->in->a, struct config_eip, r->raw.eips.n);
    for (int i = 0; i < r->raw.eips.n; i++) {
        struct config_eip *e = &r->out->eips[r->out->neips++];
        *e = (struct config_eip){.prefix = raw[i].prefix.p, .snat = raw[i].snat.a};
        e->tunnel = names_find(&r->tunnels, r->in, &raw[i].tunnel, "tunnel", "");
        e->in = meters_of(r, &raw[i].in);
        e->out = meters_of(r, &raw[i].out);
        check_snat(r, &raw[i]);
        config_count(r, raw[i].at);
        config_check_unicast(r, &raw[i].prefix);
        translates |= raw[i].snat.at.line > 0;
        int line = raw[i].prefix.at.line;
        int first = line ? config_first_line(&seen, raw[i].prefix.p, line) : 0;
        if (first)
            diag_error(r->in->d, raw[i].prefix.at, NULL,
                       "this EIP is bound twice, first on line %d", first);
    }
    table_free(&seen);
    if (!translates)
        r->out->node.nat_limit = 0; // no memory for what nobody uses
}

// Sizes and timeouts of tables that there are not.
static void check_memory(struct config_reader *r)
{
    const struct raw_self *raw = r->raw.self;
    bool translates = r->out->node.nat_limit > 0, backends = r->raw.backends.n > 0;
    if (!raw)
        return;
    if (raw->translations.at.line && !translates)
        diag_error(r->in->d, raw->translations.at, NULL,
                   "'node.translations' does nothing without an EIP with snat");
    if (raw->flows.at.line && !translates && !backends)
        diag_error(r->in->d, raw->flows.at, NULL,
                   "'node.flows' does nothing without backends or an EIP with snat");
    else if (raw->flows.limit.at.line && !backends)
        diag_error(r->in->d, raw->flows.limit.at, "node.translations.limit is that of snat",
                   "'node.flows.limit' does nothing without backends");
}

static void read_backend(struct config_reader *r, const struct raw_backend *raw,
                         struct config_backend *b)
{
    bool ingress = raw->way.v == FWD_RETURN_INGRESS, direct = raw->way.v == FWD_RETURN_DIRECT;
    *b = (struct config_backend){.prefix = raw->prefix.p,
                                 .way = (enum fwd_return)raw->way.v,
                                 .kind = raw->kind.at.line ? (enum fwd_tunnel)raw->kind.v
                                                           : FWD_TUNNEL_GRE,
                                 .tunnel = CONFIG_NONE,
                                 .exit = CONFIG_NONE};
    if (raw->kind.at.line && !ingress)
        diag_error(r->in->d, raw->kind.at, NULL, "'kind' is for return: ingress");
    if (raw->tunnel.s && !ingress)
        diag_error(r->in->d, raw->tunnel.at, NULL, "'tunnel' is for return: ingress");
    if (raw->tunnel.s && raw->kind.at.line)
        diag_error(r->in->d, raw->kind.at, NULL, "give either 'kind' or 'tunnel'");
    if (raw->exit.at.line && !direct)
        diag_error(r->in->d, raw->exit.at, NULL, "'exit' is for return: direct");
    if (direct && raw->exit.at.line == 0)
        diag_error(r->in->d, raw->at, "exit: a group, or one or more next hops",
                   "return: direct needs 'exit'");
    b->tunnel = names_find(&r->tunnels, r->in, &raw->tunnel, "tunnel", "");
    if (direct && raw->exit.at.line)
        b->exit = config_read_via(r, &raw->exit);
}

static void read_backends(struct config_reader *r)
{
    const struct raw_backend *raw = r->raw.backends.v;
    struct table seen;
    table_init(&seen);
    r->out->backends = arena_array(r->in->a, struct config_backend, r->raw.backends.n);
    for (int i = 0; i < r->raw.backends.n; i++) {
        read_backend(r, &raw[i], &r->out->backends[r->out->nbackends++]);
        config_count(r, raw[i].at);
        int line = raw[i].prefix.at.line;
        int first = line ? config_first_line(&seen, raw[i].prefix.p, line) : 0;
        if (first)
            diag_error(r->in->d, raw[i].prefix.at, NULL,
                       "this backend is given twice, first on line %d", first);
    }
    table_free(&seen);
    if (r->out->nbackends == 0)
        r->out->node.flow_limit = 0;
}

// Addresses that prefix `p` would have us answer ARP or neighbour discovery for.
static uint64_t addresses_of(struct prefix6 p)
{
    return p.len <= 64 ? UINT64_MAX : UINT64_C(1) << (128 - p.len);
}

struct announced {
    struct config_reader *r;
    uint64_t addresses;
};

static void announce(struct announced *a, const struct raw_prefix6 *p)
{
    uint64_t n = p->at.line ? addresses_of(p->p) : 0;
    if (a->addresses > CONFIG_ANNOUNCE)
        return; // that has been reported
    a->addresses = n > CONFIG_ANNOUNCE ? UINT64_MAX : a->addresses + n;
    if (a->addresses > CONFIG_ANNOUNCE)
        diag_error(a->r->in->d, p->at, "route the prefix to this node instead",
                   "an interface with 'announce' can answer for %d addresses, not for more",
                   CONFIG_ANNOUNCE);
}

// An interface that announces answers for each address by itself, so there cannot be too many.
static void check_announced(struct config_reader *r)
{
    const struct raw_eip *eips = r->raw.eips.v;
    const struct raw_backend *backends = r->raw.backends.v;
    const struct raw_route *routes = r->raw.routes.v;
    struct announced a = {r, 0};
    bool announces = false;
    for (int i = 0; i < r->out->ninterfaces; i++)
        announces |= r->out->interfaces[i].announce;
    if (!announces)
        return;
    for (int i = 0; i < r->raw.eips.n; i++)
        announce(&a, &eips[i].prefix);
    for (int i = 0; i < r->raw.backends.n; i++)
        announce(&a, &backends[i].prefix);
    for (int i = 0; i < r->raw.routes.n; i++)
        if (routes[i].action.at.line && routes[i].action.v == RAW_ACTION_LOCAL)
            announce(&a, &routes[i].prefix);
}

void config_read_services(struct config_reader *r)
{
    read_eips(r);
    read_backends(r);
    check_memory(r);
    check_announced(r);
}
