// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/ip.h"
#include "base/rng.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

// What is wrong with each is wrong in its own way.
static const char *const bad_addresses[] = {"",
                                            ".",
                                            "1",
                                            "1.2",
                                            "1.2.3",
                                            "1.2.3.",
                                            "1.2.3.4.",
                                            ".1.2.3.4",
                                            "1..2.3",
                                            "1.2.3.4.5",
                                            "256.1.1.1",
                                            "1.256.1.1",
                                            "1.1.1.256",
                                            "1.2.3.999",
                                            "01.2.3.4",
                                            "1.2.3.04",
                                            "1.2.3.00",
                                            "-1.2.3.4",
                                            "+1.2.3.4",
                                            " 1.2.3.4",
                                            "1.2.3.4 ",
                                            "1. 2.3.4",
                                            "1.2.3.4\n",
                                            "1.2.3.x",
                                            "a.b.c.d",
                                            "0x1.2.3.4",
                                            "1,2,3,4",
                                            "16909060",
                                            "1.2.3.4/32",
                                            "::1",
                                            "1.2.3.4x",
                                            "1.2.3.1e1",
                                            "1.2.3.4294967297",
                                            "1.2.3.18446744073709551617"};

static const char *const bad_prefixes[] = {"",
                                           "/",
                                           "/24",
                                           "10.0.0.0",
                                           "10.0.0.0/",
                                           "10.0.0.0/33",
                                           "10.0.0.0/-1",
                                           "10.0.0.0/+8",
                                           "10.0.0.0/08",
                                           "10.0.0.0/ 8",
                                           "10.0.0.0 /8",
                                           "10.0.0.0/8 ",
                                           "10.0.0.0/8/8",
                                           "10.0.0/8",
                                           "10/8",
                                           "10.0.0.256/8",
                                           "10.0.0.0/x",
                                           "10.0.0.0/8x",
                                           "10.0.0.0/00",
                                           "10.0.0.0/255.0.0.0",
                                           "10.0.0.0/4294967304",
                                           "10.0.0.0\\8"};

static void good_addresses(void)
{
    static const struct {
        const char *text;
        ip4_addr addr;
    } good[] = {{"0.0.0.0", 0},
                {"255.255.255.255", UINT32_MAX},
                {"1.2.3.4", 0x01020304},
                {"203.0.113.10", IP4(203, 0, 113, 10)},
                {"100.20.0.199", IP4(100, 20, 0, 199)}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ip4_addr a = 7;
        char buf[IP4_TEXT];
        CU_ASSERT(ip4_parse(good[i].text, &a));
        CU_ASSERT_EQUAL(a, good[i].addr);
        CU_ASSERT_STRING_EQUAL(ip4_print(a, buf), good[i].text);
    }
}

static void malformed_addresses(void)
{
    for (size_t i = 0; i < sizeof bad_addresses / sizeof bad_addresses[0]; i++) {
        ip4_addr a = 7;
        bool accepted = ip4_parse(bad_addresses[i], &a);
        CU_ASSERT_FALSE(accepted);
        CU_ASSERT_EQUAL(a, 7);
        if (accepted)
            printf("\n  accepted '%s'\n", bad_addresses[i]);
    }
}

static void malformed_prefixes(void)
{
    for (size_t i = 0; i < sizeof bad_prefixes / sizeof bad_prefixes[0]; i++) {
        struct prefix p = {7, 7};
        bool host_bits = true, accepted = prefix_parse(bad_prefixes[i], &p, &host_bits);
        CU_ASSERT_FALSE(accepted);
        CU_ASSERT_FALSE(host_bits);
        CU_ASSERT(p.addr == 7 && p.len == 7);
        CU_ASSERT_FALSE(prefix_parse(bad_prefixes[i], &p, NULL));
        if (accepted)
            printf("\n  accepted '%s'\n", bad_prefixes[i]);
    }
}

// Every length with the lowest host bit, the highest one, and none.
static void host_bits(void)
{
    for (uint32_t len = 0; len <= 32; len++) {
        ip4_addr net = IP4(0xa5, 0x5a, 0xc3, 0x3c) & prefix_mask((uint8_t)len);
        ip4_addr wrong[] = {net | 1, net | (len < 32 ? UINT32_C(1) << (31 - len) : 0)};
        char addr[IP4_TEXT], text[PREFIX_TEXT];
        struct prefix p = {7, 7};
        bool set;
        for (int i = 0; i < 2 && len < 32; i++) {
            snprintf(text, sizeof text, "%s/%u", ip4_print(wrong[i], addr), len);
            set = false;
            CU_ASSERT_FALSE(prefix_parse(text, &p, &set));
            CU_ASSERT(set && p.addr == 7 && p.len == 7);
            CU_ASSERT_FALSE(prefix_parse(text, &p, NULL));
        }
        snprintf(text, sizeof text, "%s/%u", ip4_print(net, addr), len);
        set = true;
        CU_ASSERT(prefix_parse(text, &p, &set));
        CU_ASSERT(!set && p.addr == net && p.len == len);
    }
}

// Against the C library's own reader and writer.
static void random_round_trip(void)
{
    gsl_rng *r = rng_stream(1, "ip", "round trip");
    unsigned bad = 0;
    for (int i = 0; i < 100000; i++) {
        ip4_addr a = (ip4_addr)gsl_rng_get(r), back = ~a;
        struct prefix p, q = {0};
        char buf[PREFIX_TEXT], libc[INET_ADDRSTRLEN];
        struct in_addr in = {htonl(a)};
        inet_ntop(AF_INET, &in, libc, sizeof libc);
        bad += strcmp(ip4_print(a, buf), libc) != 0 || !ip4_parse(libc, &back) || back != a;
        p.len = (uint8_t)gsl_rng_uniform_int(r, 33);
        p.addr = a & prefix_mask(p.len);
        bad += !prefix_parse(prefix_print(p, buf), &q, NULL) || !prefix_equal(p, q);
    }
    CU_ASSERT_EQUAL(bad, 0);
    gsl_rng_free(r);
}

// Text with random edits is accepted exactly when the C library's strict reader accepts it.
static void random_edits(void)
{
    static const char letters[] = "0123456789..";
    gsl_rng *r = rng_stream(2, "ip", "edits");
    unsigned bad = 0, accepted = 0;
    for (int i = 0; i < 200000; i++) {
        char text[IP4_TEXT];
        struct in_addr in;
        ip4_addr a = 0;
        size_t len = strlen(ip4_print((ip4_addr)gsl_rng_get(r), text));
        for (unsigned edits = (unsigned)gsl_rng_uniform_int(r, 3); edits > 0; edits--)
            text[gsl_rng_uniform_int(r, len)] = letters[gsl_rng_uniform_int(r, 12)];
        bool ok = ip4_parse(text, &a);
        accepted += ok;
        bad += ok != (inet_pton(AF_INET, text, &in) == 1) || (ok && htonl(a) != in.s_addr);
    }
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(accepted > 70000 && accepted < 190000);
    gsl_rng_free(r);
}

static void relations(void)
{
    struct prefix all = {0, 0}, ten = {IP4(10, 0, 0, 0), 8}, one = {IP4(10, 1, 0, 0), 16},
                  host = {IP4(10, 1, 2, 3), 32}, other = {IP4(11, 0, 0, 0), 8};
    CU_ASSERT(prefix_mask(0) == 0 && prefix_mask(1) == 0x80000000u && prefix_mask(32) == ~0u);
    CU_ASSERT(prefix_has(all, UINT32_MAX) && prefix_has(ten, IP4(10, 255, 255, 255)));
    CU_ASSERT_FALSE(prefix_has(ten, IP4(11, 0, 0, 0)) || prefix_has(ten, IP4(9, 255, 255, 255)));
    CU_ASSERT(prefix_has(host, host.addr) && !prefix_has(host, host.addr + 1));
    CU_ASSERT(prefix_overlap(ten, one) && prefix_overlap(one, ten) && prefix_overlap(all, host));
    CU_ASSERT_FALSE(prefix_overlap(ten, other) || prefix_overlap(other, one));
    CU_ASSERT(prefix_equal(ten, ten));
    CU_ASSERT_FALSE(prefix_equal(ten, (struct prefix){ten.addr, 9}));
    struct prefix order[] = {all,
                             {0, 1},
                             ten,
                             {IP4(10, 0, 0, 0), 9},
                             one,
                             host,
                             other,
                             {0x80000000u, 1},
                             {UINT32_MAX, 32}};
    int n = (int)(sizeof order / sizeof order[0]);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            int c = prefix_compare(order[i], order[j]);
            CU_ASSERT((c < 0) == (i < j) && (c > 0) == (i > j));
        }
}

UNIT_MAIN("ip", {"good_addresses", good_addresses}, {"malformed_addresses", malformed_addresses},
          {"malformed_prefixes", malformed_prefixes}, {"host_bits", host_bits},
          {"random_round_trip", random_round_trip}, {"random_edits", random_edits},
          {"relations", relations})
