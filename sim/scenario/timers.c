// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/topology_schema.h"

// What the profiles of `timers` stand for, and where it is written.
//
//     rfc    RFC 4271 section 10
//     bird   user's guide, "BGP", and proto/bgp/config.Y: hold 240 s, connect retry 120 s, connect delay 5 s
//            before a new attempt, error wait 60 s instead after an error (doubled up to 300 s, which
//            here only damp_oscillations does); no MRAI
//     frr    bgpd/bgpd.h and lib/defaults, "traditional": hold 180 s, connect retry 120 s, start timer
//            1 s, advertisement-interval 0; the queue of bgp_process gathers for 50 ms
//     cisco  IOS: "neighbor advertisement-interval", 30 s and 5 s (Cisco BGP-4 Command and Configuration
//            Handbook, 8-2; newer releases have none inside an AS); "timers bgp", keepalive 60 s, hold
//            180 s; connect retry as RFC 4271
//     junos  "hold-time", 90 s; "out-delay", none; connect retry as RFC 4271
static const struct {
    int64_t mrai_ebgp_ps, mrai_ibgp_ps, hold_ps, gather_ps, idle_hold_ps, error_wait_ps;
    enum mrai_withdrawals withdrawals;
    bool jitter;
} profile_timers[TIMERS_PROFILES] = {
    [TIMERS_RFC] = {30 * PS_PER_S, 5 * PS_PER_S, 90 * PS_PER_S, 0, 0, 0, MRAI_NO, true},
    [TIMERS_BIRD] = {0, 0, 240 * PS_PER_S, 0, 5 * PS_PER_S, 60 * PS_PER_S, MRAI_NO, true},
    [TIMERS_FRR] = {0, 0, 180 * PS_PER_S, 50 * PS_PER_MS, PS_PER_S, 0, MRAI_BEHIND, false},
    [TIMERS_CISCO] = {30 * PS_PER_S, 5 * PS_PER_S, 180 * PS_PER_S, 0, 0, 0, MRAI_NO, true},
    [TIMERS_JUNOS] = {0, 0, 90 * PS_PER_S, 0, 0, 0, MRAI_NO, true},
};

void bgp_config_preset(void *out)
{
    struct bgp_config *c = out;
    if (c->timers <= TIMERS_DEFAULT) // or a wrong word, which has been reported
        return;
    c->mrai_ebgp_ps = profile_timers[c->timers].mrai_ebgp_ps;
    c->mrai_ibgp_ps = profile_timers[c->timers].mrai_ibgp_ps;
    c->mrai_withdrawals = profile_timers[c->timers].withdrawals;
    c->hold_ps = profile_timers[c->timers].hold_ps;
    c->gather_ps = profile_timers[c->timers].gather_ps;
    c->jitter = profile_timers[c->timers].jitter;
    c->connect_retry_ps = 120 * PS_PER_S;
    c->idle_hold_ps = profile_timers[c->timers].idle_hold_ps;
    c->error_wait_ps = profile_timers[c->timers].error_wait_ps;
}
