// SPDX-License-Identifier: GPL-3.0-or-later
// The node itself and its interfaces, as schema tables.
#include "forward/config_fields.h"

static const struct schema_field icmp_fields[] = {
    FIELD_INT("rate", struct raw_icmp, rate, 1, 1000000, "1000", "errors a second, on average",
              "1000"),
    FIELD_INT("burst", struct raw_icmp, burst, 1, 1000000, "50", "errors at once", "50")};
static const struct schema_table icmp_table = {
    .name = "icmp", .doc = "how many ICMP errors are sent", SCHEMA_FIELDS(icmp_fields)};

static const struct schema_field flow_fields[] = {
    FIELD_NUMBER("limit", struct raw_flows, limit, 1, 16777216, "65536",
                 "flows of backends that are remembered at once", "100000"),
    FIELD_UNIT("idle", struct raw_flows, idle_ps, UNIT_TIME, PS_PER_MS, MAX_TIME_PS, "30s", false,
               "UDP and all else but TCP: forgotten after so long without a packet", "30s"),
    FIELD_UNIT("tcp_opening", struct raw_flows, tcp_opening_ps, UNIT_TIME, PS_PER_MS, MAX_TIME_PS,
               "240s", false, "TCP while it opens or closes (RFC 5382 REQ-5)", "240s"),
    FIELD_UNIT("tcp_open", struct raw_flows, tcp_open_ps, UNIT_TIME, PS_PER_MS, MAX_TIME_PS,
               "7440s", false, "TCP that is open", "7440s")};
static const struct schema_table flows_table = {.name = "flows",
                                                .doc = "memory of flows, for backends and snat",
                                                SCHEMA_FIELDS(flow_fields),
                                                .place = offsetof(struct raw_flows, at)};

static const struct schema_field translation_fields[] = {
    FIELD_INT("limit", struct raw_translations, limit, 1, 16777216, "65536",
              "translations at once, of all EIPs with snat", "65536")};
static const struct schema_table translations_table = {.name = "translations",
                                                       .doc = "memory of snat",
                                                       SCHEMA_FIELDS(translation_fields),
                                                       .place =
                                                           offsetof(struct raw_translations, at)};

static const char *const hashes[] = {"inner", "outer"};

static const struct schema_field self_fields[] = {
    FIELD_ADDRESS("address", struct raw_self, address, true,
                  "IPv4 address of the node: its loopback and its number", "10.0.0.1"),
    FIELD_ADDRESS("address6", struct raw_self, address6, false,
                  "IPv6 address; without it the node sends no ICMPv6", "2001:db8::1"),
    FIELD_INT("hash_seed", struct raw_self, hash_seed, 0, 4294967295, "0",
              "seed of ECMP's hash; give neighbouring nodes different ones", "7"),
    FIELD_ENUM("hash", struct raw_self, hash, hashes, COUNT(hashes), "inner", false,
               "ECMP by what is inside tunnels, or by the outermost header only", "inner"),
    {.key = "icmp",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_self, icmp),
     .sub = &icmp_table,
     .doc = "how many ICMP errors are sent"},
    {.key = "flows",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_self, flows),
     .sub = &flows_table,
     .doc = "memory of flows, for backends and snat"},
    {.key = "translations",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct raw_self, translations),
     .sub = &translations_table,
     .doc = "memory of snat"}};

const struct schema_table config_self_table = {.name = "node",
                                               .doc = "the node itself",
                                               SCHEMA_FIELDS(self_fields),
                                               .size = sizeof(struct raw_self),
                                               .place = offsetof(struct raw_self, at)};

static const struct schema_field neighbour_fields[] = {
    FIELD_ADDRESS("address", struct raw_neighbour, address, true, "IP address on the link",
                  "192.0.2.9"),
    FIELD_MAC("mac", struct raw_neighbour, mac, true, "its MAC address")};
static const struct schema_table neighbour_table = {.name = "neighbour",
                                                    .doc = "a neighbour that is never asked for",
                                                    SCHEMA_FIELDS(neighbour_fields),
                                                    .size = sizeof(struct raw_neighbour)};

static const struct schema_field interface_fields[] = {
    FIELD_TEXT("device", struct raw_interface, device, "Linux interface to attach to with --live",
               "eth0"),
    FIELD_TEXT("tun", struct raw_interface, tun,
               "instead: TUN device to make with --live; this host's own stack is behind it",
               "anysim0"),
    {.key = "address",
     .type = SCHEMA_NETS,
     .offset = offsetof(struct raw_interface, address),
     .doc = "own addresses with the length of the network; of a TUN device: the host's",
     .example = "[192.0.2.1/24, 2001:db8:1::1/64]"},
    FIELD_NUMBER("mtu", struct raw_interface, mtu, 68, 65535, NULL,
                 "longest datagram in bytes; when absent the device's, or 1500", "1500"),
    FIELD_FLAG("servers", struct raw_interface, servers,
               "backends' servers are here: what comes from an EIP is an answer"),
    FIELD_MAC("mac", struct raw_interface, mac, false,
              "MAC address; when absent the device's, or one made from the first address"),
    {.key = "neighbours",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_interface, neighbours),
     .sub = &neighbour_table,
     .doc = "neighbours that are never asked for"},
    FIELD_FLAG("announce", struct raw_interface, announce,
               "ARP and neighbour discovery for EIPs and local routes are answered here too"),
    FIELD_FLAG("promiscuous", struct raw_interface, promiscuous,
               "ask the device for frames to other MAC addresses too; they are not forwarded"),
    FIELD_QUANTITY("ring", struct raw_interface, ring_bytes, UNIT_SIZE, 65536, 1073741824, "16MiB",
                   "memory for received frames with --live", "16MiB"),
    FIELD_NUMBER("neighbour_limit", struct raw_interface, neighbour_limit, 1, 1048576, "4096",
                 "neighbours that are remembered, besides those in the file", "4096"),
    FIELD_NUMBER("neighbour_waiting", struct raw_interface, neighbour_waiting, 1, 65536, "1024",
                 "packets that may wait for neighbours to answer", "1024")};

const struct schema_table config_interface_table = {
    .name = "interface",
    .doc = "a link that packets come from and go to",
    SCHEMA_FIELDS(interface_fields),
    .size = sizeof(struct raw_interface),
    .place = offsetof(struct raw_interface, at),
    .name_offset = offsetof(struct raw_interface, name)};
