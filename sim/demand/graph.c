// SPDX-License-Identifier: GPL-3.0-or-later
#include "demand/graph.h"

void graph_init(struct graph *g, const struct net *net, struct ip6_addr destination, uint32_t bytes)
{
    *g = (struct graph){.net = net, .service = GRAPH_NONE, .bytes = bytes};
    g->visited = xcalloc((net->nnodes + 63) / 64, sizeof *g->visited);
    struct graph_stack bottom = {.below = GRAPH_NONE, .top = destination};
    vec_push(&g->stacks, bottom);
}

void graph_free(struct graph *g)
{
    vec_free(&g->stacks);
    vec_free(&g->states);
    vec_free(&g->edges);
    free(g->visited);
}

void graph_scratch_init(struct graph_scratch *x, uint32_t nports)
{
    *x = (struct graph_scratch){0};
    x->load_milli = xcalloc(nports, sizeof *x->load_milli);
    x->unit = xcalloc(nports, sizeof *x->unit);
}

void graph_scratch_free(struct graph_scratch *x)
{
    vec_free(&x->seen);
    vec_free(&x->found);
    vec_free(&x->edges);
    vec_free(&x->todo);
    vec_free(&x->next);
    vec_free(&x->place);
    vec_free(&x->order);
    vec_free(&x->colour);
    vec_free(&x->in);
    vec_free(&x->in_next);
    vec_free(&x->unit_in);
    vec_free(&x->unit_next);
    vec_free(&x->pending);
    vec_free(&x->touched);
    free(x->load_milli);
    free(x->unit);
}

enum fwd_drop graph_drop(enum graph_cause c)
{
    static const enum fwd_drop drops[GRAPH_CAUSES] = {
        [GRAPH_NO_ROUTE] = FWD_DROP_NO_ROUTE,
        [GRAPH_BLACKHOLE] = FWD_DROP_BLACKHOLE,
        [GRAPH_REJECT] = FWD_DROP_REJECT,
        [GRAPH_TUNNEL_DEPTH] = FWD_DROP_TUNNEL_DEPTH,
        [GRAPH_TTL] = FWD_DROP_TTL,
        [GRAPH_LINK_DOWN] = FWD_DROP_LINK_DOWN,
        [GRAPH_NODE_DOWN] = FWD_DROP_NODE_DOWN,
        [GRAPH_CONGESTION] = FWD_DROP_CONGESTION,
        [GRAPH_LINE_LOSS] = FWD_DROP_LINE_LOSS,
        [GRAPH_UNBOUND] = FWD_DROP_UNBOUND,
        [GRAPH_BLOCKED] = FWD_DROP_BLOCKED,
        [GRAPH_POLICED] = FWD_DROP_POLICED,
        [GRAPH_BIT_RATE] = FWD_DROP_BIT_RATE,
        [GRAPH_PACKET_RATE] = FWD_DROP_PACKET_RATE,
    };
    return drops[c];
}

// The stack with one more address on it; GRAPH_NONE: deeper than tunnels may be nested.
static uint32_t push(struct graph *g, uint32_t below, struct ip6_addr top, uint32_t octets)
{
    int depth = 0;
    for (uint32_t s = below; g->stacks.v[s].below != GRAPH_NONE; s = g->stacks.v[s].below)
        depth++;
    if (depth == FWD_TUNNEL_DEPTH)
        return GRAPH_NONE;
    octets += g->stacks.v[below].octets;
    for (uint32_t i = 0; i < g->stacks.n; i++)
        if (g->stacks.v[i].below == below && ip6_equal(g->stacks.v[i].top, top) &&
            g->stacks.v[i].octets == octets)
            return i;
    struct graph_stack s = {.below = below, .octets = octets, .top = top};
    vec_push(&g->stacks, s);
    return (uint32_t)g->stacks.n - 1;
}

// The state's number in order of discovery.
static uint32_t find_state(const struct graph *g, struct graph_scratch *x, uint32_t node,
                           uint32_t stack)
{
    size_t nodes = g->net->nnodes, want = (stack + 1) * nodes;
    if (x->seen.n < want) {
        vec_reserve(&x->seen, want);
        memset(x->seen.v + x->seen.n, 0, (want - x->seen.n) * sizeof *x->seen.v);
        x->seen.n = want;
    }
    uint32_t *seen = &x->seen.v[stack * nodes + node];
    if (*seen == 0) {
        struct graph_state s = {.node = node, .stack = stack};
        vec_push(&x->found, s);
        vec_push(&x->next, 0);
        vec_push(&x->colour, 0);
        *seen = (uint32_t)x->found.n;
    }
    return *seen - 1;
}

static void add_edge(struct graph_scratch *x, uint32_t from, uint32_t port, uint32_t to)
{
    struct graph_edge e = {.port = port, .to = to};
    vec_push(&x->edges, e);
    x->found.v[from].count++;
}

static void lose(struct graph_scratch *x, uint32_t state, enum graph_cause cause)
{
    x->found.v[state].end = GRAPH_LOST;
    x->found.v[state].cause = (uint8_t)cause;
}

// What limits the service's packets at the node, or nothing.
static uint32_t limit_at(const struct graph *g, uint32_t node, uint32_t service, bool outward)
{
    for (uint32_t i = 0; i < g->nlimits; i++)
        if (g->limits[i].node == node && g->limits[i].service == service &&
            g->limits[i].outward == outward)
            return g->net->nports + i;
    return GRAPH_NO_PORT;
}

static void forward(struct graph *g, struct graph_scratch *x, uint32_t state,
                    const struct fwd_path *path)
{
    uint32_t node = x->found.v[state].node, stack = x->found.v[state].stack;
    x->found.v[state].entry = path->service != UINT32_MAX;
    uint32_t limit = limit_at(g, node, path->service, false);
    for (int i = 0; i < path->gateways; i++) {
        uint32_t inside = push(g, stack, path->gateway[i].far_end, path->gateway[i].overhead);
        if (inside == GRAPH_NONE) { // as deep for one as for the others
            lose(x, state, GRAPH_TUNNEL_DEPTH);
            return;
        }
        add_edge(x, state, limit, find_state(g, x, node, inside));
    }
    for (int i = 0; i < path->count; i++) {
        uint32_t port = path->nexthops[i];
        add_edge(x, state, port, find_state(g, x, g->net->ports[port]->to, stack));
    }
}

// Answers that have come to their POP are limited there.
static void leave_tunnel(struct graph *g, struct graph_scratch *x, uint32_t state)
{
    uint32_t node = x->found.v[state].node, stack = x->found.v[state].stack;
    uint32_t below = g->stacks.v[stack].below, limit = GRAPH_NO_PORT;
    if (below == 0 && g->service != GRAPH_NONE)
        limit = limit_at(g, node, g->service, true);
    add_edge(x, state, limit, find_state(g, x, node, below));
}

// What the node's FIB says: edges, or the end.
static void expand(struct graph *g, struct graph_scratch *x, uint32_t state)
{
    struct fwd_path path;
    uint32_t node = x->found.v[state].node, stack = x->found.v[state].stack;
    x->found.v[state].first = (uint32_t)x->edges.n;
    g->visited[node / 64] |= UINT64_C(1) << (node % 64);
    if (!fwd_lookup(g->net->nodes[node].fwd, g->stacks.v[stack].top, &path)) {
        lose(x, state, GRAPH_NO_ROUTE);
        return;
    }
    if (path.refused) {
        lose(x, state, path.refused == FWD_DROP_BLOCKED ? GRAPH_BLOCKED : GRAPH_UNBOUND);
        return;
    }
    switch (path.action) {
    case FWD_ACT_FORWARD:
        forward(g, x, state, &path);
        break;
    case FWD_ACT_LOCAL:
        if (stack == 0)
            x->found.v[state].end = GRAPH_DELIVERED;
        else
            leave_tunnel(g, x, state);
        break;
    case FWD_ACT_BLACKHOLE:
        lose(x, state, GRAPH_BLACKHOLE);
        break;
    default: // REJECT; tunnels are told as FORWARD, and nobody here has segments (SRv6)
        lose(x, state, GRAPH_REJECT);
        break;
    }
}

enum colour { WHITE, GREY, BLACK };

// Depth first; a state is put into the order when everything behind it is there.
static void search(struct graph *g, struct graph_scratch *x, uint32_t from)
{
    if (x->colour.v[from] != WHITE)
        return;
    vec_push(&x->todo, from);
    x->colour.v[from] = GREY;
    expand(g, x, from);
    while (x->todo.n) {
        uint32_t state = x->todo.v[x->todo.n - 1];
        const struct graph_state *s = &x->found.v[state];
        if (x->next.v[state] == s->count) {
            x->colour.v[state] = BLACK;
            vec_push(&x->order, state);
            x->todo.n--;
            continue;
        }
        uint32_t to = x->edges.v[s->first + x->next.v[state]++].to;
        g->cyclic |= x->colour.v[to] == GREY;
        if (x->colour.v[to] != WHITE)
            continue;
        x->colour.v[to] = GREY;
        vec_push(&x->todo, to);
        expand(g, x, to);
    }
}

// Takes the states over in topological order: the reverse of that in which they were left.
static void arrange(struct graph *g, struct graph_scratch *x)
{
    size_t n = x->order.n;
    vec_reserve(&x->place, n);
    vec_reserve(&g->states, n);
    vec_reserve(&g->edges, x->edges.n);
    for (size_t i = 0; i < n; i++)
        x->place.v[x->order.v[n - 1 - i]] = (uint32_t)i;
    for (size_t i = 0; i < n; i++) {
        struct graph_state s = x->found.v[x->order.v[n - 1 - i]];
        uint32_t first = s.first;
        s.first = (uint32_t)g->edges.n;
        for (uint32_t k = 0; k < s.count; k++) {
            struct graph_edge e = x->edges.v[first + k];
            e.to = x->place.v[e.to];
            vec_push(&g->edges, e);
        }
        vec_push(&g->states, s);
    }
}

void graph_explore(struct graph *g, struct graph_source *sources, size_t n, struct graph_scratch *x)
{
    g->states.n = g->edges.n = 0;
    g->stacks.n = 1;
    g->cyclic = false;
    memset(g->visited, 0, (g->net->nnodes + 63) / 64 * sizeof *g->visited);
    x->found.n = x->edges.n = x->next.n = x->colour.n = x->order.n = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t stack =
            ip6_is_zero(sources[i].via) ? 0 : push(g, 0, sources[i].via, sources[i].octets);
        sources[i].state = find_state(g, x, sources[i].node, stack);
        search(g, x, sources[i].state);
    }
    arrange(g, x);
    for (size_t i = 0; i < n; i++)
        sources[i].state = x->place.v[sources[i].state];
    for (size_t i = 0; i < x->found.n; i++)
        x->seen.v[x->found.v[i].stack * g->net->nnodes + x->found.v[i].node] = 0;
}

bool graph_asks(const struct graph *g, uint32_t node, struct prefix6 p)
{
    if (!(g->visited[node / 64] >> (node % 64) & 1))
        return false;
    for (size_t i = 0; i < g->stacks.n; i++)
        if (prefix6_has(p, g->stacks.v[i].top))
            return true;
    return false;
}
