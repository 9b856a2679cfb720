// SPDX-License-Identifier: GPL-3.0-or-later
// icmp: which error is due, and whether there is a token for it.
#include "fwd/icmp.h"

#define PS_PER_S UINT64_C(1000000000000)

#define ICMP6_UNKNOWN_NEXT 1 // code of a parameter problem: unrecognised next header

void icmp_bucket_init(struct icmp_bucket *b, uint32_t per_s, uint32_t burst)
{
    unsigned __int128 full = (unsigned __int128)(burst ? burst : ICMP_BURST) * PS_PER_S;
    *b = (struct icmp_bucket){.credit = full, .full = full, .per_s = per_s ? per_s : ICMP_PER_S};
}

bool icmp_bucket_take(struct icmp_bucket *b, int64_t now_ps)
{
    if (now_ps > b->filled_ps) {
        uint64_t passed = (uint64_t)now_ps - (uint64_t)b->filled_ps;
        b->credit += (unsigned __int128)passed * b->per_s;
        if (b->credit > b->full)
            b->credit = b->full;
        b->filled_ps = now_ps;
    }
    if (b->credit < PS_PER_S)
        return false;
    b->credit -= PS_PER_S;
    return true;
}

struct kind {
    uint8_t type, code;
};

static struct kind rejection(uint32_t how, bool six)
{
    switch ((enum fwd_reject)how) {
    case FWD_REJECT_HOST:
        return six ? (struct kind){ICMP6_UNREACHABLE, ICMP6_ADDRESS}
                   : (struct kind){ICMP_UNREACHABLE, ICMP_HOST};
    case FWD_REJECT_PROHIBITED:
        return six ? (struct kind){ICMP6_UNREACHABLE, ICMP6_PROHIBITED}
                   : (struct kind){ICMP_UNREACHABLE, ICMP_PROHIBITED};
    default:
        return six ? (struct kind){ICMP6_UNREACHABLE, ICMP6_NO_ROUTE}
                   : (struct kind){ICMP_UNREACHABLE, ICMP_NET};
    }
}

static struct kind kind_for(enum fwd_drop reason, bool six, uint32_t detail)
{
    switch (reason) {
    case FWD_DROP_TTL:
        return (struct kind){six ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED, 0};
    case FWD_DROP_NO_ROUTE:
        return rejection(FWD_REJECT_NET, six);
    case FWD_DROP_REJECT:
        return rejection(detail, six);
    case FWD_DROP_NO_SERVICE:
        return six ? (struct kind){ICMP6_UNREACHABLE, ICMP6_PORT}
                   : (struct kind){ICMP_UNREACHABLE, ICMP_PORT};
    case FWD_DROP_MTU:
        return six ? (struct kind){ICMP6_TOO_BIG, 0}
                   : (struct kind){ICMP_UNREACHABLE, ICMP_FRAGMENT};
    case FWD_DROP_NO_NEIGHBOUR: // RFC 1812 §4.3.3.1, RFC 4443 §3.1
        return rejection(FWD_REJECT_HOST, six);
    case FWD_DROP_SCOPE:
        return six ? (struct kind){ICMP6_UNREACHABLE, ICMP6_SCOPE} : (struct kind){0, 0};
    case FWD_DROP_BAD_OPTION:
        return !six && detail ? (struct kind){ICMP_PARAMETER, 0} : (struct kind){0, 0};
    case FWD_DROP_SEGMENT:
        return six ? (struct kind){ICMP6_PARAMETER, (uint8_t)(detail >> 16)} : (struct kind){0, 0};
    default: // a damaged packet has no trustworthy sender; a blackhole is silent by intent
        return (struct kind){0, 0};
    }
}

void icmp_error_for(enum fwd_drop reason, bool six, uint32_t detail, uint8_t *type, uint8_t *code)
{
    struct kind k = kind_for(reason, six, detail);
    *type = k.type;
    *code = k.code;
}

static uint32_t unheard6(const uint8_t *h, size_t stored, struct kind *k)
{
    struct ip6_upper u = ip6_upper_of(h, stored);
    if (u.later)
        return 0;
    switch (u.protocol) {
    case PROTOCOL_UDP:
    case PROTOCOL_TCP:
        *k = (struct kind){ICMP6_UNREACHABLE, ICMP6_PORT};
        return 0;
    case PROTOCOL_ICMP6:
    case PROTOCOL_NONE:
    case PROTOCOL_HOP_BY_HOP: // the chain is broken here
    case PROTOCOL_ROUTING:
    case PROTOCOL_FRAGMENT:
    case PROTOCOL_AH:
    case PROTOCOL_OPTIONS:
        return 0;
    default:
        *k = (struct kind){ICMP6_PARAMETER, ICMP6_UNKNOWN_NEXT};
        return u.next_at;
    }
}

uint32_t icmp_unheard(const uint8_t *h, size_t stored, uint8_t *type, uint8_t *code)
{
    struct kind k = {0, 0};
    uint32_t pointer = 0;
    if (h[0] >> 4 == 6)
        pointer = unheard6(h, stored, &k);
    else if (h[IP4_PROTOCOL] == PROTOCOL_UDP || h[IP4_PROTOCOL] == PROTOCOL_TCP)
        k = (struct kind){ICMP_UNREACHABLE, ICMP_PORT};
    else if (h[IP4_PROTOCOL] != PROTOCOL_ICMP) // RFC 1122 §3.2.2: unknown ones in silence
        k = (struct kind){ICMP_UNREACHABLE, ICMP_PROTOCOL};
    *type = k.type;
    *code = k.code;
    return pointer;
}
