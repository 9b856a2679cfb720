// SPDX-License-Identifier: GPL-3.0-or-later
// codec_mp: prefixes as NLRI, and the attributes that carry those of IPv6 (RFC 4760).
#include "bgp/codec_attr.h"

#define SAFI_UNICAST 1

bool bgp_nlri_read(struct octets_in *in, enum bgp_afi afi, bool add_path, struct bgp_nlri *out)
{
    uint8_t octets[16] = {0};
    out->path_id = add_path ? octets_get32(in) : 0;
    unsigned bits = octets_get8(in), most = afi == BGP_AFI_IP4 ? 32 : 128;
    size_t n = (bits + 7) / 8;
    const uint8_t *b = bits <= most ? octets_take(in, n) : NULL;
    if (!b || in->failed)
        return false;
    memcpy(octets, b, n);
    struct octets_in whole = octets_in(octets, sizeof octets);
    uint64_t hi = octets_get(&whole, 8), lo = octets_get(&whole, 8);
    if (afi == BGP_AFI_IP4) { // RFC 4271 §4.3: bits beyond the length are of no account
        ip4_addr a = (ip4_addr)(hi >> 32) & prefix_mask((uint8_t)bits);
        out->prefix = prefix6_from_prefix((struct prefix){a, (uint8_t)bits});
        return true;
    }
    struct ip6_addr mask = ip6_mask((uint8_t)bits);
    out->prefix = (struct prefix6){{hi & mask.hi, lo & mask.lo}, (uint8_t)bits};
    return true;
}

static void write_address(struct octets_out *out, struct ip6_addr a, size_t octets)
{
    uint8_t b[16];
    octets_set(b, a.hi, 8);
    octets_set(b + 8, a.lo, 8);
    octets_copy(out, b, octets);
}

void bgp_nlri_write(struct octets_out *out, bool add_path, const struct bgp_nlri *n)
{
    struct ip6_addr a = n->prefix.addr;
    unsigned bits = n->prefix.len;
    if (bgp_nlri_is_ip4(n)) {
        bits -= IP6_MAPPED_BITS;
        a = (struct ip6_addr){a.lo << 32, 0};
    }
    if (add_path)
        octets_put(out, n->path_id, 4);
    octets_put(out, bits, 1);
    write_address(out, a, (bits + 7) / 8);
}

static bool known_family(struct octets_in *in)
{
    uint16_t afi = octets_get16(in);
    uint8_t safi = octets_get8(in);
    return afi == BGP_AFI_IP6 && safi == SAFI_UNICAST;
}

static struct ip6_addr read_address(struct octets_in *in)
{
    uint64_t hi = octets_get(in, 8);
    return (struct ip6_addr){hi, octets_get(in, 8)};
}

// RFC 2545 §3: one global address, or that and a link-local one.
static bool read_next_hop(struct bgp_update *u, struct octets_in *in)
{
    unsigned n = octets_get8(in);
    if (n != 16 && n != 32)
        return false;
    u->next_hop6 = read_address(in);
    u->next_hop_link = n == 32 ? read_address(in) : (struct ip6_addr){0, 0};
    return !in->failed;
}

void bgp_mp_reach_read(struct bgp_attr_reader *r, struct octets_in *in)
{
    struct bgp_update *u = r->out;
    struct bgp_nlri n;
    if (r->table) { // RFC 6396 §4.3.4: nothing but the next hop
        if (!read_next_hop(u, in))
            bgp_fault_note(u, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_OPTIONAL, BGP_ATTR_MP_REACH,
                           "MP_REACH_NLRI of a table: bad next hop");
        return;
    }
    bool known = known_family(in);
    if (in->failed)
        goto malformed;
    if (!known)
        return; // a family nobody asked for: not ours to judge
    if (!read_next_hop(u, in))
        goto malformed;
    octets_get8(in); // reserved, ignored (RFC 4760 §3)
    while (!in->failed && octets_left(in)) {
        if (!bgp_nlri_read(in, BGP_AFI_IP6, r->codec->add_path6, &n))
            goto malformed;
        vec_push(&u->announced, n);
    }
    if (!in->failed)
        return;
malformed: // RFC 7606 §5.3, §7.11
    bgp_fault_note(u, BGP_TREAT_RESET, BGP_UPDATE_OPTIONAL, BGP_ATTR_MP_REACH,
                   "malformed MP_REACH_NLRI");
}

void bgp_mp_unreach_read(struct bgp_attr_reader *r, struct octets_in *in)
{
    struct bgp_update *u = r->out;
    struct bgp_nlri n;
    bool known = known_family(in), good = !in->failed;
    if (good && !known)
        return;
    if (good && !octets_left(in)) // RFC 4724 §2, if nothing else is in the message
        u->end_of_rib = BGP_AFI_IP6;
    while (good && octets_left(in)) {
        good = bgp_nlri_read(in, BGP_AFI_IP6, r->codec->add_path6, &n);
        if (good)
            vec_push(&u->withdrawn, n);
    }
    if (!good)
        bgp_fault_note(u, BGP_TREAT_RESET, BGP_UPDATE_OPTIONAL, BGP_ATTR_MP_UNREACH,
                       "malformed MP_UNREACH_NLRI");
}

static void write_next_hop(const struct bgp_update *u, struct octets_out *out)
{
    bool two = !ip6_is_zero(u->next_hop_link);
    octets_put(out, two ? 32 : 16, 1);
    write_address(out, u->next_hop6, 16);
    if (two)
        write_address(out, u->next_hop_link, 16);
}

void bgp_mp_reach_write(const struct bgp_codec *c, const struct bgp_update *u, bool table,
                        struct octets_out *out)
{
    uint8_t *length = bgp_attr_begin(out, BGP_FLAG_OPTIONAL, BGP_ATTR_MP_REACH, !table);
    if (!table) {
        octets_put(out, BGP_AFI_IP6, 2);
        octets_put(out, SAFI_UNICAST, 1);
    }
    write_next_hop(u, out);
    if (!table)
        octets_put(out, 0, 1);
    for (size_t i = 0; !table && i < u->announced.n; i++)
        if (!bgp_nlri_is_ip4(&u->announced.v[i]))
            bgp_nlri_write(out, c->add_path6, &u->announced.v[i]);
    octets_set_length(out, length, table ? 1 : 2);
}

void bgp_mp_unreach_write(const struct bgp_codec *c, const struct bgp_update *u,
                          struct octets_out *out)
{
    uint8_t *length = bgp_attr_begin(out, BGP_FLAG_OPTIONAL, BGP_ATTR_MP_UNREACH, true);
    octets_put(out, BGP_AFI_IP6, 2);
    octets_put(out, SAFI_UNICAST, 1);
    for (size_t i = 0; i < u->withdrawn.n; i++)
        if (!bgp_nlri_is_ip4(&u->withdrawn.v[i]))
            bgp_nlri_write(out, c->add_path6, &u->withdrawn.v[i]);
    octets_set_length(out, length, 2);
}
