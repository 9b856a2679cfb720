// SPDX-License-Identifier: GPL-3.0-or-later
// zebra.conf, bgpd.conf and bfdd.conf for FRR 8.4 and later (frr_igp.c has the rest): one file a daemon, so that
// each can be started by itself, too.
#include "export/frr_derived.h"
#include "export/parts.h"

#include <inttypes.h>

#define MARK FRR_MARK

bool frr_runs_bfd(const struct plan_router *r)
{
    return r->network->bgp.bfd_ps || r->network->igp.bfd_ps;
}

void frr_head(const struct plan *p, const struct plan_router *r, FILE *f)
{
    fprintf(f, "! %s of scenario %s, written by anysim export\nhostname %s\n!\n", r->is->name,
            p->world->scenario->name, r->host);
}

static void zebra_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[IP4_TEXT];
    frr_head(p, r, f);
    export_not_expressed(f, MARK, r);
    fprintf(f, "ip forwarding\n!\ninterface lo\n ip address %s/32\nexit\n",
            ip4_print(r->is->loopback, text));
    for (size_t i = 0; i < r->ninterfaces; i++)
        fprintf(f, "interface %s\n description %s\n ip address %s/31\nexit\n",
                r->interfaces[i].name, p->routers[r->interfaces[i].neighbour].is->name,
                ip4_print(r->interfaces[i].address, text));
}

static void bfd_profile(FILE *f, const char *name, int64_t bfd_ps, int64_t multiplier)
{
    if (!bfd_ps)
        return;
    int64_t times = multiplier < 2 ? 2 : multiplier;
    if (times != multiplier)
        fprintf(f, "! rounded: %s.bfd_multiplier is %" PRId64 " in the scenario, 2 here\n", name,
                multiplier);
    int64_t ms = export_time(f, MARK, "bfd", bfd_ps, PS_PER_MS, 10, 60000);
    fprintf(f,
            " profile %s\n  detect-multiplier %" PRId64 "\n  receive-interval %" PRId64
            "\n  transmit-interval %" PRId64 "\n exit\n",
            name, times, ms, ms);
}

static void bfdd_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    frr_head(p, r, f);
    fprintf(f, "bfd\n");
    bfd_profile(f, "bgp", r->network->bgp.bfd_ps, r->network->bgp.bfd_multiplier);
    bfd_profile(f, "igp", r->network->igp.bfd_ps, r->network->igp.bfd_multiplier);
    fprintf(f, "exit\n");
}

// --- bgpd.conf

static void confederation(const struct plan_router *r, FILE *f)
{
    fprintf(f, " bgp confederation identifier %" PRIu32 "\n", r->is->bgp.confederation);
    for (size_t i = 0; i < r->nsessions; i++) {
        bool known = r->sessions[i].is.relation != BGP_REL_CONFED;
        for (size_t k = 0; k < i; k++)
            known |= r->sessions[k].asn == r->sessions[i].asn;
        if (!known)
            fprintf(f, " bgp confederation peers %" PRIu32 "\n", r->sessions[i].asn);
    }
}

static void decision(const struct plan_router *r, FILE *f)
{
    struct bgp_decision d;
    bgp_decision_init(&d, &r->is->bgp.decide);
    char text[IP4_TEXT];
    fprintf(f,
            "router bgp %" PRIu32 "\n bgp router-id %s\n no bgp default ipv4-unicast\n"
            " no bgp ebgp-requires-policy\n no bgp network import-check\n"
            " bgp graceful-restart-disable\n"
            " %sbgp bestpath compare-routerid\n %sbgp deterministic-med\n",
            r->is->bgp.asn, ip4_print(r->is->loopback, text),
            d.is.prefer_oldest == BGP_ON ? "no " : "",
            d.is.deterministic_med == BGP_ON ? "" : "no ");
    if (r->is->bgp.confederation)
        confederation(r, f);
    if (d.is.profile != BGP_PROFILE_FRR)
        fprintf(f,
                " ! not expressed: profile %s, but for the options of its decision that FRR has\n",
                bgp_profile_names[d.is.profile]);
    if (d.is.always_compare_med)
        fprintf(f, " bgp always-compare-med\n");
    if (d.is.med_missing_as_worst)
        fprintf(f, " bgp bestpath med missing-as-worst\n");
    if (d.is.as_path_ignore)
        fprintf(f, " bgp bestpath as-path ignore\n");
    if (d.is.multipath_relax == BGP_ON)
        fprintf(f, " bgp bestpath as-path multipath-relax\n");
    if (r->cluster_id)
        fprintf(f, " bgp cluster-id %s\n", ip4_print(r->cluster_id, text));
    if (r->cluster_id || r->is->bgp.confederation)
        fprintf(f, " bgp route-reflector allow-outbound-policy\n");
    if (r->cluster_id && r->is->bgp.no_client_to_client)
        fprintf(f, " no bgp client-to-client reflection\n");
}

static void session_timers(const struct plan_router *r, const struct plan_session *s,
                           const char *name, FILE *f)
{
    const struct bgp_timers *t = &r->is->bgp.timers;
    int64_t mrai_ps = plan_mrai_ps(r, s);
    int64_t hold = export_time(f, " " MARK, "bgp.hold", plan_hold_ps(r, s), PS_PER_S, 3, 65535);
    int64_t retry =
        export_time(f, " " MARK, "connect retry", t->connect_retry_ps, PS_PER_S, 1, 65535);
    int64_t mrai = export_time(f, " " MARK, "MRAI", mrai_ps, PS_PER_S, 0, 600);
    fprintf(f,
            " neighbor %s timers %" PRId64 " %" PRId64 "\n neighbor %s timers connect %" PRId64
            "\n neighbor %s advertisement-interval %" PRId64 "\n",
            name, hold / 3, hold, name, retry, name, mrai);
    if (mrai && t->mrai_withdrawals != BGP_WITHDRAWALS_BEHIND)
        fprintf(f,
                " ! not expressed: mrai_withdrawals; in FRR withdrawals wait behind announcements "
                "that wait\n");
    if (mrai && !t->no_jitter)
        fprintf(f, " ! not expressed: jitter; FRR's interval has none but counts whole seconds\n");
}

// Capabilities of one session, and what only changes how long things take.
static void session_options(const struct plan *p, const struct plan_router *r,
                            const struct plan_session *s, const char *name, FILE *f)
{
    static const char *const roles[] = {[BGP_ROLE_PROVIDER] = "provider",
                                        [BGP_ROLE_RS] = "rs-server",
                                        [BGP_ROLE_RS_CLIENT] = "rs-client",
                                        [BGP_ROLE_CUSTOMER] = "customer",
                                        [BGP_ROLE_PEER] = "peer"};
    if (s->is.role)
        fprintf(f, " neighbor %s local-role %s%s\n", name, roles[s->is.role],
                s->is.role_strict ? " strict-mode" : "");
    if (s->is.graceful.on)
        fprintf(f, " ! not expressed: graceful restart, which changes no route at rest\n");
    if (s->is.policy.damping)
        fprintf(f, " ! not expressed: flap damping\n");
    if (r->is->bgp.best_external && plan_is_ibgp(s))
        export_best_external(p, r, "FRR", " " MARK, f);
}

static void session(const struct plan *p, const struct plan_router *r, const struct plan_session *s,
                    FILE *f)
{
    char name[IP4_TEXT], text[IP4_TEXT];
    ip4_print(s->remote, name);
    fprintf(f, " neighbor %s remote-as %" PRIu32 "\n neighbor %s description %s\n", name, s->asn,
            name, p->routers[s->neighbour].is->name);
    if (s->over < 0)
        fprintf(f, " neighbor %s update-source %s\n", name, ip4_print(s->is.address, text));
    if (s->over < 0 && !plan_is_ibgp(s))
        fprintf(f, " neighbor %s ebgp-multihop\n", name);
    if (s->over >= 0 && r->network->bgp.bfd_ps)
        fprintf(f, " neighbor %s bfd\n neighbor %s bfd profile bgp\n", name, name);
    session_timers(r, s, name, f);
    session_options(p, r, s, name, f);
}

static void session_family(const struct plan_router *r, const struct plan_session *s, FILE *f)
{
    const struct bgp_peer_options *o = &s->is;
    size_t index = (size_t)(s - r->sessions) + 1;
    char name[IP4_TEXT];
    ip4_print(s->remote, name);
    fprintf(f, "  neighbor %s activate\n  neighbor %s send-community all\n", name, name);
    for (int out = 0; out < 2; out++)
        if (frr_has_map(r, s, out))
            fprintf(f, "  neighbor %s route-map %s_%zu %s\n", name, out ? "to" : "from", index,
                    out ? "out" : "in");
    frr_derived_neighbour(r, s, f);
    if (plan_is_ibgp(s) && !r->is->bgp.confederation)
        fprintf(f, "  neighbor %s next-hop-self\n", name);
    if (o->relation == BGP_REL_IBGP_CLIENT)
        fprintf(f, "  neighbor %s route-reflector-client\n", name);
    if (o->policy.own_as_allowed)
        fprintf(f, "  neighbor %s allowas-in %d\n", name, o->policy.own_as_allowed);
    if (o->policy.prefix_limit)
        fprintf(f, "  neighbor %s maximum-prefix %" PRIu32 "\n", name, o->policy.prefix_limit);
    if (o->add_path_send)
        fprintf(f, "  ! rounded: FRR tells all paths\n  neighbor %s addpath-tx-all-paths\n", name);
    if (!o->add_path_receive)
        fprintf(f, "  neighbor %s disable-addpath-rx\n", name);
}

void frr_bgpd_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[PREFIX_TEXT];
    frr_head(p, r, f);
    frr_policy(p, r, f);
    decision(r, f);
    frr_derived_timer(r, f);
    for (size_t i = 0; i < r->nsessions; i++)
        session(p, r, &r->sessions[i], f);
    fprintf(f, " !\n address-family ipv4 unicast\n");
    for (size_t i = 0; i < r->norigins; i++)
        fprintf(f, "  ! %s\n  network %s route-map own\n", r->origins[i].what,
                prefix_print(r->origins[i].prefix, text));
    frr_derived_aggregates(r, f);
    for (size_t i = 0; i < r->nsessions; i++)
        session_family(r, &r->sessions[i], f);
    const struct bgp_decide_options *d = &r->is->bgp.decide;
    if (d->max_paths_eibgp > 1)
        fprintf(f, "  ! not expressed: multipath_eibgp; FRR's paths are of one kind\n");
    fprintf(f, "  maximum-paths %d\n  maximum-paths ibgp %d\n exit-address-family\nexit\n",
            d->max_paths_ebgp > 1 ? d->max_paths_ebgp : 1,
            d->max_paths_ibgp > 1 ? d->max_paths_ibgp : 1);
}

// --- how the packaged FRR starts its daemons

static void daemons(const struct plan *p, const struct plan_router *r, FILE *f)
{
    (void)p;
    fprintf(f, "bgpd=%s\nospfd=%s\nisisd=%s\nbfdd=%s\nvtysh_enable=yes\n",
            r->is->bgp.asn ? "yes" : "no", r->wide ? "no" : "yes", r->wide ? "yes" : "no",
            frr_runs_bfd(r) ? "yes" : "no");
    fprintf(f, "zebra_options=\"-A 127.0.0.1 -s 90000000\"\nbgpd_options=\"-A 127.0.0.1\"\n"
               "ospfd_options=\"-A 127.0.0.1\"\nisisd_options=\"-A 127.0.0.1\"\n"
               "bfdd_options=\"-A 127.0.0.1\"\n");
}

static void vtysh_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    (void)p;
    fprintf(f, "no service integrated-vtysh-config\nhostname %s\n", r->host);
}

// One file that vtysh reads when all daemons run: it counts before theirs where an image has one.
static void frr_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    zebra_conf(p, r, f);
    if (r->wide)
        frr_isisd_conf(p, r, f);
    else
        frr_ospfd_conf(p, r, f);
    if (frr_runs_bfd(r))
        bfdd_conf(p, r, f);
    if (r->is->bgp.asn)
        frr_bgpd_conf(p, r, f);
}

static void vtysh_integrated(const struct plan *p, const struct plan_router *r, FILE *f)
{
    (void)p;
    fprintf(f, "service integrated-vtysh-config\nhostname %s\n", r->host);
}

bool frr_write_integrated(const struct plan *p, const struct plan_router *r, struct outdir *out)
{
    return export_file(out, r, "frr.conf", frr_conf, p) &&
           export_file(out, r, "daemons", daemons, p) &&
           export_file(out, r, "vtysh.conf", vtysh_integrated, p);
}

bool frr_write(const struct plan *p, const struct plan_router *r, struct outdir *out)
{
    return export_file(out, r, "zebra.conf", zebra_conf, p) &&
           (r->wide ? export_file(out, r, "isisd.conf", frr_isisd_conf, p)
                    : export_file(out, r, "ospfd.conf", frr_ospfd_conf, p)) &&
           (!r->is->bgp.asn || export_file(out, r, "bgpd.conf", frr_bgpd_conf, p)) &&
           (!frr_runs_bfd(r) || export_file(out, r, "bfdd.conf", bfdd_conf, p)) &&
           export_file(out, r, "daemons", daemons, p) &&
           export_file(out, r, "vtysh.conf", vtysh_conf, p);
}
