// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a service.
#include "scenario/service_schema.h"

const char *const service_mode_names[MODE_COUNT] = {"accelerated", "replicated", "unicast", "gslb"};
static const char *const tunnels[] = {"gre", "ipip"};

static const struct schema_field backlog_fields[] = {
    {.key = "size",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_backlog, is.size),
     .min = 1,
     .max = 100000000,
     .fallback = "4096",
     .doc = "places for connections that are half open",
     .example = "1024"},
    {.key = "hold",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_backlog, is.hold_ps),
     .unit = UNIT_TIME,
     .min = PS_PER_S,
     .max = 600 * PS_PER_S,
     .fallback = "63s",
     .doc = "how long one that is never completed keeps its place (five SYN-ACKs, each after twice "
            "the time: 63 s)",
     .example = "63s"},
    {.key = "cookies",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_backlog, is.cookies),
     .fallback = "no",
     .doc = "SYN cookies (RFC 4987 §3.6): without a place, too, an opening is answered",
     .example = "yes"}};

static const struct schema_table backlog_table = {
    .name = "backlog",
    .doc = "what a flood of SYNs meets at each host of the service",
    SCHEMA_FIELDS(backlog_fields),
    .size = sizeof(struct raw_backlog),
    .place = offsetof(struct raw_backlog, at)};

static const struct schema_field service_fields[] = {
    {.key = "mode",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_service, mode),
     .names = service_mode_names,
     .nnames = MODE_COUNT,
     .required = true,
     .doc = "accelerated: many POPs, one backend behind a tunnel; replicated: a server at each "
            "POP; unicast: one POP; gslb: a name for which DNS answers addresses of others",
     .example = "accelerated"},
    {.key = "prefix",
     .type = SCHEMA_PREFIX,
     .offset = offsetof(struct raw_service, prefix),
     .place = offsetof(struct raw_service, prefix_at),
     .doc = "what is announced, in every mode but gslb; the service's address is its first host "
            "(.1)",
     .example = "203.0.113.0/24"},
    {.key = "publish",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_service, publish),
     .place = offsetof(struct raw_service, publish_at),
     .doc = "POPs that announce the prefix, and zones of them, in every mode but gslb",
     .example = "[beijing, shanghai]"},
    {.key = "backend",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_service, backend),
     .doc = "accelerated: POP behind which the servers stand",
     .example = "beijing"},
    {.key = "tunnel",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_service, tunnel),
     .place = offsetof(struct raw_service, tunnel_at),
     .names = tunnels,
     .nnames = 2,
     .doc = "accelerated: tunnel between POP and backend; gre when absent",
     .example = "gre"},
    {.key = "backends",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, backends),
     .sub = &backends_table,
     .doc = "servers, in one or several regions; accelerated: instead of `backend`"},
    {.key = "health",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, health),
     .sub = &health_table,
     .doc = "checks of the servers' health; nobody looks when absent"},
    {.key = "announce",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_service, announce),
     .sub = &manner_table,
     .doc = "how it is announced, and to whom"},
    {.key = "cap",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, cap),
     .sub = &service_cap_table,
     .doc = "accelerated: how much may pass"},
    {.key = "life",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, life),
     .sub = &life_table,
     .doc = "accelerated: how the EIP begins, what it is bound to and how long changes take"},
    {.key = "backlog",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, backlog),
     .sub = &backlog_table,
     .doc = "places for half-open TCP connections at each host; without it there are always some"},
    {.key = "gslb",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, gslb),
     .sub = &gslb_table,
     .doc = "gslb: the addresses, and how DNS chooses among them"}};

static void service_absent(void *out)
{
    struct raw_service *s = out;
    s->mode = s->tunnel = -1;
}

const struct schema_table service_table = {.name = "service",
                                           .doc = "an address and where it is published",
                                           SCHEMA_FIELDS(service_fields),
                                           .size = sizeof(struct raw_service),
                                           .place = offsetof(struct raw_service, at),
                                           .name_offset = offsetof(struct raw_service, name),
                                           .prepare = service_absent};
