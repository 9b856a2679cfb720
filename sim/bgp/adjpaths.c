// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/adjpaths.h"

#include "bgp/instance.h"
#include "bgp/mrai.h"
#include "bgp/policy.h"

struct path { // as the peer is told it
    uint32_t id;
    const struct bgp_attr *attr; // one reference
};

struct bgp_told {
    uint32_t n;
    struct path v[];
};

static uint32_t identifier_of(struct bgp_speaker *s, const struct bgp_route *r)
{
    const uint32_t key[2] = {r->peer ? r->peer->index + 1 : 0, r->path_id};
    uint64_t id;
    if (!table_get(&s->path_ids, key, sizeof key, &id)) {
        id = s->path_ids.n + 1;
        SIM_ASSERT(s->bgp->sim, id <= BGP_PATH_ID_MAX);
        table_put(&s->path_ids, key, sizeof key, id);
    }
    return (uint32_t)id;
}

// The paths that the peer is to hear of, the best first. Returns how many.
static uint32_t wanted(struct bgp_peer *peer, uint32_t prefix, struct path *want)
{
    struct bgp_speaker *s = peer->speaker;
    const struct bgp_rib_entry *e = bgp_rib_find(&s->rib, prefix);
    uint32_t n = 0, nwant = 0, *order = xmalloc((e->n + 1u) * sizeof *order);
    for (uint32_t i = 0; i < e->n; i++)
        if (i != e->best && e->candidates[i].igp_metric != BGP_UNREACHABLE)
            order[1 + n++] = i;
    bgp_decide_rank(&s->decision, e->candidates, order + 1, n, n);
    order[0] = e->best;
    for (uint32_t i = e->best == BGP_RIB_NO_BEST; i <= n && nwant < peer->is.add_path_send; i++) {
        const struct bgp_route *r = &e->candidates[order[i]];
        const struct bgp_attr *attr = bgp_policy_export(peer, r, prefix);
        if (attr)
            want[nwant++] = (struct path){identifier_of(s, r), attr};
    }
    free(order);
    return nwant;
}

static const struct path *find(const struct path *v, uint32_t n, uint32_t id)
{
    for (uint32_t i = 0; i < n; i++)
        if (v[i].id == id)
            return &v[i];
    return NULL;
}

static struct bgp_told *remember(struct bgp_told *told, struct path p)
{
    uint32_t n = told ? told->n : 0;
    told = xrealloc(told, sizeof *told + (n + 1) * sizeof told->v[0]);
    told->v[n] = p;
    told->n = n + 1;
    return told;
}

// What was told and stands no longer. Returns what is left.
static struct bgp_told *withdraw(struct bgp_peer *peer, uint32_t prefix, struct bgp_told *told,
                                 const struct path *want, uint32_t nwant)
{
    struct bgp *b = peer->speaker->bgp;
    uint32_t n = 0;
    for (uint32_t i = 0; told && i < told->n; i++) {
        if (find(want, nwant, told->v[i].id)) {
            told->v[n++] = told->v[i];
            continue;
        }
        bgp_pack_withdraw_path(&b->pack, prefix, told->v[i].id);
        bgp_attr_put(&b->attrs, told->v[i].attr);
    }
    if (told)
        told->n = n;
    if (n)
        return told;
    free(told);
    return NULL;
}

static struct bgp_told *announce(struct bgp_peer *peer, uint32_t prefix, struct bgp_told *told,
                                 struct path want)
{
    struct bgp *b = peer->speaker->bgp;
    struct path *known = told ? (struct path *)find(told->v, told->n, want.id) : NULL;
    bgp_pack_announce_path(&b->pack, want.attr, prefix, want.id);
    if (!known)
        return remember(told, (struct path){want.id, bgp_attr_get(want.attr)});
    bgp_attr_put(&b->attrs, known->attr);
    known->attr = bgp_attr_get(want.attr);
    return told;
}

void bgp_adjpaths_settle(struct bgp_peer *peer, uint32_t prefix, bool running)
{
    struct bgp *b = peer->speaker->bgp;
    struct bgp_told **told = &peer->out.told[prefix];
    uint32_t n = bgp_rib_find(&peer->speaker->rib, prefix)->n;
    struct path *want = xmalloc((n ? n : 1) * sizeof *want);
    uint32_t nwant = wanted(peer, prefix, want);
    bool wait = running && bgp_mrai_holds_withdrawals(peer);
    if (!wait)
        *told = withdraw(peer, prefix, *told, want, nwant);
    for (uint32_t i = 0; i < nwant; i++) {
        const struct path *known = *told ? find((*told)->v, (*told)->n, want[i].id) : NULL;
        bool same = known && known->attr == want[i].attr;
        wait |= !same && running;
        if (!same && !running)
            *told = announce(peer, prefix, *told, want[i]);
        bgp_attr_put(&b->attrs, want[i].attr);
    }
    if (wait)
        bgp_adjout_hold(&peer->out, prefix);
    free(want);
}

void bgp_adjpaths_replay(struct bgp_peer *peer, uint32_t prefix)
{
    const struct bgp_told *told = peer->out.told[prefix];
    for (uint32_t i = 0; told && i < told->n; i++)
        bgp_pack_announce_path(&peer->speaker->bgp->pack, told->v[i].attr, prefix, told->v[i].id);
}

void bgp_adjpaths_forget(struct bgp_attrs *attrs, struct bgp_told *told)
{
    for (uint32_t i = 0; told && i < told->n; i++)
        bgp_attr_put(attrs, told->v[i].attr);
    free(told);
}

size_t bgp_adjpaths_bytes(const struct bgp_told *told)
{
    return told ? sizeof *told + told->n * sizeof told->v[0] : 0;
}
