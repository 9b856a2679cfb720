// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/rov.h"

#include <assert.h>

#define NONE UINT32_MAX

struct node {
    uint32_t child[2]; // NONE: nothing there
    uint32_t vrps;     // first of a chain, NONE: none
};

struct vrp {
    uint32_t asn, next;
    uint8_t max_length;
};

struct bgp_rov {
    VEC(struct node) nodes; // the root first
    VEC(struct vrp) vrps;
};

static uint32_t add_node(struct bgp_rov *r)
{
    struct node n = {{NONE, NONE}, NONE};
    assert(r->nodes.n < NONE);
    vec_push(&r->nodes, n);
    return (uint32_t)(r->nodes.n - 1);
}

static unsigned bit(ip4_addr a, unsigned depth)
{
    return a >> (31 - depth) & 1;
}

struct bgp_rov *bgp_rov_new(const struct bgp_vrp *vrps, size_t n)
{
    struct bgp_rov *r = xcalloc(1, sizeof *r);
    add_node(r);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = 0;
        for (unsigned depth = 0; depth < vrps[i].prefix.len; depth++) {
            unsigned b = bit(vrps[i].prefix.addr, depth);
            uint32_t child = r->nodes.v[at].child[b];
            if (child == NONE) {
                child = add_node(r);
                r->nodes.v[at].child[b] = child;
            }
            at = child;
        }
        struct vrp v = {vrps[i].asn, r->nodes.v[at].vrps, vrps[i].max_length};
        r->nodes.v[at].vrps = (uint32_t)r->vrps.n;
        vec_push(&r->vrps, v);
    }
    return r;
}

void bgp_rov_free(struct bgp_rov *r)
{
    if (!r)
        return;
    vec_free(&r->nodes);
    vec_free(&r->vrps);
    free(r);
}

enum bgp_validity bgp_rov_state(const struct bgp_rov *r, struct prefix p, uint32_t origin)
{
    enum bgp_validity state = BGP_ROV_NOT_FOUND;
    uint32_t at = r ? 0 : NONE;
    for (unsigned depth = 0; at != NONE; depth++) {
        const struct node *n = &r->nodes.v[at];
        for (uint32_t i = n->vrps; i != NONE; i = r->vrps.v[i].next) {
            const struct vrp *v = &r->vrps.v[i];
            if (v->asn == origin && origin != 0 && p.len <= v->max_length)
                return BGP_ROV_VALID;
            state = BGP_ROV_INVALID;
        }
        at = depth < p.len ? n->child[bit(p.addr, depth)] : NONE;
    }
    return state;
}

uint32_t bgp_rov_origin(const struct bgp_draft *d, uint32_t own)
{
    size_t at = d->path.n;
    if (!d->segments.n)
        return at ? d->path.v[at - 1] : own;
    for (size_t i = d->segments.n; i-- > 0;) {
        uint32_t segment = d->segments.v[i];
        if (BGP_SEGMENT_TYPE(segment) == BGP_AS_SEQUENCE)
            return d->path.v[at - 1];
        if (BGP_SEGMENT_TYPE(segment) == BGP_AS_SET)
            return 0;
        at -= BGP_SEGMENT_ASES(segment);
    }
    return own;
}
