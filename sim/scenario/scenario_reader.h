// SPDX-License-Identifier: GPL-3.0-or-later
// scenario_reader: what the parts of the scenario reader share while one scenario is resolved: the
// raw file and indices of everything that it can name. The parts run in the order in which they are
// declared here, each adds diagnostics and goes on.
#ifndef ANYSIM_SCENARIO_SCENARIO_READER_H
#define ANYSIM_SCENARIO_SCENARIO_READER_H

#include "scenario/action.h"
#include "scenario/line_reader.h"
#include "scenario/names.h"
#include "scenario/scenario_schema.h"

struct scenario_reader {
    struct input *in;
    struct raw_scenario raw;
    struct scenario *out; // its topology is there already
    struct names networks, pops, cities, services, regions, zones;
    struct names *network_cities; // one a network: name → index into network.cities
    struct line_index lines;
};

void reader_open(struct scenario_reader *r);  // indices of the topology's names, client groups
void reader_close(struct scenario_reader *r); // frees the indices

void lines_read(struct scenario_reader *r);      // queues and impairments; before timers_read
void timers_read(struct scenario_reader *r);     // `networks`: timers over the topology's
void congestion_read(struct scenario_reader *r); // congestion.c; after timers_read
void pops_read(struct scenario_reader *r);       // gateway.c: POPs over the topology's
void zones_read(struct scenario_reader *r);      // zones.c
void services_read(struct scenario_reader *r);   // services.c
// Servers and health checks of a service whose POPs are known; before its backend is looked at.
void backends_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s);
void resolvers_read(struct scenario_reader *r); // gslb.c
void traffic_read(struct scenario_reader *r);   // traffic.c
void demands_read(struct scenario_reader *r);   // demands.c: curves, demands
void monitor_read(struct scenario_reader *r);   // monitor.c: after services_read
void timeline_read(struct scenario_reader *r);  // timeline.c: events and phases
void expect_read(struct scenario_reader *r);    // expect.c

// Marks the client groups that `from` means (all when NULL: messages then point at `owner`).
// Returns a flag for each group. A name that is unknown or a choice that is empty is a diagnostic.
bool *from_read(struct scenario_reader *r, const struct raw_from *from, struct srcpos owner);

// What an incident says besides its time; fills e->incident and e->target.text. False after a
// diagnostic.
bool incident_read(struct scenario_reader *r, const struct raw_event *raw, struct event *e);

// The POPs that a name means, which is a zone's or a POP's: how many; 0 after a diagnostic.
int zone_pops(struct scenario_reader *r, const struct text *name, const int **pops);
// Those of a list of names, each once.
int zone_list(struct scenario_reader *r, const struct texts *names, int **pops);

// `life` of a service, or what holds without it.
void service_life_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s);
// `cap` of a service.
void service_cap_read(struct scenario_reader *r, const struct raw_service *raw, struct service *s);
// Walks every EIP's life over the timeline, which is in order of time: refuses what cannot be done
// then, and sets which events begin something, which end it, and how long they take.
void life_check(struct scenario_reader *r);
// What `gslb` of a service says; when all services are known by name.
void gslb_read(struct scenario_reader *r, const struct raw_gslb *raw, struct service *s);
// A service that is no mere name for DNS; −1 after a diagnostic.
int service_with_address(struct scenario_reader *r, const struct text *name);

// Index of a demand; -1 after a diagnostic, or when there is no name.
int demand_find(struct scenario_reader *r, const struct text *name);

// One that selects nothing.
struct selector selector_none(struct srcpos at);
// Does it say a network and nothing else? Then all backbone links of it are meant. False after a
// diagnostic.
bool selector_is_network(const struct raw_selector *raw);
bool selector_network(struct scenario_reader *r, const struct raw_selector *raw,
                      struct selector *out);
// Resolves a selector; `kind` decides which forms make sense. False after a diagnostic.
bool selector_read(struct scenario_reader *r, const struct raw_selector *raw, enum event_kind kind,
                   struct selector *out);

#endif
