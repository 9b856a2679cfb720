// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/peer.h"

#include "bgp/damping.h"
#include "bgp/instance.h"
#include "bgp/session.h"

struct bgp_peer *bgp_peer_make(struct bgp_speaker *s, const struct bgp_peer_options *options,
                               ip4_addr remote_addr, int32_t link)
{
    struct bgp_peer *p = xcalloc(1, sizeof *p);
    p->speaker = s;
    p->index = (uint32_t)s->peers.n;
    p->is = *options;
    p->remote_addr = remote_addr;
    p->link = link;
    p->usable = true;
    p->slowness = 1;
    p->changed_ps = -1;
    bgp_clock_init(s->bgp->sim, &p->clock, p, bgp_session_deadline);
    bgp_pipe_init(&p->pipe, p);
    vec_push(&s->peers, p);
    return p;
}

void bgp_peer_free(struct bgp_peer *p)
{
    bgp_pipe_free(&p->pipe);
    free(p->crossing);
    free(p->stale);
    bgp_adjout_free(p);
    bgp_damping_free(p);
    free(p);
}

uint32_t bgp_peer_local_as(const struct bgp_peer *p)
{
    const struct bgp_speaker_options *is = &p->speaker->is;
    return is->confederation && bgp_peer_is_external(p) ? is->confederation : is->asn;
}
