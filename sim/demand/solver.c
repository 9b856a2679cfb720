// SPDX-License-Identifier: GPL-3.0-or-later
#include "demand/solver.h"

#include "demand/classes.h"

static void make_ports(struct solver *s)
{
    uint32_t n = s->nports = s->net->nports + (uint32_t)s->limits.n;
    graph_scratch_init(&s->scratch, n);
    s->words = (n + 63) / 64;
    s->lines = xcalloc(n, sizeof *s->lines);
    s->lossy = xcalloc(n, sizeof *s->lossy);
    s->fate = xcalloc(n, sizeof *s->fate);
    s->base_milli = xcalloc(n, sizeof *s->base_milli);
    s->inelastic_milli = xcalloc(n, sizeof *s->inelastic_milli);
    s->total_milli = xcalloc(n, sizeof *s->total_milli);
    s->changed = xcalloc(s->words, sizeof *s->changed);
    s->moved = xcalloc(s->words, sizeof *s->moved);
    s->relined = xcalloc(s->words, sizeof *s->relined);
}

static void free_ports(struct solver *s)
{
    graph_scratch_free(&s->scratch);
    free(s->lines);
    free(s->lossy);
    free(s->fate);
    free(s->base_milli);
    free(s->inelastic_milli);
    free(s->total_milli);
    free(s->changed);
    free(s->moved);
    free(s->relined);
}

struct solver *solver_new(struct net *net, const struct solver_hooks *hooks)
{
    struct solver *s = xcalloc(1, sizeof *s);
    s->net = net;
    s->hooks = *hooks;
    table_init(&s->class_of);
    make_ports(s);
    s->loads_due = true; // no port has been looked at yet
    return s;
}

static void free_class(struct flow_class *c)
{
    graph_free(&c->graph);
    vec_free(&c->flows);
    vec_free(&c->sources);
    vec_free(&c->shares);
    vec_free(&c->input);
    vec_free(&c->loads);
    vec_free(&c->left);
    vec_free(&c->uses);
    vec_free(&c->first_use);
    free(c->ports);
}

void solver_free(struct solver *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->classes.n; i++)
        free_class(&s->classes.v[i]);
    for (size_t i = 0; i < s->flows.n; i++) {
        vec_free(&s->flows.v[i].ends);
        vec_free(&s->flows.v[i].ways);
        vec_free(&s->flows.v[i].passages);
        vec_free(&s->flows.v[i].legs);
    }
    vec_free(&s->flows);
    vec_free(&s->classes);
    vec_free(&s->outcomes);
    vec_free(&s->spare);
    vec_free(&s->ends);
    vec_free(&s->behind);
    vec_free(&s->ways);
    for (int i = 0; i < 2; i++) {
        vec_free(&s->steps[i].states);
        vec_free(&s->steps[i].mass);
    }
    vec_free(&s->passages);
    vec_free(&s->legs);
    table_free(&s->class_of);
    free_ports(s);
    vec_free(&s->limits);
    free(s);
}

void solver_limits(struct solver *s, const struct limit *limits, uint32_t n)
{
    SIM_ASSERT(s->net->sim, s->flows.n == 0 && s->limits.n == 0);
    free_ports(s);
    for (uint32_t i = 0; i < n; i++) {
        struct limit unlimited = limits[i];
        unlimited.bps = INT64_MAX;
        vec_push(&s->limits, unlimited);
    }
    make_ports(s);
}

void solver_limit_set(struct solver *s, uint32_t limit, int64_t bps)
{
    uint32_t port = s->net->nports + limit;
    if (s->limits.v[limit].bps == bps)
        return;
    s->limits.v[limit].bps = bps;
    s->relined[port / 64] |= UINT64_C(1) << (port % 64); // its fate has to be looked at
    s->due = true;
}

int64_t solver_limit_milli(const struct solver *s, uint32_t limit)
{
    return s->total_milli[s->net->nports + limit];
}

// Answers of services that are limited on their way out have classes of their own, as nothing else
// tells in a graph whose they are.
static uint32_t answering(const struct solver *s, const struct solver_flow *f)
{
    bool limited = false;
    for (size_t i = 0; i < s->limits.n && f->answers != SOLVER_NONE; i++)
        limited = limited || (s->limits.v[i].outward && s->limits.v[i].service == f->service);
    return limited ? f->service : SOLVER_NONE;
}

// Answers are walked after what they answer: they have classes of their own.
static uint32_t class_for(struct solver *s, const struct solver_flow *f)
{
    bool answers = f->answers != SOLVER_NONE;
    struct {
        struct ip6_addr to;
        uint32_t bytes, answers, service, unused;
    } key = {f->to, f->bytes, answers, answering(s, f), 0};
    uint64_t class;
    if (table_get(&s->class_of, &key, sizeof key, &class))
        return (uint32_t) class;
    struct flow_class *c = vec_add(&s->classes);
    graph_init(&c->graph, s->net, f->to, f->bytes);
    c->graph.limits = s->limits.v;
    c->graph.nlimits = (uint32_t)s->limits.n;
    c->graph.service = answering(s, f);
    c->ports = xcalloc(s->words, sizeof *c->ports);
    c->answers = answers;
    table_put(&s->class_of, &key, sizeof key, s->classes.n - 1);
    return (uint32_t)s->classes.n - 1;
}

uint32_t solver_add(struct solver *s, const struct solver_flow *f)
{
    uint32_t number = (uint32_t)s->flows.n, class = class_for(s, f);
    struct flow_state *state = vec_add(&s->flows);
    struct flow_class *c = &s->classes.v[class];
    state->is = *f;
    state->class = class;
    state->answer = SOLVER_NONE;
    vec_push(&c->flows, number);
    c->elastic |= f->elastic;
    if (f->answers != SOLVER_NONE) {
        struct flow_state *request = &s->flows.v[f->answers];
        SIM_ASSERT(s->net->sim, f->answers < number && request->is.ends &&
                                    request->answer == SOLVER_NONE &&
                                    request->is.answers == SOLVER_NONE);
        request->answer = number;
    }
    c->explore = s->due = true;
    return number;
}

void solver_offer(struct solver *s, uint32_t flow, int64_t rate_milli)
{
    struct flow_state *f = &s->flows.v[flow];
    SIM_ASSERT(s->net->sim, rate_milli >= 0 && rate_milli <= SOLVER_MAX);
    if (f->out.offered_milli == rate_milli)
        return;
    if (s->hooks.changes)
        s->hooks.changes(s->hooks.ctx, flow);
    f->out.offered_milli = rate_milli;
    if (!f->is.elastic) {
        f->out.rate_milli = rate_milli;
        s->classes.v[f->class].reload = true;
    }
    s->due = true;
}

// --- What has changed

void solver_fib_changed(struct solver *s, uint32_t node, struct prefix6 p)
{
    for (size_t i = 0; i < s->classes.n; i++) {
        struct flow_class *c = &s->classes.v[i];
        if (!c->explore && graph_asks(&c->graph, node, p))
            c->explore = s->due = true;
    }
}

// What the line itself does to what is sent, in the mean.
static struct graph_port line_of(const struct solver *s, uint32_t port)
{
    const struct port *p = s->net->ports[port];
    const struct impair *x = p->impair;
    int64_t now_ps = sim_now(s->net->sim);
    struct graph_port out = {.line = (double)p->loss_ppm / 1e6};
    if (!x || !x->on)
        return out;
    out.line = 1 - (1 - out.line) * (1 - impair_loss(x, now_ps));
    if (x->is.delayed)
        out.wait_ps = variate_mean_ps(&x->is.delay) * impair_factor(x, now_ps);
    return out;
}

static bool same_fate(const struct graph_port *a, const struct graph_port *b)
{
    return a->congestion == b->congestion && a->line == b->line && a->wait_ps == b->wait_ps;
}

static void look_at_line(struct solver *s, uint32_t port)
{
    struct graph_port now = line_of(s, port);
    if (same_fate(&now, &s->lines[port]))
        return;
    bool loads = now.line != s->lines[port].line;
    s->lines[port] = now;
    s->relined[port / 64] |= UINT64_C(1) << (port % 64);
    for (size_t i = 0; i < s->classes.n && loads; i++)
        if (s->classes.v[i].ports[port / 64] >> (port % 64) & 1)
            s->classes.v[i].reload = true;
}

void solver_port_changed(struct solver *s, uint32_t port)
{
    s->due = true;
    look_at_line(s, port);
    for (size_t i = 0; i < s->classes.n; i++) {
        struct flow_class *c = &s->classes.v[i];
        if (c->ports[port / 64] >> (port % 64) & 1)
            c->walk = c->reload = c->judge = true;
    }
}

void solver_loads_changed(struct solver *s)
{
    s->loads_due = s->due = true;
}

void solver_everything_changed(struct solver *s)
{
    for (size_t i = 0; i < s->classes.n; i++)
        s->classes.v[i].explore = true;
    s->loads_due = s->due = true;
}

// --- Walking the FIBs

static void add_source(struct flow_class *c, struct graph_source source, double share)
{
    vec_push(&c->sources, source);
    vec_push(&c->shares, share);
}

// Answers leave who answers, in tunnels to the POPs of entry where there are any.
static void add_answer(struct solver *s, struct flow_class *c, const struct flow_state *request)
{
    for (size_t i = 0; i < request->ways.n; i++) {
        const struct solver_way *way = &request->ways.v[i];
        struct graph_source source = {.node = way->node};
        if (way->octets) {
            source.via = s->hooks.address(s->hooks.ctx, way->pop);
            source.octets = way->octets;
        }
        add_source(c, source, way->share);
    }
}

static void list_ports(struct solver *s, struct flow_class *c)
{
    memset(c->ports, 0, s->words * sizeof *c->ports);
    for (size_t i = 0; i < c->graph.edges.n; i++) {
        uint32_t port = c->graph.edges.v[i].port;
        if (port != GRAPH_NO_PORT)
            c->ports[port / 64] |= UINT64_C(1) << (port % 64);
    }
}

static void explore(struct solver *s, struct flow_class *c)
{
    c->sources.n = c->shares.n = 0;
    for (size_t i = 0; i < c->flows.n; i++) {
        struct flow_state *f = &s->flows.v[c->flows.v[i]];
        f->first_source = (uint32_t)c->sources.n;
        if (f->is.answers == SOLVER_NONE)
            add_source(c, (struct graph_source){.node = f->is.node}, 1);
        else
            add_answer(s, c, &s->flows.v[f->is.answers]);
        f->nsources = (uint32_t)c->sources.n - f->first_source;
    }
    graph_explore(&c->graph, c->sources.v, c->sources.n, &s->scratch);
    list_ports(s, c);
    c->explore = false;
    c->walk = c->reload = c->judge = true;
    s->explored++;
}

// What elastic flows use of every port.
static void find_uses(struct solver *s, struct flow_class *c)
{
    struct graph_scratch *x = &s->scratch;
    c->uses.n = c->first_use.n = 0;
    for (size_t i = 0; i < c->flows.n; i++) {
        const struct flow_state *f = &s->flows.v[c->flows.v[i]];
        if (!f->is.elastic)
            continue;
        vec_push(&c->first_use, c->uses.n);
        graph_unit(&c->graph, &c->sources.v[f->first_source], &c->shares.v[f->first_source],
                   f->nsources, x, NULL, NULL);
        for (size_t k = 0; k < x->touched.n; k++) {
            struct maxmin_use use = {x->touched.v[k], x->unit[x->touched.v[k]]};
            vec_push(&c->uses, use);
        }
        graph_unit_done(x);
    }
    vec_push(&c->first_use, c->uses.n);
}

static void walk_due(struct solver *s)
{
    for (int answers = 0; answers < 2; answers++)
        for (size_t i = 0; i < s->classes.n; i++) {
            struct flow_class *c = &s->classes.v[i];
            if (c->answers != answers)
                continue;
            if (c->explore)
                explore(s, c);
            if (!c->walk)
                continue;
            solver_find_ends(s, c);
            if (c->elastic)
                find_uses(s, c);
            c->walk = false;
        }
}

// --- Loads

void solver_flow_class(struct solver *s, const struct flow_class *c, const struct graph_port *ports)
{
    graph_clear(&c->graph, &s->scratch);
    if (c->input.n)
        memcpy(s->scratch.in.v, c->input.v, c->input.n * sizeof *c->input.v);
    graph_flow(&c->graph, ports, &s->scratch);
}

static void add_input(struct flow_class *c, const struct flow_state *f)
{
    for (uint32_t i = f->first_source; i < f->first_source + f->nsources; i++) {
        double share = c->shares.v[i];
        int64_t part =
            share == 1 ? f->out.rate_milli : (int64_t)((double)f->out.rate_milli * share);
        c->input.v[c->sources.v[i].state] += part;
    }
}

static void reload(struct solver *s, struct flow_class *c)
{
    struct graph_scratch *x = &s->scratch;
    for (size_t i = 0; i < c->loads.n; i++)
        s->base_milli[c->loads.v[i].port] -= c->loads.v[i].milli;
    c->loads.n = 0;
    vec_reserve(&c->input, c->graph.states.n);
    c->input.n = c->graph.states.n;
    if (c->input.n)
        memset(c->input.v, 0, c->input.n * sizeof *c->input.v);
    for (size_t i = 0; i < c->flows.n; i++)
        if (!s->flows.v[c->flows.v[i]].is.elastic)
            add_input(c, &s->flows.v[c->flows.v[i]]);
    solver_flow_class(s, c, s->lines);
    for (size_t i = 0; i < x->touched.n; i++) {
        struct port_load l = {x->touched.v[i], x->load_milli[x->touched.v[i]]};
        s->base_milli[l.port] += l.milli;
        vec_push(&c->loads, l);
    }
    graph_flow_done(x);
    c->reload = false;
}

// --- Outcomes

static struct graph_port fate_at_limit(const struct solver *s, uint32_t limit, int64_t milli)
{
    struct graph_port out = {0};
    int64_t bps = s->limits.v[limit].bps;
    if (milli / SOLVER_MILLI >= bps && milli)
        out.congestion = 1 - (double)bps * SOLVER_MILLI / (double)milli;
    return out;
}

struct graph_port solver_fate(const struct solver *s, uint32_t port, int64_t milli)
{
    if (port >= s->net->nports)
        return fate_at_limit(s, port - s->net->nports, milli);
    const struct port *p = s->net->ports[port];
    struct graph_port out = {.line = s->lines[port].line, .wait_ps = s->lines[port].wait_ps};
    int64_t bps = (milli + SOLVER_MILLI / 2) / SOLVER_MILLI;
    if (p->fluid) {
        struct fluid_fate f = net_port_fate_at(s->net, port, bps);
        out.congestion = f.loss;
        out.wait_ps += (double)f.wait_ps;
    } else if (bps > p->rate_bps) {
        out.congestion = 1 - (double)p->rate_bps / (double)bps;
    }
    return out;
}

static void publish(struct solver *s, const int64_t *total_milli)
{
    for (uint32_t p = 0; p < s->nports; p++) {
        bool moved = total_milli[p] != s->total_milli[p];
        if (moved && p < s->net->nports && s->net->ports[p]->fluid)
            net_port_demand(s->net, p, (total_milli[p] + SOLVER_MILLI / 2) / SOLVER_MILLI);
        s->total_milli[p] = total_milli[p];
        struct graph_port now = s->fate[p];
        if (moved || s->loads_due || s->relined[p / 64] >> (p % 64) & 1)
            now = solver_fate(s, p, total_milli[p]);
        if (same_fate(&now, &s->fate[p]))
            continue;
        s->fate[p] = now;
        s->changed[p / 64] |= UINT64_C(1) << (p % 64);
    }
}

bool solver_uses(const struct solver *s, const struct flow_class *c, const uint64_t *ports)
{
    for (size_t w = 0; w < s->words; w++)
        if (ports[w] & c->ports[w])
            return true;
    return false;
}

// Causes that have nothing to do with how much is sent.
static bool is_absolute(int cause)
{
    return cause < GRAPH_CONGESTION || cause == GRAPH_UNBOUND || cause == GRAPH_BLOCKED;
}

// What is never asked for is lost as the requests are, congestion apart.
static void add_unasked(const struct solver *s, const struct flow_state *f, double share,
                        struct graph_outcome *sum)
{
    const struct solver_outcome *request = &s->flows.v[f->is.answers].out;
    double all = 0;
    for (int k = 0; k < GRAPH_CAUSES; k++)
        all += is_absolute(k) ? request->lost[k] : 0;
    for (int k = 0; k < GRAPH_CAUSES; k++)
        if (is_absolute(k))
            sum->lost[k] += share * (all > 0 ? request->lost[k] / all : k == GRAPH_NO_ROUTE);
}

static void judge_flow(struct solver *s, const struct flow_class *c, uint32_t flow)
{
    struct flow_state *f = &s->flows.v[flow];
    struct graph_outcome sum = {0};
    double asked = 0;
    for (uint32_t i = f->first_source; i < f->first_source + f->nsources; i++) {
        const struct graph_outcome *o = &s->outcomes.v[c->sources.v[i].state];
        double share = c->shares.v[i];
        asked += share;
        sum.delivered += share * o->delivered;
        sum.delay_ps += share * o->delay_ps;
        for (int k = 0; k < GRAPH_CAUSES; k++)
            sum.lost[k] += share * o->lost[k];
    }
    if (f->is.answers != SOLVER_NONE && asked < 1)
        add_unasked(s, f, 1 - asked, &sum);
    double delay_ps = sum.delivered > 0 ? sum.delay_ps / sum.delivered : 0;
    bool same_losses = memcmp(f->out.lost, sum.lost, sizeof sum.lost) == 0;
    if (same_losses && f->out.delivered == sum.delivered && f->out.delay_ps == delay_ps)
        return;
    if (s->hooks.changes)
        s->hooks.changes(s->hooks.ctx, flow);
    if (f->answer != SOLVER_NONE && !same_losses)
        s->classes.v[s->flows.v[f->answer].class].judge = true; // what is not asked: add_unasked
    f->out.delivered = sum.delivered;
    f->out.delay_ps = delay_ps;
    memcpy(f->out.lost, sum.lost, sizeof sum.lost);
}

static void judge_due(struct solver *s)
{
    for (int answers = 0; answers < 2; answers++)
        for (size_t i = 0; i < s->classes.n; i++) {
            struct flow_class *c = &s->classes.v[i];
            if (c->answers != answers || (!c->judge && !solver_uses(s, c, s->changed)))
                continue;
            vec_reserve(&s->outcomes, c->graph.states.n);
            vec_reserve(&s->spare, c->graph.states.n);
            graph_outcomes(&c->graph, s->fate, s->outcomes.v, s->spare.v);
            for (size_t k = 0; k < c->flows.n; k++) {
                if (s->flows.v[c->flows.v[k]].is.passes)
                    solver_find_passage(s, c, c->flows.v[k]);
                judge_flow(s, c, c->flows.v[k]);
            }
            c->judge = false;
        }
    memset(s->changed, 0, s->words * sizeof *s->changed);
    memset(s->relined, 0, s->words * sizeof *s->relined);
}

void solver_solve(struct solver *s)
{
    if (!s->due)
        return;
    int64_t *total = xmalloc((s->nports + 1) * sizeof *total);
    if (s->loads_due)
        for (uint32_t p = 0; p < s->net->nports; p++)
            look_at_line(s, p);
    walk_due(s);
    for (size_t i = 0; i < s->classes.n; i++)
        if (s->classes.v[i].reload)
            reload(s, &s->classes.v[i]);
    solver_lose(s);
    memcpy(total, s->inelastic_milli, s->nports * sizeof *total);
    solver_share(s, total);
    publish(s, total);
    judge_due(s);
    free(total);
    s->due = s->loads_due = false;
}

const struct solver_outcome *solver_outcome(const struct solver *s, uint32_t flow)
{
    return &s->flows.v[flow].out;
}

size_t solver_ends(const struct solver *s, uint32_t flow, const struct solver_end **out)
{
    *out = s->flows.v[flow].ends.v;
    return s->flows.v[flow].ends.n;
}

int64_t solver_port_milli(const struct solver *s, uint32_t port)
{
    return s->total_milli[port];
}

uint64_t solver_explored(const struct solver *s)
{
    return s->explored;
}
