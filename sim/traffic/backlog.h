// SPDX-License-Identifier: GPL-3.0-or-later
// backlog: the places that a host has for TCP connections which are half open (RFC 4987 §2).
//
// A SYN takes a place until its handshake is complete or the host gives up sending SYN-ACKs
// (`hold`). A client that means it completes within a round trip, so only the openings of an attack
// are counted as taking places. Once they are all taken, openings share those that become free,
// size / hold a second, whoever they are from; with SYN cookies (RFC 4987 §3.6) the host answers
// without a place then.
//
// An opening stands for `weight` like it, and the samples of an attack come in lumps; so the law is
// that of a fluid, in windows of BACKLOG_WINDOW_PS: the openings of a window decide on the share that is
// answered in the next.
#ifndef ANYSIM_TRAFFIC_BACKLOG_H
#define ANYSIM_TRAFFIC_BACKLOG_H

#include "scenario/service.h"
#include <stdbool.h>
#include <stdint.h>

#define BACKLOG_WINDOW_PS INT64_C(1000000000000) // 1 s

struct backlog {
    const struct service_backlog *is;
    int64_t window_ps; // when the running one began
    double coming;     // openings that stay, in it so far
    double taken;      // places at its beginning
    double share;      // of its openings that find a place
};

void backlog_init(struct backlog *b, const struct service_backlog *is, int64_t now_ps);
// `weight` openings come; `stays`: they will never be completed. `u`: uniform in [0, 1). False: no
// answer.
bool backlog_admits(struct backlog *b, uint32_t weight, bool stays, double u, int64_t now_ps);

#endif
