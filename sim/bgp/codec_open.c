// SPDX-License-Identifier: GPL-3.0-or-later
// codec_open: OPEN and its capabilities.
#include "bgp/codec_message.h"

#include "base/units.h"

#define VERSION            4
#define SAFI_UNICAST       1
#define PARAM_CAPABILITIES 2
#define PARAM_EXTENDED     255 // RFC 9072 §2

enum capability_code { // IANA's registry
    CODE_MULTIPROTOCOL = 1,
    CODE_ROUTE_REFRESH = 2,
    CODE_EXTENDED_MESSAGE = 6,
    CODE_ROLE = 9,
    CODE_GRACEFUL = 64,
    CODE_AS4 = 65,
    CODE_ADD_PATH = 69,
    CODE_ENHANCED_REFRESH = 70,
    CODE_LONG_LIVED = 71
};

static const struct family {
    uint32_t bit;
    uint16_t afi;
} families[] = {{BGP_FAMILY_IPV4, BGP_AFI_IP4}, {BGP_FAMILY_IPV6, BGP_AFI_IP6}};

#define FAMILIES (sizeof families / sizeof *families)

// --- Writing

static uint8_t *begin(struct octets_out *out, enum capability_code code)
{
    octets_put(out, code, 1);
    return octets_room(out, 1);
}

static void put_family(struct octets_out *out, const struct family *f)
{
    octets_put(out, f->afi, 2);
    octets_put(out, SAFI_UNICAST, 1);
}

static void put_plain(struct octets_out *out, enum capability_code code, uint64_t value, size_t n)
{
    uint8_t *length = begin(out, code);
    octets_put(out, value, n);
    octets_set_length(out, length, 1);
}

static void put_multiprotocol(struct octets_out *out, uint32_t offered)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (offered & families[i].bit)
            put_plain(out, CODE_MULTIPROTOCOL, (uint64_t)families[i].afi << 16 | SAFI_UNICAST, 4);
}

static void put_add_path(struct octets_out *out, const struct bgp_capabilities *c)
{
    uint8_t *length = begin(out, CODE_ADD_PATH);
    for (size_t i = 0; i < FAMILIES; i++)
        if (c->families & families[i].bit) {
            put_family(out, &families[i]);
            octets_put(out, c->add_path, 1);
        }
    octets_set_length(out, length, 1);
}

static void put_graceful(struct octets_out *out, const struct bgp_capabilities *c)
{
    uint8_t *length = begin(out, CODE_GRACEFUL);
    unsigned flags = (c->restarted ? 8u : 0) | (c->notification ? 4u : 0);
    octets_put(out, flags << 12 | (c->restart_s & 0xfffu), 2);
    for (size_t i = 0; i < FAMILIES; i++)
        if (c->families & families[i].bit) {
            put_family(out, &families[i]);
            octets_put(out, c->forwarding ? 0x80 : 0, 1);
        }
    octets_set_length(out, length, 1);
}

static void put_long_lived(struct octets_out *out, const struct bgp_capabilities *c)
{
    uint8_t *length = begin(out, CODE_LONG_LIVED);
    for (size_t i = 0; i < FAMILIES; i++)
        if (c->families & families[i].bit) {
            put_family(out, &families[i]);
            octets_put(out, c->forwarding ? 0x80 : 0, 1);
            octets_put(out, c->long_lived_s & 0xffffffu, 3);
        }
    octets_set_length(out, length, 1);
}

static void put_capabilities(struct octets_out *out, const struct bgp_open *o)
{
    const struct bgp_capabilities *c = &o->capabilities;
    put_multiprotocol(out, c->families);
    if (c->have & BGP_CAP_ROUTE_REFRESH)
        put_plain(out, CODE_ROUTE_REFRESH, 0, 0);
    if (c->have & BGP_CAP_EXTENDED_MESSAGE)
        put_plain(out, CODE_EXTENDED_MESSAGE, 0, 0);
    if (c->have & BGP_CAP_ROLE) // RFC 9234 §4.1: 0 is a provider
        put_plain(out, CODE_ROLE, (uint64_t)c->role - 1, 1);
    if (c->have & BGP_CAP_GRACEFUL)
        put_graceful(out, c);
    if (c->have & BGP_CAP_AS4)
        put_plain(out, CODE_AS4, o->asn, 4);
    if (c->have & BGP_CAP_ADD_PATH)
        put_add_path(out, c);
    if (c->have & BGP_CAP_ENHANCED_REFRESH)
        put_plain(out, CODE_ENHANCED_REFRESH, 0, 0);
    if (c->have & BGP_CAP_LONG_LIVED)
        put_long_lived(out, c);
}

size_t bgp_open_encode(const struct bgp_open *open, void *buffer, size_t size)
{
    struct octets_out out = octets_out(buffer, size);
    bgp_header_begin(&out, BGP_TYPE_OPEN);
    octets_put(&out, open->version, 1);
    octets_put(&out, open->asn > UINT16_MAX ? BGP_AS_TRANS : open->asn, 2);
    octets_put(&out, (uint64_t)(open->hold_ps / PS_PER_S), 2);
    octets_put(&out, open->id, 4);
    uint8_t *parameters = octets_room(&out, 1);
    octets_put(&out, PARAM_CAPABILITIES, 1);
    uint8_t *capabilities = octets_room(&out, 1);
    put_capabilities(&out, open);
    octets_set_length(&out, capabilities, 1);
    octets_set_length(&out, parameters, 1);
    return bgp_header_finish(&out);
}

// --- Reading

// The family at hand, 0 when it is not one of ours.
static uint32_t get_family(struct octets_in *in)
{
    unsigned afi = octets_get16(in), safi = octets_get8(in);
    for (size_t i = 0; i < FAMILIES; i++)
        if (families[i].afi == afi && safi == SAFI_UNICAST)
            return families[i].bit;
    return 0;
}

static void get_add_path(struct octets_in *in, struct bgp_capabilities *c)
{
    while (octets_left(in) >= 4) {
        uint32_t family = get_family(in);
        unsigned how = octets_get8(in);
        if (family == BGP_FAMILY_IPV4 && how <= 3) // RFC 7911 §4: other values are ignored
            c->add_path = how;
    }
}

static void get_graceful(struct octets_in *in, struct bgp_capabilities *c)
{
    unsigned first = octets_get16(in);
    c->restarted = first >> 15;
    c->notification = first >> 14 & 1;
    c->restart_s = (uint16_t)(first & 0xfff);
    c->forwarding = false;
    while (octets_left(in) >= 4) {
        uint32_t family = get_family(in);
        c->forwarding |= octets_get8(in) >> 7 && family == BGP_FAMILY_IPV4;
    }
}

static void get_long_lived(struct octets_in *in, struct bgp_capabilities *c)
{
    while (octets_left(in) >= 7) {
        uint32_t family = get_family(in);
        octets_get8(in);
        uint32_t stale_s = (uint32_t)octets_get(in, 3);
        if (family == BGP_FAMILY_IPV4)
            c->long_lived_s = stale_s;
    }
}

// One capability; those we do not know, and known ones of a wrong length, are ignored (RFC 5492 §3).
static void get_capability(unsigned code, struct octets_in *in, struct bgp_open *out)
{
    struct bgp_capabilities *c = &out->capabilities;
    size_t n = octets_left(in);
    if (code == CODE_MULTIPROTOCOL && n == 4) {
        uint16_t afi = octets_get16(in);
        octets_get8(in);
        uint8_t safi = octets_get8(in);
        for (size_t i = 0; i < FAMILIES; i++)
            if (families[i].afi == afi && safi == SAFI_UNICAST)
                c->families |= families[i].bit;
    } else if (code == CODE_ROUTE_REFRESH && n == 0) {
        c->have |= BGP_CAP_ROUTE_REFRESH;
    } else if (code == CODE_EXTENDED_MESSAGE && n == 0) {
        c->have |= BGP_CAP_EXTENDED_MESSAGE;
    } else if (code == CODE_ENHANCED_REFRESH && n == 0) {
        c->have |= BGP_CAP_ENHANCED_REFRESH;
    } else if (code == CODE_ROLE && n == 1) {
        unsigned role = octets_get8(in) + 1u;
        if (role <= BGP_ROLE_PEER) {
            c->have |= BGP_CAP_ROLE;
            c->role = (enum bgp_role)role;
        }
    } else if (code == CODE_AS4 && n == 4) {
        c->have |= BGP_CAP_AS4;
        out->asn = octets_get32(in);
    } else if (code == CODE_ADD_PATH && n % 4 == 0) {
        c->have |= BGP_CAP_ADD_PATH;
        get_add_path(in, c);
    } else if (code == CODE_GRACEFUL && n >= 2 && n % 4 == 2) {
        c->have |= BGP_CAP_GRACEFUL;
        get_graceful(in, c);
    } else if (code == CODE_LONG_LIVED && n % 7 == 0) {
        c->have |= BGP_CAP_LONG_LIVED;
        get_long_lived(in, c);
    }
}

static bool fail(struct bgp_notification *error, unsigned subcode)
{
    *error = (struct bgp_notification){.error = BGP_ERROR_OPEN, .subcode = (uint8_t)subcode};
    return false;
}

static bool get_parameters(struct octets_in *in, bool extended, struct bgp_open *out,
                           struct bgp_notification *error)
{
    while (octets_left(in)) {
        unsigned type = octets_get8(in);
        struct octets_in value = octets_part(in, octets_get(in, extended ? 2 : 1));
        if (in->failed)
            return fail(error, 0);
        if (type != PARAM_CAPABILITIES)
            return fail(error, BGP_OPEN_PARAMETER);
        while (octets_left(&value)) {
            unsigned code = octets_get8(&value);
            struct octets_in one = octets_part(&value, octets_get8(&value));
            if (value.failed)
                return fail(error, 0);
            get_capability(code, &one, out);
        }
    }
    return true;
}

// RFC 4271 §6.2; RFC 7607: AS 0 is nobody's.
static bool check(const struct bgp_open *o, struct bgp_notification *error)
{
    if (o->asn == 0)
        return fail(error, BGP_OPEN_PEER_AS);
    if (o->hold_ps == 1 * PS_PER_S || o->hold_ps == 2 * PS_PER_S)
        return fail(error, BGP_OPEN_HOLD_TIME);
    if (o->id == 0) // RFC 6286 §2.1
        return fail(error, BGP_OPEN_IDENTIFIER);
    return true;
}

bool bgp_open_decode(const void *message, size_t octets, struct bgp_open *out,
                     struct bgp_notification *error)
{
    struct octets_in in = octets_in(message, octets);
    octets_take(&in, BGP_HEADER_OCTETS);
    *out = (struct bgp_open){.version = octets_get8(&in)};
    out->asn = octets_get16(&in);
    out->hold_ps = octets_get16(&in) * PS_PER_S;
    out->id = octets_get32(&in);
    size_t n = octets_get8(&in);
    bool extended = n && octets_left(&in) && *in.at == PARAM_EXTENDED;
    if (out->version != VERSION) {
        fail(error, BGP_OPEN_VERSION);
        error->data = VERSION;
        return false;
    }
    if (extended) {
        octets_get8(&in);
        n = octets_get16(&in);
    }
    if (in.failed || n != octets_left(&in))
        return fail(error, 0);
    if (!get_parameters(&in, extended, out, error))
        return false;
    if (!out->capabilities.families) // RFC 4760 §8: without the capability, IPv4 unicast
        out->capabilities.families = BGP_FAMILY_IPV4;
    return check(out, error);
}
