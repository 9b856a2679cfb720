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

static void begun(struct exchange_conn *c, struct exchange_request *r, const struct packet *p)
{
    r->told = true;
    flow_answered(c->owner->flow, r->tag, p);
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

static void tick(struct flow *f, int64_t now_ps)
{
    struct download *d = f->state;
    if (d->x.stopped || flow_over(f, now_ps))
        return;
    flow_wake(f, now_ps + f->is.interval_ps, 0);
    d->due = true;
    if (!d->conn)
        begin(d, now_ps);
    exchange_pump(&d->x, now_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    static const struct exchange_app app = {begun, answered, ended};
    struct download *d = f->state;
    exchange_init(&d->x, f, &app);
    tick(f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    (void)arg;
    tick(f, now_ps);
}

static void stop(struct flow *f, int64_t now_ps)
{
    struct download *d = f->state;
    if (d->conn)
        end(d, TRAFFIC_END_UNFINISHED, now_ps);
    exchange_stop(&d->x);
}

const struct traffic_kind_ops traffic_download = {.name = "download",
                                                  .takes_copies = true,
                                                  .client_size = sizeof(struct download),
                                                  .server_size = sizeof(struct exchange_server),
                                                  .start = start,
                                                  .wake = wake,
                                                  .at_client = exchange_at_client,
                                                  .at_server = exchange_at_server,
                                                  .dropped = exchange_dropped,
                                                  .stop = stop};
