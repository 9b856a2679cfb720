// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/flowstate.h"

#include "fwd/headers6.h"

// What a TCP segment says, the strongest first.
enum event { EVENT_RST, EVENT_SYN, EVENT_SYNACK, EVENT_FIN, EVENT_OTHER, EVENTS };

static enum event event_of(uint8_t flags)
{
    if (flags & TCP_RST)
        return EVENT_RST;
    if (flags & TCP_SYN)
        return flags & TCP_ACK ? EVENT_SYNACK : EVENT_SYN;
    return flags & TCP_FIN ? EVENT_FIN : EVENT_OTHER;
}

// A row: RST, SYN, SYN-ACK, FIN, other. A SYN in an open connection changes nothing, since anybody
// can forge one (the receiver answers with a challenge, RFC 5961 §4); once the client has closed or
// was reset, it may begin a new connection with the same ports (RFC 9293 §3.6.1).
#define ROW(rst, syn, synack, fin, other)                                                          \
    {                                                                                              \
        FLOWSTATE_##rst, FLOWSTATE_##syn, FLOWSTATE_##synack, FLOWSTATE_##fin, FLOWSTATE_##other   \
    }

static const uint8_t by_client[FLOWSTATES][EVENTS] = {
    [FLOWSTATE_NEW] = ROW(RESET, SYN, MIDSTREAM, FIN_CLIENT, MIDSTREAM),
    [FLOWSTATE_SYN] = ROW(RESET, SYN, SYN, FIN_CLIENT, MIDSTREAM),
    [FLOWSTATE_SYNACK] = ROW(RESET, SYNACK, SYNACK, FIN_CLIENT, OPEN),
    [FLOWSTATE_MIDSTREAM] = ROW(RESET, SYN, MIDSTREAM, FIN_CLIENT, MIDSTREAM),
    [FLOWSTATE_OPEN] = ROW(RESET, OPEN, OPEN, FIN_CLIENT, OPEN),
    [FLOWSTATE_FIN_CLIENT] = ROW(RESET, SYN, FIN_CLIENT, FIN_CLIENT, FIN_CLIENT),
    [FLOWSTATE_FIN_SERVER] = ROW(RESET, SYN, FIN_SERVER, CLOSED, FIN_SERVER),
    [FLOWSTATE_CLOSED] = ROW(CLOSED, SYN, CLOSED, CLOSED, CLOSED),
    [FLOWSTATE_RESET] = ROW(RESET, SYN, RESET, RESET, RESET_CLIENT),
    [FLOWSTATE_RESET_CLIENT] = ROW(RESET, SYN, RESET_CLIENT, RESET_CLIENT, RESET_CLIENT),
    [FLOWSTATE_RESET_SERVER] = ROW(RESET, SYN, RESET_SERVER, RESET_SERVER, OPEN),
};

static const uint8_t by_server[FLOWSTATES][EVENTS] = {
    [FLOWSTATE_NEW] = ROW(NEW, NEW, NEW, NEW, NEW), // no flow begins with an answer
    [FLOWSTATE_SYN] = ROW(RESET, SYN, SYNACK, FIN_SERVER, SYN),
    [FLOWSTATE_SYNACK] = ROW(RESET, SYNACK, SYNACK, FIN_SERVER, SYNACK),
    [FLOWSTATE_MIDSTREAM] = ROW(RESET, MIDSTREAM, SYNACK, FIN_SERVER, OPEN),
    [FLOWSTATE_OPEN] = ROW(RESET, OPEN, OPEN, FIN_SERVER, OPEN),
    [FLOWSTATE_FIN_CLIENT] = ROW(RESET, FIN_CLIENT, FIN_CLIENT, CLOSED, FIN_CLIENT),
    [FLOWSTATE_FIN_SERVER] = ROW(RESET, FIN_SERVER, FIN_SERVER, FIN_SERVER, FIN_SERVER),
    [FLOWSTATE_CLOSED] = ROW(CLOSED, CLOSED, CLOSED, CLOSED, CLOSED),
    [FLOWSTATE_RESET] = ROW(RESET, RESET, RESET, RESET, RESET_SERVER),
    [FLOWSTATE_RESET_CLIENT] = ROW(RESET, RESET_CLIENT, RESET_CLIENT, RESET_CLIENT, OPEN),
    [FLOWSTATE_RESET_SERVER] = ROW(RESET, RESET_SERVER, RESET_SERVER, RESET_SERVER, RESET_SERVER),
};

enum flowstate flowstate_next(enum flowstate state, enum flowstate_side side, uint32_t protocol,
                              uint8_t tcp_flags)
{
    bool client = side == FLOWSTATE_BY_CLIENT;
    if (protocol == PROTOCOL_TCP) {
        enum event e = event_of(tcp_flags);
        return (enum flowstate)(client ? by_client[state][e] : by_server[state][e]);
    }
    if (client)
        return state == FLOWSTATE_ANSWERED ? state : FLOWSTATE_UNANSWERED;
    return state == FLOWSTATE_NEW ? state : FLOWSTATE_ANSWERED;
}

enum flowstate_class flowstate_class(enum flowstate state)
{
    static const uint8_t classes[FLOWSTATES] = {
        [FLOWSTATE_NEW] = FLOWSTATE_ASKING,         [FLOWSTATE_UNANSWERED] = FLOWSTATE_ASKING,
        [FLOWSTATE_ANSWERED] = FLOWSTATE_TALKING,   [FLOWSTATE_SYN] = FLOWSTATE_OPENING,
        [FLOWSTATE_SYNACK] = FLOWSTATE_OPENING,     [FLOWSTATE_MIDSTREAM] = FLOWSTATE_OPENING,
        [FLOWSTATE_OPEN] = FLOWSTATE_ALIVE,         [FLOWSTATE_FIN_CLIENT] = FLOWSTATE_CLOSING,
        [FLOWSTATE_FIN_SERVER] = FLOWSTATE_CLOSING, [FLOWSTATE_CLOSED] = FLOWSTATE_DEAD,
        [FLOWSTATE_RESET] = FLOWSTATE_DEAD,         [FLOWSTATE_RESET_CLIENT] = FLOWSTATE_DEAD,
        [FLOWSTATE_RESET_SERVER] = FLOWSTATE_DEAD,
    };
    return (enum flowstate_class)classes[state];
}

enum flowstate_rank flowstate_rank(enum flowstate_class class)
{
    static const uint8_t ranks[FLOWSTATE_CLASSES] = {
        [FLOWSTATE_DEAD] = FLOWSTATE_WORTH_NOTHING,
        [FLOWSTATE_ASKING] = FLOWSTATE_WORTH_UNPROVEN,
        [FLOWSTATE_OPENING] = FLOWSTATE_WORTH_UNPROVEN,
        [FLOWSTATE_TALKING] = FLOWSTATE_WORTH_SHORT,
        [FLOWSTATE_CLOSING] = FLOWSTATE_WORTH_SHORT,
        [FLOWSTATE_ALIVE] = FLOWSTATE_WORTH_LONG,
    };
    return (enum flowstate_rank)ranks[class];
}

int64_t flowstate_timeout_ps(const struct flowstate_options *o, enum flowstate_class class)
{
    if (class == FLOWSTATE_OPENING || class == FLOWSTATE_CLOSING)
        return o->tcp_opening_ps;
    return class == FLOWSTATE_ALIVE ? o->tcp_open_ps : o->idle_ps;
}

uint8_t flowstate_flags(const uint8_t *h, size_t stored)
{
    size_t at;
    if (h[0] >> 4 == 4) {
        if (h[IP4_PROTOCOL] != PROTOCOL_TCP || ip4_is_fragment(h))
            return 0;
        at = ip4_header_size(h);
    } else {
        struct ip6_upper u = ip6_upper_of(h, stored);
        if (u.protocol != PROTOCOL_TCP || u.fragment)
            return 0;
        at = u.at;
    }
    return stored > at + TCP_FLAGS ? h[at + TCP_FLAGS] : 0;
}
