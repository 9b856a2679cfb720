// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/vrps.h"

#include "export/parts.h"

#include <inttypes.h>

bool vrps_matter(const struct plan_router *r)
{
    if (!r->is->bgp.rov)
        return false;
    for (size_t i = 0; i < r->nsessions; i++) {
        const struct bgp_policy_options *o = &r->sessions[i].is.policy;
        if (o->drop_invalid || o->imports[0] || o->imports[1] || o->exports[0] || o->exports[1])
            return true;
    }
    return false;
}

// --- BIRD

void bird_vrps(const struct plan *p, const struct plan_router *r, FILE *f)
{
    char text[PREFIX_TEXT];
    if (!vrps_matter(r))
        return;
    fprintf(f, "\nroa4 table vrps;\n"
               "protocol static validated {\n"
               "    roa4 { table vrps; };\n");
    for (size_t i = 0; i < p->nvrps; i++)
        fprintf(f, "    route %s max %d as %" PRIu32 ";\n", prefix_print(p->vrps[i].prefix, text),
                p->vrps[i].max_length, p->vrps[i].asn);
    // A path that ends in an AS_SET ends in AS 0 here, which matches nothing.
    fprintf(f,
            "}\n"
            "function validity() {\n"
            "    if bgp_path.len = 0 then return roa_check(vrps, net, %" PRIu32 ");\n"
            "    return roa_check(vrps, net, bgp_path.last);\n"
            "}\n",
            plan_outer_as(r));
}

// --- FRR

static bool is_first_of_as(const struct plan *p, size_t i)
{
    return p->vrps[i].asn && (i == 0 || p->vrps[i - 1].asn != p->vrps[i].asn);
}

static void list_entry(const char *name, uint32_t number, struct prefix prefix, int longest,
                       FILE *f)
{
    char text[PREFIX_TEXT];
    fprintf(f, "ip prefix-list %s%" PRIu32 " permit %s", name, number, prefix_print(prefix, text));
    if (longest > prefix.len)
        fprintf(f, " le %d", longest);
    fputc('\n', f);
}

void frr_vrps(const struct plan *p, const struct plan_router *r, FILE *f)
{
    uint32_t seq = 0;
    if (!vrps_matter(r))
        return;
    for (size_t i = 0; i < p->nvrps; i++)
        list_entry("vrp-covered seq ", 5 * ((uint32_t)i + 1), p->vrps[i].prefix, 32, f);
    for (size_t i = 0; i < p->nvrps; i++) {
        const struct vrp *v = &p->vrps[i];
        char name[64];
        if (!v->asn) // AS 0 matches nothing (RFC 6483 section 4)
            continue;
        if (is_first_of_as(p, i)) {
            seq = 0;
            fprintf(f, "bgp as-path access-list vrp-%" PRIu32 " permit ( |^)%" PRIu32 "$\n", v->asn,
                    v->asn);
            if (v->asn == plan_outer_as(r))
                fprintf(f, "bgp as-path access-list vrp-%" PRIu32 " permit ^(\\(.*\\))?$\n",
                        v->asn);
        }
        snprintf(name, sizeof name, "vrp-%" PRIu32 " seq ", v->asn);
        list_entry(name, seq += 5, v->prefix, v->max_length, f);
    }
}

void frr_vrps_branch(struct frr_rules *x, const int labels[POLICY_ROVS])
{
    const struct plan *p = x->fold.plan;
    char match[128];
    for (size_t i = 0; i < p->nvrps; i++) {
        if (!is_first_of_as(p, i))
            continue;
        snprintf(match, sizeof match,
                 "as-path vrp-%" PRIu32 "\n match ip address prefix-list vrp-%" PRIu32,
                 p->vrps[i].asn, p->vrps[i].asn);
        routemap_step(&x->map, false, match, NULL, labels[POLICY_VALID]);
    }
    routemap_step(&x->map, false, "ip address prefix-list vrp-covered", NULL,
                  labels[POLICY_INVALID]);
    routemap_step(&x->map, false, NULL, NULL, labels[POLICY_NOT_FOUND]);
}

void frr_vrps_drop_invalid(struct frr_rules *x)
{
    int pass = routemap_label(&x->map), invalid = routemap_label(&x->map);
    frr_vrps_branch(
        x, (const int[]){
               [POLICY_VALID] = pass, [POLICY_INVALID] = invalid, [POLICY_NOT_FOUND] = pass});
    routemap_place(&x->map, invalid);
    routemap_step(&x->map, true, NULL, NULL, ROUTEMAP_END);
    routemap_place(&x->map, pass);
}
