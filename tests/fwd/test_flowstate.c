// SPDX-License-Identifier: GPL-3.0-or-later
// The life of a flow: every transition of the table, whole conversations, and what must hold for
// any order of packets.
#include "fixture.h"
#include "fwd/flowstate.h"
#include "fwd/headers6.h"

#define S_PS INT64_C(1000000000000)

static const uint8_t flags_of[] = {TCP_RST | TCP_ACK, TCP_SYN, TCP_SYN | TCP_ACK, TCP_FIN | TCP_ACK,
                                   TCP_ACK};
enum { EVENTS = sizeof flags_of };

// Letters of the states: New, Unanswered, Answered, Syn, synacK, Midstream, Open, fin by Client,
// fin by serVer, cLosed, Reset, reset but 1 client, 2 server went on.
static const char letters[FLOWSTATES + 1] = "NUASKMOCVLR12";

static enum flowstate state_of(char letter)
{
    return (enum flowstate)(strchr(letters, letter) - letters);
}

static void transitions(void)
{
    // State, then what RST, SYN, SYN-ACK, FIN and ACK by the client make of it, then by the server.
    static const char *const rows[] = {
        "N RSMCM NNNNN", "S RSSCM RSKVS", "K RKKCO RKKVK", "M RSMCM RMKVO",
        "O ROOCO ROOVO", "C RSCCC RCCLC", "V RSVLV RVVVV", "L LSLLL LLLLL",
        "R RSRR1 RRRR2", "1 RS111 R111O", "2 RS22O R2222",
    };
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int e = 0; e < EVENTS; e++) {
            enum flowstate from = state_of(rows[i][0]);
            wrong += flowstate_next(from, FLOWSTATE_BY_CLIENT, PROTOCOL_TCP, flags_of[e]) !=
                     state_of(rows[i][2 + e]);
            wrong += flowstate_next(from, FLOWSTATE_BY_SERVER, PROTOCOL_TCP, flags_of[e]) !=
                     state_of(rows[i][8 + e]);
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

// Plays "c:S s:SA …" and gives the letter of the state that it ends in.
static char played(uint32_t protocol, const char *talk)
{
    enum flowstate state = FLOWSTATE_NEW;
    for (const char *at = talk; *at; at += strcspn(at, " "), at += *at == ' ') {
        uint8_t flags = 0;
        for (const char *f = at + 2; *f && *f != ' '; f++)
            flags |= *f == 'S'   ? TCP_SYN
                     : *f == 'A' ? TCP_ACK
                     : *f == 'F' ? TCP_FIN
                     : *f == 'R' ? TCP_RST
                                 : 0;
        state = flowstate_next(state, *at == 'c' ? FLOWSTATE_BY_CLIENT : FLOWSTATE_BY_SERVER,
                               protocol, flags);
    }
    return letters[state];
}

static void conversations(void)
{
    static const struct {
        const char *talk;
        char end;
    } cases[] = {
        {"c:S s:SA c:A", 'O'},
        {"c:S c:S s:SA s:SA c:A c:A s:A", 'O'},  // with retransmissions
        {"c:S s:SA", 'K'},                       // half open, and stays so
        {"c:S s:SA s:SA s:SA", 'K'},             //
        {"c:S s:RA", 'R'},                       // refused
        {"c:A", 'M'},                            // forged
        {"c:A s:R", 'R'},                        //
        {"c:A s:A", 'O'},                        // its handshake went another way
        {"c:S s:SA c:A c:FA s:A s:A", 'C'},      // half closed: the server sends on
        {"c:S s:SA c:A c:FA s:A s:FA c:A", 'L'}, // closed in order
        {"c:S s:SA c:A s:FA c:FA s:A", 'L'},     // by the server
        {"c:S s:SA c:A c:FA s:FA c:A s:A", 'L'}, // both at once
        {"c:S s:SA c:A c:FA s:FA c:A c:S", 'S'}, // again with the same ports
        {"c:S s:SA c:A c:S s:A", 'O'},           // a forged SYN, and the challenge
        {"c:S s:SA c:A c:R", 'R'},
        {"c:S s:SA c:A c:R s:A", '2'},     // what was under way
        {"c:S s:SA c:A c:R s:A c:A", 'O'}, // it was forged
        {"c:S s:SA c:A c:R s:A c:R", 'R'}, // it was not
        {"c:S s:SA c:A s:R c:S s:SA c:A", 'O'},
        {"c:S s:SA c:FA s:FA", 'L'},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char end = played(PROTOCOL_TCP, cases[i].talk);
        if (end != cases[i].end)
            printf("  %s: %c\n", cases[i].talk, end);
        CU_ASSERT_EQUAL(end, cases[i].end);
    }
    CU_ASSERT_EQUAL(played(PROTOCOL_UDP, "c: c:"), 'U');
    CU_ASSERT_EQUAL(played(PROTOCOL_UDP, "c: s: c:"), 'A');
    CU_ASSERT_EQUAL(played(PROTOCOL_UDP, "c:R s:F c:R"), 'A'); // no flags there
    CU_ASSERT_EQUAL(played(PROTOCOL_ICMP, "s:"), 'N');
}

// Whatever the order: no flow is open before both sides took part since it began, and none is
// believed to be dead without a RST or two FINs.
static void properties(void)
{
    struct random r = {5};
    unsigned early = 0, dead = 0, opened = 0;
    for (int run = 0; run < 20000; run++) {
        enum flowstate state = FLOWSTATE_NEW;
        bool client = false, server = false, reset = false, fins[2] = {false, false};
        for (int i = 0; i < 12; i++) {
            bool by_server = i > 0 && random_below(&r, 2);
            uint8_t flags = flags_of[random_below(&r, EVENTS)];
            client = client || !by_server;
            server = server || by_server;
            reset = reset || (flags & TCP_RST);
            fins[by_server] = fins[by_server] || (flags & TCP_FIN);
            state = flowstate_next(state, by_server ? FLOWSTATE_BY_SERVER : FLOWSTATE_BY_CLIENT,
                                   PROTOCOL_TCP, flags);
            enum flowstate_class class = flowstate_class(state);
            early += class == FLOWSTATE_ALIVE && !(client && server);
            dead += class == FLOWSTATE_DEAD && !reset && !(fins[0] && fins[1]);
            opened += class == FLOWSTATE_ALIVE;
        }
    }
    CU_ASSERT(early == 0 && dead == 0);
    CU_ASSERT(opened > 1000);
}

static void timeouts(void)
{
    struct flowstate_options o = FLOWSTATE_DEFAULTS;
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_ASKING), 30 * S_PS);
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_TALKING), 30 * S_PS);
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_DEAD), 30 * S_PS);
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_OPENING), 240 * S_PS);
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_CLOSING), 240 * S_PS);
    CU_ASSERT_EQUAL(flowstate_timeout_ps(&o, FLOWSTATE_ALIVE), 7440 * S_PS);
    CU_ASSERT(flowstate_rank(FLOWSTATE_DEAD) < flowstate_rank(FLOWSTATE_OPENING));
    CU_ASSERT(flowstate_rank(FLOWSTATE_ASKING) == flowstate_rank(FLOWSTATE_OPENING));
    CU_ASSERT(flowstate_rank(FLOWSTATE_OPENING) < flowstate_rank(FLOWSTATE_TALKING));
    CU_ASSERT(flowstate_rank(FLOWSTATE_CLOSING) < flowstate_rank(FLOWSTATE_ALIVE));
}

static void flags_of_packets(void)
{
    uint8_t h[80] = {0};
    ip4_write(h, &(struct ip4_fields){.src = 1, .dst = 2, .length = 40, .protocol = PROTOCOL_TCP});
    h[IP4_HEADER + TCP_FLAGS] = TCP_SYN | TCP_ACK;
    CU_ASSERT_EQUAL(flowstate_flags(h, 40), TCP_SYN | TCP_ACK);
    CU_ASSERT_EQUAL(flowstate_flags(h, IP4_HEADER + TCP_FLAGS), 0);
    be16_put(h + IP4_FRAGMENT, IP4_MORE_FRAGMENTS);
    CU_ASSERT_EQUAL(flowstate_flags(h, 40), 0);
    ip6_write(h, &(struct ip6_fields){.length = 68, .next = PROTOCOL_OPTIONS});
    memset(h + IP6_HEADER, 0, 40);
    h[IP6_HEADER] = PROTOCOL_TCP; // behind eight bytes of options
    h[IP6_HEADER + 8 + TCP_FLAGS] = TCP_FIN;
    CU_ASSERT_EQUAL(flowstate_flags(h, 68), TCP_FIN);
    CU_ASSERT_EQUAL(flowstate_flags(h, IP6_HEADER + 8), 0);
    h[IP6_HEADER] = PROTOCOL_UDP;
    CU_ASSERT_EQUAL(flowstate_flags(h, 68), 0);
    h[IP6_HEADER] = PROTOCOL_TCP;
    h[IP6_NEXT] = PROTOCOL_FRAGMENT;
    CU_ASSERT_EQUAL(flowstate_flags(h, 68), 0);
}

UNIT_MAIN("flowstate", {"transitions", transitions}, {"conversations", conversations},
          {"properties", properties}, {"timeouts", timeouts},
          {"flags-of-packets", flags_of_packets})
