// SPDX-License-Identifier: GPL-3.0-or-later
// hexbytes: packets written as hexadecimal digits, for tests that compare bytes.
#ifndef ANYSIM_TESTS_FWD_HEXBYTES_H
#define ANYSIM_TESTS_FWD_HEXBYTES_H

#include "fixture.h"
#include <stdlib.h>

#define HEX_MAX 2048

struct hexbytes {
    size_t size;
    uint8_t bytes[HEX_MAX];
};

static inline struct hexbytes hex(const char *text)
{
    struct hexbytes b = {0};
    for (; text[0]; text += 2) {
        if (text[0] == ' ')
            text++;
        unsigned value;
        if (sscanf(text, "%2x", &value) != 1 || b.size == HEX_MAX)
            abort();
        b.bytes[b.size++] = (uint8_t)value;
    }
    return b;
}

static inline void packet_of(struct packet *p, const char *text)
{
    struct hexbytes b = hex(text);
    packet_init(p, PACKET_BYTES);
    packet_load(p, b.bytes, b.size, (uint32_t)b.size);
}

// Whether the packet is these bytes; prints it when not.
static inline bool packet_is(const struct packet *p, const char *text)
{
    struct hexbytes b = hex(text);
    if (p->length == b.size && p->captured == b.size && !memcmp(packet_view(p), b.bytes, b.size))
        return true;
    printf("\n    wanted %s\n    got    ", text);
    for (uint32_t i = 0; i < p->captured; i++)
        printf("%02x", packet_view(p)[i]);
    printf(" of %u bytes\n", p->length);
    return false;
}

// A copy that ends where its memory ends, so that a reader who goes on is caught by the sanitizer.
static inline uint8_t *exact_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    return copy;
}

// A packet of these bytes, the last of which is the last of its memory. Release with free().
static inline struct packet *packet_at_end(const uint8_t *bytes, uint32_t stored, uint32_t length)
{
    struct packet *p = malloc(packet_bytes(PACKET_BYTES + stored));
    if (!p)
        abort();
    packet_init(p, PACKET_BYTES + stored);
    packet_load(p, bytes, 0, length);
    p->offset = PACKET_BYTES;
    p->captured = stored;
    memcpy(packet_data(p), bytes, stored);
    return p;
}

#endif
