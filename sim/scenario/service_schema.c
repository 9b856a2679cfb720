// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of a service.
#include "scenario/service_schema.h"

const char *const service_mode_names[MODE_COUNT] = {"accelerated", "replicated", "unicast"};
static const char *const tunnels[] = {"gre", "ipip"};

static const struct schema_field service_fields[] = {
    {.key = "mode",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_service, mode),
     .names = service_mode_names,
     .nnames = MODE_COUNT,
     .required = true,
     .doc = "accelerated: many POPs, one backend behind a tunnel; replicated: a server at each "
            "POP; unicast: one POP",
     .example = "accelerated"},
    {.key = "prefix",
     .type = SCHEMA_PREFIX,
     .offset = offsetof(struct raw_service, prefix),
     .required = true,
     .doc = "what is announced; the service's address is its first host (.1)",
     .example = "203.0.113.0/24"},
    {.key = "publish",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_service, publish),
     .required = true,
     .doc = "POPs that announce the prefix",
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
    {.key = "announce",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_service, announce),
     .sub = &manner_table,
     .doc = "how it is announced, and to whom"},
    {.key = "life",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct raw_service, life),
     .sub = &life_table,
     .doc = "accelerated: how the EIP begins, what it is bound to and how long changes take"}};

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
