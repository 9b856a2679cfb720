// SPDX-License-Identifier: GPL-3.0-or-later
// hops: a row of queues under load, once with every packet of the load simulated and once with the load
// as a fluid (net/fluid.h): what probes meet must be the same. Also the queues of the textbooks, from
// real ports and packets.
//
// Every hop has a load of its own that enters before it and leaves behind it. Times are in S, the time
// of a mean packet of the load; the line is 1 Gb/s and a mean packet 1000 octets.
#ifndef ANYSIM_TESTS_VALIDATION_HOPS_H
#define ANYSIM_TESTS_VALIDATION_HOPS_H

#include "net/fluidqueue.h"
#include "net/qdisc.h"
#include <stdbool.h>
#include <stdint.h>

#define HOPS_MAX  3
#define HOPS_BINS 40

struct hops_options {
    uint64_t seed;
    int hops;
    bool fluid;           // the load is a fluid, else packets
    enum burst_kind kind; // sizes of its packets
    double spread;        // hyperexponential
    double rho;
    double buffer; // of a port, in S
    int room;      // K of M/M/1/K, where that is the limit; 0: it is `buffer`
    const struct qdisc_options *discipline; // of every port; NULL: as above
    int probe_dscp;                         // the load has 0
    double probe_every; // mean gap in S; 0: no probes, the load itself is measured
    double length;      // of the run, in S
    // An overload that comes again: 0 none, else every `cycle` the load is `over` for its first quarter.
    double cycle, over;
};

struct hops_result {
    uint64_t sent, lost;
    double mean; // wait of those that arrived, over all hops
    double p99;  // of probes
    double loss;
    double load_loss;       // of the octets of the load at the first port
    struct fluid_fate fate; // what a demand that is the load would lose and wait at the first port
    double bin[HOPS_BINS];  // mean wait of probes by when in a cycle they were sent
};

struct hops_result hops_run(const struct hops_options *o);

#endif
