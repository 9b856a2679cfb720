// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/bgp.h"

#include "bgp/instance.h"
#include "bgp/restart.h"
#include "bgp/session.h"

struct bgp *bgp_new(struct sim *sim, const struct bgp_env *env)
{
    struct bgp *b = xcalloc(1, sizeof *b);
    b->sim = sim;
    b->env = *env;
    bgp_attrs_init(&b->attrs);
    bgp_prefixes_init(&b->prefixes);
    b->keepalive = bgp_message_new(BGP_MSG_KEEPALIVE);
    return b;
}

void bgp_free(struct bgp *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->speakers.n; i++)
        bgp_speaker_free(b->speakers.v[i]);
    bgp_suspects_free(&b->suspects, b);
    vec_free(&b->speakers);
    vec_free(&b->by_router);
    SIM_ASSERT(b->sim, b->keepalive->refs == 1);
    bgp_message_put(&b->attrs, b->keepalive);
    bgp_pack_free(&b->pack);
    bgp_memo_free(&b->memo);
    bgp_draft_free(&b->draft);
    bgp_prefixes_free(&b->prefixes);
    bgp_attrs_free(&b->attrs);
    free(b);
}

static struct bgp_speaker *speaker_at(const struct bgp *b, uint32_t router)
{
    struct bgp_speaker *s = router < b->by_router.n ? b->by_router.v[router] : NULL;
    SIM_ASSERT(b->sim, s != NULL);
    return s;
}

struct bgp_speaker *bgp_speaker_add(struct bgp *b, uint32_t router,
                                    const struct bgp_speaker_options *options)
{
    while (b->by_router.n <= router)
        vec_push(&b->by_router, NULL);
    SIM_ASSERT(b->sim, !b->by_router.v[router]);
    struct bgp_speaker *s = bgp_speaker_make(b, router, options);
    vec_push(&b->speakers, s);
    b->by_router.v[router] = s;
    return s;
}

enum bgp_relation bgp_relation_mirror(enum bgp_relation r)
{
    switch (r) {
    case BGP_REL_CUSTOMER:
        return BGP_REL_PROVIDER;
    case BGP_REL_PROVIDER:
        return BGP_REL_CUSTOMER;
    case BGP_REL_IBGP:
    case BGP_REL_IBGP_CLIENT:
        return BGP_REL_IBGP;
    case BGP_REL_PEER:
    case BGP_REL_SIBLING:
    case BGP_REL_CONFED:
        break;
    }
    return r;
}

// Whether this side of a session opens connections (enum bgp_opening).
static bool opens(const struct bgp_peer *p)
{
    enum bgp_opening other = p->remote->is.opening;
    if (p->is.opening != BGP_OPEN_ELECTED)
        return p->is.opening == BGP_OPEN_ACTIVE;
    return other == BGP_OPEN_ELECTED ? p->elected : other == BGP_OPEN_PASSIVE;
}

void bgp_connect(struct bgp *b, struct bgp_speaker *a, const struct bgp_peer_options *a_options,
                 struct bgp_speaker *z, const struct bgp_peer_options *z_options, int32_t link,
                 int64_t start_ps)
{
    enum bgp_relation relation = a_options->relation;
    bool ibgp = relation == BGP_REL_IBGP || relation == BGP_REL_IBGP_CLIENT;
    SIM_ASSERT(b->sim, a != z && a->is.id != z->is.id);
    SIM_ASSERT(b->sim, ibgp == (a->is.asn == z->is.asn));
    SIM_ASSERT(b->sim, relation != BGP_REL_IBGP_CLIENT || a->is.reflector);
    SIM_ASSERT(b->sim, bgp_relation_mirror(relation) == z_options->relation);
    struct bgp_peer *pa = bgp_peer_make(a, a_options, z_options->address, link);
    struct bgp_peer *pz = bgp_peer_make(z, z_options, a_options->address, link);
    pa->remote = pz;
    pz->remote = pa;
    pa->elected = a->is.id > z->is.id;
    pz->elected = !pa->elected;
    pa->opens = opens(pa);
    pz->opens = opens(pz);
    if (a_options->graceful.long_lived_ps || z_options->graceful.long_lived_ps) {
        bgp_speaker_expect_stale(a);
        bgp_speaker_expect_stale(z);
    }
    bgp_clock_set(b->sim, &pa->clock, BGP_DEADLINE_CONNECT, start_ps);
    bgp_clock_set(b->sim, &pz->clock, BGP_DEADLINE_CONNECT, start_ps);
}

void bgp_originate(struct bgp *b, uint32_t router, struct prefix p)
{
    bgp_suspects_cause(&b->suspects);
    bgp_speaker_originate(speaker_at(b, router), bgp_prefixes_add(&b->prefixes, p));
}

void bgp_withdraw(struct bgp *b, uint32_t router, struct prefix p)
{
    bgp_suspects_cause(&b->suspects);
    uint32_t prefix = bgp_prefixes_find(&b->prefixes, p);
    if (prefix != BGP_NO_PREFIX)
        bgp_speaker_withdraw(speaker_at(b, router), prefix);
}

void bgp_drain(struct bgp *b, uint32_t router, struct prefix p, bool on)
{
    bgp_suspects_cause(&b->suspects);
    bgp_speaker_drain(speaker_at(b, router), bgp_prefixes_add(&b->prefixes, p), on);
}

void bgp_drain_sessions(struct bgp *b, uint32_t router, uint32_t peer_router, bool on)
{
    bgp_suspects_cause(&b->suspects);
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        bool meant = peer_router == BGP_NO_ROUTER || p->remote->speaker->router == peer_router;
        if (bgp_peer_is_external(p) && meant)
            bgp_speaker_drain_peer(p, on);
    }
}

void bgp_filters(struct bgp *b, uint32_t router, bgp_filter_fn *import_fn, bgp_filter_fn *export_fn,
                 void *ctx)
{
    struct bgp_speaker *s = speaker_at(b, router);
    s->import_fn = import_fn;
    s->export_fn = export_fn;
    s->filter_ctx = ctx;
}

static void interface(struct bgp *b, uint32_t router, int32_t link, bool up, const char *why)
{
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        if (s->peers.v[i]->link == link)
            bgp_session_interface(s->peers.v[i], up, why);
    }
}

void bgp_multihop(struct bgp *b, uint32_t router, uint32_t peer_router, bool up, const char *why)
{
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        if (p->link < 0 && p->remote->speaker->router == peer_router)
            bgp_session_interface(p, up, why);
    }
}

void bgp_link_down(struct bgp *b, uint32_t router, int32_t link, const char *why)
{
    bgp_suspects_cause(&b->suspects);
    interface(b, router, link, false, why);
}

void bgp_link_up(struct bgp *b, uint32_t router, int32_t link)
{
    bgp_suspects_cause(&b->suspects);
    interface(b, router, link, true, NULL);
}

void bgp_nexthops_changed(struct bgp *b, uint32_t router)
{
    bgp_suspects_cause(&b->suspects);
    bgp_speaker_track_nexthops(speaker_at(b, router));
}

void bgp_speaker_down(struct bgp *b, uint32_t router)
{
    bgp_suspects_cause(&b->suspects);
    bgp_restart_cancel(speaker_at(b, router));
    bgp_speaker_kill(speaker_at(b, router));
}

void bgp_speaker_up(struct bgp *b, uint32_t router)
{
    bgp_suspects_cause(&b->suspects);
    bgp_speaker_revive(speaker_at(b, router));
}

static bool concerns(const struct bgp_peer *p, uint32_t peer_router)
{
    return peer_router == BGP_NO_ROUTER || p->remote->speaker->router == peer_router;
}

void bgp_reset(struct bgp *b, uint32_t router, uint32_t peer_router, const char *text)
{
    bgp_suspects_cause(&b->suspects);
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++)
        if (concerns(s->peers.v[i], peer_router))
            bgp_session_reset(s->peers.v[i], text);
}

void bgp_shutdown(struct bgp *b, uint32_t router, uint32_t peer_router, bool on, const char *text)
{
    bgp_suspects_cause(&b->suspects);
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        if (!concerns(s->peers.v[i], peer_router))
            continue;
        if (on)
            bgp_session_shutdown(s->peers.v[i], text);
        else
            bgp_session_no_shutdown(s->peers.v[i]);
    }
}

void bgp_refresh(struct bgp *b, uint32_t router, uint32_t peer_router, enum bgp_refresh_way way)
{
    bgp_suspects_cause(&b->suspects);
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        if (!concerns(p, peer_router) || p->state != BGP_ESTABLISHED)
            continue;
        if ((way & BGP_REFRESH_IN) && p->may.route_refresh)
            bgp_session_send_refresh(p, BGP_REFRESH_REQUEST);
        if (way & BGP_REFRESH_OUT)
            bgp_speaker_tell_anew(p);
    }
}

bool bgp_is_graceful(const struct bgp *b, uint32_t router)
{
    const struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++)
        if (s->peers.v[i]->is.graceful.on)
            return true;
    return false;
}

void bgp_restart(struct bgp *b, uint32_t router, int64_t down_ps, bool forwarding)
{
    bgp_suspects_cause(&b->suspects);
    bgp_restart_begin(speaker_at(b, router), down_ps, forwarding);
}

const struct bgp_route *bgp_best(const struct bgp *b, uint32_t router, struct prefix p)
{
    uint32_t prefix = bgp_prefixes_find(&b->prefixes, p);
    if (prefix == BGP_NO_PREFIX)
        return NULL;
    return bgp_rib_best(bgp_rib_find(&speaker_at(b, router)->rib, prefix));
}

static const struct bgp_rib_entry *entry_at(const struct bgp *b, uint32_t router, struct prefix p)
{
    uint32_t prefix = bgp_prefixes_find(&b->prefixes, p);
    return prefix == BGP_NO_PREFIX ? NULL : bgp_rib_find(&speaker_at(b, router)->rib, prefix);
}

uint32_t bgp_paths(const struct bgp *b, uint32_t router, struct prefix p,
                   const struct bgp_route **paths, uint32_t max)
{
    const struct bgp_rib_entry *e = entry_at(b, router, p);
    uint32_t n = 0;
    if (!bgp_rib_best(e))
        return 0;
    if (max > 0)
        paths[0] = bgp_rib_best(e);
    n = 1;
    for (uint32_t i = 0; i < e->n; i++) {
        if (!e->candidates[i].chosen || i == e->best)
            continue;
        if (n < max)
            paths[n] = &e->candidates[i];
        n++;
    }
    return n;
}

static bool in_use(const struct bgp_rib_entry *e, ip4_addr next_hop)
{
    for (uint32_t i = 0; i < e->n; i++)
        if (e->candidates[i].chosen && e->candidates[i].attr->f.next_hop == next_hop)
            return true;
    return false;
}

const struct bgp_route *bgp_backup(const struct bgp *b, uint32_t router, struct prefix p)
{
    const struct bgp_rib_entry *e = entry_at(b, router, p);
    uint32_t n = 0;
    if (!e || e->n < 2)
        return NULL;
    uint32_t *order = xmalloc(e->n * sizeof *order);
    for (uint32_t i = 0; i < e->n; i++)
        if (e->candidates[i].igp_metric != BGP_UNREACHABLE &&
            !in_use(e, e->candidates[i].attr->f.next_hop))
            order[n++] = i;
    bgp_decide_rank(&speaker_at(b, router)->decision, e->candidates, order, n, 1);
    const struct bgp_route *backup = n ? &e->candidates[order[0]] : NULL;
    free(order);
    return backup;
}

const struct bgp_stats *bgp_stats(const struct bgp *b)
{
    return &b->stats;
}
