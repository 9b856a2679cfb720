// SPDX-License-Identifier: GPL-3.0-or-later
// replay: the IPv4 datagrams of a capture, with its timing and its sizes, from the client to the
// server, whoever sent them to whom: addresses are rewritten, ports and flags stay. Of each the
// first REPLAY_STORED bytes are there, the rest are zeros; checksums are made right for that. Each
// is a unit that goes one way (an echo request comes back).
#include "fwd/headers.h"
#include "traffic/kinds.h"
#include "traffic/oneway.h"

struct replay {
    int64_t begun_ps; // when the first datagram of this round was sent
    uint32_t next;
};

static const struct replay_options *options(const struct flow *f)
{
    return &f->is.options->replay;
}

// Where the checksum stands after the transport header's start; 0: there is none.
static size_t checksum_at(uint8_t protocol)
{
    switch (protocol) {
    case PROTOCOL_TCP:
        return TCP_CHECKSUM;
    case PROTOCOL_UDP:
        return UDP_CHECKSUM;
    case PROTOCOL_ICMP:
        return ICMP_CHECKSUM;
    default:
        return 0;
    }
}

static void mend_transport(uint8_t *h, size_t header, size_t stored, uint32_t length)
{
    uint8_t protocol = h[IP4_PROTOCOL], *at = h + header;
    uint32_t size = length - (uint32_t)header;
    size_t check = checksum_at(protocol);
    uint8_t pseudo[4] = {0, protocol, (uint8_t)(size >> 8), (uint8_t)size};
    uint64_t sum = 0;
    if (check == 0)
        return;
    if (protocol == PROTOCOL_UDP)
        be16_put(at + UDP_LENGTH, (uint16_t)size);
    be16_put(at + check, 0);
    if (protocol != PROTOCOL_ICMP) {
        sum = checksum_add(sum, h + IP4_SRC, 8);
        sum = checksum_add(sum, pseudo, sizeof pseudo);
    }
    checksum_store(at + check, checksum_add(sum, at, stored - header));
    if (protocol == PROTOCOL_UDP && be16_get(at + check) == 0)
        be16_put(at + check, 0xffff); // zero would mean "no checksum"
}

static void rewrite(const struct flow *f, struct packet *p)
{
    uint8_t *h = packet_data(p);
    size_t header = (size_t)(h[0] & 15) * 4;
    be32_put(h + IP4_SRC, f->is.client);
    be32_put(h + IP4_DST, f->is.server);
    h[IP4_TTL] = FLOW_TTL;
    be16_put(h + IP4_CHECKSUM, 0);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, header));
    mend_transport(h, header, p->captured, p->length);
}

static int64_t due_ps(const struct flow *f, uint32_t i)
{
    const struct replay *r = f->state;
    return r->begun_ps + (int64_t)((double)options(f)->packets[i].at_ps / options(f)->speed + 0.5);
}

static void wake(struct flow *f, uint64_t arg, int64_t now_ps)
{
    const struct replay_options *o = options(f);
    struct replay *r = f->state;
    if (r->next == 0) // a capture is one conversation
        flow_resolve(f);
    const struct replay_packet *is = &o->packets[r->next++];
    (void)arg;
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    packet_load(p, is->bytes, is->stored, is->length);
    rewrite(f, p);
    p->seq = unit;
    flow_send(f, p);
    if (r->next == o->n && o->repeat) { // a nominal interval after the last
        r->next = 0;
        r->begun_ps = now_ps + f->is.interval_ps;
    }
    if (r->next < o->n && due_ps(f, r->next) < f->is.stop_ps)
        flow_wake(f, due_ps(f, r->next), 0);
}

static void start(struct flow *f, int64_t now_ps)
{
    ((struct replay *)f->state)->begun_ps = now_ps;
    wake(f, 0, now_ps);
}

static void at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    (void)now_ps;
    flow_answered(f, p->seq, p);
    flow_give(f, p);
}

const struct traffic_kind_ops traffic_replay = {.name = "replay",
                                                .client_size = sizeof(struct replay),
                                                .start = start,
                                                .wake = wake,
                                                .at_client = at_client,
                                                .at_server = oneway_at_server};
