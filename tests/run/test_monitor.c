// SPDX-License-Identifier: GPL-3.0-or-later
// What the monitor counts is what there is: its sums are those of the run.
#include "tiny.h"
#include "unit.h"

#include <string.h>

static struct tiny tiny;
static struct results *results;

static void begin(const char *timeline)
{
    tiny_load(&tiny, timeline);
    CU_ASSERT_PTR_NOT_NULL_FATAL(tiny.scenario);
    results = run_scenario(tiny.scenario, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(results);
}

static void end(void)
{
    results_free(results);
    tiny_free(&tiny);
}

static const struct monitor_interval *interval(int64_t s)
{
    for (int i = 0; i < results->monitor.nintervals; i++)
        if (results->monitor.intervals[i].interval_ps == s * PS_PER_S)
            return &results->monitor.intervals[i];
    return NULL;
}

static int service(const char *name)
{
    for (int i = 0; i < tiny.scenario->nservices; i++)
        if (strcmp(tiny.scenario->services[i].name, name) == 0)
            return i;
    return -1;
}

static double dropped(const struct monitor_row *r, enum monitor_direction d)
{
    double sum = 0;
    for (int i = 0; i < r->ndrops; i++)
        sum += r->drops[i].direction == d ? r->drops[i].total.packets : 0;
    return sum;
}

// All packets of a service, by what the rows say of them.
struct sums {
    double in, out, lost_before, lost_inside, lost_back, lost_outside;
};

static struct sums sums_of(const char *name)
{
    const struct monitor_interval *v = interval(60);
    struct sums s = {0};
    for (int i = 0; i < v->nrows; i++) {
        const struct monitor_row *r = &v->rows[i];
        if (name && r->service != service(name))
            continue;
        s.in += r->total[MONITOR_IN].packets;
        s.out += r->total[MONITOR_OUT].packets;
        *(r->pop < 0 ? &s.lost_before : &s.lost_inside) += dropped(r, MONITOR_IN);
        *(r->pop < 0 ? &s.lost_outside : &s.lost_back) += dropped(r, MONITOR_OUT);
    }
    return s;
}

static void check_totals(void)
{
    const struct monitor_result *m = &results->monitor;
    uint64_t all = 0;
    CU_ASSERT_EQUAL(m->delivered, results->delivered);
    for (int i = 0; i < FWD_DROP_COUNT; i++) {
        CU_ASSERT_EQUAL(m->dropped[i], results->dropped_by[i]);
        all += m->dropped[i];
    }
    CU_ASSERT_EQUAL(all, results->dropped);
    CU_ASSERT_EQUAL(results->sent, results->delivered + results->dropped + results->in_flight);
}

// Points of every interval add up to the same.
static void check_points(void)
{
    for (int i = 0; i < results->monitor.nintervals; i++) {
        const struct monitor_interval *v = &results->monitor.intervals[i];
        CU_ASSERT_EQUAL(v->nrows, interval(60)->nrows);
        for (int k = 0; k < v->nrows; k++)
            for (int d = 0; d < MONITOR_DIRECTIONS; d++) {
                double sum = 0;
                for (int p = 0; p < v->npoints; p++)
                    sum += v->rows[k].points[d][p].packets;
                CU_ASSERT_EQUAL(sum, v->rows[k].total[d].packets);
                CU_ASSERT_EQUAL(sum, interval(60)->rows[k].total[d].packets);
            }
    }
}

// Every flow of the service stands for so many users; `weights` adds up what each of its requests
// weighs.
static double requests(const char *name, uint64_t *sent)
{
    static const double population[] = {1999, 500000, 10};
    double sum = 0;
    *sent = 0;
    for (int i = 0; i < results->nquality; i++) {
        const struct quality_result *q = &results->quality[i];
        bool game = tiny.scenario->traffic[q->traffic].kind == TRAFFIC_GAME;
        double users = game ? (double)(int64_t)(population[q->group] * 0.02) : 1;
        if (q->service != service(name))
            continue;
        sum += (double)q->way[0].sent * (users < 1 ? 1 : users);
        *sent += q->way[0].sent;
    }
    return sum;
}

static void nothing_is_missed(void)
{
    begin("");
    check_totals();
    check_points();
    CU_ASSERT_PTR_NOT_NULL_FATAL(interval(300));
    CU_ASSERT_EQUAL(interval(300)->npoints, 1);
    for (int i = 0; i < tiny.scenario->nservices; i++) {
        const char *name = tiny.scenario->services[i].name;
        uint64_t packets;
        double weight = requests(name, &packets);
        struct sums s = sums_of(name);
        // At the end a request and an answer of each of three groups, at most, are under way.
        CU_ASSERT(packets > 1000 && weight > 100000);
        CU_ASSERT(s.in <= weight && s.in > weight * 0.997);
        CU_ASSERT(s.out <= s.in && s.out > s.in * 0.997);
        CU_ASSERT_EQUAL(s.lost_before + s.lost_inside + s.lost_back + s.lost_outside, 0);
    }
    end();
}

static void drops_have_their_place(void)
{
    // The accelerated service's POPs are in the north (with the backend) and in the south.
    begin("- {at: 20s, fail: {network: cloud, between: [north, south]}, mode: silent}\n"
          "- {at: 30s, repair: {network: cloud, between: [north, south]}}\n"
          "- {at: 40s, fail: {network: carrier, city: mid}, mode: silent}\n");
    check_totals();
    check_points();
    struct sums eip = sums_of("eip"), plain = sums_of("plain");
    CU_ASSERT(eip.lost_inside > 0); // on the backbone, after the POP
    CU_ASSERT_EQUAL(plain.lost_inside, 0);
    CU_ASSERT(plain.lost_outside > 0); // answers to mid's clients, which has gone silent
    double all = 0;
    struct sums s = sums_of(NULL);
    all = s.in + s.lost_before + s.out + s.lost_back;
    CU_ASSERT(all > 0);
    const struct monitor_interval *v = interval(60);
    for (int i = 0; i < v->nrows; i++)
        for (int k = 0; k < v->rows[i].ndrops; k++)
            CU_ASSERT(v->rows[i].drops[k].cause == FWD_DROP_LINK_DOWN ||
                      v->rows[i].drops[k].cause == FWD_DROP_NODE_DOWN ||
                      v->rows[i].drops[k].cause == FWD_DROP_NO_ROUTE);
    end();
}

static void legs_and_bills(void)
{
    begin("");
    const struct monitor_interval *v = interval(60);
    struct sums eip = sums_of("eip");
    double to = 0, from = 0;
    for (int i = 0; i < v->nlegs; i++) {
        CU_ASSERT_EQUAL(v->legs[i].service, service("eip"));
        CU_ASSERT_STRING_EQUAL(v->legs[i].backend, "n");
        to += v->legs[i].total[MONITOR_IN].packets;
        from += v->legs[i].total[MONITOR_OUT].packets;
    }
    CU_ASSERT(v->nlegs >= 1 && v->nlegs <= 2);
    CU_ASSERT_EQUAL(to, eip.in); // nothing was lost
    CU_ASSERT(from >= eip.out && from <= eip.in);
    double bits = 0;
    for (int i = 0; i < results->monitor.nbills; i++) {
        const struct monitor_bill *b = &results->monitor.bills[i];
        CU_ASSERT_EQUAL(b->points, 1);
        CU_ASSERT_EQUAL(b->dropped, 0);
        CU_ASSERT_EQUAL(b->billed_bps, b->highest_bps);
        if (b->service == service("eip"))
            bits += b->billed_bps * 60;
    }
    CU_ASSERT_DOUBLE_EQUAL(bits / from / 8, 240, 0.5); // answers of a game are larger than requests
    end();
}

UNIT_MAIN("monitor", {"nothing_is_missed", nothing_is_missed},
          {"drops_have_their_place", drops_have_their_place}, {"legs_and_bills", legs_and_bills})
