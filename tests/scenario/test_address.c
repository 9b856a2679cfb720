// SPDX-License-Identifier: GPL-3.0-or-later
// Schema types of addresses, prefixes, MAC addresses, ranges, and numbers or words.
#include "scenario/schema.h"
#include "scratch.h"
#include "unit.h"

#include <jansson.h>

struct host {
    struct raw_address address;
    struct raw_hosts segments, nets;
    struct raw_prefix6 prefix;
    struct raw_prefixes prefixes;
    struct raw_mac mac;
    struct raw_range ports;
    int64_t dscp;
};

static const char *const words[] = {"copy", "keep"};
#define FIELD(k, t, m)                                                                             \
    {                                                                                              \
        .key = (k), .type = (t), .offset = offsetof(struct host, m), .doc = "text of " k           \
    }
static const struct schema_field fields[] = {FIELD("address", SCHEMA_ADDRESS, address),
                                             FIELD("segments", SCHEMA_HOSTS, segments),
                                             FIELD("nets", SCHEMA_NETS, nets),
                                             FIELD("prefix", SCHEMA_PREFIX6, prefix),
                                             FIELD("prefixes", SCHEMA_PREFIXES, prefixes),
                                             FIELD("mac", SCHEMA_MAC, mac),
                                             {.key = "ports",
                                              .type = SCHEMA_RANGE,
                                              .offset = offsetof(struct host, ports),
                                              .max = 65535,
                                              .doc = "ports",
                                              .example = "80"},
                                             {.key = "dscp",
                                              .type = SCHEMA_INT_WORD,
                                              .offset = offsetof(struct host, dscp),
                                              .names = words,
                                              .nnames = 2,
                                              .max = 63,
                                              .fallback = "keep",
                                              .doc = "dscp"}};
static const struct schema_table table = {
    .name = "host", .doc = "a test", SCHEMA_FIELDS(fields), .size = sizeof(struct host)};

static struct arena arena;
static struct diag *diag;

static struct host read_host(const char *text)
{
    struct host h;
    arena_free(&arena);
    arena_init(&arena);
    diag_free(diag);
    diag = diag_new();
    struct input in = {&arena, diag, 0};
    const struct node *n = yaml_parse(&in, "x", text, strlen(text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(n);
    schema_read(&in, &table, n, "", &h);
    return h;
}

static void forget(void)
{
    arena_free(&arena);
    diag_free(diag);
    diag = NULL;
}

static void reads_both_families(void)
{
    struct host h = read_host("address: 192.0.2.1\n"
                              "segments: [2001:db8::1, 192.0.2.2]\n"
                              "nets: [192.0.2.1/24, 2001:db8::1/64]\n"
                              "prefix: 0.0.0.0/0\n"
                              "prefixes: [10.0.0.0/8, \"::/0\"]\n"
                              "mac: 02:00:5E:00:53:af\n"
                              "ports: 1024-65535\n"
                              "dscp: 46\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_TRUE(ip6_equal(h.address.a, ip6_from_ip4(IP4(192, 0, 2, 1))));
    CU_ASSERT_EQUAL(h.address.at.line, 1);
    CU_ASSERT_EQUAL_FATAL(h.segments.n, 2);
    CU_ASSERT_TRUE(ip6_equal(h.segments.v[0].a, IP6(0x20010db800000000, 1)));
    CU_ASSERT_EQUAL(h.segments.v[0].bits, 128);
    CU_ASSERT_EQUAL(h.segments.v[1].bits, 32);
    CU_ASSERT_EQUAL_FATAL(h.nets.n, 2);
    CU_ASSERT_TRUE(ip6_equal(h.nets.v[0].a, ip6_from_ip4(IP4(192, 0, 2, 1))));
    CU_ASSERT_EQUAL(h.nets.v[0].bits, 24);
    CU_ASSERT_EQUAL(h.nets.v[1].bits, 64);
    CU_ASSERT_EQUAL(h.prefix.p.len, 96);
    CU_ASSERT_TRUE(prefix6_is_ip4(h.prefix.p));
    CU_ASSERT_EQUAL_FATAL(h.prefixes.n, 2);
    CU_ASSERT_EQUAL(h.prefixes.v[0].p.len, 104);
    CU_ASSERT_EQUAL(h.prefixes.v[1].p.len, 0);
    CU_ASSERT_EQUAL(memcmp(h.mac.mac, "\x02\x00\x5e\x00\x53\xaf", 6), 0);
    CU_ASSERT_EQUAL(h.ports.first, 1024);
    CU_ASSERT_EQUAL(h.ports.last, 65535);
    CU_ASSERT_EQUAL(h.dscp, 46);
}

static void one_stands_for_a_list(void)
{
    struct host h = read_host("segments: 10.0.0.1\nnets: 10.0.0.1/31\nprefixes: 10.0.0.0/8\n"
                              "ports: 80\ndscp: copy\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_EQUAL(h.segments.n, 1);
    CU_ASSERT_EQUAL(h.nets.n, 1);
    CU_ASSERT_EQUAL(h.prefixes.n, 1);
    CU_ASSERT_EQUAL(h.ports.first, 80);
    CU_ASSERT_EQUAL(h.ports.last, 80);
    CU_ASSERT_EQUAL(h.dscp, -1);
}

static void absence_shows(void)
{
    struct host h = read_host("{}");
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_EQUAL(h.address.at.line, 0);
    CU_ASSERT_EQUAL(h.segments.n, 0);
    CU_ASSERT_EQUAL(h.prefix.at.line, 0);
    CU_ASSERT_EQUAL(h.mac.at.line, 0);
    CU_ASSERT_EQUAL(h.ports.at.line, 0);
    CU_ASSERT_EQUAL(h.dscp, -2);
}

static void wrong(const char *text, const char *message)
{
    read_host(text);
    CU_ASSERT_EQUAL(diag_errors(diag), 1);
    CU_ASSERT_TRUE(scratch_says(diag, message));
}

static void says_what_is_wrong(void)
{
    wrong("address: 192.0.2\n", "x:1:10: error: 'address' must be an IPv4 or IPv6 address");
    wrong("address: [10.0.0.1]\n", "'address' must be a single value, found a list");
    wrong("segments: []\n", "'segments' must be a list [a, b], found an empty one");
    wrong("segments: {a: b}\n", "found a mapping");
    wrong("segments: [[10.0.0.1]]\n", "'segments' must hold single values, found a list");
    wrong("nets: 192.0.2.1\n", "'192.0.2.1' needs the length of its network, 0 to 32");
    wrong("nets: 192.0.2.1/33\n", "needs the length of its network, 0 to 32");
    wrong("nets: 192.0.2.1/024\n", "needs the length of its network, 0 to 32");
    wrong("nets: \"2001:db8::1/129\"\n", "needs the length of its network, 0 to 128");
    wrong("nets: lan/24\n", "must be an address with the length of its network");
    wrong("prefix: 10.0.0.1/8\n", "did you mean '10.0.0.0/8'?");
    wrong("prefix: \"2001:db8::1/32\"\n", "did you mean '2001:db8::/32'?");
    wrong("prefix: 10.0.0.0\n", "'prefix' must be a prefix such as 203.0.113.0/24");
    wrong("prefixes: [10.0.0.0/8, 10.0.0.1/8]\n", "x:1:24: error:");
    wrong("mac: 02:00:00:00:00:0g\n", "'mac' must be a MAC address");
    wrong("mac: 02:00:00:00:00:00:00\n", "'mac' must be a MAC address");
    wrong("mac: 02-00-00-00-00-01\n", "'mac' must be a MAC address");
    wrong("mac: 01:00:5e:00:00:01\n", "is no address of one station");
    wrong("mac: 00:00:00:00:00:00\n", "is no address of one station");
    wrong("ports: 80-\n", "'ports' must be a whole number such as 80, found ''");
    wrong("ports: 90-80\n", "'90-80' ends before it begins");
    wrong("ports: 80-65536\n", "'ports' must be between 0 and 65535, found '65536'");
    wrong("ports: -80\n", "'ports' must not be negative, found '-80'");
    wrong("dscp: 64\n", "'dscp' must be between 0 and 63, found '64'");
    wrong("dscp: cpy\n", "did you mean 'copy'?");
    wrong("dscp: -1\n", "'dscp' must not be negative, found '-1'");
}

static void json_schema_allows_what_is_read(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    schema_print(&table, "test", f);
    fclose(f);
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    const json_t *p = json_object_get(root, "properties");
    CU_ASSERT_EQUAL(json_object_size(p), 8);
    const json_t *dscp = json_object_get(json_object_get(p, "dscp"), "anyOf");
    CU_ASSERT_EQUAL(json_array_size(dscp), 2);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(dscp, 0), "maximum")), 63);
    const json_t *ports = json_object_get(json_object_get(p, "ports"), "anyOf");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json_array_get(ports, 0), "type")),
                           "integer");
    CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(p, "mac"), "pattern"));
    CU_ASSERT_EQUAL(json_array_size(json_object_get(json_object_get(p, "nets"), "anyOf")), 2);
    json_decref(root);
    forget();
}

UNIT_MAIN("address", {"reads_both_families", reads_both_families},
          {"one_stands_for_a_list", one_stands_for_a_list}, {"absence_shows", absence_shows},
          {"says_what_is_wrong", says_what_is_wrong},
          {"json_schema_allows_what_is_read", json_schema_allows_what_is_read})
