// SPDX-License-Identifier: GPL-3.0-or-later
// The faults of bgp/bgp.h: what goes wrong with sessions, processors and what is announced.
#include "bgp/instance.h"

#include <assert.h>

static struct bgp_speaker *speaker_at(const struct bgp *b, uint32_t router)
{
    struct bgp_speaker *s = router < b->by_router.n ? b->by_router.v[router] : NULL;
    SIM_ASSERT(b->sim, s != NULL);
    return s;
}

static bool concerns(const struct bgp_peer *p, uint32_t peer_router)
{
    return peer_router == BGP_NO_ROUTER || p->remote->speaker->router == peer_router;
}

void bgp_drop_keepalives(struct bgp *b, uint32_t router, uint32_t peer_router, int64_t for_ps)
{
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++)
        if (concerns(s->peers.v[i], peer_router))
            s->peers.v[i]->mute_until_ps = sim_now(b->sim) + for_ps;
}

void bgp_slow(struct bgp *b, uint32_t router, uint32_t factor)
{
    assert(factor > 0);
    speaker_at(b, router)->cpu.slowness = factor;
}

void bgp_slow_peer(struct bgp *b, uint32_t router, uint32_t peer_router, uint32_t factor)
{
    struct bgp_speaker *s = speaker_at(b, router);
    assert(factor > 0);
    for (size_t i = 0; i < s->peers.n; i++)
        if (concerns(s->peers.v[i], peer_router))
            s->peers.v[i]->slowness = factor;
}

void bgp_stall(struct bgp *b, uint32_t router, uint32_t peer_router, bool stalled)
{
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        if (!concerns(p, peer_router))
            continue;
        p->stalled = stalled;
        if (!stalled)
            bgp_pipe_wake(&p->remote->pipe);
    }
}

void bgp_hijack(struct bgp *b, uint32_t router, struct prefix p, uint32_t origin)
{
    struct bgp_speaker *s = speaker_at(b, router);
    struct bgp_hijacked f = {bgp_prefixes_add(&b->prefixes, p), origin};
    vec_push(&s->hijacked, f);
    bgp_speaker_originate(s, f.prefix);
}

void bgp_leak(struct bgp *b, uint32_t router, uint32_t from_as, uint32_t to_as, bool on)
{
    struct bgp_speaker *s = speaker_at(b, router);
    for (size_t i = 0; i < s->peers.n; i++) {
        struct bgp_peer *p = s->peers.v[i];
        if (!bgp_peer_is_external(p) || p->remote->speaker->is.asn != to_as)
            continue;
        p->leaks_from = on ? from_as : 0;
        bgp_speaker_tell_anew(p);
    }
}
