// SPDX-License-Identifier: GPL-3.0-or-later
// Capabilities: what options offer, what two offers come to, which roles go together.
#include "unit.h"

#include "bgp/capability.h"
#include "base/units.h"
#include "bgp/message.h"

static struct bgp_negotiated agree(const struct bgp_peer_options *a,
                                   const struct bgp_peer_options *z)
{
    struct bgp_capabilities ours = bgp_capabilities_offer(a, false, false);
    struct bgp_capabilities theirs = bgp_capabilities_offer(z, false, false);
    return bgp_capabilities_negotiate(&ours, &theirs);
}

static void defaults_are_modest(void)
{
    struct bgp_peer_options o = {0};
    struct bgp_negotiated n = agree(&o, &o);
    CU_ASSERT_EQUAL(n.families, BGP_FAMILY_IPV4);
    CU_ASSERT_TRUE(n.route_refresh && n.enhanced_refresh && n.as4);
    CU_ASSERT_FALSE(n.add_path_in || n.add_path_out || n.graceful || n.notification);
    CU_ASSERT_EQUAL(n.max_message_octets, 4096);
    CU_ASSERT_EQUAL(n.restart_ps, 0);
    CU_ASSERT_EQUAL(n.long_lived_ps, 0);
}

static void both_sides_must_offer(void)
{
    struct bgp_peer_options all = {.extended_messages = true,
                                   .graceful = {.on = true, .notification = true}};
    struct bgp_peer_options less = {.no_route_refresh = true, .no_as4 = true};
    struct bgp_negotiated n = agree(&all, &less);
    CU_ASSERT_FALSE(n.route_refresh || n.enhanced_refresh || n.as4 || n.graceful);
    CU_ASSERT_EQUAL(n.max_message_octets, 4096);
    n = agree(&all, &all);
    CU_ASSERT_EQUAL(n.max_message_octets, 65535);
    CU_ASSERT_TRUE(n.graceful && n.notification);
}

// One side sends what the other receives, direction by direction (RFC 7911 §4).
static void add_path_has_directions(void)
{
    for (uint32_t a = 0; a < 4; a++)
        for (uint32_t z = 0; z < 4; z++) {
            struct bgp_peer_options ao = {.add_path_receive = a & 1, .add_path_send = a & 2};
            struct bgp_peer_options zo = {.add_path_receive = z & 1, .add_path_send = z & 2};
            struct bgp_negotiated here = agree(&ao, &zo), there = agree(&zo, &ao);
            CU_ASSERT_EQUAL(here.add_path_out,
                            (a & BGP_ADD_PATH_SEND) && (z & BGP_ADD_PATH_RECEIVE));
            CU_ASSERT_EQUAL(here.add_path_out, there.add_path_in);
            CU_ASSERT_EQUAL(here.add_path_in, there.add_path_out);
        }
}

static void restart_times_are_the_other_sides(void)
{
    struct bgp_peer_options a = {
        .graceful = {.on = true, .restart_ps = 30 * PS_PER_S, .long_lived_ps = 3600 * PS_PER_S}};
    struct bgp_peer_options z = {.graceful = {.on = true}};
    CU_ASSERT_EQUAL(agree(&a, &z).restart_ps, 120 * PS_PER_S);
    CU_ASSERT_EQUAL(agree(&z, &a).restart_ps, 30 * PS_PER_S);
    CU_ASSERT_EQUAL(agree(&z, &a).long_lived_ps, 0); // z does not know of it
    z.graceful.long_lived_ps = 60 * PS_PER_S;
    CU_ASSERT_EQUAL(agree(&z, &a).long_lived_ps, 3600 * PS_PER_S);
    a.graceful.restart_ps = 5000 * PS_PER_S; // more than 12 bits
    CU_ASSERT_EQUAL(agree(&z, &a).restart_ps, 4095 * PS_PER_S);
}

static void roles_pair_up(void)
{
    int pairs = 0;
    for (int a = BGP_ROLE_PROVIDER; a <= BGP_ROLE_PEER; a++)
        for (int z = BGP_ROLE_PROVIDER; z <= BGP_ROLE_PEER; z++)
            pairs += bgp_role_matches((enum bgp_role)a, (enum bgp_role)z);
    CU_ASSERT_EQUAL(pairs, 5);
    CU_ASSERT_TRUE(bgp_role_matches(BGP_ROLE_PROVIDER, BGP_ROLE_CUSTOMER));
    CU_ASSERT_TRUE(bgp_role_matches(BGP_ROLE_CUSTOMER, BGP_ROLE_PROVIDER));
    CU_ASSERT_TRUE(bgp_role_matches(BGP_ROLE_RS, BGP_ROLE_RS_CLIENT));
    CU_ASSERT_TRUE(bgp_role_matches(BGP_ROLE_RS_CLIENT, BGP_ROLE_RS));
    CU_ASSERT_TRUE(bgp_role_matches(BGP_ROLE_PEER, BGP_ROLE_PEER));
}

static void notifications_in_words(void)
{
    char text[BGP_NOTIFICATION_TEXT];
    struct bgp_notification n = {.error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_RESET};
    CU_ASSERT_STRING_EQUAL(bgp_notification_text(&n, text), "cease (administrative reset)");
    n = (struct bgp_notification){.error = BGP_ERROR_OPEN, .subcode = BGP_OPEN_ROLE};
    CU_ASSERT_STRING_EQUAL(bgp_notification_text(&n, text), "OPEN message error (role mismatch)");
    n = (struct bgp_notification){.error = BGP_ERROR_OPEN, .subcode = 10};
    CU_ASSERT_STRING_EQUAL(bgp_notification_text(&n, text), "OPEN message error (subcode 10)");
    n = (struct bgp_notification){.error = BGP_ERROR_HOLD_TIMER};
    CU_ASSERT_STRING_EQUAL(bgp_notification_text(&n, text), "hold timer expired");
}

UNIT_MAIN("bgp-capability", {"defaults_are_modest", defaults_are_modest},
          {"both_sides_must_offer", both_sides_must_offer},
          {"add_path_has_directions", add_path_has_directions},
          {"restart_times_are_the_other_sides", restart_times_are_the_other_sides},
          {"roles_pair_up", roles_pair_up}, {"notifications_in_words", notifications_in_words})
