// SPDX-License-Identifier: GPL-3.0-or-later
// setting_tcp: a dumbbell with TCP, as numbers, for a program with anysim (C) and one with ns-3 (C++).
//
//     hosts 0, 1 --- edge --- 2 --- bottleneck --- 3, where both flows end
//
// Both programs print, for each case (the name ends with the number of flows):
//     CASE arrival FLOW END N NS BYTES   the N-th segment of a flow that reaches END (0: who sends data,
//                                        1: who takes it), of the first DIFF_TRACED: when, how long
//     CASE goodput FLOW BPS              of what the far application got from DIFF_FROM_NS to DIFF_UNTIL_NS
//
// The same in both: MSS, ten segments in the initial window, SACK, timestamps, delayed acknowledgements
// (every second segment or after 40 ms), a fixed receive window that never limits, a time-out of 200 ms
// at least, drop-tail in packets, recovery by RFC 6675 without PRR. In ns-3 that takes the attributes of
// ns3_tcp.cc. What no attribute makes equal stands in run_differential.sh.
#ifndef ANYSIM_TESTS_NS3_SETTING_TCP_H
#define ANYSIM_TESTS_NS3_SETTING_TCP_H

#include "setting.h"

#define DIFF_MSS          1460 // options not counted
#define DIFF_STAMPS_BYTES 12   // of timestamps in each segment
#define DIFF_INITIAL      10
#define DIFF_WINDOW       (1 << 22)
#define DIFF_PORT         5001 // of flow 0's far end; flow 1 has the next one
#define DIFF_TRACED       2000

static const struct {
    const char *name;
    int cubic, flows, queue_packets; // of the bottleneck: a round trip without a queue carries 20
} tcp_cases[] = {{"reno-1", 0, 1, 25},        {"reno-2", 0, 2, 25},
                 {"cubic-1", 1, 1, 25},       {"cubic-2", 1, 2, 25},
                 {"reno-short-1", 0, 1, 10},  {"reno-short-2", 0, 2, 10},
                 {"cubic-short-1", 1, 1, 10}, {"cubic-short-2", 1, 2, 10}};
enum { DIFF_CASES = sizeof tcp_cases / sizeof *tcp_cases, DIFF_FLOWS = 2 };

static const int64_t DIFF_START_NS[DIFF_FLOWS] = {1000000, 700001000};
static const int64_t DIFF_EDGE_NS[DIFF_FLOWS] = {1000000, 1300000};
static const int64_t DIFF_FROM_NS = 20000000000, DIFF_UNTIL_NS = 80000000000;

enum {
    DIFF_EDGE_BPS = 100000000,
    DIFF_LINE_BPS = 10000000,
    DIFF_LINE_NS = 10000000,
    DIFF_EDGE_QUEUE_PACKETS = 10000,
    DIFF_DELAYED_NS = 40000000,
    DIFF_MIN_RTO_NS = 200000000
};

static inline uint64_t diff_bps(uint64_t octets)
{
    return octets * 8 * 1000000000 / (uint64_t)(DIFF_UNTIL_NS - DIFF_FROM_NS);
}

#endif
