// SPDX-License-Identifier: GPL-3.0-or-later
// load: the utilisation of every port, one figure a time bucket.
//
// At the end of each bucket the offered load (sampled packets times the users they stand for,
// plus background) is divided by the port's rate, and the net is told so that sampled packets
// meet what follows from it (net/fluid.h). Offered, not carried: more than 100 % says how far a
// port is overbooked.
#ifndef ANYSIM_MEASURE_LOAD_H
#define ANYSIM_MEASURE_LOAD_H

#include "measure/results.h"
#include "net/net.h"

struct load;

// The first bucket begins at absolute time `epoch_ps`. At that instant the net is told what was
// sent in the bucket before it (load_lead_ps), so that the first packets measured meet a
// network under load.
struct load *load_new(const struct scenario *s, struct sim *sim, struct net *net, int64_t epoch_ps);
void load_free(struct load *l);
// How long before time 0 traffic has to begin for that: a bucket, or 0 when the warm-up is shorter.
int64_t load_lead_ps(const struct scenario *s);
// How long a bucket is: the last one ends with the run, when traffic ends.
int64_t load_bucket_ps(const struct scenario *s, int bucket);
// The phase in which the bucket's middle lies.
enum phase load_bucket_phase(const struct scenario *s, int bucket);
// The smallest of n ascending values that at least `percent` of a hundred (1 to 100) of them do not
// exceed; −1 when there is none.
int32_t load_percentile(const int32_t *sorted, int n, int percent);
// Fills the utilisation figures of r->links, which are in the order of the net's ports.
void load_collect(struct load *l, struct results *r);

#endif
