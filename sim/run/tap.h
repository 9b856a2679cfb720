// SPDX-License-Identifier: GPL-3.0-or-later
// tap: what nodes of a running world see, as capture files.
//
// Every packet is written when it arrives at the node and when the node hands it to a port, with
// all of its bytes: the payload that a simulation does not store is zeros, as the checksums say.
// Raw IP, nanoseconds; time 0 is the scenario's, and the warm-up is left out. One file a tap:
// NODE.pcap or NODE:NEIGHBOUR.pcap, with '-' for '/' and ':'.
#ifndef ANYSIM_RUN_TAP_H
#define ANYSIM_RUN_TAP_H

#include "run/world.h"

struct tap_options {
    const char *const
        *wanted; // "NODE" or "NODE:NEIGHBOUR" (all links between), names as in world.h
    int n;
    const char *dir; // where the files go
    bool bad_name;   // out: `error` is about what is wanted, not about writing it
    char error[512]; // out: what went wrong
};

struct tap;

// Before the world runs. NULL with the reason in the options: no such node or neighbour, or a file
// cannot be written; nothing is left behind then.
struct tap *tap_new(struct world *w, struct tap_options *o);
// Closes the files; false with the reason in the options. Before the world is freed.
bool tap_finish(struct tap *t, struct tap_options *o);

#endif
