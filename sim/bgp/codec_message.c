// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/codec_message.h"

#define MARKER_OCTETS 16
#define SAFI_UNICAST  1

static bool fail(struct bgp_notification *error, enum bgp_error code, unsigned subcode)
{
    *error = (struct bgp_notification){.error = code, .subcode = (uint8_t)subcode};
    return false;
}

// Shortest message of each type (RFC 4271 §6.1).
static uint16_t shortest(unsigned type)
{
    static const uint8_t beyond_header[] = {0, 10, 4, 2, 0, 4};
    return (uint16_t)(BGP_HEADER_OCTETS + beyond_header[type]);
}

bool bgp_header_read(const struct bgp_codec *c, const void *message, enum bgp_type *type,
                     uint16_t *length, struct bgp_notification *error)
{
    struct octets_in in = octets_in(message, BGP_HEADER_OCTETS);
    bool synchronised = octets_get(&in, 8) == UINT64_MAX && octets_get(&in, 8) == UINT64_MAX;
    *length = octets_get16(&in);
    unsigned t = octets_get8(&in);
    bool brief = t == BGP_TYPE_OPEN || t == BGP_TYPE_KEEPALIVE; // RFC 8654 §4: never extended
    uint32_t most = c->extended_messages && !brief ? BGP_EXTENDED_OCTETS : BGP_MESSAGE_OCTETS;
    if (!synchronised)
        return fail(error, BGP_ERROR_HEADER, 1);
    if (t < BGP_TYPE_OPEN || t > BGP_TYPE_ROUTE_REFRESH)
        return fail(error, BGP_ERROR_HEADER, 3);
    if (*length < shortest(t) || *length > most ||
        (t == BGP_TYPE_KEEPALIVE && *length != BGP_HEADER_OCTETS))
        return fail(error, BGP_ERROR_HEADER, 2);
    *type = (enum bgp_type)t;
    return true;
}

void bgp_header_begin(struct octets_out *out, enum bgp_type type)
{
    octets_put(out, UINT64_MAX, 8);
    octets_put(out, UINT64_MAX, 8);
    octets_put(out, 0, 2);
    octets_put(out, type, 1);
}

size_t bgp_header_finish(struct octets_out *out)
{
    if (out->failed)
        return 0;
    octets_set(out->start + MARKER_OCTETS, octets_written(out), 2);
    return octets_written(out);
}

static struct octets_in body_of(const void *message, size_t octets)
{
    struct octets_in in = octets_in(message, octets);
    octets_take(&in, BGP_HEADER_OCTETS);
    return in;
}

size_t bgp_notification_encode(const struct bgp_notification *n, void *buffer, size_t size)
{
    struct octets_out out = octets_out(buffer, size);
    bgp_header_begin(&out, BGP_TYPE_NOTIFICATION);
    octets_put(&out, n->error, 1);
    octets_put(&out, n->subcode, 1);
    if (n->error == BGP_ERROR_OPEN && n->subcode == BGP_OPEN_VERSION)
        octets_put(&out, n->data, 2);
    if (n->text) { // RFC 9003 §2: at most 255 octets
        size_t length = strlen(n->text);
        length = length < UINT8_MAX ? length : UINT8_MAX;
        octets_put(&out, length, 1);
        octets_copy(&out, n->text, length);
    }
    return bgp_header_finish(&out);
}

bool bgp_notification_decode(const void *message, size_t octets,
                             struct bgp_notification_octets *out)
{
    struct octets_in in = body_of(message, octets);
    out->code = octets_get8(&in);
    out->subcode = octets_get8(&in);
    out->data = in.at;
    out->n = octets_left(&in);
    return !in.failed;
}

size_t bgp_keepalive_encode(void *buffer, size_t size)
{
    struct octets_out out = octets_out(buffer, size);
    bgp_header_begin(&out, BGP_TYPE_KEEPALIVE);
    return bgp_header_finish(&out);
}

size_t bgp_refresh_encode(uint32_t family, enum bgp_refresh_kind kind, void *buffer, size_t size)
{
    struct octets_out out = octets_out(buffer, size);
    bgp_header_begin(&out, BGP_TYPE_ROUTE_REFRESH);
    octets_put(&out, family == BGP_FAMILY_IPV6 ? BGP_AFI_IP6 : BGP_AFI_IP4, 2);
    octets_put(&out, kind, 1);
    octets_put(&out, SAFI_UNICAST, 1);
    return bgp_header_finish(&out);
}

bool bgp_refresh_decode(const void *message, size_t octets, uint32_t *family,
                        enum bgp_refresh_kind *kind, struct bgp_notification *error)
{
    struct octets_in in = body_of(message, octets);
    unsigned afi = octets_get16(&in), subtype = octets_get8(&in), safi = octets_get8(&in);
    if (in.failed || octets_left(&in)) // RFC 7313 §5
        return fail(error, BGP_ERROR_REFRESH, 1);
    *kind = (enum bgp_refresh_kind)subtype;
    *family = subtype > BGP_REFRESH_END || safi != SAFI_UNICAST ? 0
              : afi == BGP_AFI_IP4                              ? BGP_FAMILY_IPV4
              : afi == BGP_AFI_IP6                              ? BGP_FAMILY_IPV6
                                                                : 0;
    return true;
}
