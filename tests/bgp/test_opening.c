// SPDX-License-Identifier: GPL-3.0-or-later
// How sessions come about: who opens, collisions, DelayOpen, damping, what an OPEN may be refused for.
#include "unit.h"
#include "world.h"

#include "bgp/instance.h"
#include "bgp/open.h"
#include "bgp/session.h"

#include <stdio.h>

// Two speakers, AS 1 and AS 2, router 1 with the higher identifier.
static struct world *two(struct bgp_peer_options a, struct bgp_peer_options z)
{
    struct world *w = world_new(5);
    w->a_side = a;
    w->z_side = z;
    world_add(w, 1);
    world_add(w, 2);
    world_link(w, 0, 1, BGP_REL_CUSTOMER);
    return w;
}

static struct bgp_peer *side(const struct world *w, uint32_t router)
{
    return w->speakers.v[router]->peers.v[0];
}

static bool is_up(const struct world *w)
{
    return bgp_stats(w->bgp)->sessions_up == 1 && side(w, 0)->state == BGP_ESTABLISHED &&
           side(w, 1)->state == BGP_ESTABLISHED && side(w, 0)->conn == side(w, 1)->conn;
}

static void check_notification(const struct bgp_notification *n, enum bgp_error error, int subcode)
{
    char text[BGP_NOTIFICATION_TEXT];
    if (n->error != error || n->subcode != subcode)
        printf("%s, expected %d/%d\n", bgp_notification_text(n, text), (int)error, subcode);
    CU_ASSERT_EQUAL(n->error, error);
    CU_ASSERT_EQUAL(n->subcode, subcode);
}

// One side refuses the OPEN of the other: both have the NOTIFICATION, no session comes up.
static void check_refused(struct bgp_peer_options a, struct bgp_peer_options z, uint32_t by,
                          int subcode)
{
    struct world *w = two(a, z);
    world_run(w, 300 * SECOND);
    CU_ASSERT_FALSE(is_up(w));
    CU_ASSERT_EQUAL(w->sessions.n, 0);
    check_notification(&side(w, 1 - by)->last_received, BGP_ERROR_OPEN, subcode);
    CU_ASSERT_TRUE(side(w, 1)->opened > 3); // they go on trying
    world_free(w);
}

static void both_open_and_one_stays(void)
{
    struct bgp_peer_options active = {.opening = BGP_OPEN_ACTIVE};
    // Delays from none to long, starts together and apart: SYNs cross or do not.
    for (int64_t delay_ms = 0; delay_ms < 100; delay_ms += 9)
        for (int64_t apart_ms = 0; apart_ms < 60; apart_ms += 7) {
            struct world *w = world_new(3);
            w->a_side = w->z_side = active;
            w->delay_ps = delay_ms * MILLI;
            world_add(w, 1);
            world_add(w, 2);
            int32_t link = world_link_at(w, 0, 1, BGP_REL_PEER, 100 * MILLI);
            CU_ASSERT_EQUAL(link, 0);
            bgp_originate(w->bgp, 1, world_prefix);
            bgp_clock_set(w->sim, &side(w, 0)->clock, BGP_DEADLINE_CONNECT, apart_ms * MILLI);
            world_run(w, 10 * SECOND);
            CU_ASSERT_TRUE(is_up(w));
            CU_ASSERT_EQUAL(w->sessions.n, 2); // no session was set up for nothing
            CU_ASSERT_PTR_NULL(side(w, 0)->crossing);
            CU_ASSERT_PTR_NULL(side(w, 1)->crossing);
            CU_ASSERT_STRING_EQUAL(world_path(w, 0), "2");
            world_free(w);
        }
}

// §6.8: started together, the connection of the higher identifier stays, the other one is closed by
// a Cease with subcode 7.
static void collision_is_resolved(void)
{
    struct bgp_peer_options active = {.opening = BGP_OPEN_ACTIVE};
    struct world *w = two(active, active);
    world_run(w, 10 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_TRUE(side(w, 1)->mine);
    CU_ASSERT_FALSE(side(w, 0)->mine);
    check_notification(&side(w, 0)->last_sent, BGP_ERROR_CEASE, BGP_CEASE_COLLISION);
    check_notification(&side(w, 1)->last_sent, BGP_ERROR_CEASE, BGP_CEASE_COLLISION);
    world_free(w);
}

// In the end there is one session, whatever happens while connections cross.
static void crossing_survives_faults(void)
{
    struct bgp_peer_options active = {.opening = BGP_OPEN_ACTIVE};
    for (int64_t at_ms = 1; at_ms < 120; at_ms += 2)
        for (int kind = 0; kind < 4; kind++) {
            struct world *w = two(active, active);
            world_run(w, at_ms * MILLI);
            if (kind == 0) {
                bgp_reset(w->bgp, 0, 1, NULL);
            } else if (kind == 1) {
                bgp_speaker_down(w->bgp, 1);
                bgp_speaker_up(w->bgp, 1);
            } else if (kind == 2) {
                world_down(w, 0);
                world_up(w, 0);
            } else {
                world_cut(w, 0);
                world_run(w, 30 * SECOND);
                world_mend(w, 0);
            }
            world_run(w, 900 * SECOND);
            CU_ASSERT_TRUE(is_up(w));
            CU_ASSERT_PTR_NULL(side(w, 0)->crossing);
            CU_ASSERT_PTR_NULL(side(w, 1)->crossing);
            world_free(w);
        }
}

static void one_active_side_is_enough(void)
{
    static const enum bgp_opening modes[] = {BGP_OPEN_ELECTED, BGP_OPEN_ACTIVE, BGP_OPEN_PASSIVE};
    for (int a = 0; a < 3; a++)
        for (int z = 0; z < 3; z++) {
            struct bgp_peer_options ao = {.opening = modes[a]}, zo = {.opening = modes[z]};
            struct world *w = two(ao, zo);
            world_run(w, 100 * SECOND);
            CU_ASSERT_EQUAL(is_up(w), modes[a] != BGP_OPEN_PASSIVE || modes[z] != BGP_OPEN_PASSIVE);
            world_free(w);
        }
}

static void delay_open_waits(void)
{
    struct bgp_peer_options late = {.opening = BGP_OPEN_ACTIVE, .delay_open_ps = 20 * SECOND};
    struct bgp_peer_options passive = {.opening = BGP_OPEN_PASSIVE, .delay_open_ps = 50 * SECOND};
    struct world *w = two(passive, late);
    world_run(w, 19 * SECOND);
    CU_ASSERT_EQUAL(side(w, 1)->state, BGP_CONNECT);
    CU_ASSERT_EQUAL(side(w, 0)->state, BGP_ACTIVE);
    world_run(w, 21 * SECOND); // router 1's OPEN ends the wait of router 0 (event 20)
    CU_ASSERT_TRUE(is_up(w));
    world_free(w);
}

static void oscillations_are_damped(void)
{
    uint32_t attempts[2];
    for (int damp = 0; damp < 2; damp++) {
        struct bgp_peer_options a = {.remote_as = 7}, z = {.damp_oscillations = damp};
        struct world *w = two(a, z);
        world_run(w, 1000 * SECOND);
        attempts[damp] = side(w, 1)->opened;
        world_free(w);
    }
    // Every 22.5 to 30 s against 30, 60, 120, 120 … s.
    CU_ASSERT_TRUE(attempts[0] >= 33 && attempts[0] <= 45);
    CU_ASSERT_TRUE(attempts[1] >= 8 && attempts[1] <= 13);
}

static void bad_peer_as(void)
{
    struct bgp_peer_options none = {0}, seven = {.remote_as = 7};
    check_refused(seven, none, 0, BGP_OPEN_PEER_AS);
    check_refused(none, seven, 1, BGP_OPEN_PEER_AS);
}

static void unacceptable_hold_time(void)
{
    for (int64_t s = 1; s <= 2; s++) {
        struct bgp_peer_options none = {0}, brief = {.hold_ps = s * SECOND};
        check_refused(none, brief, 0, BGP_OPEN_HOLD_TIME);
        check_refused(brief, none, 1, BGP_OPEN_HOLD_TIME);
    }
}

static void missing_capability(void)
{
    struct bgp_peer_options none = {0}, wants = {.required = BGP_CAP_EXTENDED_MESSAGE};
    check_refused(wants, none, 0, BGP_OPEN_CAPABILITY);
    struct bgp_peer_options six = {.families = BGP_FAMILY_IPV6};
    check_refused(none, six, 0, BGP_OPEN_CAPABILITY);
    none.extended_messages = true;
    struct world *w = two(wants, none);
    world_run(w, 10 * SECOND);
    CU_ASSERT_TRUE(is_up(w)); // the other side has it
    world_free(w);
}

static void roles_must_match(void)
{
    struct bgp_peer_options provider = {.role = BGP_ROLE_PROVIDER};
    struct bgp_peer_options customer = {.role = BGP_ROLE_CUSTOMER}, none = {0};
    check_refused(provider, provider, 0, BGP_OPEN_ROLE);
    provider.role_strict = true;
    check_refused(provider, none, 0, BGP_OPEN_ROLE);
    struct world *w = two(customer, provider);
    world_run(w, 10 * SECOND);
    CU_ASSERT_TRUE(is_up(w));
    CU_ASSERT_EQUAL(side(w, 0)->may.remote_role, BGP_ROLE_PROVIDER);
    world_free(w);
}

// An OPEN as no speaker here would send it.
static void check_forged(uint8_t version, ip4_addr id, uint32_t asn, int subcode)
{
    struct bgp_peer_options active = {.opening = BGP_OPEN_ACTIVE};
    struct bgp_peer_options passive = {.opening = BGP_OPEN_PASSIVE};
    struct world *w = two(passive, active);
    world_run(w, 15 * MILLI); // router 0 has answered the SYN and sent its OPEN
    CU_ASSERT_EQUAL(side(w, 0)->state, BGP_OPENSENT);
    struct bgp_open open = bgp_open_make(side(w, 1));
    open.version = version;
    open.id = id;
    open.asn = asn;
    struct bgp_message *m = bgp_message_open(&open);
    bgp_session_process(side(w, 0), m, side(w, 0)->conn);
    bgp_message_put(&w->bgp->attrs, m);
    check_notification(&side(w, 0)->last_sent, BGP_ERROR_OPEN, subcode);
    CU_ASSERT_EQUAL(side(w, 0)->state, BGP_IDLE);
    world_run(w, 100 * MILLI);
    check_notification(&side(w, 1)->last_received, BGP_ERROR_OPEN, subcode);
    world_free(w);
}

static void version_and_identifier(void)
{
    check_forged(3, world_id(1), 2, BGP_OPEN_VERSION);
    check_forged(4, 0, 2, BGP_OPEN_IDENTIFIER);
    check_forged(4, world_id(0), 1, BGP_OPEN_IDENTIFIER);
}

// RFC 6608: the subcode tells the state.
static void unexpected_messages(void)
{
    struct bgp_peer_options active = {.opening = BGP_OPEN_ACTIVE};
    struct bgp_peer_options passive = {.opening = BGP_OPEN_PASSIVE};
    for (int state = BGP_OPENSENT; state <= BGP_OPENCONFIRM; state++) {
        struct world *w = two(passive, active);
        for (int64_t ms = 0; side(w, 0)->state != (enum bgp_state)state && ms < 100; ms++)
            world_run(w, ms * MILLI);
        struct bgp_message *m = bgp_message_update(NULL, 0, 0);
        bgp_session_process(side(w, 0), m, side(w, 0)->conn);
        bgp_message_put(&w->bgp->attrs, m);
        check_notification(&side(w, 0)->last_sent, BGP_ERROR_FSM, state - 2);
        world_free(w);
    }
}

UNIT_MAIN("bgp-opening", {"both_open_and_one_stays", both_open_and_one_stays},
          {"collision_is_resolved", collision_is_resolved},
          {"crossing_survives_faults", crossing_survives_faults},
          {"one_active_side_is_enough", one_active_side_is_enough},
          {"delay_open_waits", delay_open_waits},
          {"oscillations_are_damped", oscillations_are_damped}, {"bad_peer_as", bad_peer_as},
          {"unacceptable_hold_time", unacceptable_hold_time},
          {"missing_capability", missing_capability}, {"roles_must_match", roles_must_match},
          {"version_and_identifier", version_and_identifier},
          {"unexpected_messages", unexpected_messages})
