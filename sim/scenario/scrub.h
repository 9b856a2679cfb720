// SPDX-License-Identifier: GPL-3.0-or-later
// scrub: what a POP lets through to a service under attack, as passive data of the action `scrub`:
// rules that the forwarding core's access list knows (fwd/acl.h), and a rate by the law of
// anycast/limiter.h.
#ifndef ANYSIM_SCENARIO_SCRUB_H
#define ANYSIM_SCENARIO_SCRUB_H

#include "scenario/schema.h"
#include <stdbool.h>
#include <stdint.h>

enum scrub_protocol { SCRUB_ANY, SCRUB_TCP, SCRUB_UDP, SCRUB_ICMP };

struct scrub_rule { // the first that matches decides; where none does the packet passes
    bool permit;
    enum scrub_protocol protocol;
    int64_t sport[2], dport[2]; // first and last; of any port 0 and 65535
    struct prefix from;         // of sources; length 0: any
    bool syn;                   // TCP: only what opens a connection
};

enum scrub_per { SCRUB_PER_PREFIX, SCRUB_PER_PROTOCOL, SCRUB_PER_SERVICE, SCRUB_PERS };

struct scrub {
    int service, pop; // pop: -1: all at which it is published
    struct scrub_rule *rules;
    int nrules;
    int64_t rate_bps; // 0: no rate
    enum scrub_per per;
    int64_t prefix_length; // of the sources that share a rate
};

#endif
