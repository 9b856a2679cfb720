// SPDX-License-Identifier: GPL-3.0-or-later
// limit: how much a service may pass at a node, on its way in or out, whatever the lines could carry:
// a bandwidth cap. To the solver it is a port without a line behind those of the net: it holds back
// elastic flows and takes from the others what does not fit (GRAPH_POLICED), at once and without a
// queue.
#ifndef ANYSIM_DEMAND_LIMIT_H
#define ANYSIM_DEMAND_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit {
    uint32_t node;    // of an anycast binding
    uint32_t service; // its number (fwd_eip_options.service)
    bool outward; // of answers that leave there, after their tunnel; else of requests that enter
    int64_t bps;
};

#endif
