// SPDX-License-Identifier: GPL-3.0-or-later
#include "line.h"

#include "unit.h"

static struct line_unit *find(struct line *l, uint32_t flow, uint32_t seq)
{
    for (size_t i = l->units.n; i-- > 0;)
        if (l->units.v[i].flow == flow && l->units.v[i].seq == seq)
            return &l->units.v[i];
    return NULL;
}

static void on_sent(void *ctx, const struct flow *f, uint32_t seq)
{
    struct line *l = ctx;
    struct line_unit u = {.flow = f->index, .seq = seq, .sent_ps = sim_now(l->sim)};
    vec_push(&l->units, u);
}

static void end_unit(struct line *l, const struct flow *f, uint32_t seq, int end,
                     const struct packet *p, enum fwd_drop reason)
{
    struct line_unit *u = find(l, f->index, seq);
    CU_ASSERT_PTR_NOT_NULL_FATAL(u);
    CU_ASSERT_EQUAL(u->end, LINE_OPEN);
    u->end = end;
    u->ended_ps = sim_now(l->sim);
    u->reason = reason;
    u->entry = p ? p->entry : 0;
}

static void on_answered(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p)
{
    end_unit(ctx, f, seq, LINE_ANSWERED, p, FWD_DROP_NONE);
}

static void on_delivered(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p)
{
    end_unit(ctx, f, seq, LINE_DELIVERED, p, FWD_DROP_NONE);
}

static void on_lost(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p,
                    enum fwd_drop reason, uint32_t port)
{
    (void)port;
    end_unit(ctx, f, seq, LINE_LOST, p, reason);
}

static void on_received(void *ctx, const struct flow *f, enum traffic_direction d, uint32_t number,
                        int64_t sent_ps, const struct packet *p)
{
    struct line *l = ctx;
    struct line_packet r = {d, sent_ps, sim_now(l->sim), p->length};
    (void)f, (void)number;
    vec_push(&l->packets, r);
}

static void on_begun(void *ctx, const struct flow *f, uint32_t number)
{
    struct line *l = ctx;
    (void)f, (void)number;
    l->begun++;
}

static void on_ended(void *ctx, const struct flow *f, const struct traffic_object *o)
{
    struct line *l = ctx;
    (void)f;
    vec_push(&l->objects, *o);
}

static void on_broken(void *ctx, const struct flow *f, enum traffic_break why)
{
    struct line *l = ctx;
    struct line_break b = {why, sim_now(l->sim)};
    (void)f;
    vec_push(&l->breaks, b);
}

static void add_host(struct line *l, const char *name, ip4_addr own)
{
    struct fwd_options o = {.address = own};
    uint32_t node = net_add_node(l->net, name, fwd_node_new(&o));
    fwd_route_set(l->net->nodes[node].fwd, (struct prefix){own, 32}, FWD_ACT_LOCAL, 0);
}

void line_to(struct line *l, int host)
{
    struct fwd_node *core = l->net->nodes[0].fwd;
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD,
                  fwd_group(core, &l->net->links[l->links[host]].a_port, 1));
}

void line_begin(struct line *l)
{
    memset(l, 0, sizeof *l);
    struct traffic_hooks hooks = {.ctx = l,
                                  .sent = on_sent,
                                  .answered = on_answered,
                                  .delivered = on_delivered,
                                  .lost = on_lost,
                                  .packet_received = on_received,
                                  .object_begun = on_begun,
                                  .object_ended = on_ended,
                                  .broken = on_broken};
    l->sim = sim_new(1);
    l->net = net_new(l->sim);
    l->traffic = traffic_new(l->sim, l->net, &hooks);
    add_host(l, "client", LINE_CLIENT);
    add_host(l, "first", LINE_SERVER);
    add_host(l, "second", LINE_SERVER);
    for (uint32_t i = 0; i < 2; i++) {
        struct net_link_options o = {.a = 0,
                                     .b = 1 + i,
                                     .rate_bps = INT64_C(8000000000000),
                                     .delay_ps = LINE_DELAY,
                                     .queue_ps = PS_PER_S};
        l->links[i] = net_add_link(l->net, i ? "client~second" : "client~first", &o);
        struct fwd_node *core = l->net->nodes[1 + i].fwd;
        fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD,
                      fwd_group(core, &l->net->links[l->links[i]].b_port, 1));
        traffic_add_server(l->traffic, 1 + i, LINE_ENTRY + i);
    }
    line_to(l, 0);
}

struct flow_options line_options(const struct traffic_kind_ops *ops,
                                 const union traffic_options *options)
{
    return (struct flow_options){.ops = ops,
                                 .client = LINE_CLIENT,
                                 .server = LINE_SERVER,
                                 .start_ps = 10 * PS_PER_S,
                                 .stop_ps = 20 * PS_PER_S,
                                 .interval_ps = 100 * PS_PER_MS,
                                 .timeout_ps = 2 * PS_PER_S,
                                 .up_bytes = 100,
                                 .down_bytes = 240,
                                 .weight = 1,
                                 .options = options};
}

void line_run(struct line *l, int64_t until_ps)
{
    sim_run(l->sim, until_ps);
}

void line_stop(struct line *l)
{
    traffic_stop(l->traffic);
    memset(l->counts, 0, sizeof l->counts);
    for (size_t i = 0; i < l->units.n; i++)
        l->counts[l->units.v[i].end]++;
}

const struct line_unit *line_unit(const struct line *l, uint32_t seq)
{
    return find((struct line *)(uintptr_t)l, 0, seq);
}

void line_end(struct line *l)
{
    CU_ASSERT_EQUAL(l->net->sent, l->net->delivered + l->net->dropped + net_in_flight(l->net));
    CU_ASSERT_EQUAL(net_in_flight(l->net), 0);
    CU_ASSERT_EQUAL(l->net->pool.live, 0);
    traffic_free(l->traffic);
    net_free(l->net);
    sim_free(l->sim);
    vec_free(&l->units);
    vec_free(&l->packets);
    vec_free(&l->objects);
    vec_free(&l->breaks);
}
