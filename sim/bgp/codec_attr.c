// SPDX-License-Identifier: GPL-3.0-or-later
// codec_attr: reading path attributes (RFC 4271 §4.3, §5), with what RFC 7606 §7 says of each.
#include "bgp/codec_attr.h"

#include "bgp/codec_path.h"

#define OPTIONAL   BGP_FLAG_OPTIONAL
#define TRANSITIVE BGP_FLAG_TRANSITIVE

// A reader gets the attribute's data alone and has to leave none of it. False: malformed.
typedef bool read_fn(struct bgp_attr_reader *r, struct octets_in *in);

static bool read_origin(struct bgp_attr_reader *r, struct octets_in *in)
{
    uint8_t origin = octets_get8(in);
    r->out->draft.f.origin = origin <= BGP_ORIGIN_INCOMPLETE ? origin : 0;
    return origin <= BGP_ORIGIN_INCOMPLETE;
}

static bool read_as_path(struct bgp_attr_reader *r, struct octets_in *in)
{
    return bgp_path_read(in, r->codec->four_octet_as ? 4 : 2, &r->out->draft);
}

static bool read_next_hop(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->out->draft.f.next_hop = octets_get32(in);
    return true;
}

static bool read_med(struct bgp_attr_reader *r, struct octets_in *in)
{
    if (octets_left(in) == 4)
        bgp_draft_set_med(&r->out->draft, octets_get32(in));
    return !octets_left(in);
}

static bool read_local_pref(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->out->draft.f.local_pref = octets_get32(in);
    return true;
}

static bool read_atomic(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->out->draft.f.atomic = octets_left(in) == 0;
    return true;
}

static bool read_aggregator(struct bgp_attr_reader *r, struct octets_in *in)
{
    struct bgp_attr_fields *f = &r->out->draft.f;
    size_t as_octets = r->codec->four_octet_as ? 4 : 2;
    if (octets_left(in) != as_octets + 4)
        return false;
    f->aggregator_as = (uint32_t)octets_get(in, as_octets);
    f->aggregator = octets_get32(in);
    return true;
}

static bool read_communities(struct bgp_attr_reader *r, struct octets_in *in)
{
    bool good = octets_left(in) && octets_left(in) % 4 == 0;
    while (good && octets_left(in))
        bgp_draft_add_community(&r->out->draft, octets_get32(in));
    return good;
}

static bool read_originator(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->out->draft.f.originator_id = octets_get32(in);
    return true;
}

static bool read_clusters(struct bgp_attr_reader *r, struct octets_in *in)
{
    bool good = octets_left(in) && octets_left(in) % 4 == 0;
    while (good && octets_left(in))
        vec_push(&r->out->draft.clusters, octets_get32(in));
    return good;
}

static bool read_extended(struct bgp_attr_reader *r, struct octets_in *in)
{
    bool good = octets_left(in) && octets_left(in) % 8 == 0;
    while (good && octets_left(in))
        bgp_draft_add_extended(&r->out->draft, octets_get(in, 8));
    return good;
}

static bool read_large(struct bgp_attr_reader *r, struct octets_in *in)
{
    bool good = octets_left(in) && octets_left(in) % 12 == 0;
    while (good && octets_left(in)) {
        uint32_t large[BGP_LARGE_WORDS];
        for (int i = 0; i < BGP_LARGE_WORDS; i++)
            large[i] = octets_get32(in);
        bgp_draft_add_large(&r->out->draft, large);
    }
    return good;
}

// RFC 6793 §6: what replaces AS_PATH must be well-formed and free of confederation segments.
static bool read_as4_path(struct bgp_attr_reader *r, struct octets_in *in)
{
    struct octets_in whole = *in;
    struct bgp_draft scratch = {0};
    bool good = bgp_path_read(in, 4, &scratch) && !bgp_path_has_confed(&scratch);
    bgp_draft_free(&scratch);
    if (good && !r->codec->four_octet_as)
        r->as4_path = whole;
    return good;
}

static bool read_as4_aggregator(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->as4_aggregator = octets_get(in, 8);
    return true;
}

// RFC 7311 §3: TLVs; of several of type 1 the first counts.
static bool read_aigp(struct bgp_attr_reader *r, struct octets_in *in)
{
    struct bgp_attr_fields *f = &r->out->draft.f;
    while (octets_left(in)) {
        uint8_t type = octets_get8(in);
        uint16_t length = octets_get16(in);
        if (in->failed || length < 3 || (type == 1 && length != 11))
            return false;
        struct octets_in value = octets_part(in, length - 3u);
        if (value.failed)
            return false;
        if (type == 1 && !f->has_aigp) {
            f->aigp = octets_get(&value, 8);
            f->has_aigp = true;
        }
    }
    return true;
}

static bool read_otc(struct bgp_attr_reader *r, struct octets_in *in)
{
    r->out->draft.f.otc = octets_get32(in);
    return true;
}

static bool read_mp_reach(struct bgp_attr_reader *r, struct octets_in *in)
{
    bgp_mp_reach_read(r, in); // notes its faults by itself
    in->at = in->end;
    return true;
}

static bool read_mp_unreach(struct bgp_attr_reader *r, struct octets_in *in)
{
    bgp_mp_unreach_read(r, in);
    in->at = in->end;
    return true;
}

static const struct kind {
    uint8_t type, flags;
    uint8_t octets; // exactly so many, or ANY
    bool internal;  // discarded when it comes from another AS (RFC 7606 §7.5, §7.9, §7.10)
    enum bgp_treatment malformed;
    uint8_t subcode;
    read_fn *read;
    const char *why;
} kinds[] = {
#define ANY UINT8_MAX
    {BGP_ATTR_ORIGIN, TRANSITIVE, 1, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_ORIGIN, read_origin,
     "malformed ORIGIN"},
    {BGP_ATTR_AS_PATH, TRANSITIVE, ANY, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_AS_PATH,
     read_as_path, "malformed AS_PATH"},
    {BGP_ATTR_NEXT_HOP, TRANSITIVE, 4, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH,
     read_next_hop, "malformed NEXT_HOP"},
    {BGP_ATTR_MED, OPTIONAL, 4, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH, read_med,
     "malformed MULTI_EXIT_DISC"},
    {BGP_ATTR_LOCAL_PREF, TRANSITIVE, 4, true, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH,
     read_local_pref, "malformed LOCAL_PREF"},
    {BGP_ATTR_ATOMIC_AGGREGATE, TRANSITIVE, 0, false, BGP_TREAT_DISCARD, BGP_UPDATE_LENGTH,
     read_atomic, "malformed ATOMIC_AGGREGATE"},
    {BGP_ATTR_AGGREGATOR, OPTIONAL | TRANSITIVE, ANY, false, BGP_TREAT_DISCARD, BGP_UPDATE_LENGTH,
     read_aggregator, "malformed AGGREGATOR"},
    {BGP_ATTR_COMMUNITIES, OPTIONAL | TRANSITIVE, ANY, false, BGP_TREAT_AS_WITHDRAW,
     BGP_UPDATE_OPTIONAL, read_communities, "malformed COMMUNITIES"},
    {BGP_ATTR_ORIGINATOR_ID, OPTIONAL, 4, true, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH,
     read_originator, "malformed ORIGINATOR_ID"},
    {BGP_ATTR_CLUSTER_LIST, OPTIONAL, ANY, true, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH,
     read_clusters, "malformed CLUSTER_LIST"},
    {BGP_ATTR_MP_REACH, OPTIONAL, ANY, false, BGP_TREAT_RESET, BGP_UPDATE_OPTIONAL, read_mp_reach,
     "malformed MP_REACH_NLRI"},
    {BGP_ATTR_MP_UNREACH, OPTIONAL, ANY, false, BGP_TREAT_RESET, BGP_UPDATE_OPTIONAL,
     read_mp_unreach, "malformed MP_UNREACH_NLRI"},
    {BGP_ATTR_EXTENDED, OPTIONAL | TRANSITIVE, ANY, false, BGP_TREAT_AS_WITHDRAW,
     BGP_UPDATE_OPTIONAL, read_extended, "malformed EXTENDED COMMUNITIES"},
    {BGP_ATTR_AS4_PATH, OPTIONAL | TRANSITIVE, ANY, false, BGP_TREAT_DISCARD, BGP_UPDATE_OPTIONAL,
     read_as4_path, "malformed AS4_PATH"},
    {BGP_ATTR_AS4_AGGREGATOR, OPTIONAL | TRANSITIVE, 8, false, BGP_TREAT_DISCARD,
     BGP_UPDATE_OPTIONAL, read_as4_aggregator, "malformed AS4_AGGREGATOR"},
    {BGP_ATTR_AIGP, OPTIONAL, ANY, true, BGP_TREAT_DISCARD, BGP_UPDATE_OPTIONAL, read_aigp,
     "malformed AIGP"},
    {BGP_ATTR_LARGE, OPTIONAL | TRANSITIVE, ANY, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_OPTIONAL,
     read_large, "malformed LARGE_COMMUNITY"},
    {BGP_ATTR_OTC, OPTIONAL | TRANSITIVE, 4, false, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_OPTIONAL,
     read_otc, "malformed ONLY_TO_CUSTOMER"},
};

static const struct kind *find_kind(uint8_t type)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == type)
            return &kinds[i];
    return NULL;
}

bool bgp_attr_seen(const struct bgp_attr_reader *r, uint8_t type)
{
    return r->seen[type / 64] >> (type % 64) & 1;
}

static bool see(struct bgp_attr_reader *r, uint8_t type)
{
    bool before = bgp_attr_seen(r, type);
    r->seen[type / 64] |= UINT64_C(1) << (type % 64);
    return before;
}

// RFC 4271 §5: passed on when it is transitive, with a mark that somebody did not know it.
static void read_unknown(struct bgp_attr_reader *r, uint8_t flags, uint8_t type,
                         const struct octets_in *data)
{
    size_t n = octets_left(data);
    if (!(flags & OPTIONAL)) {
        bgp_fault_note(r->out, BGP_TREAT_RESET, BGP_UPDATE_UNRECOGNIZED_WELL_KNOWN, type,
                       "unknown well-known attribute");
        return;
    }
    if (!(flags & TRANSITIVE))
        return;
    vec_push(&r->out->unknown, (uint8_t)(flags | BGP_FLAG_PARTIAL | BGP_FLAG_EXTENDED));
    vec_push(&r->out->unknown, type);
    vec_push(&r->out->unknown, (uint8_t)(n >> 8));
    vec_push(&r->out->unknown, (uint8_t)n);
    for (size_t i = 0; i < n; i++)
        vec_push(&r->out->unknown, data->at[i]);
}

static void read_known(struct bgp_attr_reader *r, const struct kind *k, uint8_t flags,
                       struct octets_in *data)
{
    struct bgp_update *u = r->out;
    if ((flags & (OPTIONAL | TRANSITIVE)) != k->flags) { // RFC 7606 §3 c
        enum bgp_treatment t =
            k->malformed == BGP_TREAT_RESET ? BGP_TREAT_RESET : BGP_TREAT_AS_WITHDRAW;
        bgp_fault_note(u, t, BGP_UPDATE_FLAGS, k->type, "attribute with wrong flags");
    } else if (k->internal && !r->codec->ibgp) {
        bgp_fault_note(u, BGP_TREAT_DISCARD, BGP_UPDATE_OPTIONAL, k->type,
                       "internal attribute from another AS");
    } else if ((k->octets != ANY && octets_left(data) != k->octets) || !k->read(r, data) ||
               data->failed || octets_left(data)) {
        bgp_fault_note(u, k->malformed, (enum bgp_update_subcode)k->subcode, k->type, k->why);
    }
}

// RFC 7606 §3 g: of an attribute that comes twice the first counts; of the two that carry
// prefixes it ends the session.
static void read_again(struct bgp_attr_reader *r, uint8_t type)
{
    bool prefixes = type == BGP_ATTR_MP_REACH || type == BGP_ATTR_MP_UNREACH;
    bgp_fault_note(r->out, prefixes ? BGP_TREAT_RESET : BGP_TREAT_DISCARD,
                   BGP_UPDATE_MALFORMED_LIST, type, "the same attribute twice");
}

static void read_one(struct bgp_attr_reader *r, struct octets_in *in)
{
    uint8_t flags = octets_get8(in), type = octets_get8(in);
    size_t n = flags & BGP_FLAG_EXTENDED ? octets_get16(in) : octets_get8(in);
    struct octets_in data = octets_part(in, n);
    if (in->failed) { // RFC 7606 §4
        bgp_fault_note(r->out, BGP_TREAT_AS_WITHDRAW, BGP_UPDATE_LENGTH, type,
                       "attribute beyond the end of the list");
        return;
    }
    const struct kind *k = find_kind(type);
    if (see(r, type))
        read_again(r, type);
    else if (k)
        read_known(r, k, flags, &data);
    else
        read_unknown(r, flags, type, &data);
}

void bgp_attr_read_all(struct bgp_attr_reader *r, struct octets_in *in)
{
    while (octets_left(in))
        read_one(r, in);
    bgp_path_join_as4(r);
}
