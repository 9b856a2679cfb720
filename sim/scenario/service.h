// SPDX-License-Identifier: GPL-3.0-or-later
// service: one address, where it is published and what stands behind it, as passive data.
#ifndef ANYSIM_SCENARIO_SERVICE_H
#define ANYSIM_SCENARIO_SERVICE_H

#include "base/diag.h"
#include "base/ip.h"
#include "scenario/backends.h"
#include "scenario/gslb.h"
#include "scenario/manner.h"
#include "scenario/cap.h"
#include "scenario/life.h"

enum service_mode { MODE_ACCELERATED, MODE_REPLICATED, MODE_UNICAST, MODE_GSLB, MODE_COUNT };
extern const char *const service_mode_names[MODE_COUNT]; // as the file writes them
enum tunnel_kind { TUNNEL_GRE, TUNNEL_IPIP };

// Places for half-open TCP connections at each of a service's hosts (traffic/backlog.h).
struct service_backlog {
    int64_t size; // 0: as many as are wanted
    int64_t hold_ps;
    bool cookies;
};

struct service {
    const char *name;
    enum service_mode mode;
    struct prefix prefix; // the service's address is the prefix's first host (.1); gslb: none
    int *publish;         // indices of POPs that announce the prefix; gslb: those of its answers
    int npublish;
    int *later; // POPs at which it is published later on, and not at first
    int nlater;
    int backend; // index of the POP behind which the backend stands (accelerated); else -1
    enum tunnel_kind tunnel; // accelerated: POP ↔ backend gateway
    struct service_backlog backlog;
    const struct manner *announce; // how it is announced
    int nannounce;
    struct service_life life;            // accelerated
    struct service_cap cap;              // accelerated
    const struct backends *backends;     // its servers; NULL: one, or one a site
    const struct service_health *health; // NULL: nobody looks
    const struct gslb *gslb;             // MODE_GSLB; else NULL
    struct srcpos at;
};

#endif
