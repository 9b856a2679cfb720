// SPDX-License-Identifier: GPL-3.0-or-later
// ACL: keys out of raw packets, however they end; 100,000 random packets against a list that is
// read from top to bottom; limits per source; impossible rules.
#include "fixture.h"
#include "fwd/acl.h"
#include "fwd/headers6.h"
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000000) // ps

static const struct sketch_options some_sketch = {
    .width = 512, .depth = 3, .seed = 1, .window_ps = 1000 * MS};

static struct acl *acl_of(const struct acl_rule *rules, size_t n, enum acl_action fallback)
{
    return acl_new(&(struct acl_options){
        .rules = rules, .count = n, .fallback = fallback, .limit = some_sketch});
}

// --- keys

// The bytes lie at the very end of their memory: reading past them is seen.
static bool key_from(const uint8_t *bytes, size_t size, struct acl_key *key)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    bool ok = acl_key_of(copy, size, key);
    free(copy);
    return ok;
}

static size_t ip4_bytes(uint8_t *h, size_t options, uint8_t protocol, uint16_t fragment)
{
    memset(h, 0, 100);
    h[0] = (uint8_t)(0x40 | (IP4_HEADER + options) / 4);
    h[IP4_PROTOCOL] = protocol;
    be16_put(h + IP4_FRAGMENT, fragment);
    be32_put(h + IP4_SRC, IP4(192, 0, 2, 1));
    be32_put(h + IP4_DST, IP4(198, 51, 100, 2));
    uint8_t *t = h + IP4_HEADER + options;
    static const uint8_t transport[] = {0x12, 0x34, 0x00, 0x35, 0, 0,    0, 0,
                                        0,    0,    0,    0,    0, 0x12, 0, 0};
    memcpy(t, transport, sizeof transport);
    return IP4_HEADER + options + sizeof transport;
}

static void keys_of_ip4(void)
{
    uint8_t h[128];
    struct acl_key k;
    size_t size = ip4_bytes(h, 8, PROTOCOL_TCP, 0x4000); // DF is no fragment
    CU_ASSERT_TRUE_FATAL(key_from(h, size, &k));
    CU_ASSERT(ip6_equal(k.src, ip6_from_ip4(IP4(192, 0, 2, 1))));
    CU_ASSERT(ip6_equal(k.dst, ip6_from_ip4(IP4(198, 51, 100, 2))));
    CU_ASSERT(k.protocol == PROTOCOL_TCP && k.fragment == ACL_WHOLE);
    CU_ASSERT(k.ports_valid && k.sport == 0x1234 && k.dport == 53);
    CU_ASSERT(k.tcp_valid && k.tcp_flags == 0x12 && !k.icmp_valid);
    for (size_t less = 0; less < 20 + 8 + 14; less++) // up to the flags all is needed
        CU_ASSERT_FALSE(key_from(h, less, &k));
    CU_ASSERT(key_from(h, 20 + 8 + 14, &k));

    size = ip4_bytes(h, 0, PROTOCOL_UDP, IP4_MORE_FRAGMENTS);
    CU_ASSERT(key_from(h, size, &k) && k.ports_valid && !k.tcp_valid && k.fragment == ACL_FIRST);
    CU_ASSERT(key_from(h, 24, &k) && !key_from(h, 23, &k));
    ip4_bytes(h, 0, PROTOCOL_ICMP, 0);
    CU_ASSERT(key_from(h, 22, &k) && k.icmp_valid && k.icmp_type == 0x12 && k.icmp_code == 0x34);
    CU_ASSERT(!k.ports_valid && !key_from(h, 21, &k));
    ip4_bytes(h, 0, PROTOCOL_ICMP6, 0); // in IPv4 it is nothing
    CU_ASSERT(key_from(h, 22, &k) && !k.icmp_valid);
    ip4_bytes(h, 0, PROTOCOL_GRE, 0);
    CU_ASSERT(key_from(h, 20, &k) && !k.ports_valid);

    ip4_bytes(h, 0, PROTOCOL_UDP, IP4_MORE_FRAGMENTS | 1);
    CU_ASSERT(key_from(h, 20, &k) && k.fragment == ACL_LATER && !k.ports_valid);
    ip4_bytes(h, 0, PROTOCOL_TCP, 2);
    CU_ASSERT(key_from(h, 20, &k) && k.fragment == ACL_LATER);
    size = ip4_bytes(h, 0, PROTOCOL_TCP, 1); // would overwrite the flags
    CU_ASSERT_FALSE(key_from(h, size, &k));
    h[0] = 0x44; // header length 16
    CU_ASSERT_FALSE(key_from(h, size, &k));
    h[0] = 0x55;
    CU_ASSERT_FALSE(key_from(h, size, &k));
}

static size_t ip6_bytes(uint8_t *h, uint8_t next, const uint8_t *rest, size_t size)
{
    memset(h, 0, IP6_HEADER);
    h[0] = 0x60;
    h[IP6_NEXT] = next;
    h[IP6_HOPS] = 64;
    ip6_put(h + IP6_SRC, IP6(0x20010db800000001, 1));
    ip6_put(h + IP6_DST, IP6(0x20010db800000002, 2));
    if (size)
        memcpy(h + IP6_HEADER, rest, size);
    return IP6_HEADER + size;
}

static void keys_of_ip6(void)
{
    // Hop-by-hop (8), routing (24), options (8), AH (16), first fragment (8), then UDP (8).
    static const uint8_t chain[] = {43,   0,    1,    4,    0, 0, 0, 0, //
                                    60,   2,    4,    0,    0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9,
                                    9,    9,    9,    9,    9, 9, 9, 9,                         //
                                    51,   0,    1,    4,    0, 0, 0, 0,                         //
                                    44,   2,    0,    0,    0, 0, 0, 1, 0, 0, 0, 1, 7, 7, 7, 7, //
                                    17,   0,    0,    1,    1, 2, 3, 4,                         //
                                    0x12, 0x34, 0x00, 0x35, 0, 8, 0, 0};
    uint8_t h[256];
    struct acl_key k;
    size_t size = ip6_bytes(h, 0, chain, sizeof chain);
    CU_ASSERT_TRUE_FATAL(key_from(h, size, &k));
    CU_ASSERT(ip6_equal(k.src, IP6(0x20010db800000001, 1)));
    CU_ASSERT(ip6_equal(k.dst, IP6(0x20010db800000002, 2)));
    CU_ASSERT(k.protocol == PROTOCOL_UDP && k.fragment == ACL_FIRST);
    CU_ASSERT(k.ports_valid && k.sport == 0x1234 && k.dport == 53);
    for (size_t less = 0; less < size - 4; less++)
        CU_ASSERT_FALSE(key_from(h, less, &k));
    CU_ASSERT(key_from(h, size - 4, &k));
    be16_put(h + 40 + 8 + 24 + 8 + 16 + FRAGMENT_OFFSET, 0x0108 | 1); // later
    CU_ASSERT(key_from(h, size - 8, &k) && k.fragment == ACL_LATER && !k.ports_valid);
    CU_ASSERT_EQUAL(k.protocol, PROTOCOL_UDP);

    static const uint8_t echo[] = {128, 0, 0, 0, 0, 0, 0, 0};
    ip6_bytes(h, PROTOCOL_ICMP6, echo, sizeof echo);
    CU_ASSERT(key_from(h, 42, &k) && k.icmp_valid && k.icmp_type == 128 && k.icmp_code == 0);
    CU_ASSERT(k.fragment == ACL_WHOLE && !key_from(h, 41, &k));
    ip6_bytes(h, PROTOCOL_ICMP, echo, sizeof echo); // in IPv6 it is nothing
    CU_ASSERT(key_from(h, 48, &k) && !k.icmp_valid);
    ip6_bytes(h, PROTOCOL_NONE, NULL, 0);
    CU_ASSERT(key_from(h, 40, &k) && k.protocol == PROTOCOL_NONE);
    ip6_put(h + IP6_SRC, ip6_from_ip4(IP4(10, 0, 0, 1))); // would pass for an IPv4 source
    CU_ASSERT_FALSE(key_from(h, 40, &k));
    ip6_bytes(h, PROTOCOL_NONE, NULL, 0);
    ip6_put(h + IP6_DST, ip6_from_ip4(IP4(10, 0, 0, 1)));
    CU_ASSERT_FALSE(key_from(h, 40, &k));
    uint8_t options[8 * 12]; // a chain without end
    memset(options, 0, sizeof options);
    for (size_t i = 0; i < sizeof options; i += 8)
        options[i] = PROTOCOL_OPTIONS;
    size = ip6_bytes(h, PROTOCOL_OPTIONS, options, sizeof options);
    CU_ASSERT_FALSE(key_from(h, size, &k));
}

// Random bytes: answers, and never reads past the end (the sanitizer looks).
static void keys_of_anything(void)
{
    struct random r = {4};
    unsigned readable = 0;
    for (int i = 0; i < 200000; i++) {
        uint8_t h[120];
        size_t size = random_below(&r, sizeof h + 1);
        for (size_t b = 0; b < sizeof h; b++)
            h[b] = (uint8_t)random_next(&r);
        h[0] = (uint8_t)(random_below(&r, 2) ? 0x60 : 0x40 | (h[0] & 15));
        static const uint8_t chain[] = {0, 43, 44, 60, 51, 6, 17, 58};
        for (size_t b = IP6_HEADER; h[0] == 0x60 && b < sizeof h; b += 8) {
            h[b] = chain[random_below(&r, 8)];
            h[b + 1] &= 1;
        }
        if (h[0] == 0x60)
            h[IP6_NEXT] = chain[random_below(&r, 8)];
        struct acl_key k;
        readable += key_from(h, size, &k);
    }
    CU_ASSERT(readable > 20000 && readable < 190000);
}

// --- the list, read from top to bottom

static bool in_prefix(struct prefix6 p, struct ip6_addr a)
{
    for (unsigned bit = 0; bit < p.len; bit++) {
        uint64_t x = bit < 64 ? a.hi ^ p.addr.hi : a.lo ^ p.addr.lo;
        if (x >> (63 - bit % 64) & 1)
            return false;
    }
    return true;
}

static bool in_ports(struct acl_ports p, bool valid, uint16_t port)
{
    if (p.first == 0 && p.last == 65535)
        return true;
    return valid && port >= p.first && port <= p.last;
}

static bool rule_matches(const struct acl_rule *r, const struct acl_key *k)
{
    bool ip4 = k->src.hi == 0 && k->src.lo >> 32 == 0xffff;
    if ((r->family == ACL_IP4 && !ip4) || (r->family == ACL_IP6 && ip4))
        return false;
    if (!in_prefix(r->src, k->src) || !in_prefix(r->dst, k->dst))
        return false;
    if (r->protocol >= 0 && r->protocol != k->protocol)
        return false;
    if (!in_ports(r->sport, k->ports_valid, k->sport) ||
        !in_ports(r->dport, k->ports_valid, k->dport))
        return false;
    if (r->icmp_type >= 0 && !(k->icmp_valid && k->icmp_type == r->icmp_type))
        return false;
    if (r->icmp_code >= 0 && k->icmp_code != r->icmp_code)
        return false;
    if (r->tcp_mask && !(k->tcp_valid && (k->tcp_flags & r->tcp_mask) == r->tcp_value))
        return false;
    return r->fragments & k->fragment;
}

static size_t first_match(const struct acl_rule *rules, size_t n, const struct acl_key *k)
{
    size_t i = 0;
    while (i < n && !rule_matches(&rules[i], k))
        i++;
    return i;
}

// Few addresses and few ports, so that packets meet rules; corners of the number space among them.
static struct ip6_addr random_address(struct random *r, bool ip4)
{
    static const uint32_t some[] = {0, 0x0a000000, 0x0a0000ff, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t a = some[random_below(r, 6)] ^ (random_below(r, 2) ? random_below(r, 64) : 0);
    if (ip4)
        return ip6_from_ip4(a);
    uint64_t hi = random_below(r, 2) ? UINT64_C(0x20010db800000000) | random_below(r, 4)
                                     : (random_below(r, 2) ? UINT64_MAX : 0);
    uint64_t lo = random_below(r, 2) ? (uint64_t)a << 32 | 1 : UINT64_MAX - random_below(r, 3);
    return hi == 0 && lo >> 32 == 0xffff ? IP6(0, 1) : (struct ip6_addr){hi, lo};
}

static struct prefix6 random_prefix(struct random *r, bool ip4)
{
    if (random_below(r, 3) == 0)
        return (struct prefix6){0};
    uint8_t len = (uint8_t)(ip4 ? 96 + random_below(r, 33) : random_below(r, 129));
    struct ip6_addr a = random_address(r, ip4), m = ip6_mask(len);
    return (struct prefix6){{a.hi & m.hi, a.lo & m.lo}, len};
}

static uint16_t random_port(struct random *r)
{
    static const uint16_t some[] = {0, 1, 53, 80, 443, 65534, 65535};
    return some[random_below(r, 7)];
}

static struct acl_ports random_ports(struct random *r)
{
    uint16_t a = random_port(r), b = random_port(r);
    return random_below(r, 2) ? (struct acl_ports){0, ACL_PORT_MAX}
                              : (struct acl_ports){a < b ? a : b, a < b ? b : a};
}

static struct acl_rule random_rule(struct random *r)
{
    static const int protocols[] = {ACL_ANY, 1, 6, 17, 58, 132, 47, 0, 255};
    struct acl_rule u = acl_rule_any((enum acl_action)random_below(r, 2));
    bool ip4 = random_below(r, 2);
    u.src = random_prefix(r, ip4);
    u.dst = random_prefix(r, ip4);
    if (random_below(r, 4) == 0)
        u.family = ip4 ? ACL_IP4 : ACL_IP6;
    u.protocol = protocols[random_below(r, 9)];
    if (u.protocol == ACL_ANY || u.protocol == 6 || u.protocol == 17 || u.protocol == 132) {
        u.sport = random_ports(r);
        u.dport = random_ports(r);
    }
    if ((u.protocol == 1 || u.protocol == 58) && random_below(r, 2)) {
        u.icmp_type = (int)random_below(r, 3);
        u.icmp_code = (int)random_below(r, 4) - 1;
    }
    if (u.protocol == 6 && random_below(r, 2)) {
        u.tcp_mask = (uint8_t)random_below(r, 256);
        u.tcp_value = (uint8_t)(random_next(r) & u.tcp_mask);
    }
    if (random_below(r, 3) == 0)
        u.fragments = (uint8_t)(1 + random_below(r, 7));
    size_t wrong;
    struct acl_options o = {.rules = &u, .count = 1};
    return acl_check(&o, &wrong) ? acl_rule_any(u.action) : u;
}

static struct acl_key random_key(struct random *r)
{
    static const uint8_t protocols[] = {1, 6, 6, 17, 17, 58, 132, 47, 0, 255};
    bool ip4 = random_below(r, 2);
    struct acl_key k = {.src = random_address(r, ip4),
                        .dst = random_address(r, ip4),
                        .protocol = protocols[random_below(r, 10)],
                        .fragment = (uint8_t)(1 << random_below(r, 3))};
    if (k.fragment == ACL_LATER)
        return k;
    k.ports_valid = k.protocol == 6 || k.protocol == 17 || k.protocol == 132;
    k.icmp_valid = k.protocol == (ip4 ? 1 : 58);
    k.tcp_valid = k.protocol == 6;
    if (k.ports_valid) {
        k.sport = random_below(r, 3) ? random_port(r) : (uint16_t)random_below(r, 65536);
        k.dport = random_below(r, 3) ? random_port(r) : (uint16_t)random_below(r, 65536);
    }
    if (k.icmp_valid) {
        k.icmp_type = (uint8_t)random_below(r, 4);
        k.icmp_code = (uint8_t)random_below(r, 4);
    }
    if (k.tcp_valid)
        k.tcp_flags = (uint8_t)random_below(r, 256);
    return k;
}

// Rules that match nearly everything would hide the rest: in long lists most are narrow.
static void narrow(struct random *r, struct acl_rule *u)
{
    bool ip4 = random_below(r, 2);
    struct ip6_addr a = random_address(r, ip4);
    u->family = ACL_EITHER;
    u->src = (struct prefix6){a, 128};
    u->dst = (struct prefix6){random_address(r, ip4), 128};
}

// A packet that the rule nearly matches: chance decides about the rest.
static void aim_at(struct acl_key *k, const struct acl_rule *u)
{
    if (u->src.len && u->dst.len) {
        k->src = u->src.addr;
        k->dst = u->dst.addr;
    }
    if (u->protocol == ACL_ANY || k->fragment == ACL_LATER)
        return;
    k->protocol = (uint8_t)u->protocol;
    k->tcp_valid = k->protocol == 6;
    k->ports_valid = k->tcp_valid || k->protocol == 17 || k->protocol == 132;
    k->icmp_valid = k->protocol == (ip6_is_ip4(k->src) ? 1 : 58);
    k->sport = k->ports_valid ? u->sport.last : 0;
    k->dport = k->ports_valid ? u->dport.first : 0;
}

static void against_a_list(void)
{
    static const size_t sizes[] = {0, 1, 2, 10, 63, 64, 65, 100, 128, 500, 1000, ACL_RULES_MAX};
    enum { SIZES = sizeof sizes / sizeof sizes[0], LISTS = 60, KEYS = 2000 };
    static struct acl_rule rules[ACL_RULES_MAX];
    unsigned wrong = 0, matched = 0, deep = 0;
    for (uint32_t list = 0; list < LISTS; list++) {
        struct random r = {list};
        size_t n = sizes[list % SIZES];
        for (size_t i = 0; i < n; i++) {
            rules[i] = random_rule(&r);
            if (n > 10 && random_below(&r, (uint32_t)n) > 5)
                narrow(&r, &rules[i]);
        }
        struct acl *a = acl_of(rules, n, ACL_ACT_DENY);
        for (int i = 0; i < KEYS; i++) {
            struct acl_key k = random_key(&r);
            if (n && random_below(&r, 3))
                aim_at(&k, &rules[random_below(&r, (uint32_t)n)]);
            size_t want = first_match(rules, n, &k);
            wrong += acl_find(a, &k) != want;
            enum acl_verdict verdict = acl_match(a, &k, 100, 0);
            bool permit = want < n && rules[want].action == ACL_ACT_PERMIT;
            wrong += verdict != (permit ? ACL_PERMIT : ACL_DENY);
            matched += want < n;
            deep += want < n && want > 64;
        }
        uint64_t hits = 0;
        for (size_t i = 0; i <= n; i++) {
            hits += acl_counters(a, i)->hits;
            wrong += acl_counters(a, i)->bytes != 100 * acl_counters(a, i)->hits;
        }
        wrong += hits != KEYS;
        acl_free(a);
        if (wrong) {
            printf("  list %u of %zu rules\n", list, n);
            break;
        }
    }
    printf("%u packets against lists of up to %d rules: %u matched (%u beyond rule 64), %u wrong\n",
           LISTS * KEYS, ACL_RULES_MAX, matched, deep, wrong);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(matched > 30000 && matched < 110000 && deep > 2000);
}

// --- what rules are for

static void first_match_wins(void)
{
    struct acl_rule rules[3];
    rules[0] = acl_rule_any(ACL_ACT_PERMIT);
    CU_ASSERT(ip_prefix_parse("192.0.2.1/32", &rules[0].src, NULL));
    rules[1] = acl_rule_any(ACL_ACT_DENY);
    CU_ASSERT(ip_prefix_parse("192.0.2.0/24", &rules[1].src, NULL));
    rules[2] = acl_rule_any(ACL_ACT_DENY); // IPv6 only, though ::/0 is every address
    rules[2].family = ACL_IP6;
    struct acl *a = acl_of(rules, 3, ACL_ACT_PERMIT);
    struct acl_key k = {.src = ip6_from_ip4(IP4(192, 0, 2, 1)), .fragment = ACL_WHOLE};
    CU_ASSERT_EQUAL(acl_match(a, &k, 60, 0), ACL_PERMIT);
    k.src = ip6_from_ip4(IP4(192, 0, 2, 2));
    CU_ASSERT_EQUAL(acl_match(a, &k, 61, 0), ACL_DENY);
    k.src = ip6_from_ip4(IP4(192, 0, 3, 1));
    CU_ASSERT_EQUAL(acl_match(a, &k, 62, 0), ACL_PERMIT);
    k.src = IP6(0x20010db800000000, 1);
    CU_ASSERT_EQUAL(acl_match(a, &k, 63, 0), ACL_DENY);
    for (size_t i = 0; i <= 3; i++)
        CU_ASSERT(acl_counters(a, i)->hits == 1);
    CU_ASSERT_EQUAL(acl_count(a), 3);
    CU_ASSERT_EQUAL(acl_counters(a, 1)->bytes, 61);
    CU_ASSERT_EQUAL(acl_counters(a, 3)->bytes, 62);
    acl_free(a);
}

// Sends `pps` for three windows of a second; how many pass in the last of them.
static unsigned passed(struct acl *a, struct ip6_addr src, unsigned pps)
{
    struct acl_key k = {.src = src, .fragment = ACL_WHOLE};
    unsigned n = 0;
    for (unsigned i = 0; i < 3 * pps; i++)
        n += acl_match(a, &k, 40, (int64_t)i * (1000 * MS / pps)) == ACL_PERMIT && i >= 2 * pps;
    return n;
}

static void limits_each_source(void)
{
    struct acl_rule rules[2];
    rules[0] = acl_rule_any(ACL_ACT_LIMIT);
    rules[0].limit_pps = 100;
    CU_ASSERT(ip_prefix_parse("198.18.0.0/15", &rules[0].src, NULL));
    rules[1] = acl_rule_any(ACL_ACT_LIMIT); // counts for itself
    rules[1].limit_pps = 1000;
    static const struct {
        unsigned pps, least, most;
    } cases[] = {{1, 1, 1},      {99, 99, 99}, {100, 100, 100},
                 {150, 50, 149}, {250, 0, 0},  {5000, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct acl *a = acl_of(rules, 2, ACL_ACT_PERMIT);
        unsigned n = passed(a, ip6_from_ip4(IP4(198, 18, 0, 1)), cases[i].pps);
        if (n < cases[i].least || n > cases[i].most)
            printf("  %u/s: %u passed\n", cases[i].pps, n);
        CU_ASSERT(n >= cases[i].least && n <= cases[i].most);
        CU_ASSERT_EQUAL(acl_counters(a, 0)->hits, 3 * cases[i].pps);
        CU_ASSERT(cases[i].pps > 100 || acl_counters(a, 0)->limited == 0);
        acl_free(a);
    }
    struct acl *a = acl_of(rules, 2, ACL_ACT_PERMIT);
    CU_ASSERT_EQUAL(passed(a, ip6_from_ip4(IP4(198, 18, 0, 1)), 5000), 0);
    struct acl_key k = {.src = ip6_from_ip4(IP4(198, 18, 0, 2)), .fragment = ACL_WHOLE};
    CU_ASSERT_EQUAL(acl_match(a, &k, 40, 3000 * MS), ACL_PERMIT); // its neighbour does not suffer
    k.src = ip6_from_ip4(IP4(198, 18, 0, 1));
    CU_ASSERT_EQUAL(acl_match(a, &k, 40, 3000 * MS), ACL_LIMITED);
    CU_ASSERT_EQUAL(acl_match(a, &k, 40, 4500 * MS), ACL_PERMIT); // it has been silent for long
    CU_ASSERT(acl_counters(a, 0)->limited > 14000);
    CU_ASSERT_EQUAL(acl_counters(a, 1)->hits, 0);
    acl_free(a);
}

static struct acl_rule broken(int which)
{
    struct acl_rule r = acl_rule_any(ACL_ACT_DENY);
    switch (which) {
    case 0:
        r.action = (enum acl_action)3;
        break;
    case 1:
        r.family = (enum acl_family)3;
        break;
    case 2:
        r.src = (struct prefix6){IP6(0, 1), 64};
        break;
    case 3:
        r.dst.len = 129;
        break;
    case 4:
        r.family = ACL_IP6;
        r.dst = (struct prefix6){ip6_from_ip4(0), 96};
        break;
    case 5:
        r.protocol = 256;
        break;
    case 6:
        r.sport = (struct acl_ports){2, 1};
        break;
    case 7:
        r.protocol = PROTOCOL_ICMP;
        r.dport = (struct acl_ports){53, 53};
        break;
    case 8:
        r.protocol = PROTOCOL_ICMP;
        r.icmp_type = 256;
        break;
    case 9:
        r.icmp_code = 1;
        break;
    case 10:
        r.icmp_type = 8;
        break;
    case 11:
        r.protocol = PROTOCOL_TCP;
        r.tcp_value = 2;
        break;
    case 12:
        r.tcp_mask = 2;
        break;
    case 13:
        r.fragments = 0;
        break;
    case 14:
        r.fragments = 8;
        break;
    case 15:
        r.fragments = ACL_LATER;
        r.dport = (struct acl_ports){53, 53};
        break;
    case 16:
        r.limit_pps = 5;
        break;
    case 17:
        r.action = ACL_ACT_LIMIT;
        break;
    default:
        r.action = ACL_ACT_LIMIT;
        r.limit_pps = 5000000000;
        break;
    }
    return r;
}

static void refuses(void)
{
    static const char *const parts[] = {
        "none of permit", "none of either", "host bits",  "128 bits",        "IPv4 prefix",
        "0 and 255",      "ends before",    "no ports",   "ICMP type or",    "needs a type",
        "1 or 58",        "leaves out",     "protocol 6", "fragments",       "fragments",
        "later",          "not to limit",   "not within", "sketch can count"};
    for (int i = 0; i < (int)(sizeof parts / sizeof parts[0]); i++) {
        struct acl_rule rules[] = {acl_rule_any(ACL_ACT_PERMIT), broken(i)};
        struct acl_options o = {.rules = rules, .count = 2, .limit = some_sketch};
        size_t wrong = 0;
        const char *message = acl_check(&o, &wrong);
        if (!message || !strstr(message, parts[i]))
            printf("  case %d: %s\n", i, message ? message : "no message");
        CU_ASSERT(message && strstr(message, parts[i]) && wrong == 1);
    }
    static struct acl_rule many[ACL_RULES_MAX + 1];
    for (size_t i = 0; i < ACL_RULES_MAX + 1; i++)
        many[i] = acl_rule_any(ACL_ACT_PERMIT);
    struct acl_options o = {.rules = many, .count = ACL_RULES_MAX + 1};
    size_t wrong;
    CU_ASSERT_PTR_NOT_NULL(acl_check(&o, &wrong));
    o.count = ACL_RULES_MAX;
    CU_ASSERT_PTR_NULL(acl_check(&o, &wrong));
    o.fallback = ACL_ACT_LIMIT;
    CU_ASSERT_PTR_NOT_NULL(acl_check(&o, &wrong));
    CU_ASSERT_EQUAL(wrong, ACL_RULES_MAX);
    many[3].action = ACL_ACT_LIMIT; // without a sketch
    many[3].limit_pps = 1;
    CU_ASSERT_PTR_NOT_NULL(acl_check(&o, &wrong));
    CU_ASSERT_EQUAL(wrong, 3);
    acl_free(NULL);
}

UNIT_MAIN("acl", {"keys_of_ip4", keys_of_ip4}, {"keys_of_ip6", keys_of_ip6},
          {"keys_of_anything", keys_of_anything}, {"against_a_list", against_a_list},
          {"first_match_wins", first_match_wins}, {"limits_each_source", limits_each_source},
          {"refuses", refuses})
