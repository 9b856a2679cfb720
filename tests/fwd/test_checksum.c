// SPDX-License-Identifier: GPL-3.0-or-later
// The Internet checksum against the numbers in its RFCs, and the incremental form against the full.
#include "fixture.h"

static uint16_t checksum_of(const uint8_t *b, size_t size)
{
    uint8_t out[2];
    checksum_store(out, checksum_add(0, b, size));
    return be16_get(out);
}

static void rfc1071(void)
{
    // RFC 1071 §3: these bytes sum to ddf2.
    const uint8_t b[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    CU_ASSERT_EQUAL(checksum_of(b, sizeof b), 0xffff ^ 0xddf2);
    CU_ASSERT_EQUAL(checksum_of(b, 0), 0xffff);
    const uint8_t odd[] = {0x00, 0x01, 0xf2}; // as if a zero followed
    CU_ASSERT_EQUAL(checksum_of(odd, sizeof odd), 0xffff ^ 0xf201);
}

static void known_header(void)
{
    // The example header that textbooks use: its checksum is b861.
    const uint8_t h[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                         0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    CU_ASSERT(checksum_ok(checksum_add(0, h, sizeof h)));
    uint8_t broken[sizeof h];
    for (size_t bit = 0; bit < 8 * sizeof h; bit++) {
        memcpy(broken, h, sizeof h);
        broken[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_FALSE(checksum_ok(checksum_add(0, broken, sizeof h)));
    }
}

static void rfc1624(void)
{
    // RFC 1624 §4: equation 3 gives 0000 where equation 2 gave ffff.
    uint16_t obtained = checksum_update(0xdd2f, 0x5555, 0x3285);
    CU_ASSERT_EQUAL(obtained, 0x0000);
    printf("row 28: expected DD2F with 5555->3285 gives 0000, obtained %04X: %s\n", obtained,
           obtained == 0 ? "ok" : "FAIL");
}

static void incremental_is_full(void)
{
    struct random r = {1};
    unsigned wrong = 0;
    for (int i = 0; i < 100000; i++) {
        uint8_t b[20];
        for (size_t k = 0; k < sizeof b; k++)
            b[k] = (uint8_t)random_next(&r);
        be16_put(b + 10, 0);
        be16_put(b + 10, checksum_of(b, sizeof b));
        size_t at = 2 * random_below(&r, 5);
        uint16_t from = be16_get(b + at), to = (uint16_t)random_next(&r);
        be16_put(b + 10, checksum_update(be16_get(b + 10), from, to));
        be16_put(b + at, to);
        wrong += !checksum_ok(checksum_add(0, b, sizeof b));
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void ttl_and_tos(void)
{
    struct packet p;
    for (unsigned ttl = 255; ttl > 1; ttl--) {
        for (unsigned low = 0; low < 256; low += 5) {
            udp_packet(&p, IP4(192, 0, 2, 1), IP4(198, 51, 100, low), (uint8_t)ttl);
            ip4_decrement_ttl(packet_data(&p));
            CU_ASSERT_EQUAL(packet_ttl(&p), ttl - 1);
            CU_ASSERT(header_checksum_right(&p));
            ip4_set_tos(packet_data(&p), (uint8_t)(ttl ^ low));
            CU_ASSERT(header_checksum_right(&p));
        }
    }
}

UNIT_MAIN("checksum", {"rfc1071", rfc1071}, {"known-header", known_header}, {"rfc1624", rfc1624},
          {"incremental-is-full", incremental_is_full}, {"ttl-and-tos", ttl_and_tos})
