// SPDX-License-Identifier: GPL-3.0-or-later
// topology_reader: what the parts of the topology reader share while one file is read. First the
// raw file, then every city (declared ones and those of graphs), then networks, then what joins
// them: each step looks names up in what the steps before declared.
#ifndef ANYSIM_SCENARIO_TOPOLOGY_READER_H
#define ANYSIM_SCENARIO_TOPOLOGY_READER_H

#include "scenario/graph.h"
#include "scenario/line_reader.h"
#include "scenario/names.h"
#include "scenario/topology_schema.h"

struct topology_reader {
    struct input *in;
    struct raw_topology raw;
    struct topology *out;
    struct names city_names, network_names;
    struct line_index lines;
    struct graph *graphs;         // one a network; empty without `graph:`
    struct names *network_cities; // one a network: name → index into network.cities
};

// Reads topology file `path` (named in a scenario at `named`; line 0: on the command line) and
// checks it. After errors `out` holds what could be read, with valid indices throughout.
void topology_read(struct input *in, const char *path, struct srcpos named, struct topology *out);

// Fills out->networks[i] from raw network i.
void network_read(struct topology_reader *r, int i);

// Do the timers make sense together? Diagnostics at `at`.
void network_check_timers(struct input *in, const struct network *n, struct srcpos at);

// Are the parts a whole: every network connected, reflectors, AS numbers, prefixes? Diagnostics.
void topology_check(struct input *in, const struct topology *t);

#endif
