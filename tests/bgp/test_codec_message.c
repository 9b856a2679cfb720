// SPDX-License-Identifier: GPL-3.0-or-later
// The messages besides UPDATE as octets.
#include "unit.h"

#include "base/units.h"
#include "bgp/codec_message.h"
#include <stdlib.h>

static uint8_t buffer[512];
static const struct bgp_codec codec;

static struct bgp_open full_open(void)
{
    return (struct bgp_open){
        .version = 4,
        .asn = 4200000001u,
        .id = IP4(192, 0, 2, 1),
        .hold_ps = 90 * PS_PER_S,
        .capabilities = {.have = BGP_CAP_ROUTE_REFRESH | BGP_CAP_ENHANCED_REFRESH | BGP_CAP_AS4 |
                                 BGP_CAP_EXTENDED_MESSAGE | BGP_CAP_ADD_PATH | BGP_CAP_GRACEFUL |
                                 BGP_CAP_LONG_LIVED | BGP_CAP_ROLE,
                         .families = BGP_FAMILY_IPV4 | BGP_FAMILY_IPV6,
                         .add_path = BGP_ADD_PATH_RECEIVE | BGP_ADD_PATH_SEND,
                         .role = BGP_ROLE_CUSTOMER,
                         .restart_s = 4095,
                         .restarted = true,
                         .notification = true,
                         .forwarding = true,
                         .long_lived_s = 16777215}};
}

static bool same_open(const struct bgp_open *a, const struct bgp_open *b)
{
    const struct bgp_capabilities *x = &a->capabilities, *y = &b->capabilities;
    return a->version == b->version && a->asn == b->asn && a->id == b->id &&
           a->hold_ps == b->hold_ps && x->have == y->have && x->families == y->families &&
           x->add_path == y->add_path && x->role == y->role && x->restart_s == y->restart_s &&
           x->restarted == y->restarted && x->notification == y->notification &&
           x->forwarding == y->forwarding && x->long_lived_s == y->long_lived_s;
}

static void open_there_and_back(void)
{
    struct bgp_open out, in = full_open();
    struct bgp_notification error;
    enum bgp_type type;
    uint16_t length;
    size_t n = bgp_open_encode(&in, buffer, sizeof buffer);
    CU_ASSERT_TRUE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_TRUE(type == BGP_TYPE_OPEN && length == n);
    CU_ASSERT_TRUE(bgp_open_decode(buffer, n, &out, &error) && same_open(&in, &out));
    for (unsigned bit = 0; bit < 8; bit++) { // each capability alone
        struct bgp_open one = full_open();
        one.asn = 65001;
        one.capabilities = (struct bgp_capabilities){
            .have = 1u << bit, .families = BGP_FAMILY_IPV4, .role = (1u << bit) & BGP_CAP_ROLE};
        one.capabilities.role = one.capabilities.have & BGP_CAP_ROLE ? BGP_ROLE_PEER : 0;
        n = bgp_open_encode(&one, buffer, sizeof buffer);
        CU_ASSERT_TRUE(bgp_open_decode(buffer, n, &out, &error) && same_open(&one, &out));
    }
    CU_ASSERT_EQUAL(bgp_open_encode(&in, buffer, 40), 0);
}

// An OPEN with these octets behind the header, which says their number.
static bool decode_open(const uint8_t *body, size_t n, struct bgp_open *out,
                        struct bgp_notification *error)
{
    struct octets_out o = octets_out(buffer, sizeof buffer);
    bgp_header_begin(&o, BGP_TYPE_OPEN);
    octets_copy(&o, body, n);
    uint8_t *whole = malloc(octets_written(&o)); // as long as it is, for the sanitizer
    size_t octets = bgp_header_finish(&o);
    memcpy(whole, buffer, octets);
    bool good = bgp_open_decode(whole, octets, out, error);
    free(whole);
    return good;
}

static void open_errors(void)
{
    static const struct {
        const char *name;
        uint8_t body[24];
        size_t n;
        int subcode; // -1: good
    } cases[] = {
        {"plain", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 0}, 10, -1},
        {"version 3", {3, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 0}, 10, BGP_OPEN_VERSION},
        {"AS 0", {4, 0, 0, 0, 90, 10, 0, 0, 1, 0}, 10, BGP_OPEN_PEER_AS},
        {"hold 2 s", {4, 0xfd, 0xe9, 0, 2, 10, 0, 0, 1, 0}, 10, BGP_OPEN_HOLD_TIME},
        {"hold 0", {4, 0xfd, 0xe9, 0, 0, 10, 0, 0, 1, 0}, 10, -1},
        {"identifier 0", {4, 0xfd, 0xe9, 0, 90, 0, 0, 0, 0, 0}, 10, BGP_OPEN_IDENTIFIER},
        {"parameter 1", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 2, 1, 0}, 12, BGP_OPEN_PARAMETER},
        {"parameters that overrun", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 9, 2, 0}, 12, 0},
        {"parameter that overruns", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 2, 2, 9}, 12, 0},
        {"capability that overruns", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 4, 2, 2, 65, 4}, 14, 0},
        {"unknown capability", {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 4, 2, 2, 200, 0}, 14, -1},
        {"extended parameters (RFC 9072)",
         {4, 0xfd, 0xe9, 0, 90, 10, 0, 0, 1, 255, 255, 0, 5, 2, 0, 2, 2, 0},
         18,
         -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bgp_open out;
        struct bgp_notification error = {0};
        bool good = decode_open(cases[i].body, cases[i].n, &out, &error);
        bool right = good == (cases[i].subcode < 0) &&
                     (good || (error.error == BGP_ERROR_OPEN && error.subcode == cases[i].subcode));
        if (!right)
            fprintf(stderr, "  %s: %d, subcode %d\n", cases[i].name, good, error.subcode);
        CU_ASSERT_TRUE(right);
    }
    struct bgp_open out;
    struct bgp_notification error;
    CU_ASSERT_TRUE(decode_open(cases[11].body, cases[11].n, &out, &error));
    CU_ASSERT_EQUAL(out.capabilities.have, BGP_CAP_ROUTE_REFRESH);
    CU_ASSERT_EQUAL(out.capabilities.families, BGP_FAMILY_IPV4);
}

static void header_errors(void)
{
    enum bgp_type type;
    uint16_t length;
    struct bgp_notification error;
    size_t n = bgp_keepalive_encode(buffer, sizeof buffer);
    CU_ASSERT_EQUAL(n, 19);
    CU_ASSERT_TRUE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_EQUAL(type, BGP_TYPE_KEEPALIVE);
    buffer[17] = 20; // a KEEPALIVE with data
    CU_ASSERT_FALSE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_TRUE(error.error == BGP_ERROR_HEADER && error.subcode == 2);
    buffer[17] = 19;
    buffer[18] = 6;
    CU_ASSERT_FALSE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_EQUAL(error.subcode, 3);
    buffer[3] = 0;
    CU_ASSERT_FALSE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_EQUAL(error.subcode, 1);
    const struct bgp_codec extended = {.extended_messages = true};
    struct octets_out out = octets_out(buffer, sizeof buffer);
    bgp_header_begin(&out, BGP_TYPE_UPDATE);
    octets_set(buffer + 16, 5000, 2);
    CU_ASSERT_FALSE(bgp_header_read(&codec, buffer, &type, &length, &error));
    CU_ASSERT_TRUE(bgp_header_read(&extended, buffer, &type, &length, &error));
    CU_ASSERT_EQUAL(length, 5000);
}

static void notification_and_refresh(void)
{
    const struct bgp_notification version = {
        .error = BGP_ERROR_OPEN, .subcode = BGP_OPEN_VERSION, .data = 4};
    const struct bgp_notification shutdown = {
        .error = BGP_ERROR_CEASE, .subcode = BGP_CEASE_SHUTDOWN, .text = "maintenance"};
    struct bgp_notification_octets n;
    struct bgp_notification error;
    enum bgp_refresh_kind kind;
    uint32_t family;
    size_t octets = bgp_notification_encode(&version, buffer, sizeof buffer);
    CU_ASSERT_TRUE(bgp_notification_decode(buffer, octets, &n));
    CU_ASSERT_TRUE(n.code == 2 && n.subcode == 1 && n.n == 2 && n.data[1] == 4);
    octets = bgp_notification_encode(&shutdown, buffer, sizeof buffer);
    CU_ASSERT_TRUE(bgp_notification_decode(buffer, octets, &n));
    CU_ASSERT_TRUE(n.n == 12 && n.data[0] == 11 && memcmp(n.data + 1, "maintenance", 11) == 0);
    octets = bgp_refresh_encode(BGP_FAMILY_IPV6, BGP_REFRESH_BEGIN, buffer, sizeof buffer);
    CU_ASSERT_EQUAL(octets, 23);
    CU_ASSERT_TRUE(bgp_refresh_decode(buffer, octets, &family, &kind, &error));
    CU_ASSERT_TRUE(family == BGP_FAMILY_IPV6 && kind == BGP_REFRESH_BEGIN);
    CU_ASSERT_FALSE(bgp_refresh_decode(buffer, octets - 1, &family, &kind, &error));
    CU_ASSERT_EQUAL(error.error, BGP_ERROR_REFRESH);
    buffer[20] = 25; // another family
    CU_ASSERT_TRUE(bgp_refresh_decode(buffer, octets, &family, &kind, &error));
    CU_ASSERT_EQUAL(family, 0);
}

UNIT_MAIN("bgp-codec-message", {"open_there_and_back", open_there_and_back},
          {"open_errors", open_errors}, {"header_errors", header_errors},
          {"notification_and_refresh", notification_and_refresh})
