// SPDX-License-Identifier: GPL-3.0-or-later
// export: a scenario's network as configurations of real routing daemons.
//
//   bird          ROUTER/bird.conf and ROUTER/ip.batch (addresses, for `ip -batch`); BIRD 2
//   frr           ROUTER/{zebra,ospfd,bgpd}.conf, bfdd.conf where BFD runs, daemons, vtysh.conf
//   containerlab  NAME.clab.yml; for FRR ROUTER/frr.conf, daemons and vtysh.conf; for BIRD, in the
//                 networks for which FRR lacks something, as bird
//
// Every format comes with routers.csv and links.csv, for whoever builds the network by other means.
// Interfaces are eth1, eth2, … in each router; the IGP is OSPF with the simulator's metrics.
//
// How the built-in policy (bgp/policy.h) is expressed: each router tags what it learns from other
// networks, and what it originates, with large communities (RFC 8092) ASN:1:N, N the enum
// bgp_learnt, and ASN:2:R, R a number of the router that originates. LOCAL_PREF is set at the
// border as the simulator does, exports look at the tags, and the tags leave no network.
//
// What the target cannot say is never left out in silence: either export_check refuses, or the
// configuration holds a comment that begins with "not expressed:" or "rounded:".
#ifndef ANYSIM_EXPORT_EXPORT_H
#define ANYSIM_EXPORT_EXPORT_H

#include "base/file.h"
#include "export/plan.h"

enum export_format { EXPORT_BIRD, EXPORT_FRR, EXPORT_CONTAINERLAB, EXPORT_FORMATS };
extern const char *const export_format_names[EXPORT_FORMATS];

// Prints a line to `err` for everything that the format cannot express and that would change
// routes; returns their number. Decides which daemon each router is written for (by_bird), so it
// comes before export_write.
size_t export_check(struct plan *p, enum export_format format, FILE *err);

// Writes all files into `out`, which the caller opened and finishes. False: see out->error.
bool export_write(const struct plan *p, enum export_format format, struct outdir *out);

// The best path of every router for every prefix that anyone originates or aggregates, now, as JSON: what to
// compare a daemon's table with (docs/export.md lists the keys).
void export_routes(const struct plan *p, FILE *out);

#endif
