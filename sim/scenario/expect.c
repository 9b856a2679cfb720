// SPDX-License-Identifier: GPL-3.0-or-later
// Expectations: conditions such as "<= 3s" on what is measured for client groups in a phase.
#include "scenario/scenario_reader.h"
#include "scenario/value.h"

const char *const over_names[OVER_COUNT] = {"worst", "mean"};
const char *const compare_names[] = {"<", "<=", "==", "!=", ">=", ">"};

// How the value of a condition is read, by the metric's unit.
static const struct schema_field values[] = {
    [METRIC_TIME] = {.type = SCHEMA_UNIT, .unit = UNIT_TIME, .example = "40ms", .doc = "a time"},
    [METRIC_SHARE] = {.type = SCHEMA_UNIT,
                      .unit = UNIT_RATIO,
                      .max = 1000000,
                      .example = "99%",
                      .doc = "a share"},
    [METRIC_LOAD] = {.type = SCHEMA_UNIT, .unit = UNIT_RATIO, .example = "80%", .doc = "a load"},
    [METRIC_FACTOR] = {.type = SCHEMA_FACTOR, .example = "1.5", .doc = "a number"},
    [METRIC_RATE] = {.type = SCHEMA_UNIT, .unit = UNIT_RATE, .example = "5Mbps", .doc = "a rate"}};

// Reads the operator; returns what follows it, or NULL.
static const char *read_operator(const char *s, enum compare *op)
{
    static const enum compare longest_first[] = {CMP_LE, CMP_EQ, CMP_NE, CMP_GE, CMP_LT, CMP_GT};
    for (size_t i = 0; i < sizeof longest_first / sizeof longest_first[0]; i++) {
        const char *name = compare_names[longest_first[i]];
        if (strncmp(s, name, strlen(name)) == 0) {
            *op = longest_first[i];
            s += strlen(name);
            return s + strspn(s, " ");
        }
    }
    return NULL;
}

static bool read_site(struct scenario_reader *r, const struct text *value, struct condition *c)
{
    if (c->op != CMP_EQ && c->op != CMP_NE) {
        diag_error(r->in->d, value->at, "for example: \"== shanghai\"",
                   "'site' can be compared with == and != only, found '%s'", compare_names[c->op]);
        return false;
    }
    c->value = names_find(&r->pops, r->in, value, "POP", "");
    return c->value >= 0;
}

static bool read_condition(struct scenario_reader *r, enum metric m, const struct text *raw,
                           struct condition *c)
{
    const struct metric_spec *spec = &metric_specs[m];
    *c = (struct condition){.metric = m, .at = raw->at};
    const char *rest = read_operator(raw->s, &c->op);
    if (!rest) {
        diag_error(r->in->d, raw->at,
                   arena_printf(r->in->a, "for example: %s: \"%s\"", spec->name, spec->example),
                   "'%s' must start with <, <=, ==, !=, >= or >, found '%s'", spec->name, raw->s);
        return false;
    }
    struct text value = {rest, raw->at};
    c->text = rest;
    if (spec->unit == METRIC_POP)
        return read_site(r, &value, c);
    size_t errors = diag_errors(r->in->d);
    const struct node node = {.kind = NODE_SCALAR, .text = rest, .at = raw->at};
    value_read(r->in, &values[spec->unit], &node, spec->name, &c->value);
    return diag_errors(r->in->d) == errors;
}

// Says in words which clients are meant: "telecom/hebei", "telecom, unicom", "all".
static const char *from_words(struct scenario_reader *r, const struct raw_from *f)
{
    const char *part[2] = {NULL, NULL};
    if (!f)
        return "all clients";
    for (int k = 0; k < 2; k++) {
        const struct text *one = k ? &f->region : &f->network;
        const struct texts *list = k ? &f->regions : &f->networks;
        part[k] = one->s;
        for (int i = 0; i < list->n; i++)
            part[k] =
                part[k] ? arena_printf(r->in->a, "%s+%s", part[k], list->v[i].s) : list->v[i].s;
    }
    if (!part[0] && !part[1])
        return "all clients";
    return arena_printf(r->in->a, "%s/%s", part[0] ? part[0] : "*", part[1] ? part[1] : "*");
}

static bool sends(const struct traffic *t, int group, int service)
{
    for (int i = 0; i < t->nto; i++)
        if (t->to[i] == service)
            return t->from[group];
    return false;
}

// An expectation about clients without traffic to the service would hold by measuring nothing.
static void check_traffic(struct scenario_reader *r, const struct raw_expectation *raw,
                          struct expectation *e)
{
    int meant = 0, kept = 0;
    for (int g = 0; g < r->out->ngroups; g++) {
        bool any = false;
        meant += e->from[g];
        for (int i = 0; i < r->out->ntraffic; i++)
            any = any || sends(&r->out->traffic[i], g, e->service);
        e->from[g] = e->from[g] && any;
        kept += e->from[g];
    }
    if (meant > 0 && kept == 0)
        diag_error(r->in->d, raw->from ? raw->from->at : raw->at, NULL,
                   "no traffic from %s to service '%s': nothing would be measured", e->from_text,
                   r->out->services[e->service].name);
}

static void check_phase(struct scenario_reader *r, const struct raw_expectation *raw)
{
    const struct scenario *s = r->out;
    if (!raw->phase_at.line || diag_errors(r->in->d))
        return;
    if (raw->phase == PHASE_OUTAGE && s->outage_from_ps == s->duration_ps)
        diag_error(r->in->d, raw->phase_at, "use 'during: before', or add events to the timeline",
                   "there is no outage: nothing fails in this scenario");
    if (raw->phase == PHASE_AFTER && s->outage_to_ps == s->duration_ps)
        diag_error(r->in->d, raw->phase_at,
                   "repair what fails before the end, or use 'during: outage'",
                   "there is no time after the outage: it lasts to the end of the run");
    if (raw->phase == PHASE_BEFORE && s->outage_from_ps == 0)
        diag_error(r->in->d, raw->phase_at, NULL,
                   "there is no time before the outage: it starts at 0s");
}

static bool read_links(struct scenario_reader *r, const struct raw_expectation *raw,
                       struct expectation *e)
{
    if (raw->links->pop.s || raw->links->service.s ||
        (raw->links->city.s && !raw->links->interconnect.at.line)) {
        diag_error(r->in->d, raw->links->at,
                   "forms: {network}, {network, between: [a, b]}, {network, around: city}, {srlg}, "
                   "{network, srlg}, {interconnect: [x, y]}, {interconnect: [x, y], city}",
                   "'links' selects links");
        return false;
    }
    struct selector *links = arena_new(r->in->a, struct selector);
    e->links = links;
    if (selector_is_network(raw->links))
        return selector_network(r, raw->links, links);
    return selector_read(r, raw->links, EVENT_DEGRADE, links);
}

static bool comes_from(const struct demand *d, int group)
{
    for (int i = 0; i < d->npairs; i++)
        if (d->pairs[i].from.kind == DEMAND_GROUP && d->pairs[i].from.index == group)
            return true;
    return false;
}

// Keeps the groups from which some of it comes.
static bool read_demand(struct scenario_reader *r, const struct raw_expectation *raw,
                        struct expectation *e)
{
    int kept = 0;
    int demand = demand_find(r, &raw->demand);
    if (demand < 0)
        return false;
    e->demand = &r->out->demands[demand];
    if (!raw->from)
        return true;
    e->from = from_read(r, raw->from, raw->at);
    e->from_text = from_words(r, raw->from);
    for (int g = 0; g < r->out->ngroups; g++) {
        e->from[g] = e->from[g] && comes_from(e->demand, g);
        kept += e->from[g];
    }
    if (kept)
        return true;
    if (diag_errors(r->in->d) == 0)
        diag_error(r->in->d, raw->from->at, NULL, "nothing of demand '%s' comes from %s",
                   raw->demand.s, e->from_text);
    return false;
}

// What is looked at: a service and its clients, links, or a demand. False after a diagnostic.
static bool read_object(struct scenario_reader *r, const struct raw_expectation *raw,
                        struct expectation *e)
{
    e->service = e->pop = -1;
    if (raw->pop.s && (raw->links || raw->demand.s)) {
        diag_error(r->in->d, raw->pop.at, NULL, "'pop' goes with 'service'");
        return false;
    }
    if ((raw->links && (raw->service.s || raw->from || raw->demand.s)) ||
        (raw->service.s && raw->demand.s)) {
        diag_error(
            r->in->d, raw->links ? raw->links->at : raw->demand.at, NULL,
            "an expectation is about 'links', about a 'demand', or about a 'service' and its "
            "clients");
        return false;
    }
    if (raw->links)
        return read_links(r, raw, e);
    if (raw->demand.s)
        return read_demand(r, raw, e);
    if (!raw->service.s) {
        diag_error(r->in->d, raw->at, NULL,
                   "an expectation needs a 'service', a 'demand' or 'links'");
        return false;
    }
    e->service = names_find(&r->services, r->in, &raw->service, "service", "");
    e->from = from_read(r, raw->from, raw->at);
    e->from_text = from_words(r, raw->from);
    if (raw->pop.s)
        e->pop = names_find(&r->pops, r->in, &raw->pop, "POP", "");
    return e->service >= 0 && (!raw->pop.s || e->pop >= 0);
}

// A metric of links says nothing about clients or demands, and so on.
static bool fits(struct scenario_reader *r, const struct raw_expectation *raw, enum metric m)
{
    static const char *const owners[] = {"clients", "links", "demands", "POPs"};
    static const char *const keys[] = {"service", "links", "demand", "pop"};
    const struct metric_spec *spec = &metric_specs[m];
    enum metric_scope about = raw->links      ? METRIC_OF_LINKS
                              : raw->demand.s ? METRIC_OF_DEMANDS
                              : raw->pop.s    ? METRIC_OF_POPS
                                              : METRIC_OF_CLIENTS;
    if (spec->scope == about)
        return true;
    bool whole = about == METRIC_OF_POPS && spec->scope == METRIC_OF_CLIENTS;
    diag_error(r->in->d, raw->conditions[m].at, NULL, "'%s' is measured of %s: %s '%s'", spec->name,
               owners[spec->scope], whole ? "leave out" : "give",
               whole ? keys[METRIC_OF_POPS] : keys[spec->scope]);
    return false;
}

static void read_one(struct scenario_reader *r, const struct raw_expectation *raw,
                     struct expectation *e)
{
    bool known = read_object(r, raw, e);
    e->phase = (enum phase)raw->phase;
    e->over = (enum expect_over)raw->over;
    e->headline = raw->headline.s;
    e->at = raw->at;
    e->conditions = arena_array(r->in->a, struct condition, METRIC_COUNT);
    bool any = false;
    for (int m = 0; m < METRIC_COUNT; m++) {
        any = any || raw->conditions[m].s;
        if (raw->conditions[m].s && (!known || fits(r, raw, (enum metric)m)) &&
            read_condition(r, (enum metric)m, &raw->conditions[m], &e->conditions[e->nconditions]))
            e->nconditions++;
    }
    if (e->over == OVER_MEAN && raw->conditions[METRIC_SITE].s)
        diag_error(r->in->d, raw->conditions[METRIC_SITE].at, "leave 'replicas' out",
                   "POPs have no mean");
    if (!any && diag_errors(r->in->d) == 0) // a misspelt metric is an unknown key already
        diag_error(r->in->d, raw->at, "for example: availability: \">= 99%\"",
                   "this expectation has no condition");
    check_phase(r, raw);
    if (known && e->service >= 0)
        check_traffic(r, raw, e);
}

void expect_read(struct scenario_reader *r)
{
    const struct raw_expectation *raw = r->raw.expect.v;
    r->out->nexpectations = r->raw.expect.n;
    r->out->expectations = arena_array(r->in->a, struct expectation, r->raw.expect.n);
    for (int i = 0; i < r->raw.expect.n; i++)
        read_one(r, &raw[i], &r->out->expectations[i]);
}
