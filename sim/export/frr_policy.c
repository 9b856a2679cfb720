// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in policy as route-maps. A route-map does one thing a step, because FRR gives no order
// to the `set` lines of one.
#include "bgp/attr.h"
#include "bgp/policy.h"
#include "export/parts.h"

#include <inttypes.h>

static void lists(const struct plan *p, const struct plan_router *r, FILE *f)
{
    uint32_t asn = r->is->bgp.asn;
    char text[PREFIX_TEXT];
    fprintf(f,
            "bgp community-list standard graceful-shutdown permit 65535:0\n"
            "bgp large-community-list expanded tags permit ^%" PRIu32 ":\n"
            "bgp large-community-list standard own-and-customers permit %" PRIu32 ":%d:%d\n"
            "bgp large-community-list standard own-and-customers permit %" PRIu32 ":%d:%d\n"
            "bgp large-community-list standard originated-here permit %" PRIu32 ":%d:%u\n",
            asn, asn, TAG_LEARNT, BGP_LEARNT_OWN, asn, TAG_LEARNT, BGP_LEARNT_CUSTOMER, asn,
            TAG_ORIGIN, (unsigned)(r - p->routers) + 1);
    for (size_t i = 0; i < r->norigin_only; i++)
        fprintf(f, "ip prefix-list at-its-sites-only seq %zu permit %s\n", 5 * (i + 1),
                prefix_print(r->origin_only[i], text));
    if (r->norigins)
        fprintf(f,
                "route-map own permit 10\n set local-preference %u\n"
                " set large-community %" PRIu32 ":%d:%d %" PRIu32 ":%d:%u\nexit\n",
                BGP_LOCAL_PREF_OWN, asn, TAG_LEARNT, BGP_LEARNT_OWN, asn, TAG_ORIGIN,
                (unsigned)(r - p->routers) + 1);
}

static void import_map(const struct plan_router *r, const struct relation_rules *rules, FILE *f)
{
    fprintf(f,
            "route-map from_%s permit 10\n set large-comm-list tags delete\n on-match next\nexit\n"
            "route-map from_%s permit 20\n set local-preference %u\n"
            " set large-community %" PRIu32 ":%d:%d additive\n on-match next\nexit\n"
            "! RFC 8326\n"
            "route-map from_%s permit 30\n match community graceful-shutdown\n"
            " set local-preference 0\nexit\n"
            "route-map from_%s permit 40\nexit\n",
            rules->name, rules->name, rules->local_pref, r->is->bgp.asn, TAG_LEARNT, rules->learnt,
            rules->name, rules->name);
}

static void export_map(const struct plan_router *r, const struct relation_rules *rules, FILE *f)
{
    if (r->norigin_only)
        fprintf(f,
                "route-map to_%s permit 10\n match ip address prefix-list at-its-sites-only\n"
                " match large-community originated-here\n on-match goto 30\nexit\n"
                "route-map to_%s deny 20\n match ip address prefix-list at-its-sites-only\nexit\n",
                rules->name, rules->name);
    fprintf(f, "! %s\nroute-map to_%s permit 30\n%s set large-comm-list tags delete\nexit\n",
            rules->hears_all ? "everything" : "valley-free: own and customers' routes only",
            rules->name, rules->hears_all ? "" : " match large-community own-and-customers\n");
}

void frr_policy(const struct plan *p, const struct plan_router *r, FILE *f)
{
    lists(p, r, f);
    for (int relation = BGP_REL_IBGP; relation <= BGP_REL_SIBLING; relation++) {
        const struct relation_rules *rules = relation_rules((enum bgp_relation)relation);
        if (!rules || !plan_has_relation(r, (enum bgp_relation)relation))
            continue;
        import_map(r, rules, f);
        export_map(r, rules, f);
    }
    fprintf(f, "!\n");
}
