// SPDX-License-Identifier: GPL-3.0-or-later
// rpc: requests and answers on one connection that stays open. Each request is a unit, answered by
// the last octet of its answer; it does not wait for the one before. When the connection breaks, the
// next request opens another.
#include "traffic/exchange.h"
#include "traffic/kinds.h"

struct rpc {
    struct exchange x; // must stay first
    struct exchange_conn *conn;
};

static void answered(struct exchange_conn *c, struct exchange_request *r, const struct packet *p,
                     int64_t now_ps)
{
    (void)now_ps;
    flow_answered(c->owner->flow, r->tag, p);
}

static void ended(struct exchange_conn *c, enum tcp_end why, int64_t now_ps)
{
    struct rpc *rpc = (struct rpc *)c->owner;
    (void)now_ps;
    if (why != TCP_END_CLOSED || c->next < c->requests.n)
        flow_broken(c->owner->flow, exchange_break(why));
    exchange_lose(c, why);
    rpc->conn = NULL;
}

static void due(struct exchange *x, int64_t now_ps)
{
    struct rpc *rpc = (struct rpc *)x;
    const struct stream_traffic_options *o = exchange_options(x);
    if (!rpc->conn)
        rpc->conn = exchange_open(x, now_ps);
    exchange_ask(rpc->conn, (uint64_t)o->request_bytes, (uint64_t)o->size_bytes, flow_unit(x->flow),
                 now_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    static const struct exchange_app app = {.due = due,

                                            .answered = answered,
                                            .ended = ended};
    exchange_start(f, &app, now_ps);
}

const struct traffic_kind_ops traffic_rpc = {
    .name = "rpc", .client_size = sizeof(struct rpc), .start = start, EXCHANGE_HOOKS};
