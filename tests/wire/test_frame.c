// SPDX-License-Identifier: GPL-3.0-or-later
// Link-layer headers from hand-made bytes, and every way in which they can end too early.
#include "unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t me[6] = {2, 0, 0, 0, 0, 1}, you[6] = {2, 0, 0, 0, 0, 2};

// Decodes from memory of exactly `n` bytes, so that a sanitiser sees a read past the end.
static enum frame_result decode(enum frame_link link, const uint8_t *bytes, size_t n,
                                struct frame *f)
{
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    enum frame_result result = frame_decode(link, copy, n, f);
    free(copy);
    return result;
}

// A whole header decodes; cut anywhere before its end it is truncated.
static void ends_where_it_should(enum frame_link link, const uint8_t *bytes, size_t header)
{
    struct frame f;
    for (size_t n = 0; n < header; n++)
        CU_ASSERT_EQUAL(decode(link, bytes, n, &f), FRAME_TRUNCATED);
    CU_ASSERT_EQUAL(decode(link, bytes, header, &f), FRAME_OK);
    CU_ASSERT_EQUAL(f.offset, header);
}

static void ethernet(void)
{
    uint8_t b[20] = {0};
    struct frame f;
    frame_write_ethernet(b, you, me, FRAME_TYPE_IP6);
    ends_where_it_should(FRAME_LINK_ETHERNET, b, 14);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_ETHERNET, b, sizeof b, &f), FRAME_OK);
    CU_ASSERT_EQUAL(f.ethertype, 0x86dd);
    CU_ASSERT(f.has_src && f.has_dst && !memcmp(f.dst, you, 6) && !memcmp(f.src, me, 6));
    CU_ASSERT_EQUAL(f.cast, FRAME_CAST_UNICAST);
    CU_ASSERT_EQUAL(f.tags, 0);
    b[0] = 0x33;
    decode(FRAME_LINK_ETHERNET, b, sizeof b, &f);
    CU_ASSERT_EQUAL(f.cast, FRAME_CAST_MULTICAST);
    memset(b, 0xff, 6);
    decode(FRAME_LINK_ETHERNET, b, sizeof b, &f);
    CU_ASSERT_EQUAL(f.cast, FRAME_CAST_BROADCAST);
    b[12] = 0;
    b[13] = 60; // a length: 802.3
    CU_ASSERT_EQUAL(decode(FRAME_LINK_ETHERNET, b, sizeof b, &f), FRAME_LENGTH);
}

static void vlan_tags(void)
{
    // 802.1ad tag 5 outside, 802.1Q tag 0x6064 (priority 3, number 100) inside.
    uint8_t b[26] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 5, 0x81, 0, 0x60, 0x64, 8};
    struct frame f;
    ends_where_it_should(FRAME_LINK_ETHERNET, b, 22);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_ETHERNET, b, 22, &f), FRAME_OK);
    CU_ASSERT_EQUAL(f.ethertype, 0x0800);
    CU_ASSERT_EQUAL(f.tags, 2);
    CU_ASSERT(f.tag_type[0] == 0x88a8 && f.tag_control[0] == 5);
    CU_ASSERT(f.tag_type[1] == 0x8100 && f.tag_control[1] == 0x6064);
    b[20] = 0x81;
    b[21] = 0; // a third one
    CU_ASSERT_EQUAL(decode(FRAME_LINK_ETHERNET, b, sizeof b, &f), FRAME_TAGGED);
}

static void raw_ip(void)
{
    struct frame f;
    CU_ASSERT_EQUAL(decode(FRAME_LINK_IP, (const uint8_t *)"\x45", 1, &f), FRAME_OK);
    CU_ASSERT(f.ethertype == 0x0800 && f.offset == 0 && f.cast == FRAME_CAST_UNKNOWN);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_IP, (const uint8_t *)"\x60", 1, &f), FRAME_OK);
    CU_ASSERT_EQUAL(f.ethertype, 0x86dd);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_IP, (const uint8_t *)"\x50", 1, &f), FRAME_UNKNOWN);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_IP, (const uint8_t *)"", 0, &f), FRAME_TRUNCATED);
}

static void cooked(void)
{
    uint8_t sll[] = {0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0};
    uint8_t sll2[] = {0x86, 0xdd, 0, 0, 0, 0, 0, 7, 0, 1, 3, 6, 2, 0, 0, 0, 0, 1, 0, 0};
    struct frame f;
    ends_where_it_should(FRAME_LINK_SLL, sll, 16);
    decode(FRAME_LINK_SLL, sll, sizeof sll, &f);
    CU_ASSERT(f.ethertype == 0x0800 && f.cast == FRAME_CAST_OUTGOING);
    CU_ASSERT(f.has_src && !f.has_dst && !memcmp(f.src, me, 6));
    sll[5] = 4; // not an Ethernet address
    sll[1] = 9; // no kind of packet
    decode(FRAME_LINK_SLL, sll, sizeof sll, &f);
    CU_ASSERT(!f.has_src && f.cast == FRAME_CAST_UNKNOWN);
    ends_where_it_should(FRAME_LINK_SLL2, sll2, 20);
    decode(FRAME_LINK_SLL2, sll2, sizeof sll2, &f);
    CU_ASSERT(f.ethertype == 0x86dd && f.cast == FRAME_CAST_OTHER && f.has_src);
}

static void loopback(void)
{
    const uint8_t little[] = {30, 0, 0, 0}, big[] = {0, 0, 0, 2}, apple[] = {7, 0, 0, 0};
    struct frame f;
    ends_where_it_should(FRAME_LINK_LOOPBACK, little, 4);
    ends_where_it_should(FRAME_LINK_LOOPBACK, big, 4);
    decode(FRAME_LINK_LOOPBACK, little, 4, &f);
    CU_ASSERT_EQUAL(f.ethertype, 0x86dd);
    decode(FRAME_LINK_LOOPBACK, big, 4, &f);
    CU_ASSERT_EQUAL(f.ethertype, 0x0800);
    CU_ASSERT_EQUAL(decode(FRAME_LINK_LOOPBACK, apple, 4, &f), FRAME_UNKNOWN);
}

static void hdlc(void)
{
    const uint8_t b[] = {0x0f, 0, 8, 0, 0x45};
    struct frame f;
    ends_where_it_should(FRAME_LINK_HDLC, b, 4);
    decode(FRAME_LINK_HDLC, b, 4, &f);
    CU_ASSERT(f.ethertype == 0x0800 && f.cast == FRAME_CAST_UNICAST);
}

static void stations(void)
{
    CU_ASSERT(frame_mac_is_station((const uint8_t[6]){2, 0, 0, 0, 0, 1}));
    CU_ASSERT(!frame_mac_is_station((const uint8_t[6]){0}));
    CU_ASSERT(!frame_mac_is_station((const uint8_t[6]){1, 0, 0x5e, 0, 0, 1}));
}

UNIT_MAIN("frame", {"ethernet", ethernet}, {"vlan_tags", vlan_tags}, {"raw_ip", raw_ip},
          {"cooked", cooked}, {"loopback", loopback}, {"hdlc", hdlc}, {"stations", stations})
