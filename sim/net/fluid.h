// SPDX-License-Identifier: GPL-3.0-or-later
// fluid: the traffic of a port that is not simulated packet by packet, and what sampled packets
// feel of it.
//
// Two parts load the port besides the packets themselves:
//   background: a constant share of the rate, by traffic outside the scenario, arriving in bursts;
//   demand:     every sampled packet stands for `weight` packets like it; what they would have sent
//               in the last window is the demand.
// Together they are the offered load. Three things follow for a sampled packet:
//   - fluid queue: while the offered load exceeds the rate the backlog grows by the difference, up
//   to
//     the buffer; a packet waits backlog / rate;
//   - congestion loss: while the backlog stands at the buffer, the share (offered − rate) / offered
//     of the traffic is lost, so a sampled packet is lost with that probability;
//   - burst wait: below saturation the background's bursts queue as M/M/1 customers with service
//     time S = burst / rate at load ρ: the wait is 0 with probability 1 − ρ, else exponential with
//     mean S / (1 − ρ) (Kleinrock, Queueing Systems I, §3.2). ρ is capped at RHO_MAX.
// The packet's own serialisation is added by the port. Delays drawn for successive packets are
// independent; order on the wire is kept all the same.
#ifndef ANYSIM_NET_FLUID_H
#define ANYSIM_NET_FLUID_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

struct fluid {
    gsl_rng *rng; // the port's own stream
    int64_t background_ppm;
    int64_t burst_ps;   // S, 0: smooth background
    int64_t demand_bps; // in the last window
    int64_t backlog_ps; // of the fluid queue
    double loss;        // probability for sampled packets now
    double rho;         // offered load as a share of the rate, capped
};

struct fluid *fluid_new(uint64_t seed, const char *port_name, int64_t rate_bps,
                        int64_t background_ppm, int64_t burst_bytes);
void fluid_free(struct fluid *f);

// A window of `window_ps` ended in which the sampled packets stood for `bits`.
void fluid_window(struct fluid *f, uint64_t bits, int64_t window_ps, int64_t rate_bps,
                  int64_t queue_ps);
// Is this sampled packet among the lost ones?
bool fluid_lost(struct fluid *f);
// What it waits for the fluid ahead of it.
int64_t fluid_wait_ps(struct fluid *f);

#endif
