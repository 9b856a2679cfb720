// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/offline.h"

#include "base/arena.h"
#include "base/units.h"
#include "forward/drops.h"
#include "forward/relay.h"
#include "forward/release.h"
#include "fwd/headers6.h"
#include "wire/capture.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct offline {
    const struct config *config;
    const struct offline_options *options;
    struct totals *totals;
    struct relay relay;
    struct parcels parcels;
    struct release waiting;
    struct capture *in;
    struct capture_writer *out, *local;
    struct drops drops;
    bool started;
    int64_t first_ns; // when the first frame arrived
    int64_t now_ps;   // since then
    uint32_t number;  // of the frame at hand, from 1
    uint8_t *frame;   // room for one going out
};

// --- out

static const uint8_t *static_mac(const struct config_interface *f, struct ip6_addr a)
{
    for (int i = 0; i < f->nneighbours; i++)
        if (ip6_equal(f->neighbours[i].address, a))
            return f->neighbours[i].mac;
    return NULL;
}

static void write_ethernet(const struct offline *o, const struct parcel *p)
{
    const struct config_nexthop *hop = &o->config->nexthops[p->r.nexthop];
    const struct config_interface *f = &o->config->interfaces[p->r.out_if];
    struct ip6_addr to = ip6_is_zero(hop->via) ? ip_destination(packet_view(&p->packet)) : hop->via;
    const uint8_t *known = static_mac(f, to);
    uint8_t mac[FRAME_MAC];
    config_mac_of(to, mac);
    frame_write_ethernet(o->frame, known ? known : mac, f->mac,
                         frame_type_of(packet_view(&p->packet), p->packet.captured));
}

static void write_packet(struct offline *o, struct capture_writer *w, const struct packet *p,
                         uint32_t before, int64_t at_ps)
{
    struct capture_frame f = {.at_ns = o->first_ns + at_ps / PS_PER_NS,
                              .bytes = o->frame,
                              .stored = before + p->captured,
                              .length = before + p->length};
    memcpy(o->frame + before, packet_view(p), p->captured);
    capture_write(w, &f);
}

static void send(struct offline *o, struct parcel *p, int64_t at_ps)
{
    uint32_t before = o->options->raw ? 0 : FRAME_ETHERNET;
    if (o->out && before)
        write_ethernet(o, p);
    if (o->out)
        write_packet(o, o->out, &p->packet, before, at_ps);
    o->totals->written++;
    parcel_give(&o->parcels, p);
}

static void send_until(struct offline *o, int64_t until_ps)
{
    struct parcel *p;
    while ((p = release_take(&o->waiting, until_ps)))
        send(o, p, p->r.release_ps);
}

static void take_out(void *ctx, struct parcel *p, int64_t now_ps)
{
    struct offline *o = ctx;
    if (p->r.release_ps > now_ps) {
        o->totals->shaped++;
        release_put(&o->waiting, parcel_settle(&o->parcels, p), p->r.release_ps);
    } else {
        send(o, p, now_ps);
    }
}

static void take_local(void *ctx, struct parcel *p, int64_t now_ps)
{
    struct offline *o = ctx;
    if (o->local)
        write_packet(o, o->local, &p->packet, 0, now_ps);
    o->totals->host++;
    parcel_give(&o->parcels, p);
}

static void see_drop(void *ctx, const struct parcel *p, int64_t now_ps)
{
    struct offline *o = ctx;
    drops_row(&o->drops, p->packet.seq, o->first_ns + now_ps / PS_PER_NS, p->r.reason, &p->packet,
              0);
}

static const struct relay_ops ops = {take_out, take_local, see_drop};

// --- in

// Time goes on with the frame at hand, and never back.
static void advance(struct offline *o, int64_t at_ns)
{
    if (!o->started)
        o->first_ns = at_ns;
    o->started = true;
    int64_t ns = at_ns - o->first_ns, most_ns = INT64_MAX / PS_PER_NS; // 106 days
    if (ns <= 0)
        return; // however long before the first
    ns = ns < most_ns ? ns : most_ns;
    if (ns * PS_PER_NS > o->now_ps)
        o->now_ps = ns * PS_PER_NS;
}

static void refuse(struct offline *o, enum fwd_drop reason, uint32_t length)
{
    o->totals->refused[reason]++;
    drops_row(&o->drops, o->number, o->first_ns + o->now_ps / PS_PER_NS, reason, NULL, length);
}

static void take_in(struct offline *o, const struct capture_frame *f)
{
    struct frame h = {0};
    o->number++;
    o->totals->frames++;
    advance(o, f->at_ns);
    send_until(o, o->now_ps);
    enum frame_result result = frame_decode(capture_link(o->in), f->bytes, f->stored, &h);
    bool ip = h.ethertype == FRAME_TYPE_IP4 || h.ethertype == FRAME_TYPE_IP6;
    if (result == FRAME_TRUNCATED) {
        refuse(o, FWD_DROP_TRUNCATED, f->length);
    } else if (result != FRAME_OK || !ip) {
        refuse(o, FWD_DROP_NOT_IP, f->length);
    } else {
        struct parcel *p = parcel_take(&o->parcels);
        parcel_load(p, f->bytes + h.offset, f->stored - h.offset, f->length - h.offset);
        p->packet.seq = o->number;
        p->packet.kind = PARCEL_INPUT;
        p->packet.weight = 1;
        relay_receive(&o->relay, &p, 1, (uint32_t)o->options->interface, o->now_ps);
    }
}

static enum offline_status fail(char error[512], enum offline_status s, const char *path,
                                const char *why)
{
    snprintf(error, 512, "%s: %s", path, why);
    return s;
}

static struct capture_writer *create(const char *path, enum frame_link link, char error[512],
                                     bool *ok)
{
    struct capture_error why;
    struct capture_writer *w = path ? capture_create(path, link, &why) : NULL;
    if (path && !w) {
        snprintf(error, 512, "%s", why.text);
        *ok = false;
    }
    return w;
}

static enum offline_status open_all(struct offline *o, char error[512])
{
    const struct offline_options *p = o->options;
    struct capture_error why;
    bool ok = true;
    o->in = capture_open(p->in, &why);
    if (!o->in) {
        snprintf(error, 512, "%s", why.text);
        return why.missing ? OFFLINE_MISSING : OFFLINE_DAMAGED;
    }
    o->out = create(p->out, p->raw ? FRAME_LINK_IP : FRAME_LINK_ETHERNET, error, &ok);
    if (ok)
        o->local = create(p->local, FRAME_LINK_IP, error, &ok);
    if (ok && !drops_open(&o->drops, p->drops))
        return fail(error, OFFLINE_OUTPUT, p->drops, strerror(errno));
    return ok ? OFFLINE_GOOD : OFFLINE_OUTPUT;
}

static void abandon(struct offline *o)
{
    if (o->out)
        capture_abandon(o->out);
    if (o->local)
        capture_abandon(o->local);
    drops_abandon(&o->drops);
    o->out = o->local = NULL;
}

static bool finish(struct capture_writer **w, char error[512])
{
    struct capture_error why;
    bool ok = !*w || capture_finish(*w, &why);
    if (!ok)
        snprintf(error, 512, "%s", why.text);
    *w = NULL;
    return ok;
}

static bool flush(struct capture_writer *w, char error[512])
{
    struct capture_error why;
    bool ok = !w || capture_flush(w, &why);
    if (!ok)
        snprintf(error, 512, "%s", why.text);
    return ok;
}

// A disk that is full is found out before the first of the files gets its name.
static enum offline_status close_all(struct offline *o, char error[512])
{
    if (!flush(o->out, error) || !flush(o->local, error))
        return OFFLINE_OUTPUT;
    if (!drops_flush(&o->drops))
        return fail(error, OFFLINE_OUTPUT, o->options->drops, strerror(errno));
    if (!finish(&o->out, error) || !finish(&o->local, error))
        return OFFLINE_OUTPUT;
    if (!drops_close(&o->drops))
        return fail(error, OFFLINE_OUTPUT, o->options->drops, strerror(errno));
    return OFFLINE_GOOD;
}

static enum offline_status run(struct offline *o, char error[512])
{
    struct capture_frame f;
    int more;
    while ((more = capture_next(o->in, &f)) == 1)
        take_in(o, &f);
    send_until(o, INT64_MAX);
    o->totals->ended_ps = o->now_ps;
    if (more < 0) {
        snprintf(error, 512, "%s", capture_fault(o->in));
        return OFFLINE_DAMAGED;
    }
    return close_all(o, error);
}

enum offline_status offline_run(const struct config *c, const struct build *b,
                                const struct offline_options *options, struct totals *t,
                                char error[512])
{
    struct offline o = {.config = c, .options = options, .totals = t};
    *t = (struct totals){.mode = "pcap"};
    parcels_init(&o.parcels, PARCEL_DATAGRAM);
    o.relay = (struct relay){b->node, &o.parcels, &ops, &o};
    o.frame = xmalloc(FRAME_ETHERNET + o.parcels.room);
    enum offline_status s = open_all(&o, error);
    if (s == OFFLINE_GOOD)
        s = run(&o, error);
    if (s != OFFLINE_GOOD)
        abandon(&o);
    if (o.in)
        capture_close(o.in);
    release_free(&o.waiting);
    parcels_free(&o.parcels);
    free(o.frame);
    return s;
}
