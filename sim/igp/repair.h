// SPDX-License-Identifier: GPL-3.0-or-later
// repair: IP fast reroute: where a router that has lost a link sends at once, before anybody else
// knows: loop-free alternates (igp/lfa.h) or repair paths made of segments (igp/tilfa.h).
//
// Backups belong to the routes in force: they are made from what the router's database said when
// its last SPF started. A real router has them ready before the failure; here they are computed
// when asked for, of the same database, with the same result.
#ifndef ANYSIM_IGP_REPAIR_H
#define ANYSIM_IGP_REPAIR_H

#include "igp/igp.h"
#include <stdbool.h>

#define IGP_MAX_SEGMENTS                                                                           \
    2 // as many headers as have room before that of a service tunnel (fwd/packet.h)
#define IGP_NO_LINK UINT32_MAX

enum igp_reroute { IGP_REROUTE_NONE, IGP_REROUTE_LFA, IGP_REROUTE_TILFA };

struct igp_repair_options {
    enum igp_reroute how;
    bool node;       // protect against the loss of the neighbour where possible, else of the link
    bool downstream; // LFA: only alternates nearer to the target (RFC 5286 inequality 2)
};

struct igp_segment {
    uint32_t router; // where it ends
    uint32_t link;   // IGP_NO_LINK: by shortest paths; else over this link from where the packet is
};

struct igp_backup {
    uint32_t link;                                 // the first link of the repair
    uint32_t nsegments;                            // 0: sent over `link` as it is
    struct igp_segment segments[IGP_MAX_SEGMENTS]; // in the order of travel
    bool node;                                     // avoids the neighbour, too
};

struct igp_repair; // the backups of one router

struct igp_repair *igp_repair_new(struct igp *g, uint32_t router,
                                  const struct igp_repair_options *o);
void igp_repair_free(struct igp_repair *r);
// False: the router has run another SPF since; its backups are others now.
bool igp_repair_current(const struct igp_repair *r);

// The backup towards `target` for the failure of `link`, one of the router's. False: none. Asking
// for one link after the other is cheaper than to and fro.
bool igp_repair_find(struct igp_repair *r, uint32_t link, uint32_t target, struct igp_backup *out);
// Would the routes in force reach `target` without what fails when `link` does?
bool igp_repair_untouched(struct igp_repair *r, uint32_t link, uint32_t target);
// Do two of the router's links share a risk?
bool igp_repair_share_risk(const struct igp_repair *r, uint32_t link, uint32_t other);

// How much is covered: over all routers, all targets and each of a route's next hops: `covered`
// when another next hop that shares no risk, or a backup, stands in for the loss of its link; `node`
// when the backup avoids the neighbour as well (of `node_pairs`: those where the target is not the
// neighbour itself).
struct igp_coverage {
    uint64_t pairs, covered, node_pairs, node_covered;
};
struct igp_coverage igp_coverage(struct igp *g, const struct igp_repair_options *o);

#endif
