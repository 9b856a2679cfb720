// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/judge.h"

#include "base/arena.h"
#include "base/units.h"

#include <stdio.h>

static bool holds(int64_t obtained, enum compare op, int64_t wanted)
{
    switch (op) {
    case CMP_LT:
        return obtained < wanted;
    case CMP_LE:
        return obtained <= wanted;
    case CMP_EQ:
        return obtained == wanted;
    case CMP_NE:
        return obtained != wanted;
    case CMP_GE:
        return obtained >= wanted;
    case CMP_GT:
        return obtained > wanted;
    }
    return false;
}

static void check(struct results *r, const struct check_result *what, struct reading v)
{
    const struct expectation *e = &r->scenario->expectations[what->expectation];
    const struct condition *k = &e->conditions[what->condition];
    struct check_result *out = &r->checks[r->nchecks++];
    *out = *what;
    out->exists = v.exists;
    out->value = v.value;
    snprintf(out->expected, sizeof out->expected, "%s %s", compare_names[k->op], k->text);
    reading_print(r->scenario, &v, k->metric, out->obtained);
    out->ok = v.exists && holds(v.value, k->op, k->value);
    r->nfailed += !out->ok;
}

static void check_clients(struct results *r, int expectation, int condition)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    for (int g = 0; g < r->scenario->ngroups; g++) {
        const struct client_result *c = results_client(r, e->service, g, e->phase);
        struct check_result what = {
            .expectation = expectation, .condition = condition, .group = g, .link = -1};
        // Where no traffic joins them there is nothing to check: the reader made sure that some
        // group has.
        if (e->from[g] && c)
            check(r, &what, reading_of_clients(r, c, e->conditions[condition].metric));
    }
}

static void check_links(struct results *r, int expectation, int condition)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    for (int i = 0; i < r->nlinks; i++) {
        struct check_result what = {
            .expectation = expectation, .condition = condition, .group = -1, .link = i};
        if (r->expected_links[(size_t)expectation * (size_t)r->nlinks + (size_t)i])
            check(r, &what,
                  reading_of_link(&r->links[i], e->phase, e->conditions[condition].metric));
    }
}

static void check_demand(struct results *r, int expectation, int condition)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    int demand = (int)(e->demand - r->scenario->demands);
    for (int g = e->from ? 0 : -1; g < (e->from ? r->scenario->ngroups : 0); g++) {
        struct check_result what = {
            .expectation = expectation, .condition = condition, .group = g, .link = -1};
        if (g < 0 || e->from[g])
            check(r, &what,
                  reading_of_demand(r, demand, g, e->phase, e->conditions[condition].metric));
    }
}

static void check_pop(struct results *r, int expectation, int condition)
{
    const struct expectation *e = &r->scenario->expectations[expectation];
    struct check_result what = {
        .expectation = expectation, .condition = condition, .group = -1, .link = -1};
    check(r, &what, reading_of_catchment(r, e->service, e->from, e->pop, e->phase));
}

static size_t most_checks(const struct results *r, const struct expectation *e)
{
    return (size_t)(e->links ? r->nlinks : r->scenario->ngroups + 1);
}

void judge(struct results *r)
{
    const struct scenario *s = r->scenario;
    size_t n = 0;
    for (int e = 0; e < s->nexpectations; e++)
        n += (size_t)s->expectations[e].nconditions * most_checks(r, &s->expectations[e]);
    r->checks = xcalloc(n, sizeof *r->checks);
    for (int e = 0; e < s->nexpectations; e++)
        for (int k = 0; k < s->expectations[e].nconditions; k++)
            (s->expectations[e].links      ? check_links
             : s->expectations[e].demand   ? check_demand
             : s->expectations[e].pop >= 0 ? check_pop
                                           : check_clients)(r, e, k);
}

// The value that is furthest from holding, among those of one check; JUDGE_NONE when one is missing.
static int64_t worst_of(const struct condition *k, const int64_t *values, int n, size_t stride)
{
    bool upper = k->op == CMP_LT || k->op == CMP_LE;
    bool lower = k->op == CMP_GT || k->op == CMP_GE;
    int64_t worst = values[0];
    for (int i = 0; i < n; i++) {
        int64_t v = values[(size_t)i * stride];
        if (v == JUDGE_NONE)
            return v;
        if ((upper && v > worst) || (lower && v < worst) ||
            (!upper && !lower && holds(worst, k->op, k->value)))
            worst = v;
    }
    return worst;
}

static int64_t mean_of(const int64_t *values, int n, size_t stride)
{
    double sum = 0;
    bool never = false;
    for (int i = 0; i < n; i++) {
        int64_t v = values[(size_t)i * stride];
        if (v == JUDGE_NONE)
            return v;
        never = never || v == TIME_NEVER;
        sum += (double)v;
    }
    return never ? TIME_NEVER : (int64_t)(sum / n);
}

void judge_replicas(struct results *r, const int64_t *values, int n)
{
    r->nfailed = 0;
    for (int i = 0; i < r->nchecks; i++) {
        struct check_result *c = &r->checks[i];
        const struct expectation *e = &r->scenario->expectations[c->expectation];
        const struct condition *k = &e->conditions[c->condition];
        char text[READING_TEXT];
        bool mean = e->over == OVER_MEAN;
        int64_t v = mean ? mean_of(values + i, n, (size_t)r->nchecks)
                         : worst_of(k, values + i, n, (size_t)r->nchecks);
        struct reading is = {.exists = v != JUDGE_NONE, .value = v, .why = "no value in a replica"};
        reading_print(r->scenario, &is, k->metric, text);
        snprintf(c->obtained, sizeof c->obtained, "%s (%s of %d)", text, over_names[e->over], n);
        c->exists = is.exists;
        c->value = v;
        c->ok = is.exists && holds(v, k->op, k->value);
        r->nfailed += !c->ok;
    }
}

char *check_subject(const struct results *r, const struct check_result *k, char *buf, size_t size)
{
    if (k->group >= 0)
        return scenario_group_name(r->scenario, k->group, buf, size);
    snprintf(buf, size, "%s", k->link < 0 ? "all clients" : r->links[k->link].name);
    return buf;
}

char *expectation_object(const struct scenario *s, const struct expectation *e, char *buf,
                         size_t size)
{
    if (e->links)
        snprintf(buf, size, "links of %s", e->links->text);
    else if (e->demand)
        snprintf(buf, size, "demand %s", e->demand->name);
    else if (e->pop >= 0)
        snprintf(buf, size, "%s at %s", s->services[e->service].name,
                 s->topology.pops[e->pop].name);
    else
        snprintf(buf, size, "%s", s->services[e->service].name);
    return buf;
}
