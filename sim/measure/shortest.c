// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/shortest.h"

#include "base/arena.h"
#include "base/heap.h"

#include <stdlib.h>

struct shortest {
    const struct net *net;
    const struct shortest_node *is;
    uint32_t *twin; // [port]: the other direction of its link
    struct heap heap;
};

struct shortest *shortest_new(const struct net *net, const struct shortest_node *is)
{
    struct shortest *s = xcalloc(1, sizeof *s);
    s->net = net;
    s->is = is;
    s->twin = xcalloc(net->nports, sizeof *s->twin);
    for (uint32_t i = 0; i < net->nlinks; i++) {
        s->twin[net->links[i].a_port] = net->links[i].b_port;
        s->twin[net->links[i].b_port] = net->links[i].a_port;
    }
    heap_init(&s->heap, net->nnodes);
    return s;
}

void shortest_free(struct shortest *s)
{
    if (!s)
        return;
    heap_free(&s->heap);
    free(s->twin);
    free(s);
}

// May a way that begins (or ends) at `origin` go on from `node` to `next`?
static bool passes(const struct shortest *s, uint32_t origin, uint32_t node, uint32_t next)
{
    const struct shortest_node *n = &s->is[node];
    if (node == origin)
        return true;
    if (!n->router)
        return false;
    return n->carrier || n->network == s->is[origin].network || n->network == s->is[next].network;
}

void shortest_delays(struct shortest *s, uint32_t node, bool reverse, int64_t *delay_ps)
{
    uint32_t at;
    uint64_t key;
    for (uint32_t i = 0; i < s->net->nnodes; i++)
        delay_ps[i] = TIME_NEVER;
    delay_ps[node] = 0;
    heap_push(&s->heap, node, 0);
    while (heap_pop(&s->heap, &at, &key)) {
        const struct net_node *n = &s->net->nodes[at];
        for (uint32_t i = 0; i < n->nports; i++) {
            const struct port *leaves = s->net->ports[n->ports[i]];
            const struct port *p = reverse ? s->net->ports[s->twin[leaves->index]] : leaves;
            int64_t there_ps = (int64_t)key + p->delay_ps;
            if (!p->alive || there_ps >= delay_ps[leaves->to] || !passes(s, node, at, leaves->to))
                continue;
            delay_ps[leaves->to] = there_ps;
            heap_push(&s->heap, leaves->to, (uint64_t)there_ps);
        }
    }
}
