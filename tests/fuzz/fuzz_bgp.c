// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of BGP messages: the first octet says what the session agreed on, the rest is what a
// neighbour sent. What decodes must encode, and decode to the same again.
#include "bgp/codec_message.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t buffer[BGP_EXTENDED_OCTETS], again[BGP_EXTENDED_OCTETS];

static void require(bool good)
{
    if (!good)
        abort();
}

// Attributes that were discarded, and flags and lengths that can be written in two ways, are gone
// after the first round; from then on the octets stay.
static void check_update(const struct bgp_codec *c, const uint8_t *message, size_t n)
{
    struct bgp_update u = {0}, v = {0};
    if (bgp_update_decode(c, message, n, &u)) {
        size_t first = bgp_update_encode(c, &u, buffer, sizeof buffer);
        if (first) {
            require(bgp_update_decode(c, buffer, first, &v));
            require(v.announced.n == u.announced.n && v.withdrawn.n == u.withdrawn.n);
            require(v.fault.treatment == BGP_TREAT_NORMAL || !c->four_octet_as);
            size_t second = bgp_update_encode(c, &v, again, sizeof again);
            require(second == first || !c->four_octet_as);
            require(!c->four_octet_as || memcmp(buffer, again, first) == 0);
        }
    } else {
        require(u.fault.treatment == BGP_TREAT_RESET && u.fault.code != 0);
    }
    bgp_update_free(&u);
    bgp_update_free(&v);
}

static void check_open(const uint8_t *message, size_t n)
{
    struct bgp_open a, b;
    struct bgp_notification error;
    if (!bgp_open_decode(message, n, &a, &error)) {
        require(error.error == BGP_ERROR_OPEN);
        return;
    }
    size_t octets = bgp_open_encode(&a, buffer, sizeof buffer);
    require(octets > 0);
    require(bgp_open_decode(buffer, octets, &b, &error));
    require(b.id == a.id && b.hold_ps == a.hold_ps && b.capabilities.have == a.capabilities.have);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum bgp_type type;
    uint16_t length;
    struct bgp_notification error;
    struct bgp_notification_octets notification;
    enum bgp_refresh_kind kind;
    uint32_t family;
    if (size < 1 + BGP_HEADER_OCTETS)
        return 0;
    struct bgp_codec c = {data[0] & 1, data[0] & 2, data[0] & 4, data[0] & 8, data[0] & 16};
    data++;
    size--;
    check_update(&c, data, size);
    if (!bgp_header_read(&c, data, &type, &length, &error) || length != size)
        return 0;
    if (type == BGP_TYPE_OPEN)
        check_open(data, size);
    else if (type == BGP_TYPE_NOTIFICATION)
        bgp_notification_decode(data, size, &notification);
    else if (type == BGP_TYPE_ROUTE_REFRESH)
        bgp_refresh_decode(data, size, &family, &kind, &error);
    return 0;
}
