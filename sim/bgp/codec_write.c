// SPDX-License-Identifier: GPL-3.0-or-later
// codec_write: writing path attributes, in order of type.
#include "bgp/codec_path.h"

#define WELL_KNOWN BGP_FLAG_TRANSITIVE
#define OPTIONAL   BGP_FLAG_OPTIONAL
#define BOTH       (BGP_FLAG_OPTIONAL | BGP_FLAG_TRANSITIVE)

uint8_t *bgp_attr_begin(struct octets_out *out, uint8_t flags, uint8_t type, bool extended)
{
    octets_put(out, flags | (extended ? BGP_FLAG_EXTENDED : 0), 1);
    octets_put(out, type, 1);
    return octets_room(out, extended ? 2 : 1);
}

static void write_number(struct octets_out *out, uint8_t flags, uint8_t type, uint64_t v, size_t n)
{
    uint8_t *length = bgp_attr_begin(out, flags, type, false);
    octets_put(out, v, n);
    octets_set_length(out, length, 1);
}

static void write_words(struct octets_out *out, uint8_t flags, uint8_t type, const uint32_t *v,
                        size_t n)
{
    bool extended = 4 * n > UINT8_MAX;
    if (!n)
        return;
    uint8_t *length = bgp_attr_begin(out, flags, type, extended);
    for (size_t i = 0; i < n; i++)
        octets_put(out, v[i], 4);
    octets_set_length(out, length, extended ? 2 : 1);
}

static void write_path(struct octets_out *out, const struct bgp_draft *d, uint8_t flags,
                       uint8_t type, unsigned as_octets)
{
    bool confed = type == BGP_ATTR_AS_PATH;
    size_t segments = d->segments.n + d->path.n / UINT8_MAX + 1;
    bool extended = 2 * segments + as_octets * d->path.n > UINT8_MAX;
    uint8_t *length = bgp_attr_begin(out, flags, type, extended);
    bgp_path_write(d, as_octets, confed, out);
    octets_set_length(out, length, extended ? 2 : 1);
}

static void write_aggregator(struct octets_out *out, const struct bgp_attr_fields *f, uint8_t type,
                             unsigned as_octets)
{
    uint32_t as = f->aggregator_as;
    if (as_octets == 2 && as > UINT16_MAX)
        as = BGP_AS_TRANS;
    write_number(out, BOTH, type, (uint64_t)as << 32 | f->aggregator, as_octets + 4u);
}

static void write_aigp(struct octets_out *out, uint64_t aigp)
{
    uint8_t *length = bgp_attr_begin(out, OPTIONAL, BGP_ATTR_AIGP, false);
    octets_put(out, 1, 1);
    octets_put(out, 11, 2);
    octets_put(out, aigp, 8);
    octets_set_length(out, length, 1);
}

static void write_base(const struct bgp_codec *c, const struct bgp_draft *d, bool next_hop,
                       struct octets_out *out)
{
    const struct bgp_attr_fields *f = &d->f;
    unsigned as_octets = c->four_octet_as ? 4 : 2;
    write_number(out, WELL_KNOWN, BGP_ATTR_ORIGIN, f->origin, 1);
    write_path(out, d, WELL_KNOWN, BGP_ATTR_AS_PATH, as_octets);
    if (next_hop)
        write_number(out, WELL_KNOWN, BGP_ATTR_NEXT_HOP, f->next_hop, 4);
    if (f->has_med)
        write_number(out, OPTIONAL, BGP_ATTR_MED, f->med, 4);
    if (c->ibgp)
        write_number(out, WELL_KNOWN, BGP_ATTR_LOCAL_PREF, f->local_pref, 4);
    if (f->atomic)
        write_number(out, WELL_KNOWN, BGP_ATTR_ATOMIC_AGGREGATE, 0, 0);
    if (f->aggregator_as)
        write_aggregator(out, f, BGP_ATTR_AGGREGATOR, as_octets);
}

void bgp_attr_write_all(const struct bgp_codec *c, const struct bgp_update *u, bool next_hop,
                        struct octets_out *out)
{
    const struct bgp_draft *d = &u->draft;
    const struct bgp_attr_fields *f = &d->f;
    write_base(c, d, next_hop, out);
    write_words(out, BOTH, BGP_ATTR_COMMUNITIES, d->communities.v, d->communities.n);
    if (c->ibgp && f->originator_id)
        write_number(out, OPTIONAL, BGP_ATTR_ORIGINATOR_ID, f->originator_id, 4);
    if (c->ibgp)
        write_words(out, OPTIONAL, BGP_ATTR_CLUSTER_LIST, d->clusters.v, d->clusters.n);
    write_words(out, BOTH, BGP_ATTR_EXTENDED, d->extended.v, d->extended.n);
    if (!c->four_octet_as && bgp_path_needs_four(d))
        write_path(out, d, BOTH, BGP_ATTR_AS4_PATH, 4);
    if (!c->four_octet_as && f->aggregator_as > UINT16_MAX)
        write_aggregator(out, f, BGP_ATTR_AS4_AGGREGATOR, 4);
    if (c->ibgp && f->has_aigp)
        write_aigp(out, f->aigp);
    write_words(out, BOTH, BGP_ATTR_LARGE, d->large.v, d->large.n);
    if (f->otc)
        write_number(out, BOTH, BGP_ATTR_OTC, f->otc, 4);
    octets_copy(out, u->unknown.v, u->unknown.n);
}
