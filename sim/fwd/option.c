// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/option.h"

#include "fwd/headers.h"

// Types (RFC 791 §3.1).
enum {
    TYPE_END = 0,
    TYPE_NOOP = 1,
    TYPE_ROUTE = 7,
    TYPE_STAMP = 68,
    TYPE_LOOSE = 131,
    TYPE_STRICT = 137,
    TYPE_ALERT = 148,
    TYPE_COPIED = 128 // bit: goes into every piece
};

// Octets of an option.
enum { LENGTH = 1, POINTER = 2, FLAGS = 3 };
#define ROUTE_FIRST 4 // lowest pointers
#define STAMP_FIRST 5

// Flags of a timestamp, and the counter of those that had no room beside them.
enum { STAMP_ONLY = 0, STAMP_ADDRESS = 1, STAMP_GIVEN = 3, STAMP_FLAGS = 15, STAMP_MISSED = 16 };

#define PS_PER_MS  INT64_C(1000000000)
#define MS_PER_DAY 86400000

struct scan {
    uint8_t *h;
    const struct option_here *here;
    struct option_due *due;
    uint8_t route, stamp; // offsets of the first ones; 0: none yet
    bool source_route;
};

static uint32_t time_of_day(int64_t now_ps)
{
    int64_t ms = now_ps / PS_PER_MS % MS_PER_DAY;
    return (uint32_t)(ms < 0 ? ms + MS_PER_DAY : ms);
}

// Whether a timestamp with given addresses is for this router: also when the address is nobody's,
// everybody's, or one that every node has within itself (RFC 1122 §3.2.1.3 (g)), as Linux.
static bool is_meant(const struct option_here *here, const uint8_t *address)
{
    ip4_addr a = be32_get(address);
    return a == 0 || a >> 24 == 127 || a >> 28 == 14 || a == UINT32_MAX ||
           here->is_local(here->who, a);
}

// The next three return the offset of the wrong octet, or 0. `at` is that of the option, whose
// length fits into the header.

static unsigned source_route(struct scan *s, unsigned at)
{
    const uint8_t *o = s->h + at;
    if (o[LENGTH] < 3)
        return at + LENGTH;
    if (o[POINTER] < ROUTE_FIRST)
        return at + POINTER;
    if (s->source_route) // RFC 1812 §5.3.13.4: at most one
        return at;
    s->source_route = true;
    return 0;
}

static unsigned record_route(struct scan *s, unsigned at)
{
    uint8_t *o = s->h + at;
    if (s->route) // at most once (RFC 791)
        return at;
    if (o[LENGTH] < 3)
        return at + LENGTH;
    if (o[POINTER] < ROUTE_FIRST)
        return at + POINTER;
    unsigned entry = o[POINTER] - 1u;
    if (o[POINTER] <= o[LENGTH]) {
        if (entry + 4 > o[LENGTH])
            return at + POINTER;
        be32_put(o + entry, s->here->address);
        o[POINTER] = (uint8_t)(o[POINTER] + 4);
        s->due->route = (uint8_t)(at + entry);
        s->due->changed = true;
    }
    s->route = (uint8_t)at;
    return 0;
}

static unsigned stamp(struct scan *s, unsigned at)
{
    uint8_t *o = s->h + at;
    unsigned entry = o[POINTER] - 1u;
    if (entry + 4 > o[LENGTH])
        return at + POINTER;
    unsigned size = 4;
    switch (o[FLAGS] & STAMP_FLAGS) {
    case STAMP_ONLY:
        break;
    case STAMP_ADDRESS:
    case STAMP_GIVEN:
        size = 8;
        if (entry + size > o[LENGTH])
            return at + POINTER;
        if ((o[FLAGS] & STAMP_FLAGS) == STAMP_ADDRESS)
            be32_put(o + entry, s->here->address);
        else if (!is_meant(s->here, o + entry))
            return 0; // for another one to fill in
        break;
    default: // not defined: passes as it is
        return 0;
    }
    be32_put(o + entry + size - 4, time_of_day(s->here->now_ps));
    o[POINTER] = (uint8_t)(o[POINTER] + size);
    s->due->changed = true;
    return 0;
}

static unsigned timestamp(struct scan *s, unsigned at)
{
    uint8_t *o = s->h + at;
    if (s->stamp)
        return at;
    if (o[LENGTH] < 4)
        return at + LENGTH;
    if (o[POINTER] < STAMP_FIRST)
        return at + POINTER;
    if (o[POINTER] <= o[LENGTH]) {
        unsigned wrong = stamp(s, at);
        if (wrong)
            return wrong;
    } else if ((o[FLAGS] & STAMP_FLAGS) != STAMP_GIVEN) {
        // Full. That of given addresses is not: the others were just not for this router.
        if (o[FLAGS] >= 15 * STAMP_MISSED)
            return at + FLAGS;
        o[FLAGS] = (uint8_t)(o[FLAGS] + STAMP_MISSED);
        s->due->changed = true;
    }
    s->stamp = (uint8_t)at;
    return 0;
}

static unsigned process(struct scan *s, unsigned at)
{
    switch (s->h[at]) {
    case TYPE_LOOSE:
    case TYPE_STRICT:
        return source_route(s, at);
    case TYPE_ROUTE:
        return record_route(s, at);
    case TYPE_STAMP:
        return timestamp(s, at);
    case TYPE_ALERT:
        return s->h[at + LENGTH] < 4 ? at + LENGTH : 0;
    default:
        return 0;
    }
}

// What follows the end of the list is cleared, as Linux does.
static void clear(struct scan *s, unsigned from, size_t header_size)
{
    for (size_t i = from; i < header_size; i++) {
        s->due->changed |= s->h[i] != TYPE_END;
        s->h[i] = TYPE_END;
    }
}

// Length of the option at `at`, 1 for those of one octet; 0 when it is malformed.
static unsigned length_of(const uint8_t *h, unsigned at, size_t header_size)
{
    if (h[at] <= TYPE_NOOP)
        return 1;
    if (at + LENGTH >= header_size || h[at + LENGTH] < 2 || at + h[at + LENGTH] > header_size)
        return 0;
    return h[at + LENGTH];
}

enum fwd_drop option_receive(uint8_t *h, size_t header_size, const struct option_here *here,
                             struct option_due *due, uint8_t *pointer)
{
    struct scan s = {.h = h, .here = here, .due = due};
    *due = (struct option_due){0};
    *pointer = 0;
    unsigned length;
    for (unsigned at = IP4_HEADER; at < header_size; at += length) {
        if (h[at] == TYPE_END) {
            clear(&s, at, header_size);
            break;
        }
        length = length_of(h, at, header_size);
        unsigned wrong = length == 0 ? at : length == 1 ? 0 : process(&s, at);
        if (wrong) {
            *pointer = (uint8_t)wrong;
            return FWD_DROP_BAD_OPTION;
        }
    }
    return s.source_route ? FWD_DROP_BAD_OPTION : FWD_DROP_NONE;
}

void option_forward(uint8_t *h, size_t header_size, const struct option_due *due, ip4_addr leaving)
{
    if (due->route && leaving)
        be32_put(h + due->route, leaving);
    if (!due->changed)
        return;
    memset(h + IP4_CHECKSUM, 0, 2);
    checksum_store(h + IP4_CHECKSUM, checksum_add(0, h, header_size));
}

// Adds the way back to a record route; false when there is part of an entry left.
static bool echo_route(uint8_t *o, const struct option_here *here)
{
    if (o[POINTER] > o[LENGTH])
        return true;
    unsigned entry = o[POINTER] - 1u;
    if (entry + 4 > o[LENGTH])
        return false;
    be32_put(o + entry, here->address);
    o[POINTER] = (uint8_t)(o[POINTER] + 4);
    return true;
}

static bool echo_timestamp(uint8_t *o, const struct option_here *here)
{
    if (o[POINTER] > o[LENGTH])
        return true;
    unsigned entry = o[POINTER] - 1u, room = o[LENGTH] - entry;
    unsigned size = 4;
    switch (o[FLAGS] & STAMP_FLAGS) {
    case STAMP_ONLY:
        if (room < size)
            return false;
        break;
    case STAMP_ADDRESS:
        size = 8;
        if (room < size)
            return false;
        be32_put(o + entry, here->address);
        break;
    case STAMP_GIVEN:
        size = 8;
        if (room < 4)
            return false;
        if (room < size || !is_meant(here, o + entry))
            return true;
        break;
    default:
        return true;
    }
    be32_put(o + entry + size - 4, time_of_day(here->now_ps));
    o[POINTER] = (uint8_t)(o[POINTER] + size);
    return true;
}

int option_echo(const uint8_t *h, size_t header_size, const struct option_here *here, uint8_t fault,
                uint8_t out[OPTION_BYTES])
{
    unsigned route = 0, stamped = 0, length;
    for (unsigned at = IP4_HEADER; at < header_size && h[at] != TYPE_END; at += length) {
        length = length_of(h, at, header_size);
        if (length == 0 || (fault >= at && fault < at + length))
            break;
        // The lower bounds hold where option_receive() was; nobody else's packet may do harm.
        if (h[at] == TYPE_ROUTE && length >= 3 && h[at + POINTER] >= ROUTE_FIRST)
            route = at;
        else if (h[at] == TYPE_STAMP && length >= 4 && h[at + POINTER] >= STAMP_FIRST)
            stamped = at;
    }
    unsigned size = 0;
    if (route) {
        memcpy(out, h + route, h[route + LENGTH]);
        if (!echo_route(out, here))
            return -1;
        size = h[route + LENGTH];
    }
    if (stamped) {
        memcpy(out + size, h + stamped, h[stamped + LENGTH]);
        if (!echo_timestamp(out + size, here))
            return -1;
        size += h[stamped + LENGTH];
    }
    while (size % 4)
        out[size++] = TYPE_END;
    return (int)size;
}

void option_strip(uint8_t *h, size_t header_size)
{
    unsigned length;
    for (unsigned at = IP4_HEADER; at < header_size && h[at] != TYPE_END; at += length) {
        length = length_of(h, at, header_size);
        if (length == 0)
            return;
        if (!(h[at] & TYPE_COPIED))
            memset(h + at, TYPE_NOOP, length);
    }
}
