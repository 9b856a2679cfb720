// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/parts.h"

#include "bgp/policy.h"

#include <inttypes.h>
#include <string.h>

const struct relation_rules *relation_rules(enum bgp_relation r)
{
    static const struct relation_rules rules[] = {
        [BGP_REL_CUSTOMER] = {"customer", BGP_LOCAL_PREF_CUSTOMER, BGP_LEARNT_CUSTOMER, true},
        [BGP_REL_PEER] = {"peer", BGP_LOCAL_PREF_PEER, BGP_LEARNT_PEER, false},
        [BGP_REL_PROVIDER] = {"provider", BGP_LOCAL_PREF_PROVIDER, BGP_LEARNT_PROVIDER, false},
        [BGP_REL_SIBLING] = {"sibling", BGP_LOCAL_PREF_SIBLING, BGP_LEARNT_CUSTOMER, true},
        [BGP_REL_CONFED] = {.name = NULL},
    };
    return rules[r].name ? &rules[r] : NULL;
}

bool plan_has_relation(const struct plan_router *r, enum bgp_relation relation)
{
    for (size_t i = 0; i < r->nsessions; i++)
        if (r->sessions[i].is.relation == relation)
            return true;
    return false;
}

bool plan_has_inner_policy(const struct plan_router *r)
{
    for (size_t i = 0; i < r->nsessions; i++) {
        const struct bgp_policy_options *o = &r->sessions[i].is.policy;
        if (!plan_is_external(&r->sessions[i]) &&
            (o->imports[0] || o->imports[1] || o->exports[0] || o->exports[1]))
            return true;
    }
    return false;
}

void export_best_external(const struct plan *p, const struct plan_router *r, const char *daemon,
                          const char *mark, FILE *f)
{
    fprintf(f, "%s not expressed: best_external; it brings backups, but no other best path\n",
            mark);
    if (plan_has_inner_policy(r))
        plan_problem(p,
                     "%s has no best external path, which may decide where policies stand inside a "
                     "network (%s)",
                     daemon, r->network->name);
}

int64_t plan_mrai_ps(const struct plan_router *r, const struct plan_session *s)
{
    const struct bgp_timers *t = &r->is->bgp.timers;
    if (s->is.own_mrai)
        return s->is.mrai_ps;
    return plan_is_ibgp(s) ? t->mrai_ibgp_ps : t->mrai_ebgp_ps;
}

int64_t plan_hold_ps(const struct plan_router *r, const struct plan_session *s)
{
    return s->is.hold_ps ? s->is.hold_ps : r->is->bgp.timers.hold_ps;
}

int64_t export_time(FILE *f, const char *mark, const char *what, int64_t time_ps, int64_t unit_ps,
                    int64_t min, int64_t max)
{
    char text[UNIT_BUF], written[UNIT_BUF];
    int64_t n = (time_ps + unit_ps - 1) / unit_ps;
    n = n < min ? min : n > max ? max : n;
    if (n * unit_ps != time_ps)
        fprintf(f, "%s rounded: %s is %s in the scenario, %s here\n", mark, what,
                unit_print(UNIT_TIME, time_ps, text, sizeof text),
                unit_print(UNIT_TIME, n * unit_ps, written, sizeof written));
    return n;
}

void export_metric_unit(FILE *f, const char *mark, const struct plan_router *r)
{
    if (r->metric_unit > 1)
        fprintf(f,
                "%s OSPF's costs have 16 bits (RFC 2328 section A.4.2): one stands for %" PRIu32
                " of the scenario's metric\n",
                mark, r->metric_unit);
}

void export_not_expressed(FILE *f, const char *mark, const struct plan_router *r)
{
    fprintf(f,
            "%s not expressed: how long the router works on an UPDATE, an LSA, an SPF and a FIB\n"
            "%s change (processing, flood, spf_run, fib): that is up to the machine\n",
            mark, mark);
    if (r->network->igp.fast_reroute || r->network->igp.microloop_ps)
        fprintf(f, "%s not expressed: fast_reroute and microloop; they change no route at rest\n",
                mark);
    if (r->network->igp.overload_startup_ps)
        fprintf(f, "%s not expressed: overload_startup; it changes no route at rest\n", mark);
    if (r->has_manners)
        fprintf(f,
                "%s not expressed: announce of services (prepends, MED, communities, who is not "
                "told)\n",
                mark);
    if (r->norigins)
        fprintf(f, "%s not expressed: what stands behind the prefixes (servers, tunnels)\n", mark);
}

bool export_file(struct outdir *out, const struct plan_router *r, const char *name,
                 void (*write)(const struct plan *p, const struct plan_router *r, FILE *f),
                 const struct plan *p)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", r->host, name);
    FILE *f = outdir_file(out, path);
    if (!f)
        return false;
    write(p, r, f);
    return outdir_close(out, f);
}

void ip_batch(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[IP4_TEXT];
    (void)p;
    fprintf(f, "link set lo up\naddr add %s/32 dev lo\n", ip4_print(r->is->loopback, text));
    for (size_t i = 0; i < r->ninterfaces; i++)
        fprintf(f, "addr add %s/31 dev %s\nlink set %s up\n",
                ip4_print(r->interfaces[i].address, text), r->interfaces[i].name,
                r->interfaces[i].name);
}

void routers_csv(const struct plan *p, FILE *f)
{
    char text[IP4_TEXT];
    fprintf(f, "router,host,network,asn,loopback,reflector\n");
    for (uint32_t i = 0; i < p->nrouters; i++) {
        const struct plan_router *r = &p->routers[i];
        fprintf(f, "%s,%s,%s,%" PRIu32 ",%s,%s\n", r->is->name, r->host, r->network->name,
                r->is->bgp.asn, ip4_print(r->is->loopback, text),
                r->is->bgp.reflector ? "yes" : "no");
    }
}

void links_csv(const struct plan *p, FILE *f)
{
    char a[IP4_TEXT], b[IP4_TEXT];
    fprintf(f, "a,a_interface,a_address,b,b_interface,b_address,kind,metric\n");
    for (uint32_t i = 0; i < p->nrouters; i++) {
        const struct plan_router *r = &p->routers[i];
        for (size_t k = 0; k < r->ninterfaces; k++) {
            const struct plan_interface *x = &r->interfaces[k], *y = NULL;
            const struct plan_router *other = &p->routers[x->neighbour];
            for (size_t j = 0; j < other->ninterfaces; j++)
                if (other->interfaces[j].link == x->link)
                    y = &other->interfaces[j];
            if (y && x->address < y->address) // each link once
                fprintf(f, "%s,%s,%s,%s,%s,%s,%s,%" PRIu32 "\n", r->host, x->name,
                        ip4_print(x->address, a), other->host, y->name, ip4_print(y->address, b),
                        x->igp ? "igp" : "ebgp", x->metric);
        }
    }
}
