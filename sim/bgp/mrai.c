// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/mrai.h"

#include "bgp/instance.h"

bool bgp_mrai_running(const struct bgp_peer *peer)
{
    return bgp_clock_armed(&peer->clock, BGP_DEADLINE_MRAI);
}

bool bgp_mrai_holds_withdrawals(const struct bgp_peer *peer)
{
    enum bgp_mrai_withdrawals rule = peer->speaker->is.timers.mrai_withdrawals;
    return rule == BGP_WITHDRAWALS_WAIT || (rule == BGP_WITHDRAWALS_BEHIND && peer->out.waiting);
}

bool bgp_mrai_counts_waiting(const struct bgp_peer *peer)
{
    return peer->speaker->is.timers.mrai_withdrawals == BGP_WITHDRAWALS_BEHIND;
}

void bgp_mrai_sent(struct bgp_peer *peer, bool announced, bool withdrew)
{
    struct bgp_speaker *s = peer->speaker;
    int64_t base_ps =
        bgp_peer_is_ibgp(peer) ? s->is.timers.mrai_ibgp_ps : s->is.timers.mrai_ebgp_ps;
    if (peer->is.own_mrai)
        base_ps = peer->is.mrai_ps;
    if (base_ps == 0 ||
        !(announced || (withdrew && s->is.timers.mrai_withdrawals != BGP_WITHDRAWALS_AT_ONCE)))
        return;
    int64_t wait_ps = bgp_jitter_ps(&s->jitter, BGP_JITTER_MRAI, base_ps);
    bgp_clock_set(s->bgp->sim, &peer->clock, BGP_DEADLINE_MRAI, sim_now(s->bgp->sim) + wait_ps);
}
