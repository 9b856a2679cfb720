// SPDX-License-Identifier: GPL-3.0-or-later
// draft: attributes under construction (see bgp/attr.h).
#include "bgp/attr.h"

#include <assert.h>

void bgp_draft_free(struct bgp_draft *d)
{
    vec_free(&d->path);
    vec_free(&d->segments);
    vec_free(&d->communities);
    vec_free(&d->extended);
    vec_free(&d->large);
    vec_free(&d->clusters);
}

void bgp_draft_clear(struct bgp_draft *d)
{
    memset(&d->f, 0, sizeof d->f);
    d->path.n = d->segments.n = d->communities.n = 0;
    d->extended.n = d->large.n = d->clusters.n = 0;
}

#define LOAD(list, from, count)                                                                    \
    do {                                                                                           \
        size_t load_n = (count);                                                                   \
        vec_reserve(&(list), load_n);                                                              \
        if (load_n)                                                                                \
            memcpy((list).v, (from), load_n * sizeof *(list).v);                                   \
        (list).n = load_n;                                                                         \
    } while (0)

void bgp_draft_load(struct bgp_draft *d, const struct bgp_attr *a)
{
    d->f = a->f;
    LOAD(d->path, bgp_attr_path(a), a->npath);
    LOAD(d->segments, bgp_attr_segments(a), a->nsegments);
    LOAD(d->communities, bgp_attr_communities(a), a->ncommunities);
    LOAD(d->extended, bgp_attr_extended(a), BGP_EXTENDED_WORDS * (size_t)a->nextended);
    LOAD(d->large, bgp_attr_large(a), BGP_LARGE_WORDS * (size_t)a->nlarge);
    LOAD(d->clusters, bgp_attr_clusters(a), a->nclusters);
}

// Puts `word` in front of a list.
#define PUSH_FRONT(list, word)                                                                     \
    do {                                                                                           \
        assert((list).n < UINT16_MAX);                                                             \
        vec_push(&(list), (word));                                                                 \
        memmove((list).v + 1, (list).v, ((list).n - 1) * sizeof *(list).v);                        \
        (list).v[0] = (word);                                                                      \
    } while (0)

// Makes the segments explicit.
static void divide(struct bgp_draft *d)
{
    if (!d->segments.n && d->path.n)
        vec_push(&d->segments, BGP_SEGMENT(BGP_AS_SEQUENCE, d->path.n));
}

// One AS more in front of the first segment, which is of `type` from now on. Of segments an octet
// counts the ASes (RFC 4271 §4.3 b).
static void extend_first(struct bgp_draft *d, enum bgp_segment_type type)
{
    if (d->segments.n && BGP_SEGMENT_TYPE(d->segments.v[0]) == type &&
        BGP_SEGMENT_ASES(d->segments.v[0]) < UINT8_MAX)
        d->segments.v[0]++;
    else
        PUSH_FRONT(d->segments, BGP_SEGMENT(type, 1));
}

void bgp_draft_prepend(struct bgp_draft *d, uint32_t asn)
{
    if (d->segments.n)
        extend_first(d, BGP_AS_SEQUENCE);
    PUSH_FRONT(d->path, asn);
}

void bgp_draft_prepend_confed(struct bgp_draft *d, uint32_t asn)
{
    divide(d);
    extend_first(d, BGP_AS_CONFED_SEQUENCE);
    PUSH_FRONT(d->path, asn);
}

void bgp_draft_strip_confed(struct bgp_draft *d)
{
    size_t from = 0, ases = 0, segments = 0;
    for (size_t i = 0; i < d->segments.n; i++) {
        uint32_t segment = d->segments.v[i], n = BGP_SEGMENT_ASES(segment);
        if (BGP_SEGMENT_TYPE(segment) < BGP_AS_CONFED_SEQUENCE) {
            memmove(d->path.v + ases, d->path.v + from, n * sizeof *d->path.v);
            ases += n;
            d->segments.v[segments++] = segment;
        }
        from += n;
    }
    if (!d->segments.n)
        return;
    d->path.n = ases;
    d->segments.n = segments;
    if (segments == 1 && BGP_SEGMENT_TYPE(d->segments.v[0]) == BGP_AS_SEQUENCE)
        d->segments.n = 0;
}

void bgp_draft_prepend_cluster(struct bgp_draft *d, uint32_t cluster_id)
{
    PUSH_FRONT(d->clusters, cluster_id);
}

// --- Sorted lists of communities, `size` words each

static int compare(const uint32_t *a, const uint32_t *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

// Where the community is, or belongs, in words.
static size_t place(const uint32_t *v, size_t n, const uint32_t *c, size_t size)
{
    size_t at = 0;
    while (at < n && compare(v + at, c, size) < 0)
        at += size;
    return at;
}

#define HAS(list, c, size)                                                                         \
    (place((list).v, (list).n, (c), (size)) < (list).n &&                                          \
     compare((list).v + place((list).v, (list).n, (c), (size)), (c), (size)) == 0)

#define ADD(list, c, size)                                                                         \
    do {                                                                                           \
        size_t add_at = place((list).v, (list).n, (c), (size)), add_n = (list).n;                  \
        if (add_at < add_n && compare((list).v + add_at, (c), (size)) == 0)                        \
            break;                                                                                 \
        assert(add_n + (size) <= UINT16_MAX);                                                      \
        vec_reserve(&(list), add_n + (size));                                                      \
        memmove((list).v + add_at + (size), (list).v + add_at, (add_n - add_at) * sizeof *(c));    \
        memcpy((list).v + add_at, (c), (size) * sizeof *(c));                                      \
        (list).n += (size);                                                                        \
    } while (0)

#define REMOVE(list, c, size)                                                                      \
    do {                                                                                           \
        size_t del_at = place((list).v, (list).n, (c), (size)), del_n = (list).n;                  \
        if (del_at == del_n || compare((list).v + del_at, (c), (size)) != 0)                       \
            break;                                                                                 \
        memmove((list).v + del_at, (list).v + del_at + (size),                                     \
                (del_n - del_at - (size)) * sizeof *(c));                                          \
        (list).n -= (size);                                                                        \
    } while (0)

void bgp_draft_add_community(struct bgp_draft *d, uint32_t community)
{
    ADD(d->communities, &community, 1);
}

void bgp_draft_remove_community(struct bgp_draft *d, uint32_t community)
{
    REMOVE(d->communities, &community, 1);
}

bool bgp_draft_has_community(const struct bgp_draft *d, uint32_t community)
{
    return HAS(d->communities, &community, 1);
}

void bgp_draft_add_large(struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS])
{
    ADD(d->large, large, BGP_LARGE_WORDS);
}

void bgp_draft_remove_large(struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS])
{
    REMOVE(d->large, large, BGP_LARGE_WORDS);
}

bool bgp_draft_has_large(const struct bgp_draft *d, const uint32_t large[BGP_LARGE_WORDS])
{
    return HAS(d->large, large, BGP_LARGE_WORDS);
}

void bgp_draft_add_extended(struct bgp_draft *d, uint64_t extended)
{
    const uint32_t words[] = {(uint32_t)(extended >> 32), (uint32_t)extended};
    ADD(d->extended, words, BGP_EXTENDED_WORDS);
}

void bgp_draft_remove_extended(struct bgp_draft *d, uint64_t extended)
{
    const uint32_t words[] = {(uint32_t)(extended >> 32), (uint32_t)extended};
    REMOVE(d->extended, words, BGP_EXTENDED_WORDS);
}

bool bgp_draft_has_extended(const struct bgp_draft *d, uint64_t extended)
{
    const uint32_t words[] = {(uint32_t)(extended >> 32), (uint32_t)extended};
    return HAS(d->extended, words, BGP_EXTENDED_WORDS);
}

void bgp_draft_set_med(struct bgp_draft *d, uint32_t med)
{
    d->f.med = med;
    d->f.has_med = true;
}

size_t bgp_draft_path_length(const struct bgp_draft *d)
{
    size_t n = 0;
    if (!d->segments.n)
        return d->path.n;
    for (size_t i = 0; i < d->segments.n; i++) {
        enum bgp_segment_type type = BGP_SEGMENT_TYPE(d->segments.v[i]);
        n += type == BGP_AS_SEQUENCE ? BGP_SEGMENT_ASES(d->segments.v[i]) : type == BGP_AS_SET;
    }
    return n;
}
