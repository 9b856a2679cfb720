// SPDX-License-Identifier: GPL-3.0-or-later
// codec_update: the frame of an UPDATE message around its attributes (RFC 4271 §4.3).
#include "bgp/codec_attr.h"

#define TYPE_UPDATE 2

void bgp_update_clear(struct bgp_update *u)
{
    u->withdrawn.n = u->announced.n = u->unknown.n = 0;
    bgp_draft_clear(&u->draft);
    u->next_hop6 = u->next_hop_link = (struct ip6_addr){0, 0};
    u->end_of_rib = (enum bgp_afi)0;
    u->fault = (struct bgp_fault){0};
}

void bgp_update_free(struct bgp_update *u)
{
    vec_free(&u->withdrawn);
    vec_free(&u->announced);
    vec_free(&u->unknown);
    bgp_draft_free(&u->draft);
}

void bgp_fault_note(struct bgp_update *u, enum bgp_treatment treatment,
                    enum bgp_update_subcode subcode, uint8_t attribute, const char *why)
{
    if (treatment > u->fault.treatment)
        u->fault =
            (struct bgp_fault){treatment, BGP_UPDATE_ERROR, (uint8_t)subcode, attribute, why};
}

// Prefixes of the classic fields. False when they are malformed: nothing can be saved then
// (RFC 7606 §5.3).
#define READ_PREFIXES(in, add_path, list)                                                          \
    do {                                                                                           \
        while (octets_left(in)) {                                                                  \
            struct bgp_nlri nlri;                                                                  \
            if (!bgp_nlri_read((in), BGP_AFI_IP4, (add_path), &nlri))                              \
                return false;                                                                      \
            vec_push(&(list), nlri);                                                               \
        }                                                                                          \
    } while (0)

static bool read_withdrawn(const struct bgp_codec *c, struct octets_in *in, struct bgp_update *out)
{
    READ_PREFIXES(in, c->add_path4, out->withdrawn);
    return true;
}

static bool read_announced(const struct bgp_codec *c, struct octets_in *in, struct bgp_update *out)
{
    READ_PREFIXES(in, c->add_path4, out->announced);
    return true;
}

// RFC 4271 §5 as RFC 7606 §3 d treats it.
static void check_mandatory(struct bgp_attr_reader *r, bool ip4)
{
    static const struct {
        uint8_t type;
        const char *why;
    } mandatory[] = {{BGP_ATTR_ORIGIN, "ORIGIN is missing"},
                     {BGP_ATTR_AS_PATH, "AS_PATH is missing"},
                     {BGP_ATTR_NEXT_HOP, "NEXT_HOP is missing"},
                     {BGP_ATTR_LOCAL_PREF, "LOCAL_PREF is missing on an internal session"}};
    if (!r->out->announced.n)
        return;
    for (size_t i = 0; i < sizeof mandatory / sizeof *mandatory; i++) {
        uint8_t type = mandatory[i].type;
        bool wanted = type == BGP_ATTR_NEXT_HOP     ? ip4
                      : type == BGP_ATTR_LOCAL_PREF ? r->codec->ibgp
                                                    : true;
        if (wanted && !bgp_attr_seen(r, type))
            bgp_fault_note(r->out, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_MISSING_WELL_KNOWN, type,
                           mandatory[i].why);
    }
}

// RFC 7606 §2, §5.2: without anything to withdraw, an error that asks for it ends the session.
static void withdraw_announced(struct bgp_update *u)
{
    if (u->fault.treatment != BGP_TREAT_AS_WITHDRAW)
        return;
    if (!u->announced.n)
        u->fault.treatment = BGP_TREAT_RESET;
    for (size_t i = 0; i < u->announced.n; i++)
        vec_push(&u->withdrawn, u->announced.v[i]);
    u->announced.n = 0;
}

static bool read_body(const struct bgp_codec *c, struct octets_in *in, struct bgp_update *out)
{
    bool bare = octets_left(in) == 4; // RFC 4724 §2: End-of-RIB of IPv4, if both lengths are 0
    struct octets_in withdrawn = octets_part(in, octets_get16(in));
    struct octets_in attributes = octets_part(in, octets_get16(in));
    if (in->failed) {
        bgp_fault_note(out, BGP_TREAT_RESET, BGP_UPDATE_MALFORMED_LIST, 0,
                       "the lengths exceed the message");
        return false;
    }
    bool good = read_withdrawn(c, &withdrawn, out) && read_announced(c, in, out);
    if (!good) {
        bgp_fault_note(out, BGP_TREAT_RESET, BGP_UPDATE_NETWORK, 0, "malformed prefix");
        return false;
    }
    bool ip4 = out->announced.n > 0, several = octets_left(&attributes) > 7;
    struct bgp_attr_reader r = {.codec = c, .out = out};
    bgp_attr_read_all(&r, &attributes);
    check_mandatory(&r, ip4);
    withdraw_announced(out);
    if (bare)
        out->end_of_rib = BGP_AFI_IP4;
    else if (several || out->withdrawn.n || out->announced.n)
        out->end_of_rib = (enum bgp_afi)0; // more than the marker
    return out->fault.treatment != BGP_TREAT_RESET;
}

bool bgp_update_decode(const struct bgp_codec *c, const void *message, size_t octets,
                       struct bgp_update *out)
{
    static const uint8_t marker[16] = {255, 255, 255, 255, 255, 255, 255, 255,
                                       255, 255, 255, 255, 255, 255, 255, 255};
    struct octets_in in = octets_in(message, octets);
    const uint8_t *m = octets_take(&in, sizeof marker);
    uint16_t length = octets_get16(&in);
    uint8_t type = octets_get8(&in);
    bgp_update_clear(out);
    size_t most = c->extended_messages ? BGP_EXTENDED_OCTETS : BGP_MESSAGE_OCTETS;
    if (in.failed || memcmp(m, marker, sizeof marker) != 0 || length != octets || length > most ||
        length < BGP_HEADER_OCTETS + 4 || type != TYPE_UPDATE) {
        out->fault = (struct bgp_fault){BGP_TREAT_RESET, 1, 2, 0, "malformed message header"};
        return false;
    }
    return read_body(c, &in, out);
}

static size_t count_ip6(const struct bgp_nlri *v, size_t n)
{
    size_t six = 0;
    for (size_t i = 0; i < n; i++)
        six += !bgp_nlri_is_ip4(&v[i]);
    return six;
}

static void write_ip4(const struct bgp_codec *c, const struct bgp_nlri *v, size_t n,
                      struct octets_out *out)
{
    for (size_t i = 0; i < n; i++)
        if (bgp_nlri_is_ip4(&v[i]))
            bgp_nlri_write(out, c->add_path4, &v[i]);
}

size_t bgp_update_encode(const struct bgp_codec *c, const struct bgp_update *u, void *buffer,
                         size_t size)
{
    size_t most = c->extended_messages ? BGP_EXTENDED_OCTETS : BGP_MESSAGE_OCTETS;
    struct octets_out out = octets_out(buffer, size < most ? size : most);
    size_t announced6 = count_ip6(u->announced.v, u->announced.n);
    size_t withdrawn6 = count_ip6(u->withdrawn.v, u->withdrawn.n);
    octets_put(&out, UINT64_MAX, 8);
    octets_put(&out, UINT64_MAX, 8);
    uint8_t *length = octets_room(&out, 2);
    octets_put(&out, TYPE_UPDATE, 1);
    uint8_t *withdrawn = octets_room(&out, 2);
    write_ip4(c, u->withdrawn.v, u->withdrawn.n, &out);
    octets_set_length(&out, withdrawn, 2);
    uint8_t *attributes = octets_room(&out, 2);
    if (announced6)
        bgp_mp_reach_write(c, u, false, &out);
    if (u->announced.n)
        bgp_attr_write_all(c, u, u->announced.n > announced6, &out);
    if (withdrawn6 || u->end_of_rib == BGP_AFI_IP6)
        bgp_mp_unreach_write(c, u, &out);
    octets_set_length(&out, attributes, 2);
    write_ip4(c, u->announced.v, u->announced.n, &out);
    if (out.failed)
        return 0;
    octets_set(length, octets_written(&out), 2);
    return octets_written(&out);
}

void bgp_attributes_write(const struct bgp_update *u, bool ibgp, bool ip6, struct octets_out *out)
{
    const struct bgp_codec c = {.ibgp = ibgp, .four_octet_as = true};
    bgp_attr_write_all(&c, u, !ip6, out);
    if (ip6)
        bgp_mp_reach_write(&c, u, true, out);
}

bool bgp_attributes_read(const void *octets, size_t n, struct bgp_update *out)
{
    const struct bgp_codec c = {.ibgp = true, .four_octet_as = true};
    struct bgp_attr_reader r = {.codec = &c, .out = out, .table = true};
    struct octets_in in = octets_in(octets, n);
    bgp_update_clear(out);
    bgp_attr_read_all(&r, &in);
    return out->fault.treatment < BGP_TREAT_AS_WITHDRAW;
}
