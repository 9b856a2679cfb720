// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/attr.h"

#include "base/table.h"
#include <assert.h>

#define FIRST_SLOTS 64u

void bgp_attrs_init(struct bgp_attrs *t)
{
    t->nslots = FIRST_SLOTS;
    t->slots = xcalloc(t->nslots, sizeof *t->slots);
    t->n = 0;
}

void bgp_attrs_free(struct bgp_attrs *t)
{
    assert(t->n == 0); // somebody kept a reference
    free(t->slots);
    t->slots = NULL;
}

static size_t words_of(const struct bgp_attr *a)
{
    return (size_t)(bgp_attr_clusters(a) - a->words) + a->nclusters;
}

size_t bgp_attrs_bytes(const struct bgp_attrs *t)
{
    size_t bytes = t->nslots * sizeof *t->slots;
    for (uint32_t i = 0; i < t->nslots; i++)
        if (t->slots[i].attr)
            bytes += sizeof *t->slots[i].attr +
                     words_of(t->slots[i].attr) * sizeof t->slots[i].attr->words[0];
    return bytes;
}

static uint32_t next_slot(const struct bgp_attrs *t, uint32_t at)
{
    return (at + 1) & (t->nslots - 1);
}

static void insert(struct bgp_attrs *t, struct bgp_attr *a)
{
    uint32_t at = a->hash & (t->nslots - 1);
    while (t->slots[at].attr)
        at = next_slot(t, at);
    t->slots[at] = (struct bgp_attr_slot){a, a->hash};
}

static void grow(struct bgp_attrs *t)
{
    struct bgp_attr_slot *old = t->slots;
    uint32_t nold = t->nslots;
    t->nslots = 2 * nold;
    t->slots = xcalloc(t->nslots, sizeof *t->slots);
    for (uint32_t i = 0; i < nold; i++)
        if (old[i].attr)
            insert(t, old[i].attr);
    free(old);
}

// Closes the gap: who could stand nearer to its own place moves up.
static void erase(struct bgp_attrs *t, const struct bgp_attr *a)
{
    uint32_t mask = t->nslots - 1, gap = a->hash & mask;
    while (t->slots[gap].attr != a)
        gap = next_slot(t, gap);
    for (uint32_t at = next_slot(t, gap); t->slots[at].attr; at = next_slot(t, at)) {
        uint32_t home = t->slots[at].hash & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue; // its own place lies behind the gap
        t->slots[gap] = t->slots[at];
        gap = at;
    }
    t->slots[gap].attr = NULL;
}

// The lists of a draft in the order in which an attribute's words hold them.
struct lists {
    const uint32_t *words[6];
    size_t n[6];
};

static struct lists lists_of(const struct bgp_draft *d)
{
    return (struct lists){
        {d->path.v, d->segments.v, d->communities.v, d->extended.v, d->large.v, d->clusters.v},
        {d->path.n, d->segments.n, d->communities.n, d->extended.n, d->large.n, d->clusters.n}};
}

static uint32_t hash_draft(const struct bgp_draft *d)
{
    struct lists l = lists_of(d);
    uint64_t h = hash_bytes(&d->f, sizeof d->f, d->path.n);
    for (unsigned i = 0; i < sizeof l.n / sizeof *l.n; i++)
        if (l.n[i])
            h = hash_bytes(l.words[i], l.n[i] * sizeof(uint32_t), h + i);
    return (uint32_t)(h ^ (h >> 32));
}

static bool equal(const struct bgp_attr *a, const struct bgp_draft *d)
{
    if (a->npath != d->path.n || a->nsegments != d->segments.n ||
        a->ncommunities != d->communities.n ||
        BGP_EXTENDED_WORDS * (size_t)a->nextended != d->extended.n ||
        BGP_LARGE_WORDS * (size_t)a->nlarge != d->large.n || a->nclusters != d->clusters.n ||
        memcmp(&a->f, &d->f, sizeof d->f) != 0)
        return false;
    struct lists l = lists_of(d);
    const uint32_t *at = a->words;
    for (unsigned i = 0; i < sizeof l.n / sizeof *l.n; at += l.n[i++])
        if (l.n[i] && memcmp(at, l.words[i], l.n[i] * sizeof *at) != 0)
            return false;
    return true;
}

static struct bgp_attr *make(const struct bgp_draft *d, uint32_t hash)
{
    struct lists l = lists_of(d);
    size_t words = 0;
    for (unsigned i = 0; i < sizeof l.n / sizeof *l.n; i++)
        words += l.n[i];
    struct bgp_attr *a = xmalloc(sizeof *a + words * sizeof(uint32_t));
    a->refs = 1;
    a->hash = hash;
    a->f = d->f;
    a->npath = (uint16_t)d->path.n;
    a->nsegments = (uint16_t)d->segments.n;
    a->ncommunities = (uint16_t)d->communities.n;
    a->nextended = (uint16_t)(d->extended.n / BGP_EXTENDED_WORDS);
    a->nlarge = (uint16_t)(d->large.n / BGP_LARGE_WORDS);
    a->nclusters = (uint16_t)d->clusters.n;
    a->path_length = (uint16_t)bgp_draft_path_length(d);
    uint32_t *at = a->words;
    for (unsigned i = 0; i < sizeof l.n / sizeof *l.n; at += l.n[i++])
        if (l.n[i])
            memcpy(at, l.words[i], l.n[i] * sizeof *at);
    return a;
}

const struct bgp_attr *bgp_attr_intern(struct bgp_attrs *t, const struct bgp_draft *d)
{
    uint32_t hash = hash_draft(d);
    for (uint32_t at = hash & (t->nslots - 1); t->slots[at].attr; at = next_slot(t, at)) {
        if (t->slots[at].hash == hash && equal(t->slots[at].attr, d)) {
            t->slots[at].attr->refs++;
            return t->slots[at].attr;
        }
    }
    if (4 * (t->n + 1) > 3 * t->nslots)
        grow(t);
    struct bgp_attr *a = make(d, hash);
    insert(t, a);
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
    erase(t, mine);
    t->erased++;
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

// Octets of an attribute with `n` of data: flags, type, length (two octets beyond 255).
static uint32_t octets_of(uint32_t n)
{
    return n > 255 ? 4 + n : 3 + n;
}

static uint32_t path_octets(const struct bgp_attr *a)
{
    uint32_t segments = a->nsegments ? a->nsegments : (a->npath + 254u) / 255u;
    return octets_of(4u * a->npath + 2u * segments);
}

uint32_t bgp_attr_wire_octets(const struct bgp_attr *a)
{
    uint32_t octets = octets_of(1) + path_octets(a) + octets_of(4); // ORIGIN, AS_PATH, NEXT_HOP
    octets += a->f.local_pref ? octets_of(4) : 0;
    octets += a->f.has_med ? octets_of(4) : 0;
    octets += a->f.originator_id ? octets_of(4) : 0;
    octets += a->f.aggregator_as ? octets_of(8) : 0;
    octets += a->f.atomic ? octets_of(0) : 0;
    octets += a->f.has_aigp ? octets_of(11) : 0;
    octets += a->f.otc ? octets_of(4) : 0;
    octets += a->ncommunities ? octets_of(4u * a->ncommunities) : 0;
    octets += a->nextended ? octets_of(8u * a->nextended) : 0;
    octets += a->nlarge ? octets_of(12u * a->nlarge) : 0;
    octets += a->nclusters ? octets_of(4u * a->nclusters) : 0;
    return octets;
}
