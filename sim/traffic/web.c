// SPDX-License-Identifier: GPL-3.0-or-later
// web: a page and what it shows. A connection, the page itself; when that is there, its objects over
// up to `connections` connections, one request on each at a time (HTTP/1.1), or all at once on the one
// (HTTP/2, without its framing). A unit is a request, answered by its first octet; an object, in the
// sense of results, is the whole page: its time is the page-load time, opening included.
#include "traffic/exchange.h"
#include "traffic/kinds.h"

#include <math.h>

struct web {
    struct exchange x; // must stay first
    struct traffic_object page;
    int64_t asked, shown; // objects of this page
    bool busy, due;
};

static struct web *web_of(const struct exchange_conn *c)
{
    return (struct web *)c->owner;
}

static void ask_object(struct exchange_conn *c, int64_t now_ps)
{
    struct web *w = web_of(c);
    const struct stream_traffic_options *o = exchange_options(&w->x);
    w->asked++;
    exchange_ask(c, (uint64_t)o->request_bytes, (uint64_t)o->size_bytes, flow_unit(w->x.flow),
                 now_ps);
}

static void begin(struct web *w, int64_t now_ps)
{
    const struct stream_traffic_options *o = exchange_options(&w->x);
    struct flow *f = w->x.flow;
    w->due = false;
    w->busy = true;
    w->asked = w->shown = 0;
    w->page = (struct traffic_object){.number = flow_object(f), .begun_ps = now_ps, .score = NAN};
    struct exchange_conn *c = exchange_open(&w->x, now_ps);
    c->tag = w->page.number;
    exchange_ask(c, (uint64_t)o->request_bytes, (uint64_t)o->page_bytes, flow_unit(f), now_ps);
}

// The page is over in one way or another: its connections close, or are cut.
static void end(struct web *w, enum traffic_end how, int64_t now_ps)
{
    w->busy = false;
    w->page.end = how;
    w->page.ended_ps = now_ps;
    for (size_t i = 0; i < w->x.conns.n; i++) {
        struct exchange_conn *c = w->x.conns.v[i];
        if (c->tag != w->page.number)
            continue;
        w->page.octets += c->received;
        if (how == TRAFFIC_END_OK)
            exchange_close(c);
        else if (how != TRAFFIC_END_UNFINISHED)
            exchange_abort(c);
    }
    flow_object_ended(w->x.flow, &w->page);
}

// The page is here and names its objects.
static void fetch(struct web *w, struct exchange_conn *first, int64_t now_ps)
{
    const struct stream_traffic_options *o = exchange_options(&w->x);
    if (o->connections == 1) {
        while (w->asked < o->objects)
            ask_object(first, now_ps);
        return;
    }
    if (w->asked < o->objects)
        ask_object(first, now_ps);
    for (int64_t i = 1; i < o->connections && w->asked < o->objects; i++) {
        struct exchange_conn *c = exchange_open(&w->x, now_ps);
        c->tag = w->page.number;
        ask_object(c, now_ps);
    }
}

static void answered(struct exchange_conn *c, struct exchange_request *r, const struct packet *p,
                     int64_t now_ps)
{
    struct web *w = web_of(c);
    const struct stream_traffic_options *o = exchange_options(&w->x);
    (void)r, (void)p;
    if (!w->busy || c->tag != w->page.number)
        return;
    w->shown++; // the page itself counts too
    if (w->shown == 1)
        fetch(w, c, now_ps);
    else if (w->asked < o->objects)
        ask_object(c, now_ps);
    if (w->shown <= o->objects)
        return;
    end(w, TRAFFIC_END_OK, now_ps);
    if (w->due && !flow_over(w->x.flow, now_ps))
        begin(w, now_ps);
}

// One connection that breaks breaks the page.
static void ended(struct exchange_conn *c, enum tcp_end why, int64_t now_ps)
{
    struct web *w = web_of(c);
    if (!w->busy || c->tag != w->page.number)
        return;
    flow_broken(w->x.flow, exchange_break(why));
    for (size_t i = 0; i < w->x.conns.n; i++)
        if (w->x.conns.v[i]->tag == w->page.number)
            exchange_lose(w->x.conns.v[i], why);
    end(w, exchange_end(why), now_ps);
    w->due = false;
}

static void due(struct exchange *x, int64_t now_ps)
{
    struct web *w = (struct web *)x;
    w->due = true;
    if (!w->busy)
        begin(w, now_ps);
}

static void over(struct exchange *x, int64_t now_ps)
{
    struct web *w = (struct web *)x;
    if (w->busy)
        end(w, TRAFFIC_END_UNFINISHED, now_ps);
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

const struct traffic_kind_ops traffic_web = {
    .name = "web", .client_size = sizeof(struct web), .start = start, EXCHANGE_HOOKS};
