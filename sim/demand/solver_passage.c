// SPDX-License-Identifier: GPL-3.0-or-later
// By way of which POPs a flow goes, what is lost on the operator's side of them, and how much comes
// through: fluid is followed hop by hop from where the flow starts.
#include "demand/classes.h"

struct walk {
    struct solver *solver;
    const struct graph *graph;
    struct step *now, *next;
    uint32_t flow;
    bool to_pop;                  // it ends at POPs …
    bool to_border;               // … or where it leaves the operator's nodes
    double out;                   // what left, or was delivered
    double *lost;                 // [GRAPH_CAUSES]
    int pop;                      // from there it comes: its deliveries are legs of that POP; or -1
    struct passage_list *arrived; // with to_pop: passages by POP, `in` only …
    struct {                      // … and the states in which it arrived there
        struct {
            uint32_t state;
            int pop;
            double mass;
        } * v;
        size_t n, cap;
    } gates;
};

static void put(struct step *s, uint32_t state, double mass)
{
    if (mass <= 0)
        return;
    if (s->mass.v[state] == 0)
        vec_push(&s->states, state);
    s->mass.v[state] += mass;
}

static struct solver_passage *passage_of(struct passage_list *l, int pop)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].pop == pop)
            return &l->v[i];
    struct solver_passage *p = vec_add(l);
    p->pop = pop;
    return p;
}

static void add_leg(struct leg_list *l, int pop, uint32_t node, double share)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].pop == pop && l->v[i].node == node) {
            l->v[i].share += share;
            return;
        }
    struct solver_leg leg = {pop, node, share};
    vec_push(l, leg);
}

static void delivered(struct walk *w, uint32_t node, double mass)
{
    w->out += mass;
    if (w->pop >= 0 && !w->to_border)
        add_leg(&w->solver->legs, w->pop, node, mass);
}

static void cross(struct walk *w, const struct graph_state *s, const struct graph_edge *e,
                  double mass)
{
    const struct solver *v = w->solver;
    if (e->port == GRAPH_NO_PORT) {
        put(w->next, e->to, mass);
        return;
    }
    if (graph_stays(w->graph, e->port)) { // a limit
        double refused = mass * v->fate[e->port].congestion;
        w->lost[GRAPH_POLICED] += refused;
        put(w->next, e->to, mass - refused);
        return;
    }
    if (!v->net->ports[e->port]->alive) {
        w->lost[GRAPH_LINK_DOWN] += mass;
        return;
    }
    const struct graph_port *p = &v->fate[e->port];
    double left = mass * (1 - p->congestion), through = left * (1 - p->line);
    w->lost[GRAPH_CONGESTION] += mass * p->congestion;
    w->lost[GRAPH_LINE_LOSS] += left * p->line;
    uint32_t to = w->graph->states.v[e->to].node;
    if (w->to_border && v->hooks.inside(v->hooks.ctx, s->node) &&
        !v->hooks.inside(v->hooks.ctx, to))
        w->out += through;
    else
        put(w->next, e->to, through);
}

static void leave(struct walk *w, uint32_t state, double mass)
{
    const struct graph_state *s = &w->graph->states.v[state];
    const struct solver_hooks *h = &w->solver->hooks;
    int pop = w->to_pop ? h->pop(h->ctx, w->flow, s->node) : -1;
    if (pop >= 0) {
        passage_of(w->arrived, pop)->in += mass;
        vec_reserve(&w->gates, w->gates.n + 1);
        w->gates.v[w->gates.n].state = state;
        w->gates.v[w->gates.n].pop = pop;
        w->gates.v[w->gates.n++].mass = mass;
    } else if (w->solver->net->nodes[s->node].downs > 0) {
        w->lost[GRAPH_NODE_DOWN] += mass;
    } else if (s->end == GRAPH_DELIVERED) {
        delivered(w, s->node, mass);
    } else if (s->end == GRAPH_LOST) {
        w->lost[s->cause] += mass;
    } else {
        for (uint32_t k = 0; k < s->count; k++)
            cross(w, s, &w->graph->edges.v[s->first + k], mass / s->count);
    }
}

// Of what w->now holds.
static void go(struct walk *w)
{
    for (int hop = 0; w->now->states.n && (hop < GRAPH_HOPS || !w->graph->cyclic); hop++) {
        for (size_t i = 0; i < w->now->states.n; i++) {
            uint32_t state = w->now->states.v[i];
            double mass = w->now->mass.v[state];
            w->now->mass.v[state] = 0;
            leave(w, state, mass);
        }
        w->now->states.n = 0;
        struct step *swap = w->now;
        w->now = w->next;
        w->next = swap;
    }
    for (size_t i = 0; i < w->now->states.n; i++) { // it turns in a loop
        w->lost[GRAPH_TTL] += w->now->mass.v[w->now->states.v[i]];
        w->now->mass.v[w->now->states.v[i]] = 0;
    }
    w->now->states.n = 0;
}

// To the POPs, and from each of them on.
static void follow_request(struct walk *w, const struct flow_class *c, const struct flow_state *f)
{
    struct solver *s = w->solver;
    double before[GRAPH_CAUSES] = {0};
    w->to_pop = true;
    w->lost = before;
    for (uint32_t i = f->first_source; i < f->first_source + f->nsources; i++)
        put(w->now, c->sources.v[i].state, c->shares.v[i]);
    go(w);
    w->to_pop = false;
    for (size_t i = 0; i < s->passages.n; i++) {
        struct solver_passage *p = &s->passages.v[i];
        for (size_t k = 0; k < w->gates.n; k++)
            if (w->gates.v[k].pop == p->pop)
                put(w->now, w->gates.v[k].state, w->gates.v[k].mass);
        w->lost = p->lost;
        w->pop = p->pop;
        w->out = 0;
        go(w);
        p->out = w->out;
    }
    memcpy(passage_of(&s->passages, -1)->lost, before, sizeof before);
}

// From who answers, by way of the POP by which it was asked, until it is out.
static void follow_answer(struct walk *w, const struct flow_class *c, const struct flow_state *f)
{
    struct solver *s = w->solver;
    const struct flow_state *request = &s->flows.v[f->is.answers];
    w->to_border = true;
    for (uint32_t i = 0; i < f->nsources && i < request->ways.n; i++) {
        const struct solver_way *way = &request->ways.v[i];
        int pop = s->hooks.pop(s->hooks.ctx, w->flow, way->octets ? way->pop : way->node);
        struct solver_passage *p = passage_of(&s->passages, pop);
        double share = c->shares.v[f->first_source + i];
        if (pop >= 0)
            add_leg(&s->legs, pop, way->node, share);
        w->lost = p->lost;
        w->out = 0;
        put(w->now, c->sources.v[f->first_source + i].state, share);
        go(w);
        p->in += share;
        p->out += w->out;
    }
}

static bool same(const struct flow_state *f, const struct solver *s)
{
    bool same = f->passages.n == s->passages.n && f->legs.n == s->legs.n;
    for (size_t i = 0; same && i < s->passages.n; i++) {
        const struct solver_passage *a = &f->passages.v[i], *b = &s->passages.v[i];
        same = a->pop == b->pop && a->in == b->in && a->out == b->out &&
               memcmp(a->lost, b->lost, sizeof a->lost) == 0;
    }
    for (size_t i = 0; same && i < s->legs.n; i++) {
        const struct solver_leg *a = &f->legs.v[i], *b = &s->legs.v[i];
        same = a->pop == b->pop && a->node == b->node && a->share == b->share;
    }
    return same;
}

static void ready(struct step *s, size_t states)
{
    size_t had = s->mass.n;
    vec_reserve(&s->mass, states);
    if (states > had) {
        memset(s->mass.v + had, 0, (states - had) * sizeof *s->mass.v);
        s->mass.n = states;
    }
}

void solver_find_passage(struct solver *s, const struct flow_class *c, uint32_t flow)
{
    struct flow_state *f = &s->flows.v[flow];
    struct walk w = {.solver = s,
                     .graph = &c->graph,
                     .now = &s->steps[0],
                     .next = &s->steps[1],
                     .flow = flow,
                     .pop = -1,
                     .arrived = &s->passages};
    s->passages.n = s->legs.n = 0;
    ready(w.now, c->graph.states.n);
    ready(w.next, c->graph.states.n);
    if (f->is.answers == SOLVER_NONE)
        follow_request(&w, c, f);
    else
        follow_answer(&w, c, f);
    vec_free(&w.gates);
    if (same(f, s))
        return;
    if (s->hooks.changes)
        s->hooks.changes(s->hooks.ctx, flow);
    f->passages.n = f->legs.n = 0;
    for (size_t i = 0; i < s->passages.n; i++)
        vec_push(&f->passages, s->passages.v[i]);
    for (size_t i = 0; i < s->legs.n; i++)
        vec_push(&f->legs, s->legs.v[i]);
}

size_t solver_passages(const struct solver *s, uint32_t flow, const struct solver_passage **out)
{
    *out = s->flows.v[flow].passages.v;
    return s->flows.v[flow].passages.n;
}

size_t solver_legs(const struct solver *s, uint32_t flow, const struct solver_leg **out)
{
    *out = s->flows.v[flow].legs.v;
    return s->flows.v[flow].legs.n;
}
