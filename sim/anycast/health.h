// SPDX-License-Identifier: GPL-3.0-or-later
// health: whether targets answer, as one checker sees them. Knows no network: whoever sends probes
// (traffic/health.h does) tells how each ended, and is told when an opinion changes.
//
// A checker asks each target every `interval_ps`, for itself: checkers are not synchronised. An
// answer within `timeout_ps` is good, everything else is bad. `fall` bad results in a row take a
// target down, `rise` good ones in a row bring it back; in between the opinion stays. So a target
// that dies is down at the latest
//     fall × interval + timeout
// after its death, and at the earliest (fall − 1) × interval + timeout (health_latest_ps,
// health_earliest_ps). A target is up until the opposite is known.
//
// A guard stands between opinions and announcements: a site whose backends are all down gives up its
// announcement at once, and announces again only when one of them has been up without a break for
// `hold_ps`, so that flapping backends do not become flapping routes (RFC 2439).
#ifndef ANYSIM_ANYCAST_HEALTH_H
#define ANYSIM_ANYCAST_HEALTH_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

struct health_options {
    int64_t interval_ps; // from probe to probe
    int64_t timeout_ps;  // 1 … interval_ps: there is never more than one probe open at a target
    uint32_t fall, rise; // at least 1
};

enum health_change { HEALTH_SAME, HEALTH_FELL, HEALTH_ROSE };

struct health { // of one target
    bool up;
    uint32_t against;   // results in a row that speak against `up`
    int64_t since_ps;   // when `up` became so
    uint64_t good, bad; // results so far
};

struct checker {
    struct health_options is;
    VEC(struct health) targets;
    uint32_t up; // how many are
};

void checker_init(struct checker *c, const struct health_options *o);
void checker_free(struct checker *c);
// A target more, up; its number: 0, 1, 2 …
uint32_t checker_add(struct checker *c, int64_t now_ps);
// A probe of the target ended.
enum health_change checker_result(struct checker *c, uint32_t target, bool good, int64_t now_ps);
static inline bool checker_is_up(const struct checker *c, uint32_t target)
{
    return c->targets.v[target].up;
}

// How long after its death a target is taken down, at least and at most, when every probe that was
// sent before is answered.
int64_t health_earliest_ps(const struct health_options *o);
int64_t health_latest_ps(const struct health_options *o);

struct guard {
    int64_t hold_ps;
    bool alive;       // something behind the site is up
    bool announced;   // what the site should do
    int64_t since_ps; // when `alive` became so
};

void guard_init(struct guard *g, int64_t hold_ps, int64_t now_ps); // alive and announced
// How it is behind the site now; also to be called when guard_due_ps has come. True: `announced`
// changed.
bool guard_update(struct guard *g, bool alive, int64_t now_ps);
// When the hold-down is over, if nothing happens before; TIME_NEVER: none runs.
int64_t guard_due_ps(const struct guard *g);

#endif
