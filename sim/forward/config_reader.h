// SPDX-License-Identifier: GPL-3.0-or-later
// config_reader: what the parts of the config's reader share while one file is read. First the raw
// file, then interfaces, next hops, groups, tunnels and meters, then what refers to them.
#ifndef ANYSIM_FORWARD_CONFIG_READER_H
#define ANYSIM_FORWARD_CONFIG_READER_H

#include "forward/config.h"
#include "forward/config_schema.h"
#include "scenario/names.h"

struct config_reader {
    struct input *in;
    struct raw_config raw;
    struct config *out;
    struct names interfaces, nexthops, groups, tunnels, policers, shapers;
    struct table vias; // groups by the lists of next hops that they were made of
    int groups_room;   // in out->groups
    int targets;       // counted
};

// One more of what the forwarding core has to tell apart; the first over its limit is an error at `at`.
void config_count(struct config_reader *r, struct srcpos at);

// The line that a prefix was first seen on, or 0 when that is this one.
int config_first_line(struct table *seen, struct prefix6 p, int line);

void config_read_self(struct config_reader *r);       // config_self.c
void config_read_interfaces(struct config_reader *r); // config_self.c
void config_read_nexthops(struct config_reader *r);   // config_route.c
void config_read_groups(struct config_reader *r);     // config_route.c
void config_read_routes(struct config_reader *r);     // config_route.c; needs tunnels
void config_read_tunnels(struct config_reader *r);    // config_tunnel.c
void config_read_endpoints(struct config_reader *r);  // config_tunnel.c
void config_check_spread(struct config_reader *r);    // config_tunnel.c; needs routes
void config_read_meters(struct config_reader *r);     // config_service.c
void config_read_services(struct config_reader *r);   // config_service.c; needs all others
void config_read_acl(struct config_reader *r);        // config_acl.c

// The group that a list of names stands for: one group, or next hops with equal shares. Or -1.
int config_read_via(struct config_reader *r, const struct texts *via); // config_route.c

// Routes of the file that `routes_file` names. `seen`: prefixes of the config's own. config_table.c
void config_read_table(struct config_reader *r, struct table *seen);

// A prefix without a single address that packets are forwarded to is an error. config_route.c
void config_check_unicast(struct config_reader *r, const struct raw_prefix6 *p);

// A prefix that is a route already, by an interface's address, is an error. config_route.c
void config_check_connected(struct config_reader *r, const struct raw_prefix6 *p);

// Whether an address is in a network of the interface, or link-local. This and what follows:
// config_own.c
bool config_on_link(const struct config_interface *f, struct ip6_addr a);
// Whether an address of this node: an interface's, the node's own, or one under a local route.
bool config_is_own(const struct config *c, struct ip6_addr a);
// Whether one of a prefix's addresses is, and whether all of them are.
bool config_owns_some(const struct config *c, struct prefix6 p);
bool config_owns_all(struct config_reader *r, struct prefix6 p);

#endif
