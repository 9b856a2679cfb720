// SPDX-License-Identifier: GPL-3.0-or-later
// Profiles of congestion between networks: named, documented (docs/links.md), made of impairments.
//
// north-south   two carriers of one country whose few interconnects are full in the evening. That
//               they are is reported (drpeering.net, "Peering into China"; the split of 2002 into a
//               northern and a southern carrier); the figures are ASSUMED.
// cross-border  what enters a country over its transnational links. Zhu et al., "Characterizing
//               Transnational Internet Performance and the Great Bottleneck of China", Proc. ACM
//               Meas. Anal. Comput. Syst. 4(1), 2020, and the authors' note to NANOG of 2020-03-02:
//               loss about 15 % on average and up to 40 %, inbound only, every day at the same hours
//               whatever the protocol, commodity networks slow for about 12 hours. The delay and the
//               curve between these figures are ASSUMED.
#include "scenario/congestion.h"

#include "scenario/scenario_reader.h"

#include <string.h>

#define HOUR    (INT64_C(3600) * PS_PER_S)
#define MILLION 1e6

struct profile {
    const char *name;
    int64_t loss_ppm; // at the peak, when the curve is at 1, as are mean and spread of the delay
    int64_t burst_packets;
    int64_t delay_ps, jitter_ps;
    double correlation;
    bool inbound; // needs to be told into which network
    struct curve curve;
};

static const struct curve_point evening[] = {
    {0 * HOUR, 400000},   {2 * HOUR, 150000},  {5 * HOUR, 50000},   {8 * HOUR, 100000},
    {11 * HOUR, 250000},  {14 * HOUR, 250000}, {18 * HOUR, 450000}, {20 * HOUR, 900000},
    {21 * HOUR, 1000000}, {22 * HOUR, 950000}, {23 * HOUR, 700000}};

// Its mean is 0.374: 15 % of loss where the peak has 40 %.
static const struct curve_point bottleneck[] = {
    {0 * HOUR, 600000},   {2 * HOUR, 200000},  {4 * HOUR, 30000},   {8 * HOUR, 30000},
    {10 * HOUR, 200000},  {14 * HOUR, 300000}, {18 * HOUR, 500000}, {20 * HOUR, 900000},
    {21 * HOUR, 1000000}, {23 * HOUR, 900000}};

#define CURVE(points)                                                                              \
    {                                                                                              \
        points, (int)(sizeof(points) / sizeof((points)[0]))                                        \
    }

static const struct profile profiles[CONGESTION_PROFILES] = {
    [CONGESTION_NORTH_SOUTH] = {"north-south", 30000, 3, 20 * PS_PER_MS, 12 * PS_PER_MS, 0.5, false,
                                CURVE(evening)},
    [CONGESTION_CROSS_BORDER] = {"cross-border", 400000, 4, 50 * PS_PER_MS, 20 * PS_PER_MS, 0.5,
                                 true, CURVE(bottleneck)},
};

const char *const congestion_profile_names[CONGESTION_PROFILES] = {"north-south", "cross-border"};

static const struct impairment *make(struct input *in, const struct raw_congestion *raw)
{
    const struct profile *p = &profiles[raw->profile];
    struct impairment *i = arena_new(in->a, struct impairment);
    double loss = (double)(raw->loss_ppm < 0 ? p->loss_ppm : raw->loss_ppm) / MILLION;
    double r = 1.0 / (double)p->burst_packets, share = r * loss / (1 - loss);
    *i = (struct impairment){.name = p->name,
                             .bursty = true,
                             .p_ppm = (int64_t)(MILLION * (share < 1 ? share : 1) + 0.5),
                             .r_ppm = (int64_t)(MILLION * r + 0.5),
                             .k_ppm = (int64_t)MILLION,
                             .delayed = true,
                             .delay = {.law = VARIATE_GAMMA,
                                       .mean_ps = raw->delay_ps < 0 ? p->delay_ps : raw->delay_ps,
                                       .sd_ps = raw->jitter_ps < 0 ? p->jitter_ps : raw->jitter_ps,
                                       .correlation = p->correlation},
                             .curve = p->curve,
                             .congestion = true,
                             .at = raw->at};
    return i;
}

// Which of the two networks it is about: 0, 1; -1: both; -2 after a diagnostic.
static int into_which(struct scenario_reader *r, const struct raw_congestion *raw)
{
    const struct texts *t = &raw->between;
    for (int i = 0; i < 2 && raw->into.s; i++)
        if (t->v[i].s && strcmp(t->v[i].s, raw->into.s) == 0)
            return i;
    if (raw->into.s)
        diag_error(r->in->d, raw->into.at, NULL, "'into' must name one of the two networks");
    else if (!profiles[raw->profile].inbound)
        return -1;
    else
        diag_error(r->in->d, raw->at, "into: the network that the crowd wants to get into",
                   "%s congestion needs 'into'", profiles[raw->profile].name);
    return -2;
}

static bool strike(struct scenario_reader *r, const struct raw_congestion *raw,
                   struct interconnect *c, int side, const struct impairment *i)
{
    if (c->line.impair[side] && c->line.impair[side] != i) {
        diag_error(r->in->d, raw->at, NULL,
                   "the interconnect of %s has an impairment of its own, '%s'",
                   r->out->topology.networks[c->a].cities[c->a_city].city->name,
                   c->line.impair[side]->name);
        return false;
    }
    c->line.impair[side] = i;
    return true;
}

static void read_one(struct scenario_reader *r, const struct raw_congestion *raw)
{
    struct topology *t = &r->out->topology;
    int n[2], found = 0;
    if (raw->profile < 0)
        return;
    if (raw->between.n != 2) {
        diag_error(r->in->d, raw->between.at.line ? raw->between.at : raw->at, NULL,
                   "'between' must name two networks, found %d", raw->between.n);
        return;
    }
    for (int i = 0; i < 2; i++)
        n[i] = names_find(&r->networks, r->in, &raw->between.v[i], "network", "");
    int city = names_find(&r->cities, r->in, &raw->city, "city", ""), into = into_which(r, raw);
    if (n[0] < 0 || n[1] < 0 || into == -2 || (raw->city.s && city < 0))
        return;
    const struct impairment *impairment = make(r->in, raw);
    for (int k = 0; k < t->ninterconnects; k++) {
        struct interconnect *c = &t->interconnects[k];
        bool same = c->a == n[0] && c->b == n[1], other = c->a == n[1] && c->b == n[0];
        if ((!same && !other) ||
            (city >= 0 && t->networks[c->a].cities[c->a_city].city != &t->cities[city]))
            continue;
        found++;
        // Side 0 leads from a to b: into b.
        for (int side = 0; side < 2; side++)
            if (into < 0 || n[into] == (side ? c->a : c->b))
                if (!strike(r, raw, c, side, impairment))
                    return;
    }
    if (!found)
        diag_error(r->in->d, raw->between.at, NULL, "no interconnect between '%s' and '%s'%s%s",
                   t->networks[n[0]].name, t->networks[n[1]].name, raw->city.s ? " in " : "",
                   raw->city.s ? raw->city.s : "");
}

void congestion_read(struct scenario_reader *r)
{
    const struct raw_congestion *raw = r->raw.congestion.v;
    for (int i = 0; i < r->raw.congestion.n; i++)
        read_one(r, &raw[i]);
    if (r->raw.one_congestion)
        read_one(r, r->raw.one_congestion);
}
