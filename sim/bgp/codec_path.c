// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/codec_path.h"

static bool is_confed(uint32_t segment)
{
    return BGP_SEGMENT_TYPE(segment) >= BGP_AS_CONFED_SEQUENCE;
}

// One AS_SEQUENCE needs no segments, and long sequences are cut on the wire only.
static void simplify(struct bgp_draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->segments.n; i++) {
        uint32_t s = d->segments.v[i];
        if (n && BGP_SEGMENT_TYPE(s) == BGP_AS_SEQUENCE &&
            BGP_SEGMENT_TYPE(d->segments.v[n - 1]) == BGP_AS_SEQUENCE)
            d->segments.v[n - 1] += BGP_SEGMENT_ASES(s);
        else
            d->segments.v[n++] = s;
    }
    d->segments.n = n;
    if (n == 1 && BGP_SEGMENT_TYPE(d->segments.v[0]) == BGP_AS_SEQUENCE)
        d->segments.n = 0;
}

// RFC 7606 §7.2: a segment of an unknown type, an empty one, or one that overruns.
bool bgp_path_read(struct octets_in *in, unsigned as_octets, struct bgp_draft *out)
{
    out->path.n = out->segments.n = 0;
    while (octets_left(in)) {
        unsigned type = octets_get8(in), n = octets_get8(in);
        if (in->failed || n == 0 || type < BGP_AS_SET || type > BGP_AS_CONFED_SET)
            return false;
        struct octets_in ases = octets_part(in, (size_t)n * as_octets);
        if (ases.failed)
            return false;
        while (octets_left(&ases))
            vec_push(&out->path, (uint32_t)octets_get(&ases, as_octets));
        vec_push(&out->segments, BGP_SEGMENT(type, n));
    }
    simplify(out);
    return true;
}

static void write_segment(const uint32_t *ases, unsigned n, enum bgp_segment_type type,
                          unsigned as_octets, struct octets_out *out)
{
    octets_put(out, type, 1);
    octets_put(out, n, 1);
    for (unsigned i = 0; i < n; i++) {
        uint32_t as = as_octets == 2 && ases[i] > UINT16_MAX ? BGP_AS_TRANS : ases[i];
        octets_put(out, as, as_octets);
    }
}

void bgp_path_write(const struct bgp_draft *d, unsigned as_octets, bool confed,
                    struct octets_out *out)
{
    const uint32_t whole = BGP_SEGMENT(BGP_AS_SEQUENCE, d->path.n);
    const uint32_t *segments = d->segments.n ? d->segments.v : &whole, *ases = d->path.v;
    size_t count = d->segments.n ? d->segments.n : d->path.n > 0;
    for (size_t i = 0; i < count; i++) {
        unsigned left = BGP_SEGMENT_ASES(segments[i]);
        bool leave = !confed && is_confed(segments[i]);
        while (left) {
            unsigned n = left < UINT8_MAX ? left : UINT8_MAX;
            if (!leave)
                write_segment(ases, n, BGP_SEGMENT_TYPE(segments[i]), as_octets, out);
            ases += n;
            left -= n;
        }
    }
}

bool bgp_path_has_confed(const struct bgp_draft *d)
{
    for (size_t i = 0; i < d->segments.n; i++)
        if (is_confed(d->segments.v[i]))
            return true;
    return false;
}

bool bgp_path_needs_four(const struct bgp_draft *d)
{
    for (size_t i = 0; i < d->path.n; i++)
        if (d->path.v[i] > UINT16_MAX)
            return true;
    return false;
}

static void divide(struct bgp_draft *d)
{
    if (!d->segments.n && d->path.n)
        vec_push(&d->segments, BGP_SEGMENT(BGP_AS_SEQUENCE, d->path.n));
}

// Cuts the path down to its first ASes that count for `keep`, with confederation segments among them.
static void keep_first(struct bgp_draft *d, size_t keep)
{
    size_t ases = 0, n = 0;
    divide(d);
    for (; n < d->segments.n; n++) {
        uint32_t s = d->segments.v[n], size = BGP_SEGMENT_ASES(s);
        bool sequence = BGP_SEGMENT_TYPE(s) == BGP_AS_SEQUENCE;
        if (keep == 0 && !is_confed(s))
            break;
        if (sequence && size > keep)
            d->segments.v[n] = BGP_SEGMENT(BGP_AS_SEQUENCE, keep);
        ases += BGP_SEGMENT_ASES(d->segments.v[n]);
        keep -= is_confed(s) ? 0 : sequence ? BGP_SEGMENT_ASES(d->segments.v[n]) : 1;
    }
    d->segments.n = n;
    d->path.n = ases;
}

static void append(struct bgp_draft *d, struct bgp_draft *tail)
{
    divide(tail);
    for (size_t i = 0; i < tail->path.n; i++)
        vec_push(&d->path, tail->path.v[i]);
    for (size_t i = 0; i < tail->segments.n; i++)
        vec_push(&d->segments, tail->segments.v[i]);
    simplify(d);
}

void bgp_path_join_as4(struct bgp_attr_reader *r)
{
    struct bgp_draft *d = &r->out->draft, four = {0};
    if (r->codec->four_octet_as)
        return; // RFC 6793 §4.1: such a neighbour sends none; what comes is discarded
    if (r->as4_aggregator) {
        if (d->f.aggregator_as && d->f.aggregator_as != BGP_AS_TRANS)
            return; // set by a router that did not know better: both AS4 attributes are void
        d->f.aggregator_as = (uint32_t)(r->as4_aggregator >> 32);
        d->f.aggregator = (ip4_addr)r->as4_aggregator;
    }
    if (!octets_left(&r->as4_path))
        return;
    struct octets_in in = r->as4_path;
    bgp_path_read(&in, 4, &four);
    // RFC 6793 §4.2.3 counts as the decision does.
    if (bgp_draft_path_length(d) >= bgp_draft_path_length(&four)) {
        keep_first(d, bgp_draft_path_length(d) - bgp_draft_path_length(&four));
        append(d, &four);
    }
    bgp_draft_free(&four);
}
