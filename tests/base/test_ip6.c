// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/ip6.h"
#include "base/rng.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char *const bad_addresses[] = {"",
                                            ":",
                                            ":::",
                                            "1",
                                            "1:2:3:4:5:6:7",
                                            "1:2:3:4:5:6:7:8:9",
                                            "1:2:3:4:5:6:7:8::",
                                            "::1::",
                                            "1::2::3",
                                            ":1:2:3:4:5:6:7:8",
                                            "1:2:3:4:5:6:7:",
                                            "12345::",
                                            "g::",
                                            "::1 ",
                                            " ::1",
                                            "[::1]",
                                            "fe80::1%eth0",
                                            "::1.2.3",
                                            "::1.2.3.256",
                                            "1.2.3.4::",
                                            "::1.2.3.4:5",
                                            "1:2:3:4:5:6:7:1.2.3.4",
                                            "1:2:3:4:5:6:7::8:9",
                                            "::/0",
                                            "1.2.3.4",
                                            "::1\n",
                                            "1::2:",
                                            "::01.2.3.4",
                                            "::00001"};

static struct ip6_addr from_bytes(const uint8_t b[16])
{
    struct ip6_addr a = {0, 0};
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | b[i];
        a.lo = a.lo << 8 | b[i + 8];
    }
    return a;
}

static void test_bad_addresses(void)
{
    for (size_t i = 0; i < sizeof bad_addresses / sizeof *bad_addresses; i++) {
        struct ip6_addr a = IP6(1, 2);
        bool read = ip6_parse(bad_addresses[i], &a);
        if (read || a.hi != 1 || a.lo != 2)
            fprintf(stderr, "accepted or touched: \"%s\"\n", bad_addresses[i]);
        CU_ASSERT_FALSE(read);
        CU_ASSERT(a.hi == 1 && a.lo == 2);
    }
}

// RFC 5952 §1, §2 and §4, and the ends of the scale.
static void test_canonical(void)
{
    static const char *const pairs[][2] = {{"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                                           {"2001:0db8::0001", "2001:db8::1"},
                                           {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
                                           {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
                                           {"0:0:0:0:0:0:0:0", "::"},
                                           {"::1", "::1"},
                                           {"1::", "1::"},
                                           {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
                                           {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
                                           {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
                                           {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
                                            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct ip6_addr a;
        char text[IP6_TEXT];
        CU_ASSERT_TRUE_FATAL(ip6_parse(pairs[i][0], &a));
        CU_ASSERT_STRING_EQUAL(ip6_print(a, text), pairs[i][1]);
    }
}

// Against the C library, with many zero groups so that "::" is everywhere. Where it prints a dotted
// quad (::/96, ::ffff:0:0/96) we do not.
static void test_against_libc(void)
{
    gsl_rng *rng = rng_stream(11, "test", "ip6");
    for (int i = 0; i < 20000; i++) {
        uint8_t b[16] = {0};
        char theirs[64], ours[IP6_TEXT];
        struct ip6_addr a, back;
        unsigned long mask = gsl_rng_get(rng);
        b[0] = 0x20;
        for (int g = 1; g < 16; g++)
            b[g] = mask >> (g / 2) & 1 ? (uint8_t)gsl_rng_get(rng) : 0;
        inet_ntop(AF_INET6, b, theirs, sizeof theirs);
        CU_ASSERT_TRUE_FATAL(ip6_parse(theirs, &a));
        CU_ASSERT(ip6_equal(a, from_bytes(b)));
        CU_ASSERT_STRING_EQUAL(ip6_print(a, ours), theirs);
        CU_ASSERT(ip6_parse(ours, &back) && ip6_equal(a, back));
    }
    gsl_rng_free(rng);
}

static void test_prefixes(void)
{
    struct prefix6 p;
    bool host_bits;
    char text[PREFIX6_TEXT];
    CU_ASSERT_TRUE(prefix6_parse("2001:db8::/32", &p, &host_bits));
    CU_ASSERT_EQUAL(p.len, 32);
    CU_ASSERT_STRING_EQUAL(prefix6_print(p, text), "2001:db8::/32");
    CU_ASSERT_TRUE(prefix6_has(p, IP6(0x20010db8ffffffff, 7)));
    CU_ASSERT_FALSE(prefix6_has(p, IP6(0x20010db900000000, 7)));
    CU_ASSERT_FALSE(prefix6_parse("2001:db8::1/32", &p, &host_bits));
    CU_ASSERT_TRUE(host_bits);
    static const char *const bad[] = {
        "::/129", "::/", "/0", "::", "::/-1", "::/01", "::/0 ", "x/0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_FALSE(prefix6_parse(bad[i], &p, &host_bits));
        CU_ASSERT_FALSE(host_bits);
    }
    CU_ASSERT_TRUE(prefix6_parse("::/0", &p, NULL) && prefix6_has(p, IP6(0xffffffffffffffff, 0)));
    for (unsigned len = 0; len <= 128; len++) {
        struct ip6_addr m = ip6_mask((uint8_t)len);
        unsigned bits = (unsigned)(__builtin_popcountll(m.hi) + __builtin_popcountll(m.lo));
        CU_ASSERT_EQUAL(bits, len);
        CU_ASSERT(m.lo == 0 || m.hi == ~(uint64_t)0);
    }
}

static void test_either_family(void)
{
    struct ip6_addr a;
    struct prefix6 p;
    char text[PREFIX6_TEXT];
    CU_ASSERT_TRUE(ip_parse("192.0.2.1", &a) && ip6_is_ip4(a));
    CU_ASSERT_EQUAL(ip6_to_ip4(a), IP4(192, 0, 2, 1));
    CU_ASSERT_STRING_EQUAL(ip_print(a, text), "192.0.2.1");
    CU_ASSERT_TRUE(ip_parse("2001:db8::1", &a) && !ip6_is_ip4(a));
    CU_ASSERT_FALSE(ip_parse("::ffff:1.2.3.4", &a));
    bool host_bits = false;
    CU_ASSERT_TRUE(ip_prefix_parse("10.0.0.0/8", &p, &host_bits) && p.len == 104);
    CU_ASSERT_STRING_EQUAL(ip_prefix_print(p, text), "10.0.0.0/8");
    CU_ASSERT_TRUE(ip_prefix_parse("0.0.0.0/0", &p, NULL) && prefix6_is_ip4(p));
    CU_ASSERT_TRUE(ip_prefix_parse("::/0", &p, NULL) && !prefix6_is_ip4(p));
    CU_ASSERT_FALSE(ip_prefix_parse("10.0.0.1/8", &p, &host_bits));
    CU_ASSERT_TRUE(host_bits);
    CU_ASSERT_FALSE(ip_prefix_parse("::ffff:10.0.0.0/104", &p, NULL));
    CU_ASSERT_EQUAL(
        prefix6_to_prefix(prefix6_from_prefix((struct prefix){IP4(10, 1, 0, 0), 16})).len, 16);
}

static void test_order(void)
{
    struct prefix6 a = {IP6(1, 0), 64}, b = {IP6(1, 0), 128}, c = {IP6(1, 1), 128};
    CU_ASSERT(prefix6_compare(a, b) < 0 && prefix6_compare(b, c) < 0 && prefix6_compare(c, a) > 0);
    CU_ASSERT_EQUAL(prefix6_compare(c, c), 0);
}

UNIT_MAIN("ip6", {"malformed addresses", test_bad_addresses}, {"canonical text", test_canonical},
          {"against libc", test_against_libc}, {"prefixes", test_prefixes},
          {"either family", test_either_family}, {"order", test_order})
