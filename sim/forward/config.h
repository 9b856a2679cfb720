// SPDX-License-Identifier: GPL-3.0-or-later
// config: one forwarding node as its file describes it, checked: what is built can be built.
//
// The file is YAML; its keys are in config_schema.h and, for users, in docs/forward.md. Names refer
// to each other here by index. Interfaces, next hops, groups, … stand in the order of the file.
#ifndef ANYSIM_FORWARD_CONFIG_H
#define ANYSIM_FORWARD_CONFIG_H

#include "fwd/fwd.h"
#include "scenario/input.h"

#define CONFIG_NONE     (-1)
#define CONFIG_MTU      1500 // where neither the file nor a device says another
#define CONFIG_ANNOUNCE 1024 // addresses that one node answers for besides its interfaces' own

struct config_address {
    struct ip6_addr a; // either family
    uint8_t bits;      // of its network, in its own family
    struct srcpos at;
};

struct config_neighbour {
    struct ip6_addr address;
    uint8_t mac[6];
};

struct config_interface {
    const char *name;
    const char *device; // Linux interface; NULL: none
    const char *tun;    // TUN device; NULL: none
    struct config_address *addresses;
    int naddresses;
    struct config_neighbour *neighbours;
    int nneighbours;
    uint32_t mtu; // 0: the file does not say
    bool servers, announce, promiscuous, has_mac;
    uint8_t mac[6]; // one made from the first address unless has_mac
    uint32_t ring_bytes, neighbour_limit, neighbour_waiting;
    struct srcpos at;
};

// The first of them are the interfaces' own, one each: via is zero, the neighbour is the packet's
// destination.
struct config_nexthop {
    const char *name; // NULL: an interface's own
    int interface;
    struct ip6_addr via; // zero: each packet's destination
};

struct config_group {
    const char *name; // NULL: the `via` of a route
    enum fwd_select select;
    uint32_t buckets; // RESILIENT
    struct fwd_member *members;
    int nmembers;
};

struct config_route {
    struct prefix6 prefix;
    enum fwd_action action;
    int argument; // group, tunnel: index; else as route.h says
};

struct config_tunnel {
    const char *name;
    struct fwd_tunnel_options o;
};

struct config_policer {
    const char *name;
    struct policer_options o;
};

struct config_shaper {
    const char *name;
    struct shaper_options o;
};

struct config_acl {
    bool present;
    struct acl_options o; // its rules are the config's
};

struct config_meters {
    int policer, shaper; // or CONFIG_NONE
};

struct config_eip {
    struct prefix6 prefix;
    int tunnel; // or CONFIG_NONE
    struct config_meters in, out;
    struct ip6_addr snat; // zero: none
};

struct config_backend {
    struct prefix6 prefix;
    enum fwd_return way;
    enum fwd_tunnel kind;
    int tunnel; // or CONFIG_NONE
    int exit;   // group, or CONFIG_NONE
};

struct config {
    struct arena arena; // owns everything below
    const char *file;
    const char *routes_file; // read besides it; NULL: none
    struct fwd_options node;
    struct config_interface *interfaces;
    struct config_nexthop *nexthops;
    struct config_group *groups;
    struct config_route *routes; // of the file; connected ones are the builder's
    struct config_tunnel *tunnels;
    struct fwd_endpoint_options *endpoints;
    struct config_policer *policers;
    struct config_shaper *shapers;
    struct config_acl acl;
    struct config_eip *eips;
    struct config_backend *backends;
    int ninterfaces, nnexthops, ngroups, nroutes, ntunnels, nendpoints, npolicers, nshapers, neips,
        nbackends;
};

// Reads a file. Diagnostics go to `d`; look at diag_errors(d) before use. Always free.
void config_load(const char *path, struct diag *d, struct config *out);
void config_free(struct config *c);

// Whether a file is one of these, by its top-level keys; false for what cannot be read.
bool config_sniff(const char *path);

// The index of an interface by its name, or CONFIG_NONE.
int config_interface_find(const struct config *c, const char *name);

// The TUN interface, or CONFIG_NONE.
int config_tun(const struct config *c);

// The MAC address that stands for an IP address where there is no link to ask: 02:00 and the four
// bytes of an IPv4 address, 06 and the last five of an IPv6 one.
void config_mac_of(struct ip6_addr address, uint8_t mac[6]);

// The network of an address, and, of IPv4 networks that have one, the broadcast address.
struct prefix6 config_network(const struct config_address *a);
bool config_broadcast(const struct config_address *a, struct ip6_addr *out);

// The prefix that holds one address only.
struct prefix6 config_host(struct ip6_addr a);

#endif
