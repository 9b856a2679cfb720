// SPDX-License-Identifier: GPL-3.0-or-later
// setting: three small networks, as numbers, for a program with anysim (C) and one with ns-3 (C++).
//
// Both print a line per packet that arrives: case, flow, number, when sent, when arrived [ns]. Lines of
// `chain` and `dumbbell` must be the same to the microsecond; `poisson` is compared by its distribution.
//
//   chain      one flow over three links
//   dumbbell   three flows with other periods into one link that cannot carry them: drops
//   poisson    Poisson arrivals at a link, load 0.8
#ifndef ANYSIM_TESTS_NS3_SETTING_H
#define ANYSIM_TESTS_NS3_SETTING_H

#include <stdint.h>

#define PAYLOAD_BYTES 1000
#define UDP_IP_BYTES  28
#define PPP_BYTES     2 // ns-3's point-to-point lines put two octets before each datagram
#define QUEUE_PACKETS 20
#define START_NS      1000000

static const struct {
    int64_t rate_bps, delay_ns;
} chain_lines[] = {{10000000, 2000000}, {4000000, 5300000}, {25000000, 11000000}};

enum { CHAIN_PACKETS = 500, CHAIN_EVERY_NS = 2300000 };

// Periods and offsets such that no packet reaches the bottleneck just when another does or leaves it:
// which of both comes first is nobody's fault.
static const struct {
    int64_t every_ns, offset_ns;
} dumbbell_flows[] = {{5100007, 0}, {4300013, 700001}, {3700019, 1300003}};

enum {
    DUMBBELL_PACKETS = 1500, // of each flow
    EDGE_BPS = 100000000,
    EDGE_NS = 1000000,
    BOTTLENECK_BPS = 5000000,
    BOTTLENECK_NS = 10000000
};

enum { POISSON_PACKETS = 400000, POISSON_BPS = 10000000, POISSON_NS = 1000000 };
#define POISSON_LOAD 0.8

#endif
