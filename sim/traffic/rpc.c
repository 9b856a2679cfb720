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

static void begun(struct exchange_conn *c, struct exchange_request *r, const struct packet *p)
{
    (void)c, (void)r, (void)p;
}

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

static void tick(struct flow *f, int64_t now_ps)
{
    struct rpc *rpc = f->state;
    const struct stream_traffic_options *o = exchange_options(&rpc->x);
    if (rpc->x.stopped || flow_over(f, now_ps))
        return;
    flow_wake(f, now_ps + f->is.interval_ps, 0);
    if (!rpc->conn)
        rpc->conn = exchange_open(&rpc->x, now_ps);
    exchange_ask(rpc->conn, (uint64_t)o->request_bytes, (uint64_t)o->size_bytes, flow_unit(f),
                 now_ps);
    exchange_pump(&rpc->x, now_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    static const struct exchange_app app = {begun, answered, ended};
    struct rpc *rpc = f->state;
    exchange_init(&rpc->x, f, &app);
    tick(f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    tick(f, now_ps);
}

static void stop(struct flow *f, int64_t now_ps)
{
    struct rpc *rpc = f->state;
    (void)now_ps;
    exchange_stop(&rpc->x);
}

const struct traffic_kind_ops traffic_rpc = {.name = "rpc",
                                             .takes_copies = true,
                                             .client_size = sizeof(struct rpc),
                                             .server_size = sizeof(struct exchange_server),
                                             .start = start,
                                             .wake = wake,
                                             .at_client = exchange_at_client,
                                             .at_server = exchange_at_server,
                                             .dropped = exchange_dropped,
                                             .stop = stop};
