// SPDX-License-Identifier: GPL-3.0-or-later
// voip: telephone calls, one after another: RTP (RFC 3550) both ways, a frame each 20 ms (RFC 3551),
// and what they sound like. Each frame is a unit that goes one way; each call is an object, whose
// score is the mean opinion score of the worse of its two directions (E-model, traffic/emodel.h),
// from what a jitter buffer of fixed length plays in time (traffic/listener.h).
//
// The caller's frames carry the marker until it hears the other side: a server takes up a call with
// a marked frame only, so a call does not survive a move to a server that does not know it.
// Signalling is left out.
#include "fwd/headers.h"
#include "traffic/datagram.h"
#include "traffic/emodel.h"
#include "traffic/kinds.h"
#include "traffic/listener.h"
#include "traffic/streams.h"

#include <math.h>

#define VOIP_PORT   5004 // RTP, RFC 3551 §8
#define FRAME_PS    (20 * PS_PER_MS)
#define FRAME_TICKS 160 // of the 8 kHz clock
#define RTP_HEADER  12
#define RTP_MARKER  0x80

// Payload types: RFC 3551 table 4. Impairments: G.113 appendix I (G.711 with packet loss
// concealment; G.729A with voice activity detection). Look-ahead: G.729 §1.
static const struct {
    uint8_t type;
    uint32_t bytes; // of a frame
    double ie, bpl;
    int64_t ahead_ps;
} codecs[VOIP_CODECS] = {
    [VOIP_G711] = {0, 160, 0, 25.1, 0},
    [VOIP_G729] = {18, 20, 11, 19, 5 * PS_PER_MS},
};

struct voip_client {
    struct streams_client stream;
    struct listener ears[TRAFFIC_DIRECTIONS];
    struct traffic_object call;
};

static const struct voip_options *options(const struct flow *f)
{
    return &f->is.options->voip;
}

static struct streams_client *client(const struct flow *f)
{
    return &((struct voip_client *)f->state)->stream;
}

static int64_t down_ps(const struct flow *f)
{
    (void)f;
    return FRAME_PS;
}

// SSRCs of a flow: the client's of a call is its session, the server's that with the top bit.
static void write(const struct flow *f, enum traffic_direction d, const struct streams_head *h,
                  int64_t now_ps, struct packet *p)
{
    bool up = d == TRAFFIC_TO_SERVER;
    uint32_t bytes = codecs[options(f)->codec].bytes;
    uint8_t rtp[RTP_HEADER];
    (void)now_ps;
    rtp[0] = 0x80; // version 2
    rtp[1] = (uint8_t)(codecs[options(f)->codec].type | (h->join ? RTP_MARKER : 0));
    be16_put(rtp + 2, (uint16_t)h->number);
    be32_put(rtp + 4, h->number * FRAME_TICKS);
    be32_put(rtp + 8, h->session | (up ? 0 : 0x80000000u));
    struct datagram o = {.src = up ? f->is.client : h->server,
                         .dst = up ? h->server : f->is.client,
                         .sport = up ? f->port : VOIP_PORT,
                         .dport = up ? VOIP_PORT : f->port,
                         .length = PACKET_UDP_MIN + RTP_HEADER + bytes,
                         .ttl = FLOW_TTL};
    datagram_write(p, &o, rtp, sizeof rtp);
}

static bool read(const struct packet *p, struct streams_head *h)
{
    size_t stored;
    const uint8_t *rtp = datagram_payload(p, &stored);
    if (!rtp || stored < RTP_HEADER)
        return false;
    *h = (struct streams_head){.session = be32_get(rtp + 8) & 0x7fffffffu,
                               .number = be32_get(rtp + 4) / FRAME_TICKS,
                               .join = rtp[1] & RTP_MARKER};
    return true;
}

static void sent(struct flow *f, enum traffic_direction d, const struct streams_head *h,
                 int64_t now_ps)
{
    struct voip_client *c = f->state;
    if (h->number == 0)
        listener_spoken(&c->ears[d], now_ps);
}

static void arrived(struct flow *f, enum traffic_direction d, const struct streams_head *h,
                    int64_t now_ps)
{
    struct voip_client *c = f->state;
    listener_heard(&c->ears[d], h->number, now_ps);
    c->call.octets += codecs[options(f)->codec].bytes;
}

static void dial(struct flow *f, int64_t now_ps)
{
    struct voip_client *c = f->state;
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        listener_begin(&c->ears[d], FRAME_PS, options(f)->jitter_buffer_ps);
    c->call = (struct traffic_object){.number = flow_object(f), .begun_ps = now_ps};
}

static double mos(const struct flow *f, const struct listener *ear, int64_t now_ps)
{
    struct listener_score s = listener_score(ear, now_ps);
    enum voip_codec codec = options(f)->codec;
    if (s.due == 0)
        return emodel_mos(0); // silence
    struct emodel e = {       // A frame is sent when its last sample has been spoken.
                       .delay_ms = ps_to_ms(s.delay_ps + FRAME_PS + codecs[codec].ahead_ps),
                       .ie = codecs[codec].ie,
                       .bpl = codecs[codec].bpl,
                       .loss = (double)s.lost / s.due,
                       .burst = s.burst};
    return emodel_mos(emodel_r(&e));
}

static void hang_up(struct flow *f, enum traffic_end how, int64_t now_ps)
{
    struct voip_client *c = f->state;
    double up = mos(f, &c->ears[TRAFFIC_TO_SERVER], now_ps);
    double down = mos(f, &c->ears[TRAFFIC_TO_CLIENT], now_ps);
    c->call.end = how;
    c->call.ended_ps = now_ps;
    c->call.score = fmin(up, down);
    flow_object_ended(f, &c->call);
}

static void call_over(struct flow *f, enum traffic_end how, int64_t now_ps)
{
    hang_up(f, how, now_ps);
    dial(f, now_ps);
}

static const struct streams voice = {
    .is = {.write = write, .read = read, .sent = sent, .arrived = arrived, .ended = call_over},
    .down_ps = down_ps,
    .client = client};

static void start(struct flow *f, int64_t now_ps)
{
    dial(f, now_ps);
    streams_start(&voice, f, now_ps);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct voip_client *c = f->state;
    (void)arg;
    if (now_ps - c->call.begun_ps >= options(f)->call_ps)
        streams_renew(&voice, f, TRAFFIC_END_OK, now_ps);
    streams_wake(&voice, f, now_ps);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    streams_at_client(&voice, f, p, now_ps);
}

static void at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    streams_at_server(&voice, f, s, p, now_ps);
}

static void server_wake(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps)
{
    streams_server_wake(&voice, f, s, arg, now_ps);
}

// The last call is judged by what was due when the last frames were sent.
static void stop(struct flow *f, int64_t now_ps)
{
    struct voip_client *c = f->state;
    hang_up(f, TRAFFIC_END_UNFINISHED, now_ps < f->is.stop_ps ? now_ps : f->is.stop_ps);
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        listener_free(&c->ears[d]);
}

const struct traffic_kind_ops traffic_voip = {.name = "voip",
                                              .client_size = sizeof(struct voip_client),
                                              .server_size = sizeof(struct streams_server),
                                              .start = start,
                                              .wake = wake,
                                              .at_client = at_client,
                                              .at_server = at_server,
                                              .server_wake = server_wake,
                                              .dropped = streams_dropped,
                                              .stop = stop};
