// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/generate.h"

#include "wire/capture.h"

#include <stdio.h>
#include <string.h>

// How many of the packets outside tunnels are of a category, per hundred or so.
static const uint8_t shares[CATEGORY_CAPTURE] = {
    [CATEGORY_TRANSIT4] = 14, [CATEGORY_TTL4] = 4,       [CATEGORY_BROKEN4] = 6,
    [CATEGORY_OPTIONS4] = 12, [CATEGORY_FRAGMENT4] = 5,  [CATEGORY_BIG4] = 6,
    [CATEGORY_ROUTE4] = 5,    [CATEGORY_LOCAL4] = 6,     [CATEGORY_MARTIAN4] = 2,
    [CATEGORY_ERROR4] = 5,    [CATEGORY_TRANSIT6] = 12,  [CATEGORY_TTL6] = 4,
    [CATEGORY_BROKEN6] = 4,   [CATEGORY_EXTENSION6] = 6, [CATEGORY_FRAGMENT6] = 4,
    [CATEGORY_BIG6] = 4,      [CATEGORY_ROUTE6] = 5,     [CATEGORY_LOCAL6] = 6,
    [CATEGORY_MARTIAN6] = 2,  [CATEGORY_ERROR6] = 4};

#define TUNNELLED 5 // of that many packets two have to do with tunnels

struct out {
    struct capture_writer *writer;
    uint32_t number; // of the next packet
    uint32_t only;
    int64_t written;
};

static void write_frame(struct out *o, uint32_t number, unsigned category, const uint8_t *datagram,
                        uint32_t size, uint32_t padding)
{
    uint8_t frame[WORLD_FRAME + DRAFT_ROOM + 64] = {0};
    bool six = size ? datagram[0] >> 4 == 6 : false;
    // What is of neither version is sent as what it should have been.
    if (category >= CATEGORY_TRANSIT6 && category <= CATEGORY_ERROR6)
        six = true;
    if (category <= CATEGORY_ERROR4)
        six = false;
    world_write_ethernet(frame, category, six ? FRAME_TYPE_IP6 : FRAME_TYPE_IP4);
    memcpy(frame + WORLD_FRAME, datagram, size);
    uint32_t length = WORLD_FRAME + size + padding;
    // Far enough apart for a limit of a million ICMP errors a second.
    struct capture_frame f = {
        .at_ns = (int64_t)number * 2000, .bytes = frame, .stored = length, .length = length};
    if (o->only && o->only != number)
        return;
    capture_write(o->writer, &f);
    o->written++;
}

static unsigned choose(struct dice *d, const bool with[KINDS])
{
    unsigned kinds[KINDS], n = 0;
    for (unsigned i = 0; i < KINDS; i++)
        if (with[i])
            kinds[n++] = i;
    if (n && dice_below(d, TUNNELLED) < 2) {
        unsigned kind = kinds[dice_below(d, n)];
        // Only few into segments: Linux and the core differ about each (deviation.c).
        while ((kind == KIND_SRV6 || kind == KIND_SRV6_ONE) && n > 2 && !dice_once_in(d, 16))
            kind = kinds[dice_below(d, n)];
        bool into = kind < KIND_END && (kind >= KIND_SRV6_ONE || dice_once_in(d, 2));
        return (into ? CATEGORY_ENCAP : CATEGORY_DECAP) + kind;
    }
    uint32_t sum = 0, at;
    for (int i = 0; i < CATEGORY_CAPTURE; i++)
        sum += shares[i];
    at = dice_below(d, sum);
    unsigned category = 0;
    while (at >= shares[category])
        at -= shares[category++];
    return category;
}

static void one(struct out *o, const struct generate_options *g, uint32_t number)
{
    struct make m = {.number = number};
    dice_init(&m.dice, g->seed, number);
    unsigned category = choose(&m.dice, g->with);
    if (category >= CATEGORY_DECAP)
        make_decap(&m, category - CATEGORY_DECAP);
    else if (category >= CATEGORY_ENCAP)
        make_encap(&m, category - CATEGORY_ENCAP);
    else if (category >= CATEGORY_TRANSIT6)
        make_plain6(&m, category);
    else
        make_plain4(&m, category);
    write_frame(o, number, category, m.draft.at, m.draft.size, m.padding);
}

static void take(void *ctx, const uint8_t *datagram, uint32_t size)
{
    struct out *o = ctx;
    write_frame(o, o->number, CATEGORY_CAPTURE, datagram, size, 0);
    o->number++;
}

int64_t generate(const struct generate_options *o)
{
    struct capture_error why;
    struct out out = {.number = WORLD_MARKS, .only = o->only};
    out.writer = capture_create(o->out, FRAME_LINK_ETHERNET, &why);
    if (!out.writer) {
        fprintf(stderr, "kernel: %s\n", why.text);
        return -1;
    }
    while (out.number < WORLD_MARKS + o->count)
        one(&out, o, out.number++);
    if (o->folder && rewrite(o->folder, out.number, take, &out) < 0) {
        capture_abandon(out.writer);
        return -1;
    }
    if (!capture_finish(out.writer, &why)) {
        fprintf(stderr, "kernel: %s\n", why.text);
        return -1;
    }
    return out.written;
}
