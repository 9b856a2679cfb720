// SPDX-License-Identifier: GPL-3.0-or-later
// octets: reading and writing fields in network byte order within bounds.
//
// A reader that is asked for more than is left, and a writer for more than fits, fails and stays so:
// readers then give zeros. So a parser checks once, at the end of what belongs together.
#ifndef ANYSIM_BASE_OCTETS_H
#define ANYSIM_BASE_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct octets_in {
    const uint8_t *at, *end;
    bool failed;
};

// `bytes` may be NULL when `n` is 0.
static inline struct octets_in octets_in(const void *bytes, size_t n)
{
    const uint8_t *b = (const uint8_t *)(bytes ? bytes : "");
    return (struct octets_in){b, b + n, false};
}

static inline size_t octets_left(const struct octets_in *in)
{
    return (size_t)(in->end - in->at);
}

// The next `n` octets, in place; NULL when there are not so many.
static inline const uint8_t *octets_take(struct octets_in *in, size_t n)
{
    if (octets_left(in) < n) {
        in->at = in->end;
        in->failed = true;
        return NULL;
    }
    in->at += n;
    return in->at - n;
}

// A reader of the next `n` octets alone.
static inline struct octets_in octets_part(struct octets_in *in, size_t n)
{
    const uint8_t *b = octets_take(in, n);
    struct octets_in part = octets_in(b, b ? n : 0);
    part.failed = !b;
    return part;
}

static inline uint64_t octets_get(struct octets_in *in, size_t n)
{
    const uint8_t *b = octets_take(in, n);
    uint64_t v = 0;
    for (size_t i = 0; b && i < n; i++)
        v = v << 8 | b[i];
    return v;
}

static inline uint8_t octets_get8(struct octets_in *in)
{
    return (uint8_t)octets_get(in, 1);
}

static inline uint16_t octets_get16(struct octets_in *in)
{
    return (uint16_t)octets_get(in, 2);
}

static inline uint32_t octets_get32(struct octets_in *in)
{
    return (uint32_t)octets_get(in, 4);
}

struct octets_out {
    uint8_t *start, *at, *end;
    bool failed;
};

static inline struct octets_out octets_out(void *bytes, size_t n)
{
    uint8_t *b = (uint8_t *)bytes;
    return (struct octets_out){b, b, b + n, false};
}

static inline size_t octets_written(const struct octets_out *out)
{
    return (size_t)(out->at - out->start);
}

// Room for `n` octets that the caller fills; NULL when they do not fit.
static inline uint8_t *octets_room(struct octets_out *out, size_t n)
{
    if (out->failed || (size_t)(out->end - out->at) < n) {
        out->failed = true;
        return NULL;
    }
    out->at += n;
    return out->at - n;
}

static inline void octets_set(uint8_t *b, uint64_t v, size_t n)
{
    for (size_t i = n; i-- > 0; v >>= 8)
        b[i] = (uint8_t)v;
}

static inline void octets_put(struct octets_out *out, uint64_t v, size_t n)
{
    uint8_t *b = octets_room(out, n);
    if (b)
        octets_set(b, v, n);
}

static inline void octets_copy(struct octets_out *out, const void *bytes, size_t n)
{
    uint8_t *b = octets_room(out, n);
    if (b && n)
        memcpy(b, bytes, n);
}

// Writes how many octets have followed the field of `n` octets at `field` (NULL: nothing).
static inline void octets_set_length(const struct octets_out *out, uint8_t *field, size_t n)
{
    if (field && !out->failed)
        octets_set(field, (uint64_t)(out->at - field) - n, n);
}

#endif
