// SPDX-License-Identifier: GPL-3.0-or-later
// Demands: time of day, curves, and how users, gravity and matrices become pairs with rates.
#include "base/vec.h"
#include "scenario/matrix.h"
#include "scenario/scenario_reader.h"

#include <math.h>
#include <stdlib.h>

#define MILLION        INT64_C(1000000)
#define USUAL_UP_SHARE (MILLION / 10)
#define MAX_RATE       4e14 // bit/s, of all demands together: demand/solver.h

struct builder { // of one demand
    struct scenario_reader *r;
    const struct raw_demand *raw;
    struct demand *out;
    double factor; // scale and growth
    VEC(struct demand_pair) pairs;
};

// --- Time of day and curves

static void read_daytime(struct scenario_reader *r)
{
    const struct raw_daytime *raw = r->raw.daytime;
    r->out->daytime = (struct daytime){.speed_ppm = MILLION};
    if (raw)
        r->out->daytime = (struct daytime){.zone_ps = raw->zone_ps,
                                           .speed_ppm = raw->speed_ppm,
                                           .one_zone = raw->local == LOCAL_ZONE};
}

static void read_curve(struct scenario_reader *r, const struct raw_curve *raw, struct curve *out)
{
    const struct raw_curve_point *v = raw->points.v;
    struct curve_point *points = arena_array(r->in->a, struct curve_point, raw->points.n + 1);
    for (int i = 0; i < raw->points.n; i++) {
        points[i] = (struct curve_point){v[i].at_ps, v[i].factor_ppm};
        if (i > 0 && v[i].at_ps <= v[i - 1].at_ps)
            diag_error(r->in->d, v[i].at, NULL,
                       "the points of curve '%s' must be in order of time, each at its own",
                       raw->name.s);
    }
    if (raw->points.n == 0)
        diag_error(r->in->d, raw->points.at.line ? raw->points.at : raw->at, NULL,
                   "curve '%s' has no points", raw->name.s);
    *out = (struct curve){points, raw->points.n};
}

static void read_curves(struct scenario_reader *r, struct names *names)
{
    const struct raw_curve *raw = r->raw.curves.v;
    r->out->curves = arena_array(r->in->a, struct curve, r->raw.curves.n);
    for (int i = 0; i < r->raw.curves.n; i++) {
        names_add(names, raw[i].name.s, i);
        read_curve(r, &raw[i], &r->out->curves[i]);
    }
}

// --- Pairs

static const struct network_city *city_at(const struct scenario_reader *r,
                                          const struct demand_end *e)
{
    return &r->out->topology.networks[e->network].cities[e->index];
}

static int64_t people(const struct scenario_reader *r, const struct demand_end *e)
{
    if (e->kind == DEMAND_CITY)
        return city_at(r, e)->city->population;
    const struct group_ref *g = &r->out->groups[e->index];
    return r->out->topology.networks[g->network].clients[g->index].population;
}

static void add_pair(struct builder *b, struct demand_pair pair)
{
    pair.up_bps *= b->factor;
    pair.down_bps *= b->factor;
    if (b->pairs.n < DEMAND_PAIRS_MAX)
        vec_push(&b->pairs, pair);
}

static int find_service(struct builder *b, int i)
{
    return names_find(&b->r->services, b->r->in, &b->raw->to.v[i], "service", "");
}

static void read_users(struct builder *b)
{
    const struct raw_demand *raw = b->raw;
    struct scenario_reader *r = b->r;
    const bool *from = from_read(r, raw->from, raw->name.at);
    if (raw->to.n == 0)
        diag_error(r->in->d, raw->name.at, NULL, "demand '%s' needs 'to': the services used",
                   raw->name.s);
    if (raw->users_ppm < 0 && !raw->users_at.line)
        diag_error(r->in->d, raw->name.at, "for example 'users: 2%'",
                   "demand '%s' needs 'users': the share of the population", raw->name.s);
    // One that is given and wrong has been reported, and counts as absent.
    bool wrong = (raw->up_at.line && raw->up_bps < 0) || (raw->down_at.line && raw->down_bps < 0);
    if (raw->up_bps <= 0 && raw->down_bps <= 0 && !wrong)
        diag_error(r->in->d, raw->name.at, "for example 'down: 5Mbps'",
                   "demand '%s' needs 'up' or 'down': a user's rate", raw->name.s);
    for (int g = 0; g < r->out->ngroups; g++)
        for (int i = 0; i < raw->to.n && from[g]; i++) {
            struct demand_pair p = {.from = {.kind = DEMAND_GROUP, .index = g},
                                    .to = {.kind = DEMAND_SERVICE, .index = find_service(b, i)}};
            p.users = (double)people(r, &p.from) * (double)raw->users_ppm / 1e6;
            p.up_bps = raw->up_bps > 0 ? p.users * (double)raw->up_bps : 0;
            p.down_bps = raw->down_bps > 0 ? p.users * (double)raw->down_bps : 0;
            if (p.to.index >= 0 && p.users > 0)
                add_pair(b, p);
        }
}

// --- Gravity: in proportion to the product of both ends' populations

static double sum_of_people(struct builder *b, const struct demand_end *v, int n, double *squares)
{
    double sum = 0;
    *squares = 0;
    for (int i = 0; i < n; i++) {
        double p = (double)people(b->r, &v[i]);
        if (p <= 0 && v[i].kind == DEMAND_CITY)
            diag_error(b->r->in->d, city_at(b->r, &v[i])->at, NULL,
                       "city '%s' has no population, which gravity shares out by",
                       city_at(b->r, &v[i])->city->name);
        sum += p;
        *squares += p * p;
    }
    return sum;
}

static void among(struct builder *b, const struct demand_end *v, int n)
{
    double squares, sum = sum_of_people(b, v, n, &squares), products = sum * sum - squares;
    if (n < 2 || products <= 0)
        diag_error(b->r->in->d, b->raw->name.at, NULL,
                   "demand '%s': gravity needs two ends at least", b->raw->name.s);
    for (int i = 0; i < n && products > 0; i++)
        for (int k = 0; k < n; k++) {
            double share = (double)people(b->r, &v[i]) * (double)people(b->r, &v[k]) / products;
            struct demand_pair p = {
                .from = v[i], .to = v[k], .up_bps = (double)b->raw->total_bps * share};
            if (i != k && share > 0)
                add_pair(b, p);
        }
}

// A service has no population: all services get the same.
static void to_services(struct builder *b, const struct demand_end *v, int n)
{
    double squares, sum = sum_of_people(b, v, n, &squares);
    int64_t up_ppm = b->raw->up_share_ppm < 0 ? USUAL_UP_SHARE : b->raw->up_share_ppm;
    for (int i = 0; i < n && sum > 0; i++)
        for (int k = 0; k < b->raw->to.n; k++) {
            double all =
                (double)b->raw->total_bps * (double)people(b->r, &v[i]) / sum / b->raw->to.n;
            struct demand_pair p = {.from = v[i],
                                    .to = {.kind = DEMAND_SERVICE, .index = find_service(b, k)},
                                    .up_bps = all * (double)up_ppm / 1e6,
                                    .down_bps = all * (double)(MILLION - up_ppm) / 1e6};
            if (p.to.index >= 0)
                add_pair(b, p);
        }
}

static int find_network(struct builder *b)
{
    return names_find(&b->r->networks, b->r->in, &b->raw->network, "network", "");
}

static void read_gravity(struct builder *b)
{
    const struct raw_demand *raw = b->raw;
    struct scenario_reader *r = b->r;
    struct topology *t = &r->out->topology;
    if (raw->total_bps <= 0)
        diag_error(r->in->d, raw->total_at.line ? raw->total_at : raw->name.at, NULL,
                   "demand '%s' needs a 'total' above 0", raw->name.s);
    if (raw->network.s && (raw->from || raw->to.n)) {
        diag_error(r->in->d, raw->network.at, NULL,
                   "gravity is between the cities of a 'network', or of client groups (from, to)");
        return;
    }
    int network = raw->network.s ? find_network(b) : -1, n = 0;
    if (raw->network.s && network < 0)
        return;
    int most = network >= 0 ? t->networks[network].ncities : r->out->ngroups;
    struct demand_end *v = arena_array(r->in->a, struct demand_end, most + 1);
    const bool *from = network < 0 ? from_read(r, raw->from, raw->name.at) : NULL;
    for (int i = 0; i < most; i++)
        if (network >= 0)
            v[n++] = (struct demand_end){DEMAND_CITY, i, network};
        else if (from[i])
            v[n++] = (struct demand_end){DEMAND_GROUP, i, -1};
    if (raw->to.n)
        to_services(b, v, n);
    else
        among(b, v, n);
}

// --- Matrices

// "hebei" in the named network; else "telecom/hebei" (a client group), a service, or "telecom/wuhan"
// (a city). False after a diagnostic.
static bool find_end(struct builder *b, int network, const struct text *name, bool numbered,
                     struct demand_end *out)
{
    struct scenario_reader *r = b->r;
    if (network >= 0 && numbered) {
        char *rest;
        long i = strtol(name->s, &rest, 10), n = r->out->topology.networks[network].ncities;
        *out = (struct demand_end){DEMAND_CITY, (int)i, network};
        if (*rest == '\0' && i >= 0 && i < n)
            return true;
        diag_error(r->in->d, name->at, NULL,
                   "unknown node '%s': the cities of network '%s' are numbered from 0 to %ld",
                   name->s, b->raw->network.s, n - 1);
        return false;
    }
    if (network >= 0) {
        *out = (struct demand_end){
            DEMAND_CITY,
            names_find(&r->network_cities[network], r->in, name, "node",
                       arena_printf(r->in->a, ": no city of network '%s'", b->raw->network.s)),
            network};
        return out->index >= 0;
    }
    *out = (struct demand_end){DEMAND_GROUP, scenario_group(r->out, name->s), -1};
    if (out->index >= 0)
        return true;
    *out = (struct demand_end){DEMAND_SERVICE, names_get(&r->services, name->s), -1};
    if (out->index >= 0)
        return true;
    const char *slash = strchr(name->s, '/');
    int k =
        slash ? names_get(&r->networks, arena_strndup(r->in->a, name->s, (size_t)(slash - name->s)))
              : -1;
    *out = (struct demand_end){DEMAND_CITY,
                               k < 0 ? -1 : names_get(&r->network_cities[k], slash + 1), k};
    if (out->index >= 0)
        return true;
    diag_error(r->in->d, name->at,
               "a client group (telecom/hebei), a service, or a city (telecom/wuhan); or give "
               "'network' and name its cities",
               "unknown node '%s'", name->s);
    return false;
}

// Routers' own addresses are known inside their network only.
static bool can_reach(struct builder *b, const struct matrix_row *row,
                      const struct demand_end *from, const struct demand_end *to)
{
    if (from->kind == DEMAND_SERVICE) {
        diag_error(b->r->in->d, row->from.at, "what it sends back is 'answers'",
                   "service '%s' cannot be where a demand comes from", row->from.s);
        return false;
    }
    int network =
        from->kind == DEMAND_GROUP ? b->r->out->groups[from->index].network : from->network;
    if (to->kind != DEMAND_CITY || to->network == network)
        return true;
    diag_error(b->r->in->d, row->to.at, "name a client group there",
               "the routers of '%s' cannot be reached from another network", row->to.s);
    return false;
}

static void read_rows(struct builder *b, const struct matrix *m, int network)
{
    const struct raw_demand *raw = b->raw;
    double unit = (double)(raw->unit_bps > 0 ? raw->unit_bps : m->unit_bps);
    if (m->numbered && network < 0) {
        diag_error(b->r->in->d, raw->file.at, NULL,
                   "nodes of this file are numbers: give the 'network' whose cities they are");
        return;
    }
    for (size_t i = 0; i < m->rows.n; i++) {
        const struct matrix_row *row = &m->rows.v[i];
        struct demand_pair p = {0};
        if (!find_end(b, network, &row->from, m->numbered, &p.from) ||
            !find_end(b, network, &row->to, m->numbered, &p.to) ||
            !can_reach(b, row, &p.from, &p.to))
            continue;
        p.up_bps = row->plain ? row->value * unit : row->value;
        if (p.to.kind == DEMAND_SERVICE && raw->answers_ppm > 0)
            p.down_bps = p.up_bps * (double)raw->answers_ppm / 1e6;
        add_pair(b, p);
    }
}

static void read_matrix(struct builder *b)
{
    struct scenario_reader *r = b->r;
    struct matrix m;
    int network = b->raw->network.s ? find_network(b) : -1;
    if (!b->raw->file.s) {
        diag_error(r->in->d, b->raw->name.at, NULL, "demand '%s' needs a 'file'", b->raw->name.s);
        return;
    }
    if (b->raw->network.s && network < 0)
        return;
    if (matrix_read(r->in, &b->raw->file, &m))
        read_rows(b, &m, network);
    matrix_free(&m);
}

// --- One demand

static void check_key(struct builder *b, enum demand_kind kind, struct srcpos at, const char *key)
{
    if (at.line && b->raw->kind != (int)kind)
        diag_error(b->r->in->d, at, "leave it out", "'%s' is for %s, not for %s", key,
                   demand_kind_names[kind], demand_kind_names[b->raw->kind]);
}

static void check_keys(struct builder *b)
{
    const struct raw_demand *raw = b->raw;
    check_key(b, DEMAND_USERS, raw->users_at, "users");
    check_key(b, DEMAND_USERS, raw->up_at, "up");
    check_key(b, DEMAND_USERS, raw->down_at, "down");
    check_key(b, DEMAND_GRAVITY, raw->total_at, "total");
    check_key(b, DEMAND_GRAVITY, raw->up_share_at, "up_share");
    check_key(b, DEMAND_MATRIX, raw->file.at, "file");
    check_key(b, DEMAND_MATRIX, raw->unit_at, "unit");
    check_key(b, DEMAND_MATRIX, raw->answers_at, "answers");
    if (!raw->growth_at.line != !raw->years_at.line)
        diag_error(b->r->in->d, raw->growth_at.line ? raw->growth_at : raw->years_at,
                   "growth: 25%, years: 2", "'growth' and 'years' go together");
    if (raw->up_share_ppm > MILLION)
        diag_error(b->r->in->d, raw->up_share_at, NULL, "'up_share' must not be above 100%%");
    if (raw->kind == DEMAND_MATRIX && raw->from)
        diag_error(b->r->in->d, raw->from->at, "leave it out", "a matrix says by itself who sends");
    if (raw->kind == DEMAND_MATRIX && raw->to.n)
        diag_error(b->r->in->d, raw->to.at, "leave it out", "a matrix says by itself to whom");
    if (raw->kind == DEMAND_USERS && raw->network.s)
        diag_error(b->r->in->d, raw->network.at, "use from: {network: …}",
                   "'network' is for gravity and matrix");
}

static void read_one(struct builder *b, const struct names *curves)
{
    static void (*const by_kind[DEMAND_KINDS])(struct builder *) = {read_users, read_gravity,
                                                                    read_matrix};
    const struct raw_demand *raw = b->raw;
    struct scenario_reader *r = b->r;
    *b->out = (struct demand){.name = raw->name.s,
                              .kind = (enum demand_kind)(raw->kind < 0 ? 0 : raw->kind),
                              .elastic = raw->elastic,
                              .bytes = raw->bytes,
                              .at = raw->name.at};
    if (raw->kind < 0)
        return; // reported already
    check_keys(b);
    if (raw->curve.s) {
        int c = names_find(curves, r->in, &raw->curve, "curve", "");
        b->out->curve = c < 0 ? NULL : &r->out->curves[c];
    }
    b->factor = (double)raw->scale_ppm / 1e6 *
                pow(1 + (double)raw->growth_ppm / 1e6, (double)raw->years_ppm / 1e6);
    by_kind[raw->kind](b);
    if (b->pairs.n == DEMAND_PAIRS_MAX)
        diag_error(r->in->d, raw->name.at, NULL, "demand '%s' has more than %d pairs", raw->name.s,
                   DEMAND_PAIRS_MAX);
    b->out->npairs = (int)b->pairs.n;
    b->out->pairs = arena_array(r->in->a, struct demand_pair, b->pairs.n + 1);
    if (b->pairs.n)
        memcpy(b->out->pairs, b->pairs.v, b->pairs.n * sizeof *b->pairs.v);
}

void demands_read(struct scenario_reader *r)
{
    const struct raw_demand *raw = r->raw.demands.v;
    struct names curves = {0};
    double sum = 0;
    read_daytime(r);
    read_curves(r, &curves);
    r->out->ndemands = r->raw.demands.n;
    r->out->demands = arena_array(r->in->a, struct demand, r->raw.demands.n);
    for (int i = 0; i < r->raw.demands.n; i++) {
        struct builder b = {.r = r, .raw = &raw[i], .out = &r->out->demands[i]};
        read_one(&b, &curves);
        for (size_t k = 0; k < b.pairs.n; k++)
            sum += b.pairs.v[k].up_bps + b.pairs.v[k].down_bps;
        if (sum > MAX_RATE)
            diag_error(r->in->d, raw[i].name.at, NULL,
                       "with demand '%s' there would be more than 400 Tb/s in all", raw[i].name.s);
        vec_free(&b.pairs);
    }
    names_free(&curves);
}

int demand_find(struct scenario_reader *r, const struct text *name)
{
    const char **known = arena_array(r->in->a, const char *, r->out->ndemands + 1);
    for (int i = 0; i < r->out->ndemands; i++) {
        known[i] = r->out->demands[i].name;
        if (name->s && strcmp(known[i], name->s) == 0)
            return i;
    }
    if (name->s)
        diag_error(r->in->d, name->at,
                   r->out->ndemands
                       ? schema_hint(r->in->a, name->s, known, (size_t)r->out->ndemands)
                       : "no demand is declared",
                   "unknown demand '%s'", name->s);
    return -1;
}

bool surge_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_surge *raw = from;
    struct surge *s = arena_new(r->in->a, struct surge);
    s->demand = demand_find(r, &raw->demand);
    s->from = raw->from ? from_read(r, raw->from, raw->at) : NULL;
    s->factor_ppm = raw->factor_ppm;
    s->ramp_ps = raw->ramp_ps;
    e->data = s;
    e->target.text = raw->demand.s ? raw->demand.s : "";
    return s->demand >= 0;
}
