// SPDX-License-Identifier: GPL-3.0-or-later
// gslb: which of a service's addresses DNS answers with (global server load balancing). Pure: no
// network, no clock.
//
// A *view* is where the asker is taken to stand: a client group when the resolver tells its subnet
// (EDNS client subnet, RFC 7871) or stands among the group, else the resolver's own place. Every view
// has the sites in an order of preference. The policy picks among the sites that are up as DNS sees
// it; when none is, all of them count as up (fail-open): a wrong alarm must not take the name away.
#ifndef ANYSIM_ANYCAST_GSLB_H
#define ANYSIM_ANYCAST_GSLB_H

#include <stdbool.h>
#include <stdint.h>

enum gslb_policy {
    GSLB_NEAREST, // first of the view's order: by distance
    GSLB_RTT,     // least measured round-trip time; not measured: behind those, in the view's order
    GSLB_MAP,     // first of the view's order: as the operator wrote it
    GSLB_WEIGHTED,   // at random, in proportion to weights
    GSLB_ROUND_ROBIN // one after the other
};

struct gslb_state;

struct gslb_state *gslb_new(enum gslb_policy policy, int sites, int views);
void gslb_free(struct gslb_state *g); // may be NULL

// The view's order: all sites, each once. Without it: as they are numbered.
void gslb_order(struct gslb_state *g, int view, const int *sites);
void gslb_weigh(struct gslb_state *g, int site,
                int64_t weight); // 1 without it; 0: never, while others do
void gslb_set_up(struct gslb_state *g, int site, bool up); // up without it
bool gslb_up(const struct gslb_state *g, int site);
// A round trip between a site and a view: smoothed as RFC 6298's SRTT (an eighth of the difference).
void gslb_measured(struct gslb_state *g, int view, int site, int64_t rtt_ps);
int64_t gslb_rtt_ps(const struct gslb_state *g, int view, int site); // −1: never measured

// The site that is answered now. `draw` in [0, 1): for weights. Round robin moves on.
int gslb_answer(struct gslb_state *g, int view, double draw);
// May `site` be answered to the view now?
bool gslb_right(const struct gslb_state *g, int view, int site);

#endif
