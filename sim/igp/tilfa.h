// SPDX-License-Identifier: GPL-3.0-or-later
// tilfa: topology-independent repair paths of one router (RFC 9855; P and Q spaces: RFC 7490).
//
// The repair follows the path that the network will use after convergence: the shortest path of
// the router, S, in the topology without what failed (the link and all that share a risk with it;
// with `node`, the neighbour E). The others have not learnt of the failure yet, so the path is cut
// into segments that they would take by themselves, found from its beginning on: from where it is,
// the packet goes to the farthest router of the path that all shortest paths of the old topology
// reach without what failed (a node segment), and where there is none, over the next link of the
// path (an adjacency segment), until all old shortest paths to the target are free of the failure.
//   S sends by its first link after the failure, so what its first neighbour N reaches counts for S
//   too (extended P-space). When N reaches the target itself there is no segment: an
//   alternate as in RFC 5286, but on the post-convergence path.
// The RFC's cases come out of that: no segment (a direct neighbour), one for a PQ node, P and an
// adjacency to Q, more. With symmetric metrics two always do for a link.
//
// Of equal post-convergence paths the one with the lowest links from the target backwards is taken,
// so the path to any router of a path is a part of it.
#ifndef ANYSIM_IGP_TILFA_H
#define ANYSIM_IGP_TILFA_H

#include "igp/graph.h"
#include "igp/repair.h"
#include "igp/spf.h"

struct tilfa_space; // what the shortest paths of one router touch

struct tilfa {
    const struct igp_graph *graph;
    const struct lsdb *db;
    struct heap *heap;
    uint32_t root, slot;
    uint32_t node;               // the neighbour that failed as well, or IGP_NONE
    uint32_t *metric, *last;     // of the post-convergence tree: distance, last half of the path
    struct tilfa_space **spaces; // per router, made when asked for
};

// The failure of link `slot` of `root`, with its neighbour if `node`. `heap` as for spf_run. The
// pointers outlive it.
void tilfa_init(struct tilfa *t, const struct igp_graph *graph, const struct lsdb *db,
                struct heap *heap, uint32_t root, uint32_t slot, bool node);
void tilfa_free(struct tilfa *t);

// Local numbers in `out`. False: no path without what failed, or more than IGP_MAX_SEGMENTS.
bool tilfa_find(struct tilfa *t, uint32_t target, struct igp_backup *out);
// Do all shortest paths of the old topology reach `target` without what failed?
bool tilfa_untouched(struct tilfa *t, uint32_t target);

#endif
