// SPDX-License-Identifier: GPL-3.0-or-later
// parts: what the files of export/ share. Others include export/export.h.
#ifndef ANYSIM_EXPORT_PARTS_H
#define ANYSIM_EXPORT_PARTS_H

#include "base/file.h"
#include "base/units.h"
#include "bgp/attr.h"
#include "export/plan.h"
#include <stdio.h>

// The middle number of the large communities that carry tags.
#define TAG_LEARNT    1 // ASN:1:enum bgp_learnt
#define TAG_ORIGIN    2 // ASN:2:router + 1
#define TAG_CONDITION 3 // ASN:3:condition + 1: there is a route to what it waits for (BIRD)
#define TAG_LAST      3

// OSPF: 16 bits a link (RFC 2328 section A.4.2).
#define OSPF_METRIC_MAX 65535u

// What a border router does with a neighbour's routes, and tells it.
struct relation_rules {
    const char *name; // "customer"
    uint32_t local_pref;
    enum bgp_learnt learnt;
    bool hears_all; // else own and customers' routes only
};
const struct relation_rules *relation_rules(enum bgp_relation r); // NULL for iBGP

// Is the relation among the router's sessions?
bool plan_has_relation(const struct plan_router *r, enum bgp_relation relation);
bool plan_has_inner_policy(const struct plan_router *r); // on any session of its own network
static inline bool plan_is_ibgp(const struct plan_session *s)
{
    return s->is.relation == BGP_REL_IBGP || s->is.relation == BGP_REL_IBGP_CLIENT;
}

// Between two networks; else of one AS, or between members of one confederation.
static inline bool plan_is_external(const struct plan_session *s)
{
    return !plan_is_ibgp(s) && s->is.relation != BGP_REL_CONFED;
}

// The AS that others know the router by: of the confederation, if it is in one.
static inline uint32_t plan_outer_as(const struct plan_router *r)
{
    return r->is->bgp.confederation ? r->is->bgp.confederation : r->is->bgp.asn;
}

// What counts for the session: its own timers, or else the router's.
int64_t plan_mrai_ps(const struct plan_router *r, const struct plan_session *s);
int64_t plan_hold_ps(const struct plan_router *r, const struct plan_session *s);

// A time in whole units of `unit_ps`, rounded up and within [min, max]; when that is not what the
// scenario says, a comment in `f` tells, with `mark` before it ("#", "!").
int64_t export_time(FILE *f, const char *mark, const char *what, int64_t time_ps, int64_t unit_ps,
                    int64_t min, int64_t max);

// Says what a cost stands for, where that is not one.
void export_metric_unit(FILE *f, const char *mark, const struct plan_router *r);

// The best external path that iBGP is told instead of none was beaten by what all others know, too,
// so at rest it decides nothing, unless a policy changes what one router tells another.
void export_best_external(const struct plan *p, const struct plan_router *r, const char *daemon,
                          const char *mark, FILE *f);

// What no daemon is told, for its reader: how fast it works is the machine's affair.
void export_not_expressed(FILE *f, const char *mark, const struct plan_router *r);

bool export_file(struct outdir *out, const struct plan_router *r, const char *name,
                 void (*write)(const struct plan *p, const struct plan_router *r, FILE *f),
                 const struct plan *p);

bool frr_write_integrated(const struct plan *p, const struct plan_router *r, struct outdir *out);
void bird_conf(const struct plan *p, const struct plan_router *r, FILE *f);
void ip_batch(const struct plan *p, const struct plan_router *r, FILE *f);
#define FRR_MARK "!" // of comments
void frr_head(const struct plan *p, const struct plan_router *r, FILE *f);
// ospfd joins 224.0.0.5 on every interface with one socket, for which Linux allows 20 groups unless
// told otherwise. Behind the 20th no hello is heard, and a neighbour stays in state Init. How many it
// has to allow for a router; 0: 20 are enough.
#define FRR_GROUPS_SYSCTL "net.ipv4.igmp_max_memberships"
uint32_t frr_multicast_groups(const struct plan_router *r);
void frr_ospfd_conf(const struct plan *p, const struct plan_router *r, FILE *f);
void frr_isisd_conf(const struct plan *p, const struct plan_router *r, FILE *f);
bool frr_write(const struct plan *p, const struct plan_router *r, struct outdir *out);
void frr_bgpd_conf(const struct plan *p, const struct plan_router *r, FILE *f);
bool frr_runs_bfd(const struct plan_router *r);
bool frr_has_map(const struct plan_router *r, const struct plan_session *s, bool out);
void frr_policy(const struct plan *p, const struct plan_router *r, FILE *f);
void containerlab_topology(const struct plan *p, FILE *f);
void routers_csv(const struct plan *p, FILE *f);
void links_csv(const struct plan *p, FILE *f);

#endif
