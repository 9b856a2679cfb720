// SPDX-License-Identifier: GPL-3.0-or-later
// video: adaptive streaming over TCP or QUIC: videos one after another, their segments one by one on one
// connection, at rates that a player chooses (traffic/player.h). A unit is a request for a segment,
// answered by its first octet. An object is a video: its end is when the last picture was seen, its
// score the mean rate, and its stalls are told.
//
// A connection that breaks is opened again after RETRY, and the segment asked for anew.
#include "traffic/exchange.h"
#include "traffic/kinds.h"
#include "traffic/player.h"

#include <math.h>

#define RETRY_PS PS_PER_S

enum { WAKE_ASK, WAKE_END, WAKE_BITS = 1 };

struct video {
    struct exchange x; // must stay first
    struct traffic_object object;
    struct player player;
    struct exchange_conn *conn; // NULL: none
    int rung;                   // of the segment that is asked for
    int64_t asked_ps;
    bool watching, asking;
};

static const struct video_options *options(const struct flow *f)
{
    return &f->is.options->video;
}

// A wake of a video that is over is in vain.
static void wake_later(struct video *v, int64_t at_ps, unsigned what)
{
    flow_wake(v->x.flow, at_ps, (uint64_t)v->object.number << WAKE_BITS | what);
}

static void ask(struct video *v, int64_t now_ps)
{
    const struct stream_traffic_options *o = exchange_options(&v->x);
    if (!v->conn)
        v->conn = exchange_open(&v->x, now_ps);
    v->asking = true;
    v->asked_ps = now_ps;
    exchange_ask(v->conn, (uint64_t)o->request_bytes, player_octets(&v->player, v->rung),
                 flow_unit(v->x.flow), now_ps);
    exchange_pump(&v->x, now_ps);
}

// The next segment, now or when there is room for it; or the end is waited for.
static void go_on(struct video *v, int64_t now_ps)
{
    int64_t ask_ps = now_ps;
    if (flow_over(v->x.flow, now_ps))
        return; // what is there is seen, and no more is asked for
    v->rung = player_next(&v->player, now_ps, &ask_ps);
    if (v->rung < 0)
        wake_later(v, player_end_ps(&v->player), WAKE_END);
    else if (ask_ps > now_ps)
        wake_later(v, ask_ps, WAKE_ASK);
    else
        ask(v, now_ps);
}

static void begin(struct video *v, int64_t now_ps)
{
    struct flow *f = v->x.flow;
    const struct video_options *o = options(f);
    struct player_options p = {.ladder_bps = o->ladder_bps,
                               .rungs = o->rungs,
                               .segment_ps = o->segment_ps,
                               .segments =
                                   (uint32_t)((o->length_ps + o->segment_ps - 1) / o->segment_ps),
                               .buffer_ps = o->buffer_ps,
                               .start_ps = o->start_ps};
    v->object = (struct traffic_object){.number = flow_object(f), .begun_ps = now_ps};
    v->watching = true;
    player_begin(&v->player, &p, now_ps);
    go_on(v, now_ps);
}

static void end(struct video *v, enum traffic_end how, int64_t now_ps)
{
    player_pass(&v->player, now_ps);
    v->watching = false;
    v->object.end = how;
    v->object.ended_ps = now_ps;
    v->object.octets = (uint64_t)(v->player.bits / 8 + 0.5);
    v->object.score = player_mean_bps(&v->player);
    v->object.stalled_ps = v->player.stalled_ps;
    v->object.stalls = v->player.stalls;
    flow_object_ended(v->x.flow, &v->object);
}

static void answered(struct exchange_conn *c, struct exchange_request *r, const struct packet *p,
                     int64_t now_ps)
{
    struct video *v = (struct video *)c->owner;
    (void)r, (void)p;
    v->asking = false;
    player_arrived(&v->player, v->rung, v->asked_ps, now_ps);
    go_on(v, now_ps);
}

static void ended(struct exchange_conn *c, enum tcp_end why, int64_t now_ps)
{
    struct video *v = (struct video *)c->owner;
    flow_broken(c->owner->flow, exchange_break(why));
    exchange_lose(c, why);
    v->conn = NULL;
    if (v->asking && v->watching)
        wake_later(v, now_ps + RETRY_PS, WAKE_ASK);
    v->asking = false;
}

static void due(struct exchange *x, int64_t now_ps)
{
    begin((struct video *)x, now_ps);
}

static void woken(struct exchange *x, uint64_t arg, int64_t now_ps)
{
    struct video *v = (struct video *)x;
    if (!v->watching || arg >> WAKE_BITS != v->object.number)
        return;
    if ((arg & 1) == WAKE_ASK) {
        if (!v->asking)
            go_on(v, now_ps);
        return;
    }
    end(v, TRAFFIC_END_OK, now_ps);
    if (!flow_over(x->flow, now_ps))
        begin(v, now_ps);
}

static void over(struct exchange *x, int64_t now_ps)
{
    struct video *v = (struct video *)x;
    int64_t stop_ps = x->flow->is.stop_ps;
    if (v->watching)
        end(v, TRAFFIC_END_UNFINISHED, now_ps < stop_ps ? now_ps : stop_ps);
}

static void start(struct flow *f, int64_t now_ps)
{
    static const struct exchange_app app = {.due = due,
                                            .woken = woken,
                                            .over = over,
                                            .begun = exchange_tell_begun,
                                            .answered = answered,
                                            .ended = ended};
    exchange_start(f, &app, now_ps);
}

const struct traffic_kind_ops traffic_video = {
    .name = "video", .client_size = sizeof(struct video), .start = start, EXCHANGE_HOOKS};
