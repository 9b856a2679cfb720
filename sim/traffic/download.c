// SPDX-License-Identifier: GPL-3.0-or-later
// download: a file, again and again: a connection, a request, the file, the end. A unit is a request,
// answered by the first octet of the file; an object is the file. One begins at the flow's interval,
// or, when the one before is still under way then, as soon as that has arrived.
#include "traffic/exchange.h"
#include "traffic/kinds.h"

#include <math.h>

struct download {
    struct exchange x; // must stay first
    struct traffic_object object;
    struct exchange_conn *conn; // NULL: none under way
    bool due;
};

static void begin(struct download *d, int64_t now_ps)
{
    const struct stream_traffic_options *o = exchange_options(&d->x);
    struct flow *f = d->x.flow;
    d->due = false;
    d->object = (struct traffic_object){.number = flow_object(f), .begun_ps = now_ps, .score = NAN};
    d->conn = exchange_open(&d->x, now_ps);
    exchange_ask(d->conn, (uint64_t)o->request_bytes, (uint64_t)o->size_bytes, flow_unit(f),
                 now_ps);
}

static void end(struct download *d, enum traffic_end how, int64_t now_ps)
{
    d->object.end = how;
    d->object.ended_ps = now_ps;
    d->object.octets = d->conn->received;
    d->conn = NULL;
    flow_object_ended(d->x.flow, &d->object);
}

static void answered(struct exchange_conn *c, struct exchange_request *r, const struct packet *p,
                     int64_t now_ps)
{
    struct download *d = (struct download *)c->owner;
    (void)r, (void)p;
    end(d, TRAFFIC_END_OK, now_ps);
    exchange_close(c);
    if (d->due && !flow_over(d->x.flow, now_ps))
        begin(d, now_ps);
}

// The next one begins at its time: whoever is refused does not ask again at once.
static void ended(struct exchange_conn *c, enum tcp_end why, int64_t now_ps)
{
    struct download *d = (struct download *)c->owner;
    flow_broken(c->owner->flow, exchange_break(why));
    exchange_lose(c, why);
    end(d, exchange_end(why), now_ps);
    d->due = false;
}

static void due(struct exchange *x, int64_t now_ps)
{
    struct download *d = (struct download *)x;
    d->due = true;
    if (!d->conn)
        begin(d, now_ps);
}

static void over(struct exchange *x, int64_t now_ps)
{
    struct download *d = (struct download *)x;
    if (d->conn)
        end(d, TRAFFIC_END_UNFINISHED, now_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    static const struct exchange_app app = {.due = due,
                                            .over = over,
                                            .begun = exchange_tell_begun,
                                            .answered = answered,
                                            .ended = ended};
    exchange_start(f, &app, now_ps);
}

const struct traffic_kind_ops traffic_download = {
    .name = "download", .client_size = sizeof(struct download), .start = start, EXCHANGE_HOOKS};
