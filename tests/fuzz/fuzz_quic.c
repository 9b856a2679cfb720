// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the QUIC-like transport: the first octet chooses, then come datagrams, each an octet of
// length, an octet of time, and so many octets as a peer may have written them. What is read must be
// written and read to the same again; an end must stay consistent and come to rest.
#include "fwd/headers.h"
#include "transport/quic.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUTPUT_MAX 4096

static void require(bool good)
{
    if (!good)
        abort();
}

static void drain(struct quic *q, int64_t now_ps)
{
    struct quic_datagram out, back;
    struct packet p;
    unsigned n = 0;
    packet_init(&p, PACKET_BYTES);
    while (quic_output(q, now_ps, &out)) {
        require(++n < OUTPUT_MAX);
        quic_datagram_write(&out, IP4(192, 0, 2, 1), IP4(198, 51, 100, 1), 64, &p);
        require(quic_datagram_read(&p, &back) && back.number == out.number &&
                back.nranges == out.nranges && back.has_data == out.has_data &&
                back.data.to == out.data.to && back.crypto.to == out.crypto.to);
    }
    require(q->in_flight < UINT64_C(1) << 40 && q->received <= q->limit);
    require(q->acknowledged <= q->data.written && q->data.next <= q->data.written);
}

static bool packet_of(struct packet *p, const uint8_t *bytes, size_t size)
{
    struct packet_udp u = {.src = 1,
                           .dst = 2,
                           .sport = 50000,
                           .dport = 443,
                           .ttl = 64,
                           .size = (uint32_t)size,
                           .bytes = bytes};
    if (size < QUIC_HEADER || size > 100)
        return false;
    u.sport = (uint16_t)(u.sport + (bytes[size - 1] & 1)); // it may come from elsewhere
    u.length = PACKET_UDP_MIN + (size > 90 ? 1200 : (uint32_t)size);
    packet_init(p, PACKET_BYTES);
    packet_build_udp_bytes(p, &u);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tcp_options o = tcp_usual;
    struct quic_datagram d;
    struct packet p;
    struct quic q;
    bool there = false;
    int64_t now_ps = 1;
    if (size < 1)
        return 0;
    o.delayed_ack_ps = data[0] & 1 ? 25000000000 : 0;
    if (data[0] & 2) {
        quic_connect(&q, &o, 50000, 7, data[0] & 4 ? 1000000000000 : 0, now_ps);
        quic_write(&q, 100000);
        drain(&q, now_ps);
        there = true;
    }
    for (size_t at = 1; at + 2 < size;) {
        size_t n = data[at];
        now_ps += (int64_t)data[at + 1] * data[at + 1] * 1000000000;
        at += 2;
        if (n > size - at)
            n = size - at;
        bool good = packet_of(&p, data + at, n) && quic_datagram_read(&p, &d);
        at += n;
        if (there && now_ps >= quic_deadline(&q))
            quic_tick(&q, now_ps);
        if (there)
            drain(&q, now_ps);
        if (good && there)
            quic_input(&q, &d, now_ps);
        else if (good && quic_accept(&q, &o, &d, 99, now_ps)) {
            there = true;
            quic_write(&q, 50000);
        }
        if (there)
            drain(&q, now_ps);
    }
    if (there)
        quic_free(&q);
    return 0;
}
