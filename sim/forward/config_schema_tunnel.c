// SPDX-License-Identifier: GPL-3.0-or-later
// Tunnels that begin here and tunnels that end here, as schema tables.
#include "forward/config_fields.h"

static const char *const kinds[] = {"ipip", "gre", "vxlan", "geneve", "srv6"};
static const char *const dscps[] = {"copy"};

static const struct schema_field tunnel_fields[] = {
    FIELD_ENUM("kind", struct raw_tunnel, kind, kinds, COUNT(kinds), NULL, true,
               "what the packets are put in", "gre"),
    FIELD_ADDRESS("local", struct raw_tunnel, local, false,
                  "outer source; when absent the node's own address", "10.0.0.1"),
    FIELD_ADDRESS("remote", struct raw_tunnel, remote, false,
                  "outer destination; not of srv6, whose first segment it is", "10.0.0.2"),
    {.key = "segments",
     .type = SCHEMA_HOSTS,
     .offset = offsetof(struct raw_tunnel, segments),
     .doc = "srv6: segments in the order of travel, at most 8",
     .example = "[2001:db8:a::1, 2001:db8:b::1]"},
    FIELD_NUMBER("spread", struct raw_tunnel, spread, 0, 16, "0",
                 "so many low bits of the outer source vary with the flow", "4"),
    FIELD_NUMBER("ttl", struct raw_tunnel, ttl, 1, 255, "64", "TTL of the outer header", "64"),
    {.key = "dscp",
     .type = SCHEMA_INT_WORD,
     .offset = offsetof(struct raw_tunnel, dscp.v),
     .place = offsetof(struct raw_tunnel, dscp.at),
     .names = dscps,
     .nnames = COUNT(dscps),
     .max = 63,
     .fallback = "copy",
     .doc = "DSCP of the outer header, or copied from the inner one",
     .example = "copy"},
    FIELD_NUMBER("key", struct raw_tunnel, key, 0, 4294967295, NULL,
                 "gre: key; vxlan and geneve: network identifier (24 bits, 0 when absent)", "7"),
    FIELD_FLAG("sequence", struct raw_tunnel, sequence, "gre: sequence numbers"),
    FIELD_FLAG("checksum", struct raw_tunnel, checksum,
               "gre: checksum; vxlan and geneve over IPv4: UDP checksum (over IPv6 always)"),
    FIELD_NUMBER("port", struct raw_tunnel, port, 1, 65535, NULL,
                 "vxlan, geneve: UDP destination port; 4789 and 6081 when absent", "4789"),
    FIELD_MAC("mac_from", struct raw_tunnel, mac_from, false,
              "vxlan, geneve: source of the inner Ethernet header"),
    FIELD_MAC("mac_to", struct raw_tunnel, mac_to, false,
              "vxlan, geneve: destination of the inner Ethernet header"),
    FIELD_NUMBER("mtu", struct raw_tunnel, mtu, 68, 65535, NULL,
                 "of the way to the far end, outer header included; when absent the interface's",
                 "1500")};

static void tunnel_absent(void *out)
{
    ((struct raw_tunnel *)out)->kind = -1;
}

const struct schema_table config_tunnel_table = {.name = "tunnel",
                                                 .doc = "a tunnel that begins here",
                                                 SCHEMA_FIELDS(tunnel_fields),
                                                 .size = sizeof(struct raw_tunnel),
                                                 .place = offsetof(struct raw_tunnel, at),
                                                 .name_offset = offsetof(struct raw_tunnel, name),
                                                 .prepare = tunnel_absent};

static const struct schema_field endpoint_fields[] = {
    FIELD_ENUM("kind", struct raw_endpoint, kind, kinds, COUNT(kinds) - 1, NULL, true,
               "what the packets come in (srv6 ends at a route with sid)", "gre"),
    FIELD_PREFIX("local", struct raw_endpoint, local, false,
                 "outer destinations; when absent the node's own addresses", "10.0.0.1/32"),
    FIELD_PREFIX("from", struct raw_endpoint, from, false,
                 "outer sources that are allowed; when absent all", "10.0.0.0/8"),
    FIELD_NUMBER("key", struct raw_endpoint, key, 0, 4294967295, NULL,
                 "gre: only with this key (when absent, only without one); vxlan and geneve: "
                 "network identifier (24 bits, 0 when absent)",
                 "7"),
    FIELD_NUMBER("port", struct raw_endpoint, port, 1, 65535, NULL,
                 "vxlan, geneve: UDP port; 4789 and 6081 when absent", "4789"),
    FIELD_FLAG("sequence", struct raw_endpoint, sequence,
               "gre: with sequence numbers, late packets are dropped (RFC 2890 section 2.2)"),
    FIELD_FLAG("checksum", struct raw_endpoint, checksum,
               "gre: only with a checksum; vxlan, geneve: a zero one is refused")};

static void endpoint_absent(void *out)
{
    ((struct raw_endpoint *)out)->kind = -1;
}

const struct schema_table config_endpoint_table = {.name = "endpoint",
                                                   .doc = "a tunnel that ends here",
                                                   SCHEMA_FIELDS(endpoint_fields),
                                                   .size = sizeof(struct raw_endpoint),
                                                   .place = offsetof(struct raw_endpoint, at),
                                                   .prepare = endpoint_absent};
