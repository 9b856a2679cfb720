// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the whole pipeline, every feature on: the input is the seed of a node (8 bytes) and
// a story of datagrams and frames that come in or are the node's own, answers to what it sent,
// complaints about it, changes of what it does, and time passing. Everything that twins.h checks
// must hold after each.
//
// A step is three bytes, see below, and for datagrams and frames two of length and so many bytes.
#include "fwd/twins.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEED = 8, STEP = 3, LENGTH = 2, STEPS_MAX = 64 };

// The first byte.
enum {
    STEP_ACTION = 7,     // bits
    STEP_BATCH = 8,      // goes with the next in one batch
    STEP_HOST = 16,      // the node's own
    STEP_MEND = 32,      // lengths and checksums are put right, which no fuzzer finds
    STEP_WRAP_SHIFT = 6, // tunnels to put it into, 0..3
    STEP_INTERFACE = 7,  // of the third byte; the rest: bytes that are not stored,
    STEP_UNIT = 50       // in so many
};

enum action { DATAGRAM, FRAME, ANSWER, COMPLAINT, CHANGE, ACTIONS };

struct story {
    const uint8_t *at, *end;
    struct twins *t;
    unsigned waiting; // packets of the next batch
};

static const uint8_t *take(struct story *s, size_t size)
{
    const uint8_t *at = s->at;
    if ((size_t)(s->end - at) < size)
        return NULL;
    s->at += size;
    return at;
}

// Up to nine minutes: the lower half counts picoseconds, or eight, or sixty-four of them, ….
static int64_t time_of(uint8_t byte)
{
    return (int64_t)(byte & 15) << 3 * (byte >> 4);
}

// The datagram in what follows, whole or behind a link-layer header.
static bool read_datagram(struct story *s, struct packet *p, bool frame, uint32_t more)
{
    const uint8_t *head = take(s, LENGTH);
    size_t size = head ? be16_get(head) : 0;
    if ((size_t)(s->end - s->at) < size)
        size = (size_t)(s->end - s->at);
    const uint8_t *bytes = take(s, size);
    struct frame f = {.offset = 0};
    if (!head || !bytes)
        return false;
    if (frame && frame_decode(FRAME_LINK_ETHERNET, bytes, size, &f) != FRAME_OK)
        return false;
    size -= f.offset;
    packet_load(p, bytes + f.offset, size, (uint32_t)size + more);
    return true;
}

static void send(struct story *s, uint8_t what, uint8_t where)
{
    s->waiting++;
    if (what & STEP_HOST)
        twins_originate(s->t, s->waiting);
    else if (what & STEP_BATCH && s->waiting < TWINS_BATCH)
        return;
    else
        twins_receive(s->t, s->waiting, (where & STEP_INTERFACE) % (EVERYTHING_INTERFACES + 1));
    s->waiting = 0;
}

static bool step(struct story *s)
{
    const uint8_t *b = take(s, STEP);
    if (!b)
        return false;
    struct twins *t = s->t;
    struct packet *p = twins_packet(t, s->waiting);
    unsigned action = (b[0] & STEP_ACTION) % ACTIONS;
    bool made = false;
    t->now_ps += time_of(b[1]);
    switch (action) {
    case ANSWER:
        made = anypacket_answer(&t->packets, p);
        break;
    case COMPLAINT:
        made = anypacket_complain(&t->packets, p);
        break;
    case CHANGE:
        twins_change(t);
        break;
    default:
        made = read_datagram(s, p, action == FRAME, (uint32_t)(b[2] / 8 * STEP_UNIT));
        break;
    }
    if (!made)
        return action != DATAGRAM;
    if (b[0] & STEP_MEND)
        anypacket_mend(packet_data(p), p->captured, p->length);
    p->depth = 0;
    if (p->captured >= IP6_HEADER)
        anypacket_wrap(&t->packets, p, b[0] >> STEP_WRAP_SHIFT);
    send(s, b[0], b[2]);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < SEED)
        return 0;
    struct story s = {.at = data + SEED, .end = data + size, .t = twins_new(be64_get(data))};
    for (int i = 0; i < STEPS_MAX && !s.t->wrong && step(&s); i++)
        ;
    twins_receive(s.t, s.waiting, 0);
    twins_compare(s.t);
    if (s.t->wrong) {
        fprintf(stderr, "pipeline: %s\n", s.t->wrong);
        abort();
    }
    twins_free(s.t);
    return 0;
}
