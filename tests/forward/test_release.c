// SPDX-License-Identifier: GPL-3.0-or-later
// The queue of packets that shapers hold back, and the store of parcels.
#include "forward/release.h"
#include "unit.h"

#include <string.h>

static void leaves_in_order_of_time(void)
{
    struct release q = {0};
    struct parcels s;
    int64_t last_ps = 0;
    uint32_t state = 1, last_seq = 0;
    parcels_init(&s, 1500);
    CU_ASSERT_EQUAL(release_due_ps(&q), INT64_MAX);
    CU_ASSERT_PTR_NULL(release_take(&q, INT64_MAX)); // the end of time brings nothing
    for (uint32_t i = 0; i < 1000; i++) {
        struct parcel *p = parcel_take(&s);
        state = state * 1664525u + 1013904223u;
        p->packet.seq = i;
        p->r.release_ps = state >> 26; // many alike
        release_put(&q, p, p->r.release_ps);
    }
    for (int i = 0; i < 1000; i++) {
        int64_t due_ps = release_due_ps(&q);
        CU_ASSERT_PTR_NULL(release_take(&q, due_ps - 1));
        struct parcel *p = release_take(&q, due_ps);
        CU_ASSERT_PTR_NOT_NULL_FATAL(p);
        CU_ASSERT_EQUAL(p->r.release_ps, due_ps);
        CU_ASSERT(due_ps > last_ps || (due_ps == last_ps && (i == 0 || p->packet.seq > last_seq)));
        last_ps = due_ps;
        last_seq = p->packet.seq;
        parcel_give(&s, p);
    }
    CU_ASSERT_EQUAL(q.n, 0);
    release_free(&q);
    parcels_free(&s);
}

static void a_parcel_is_used_again(void)
{
    struct parcels s;
    parcels_init(&s, 9000);
    for (int i = 0; i < 100; i++) {
        struct parcel *a = parcel_take(&s), *b = parcel_take(&s);
        CU_ASSERT_PTR_EQUAL(parcel_of(&a->packet), a);
        CU_ASSERT_EQUAL((uintptr_t)&a->packet % 64, 0);
        CU_ASSERT(a->packet.room >= 9000 + PACKET_HEADROOM);
        parcel_give(&s, a);
        parcel_give(&s, b);
    }
    CU_ASSERT_EQUAL(s.made, 2);
    CU_ASSERT_EQUAL(s.taken, 0);
    parcels_free(&s);
}

static struct parcel *load(struct parcels *s, const uint8_t *bytes, uint32_t stored,
                           uint32_t length)
{
    struct parcel *p = parcel_take(s);
    parcel_load(p, bytes, stored, length);
    return p;
}

static void check_lengths(struct parcels *s, const uint8_t *bytes, uint32_t stored, uint32_t length,
                          uint32_t captured_then, uint32_t length_then)
{
    struct parcel *p = load(s, bytes, stored, length);
    CU_ASSERT_EQUAL(p->packet.captured, captured_then);
    CU_ASSERT_EQUAL(p->packet.length, length_then);
    parcel_give(s, p);
}

static void padding_is_cut_off(void)
{
    struct parcels s;
    uint8_t four[60] = {0x45, 0, 0, 28}, six[60] = {0x60, 0, 0, 0, 0, 8, 17};
    parcels_init(&s, 1500);
    check_lengths(&s, four, 46, 46, 28, 28);
    check_lengths(&s, four, 24, 46, 24, 28); // the capture kept less than the datagram
    check_lengths(&s, four, 20, 20, 20, 20); // it claims more than there is: for the core to judge
    check_lengths(&s, six, 60, 60, 48, 48);
    six[5] = 0;
    six[6] = 59; // no next header: nothing follows
    check_lengths(&s, six, 60, 60, 40, 40);
    six[6] = 0; // hop-by-hop options: may be a jumbogram, whose length is there
    check_lengths(&s, six, 60, 60, 60, 60);
    four[3] = 0; // segmentation offload leaves 0
    check_lengths(&s, four, 46, 46, 46, 46);
    check_lengths(&s, four, 3, 3, 3, 3);
    check_lengths(&s, four, 0, 0, 0, 0);
    parcels_free(&s);
}

UNIT_MAIN("release", {"leaves_in_order_of_time", leaves_in_order_of_time},
          {"a_parcel_is_used_again", a_parcel_is_used_again},
          {"padding_is_cut_off", padding_is_cut_off})
