// SPDX-License-Identifier: GPL-3.0-or-later
// icmp_relay: what became of a tunnel's packet, told to the sender of the packet inside.
#include "fwd/icmp.h"

#include "fwd/encap.h"
#include "fwd/icmp_write.h"

#define MTU4_MIN 68 // RFC 791 §3.2

// The error that came in, or that goes out.
struct error {
    uint8_t type, code;
    uint32_t info;
};

// The packet inside, as far as the error quotes it.
struct inner {
    uint8_t *h;
    bool six;
    uint32_t stored, quoted; // bytes there, and with zeros that are not stored
    uint32_t length;         // of the packet when it was sent
};

// Where the quote ends, from the outermost header's start: other things may follow it (RFC 4884
// §3), and in front of them is said where.
static uint32_t quote_end(const struct packet *p, uint32_t at)
{
    const uint8_t *icmp = packet_view(p) + at;
    bool six = icmp_is_six(packet_view(p));
    uint8_t type = icmp[ICMP_TYPE];
    uint32_t size = 0;
    if (six && (type == ICMP6_UNREACHABLE || type == ICMP6_TIME_EXCEEDED))
        size = 8u * icmp[4];
    if (!six && (type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED))
        size = 4u * icmp[5];
    uint32_t end = at + ICMP_HEADER + size;
    return size && end < p->length ? end : p->length;
}

static bool find_inner(struct packet *p, uint32_t at, uint32_t inner_at, struct inner *in)
{
    uint8_t *h = packet_data(p);
    uint32_t end = quote_end(p, at);
    uint32_t outer = at + ICMP_HEADER + (icmp_is_six(h) ? IP6_HEADER : IP4_HEADER);
    uint32_t there = p->captured < end ? p->captured : end;
    if (inner_at < outer || inner_at >= there)
        return false;
    *in = (struct inner){.h = h + inner_at, .stored = there - inner_at, .quoted = end - inner_at};
    uint32_t header;
    if (ip6_readable(in->h, in->stored)) {
        in->six = true;
        header = IP6_HEADER;
        in->length = IP6_HEADER + (uint32_t)be16_get(in->h + IP6_LENGTH);
    } else if (ip4_readable(in->h, in->stored)) {
        header = (uint32_t)ip4_header_size(in->h);
        in->length = be16_get(in->h + IP4_LENGTH);
    } else {
        return false;
    }
    uint32_t needed = header + 8 < in->length ? header + 8 : in->length;
    if (in->length < header || in->stored < needed)
        return false;
    if (in->quoted > in->length) // padding (RFC 4884 §5.1)
        in->quoted = in->length;
    if (in->stored > in->quoted)
        in->stored = in->quoted;
    return true;
}

// From an IPv4 path (RFC 2003 §4.1, §4.4). What came of the outer header's own options, of a
// reassembly that never ends or of congestion is not the sender's business.
static bool from_path4(const struct error *e, uint8_t outer_protocol, struct error *told)
{
    *told = (struct error){ICMP_UNREACHABLE, ICMP_HOST, 0};
    if (e->type == ICMP_TIME_EXCEEDED)
        return e->code == 0;
    if (e->type != ICMP_UNREACHABLE)
        return false;
    switch (e->code) {
    case ICMP_NET:
    case 6:  // unknown
    case 11: // for this TOS
        told->code = ICMP_NET;
        return true;
    case ICMP_HOST:
    case 7:  // unknown
    case 8:  // isolated
    case 12: // for this TOS
        return true;
    case ICMP_PROTOCOL: // the sender did not use the protocol that is meant
        told->code = ICMP_NET;
        return true;
    case ICMP_PORT: // there are none in what RFC 2003 talks of, but in tunnels over UDP
        told->code = ICMP_NET;
        return outer_protocol == PROTOCOL_UDP;
    case 9: // prohibited: network, host, any, precedence
    case 10:
    case ICMP_PROHIBITED:
    case 14:
    case 15:
        told->code = ICMP_PROHIBITED;
        return true;
    default:
        return false;
    }
}

// From an IPv6 path (RFC 2473 §8.1): the far end cannot be reached, whatever the reason.
static bool from_path6(const struct error *e, struct error *told)
{
    *told = (struct error){ICMP_UNREACHABLE, ICMP_HOST, 0};
    return e->type == ICMP6_UNREACHABLE || (e->type == ICMP6_TIME_EXCEEDED && e->code == 0);
}

// The MTU that is left inside; false when it would not help the sender.
static bool too_big(const struct inner *in, uint32_t mtu, uint32_t overhead, struct error *told)
{
    if (mtu <= overhead)
        return false;
    mtu -= overhead;
    if (in->six) {
        if (mtu < IP6_MTU_MIN) // RFC 8200 §5, RFC 2473 §7.1
            mtu = IP6_MTU_MIN;
        *told = (struct error){ICMP6_TOO_BIG, 0, mtu};
    } else {
        // The tunnel does not let the path cut what the sender allows to be cut, but cuts it itself
        // once it knows: "and DF was set" would not be true.
        if (!(be16_get(in->h + IP4_FRAGMENT) & IP4_DONT_FRAGMENT))
            return false;
        if (mtu < MTU4_MIN)
            mtu = MTU4_MIN;
        *told = (struct error){ICMP_UNREACHABLE, ICMP_FRAGMENT, mtu};
    }
    return in->length > mtu;
}

static bool translate(const struct packet *p, uint32_t at, const struct inner *in,
                      uint32_t overhead, struct error *told)
{
    const uint8_t *h = packet_view(p), *icmp = h + at;
    struct error e = {icmp[ICMP_TYPE], icmp[ICMP_CODE], 0};
    if (icmp_is_six(h)) {
        if (e.type == ICMP6_TOO_BIG) { // less than any path takes is not believed (RFC 8201 §4)
            uint32_t mtu = be32_get(icmp + 4);
            return mtu >= IP6_MTU_MIN && too_big(in, mtu, overhead, told);
        }
        if (!from_path6(&e, told))
            return false;
    } else {
        if (e.type == ICMP_UNREACHABLE && e.code == ICMP_FRAGMENT) {
            uint32_t mtu = be16_get(icmp + ICMP_MTU);
            if (mtu == 0) // a router older than RFC 1191
                mtu = tunnel_plateau(be16_get(icmp + ICMP_HEADER + IP4_LENGTH));
            return too_big(in, mtu, overhead, told);
        }
        if (!from_path4(&e, icmp[ICMP_HEADER + IP4_PROTOCOL], told))
            return false;
    }
    if (in->six) // RFC 2473 §8.2, RFC 4213 §3.4
        *told = (struct error){ICMP6_UNREACHABLE, ICMP6_ADDRESS, 0};
    return true;
}

bool icmp_relay(struct packet *p, uint32_t inner_at, uint32_t overhead, struct ip6_addr src,
                uint16_t id)
{
    uint32_t at;
    struct inner in;
    struct error told;
    if (!icmp_find(packet_view(p), p->captured, &at) || !find_inner(p, at, inner_at, &in) ||
        !translate(p, at, &in, overhead, &told))
        return false;
    if (ip6_is_zero(src) || ip6_is_ip4(src) == in.six ||
        !icmp_may_report(in.h, in.stored, told.type, told.code))
        return false;
    struct icmp_header f = {
        .six = in.six, .src = src, .dst = ip_source(in.h), .id = id, .tos = icmp_error_tos(in.h)};
    // Before the inner header there were at least an ICMP header and two IP headers, which is as
    // much as goes there now.
    uint32_t header = icmp_header_size(&f), head = header + ICMP_HEADER;
    uint32_t most = icmp_error_max(in.six) - head;
    uint32_t quote = in.quoted < most ? in.quoted : most;
    packet_pull(p, inner_at - head);
    f.length = head + quote;
    p->length = f.length;
    p->captured = head + (in.stored < quote ? in.stored : quote);
    uint8_t *h = packet_data(p);
    icmp_write_error(h + header, in.six, told.type, told.code, told.info);
    icmp_write_header(h, &f);
    icmp_write_checksum(h, in.six, header, p->captured, p->length);
    return true;
}
