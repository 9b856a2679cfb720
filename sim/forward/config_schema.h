// SPDX-License-Identifier: GPL-3.0-or-later
// config_schema: the file of one forwarding node as it is written, before names are looked up and
// before it is checked: raw structs and the tables that fill them (scenario/schema.h).
#ifndef ANYSIM_FORWARD_CONFIG_SCHEMA_H
#define ANYSIM_FORWARD_CONFIG_SCHEMA_H

#include "scenario/schema.h"

// Values that apply to some kinds of a thing only, or whose absence means something.
struct raw_number {
    int64_t v;
    struct srcpos at; // line 0: absent
};
struct raw_flag {
    bool v;
    struct srcpos at;
};
struct raw_choice {
    int v;
    struct srcpos at;
};

struct raw_icmp {
    int64_t rate, burst;
};

struct raw_flows {
    struct raw_number limit;
    int64_t idle_ps, tcp_opening_ps, tcp_open_ps;
    struct srcpos at; // line 0: absent
};

struct raw_translations {
    int64_t limit;
    struct srcpos at; // line 0: absent
};

struct raw_self {
    struct raw_address address, address6;
    int64_t hash_seed;
    int hash; // 0: inner, 1: outer
    struct raw_icmp icmp;
    struct raw_flows flows;
    struct raw_translations translations;
    struct srcpos at;
};

struct raw_neighbour {
    struct raw_address address;
    struct raw_mac mac;
};

struct raw_interface {
    struct text name, device, tun;
    struct raw_hosts address; // SCHEMA_NETS
    struct raw_number mtu;
    struct raw_flag servers, announce, promiscuous;
    struct raw_mac mac;
    struct rows neighbours;
    struct raw_number ring_bytes, neighbour_limit, neighbour_waiting;
    struct srcpos at;
};

struct raw_nexthop {
    struct text name, interface;
    struct raw_address via;
    struct srcpos at;
};

struct raw_member {
    struct text nexthop;
    int64_t weight;
    struct raw_number id;
};

struct raw_group {
    struct text name;
    int select; // enum fwd_select
    struct raw_number buckets;
    struct rows members;
    struct srcpos at;
};

struct raw_route {
    struct raw_prefix6 prefix;
    struct texts via;
    struct text tunnel;
    struct raw_choice action, reject, sid;
    struct srcpos at;
};

enum raw_action { RAW_ACTION_LOCAL, RAW_ACTION_BLACKHOLE };

struct raw_tunnel {
    struct text name;
    int kind; // enum fwd_tunnel; -1 when wrong
    struct raw_address local, remote;
    struct raw_number spread, ttl, dscp, key, port, mtu;
    struct raw_flag sequence, checksum;
    struct raw_mac mac_from, mac_to;
    struct raw_hosts segments;
    struct srcpos at;
};

struct raw_endpoint {
    int kind; // enum fwd_tunnel without SRV6; -1 when wrong
    struct raw_prefix6 local, from;
    struct raw_number key, port;
    struct raw_flag sequence, checksum;
    struct srcpos at;
};

struct raw_policer {
    struct text name;
    int kind; // enum policer_kind
    struct raw_number rate, peak_rate, burst, peak_burst, excess_burst;
    struct raw_flag colour_aware;
    struct raw_number rules[3]; // green, yellow, red: DSCP, or -1: pass, -2: drop
    struct srcpos at;
};

struct raw_shaper {
    struct text name;
    int64_t rate, burst;
    struct raw_number queue, delay;
    struct srcpos at;
};

struct raw_meters {
    struct text policer, shaper;
};

struct raw_eip {
    struct raw_prefix6 prefix;
    struct text tunnel;
    struct raw_meters in, out;
    struct raw_address snat;
    struct srcpos at;
};

struct raw_backend {
    struct raw_prefix6 prefix;
    struct raw_choice way; // enum fwd_return
    struct raw_choice kind;
    struct text tunnel;
    struct texts exit;
    struct srcpos at;
};

struct raw_acl;

struct raw_config {
    int64_t version;
    struct raw_self *self; // NULL: absent
    struct rows interfaces, nexthops, groups, routes, tunnels, endpoints, policers, shapers, eips,
        backends;
    struct text routes_file;
    struct raw_acl *acl; // NULL: absent
    struct srcpos at;
};

extern const struct schema_table config_table;
// Its parts, by file.
extern const struct schema_table config_self_table, config_interface_table; // config_schema_self.c
extern const struct schema_table config_nexthop_table, config_group_table,
    config_route_table; // config_schema_route.c
extern const struct schema_table config_tunnel_table,
    config_endpoint_table; // config_schema_tunnel.c
extern const struct schema_table config_policer_table, config_shaper_table, config_eip_table,
    config_backend_table;                          // config_schema_service.c
extern const struct schema_table config_acl_table; // config_schema_acl.c

#endif
