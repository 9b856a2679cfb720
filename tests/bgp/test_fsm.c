// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine against RFC 4271 §8.2.2, every state with every event: the table below was
// written from the RFC's text, one column a state.
#include "unit.h"

#include "bgp/fsm.h"

#include <stdio.h>
#include <string.h>

// The next state: I C A S O E (S: OpenSent, O: OpenConfirm), then what is sent: c Cease, h Hold Timer
// Expired, f FSM error, e the message's error, s Send Hold Timer Expired, o OPEN, k KEEPALIVE; then
// + ConnectRetryCounter counted, 0 set to zero; d routes deleted; t a TCP connection opened.
struct expected {
    const char *in[BGP_STATES];
};

#define RUNNING(c, a, s, o, e) c, a, s, o, e

static const struct expected plain[BGP_EVENTS] = {
    // DelayOpen off
    [1] = {{"C0t", RUNNING("C", "A", "S", "O", "E")}},
    [2] = {{"I", RUNNING("I0", "I0", "Ic0", "Ic0", "Ic0d")}},
    [3] = {{"C0t", RUNNING("C", "A", "S", "O", "E")}},
    [4] = {{"A0", RUNNING("C", "A", "S", "O", "E")}},
    [5] = {{"A0", RUNNING("C", "A", "S", "O", "E")}},
    [6] = {{"Ct", RUNNING("C", "A", "S", "O", "E")}},
    [7] = {{"A", RUNNING("C", "A", "S", "O", "E")}},
    [8] = {{"I", RUNNING("I+", "I+", "Ic+", "Ic+", "Ic+d")}},
    [9] = {{"I", RUNNING("Ct", "Ct", "If+", "If+", "If+d")}},
    [10] = {{"I", RUNNING("I+", "I+", "Ih+", "Ih+", "Ih+d")}},
    [11] = {{"I", RUNNING("I+", "I+", "If+", "Ok", "Ek")}},
    [12] = {{"I", RUNNING("So", "So", "If+", "If+", "If+d")}},
    [13] = {{"Ct", RUNNING("I+", "I+", "If+", "If+", "If+d")}},
    [14] = {{"I", RUNNING("C", "A", "S", "O", "E")}},
    [15] = {{"I", RUNNING("C", "A", "S", "O", "E")}},
    [16] = {{"I", RUNNING("So", "So", "S", "O", "E")}},
    [17] = {{"I", RUNNING("So", "So", "S", "O", "E")}},
    [18] = {{"I", RUNNING("I", "I+", "A", "I+", "I+d")}},
    [19] = {{"I", RUNNING("I+", "I+", "Ok", "O", "E")}},
    [20] = {{"I", RUNNING("Ook", "Ook", "If+", "If+", "If+d")}},
    [21] = {{"I", RUNNING("I+", "I+", "Ie+", "Ie+", "If+d")}},
    [22] = {{"I", RUNNING("I+", "I+", "Ie+", "Ie+", "If+d")}},
    [23] = {{"I", RUNNING("I+", "I+", "Ic+", "Ic+", "Ic+d")}},
    [24] = {{"I", RUNNING("I+", "I+", "I", "I", "I+d")}},
    [25] = {{"I", RUNNING("I+", "I+", "If+", "I+", "I+d")}},
    [26] = {{"I", RUNNING("I+", "I+", "If+", "E", "E")}},
    [27] = {{"I", RUNNING("I+", "I+", "If+", "If+", "E")}},
    [28] = {{"I", RUNNING("I+", "I+", "If+", "If+", "Ie+d")}},
    [29] = {{"I", RUNNING("I+", "I+", "If+", "Is+", "Is+d")}}, // RFC 9687
};

static char *describe(struct bgp_fsm_step step, char text[16])
{
    static const struct {
        uint32_t bit;
        char letter;
    } letters[] = {{BGP_DO_NOTIFY_CEASE, 'c'},     {BGP_DO_NOTIFY_HOLD, 'h'},
                   {BGP_DO_NOTIFY_FSM, 'f'},       {BGP_DO_NOTIFY_ERROR, 'e'},
                   {BGP_DO_NOTIFY_SEND_HOLD, 's'}, {BGP_DO_OPEN, 'o'},
                   {BGP_DO_KEEPALIVE, 'k'},        {BGP_DO_COUNT, '+'},
                   {BGP_DO_ZERO_COUNTER, '0'},     {BGP_DO_DELETE_ROUTES, 'd'},
                   {BGP_DO_CONNECT, 't'}};
    size_t n = 0;
    text[n++] = "ICASOE"[step.next];
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (step.actions & letters[i].bit)
            text[n++] = letters[i].letter;
    text[n] = '\0';
    return text;
}

static void check(enum bgp_state state, int event, struct bgp_fsm_options o, const char *expected)
{
    char text[16];
    describe(bgp_fsm(state, (enum bgp_event)event, o), text);
    if (strcmp(text, expected) != 0)
        printf("%s, event %d: expected %s, obtained %s\n", bgp_state_name(state), event, expected,
               text);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

static void every_state_and_event(void)
{
    for (int state = 0; state < BGP_STATES; state++)
        for (int event = 1; event < BGP_EVENTS; event++)
            check((enum bgp_state)state, event, (struct bgp_fsm_options){0},
                  plain[event].in[state]);
}

// With DelayOpen only these differ: TCP connections wait, and what happens while they do.
static void delay_open(void)
{
    struct bgp_fsm_options on = {.delay_open = true}, runs = {true, true};
    for (int state = 0; state < BGP_STATES; state++)
        for (int event = 1; event < BGP_EVENTS; event++) {
            bool before_open = state == BGP_CONNECT || state == BGP_ACTIVE;
            bool tcp = event == BGP_EV_TCP_ACKED || event == BGP_EV_TCP_CONFIRMED;
            const char *as_ever = plain[event].in[state];
            const char *waits = state == BGP_CONNECT ? "C" : "A";
            check((enum bgp_state)state, event, on, before_open && tcp ? waits : as_ever);
            const char *running = as_ever;
            if (before_open && tcp)
                running = waits;
            else if (before_open && event == BGP_EV_NOTIFICATION_VERSION)
                running = "I";
            else if (state == BGP_CONNECT && event == BGP_EV_TCP_FAILS)
                running = "A";
            check((enum bgp_state)state, event, runs, running);
        }
}

// Timers: what stops and starts them.
static void timers(void)
{
    struct bgp_fsm_options none = {0}, delay = {.delay_open = true};
    for (int state = BGP_CONNECT; state < BGP_STATES; state++)
        for (int event = 1; event < BGP_EVENTS; event++) {
            struct bgp_fsm_step s = bgp_fsm((enum bgp_state)state, (enum bgp_event)event, none);
            if (s.next == BGP_IDLE) // everything of the connection goes
                CU_ASSERT_TRUE(s.actions & BGP_DO_DROP);
            if (s.next == BGP_IDLE && event != BGP_EV_TCP_FAILS)
                CU_ASSERT_TRUE(s.actions & BGP_DO_STOP_RETRY);
            // A NOTIFICATION is the last word.
            CU_ASSERT_FALSE((s.actions & BGP_DO_NOTIFY) && s.next != BGP_IDLE);
            if (s.actions & BGP_DO_OPEN && s.next == BGP_OPENSENT)
                CU_ASSERT_TRUE(s.actions & BGP_DO_HOLD_LARGE);
            if (s.next == BGP_OPENCONFIRM && state < BGP_OPENCONFIRM)
                CU_ASSERT_TRUE((s.actions & BGP_DO_NEGOTIATE) && (s.actions & BGP_DO_COLLISION));
        }
    CU_ASSERT_TRUE(bgp_fsm(BGP_ACTIVE, BGP_EV_TCP_CONFIRMED, delay).actions & BGP_DO_START_DELAY);
    CU_ASSERT_TRUE(bgp_fsm(BGP_OPENSENT, BGP_EV_TCP_FAILS, none).actions & BGP_DO_START_RETRY);
    CU_ASSERT_TRUE(bgp_fsm(BGP_ACTIVE, BGP_EV_TCP_FAILS, none).actions & BGP_DO_START_RETRY);
    CU_ASSERT_TRUE(bgp_fsm(BGP_ESTABLISHED, BGP_EV_UPDATE, none).actions & BGP_DO_RESTART_HOLD);
    CU_ASSERT_TRUE(bgp_fsm(BGP_ESTABLISHED, BGP_EV_KEEPALIVE, none).actions & BGP_DO_RESTART_HOLD);
}

UNIT_MAIN("bgp-fsm", {"every_state_and_event", every_state_and_event}, {"delay_open", delay_open},
          {"timers", timers})
