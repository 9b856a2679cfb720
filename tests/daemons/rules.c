// SPDX-License-Identifier: GPL-3.0-or-later
// Random policies, of what both daemons can say. LOCAL_PREF moves a little only, so that customers'
// routes stay above peers' and those above providers': such networks settle (Gao & Rexford 2001).
#include "draft.h"

#include <inttypes.h>

#define TAG_AS 64990 // whose communities the policies use

static int upto(const struct draft *d, int n)
{
    return (int)gsl_rng_uniform_int(d->random, (unsigned long)n);
}

static uint32_t any_as(const struct draft *d)
{
    return d->networks[upto(d, d->nnetworks)].asn;
}

static void test(const struct draft *d, FILE *f)
{
    static const char *const relations[] = {"customer", "peer", "provider"};
    switch (upto(d, 18)) {
    case 0:
        fprintf(f, "prefix in 198.18.0.0/15 ge 20 le 24");
        break;
    case 1:
        fprintf(f, "prefix in [198.18.%d.0/24, 100.64.0.0/10 le 32]", upto(d, 4));
        break;
    case 2:
        fprintf(f, "prefix 198.18.%d.0/24", upto(d, 4));
        break;
    case 3:
        fprintf(f, "as-path \"^%" PRIu32 "\"", any_as(d));
        break;
    case 4:
        fprintf(f, "as-path \"%" PRIu32 "$\"", any_as(d));
        break;
    case 5:
        fprintf(f, "as-path \"[64990-64998 %" PRIu32 "] .* [64990-4294967294]$\"", any_as(d));
        break;
    case 6:
        fprintf(f, "as-path \"^. .$\"");
        break;
    case 7:
        fprintf(f, "as-path length %s %d", upto(d, 2) ? ">=" : "<", 1 + upto(d, 4));
        break;
    case 8:
        fprintf(f, "origin-as [64990-64997, %" PRIu32 "]", any_as(d));
        break;
    case 9:
        fprintf(f, "community %d:%d", TAG_AS, upto(d, 6));
        break;
    case 10:
        fprintf(f, "community %d:1-3", TAG_AS);
        break;
    case 11:
        fprintf(f, "large-community %d:%d:*", TAG_AS, upto(d, 3));
        break;
    case 12:
        fprintf(f, "learnt %s", relations[upto(d, 3)]);
        break;
    case 13:
        fprintf(f, "relation %s", relations[upto(d, 3)]);
        break;
    case 14:
        fprintf(f, "neighbour n%d", upto(d, d->nnetworks));
        break;
    case 15:
        fprintf(f, "origin %s", upto(d, 2) ? "igp" : "incomplete");
        break;
    case 16:
        fprintf(f, "med %s %d", upto(d, 2) ? "=" : "!=", 10 * upto(d, 3));
        break;
    default:
        fprintf(f, "at c%d", upto(d, d->ncities));
        break;
    }
}

static void condition(const struct draft *d, FILE *f)
{
    int kind = upto(d, 10);
    if (kind < 5) {
        test(d, f);
    } else if (kind < 7) {
        fprintf(f, "not ");
        test(d, f);
    } else {
        test(d, f);
        fprintf(f, kind < 9 ? " and (" : " or not (");
        test(d, f);
        fprintf(f, " or ");
        test(d, f);
        fputc(')', f);
    }
}

static void action(const struct draft *d, int policy, bool out, FILE *f)
{
    switch (upto(d, 12)) {
    case 0:
        fprintf(f, "add community %d:%d", TAG_AS, upto(d, 6));
        break;
    case 1:
        fprintf(f, "add large-community %d:%d:%d", TAG_AS, upto(d, 3), upto(d, 4));
        break;
    case 2:
        fprintf(f, "remove community %d:1-3", TAG_AS);
        break;
    case 3:
        fprintf(f, upto(d, 2) ? "set community %d:9" : "set large-community %d:1:1", TAG_AS);
        break;
    case 4:
        fprintf(f, "origin incomplete");
        break;
    case 5:
        fprintf(f, "accept");
        break;
    case 6:
        fprintf(f, upto(d, 2) ? "reject" : "return");
        break;
    case 7:
        if (policy > 0)
            fprintf(f, "call %s%d", out ? "out" : "in", upto(d, policy));
        else
            fprintf(f, "med +5");
        break;
    case 8:
    case 9:
        fprintf(f, out ? "prepend %d" : "local-pref +%d", 1 + upto(d, 3));
        break;
    default:
        fprintf(f, "med %d", 10 * upto(d, 4));
        break;
    }
}

static void policy(const struct draft *d, int index, bool out, FILE *f)
{
    int nrules = 1 + upto(d, 4);
    fprintf(f, "  %s%d: |\n", out ? "out" : "in", index);
    for (int i = 0; i < nrules; i++) {
        fprintf(f, "    if ");
        condition(d, f);
        fprintf(f, ": ");
        if (upto(d, 3) == 0)
            fprintf(f, "add community %d:%d, ", TAG_AS, upto(d, 6));
        action(d, index, out, f);
        fputc('\n', f);
    }
    if (out && upto(d, 4) == 0)
        fprintf(f, "    if prefix 198.18.%d.0/24: add community no-export\n", upto(d, 4));
}

void draft_policies(const struct draft *d, FILE *f)
{
    fprintf(f, "policies:\n");
    for (int i = 0; i < DRAFT_POLICIES; i++) {
        policy(d, i, false, f);
        policy(d, i, true, f);
    }
}

void draft_attach(const struct draft *d, FILE *f)
{
    static const char *const keys[] = {"a_import: in", "a_export: out", "b_import: in",
                                       "b_export: out"};
    for (int i = 0; i < 4; i++)
        if (upto(d, 100) < 40)
            fprintf(f, ", %s%d", keys[i], upto(d, DRAFT_POLICIES));
}
