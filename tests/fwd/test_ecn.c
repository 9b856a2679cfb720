// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 6040 in full, both ways: every inner with every outer codepoint, through every kind of tunnel,
// over and of both IP versions. And the DSCP beside it, copied or fixed.
#include "tunnels.h"

enum { NOT = ECN_NOT, ECT1 = ECN_ECT1, ECT0 = ECN_ECT0, CE = ECN_CE, GONE = 9 };
// Figure 4's order of rows (inner) and columns (outer).
static const uint8_t order[4] = {NOT, ECT0, ECT1, CE};
static const uint8_t figure4[4][4] = {
    {NOT, NOT, NOT, GONE}, {ECT0, ECT0, ECT1, CE}, {ECT1, ECT1, ECT1, CE}, {CE, CE, CE, CE}};
// Figure 3, normal mode: what goes out, by the inner one in the same order.
static const uint8_t figure3[4] = {NOT, ECT0, ECT1, CE};

// The octet at a header, and its checksum.
static void set_octet(struct packet *p, uint8_t octet)
{
    uint8_t *h = packet_data(p);
    if (h[0] >> 4 == 4)
        ip4_set_tos(h, octet);
    else
        ip6_set_traffic_class(h, octet);
}

static void through(struct fwd_tunnel_options o, const char *inner, int i, int outer)
{
    struct packet *p = packet_new(), *before = packet_new();
    load_hex(p, inner);
    set_octet(p, (uint8_t)(0xb8 | order[i]));
    CU_ASSERT_EQUAL(push_into(p, &o), FWD_DROP_NONE);
    int dscp = o.dscp < 0 ? 0xb8 : o.dscp << 2;
    CU_ASSERT_EQUAL(ecn_octet(packet_data(p)), dscp | figure3[i]);
    set_octet(p, order[outer]); // the way may also change the DSCP
    memcpy(before, p, packet_bytes(ROOM));
    enum fwd_drop bad = pop_from(p, &o);
    if (figure4[i][outer] == GONE) {
        CU_ASSERT_EQUAL(bad, FWD_DROP_TUNNEL_BAD);
        CU_ASSERT(!memcmp(p, before, packet_bytes(ROOM)));
    } else {
        CU_ASSERT_EQUAL(bad, FWD_DROP_NONE);
        CU_ASSERT_EQUAL(ecn_octet(packet_data(p)), 0xb8 | figure4[i][outer]);
        set_octet(p, 0xb9); // as it was: nothing else may have changed
        CU_ASSERT(same_bytes(packet_data(p), inner));
    }
    free(p);
    free(before);
}

static void everywhere(int16_t dscp)
{
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++)
        for (int families = 0; families < 4; families++)
            for (int i = 0; i < 4; i++)
                for (int outer = 0; outer < 4; outer++) {
                    struct fwd_tunnel_options o = plain((enum fwd_tunnel)kind, families & 1);
                    o.dscp = dscp;
                    through(o, families & 2 ? INNER6 : INNER4, i, outer);
                }
}

static void copied(void)
{
    everywhere(-1);
}

static void fixed(void)
{
    everywhere(0);
    everywhere(63);
}

static void table(void)
{
    for (int i = 0; i < 4; i++)
        for (int outer = 0; outer < 4; outer++) {
            uint8_t wanted = figure4[i][outer] == GONE ? (uint8_t)ECN_DROP : figure4[i][outer];
            CU_ASSERT_EQUAL(ecn_out(order[i], order[outer]), wanted);
            CU_ASSERT_EQUAL(ecn_out(order[i] | 0xfc, order[outer] | 0xfc), wanted);
        }
}

UNIT_MAIN("ecn", {"table", table}, {"copied", copied}, {"fixed", fixed})
