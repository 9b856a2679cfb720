// SPDX-License-Identifier: GPL-3.0-or-later
// A node's file: every key reaches the config, and the node that is built from it.
#include "forward/build.h"
#include "forward/config_schema.h"
#include "scenario/scratch.h"
#include "unit.h"

#include <jansson.h>

static struct config config;
static struct diag *diag;

static void load(const char *text)
{
    const char *path = scratch_file("node.yaml", text);
    diag = diag_new();
    config_load(path, diag, &config);
}

static void done(void)
{
    config_free(&config);
    diag_free(diag);
}

#define HEAD                                                                                       \
    "version: 1\n"                                                                                 \
    "node: {address: 10.0.0.1, address6: 2001:db8::1, hash_seed: 9, hash: outer,\n"                \
    "  icmp: {rate: 7, burst: 3}, flows: {limit: 99, idle: 1s, tcp_opening: 2s, tcp_open: 3s},\n"  \
    "  translations: {limit: 55}}\n"                                                               \
    "interfaces:\n"                                                                                \
    "  lan: {device: eth9, address: [192.0.2.1/24, 2001:db8:1::1/64], mtu: 1400, servers: yes,\n"  \
    "    mac: 02:00:00:00:00:09, announce: yes, promiscuous: yes, ring: 1MiB,\n"                   \
    "    neighbour_limit: 11, neighbour_waiting: 12,\n"                                            \
    "    neighbours: [{address: 192.0.2.9, mac: 02:00:00:00:00:0a}]}\n"                            \
    "  wan: {address: 198.51.100.1/24}\n"                                                          \
    "  host: {tun: any0, address: 203.0.113.9/32}\n"                                               \
    "nexthops:\n"                                                                                  \
    "  up: {interface: wan, via: 198.51.100.254}\n"                                                \
    "  down: {interface: lan, via: \"fe80::1\"}\n"                                                 \
    "  any: {interface: lan}\n"

#define NODE "version: 1\nnode: {address: 10.0.0.1}\ninterfaces: {lan: {address: 192.0.2.1/24}}\n"

static const char whole[] = HEAD
    "groups:\n"
    "  r: {select: resilient, buckets: 32, members: [{nexthop: up, weight: 3}, {nexthop: "
    "down}]}\n"
    "  m: {select: maglev, members: [{nexthop: up, id: 77}]}\n"
    "routes:\n"
    "  - {prefix: 0.0.0.0/0, via: r}\n"
    "  - {prefix: 10.1.0.0/16, via: [up, any]}\n"
    "  - {prefix: 10.2.0.0/16, action: blackhole}\n"
    "  - {prefix: 10.3.0.0/28, action: local}\n"
    "  - {prefix: 10.4.0.0/16, reject: host}\n"
    "  - {prefix: 10.5.0.0/16, tunnel: g}\n"
    "  - {prefix: \"2001:db8:f::/64\", sid: end.dt46}\n"
    "tunnels:\n"
    "  g: {kind: gre, local: 10.3.0.1, remote: 10.0.0.2, key: 7, sequence: yes, checksum: "
    "yes,\n"
    "    ttl: 9, dscp: 46, mtu: 1300, spread: 4}\n"
    "  v: {kind: vxlan, remote: 10.0.0.3, key: 8, port: 4790, mac_from: 02:00:00:00:00:01,\n"
    "    mac_to: 02:00:00:00:00:02}\n"
    "  s: {kind: srv6, segments: [\"2001:db8:a::1\", \"2001:db8:b::1\"]}\n"
    "endpoints:\n"
    "  - {kind: gre, local: 10.3.0.1/32, from: 10.0.0.0/8, key: 7, sequence: yes, checksum: "
    "yes}\n"
    "  - {kind: geneve, key: 3, port: 6082}\n"
    "policers:\n"
    "  b: {rate: 1Mbps, burst: 10kB}\n"
    "  t: {kind: trtcm, rate: 1Mbps, burst: 10kB, peak_rate: 2Mbps, peak_burst: 20kB,\n"
    "    colour_aware: yes, green: 10, yellow: pass, red: drop}\n"
    "shapers:\n"
    "  q: {rate: 1Mbps, burst: 3kB, queue: 1MB}\n"
    "  d: {rate: 1Mbps, burst: 3kB, delay: 5ms}\n"
    "acl:\n"
    "  default: deny\n"
    "  sketch: {width: 64, depth: 2, seed: 5, window: 2s}\n"
    "  rules:\n"
    "    - {action: permit, family: ip4, from: 10.0.0.0/8, to: 11.0.0.0/8, protocol: tcp,\n"
    "       from_ports: 1-2, to_ports: 3, tcp_flags: [syn, no-ack], fragments: [whole, first]}\n"
    "    - {action: deny, protocol: icmp6, icmp_type: 128, icmp_code: 0}\n"
    "    - {action: limit, rate: 10/s, protocol: 17}\n"
    "    - {action: permit, from: \"::/0\"}\n"
    "eips:\n"
    "  - {prefix: 203.0.113.0/25, tunnel: g, in: {policer: b, shaper: q},\n"
    "     out: {policer: t, shaper: d}, snat: 10.3.0.1}\n"
    "  - {prefix: 203.0.113.128/25}\n"
    "backends:\n"
    "  - {prefix: 203.0.113.0/26, return: ingress, tunnel: v}\n"
    "  - {prefix: 203.0.113.64/26, return: direct, exit: r}\n"
    "  - {prefix: 203.0.113.128/26, return: nearest}\n";

static void check_interfaces(void)
{
    const struct config_interface *f = config.interfaces;
    CU_ASSERT_EQUAL_FATAL(config.ninterfaces, 3);
    CU_ASSERT_STRING_EQUAL(f[0].device, "eth9");
    CU_ASSERT_EQUAL(f[0].naddresses, 2);
    CU_ASSERT_EQUAL(f[0].mtu, 1400);
    CU_ASSERT_TRUE(f[0].servers && f[0].announce && f[0].promiscuous && f[0].has_mac);
    CU_ASSERT_EQUAL(f[0].mac[5], 9);
    CU_ASSERT_EQUAL(f[0].ring_bytes, 1 << 20);
    CU_ASSERT_EQUAL(f[0].neighbour_limit, 11);
    CU_ASSERT_EQUAL(f[0].neighbour_waiting, 12);
    CU_ASSERT_EQUAL_FATAL(f[0].nneighbours, 1);
    CU_ASSERT_EQUAL(f[0].neighbours[0].mac[5], 10);
    CU_ASSERT_FALSE(f[1].servers || f[1].announce || f[1].promiscuous || f[1].has_mac);
    CU_ASSERT_EQUAL(memcmp(f[1].mac, "\x02\x00\xc6\x33\x64\x01", 6), 0);
    CU_ASSERT_EQUAL(config_tun(&config), 2);
    CU_ASSERT_EQUAL(config_interface_find(&config, "wan"), 1);
    CU_ASSERT_EQUAL(config_interface_find(&config, "wen"), CONFIG_NONE);
}

static void check_node(void)
{
    const struct fwd_options *o = &config.node;
    CU_ASSERT_EQUAL(o->address, IP4(10, 0, 0, 1));
    CU_ASSERT_TRUE(ip6_equal(o->address6, IP6(0x20010db800000000, 1)));
    CU_ASSERT_EQUAL(o->hash_seed, 9);
    CU_ASSERT_TRUE(o->hash_outer);
    CU_ASSERT_EQUAL(o->icmp_per_s, 7);
    CU_ASSERT_EQUAL(o->icmp_burst, 3);
    CU_ASSERT_EQUAL(o->flow_limit, 99);
    CU_ASSERT_EQUAL(o->nat_limit, 55);
    CU_ASSERT_EQUAL(o->flow_idle_ps, PS_PER_S);
    CU_ASSERT_EQUAL(o->tcp_opening_ps, 2 * PS_PER_S);
    CU_ASSERT_EQUAL(o->tcp_open_ps, 3 * PS_PER_S);
}

static void check_routes(void)
{
    const struct config_route *r = config.routes;
    const struct config_group *g = config.groups;
    CU_ASSERT_EQUAL(config.nnexthops, 6);
    CU_ASSERT_EQUAL(config.nexthops[3].interface, 1);
    CU_ASSERT_TRUE(ip6_is_zero(config.nexthops[5].via));
    CU_ASSERT_EQUAL_FATAL(config.nroutes, 7);
    CU_ASSERT_EQUAL(g[0].select, FWD_SELECT_RESILIENT);
    CU_ASSERT_EQUAL(g[0].buckets, 32);
    CU_ASSERT_EQUAL(g[0].members[0].weight, 3);
    CU_ASSERT_EQUAL(g[1].select, FWD_SELECT_MAGLEV);
    CU_ASSERT_EQUAL(g[1].members[0].id, 77);
    CU_ASSERT_EQUAL(r[0].argument, 0);
    CU_ASSERT_EQUAL(g[r[1].argument].nmembers, 2);
    CU_ASSERT_EQUAL(g[r[1].argument].members[1].nexthop, 5);
    CU_ASSERT_EQUAL(r[2].action, FWD_ACT_BLACKHOLE);
    CU_ASSERT_EQUAL(r[3].action, FWD_ACT_LOCAL);
    CU_ASSERT_EQUAL(r[4].action, FWD_ACT_REJECT);
    CU_ASSERT_EQUAL(r[4].argument, FWD_REJECT_HOST);
    CU_ASSERT_EQUAL(r[5].action, FWD_ACT_TUNNEL);
    CU_ASSERT_EQUAL(r[6].action, FWD_ACT_SID);
    CU_ASSERT_EQUAL(r[6].argument, FWD_SID_END_DT46);
}

static void check_tunnels(void)
{
    const struct fwd_tunnel_options *g = &config.tunnels[0].o, *v = &config.tunnels[1].o,
                                    *s = &config.tunnels[2].o;
    const struct fwd_endpoint_options *e = config.endpoints;
    CU_ASSERT_TRUE(g->kind == FWD_TUNNEL_GRE && g->keyed && g->key == 7 && g->sequence);
    CU_ASSERT_TRUE(g->checksum && g->ttl == 9 && g->dscp == 46 && g->mtu == 1300);
    CU_ASSERT_EQUAL(g->spread_bits, 4);
    CU_ASSERT_TRUE(ip6_equal(g->local, ip6_from_ip4(IP4(10, 3, 0, 1))));
    CU_ASSERT_TRUE(v->kind == FWD_TUNNEL_VXLAN && v->key == 8 && v->port == 4790);
    CU_ASSERT_EQUAL(v->dscp, -1);
    CU_ASSERT_TRUE(v->mac_from[5] == 1 && v->mac_to[5] == 2);
    CU_ASSERT_EQUAL(s->segment_count, 2);
    CU_ASSERT_TRUE(ip6_equal(s->segments[1], IP6(0x20010db8000b0000, 1)));
    CU_ASSERT_EQUAL_FATAL(config.nendpoints, 2);
    CU_ASSERT_TRUE(e[0].keyed && e[0].key == 7 && e[0].sequence && e[0].checksum);
    CU_ASSERT_TRUE(e[0].local.len == 128 && e[0].from.len == 104);
    CU_ASSERT_TRUE(e[1].kind == FWD_TUNNEL_GENEVE && e[1].key == 3 && e[1].port == 6082);
}

static void check_services(void)
{
    const struct policer_options *t = &config.policers[1].o;
    const struct config_eip *e = config.eips;
    const struct config_backend *b = config.backends;
    CU_ASSERT_EQUAL(config.policers[0].o.kind, POLICER_BUCKET);
    CU_ASSERT_TRUE(t->kind == POLICER_TRTCM && t->colour_aware && t->pir_bps == 2000000);
    CU_ASSERT_TRUE(t->cbs_bytes == 10000 && t->pbs_bytes == 20000);
    CU_ASSERT_TRUE(t->rules[0].action == POLICER_MARK && t->rules[0].dscp == 10);
    CU_ASSERT_TRUE(t->rules[1].action == POLICER_PASS && t->rules[2].action == POLICER_DROP);
    CU_ASSERT_EQUAL(config.shapers[0].o.limit_bytes, 1000000);
    CU_ASSERT_EQUAL(config.shapers[1].o.limit_ps, 5 * PS_PER_MS);
    CU_ASSERT_TRUE(e[0].tunnel == 0 && e[0].in.policer == 0 && e[0].in.shaper == 0);
    CU_ASSERT_TRUE(e[0].out.policer == 1 && e[0].out.shaper == 1 && !ip6_is_zero(e[0].snat));
    CU_ASSERT_TRUE(e[1].tunnel == CONFIG_NONE && e[1].in.policer == CONFIG_NONE);
    CU_ASSERT_TRUE(b[0].way == FWD_RETURN_INGRESS && b[0].tunnel == 1);
    CU_ASSERT_TRUE(b[1].way == FWD_RETURN_DIRECT && b[1].exit == 0);
    CU_ASSERT_TRUE(b[2].way == FWD_RETURN_NEAREST && b[2].tunnel == CONFIG_NONE);
}

static void check_acl(void)
{
    const struct acl_options *o = &config.acl.o;
    CU_ASSERT_TRUE_FATAL(config.acl.present && o->count == 4);
    const struct acl_rule *r = o->rules;
    CU_ASSERT_EQUAL(o->fallback, ACL_ACT_DENY);
    CU_ASSERT_TRUE(o->limit.width == 64 && o->limit.depth == 2 && o->limit.seed == 5);
    CU_ASSERT_EQUAL(o->limit.window_ps, 2 * PS_PER_S);
    CU_ASSERT_TRUE(r[0].family == ACL_IP4 && r[0].protocol == 6 && r[0].src.len == 104);
    CU_ASSERT_TRUE(r[0].sport.first == 1 && r[0].sport.last == 2 && r[0].dport.last == 3);
    CU_ASSERT_TRUE(r[0].tcp_mask == 0x12 && r[0].tcp_value == 0x02);
    CU_ASSERT_EQUAL(r[0].fragments, ACL_WHOLE | ACL_FIRST);
    CU_ASSERT_TRUE(r[1].protocol == 58 && r[1].icmp_type == 128 && r[1].icmp_code == 0);
    CU_ASSERT_TRUE(r[2].action == ACL_ACT_LIMIT && r[2].limit_pps == 10 && r[2].protocol == 17);
    CU_ASSERT_EQUAL(r[3].family, ACL_IP6); // "::/0" is not IPv4
}

static void every_key_arrives(void)
{
    load(whole);
    CU_ASSERT_EQUAL_FATAL(diag_errors(diag), 0);
    check_node();
    check_interfaces();
    check_routes();
    check_tunnels();
    check_services();
    check_acl();
    done();
}

static bool action_is(const struct build *b, const char *text, enum fwd_action wanted)
{
    struct ip6_addr a;
    struct fwd_path path;
    return ip_parse(text, &a) && fwd_lookup(b->node, a, &path) && path.action == wanted;
}

static void a_node_is_built(void)
{
    struct build b;
    struct ip6_addr a;
    struct fwd_path path;
    load(whole);
    CU_ASSERT_EQUAL_FATAL(diag_errors(diag), 0);
    build_node(&config, &b);
    CU_ASSERT_TRUE(action_is(&b, "10.0.0.1", FWD_ACT_LOCAL));
    CU_ASSERT_TRUE(action_is(&b, "2001:db8::1", FWD_ACT_LOCAL));
    CU_ASSERT_TRUE(action_is(&b, "192.0.2.1", FWD_ACT_LOCAL));
    CU_ASSERT_TRUE(action_is(&b, "192.0.2.255", FWD_ACT_BLACKHOLE));
    CU_ASSERT_TRUE(action_is(&b, "203.0.113.9", FWD_ACT_LOCAL));
    CU_ASSERT_TRUE(action_is(&b, "10.2.3.4", FWD_ACT_BLACKHOLE));
    CU_ASSERT_TRUE(action_is(&b, "10.4.3.4", FWD_ACT_REJECT));
    CU_ASSERT_TRUE(action_is(&b, "2001:db8:f::7", FWD_ACT_SID));
    CU_ASSERT_TRUE_FATAL(ip_parse("2001:db8:1::9", &a) && fwd_lookup(b.node, a, &path));
    CU_ASSERT_TRUE(path.count == 1 && path.nexthops[0] == 0); // connected: the interface's own
    CU_ASSERT_TRUE_FATAL(ip_parse("10.1.2.3", &a) && fwd_lookup(b.node, a, &path));
    CU_ASSERT_TRUE(path.count == 2 && path.nexthops[0] == 3 && path.nexthops[1] == 5);
    CU_ASSERT_TRUE_FATAL(ip_parse("10.5.2.3", &a) && fwd_lookup(b.node, a, &path));
    CU_ASSERT_TRUE(path.gateways == 1 &&
                   ip6_equal(path.gateway[0].far_end, ip6_from_ip4(IP4(10, 0, 0, 2))));
    CU_ASSERT_TRUE_FATAL(ip_parse("203.0.113.5", &a) && fwd_lookup(b.node, a, &path));
    CU_ASSERT_EQUAL(path.service, 0);
    CU_ASSERT_EQUAL(acl_count(b.acl), 4);
    CU_ASSERT_PTR_NOT_NULL(fwd_eip_counters(b.node, config.eips[1].prefix));
    build_free(&b);
    done();
}

// Memory of flows and translations is not taken for nobody.
static void unused_tables_are_not_made(void)
{
    load(NODE);
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_EQUAL(config.node.flow_limit, 0);
    CU_ASSERT_EQUAL(config.node.nat_limit, 0);
    CU_ASSERT_FALSE(config.acl.present);
    done();
}

static void made_mac_addresses(void)
{
    uint8_t mac[6];
    config_mac_of(ip6_from_ip4(IP4(192, 0, 2, 254)), mac);
    CU_ASSERT_EQUAL(memcmp(mac, "\x02\x00\xc0\x00\x02\xfe", 6), 0);
    config_mac_of(IP6(0x20010db800000000, 0x0123456789abcdef), mac);
    CU_ASSERT_EQUAL(memcmp(mac, "\x06\x67\x89\xab\xcd\xef", 6), 0);
}

static void networks(void)
{
    struct config_address a = {ip6_from_ip4(IP4(192, 0, 2, 77)), 24, {0}};
    struct ip6_addr b;
    char buf[PREFIX6_TEXT];
    CU_ASSERT_STRING_EQUAL(ip_prefix_print(config_network(&a), buf), "192.0.2.0/24");
    CU_ASSERT_TRUE(config_broadcast(&a, &b));
    CU_ASSERT_STRING_EQUAL(ip_print(b, buf), "192.0.2.255");
    a.bits = 31; // RFC 3021: none
    CU_ASSERT_FALSE(config_broadcast(&a, &b));
    a = (struct config_address){IP6(0x20010db800000000, 0x77), 64, {0}};
    CU_ASSERT_STRING_EQUAL(ip_prefix_print(config_network(&a), buf), "2001:db8::/64");
    CU_ASSERT_FALSE(config_broadcast(&a, &b));
}

// Every key of every table is in the JSON Schema, with its explanation. Returns how many.
static int keys_in(const json_t *root, const struct schema_table *t)
{
    const json_t *o =
        t == &config_table ? root : json_object_get(json_object_get(root, "$defs"), t->name);
    const json_t *properties = json_object_get(o, "properties");
    int n = t->n;
    CU_ASSERT_EQUAL(json_object_size(properties), (size_t)t->n);
    for (int i = 0; i < t->n; i++) {
        const json_t *p = json_object_get(properties, t->fields[i].key);
        const char *doc = json_string_value(json_object_get(p, "description"));
        CU_ASSERT_TRUE(doc && strcmp(doc, t->fields[i].doc) == 0);
        n += t->fields[i].sub ? keys_in(root, t->fields[i].sub) : 0;
    }
    return n;
}

static void the_json_schema_is_whole(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    schema_print(&config_table, "anysim node", f);
    fclose(f);
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT(keys_in(root, &config_table) > 120);
    json_decref(root);
}

// An endpoint may be at any address that is local, whatever makes it so.
static void endpoints_at_local_routes(void)
{
#define ENDPOINT "endpoints: [{kind: gre, local: 10.3.0.1/32}]\n"
    load(NODE ENDPOINT "routes: [{prefix: 10.3.0.0/24, action: local}]\n");
    CU_ASSERT(diag_errors(diag) == 0 && diag_warnings(diag) == 0);
    done();
    load(NODE ENDPOINT "routes: [{prefix: 10.4.0.0/24, action: local}]\n");
    CU_ASSERT(diag_errors(diag) == 1);
    done();
}

static void is_told_from_other_files(void)
{
    CU_ASSERT_TRUE(config_sniff(scratch_file("a.yaml", HEAD)));
    CU_ASSERT_TRUE(config_sniff(scratch_file("b.yaml", "interfaces: 3\n")));
    CU_ASSERT_FALSE(config_sniff(scratch_file("c.yaml", "version: 1\nnetworks: {}\n")));
    CU_ASSERT_FALSE(config_sniff(scratch_file("d.yaml", "][\n")));
    CU_ASSERT_FALSE(config_sniff("/dev/null/node.yaml"));
    scratch_remove();
}

UNIT_MAIN("config", {"every_key_arrives", every_key_arrives},
          {"endpoints_at_local_routes", endpoints_at_local_routes},
          {"a_node_is_built", a_node_is_built},
          {"unused_tables_are_not_made", unused_tables_are_not_made},
          {"made_mac_addresses", made_mac_addresses}, {"networks", networks},
          {"the_json_schema_is_whole", the_json_schema_is_whole},
          {"is_told_from_other_files", is_told_from_other_files})
