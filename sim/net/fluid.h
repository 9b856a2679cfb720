// SPDX-License-Identifier: GPL-3.0-or-later
// fluid: the traffic of a port that is not simulated packet by packet, and what sampled packets
// feel of it.
//
// Three parts load the port besides the packets themselves:
//   background: a share of the rate, by traffic outside the scenario, arriving in bursts;
//   weight:     every sampled packet stands for `weight` packets like it; what those besides
//               itself would have sent in the last window;
//   demand:     what the demand solver sends this way (demand/), in bit/s.
// Together they are the offered load ρ, a share of the rate. A change of demand or background is felt
// at once, one of the weight from the end of its window on.
//
// What a sampled packet meets hangs on how the fluid comes (docs/queueing.md; one file a model):
//   - smoothly: while the offered load exceeds the rate the backlog grows by the difference up to the
//     buffer, and drains by it afterwards; a packet waits the backlog, and while that stands at the
//     buffer the share (ρ − 1)/ρ is lost;
//   - in exponential bursts: the queue M/M/1/K (fluid_bursts.c);
//   - in bursts of another law of sizes: M/G/1 with a limit (fluid_sizes.c);
//   - from on-off sources: a fluid queue in random surroundings (fluid_onoff.c).
// The packet's own serialisation is added by the port, and to the queue for those behind it. Each port has a queue and a random stream of
// its own: ports of a path know nothing of each other.
// Successive packets meet the same queue, as it went on between them: a later packet never overtakes,
// what a packet meets does not depend on how many others are sampled, and an overload builds up and
// drains in its time. After a gap so long that the queue has forgotten, its state is drawn afresh.
#ifndef ANYSIM_NET_FLUID_H
#define ANYSIM_NET_FLUID_H

#include "net/fluidrule.h"

#define FLUID_UNSEEN INT64_MIN

struct fluid {
    gsl_rng *rng; // the port's own stream
    int64_t rate_bps;
    int64_t background_ppm;
    int64_t demand_bps;
    double weight;      // of the sampled packets in the last window, a share of the rate
    double own;         // what they took themselves: a demand's queue has them in it, too
    int64_t since_ps;   // when the window began
    int64_t changed_ps; // when background or demand last changed in it
    double load_ps;     // their share times its time, from the window's begin to that change
    double rho;         // offered load as a share of the rate at which it is served
    struct fluid_rule rule;
    double slow;   // the port's rate, in rates at which the fluid is served
    double passes; // what the rule lets into the queue of the offered load
    double top_ps; // of a smooth backlog
    int64_t buffer_ps;
    int64_t packet_bytes;              // it comes in packets of so much
    int64_t seen_ps;                   // when the state below held; FLUID_UNSEEN: none yet
    double backlog_ps;                 // of a smooth port, at seen_ps
    const struct fluid_queue_ops *ops; // NULL: smooth
    void *queue;
    int64_t own_until_ps; // when what sampled packets brought will have gone, at the latest
    int64_t memory_ps;    // the queue's: after a longer gap its state is drawn afresh
    struct fluid_course course;
};

// Then its queue is the port's, and says who is lost.
static inline bool fluid_loaded(const struct fluid *f)
{
    return f && f->rho > 0;
}

struct fluid_options {
    int64_t rate_bps, buffer_ps;
    int64_t background_ppm;
    int64_t burst_bytes; // mean; 0: smooth
    struct burst_shape shape;
    const struct qdisc_options *discipline; // of the port; NULL: a buffer of `buffer_ps`
};

struct fluid *fluid_new(uint64_t seed, const char *port_name, const struct fluid_options *o);
void fluid_free(struct fluid *f);

// A window of `window_ps` ended in which the sampled packets stood for `bits` besides their own. The time here and
// below: not before that of any call before.
void fluid_window(struct fluid *f, uint64_t bits, uint64_t own_bits, int64_t window_ps,
                  int64_t now_ps);

// From now on the background is this share of the rate, the demand so many bit/s.
void fluid_background(struct fluid *f, int64_t ppm, int64_t now_ps);
void fluid_demand(struct fluid *f, int64_t bps, int64_t now_ps);

// Background and demand, a mean over the window so far, in millionths of the rate.
double fluid_mean_ppm(const struct fluid *f, int64_t now_ps);

// How long an arrival would wait in a smooth port's fluid queue now; 0 for one with bursts.
int64_t fluid_backlog_ps(const struct fluid *f, int64_t now_ps);

// In the long run, if the whole offered load were this share of the rate.
struct fluid_fate fluid_fate_at(const struct fluid *f, double rho);
// The same if the demand were `bps`, beside the background, the packets and their weight.
struct fluid_fate fluid_fate_with(const struct fluid *f, int64_t demand_bps);
// As things are: a backlog that builds up or drains is where it is now.
struct fluid_fate fluid_fate_now(const struct fluid *f, int64_t now_ps);

// A sampled packet arrives, not before the last one: false when it is among the lost ones, else how
// long it waits. RED's drops are not among the lost ones: the discipline takes them itself.
bool fluid_admit(struct fluid *f, int64_t now_ps, int64_t *wait_ps);

// The packet that was admitted at this instant stays, and takes `own_ps` of the line: there is one queue,
// and what comes later, fluid or packet, stands behind it. Nothing without load: the port knows its packets.
void fluid_join(struct fluid *f, int64_t own_ps, int64_t now_ps);

// What an arrival would wait now, lost or not.
int64_t fluid_work_ps(struct fluid *f, int64_t now_ps);

#endif
