// SPDX-License-Identifier: GPL-3.0-or-later
// attackmeter: what became of attacks, and what defences did to them and to users.
//
// Every packet of an attack that is on its way to the service is counted with its weight when it is
// sent and where it ends: absorbed by a host, refused by one (traffic/backlog.h), or dropped, at which
// port or node and why. Of an attack by reflection that are the answers of the reflectors. The phase
// is that in which it ends. Before the scenario's 0 nothing is counted.
#ifndef ANYSIM_MEASURE_ATTACKMETER_H
#define ANYSIM_MEASURE_ATTACKMETER_H

#include "engine/sim.h"
#include "measure/results.h"
#include "traffic/traffic.h"

struct attackmeter;

struct attackmeter *attackmeter_new(const struct scenario *s, struct sim *sim, int64_t epoch_ps);
void attackmeter_free(struct attackmeter *m);

// A packet of the attack `traffic` at `service`; `pop` of the strike's entry, or -1.
void attackmeter_struck(struct attackmeter *m, int traffic, int service, int pop,
                        const struct traffic_strike *s);
struct defended {
    int service, pop;
    enum defence defence;
    bool hostile, stopped;
    uint32_t weight;
};
void attackmeter_defended(struct attackmeter *m, const struct defended *d);

// Hands the rows over to the results, in a fixed order. At the end of the run, once.
void attackmeter_collect(struct attackmeter *m, struct results *r);

#endif
