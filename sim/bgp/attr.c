// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/attr.h"

#include "base/table.h"
#include <assert.h>

#define FIRST_BUCKETS 64u

void bgp_attrs_init(struct bgp_attrs *t)
{
    t->nbuckets = FIRST_BUCKETS;
    t->buckets = xcalloc(t->nbuckets, sizeof(struct bgp_attr *));
    t->n = 0;
}

void bgp_attrs_free(struct bgp_attrs *t)
{
    assert(t->n == 0); // somebody kept a reference
    free(t->buckets);
    t->buckets = NULL;
}

static void grow(struct bgp_attrs *t)
{
    uint32_t nbuckets = t->nbuckets * 2;
    struct bgp_attr **buckets = xcalloc(nbuckets, sizeof(struct bgp_attr *));
    for (uint32_t i = 0; i < t->nbuckets; i++) {
        struct bgp_attr *a = t->buckets[i];
        while (a) {
            struct bgp_attr *next = a->next;
            a->next = buckets[a->hash & (nbuckets - 1)];
            buckets[a->hash & (nbuckets - 1)] = a;
            a = next;
        }
    }
    free(t->buckets);
    t->buckets = buckets;
    t->nbuckets = nbuckets;
}

static uint32_t hash_draft(const struct bgp_draft *d)
{
    uint64_t h = hash_bytes(&d->f, sizeof d->f, d->path.n);
    h = hash_bytes(d->path.v, d->path.n * sizeof(uint32_t), h);
    if (d->communities.n)
        h = hash_bytes(d->communities.v, d->communities.n * sizeof(uint32_t), h);
    if (d->clusters.n)
        h = hash_bytes(d->clusters.v, d->clusters.n * sizeof(uint32_t), h);
    return (uint32_t)(h ^ (h >> 32));
}

static bool words_equal(const uint32_t *a, const uint32_t *b, size_t n)
{
    return n == 0 || memcmp(a, b, n * sizeof(uint32_t)) == 0;
}

static bool equal(const struct bgp_attr *a, const struct bgp_draft *d)
{
    return a->npath == d->path.n && a->ncommunities == d->communities.n &&
           a->nclusters == d->clusters.n && memcmp(&a->f, &d->f, sizeof d->f) == 0 &&
           words_equal(bgp_attr_path(a), d->path.v, d->path.n) &&
           words_equal(bgp_attr_communities(a), d->communities.v, d->communities.n) &&
           words_equal(bgp_attr_clusters(a), d->clusters.v, d->clusters.n);
}

static void copy_words(uint32_t *to, const uint32_t *from, size_t n)
{
    if (n)
        memcpy(to, from, n * sizeof(uint32_t));
}

static struct bgp_attr *make(const struct bgp_draft *d, uint32_t hash)
{
    size_t words = d->path.n + d->communities.n + d->clusters.n;
    struct bgp_attr *a = xmalloc(sizeof *a + words * sizeof(uint32_t));
    a->refs = 1;
    a->hash = hash;
    a->f = d->f;
    a->npath = (uint16_t)d->path.n;
    a->ncommunities = (uint16_t)d->communities.n;
    a->nclusters = (uint16_t)d->clusters.n;
    copy_words(a->words, d->path.v, d->path.n);
    copy_words(a->words + d->path.n, d->communities.v, d->communities.n);
    copy_words(a->words + d->path.n + d->communities.n, d->clusters.v, d->clusters.n);
    return a;
}

const struct bgp_attr *bgp_attr_intern(struct bgp_attrs *t, const struct bgp_draft *d)
{
    uint32_t hash = hash_draft(d);
    for (struct bgp_attr *a = t->buckets[hash & (t->nbuckets - 1)]; a; a = a->next) {
        if (a->hash == hash && equal(a, d)) {
            a->refs++;
            return a;
        }
    }
    if (t->n >= t->nbuckets)
        grow(t);
    struct bgp_attr *a = make(d, hash);
    struct bgp_attr **bucket = &t->buckets[hash & (t->nbuckets - 1)];
    a->next = *bucket;
    *bucket = a;
    t->n++;
    return a;
}

const struct bgp_attr *bgp_attr_get(const struct bgp_attr *a)
{
    ((struct bgp_attr *)a)->refs++; // interned objects are made writable by this file only
    return a;
}

void bgp_attr_put(struct bgp_attrs *t, const struct bgp_attr *a)
{
    struct bgp_attr *mine = (struct bgp_attr *)a;
    assert(mine->refs > 0);
    if (--mine->refs > 0)
        return;
    struct bgp_attr **at = &t->buckets[mine->hash & (t->nbuckets - 1)];
    while (*at != mine)
        at = &(*at)->next;
    *at = mine->next;
    t->n--;
    free(mine);
}

static bool has_word(const uint32_t *words, size_t n, uint32_t word)
{
    for (size_t i = 0; i < n; i++) {
        if (words[i] == word)
            return true;
    }
    return false;
}

bool bgp_attr_has_as(const struct bgp_attr *a, uint32_t asn)
{
    return has_word(bgp_attr_path(a), a->npath, asn);
}

bool bgp_attr_has_community(const struct bgp_attr *a, uint32_t community)
{
    return has_word(bgp_attr_communities(a), a->ncommunities, community);
}

bool bgp_attr_has_cluster(const struct bgp_attr *a, uint32_t cluster_id)
{
    return has_word(bgp_attr_clusters(a), a->nclusters, cluster_id);
}

uint32_t bgp_attr_wire_octets(const struct bgp_attr *a)
{
    uint32_t octets = 4 + 7;                                      // ORIGIN, NEXT_HOP
    octets += 4 + 4u * a->npath + 2u * ((a->npath + 254) / 255u); // AS_PATH in segments of 255
    octets += a->f.local_pref ? 7 : 0;
    octets += a->f.has_med ? 7 : 0;
    octets += a->f.originator_id ? 7 : 0;
    octets += a->ncommunities ? 4 + 4u * a->ncommunities : 0;
    octets += a->nclusters ? 4 + 4u * a->nclusters : 0;
    return octets;
}

void bgp_draft_free(struct bgp_draft *d)
{
    vec_free(&d->path);
    vec_free(&d->communities);
    vec_free(&d->clusters);
}

void bgp_draft_clear(struct bgp_draft *d)
{
    memset(&d->f, 0, sizeof d->f);
    d->path.n = d->communities.n = d->clusters.n = 0;
}

void bgp_draft_load(struct bgp_draft *d, const struct bgp_attr *a)
{
    d->f = a->f;
    vec_reserve(&d->path, a->npath);
    copy_words(d->path.v, bgp_attr_path(a), a->npath);
    d->path.n = a->npath;
    vec_reserve(&d->communities, a->ncommunities);
    copy_words(d->communities.v, bgp_attr_communities(a), a->ncommunities);
    d->communities.n = a->ncommunities;
    vec_reserve(&d->clusters, a->nclusters);
    copy_words(d->clusters.v, bgp_attr_clusters(a), a->nclusters);
    d->clusters.n = a->nclusters;
}

void bgp_draft_prepend(struct bgp_draft *d, uint32_t asn)
{
    assert(d->path.n < UINT16_MAX);
    vec_push(&d->path, asn);
    memmove(d->path.v + 1, d->path.v, (d->path.n - 1) * sizeof(uint32_t));
    d->path.v[0] = asn;
}

void bgp_draft_prepend_cluster(struct bgp_draft *d, uint32_t cluster_id)
{
    assert(d->clusters.n < UINT16_MAX);
    vec_push(&d->clusters, cluster_id);
    memmove(d->clusters.v + 1, d->clusters.v, (d->clusters.n - 1) * sizeof(uint32_t));
    d->clusters.v[0] = cluster_id;
}

void bgp_draft_add_community(struct bgp_draft *d, uint32_t community)
{
    size_t at = 0;
    while (at < d->communities.n && d->communities.v[at] < community)
        at++;
    if (at < d->communities.n && d->communities.v[at] == community)
        return;
    assert(d->communities.n < UINT16_MAX);
    vec_push(&d->communities, community);
    memmove(d->communities.v + at + 1, d->communities.v + at,
            (d->communities.n - 1 - at) * sizeof(uint32_t));
    d->communities.v[at] = community;
}

bool bgp_draft_has_community(const struct bgp_draft *d, uint32_t community)
{
    return has_word(d->communities.v, d->communities.n, community);
}

void bgp_draft_set_med(struct bgp_draft *d, uint32_t med)
{
    d->f.med = med;
    d->f.has_med = true;
}
