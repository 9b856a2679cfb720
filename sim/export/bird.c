// SPDX-License-Identifier: GPL-3.0-or-later
// bird.conf for BIRD 2.0.8 and later.
#include "bgp/attr.h"
#include "bgp/policy.h"
#include "export/bird_derived.h"
#include "export/bird_policy.h"
#include "export/parts.h"
#include "export/vrps.h"

#include <inttypes.h>

#define MARK "#"

static void head(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[IP4_TEXT];
    fprintf(f, "# %s of scenario %s, written by anysim export\n", r->is->name,
            p->world->scenario->name);
    export_not_expressed(f, MARK, r);
    fprintf(f,
            "router id %s;\n\n"
            "protocol device { scan time 1; }\n"
            "protocol kernel { ipv4 { import none; export all; }; }\n",
            ip4_print(r->is->loopback, text));
}

static void origins(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[PREFIX_TEXT];
    if (!r->norigins && !r->is->bgp.naggregates)
        return;
    fprintf(f,
            "\nfunction originate_at(int pref) {\n"
            "    bgp_local_pref = pref;\n"
            "    bgp_origin = ORIGIN_IGP;\n"
            "    bgp_large_community.add((%" PRIu32 ", %d, %u)); # here\n"
            "}\n"
            "protocol static own {\n"
            "    ipv4 {\n"
            "        import filter {\n"
            "            originate_at(%u);\n"
            "            bgp_large_community.add((%" PRIu32 ", %d, %d)); # originated in this AS\n"
            "            accept;\n"
            "        };\n"
            "    };\n",
            plan_outer_as(r), TAG_ORIGIN, (unsigned)(r - p->routers) + 1, BGP_LOCAL_PREF_OWN,
            plan_outer_as(r), TAG_LEARNT, BGP_LEARNT_OWN);
    for (size_t i = 0; i < r->norigins; i++)
        fprintf(f, "    route %s blackhole; # %s\n", prefix_print(r->origins[i].prefix, text),
                r->origins[i].what);
    fprintf(f, "}\n");
}

// --- filters, two a session

static const char *session_name(const struct plan *p, const struct plan_router *r,
                                const struct plan_session *s, char *buf, size_t size)
{
    const struct relation_rules *rules = relation_rules(s->is.relation);
    (void)p;
    const char *inside = s->is.relation == BGP_REL_CONFED        ? "member"
                         : s->is.relation == BGP_REL_IBGP_CLIENT ? "ibgp_client"
                                                                 : "ibgp";
    snprintf(buf, size, "%s%zu", rules ? rules->name : inside, (size_t)(s - r->sessions) + 1);
    return buf;
}

// What the simulator does before it asks the policies.
static void import_builtin(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    const struct relation_rules *rules = relation_rules(s->is.relation);
    const struct bgp_policy_options *o = &s->is.policy;
    if (!rules)
        return;
    if (o->require && !o->imports[0] && !o->imports[1])
        fprintf(f, "    reject; # RFC 8212\n");
    if (o->path_length_max)
        fprintf(f, "    if bgp_path.len > %d then reject;\n", o->path_length_max);
    if (o->drop_invalid && r->is->bgp.rov)
        fprintf(f, "    if validity() = ROA_INVALID then reject; # RFC 6811\n");
    fprintf(f,
            "    bgp_large_community.delete([(%" PRIu32 ", %d..%d, *)]);\n"
            "    bgp_large_community.add((%" PRIu32 ", %d, %d));\n"
            "    bgp_local_pref = %u;\n"
            "    if (65535, 0) ~ bgp_community then bgp_local_pref = 0; # RFC 8326\n",
            plan_outer_as(r), TAG_LEARNT, TAG_LAST, plan_outer_as(r), TAG_LEARNT, rules->learnt,
            o->builtin_off ? BGP_LOCAL_PREF_DEFAULT : rules->local_pref);
    if (o->blackhole)
        fprintf(f, "    if (65535, 666) ~ bgp_community then { # RFC 7999\n"
                   "        bgp_community.add((65535, 65281));\n"
                   "        dest = RTD_BLACKHOLE;\n    }\n");
}

// To iBGP, and to other members of the confederation. `next hop self ebgp` would take those for eBGP.
static void export_inside(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    char text[IP4_TEXT];
    if (r->is->bgp.confederation)
        fprintf(f, "    if (source = RTS_BGP) && !is_internal() then bgp_next_hop = %s;\n",
                ip4_print(s->is.address, text));
    if (r->is->bgp.no_client_to_client && s->is.relation == BGP_REL_IBGP_CLIENT)
        fprintf(f,
                "    if proto ~ \"ibgp_client*\" then reject; # they have sessions of their own\n");
}

static void export_builtin(const struct plan *p, const struct plan_router *r,
                           const struct plan_session *s, FILE *f)
{
    const struct relation_rules *rules = relation_rules(s->is.relation);
    const struct bgp_policy_options *o = &s->is.policy;
    char text[PREFIX_TEXT];
    uint32_t asn = plan_outer_as(r);
    fprintf(f, "    if source !~ [RTS_BGP, RTS_STATIC] then reject;\n");
    if (!rules) {
        export_inside(r, s, f);
        return;
    }
    if (o->require && !o->exports[0] && !o->exports[1])
        fprintf(f, "    reject; # RFC 8212\n");
    bird_derived_refuse(r, f);
    for (size_t i = 0; i < r->norigin_only; i++)
        fprintf(f,
                "    if net = %s && ((%" PRIu32 ", %d, %u) !~ bgp_large_community) then\n"
                "        reject; # announced at its sites only\n",
                prefix_print(r->origin_only[i], text), asn, TAG_ORIGIN,
                (unsigned)(r - p->routers) + 1);
    if (!rules->hears_all && !o->builtin_off)
        fprintf(f,
                "    if bgp_large_community !~ [(%" PRIu32 ", %d, %d), (%" PRIu32
                ", %d, %d)] then\n"
                "        reject; # valley-free: own and customers' routes only\n",
                asn, TAG_LEARNT, BGP_LEARNT_OWN, asn, TAG_LEARNT, BGP_LEARNT_CUSTOMER);
    if (o->med_from_igp)
        fprintf(f, "    bgp_med = get_metric();\n");
}

static void filter(const struct plan *p, const struct plan_router *r, const struct plan_session *s,
                   bool out, FILE *f)
{
    char name[64];
    session_name(p, r, s, name, sizeof name);
    struct bird_policy b = {
        .fold = {.plan = p, .router = r, .session = s, .out = out, .name = name}};
    bird_policy_functions(&b, f);
    fprintf(f, "\nfilter %s_%s {\n", out ? "to" : "from", name);
    if (out)
        export_builtin(p, r, s, f);
    else
        import_builtin(r, s, f);
    bird_policy_calls(&b, f);
    if (out && plan_is_external(s))
        fprintf(f, "    bgp_large_community.delete([(%" PRIu32 ", %d..%d, *)]);\n",
                plan_outer_as(r), TAG_LEARNT, TAG_LAST);
    fprintf(f, "    accept;\n}\n");
    vec_free(&b.written);
}

// --- protocols

static void bfd_interface(const struct plan_interface *i, const char *what, int64_t bfd_ps,
                          int64_t multiplier, FILE *f)
{
    int64_t ms = export_time(f, "    " MARK, what, bfd_ps, PS_PER_MS, 1, 3600000);
    fprintf(f, "    interface \"%s\" { interval %" PRId64 " ms; multiplier %" PRId64 "; };\n",
            i->name, ms, multiplier);
}

static void bfd(const struct plan_router *r, FILE *f)
{
    const struct network *n = r->network;
    if (!n->bgp.bfd_ps && !n->igp.bfd_ps)
        return;
    fprintf(f, "\nprotocol bfd {\n");
    for (size_t k = 0; k < r->ninterfaces; k++) {
        const struct plan_interface *i = &r->interfaces[k];
        if (i->igp && n->igp.bfd_ps)
            bfd_interface(i, "igp.bfd", n->igp.bfd_ps, n->igp.bfd_multiplier, f);
        if (!i->igp && n->bgp.bfd_ps)
            bfd_interface(i, "bgp.bfd", n->bgp.bfd_ps, n->bgp.bfd_multiplier, f);
    }
    fprintf(f, "}\n");
}

static void ospf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    const struct igp_config *g = &r->network->igp;
    fprintf(f, "\n# not expressed: spf_initial, spf_hold and spf_max; BIRD computes once a tick\n");
    int64_t hello = export_time(f, MARK, "igp.hello", g->hello_ps, PS_PER_S, 1, 65535);
    int64_t dead = export_time(f, MARK, "igp.hold", g->hold_ps, PS_PER_S, hello + 1, 65535);
    export_metric_unit(f, MARK, r);
    fprintf(f,
            "protocol ospf v2 backbone {\n"
            "    ipv4 { import all; export none; };\n"
            "    area 0 {\n"
            "        interface \"lo\" { %s; };\n",
            "stub");
    for (size_t k = 0; k < r->ninterfaces; k++) {
        const struct plan_interface *i = &r->interfaces[k];
        if (i->igp)
            fprintf(f,
                    "        interface \"%s\" { # %s\n"
                    "            type ptp; cost %" PRIu32 "; hello %" PRId64 "; dead %" PRId64
                    "; retransmit 5; check link yes;%s\n"
                    "        };\n",
                    i->name, p->routers[i->neighbour].is->name, i->metric / r->metric_unit, hello,
                    dead, g->bfd_ps ? " bfd yes;" : "");
    }
    fprintf(f, "    };\n}\n");
}

static void session_ends(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    char here[IP4_TEXT], there[IP4_TEXT];
    fprintf(f, "    local %s as %" PRIu32 ";\n    neighbor %s as %" PRIu32 ";\n",
            ip4_print(s->is.address, here), r->is->bgp.asn, ip4_print(s->remote, there), s->asn);
    if (r->is->bgp.confederation)
        fprintf(f, "    confederation %" PRIu32 ";\n", r->is->bgp.confederation);
    if (s->is.relation == BGP_REL_CONFED)
        fprintf(f, "    confederation member yes;\n");
    if (s->over < 0)
        fprintf(f, "    multihop;\n");
    else
        fprintf(f, "    interface \"%s\";\n    direct;\n    check link yes;\n",
                r->interfaces[s->over].name);
    if (s->over >= 0 && r->network->bgp.bfd_ps)
        fprintf(f, "    bfd yes;\n");
    if (s->is.relation == BGP_REL_IBGP_CLIENT)
        fprintf(f, "    rr client;\n    rr cluster id %s;\n", ip4_print(r->cluster_id, here));
}

static void session_timers(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    const struct bgp_timers *t = &r->is->bgp.timers;
    int64_t mrai_ps = plan_mrai_ps(r, s);
    char text[UNIT_BUF];
    if (mrai_ps)
        fprintf(f, "    # not expressed: MRAI %s; BIRD sends updates as soon as it can\n",
                unit_print(UNIT_TIME, mrai_ps, text, sizeof text));
    int64_t hold = export_time(f, "    " MARK, "bgp.hold", plan_hold_ps(r, s), PS_PER_S, 3, 65535);
    int64_t retry =
        export_time(f, "    " MARK, "connect retry", t->connect_retry_ps, PS_PER_S, 1, 65535);
    fprintf(f,
            "    hold time %" PRId64 ";\n    keepalive time %" PRId64 ";\n"
            "    connect delay time 1;\n    connect retry time %" PRId64 ";\n"
            "    error wait time 1, %" PRId64 ";\n",
            hold, hold / 3, retry, retry);
}

static const char *on_off(bool on)
{
    return on ? "on" : "off";
}

// The decision steps as the simulator takes them.
static void session_decision(const struct plan_router *r, FILE *f)
{
    struct bgp_decision d;
    bgp_decision_init(&d, &r->is->bgp.decide);
    if (d.is.profile != BGP_PROFILE_BIRD)
        fprintf(
            f,
            "    # not expressed: profile %s, but for the options of its decision that BIRD has\n",
            bgp_profile_names[d.is.profile]);
    fprintf(f,
            "    path metric %s;\n    deterministic med %s;\n    med metric %s;\n"
            "    igp metric on;\n    prefer older %s;\n    default bgp_med %u;\n"
            "    graceful restart off;\n    long lived graceful restart off;\n",
            on_off(!d.is.as_path_ignore), on_off(d.is.deterministic_med == BGP_ON),
            on_off(d.is.always_compare_med), on_off(d.is.prefer_oldest == BGP_ON),
            d.is.med_missing_as_worst ? UINT32_MAX : 0u);
}

// Capabilities and limits of one session.
static void session_options(const struct plan_session *s, FILE *f)
{
    static const char *const roles[] = {[BGP_ROLE_PROVIDER] = "provider",
                                        [BGP_ROLE_RS] = "rs_server",
                                        [BGP_ROLE_RS_CLIENT] = "rs_client",
                                        [BGP_ROLE_CUSTOMER] = "customer",
                                        [BGP_ROLE_PEER] = "peer"};
    const struct bgp_peer_options *o = &s->is;
    if (o->role)
        fprintf(f, "    local role %s;\n", roles[o->role]);
    if (o->role && o->role_strict)
        fprintf(f, "    require roles on;\n");
    if (o->policy.own_as_allowed)
        fprintf(f, "    allow local as %d;\n", o->policy.own_as_allowed);
    if (o->graceful.on)
        fprintf(f, "    # not expressed: graceful restart, which changes no route at rest\n");
    if (o->policy.damping)
        fprintf(f, "    # not expressed: flap damping, which BIRD does not have\n");
}

static void channel(const struct plan *p, const struct plan_router *r, const struct plan_session *s,
                    const char *name, FILE *f)
{
    (void)p;
    fprintf(f, "    ipv4 {\n");
    if (bird_derived_is_apart(r, s))
        fprintf(f, "        table table_%s;\n        igp table master4;\n", name);
    fprintf(f, "        import filter from_%s;\n        export filter to_%s;\n", name, name);
    if (s->is.policy.prefix_limit)
        fprintf(f, "        receive limit %" PRIu32 " action restart;\n",
                s->is.policy.prefix_limit);
    if (s->is.add_path_receive || s->is.add_path_send)
        fprintf(f, "        add paths %s;%s\n",
                !s->is.add_path_send     ? "rx"
                : s->is.add_path_receive ? "on"
                                         : "tx",
                s->is.add_path_send ? " # rounded: BIRD tells all paths" : "");
    if (!plan_is_external(s) && !r->is->bgp.confederation)
        fprintf(f, "        next hop self ebgp;\n");
    if (!plan_is_external(s))
        fprintf(f, "        gateway recursive;\n");
    fprintf(f, "    };\n}\n");
}

static void session(const struct plan *p, const struct plan_router *r, const struct plan_session *s,
                    FILE *f)
{
    char name[64];
    filter(p, r, s, false, f);
    filter(p, r, s, true, f);
    session_name(p, r, s, name, sizeof name);
    if (bird_derived_is_apart(r, s))
        bird_derived_session(r, s, name, f);
    else if (r->is->bgp.best_external && r->is->bgp.reflector && plan_is_ibgp(s))
        export_best_external(p, r, "A reflector of BIRD", MARK, f);
    fprintf(f, "\nprotocol bgp %s {\n    description \"%s\";\n", name,
            p->routers[s->neighbour].is->name);
    session_ends(r, s, f);
    session_timers(r, s, f);
    session_decision(r, f);
    session_options(s, f);
    channel(p, r, s, name, f);
}

void bird_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    head(p, r, f);
    if (r->is->bgp.asn) {
        bird_vrps(p, r, f);
        bird_policy_helpers(p, r, f);
        origins(p, r, f);
        bird_derived(p, r, f);
    }
    bfd(r, f);
    ospf(p, r, f);
    for (size_t i = 0; i < r->nsessions; i++)
        session(p, r, &r->sessions[i], f);
}
