// SPDX-License-Identifier: GPL-3.0-or-later
// config_schema_acl: what may come in, as it is written.
#ifndef ANYSIM_FORWARD_CONFIG_SCHEMA_ACL_H
#define ANYSIM_FORWARD_CONFIG_SCHEMA_ACL_H

#include "forward/config_schema.h"

struct raw_acl_rule {
    int action; // enum acl_action; -1 when wrong
    struct raw_number rate;
    int family; // enum acl_family
    struct raw_prefix6 from, to;
    struct raw_number protocol; // or -1 - index of config_protocols
    struct raw_range from_ports, to_ports;
    struct raw_number icmp_type, icmp_code;
    struct texts tcp_flags, fragments;
    struct srcpos at;
};

struct raw_sketch {
    struct raw_number width, depth;
    double epsilon, delta;
    struct srcpos epsilon_at, delta_at;
    int64_t seed, window_ps;
    struct srcpos at;
};

struct raw_acl {
    int fallback; // enum acl_action: permit or deny
    struct rows rules;
    struct raw_sketch sketch;
    struct srcpos at;
};

// Names of protocols, and the numbers that they stand for (IANA's).
#define CONFIG_PROTOCOLS 10
extern const char *const config_protocols[CONFIG_PROTOCOLS];
extern const uint8_t config_protocol_numbers[CONFIG_PROTOCOLS];

#endif
