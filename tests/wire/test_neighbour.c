// SPDX-License-Identifier: GPL-3.0-or-later
// ARP and neighbour discovery in virtual time: every frame in and out is looked at byte by byte.
#include "unit.h"
#include "wire/neighbour.h"

#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000000000)

static const uint8_t me[6] = {2, 0, 0, 0, 0, 1}, you[6] = {2, 0, 0, 0, 0, 2},
                     other[6] = {2, 0, 0, 0, 0, 3};
static const uint8_t everyone[6] = {255, 255, 255, 255, 255, 255};
static char packets[64]; // packets are known by their addresses only

static struct ip6_addr ip(const char *text)
{
    struct ip6_addr a;
    CU_ASSERT_FATAL(ip_parse(text, &a));
    return a;
}

static struct neighbours *table(uint32_t limit)
{
    struct neighbours_options o = {.limit = limit, .waiting = 40, .hash_seed = 7};
    memcpy(o.mac, me, 6);
    struct neighbours *t = neighbours_new(&o);
    neighbour_add_own(t, ip("10.0.0.1"), 24);
    neighbour_add_own(t, ip("203.0.113.9"), 32);
    neighbour_add_own(t, ip("fe80::1"), 64);
    neighbour_add_own(t, ip("2001:db8::1"), 64);
    return t;
}

// --- Frames by hand.
static void put_ip(uint8_t *at, const char *text)
{
    struct ip6_addr a = ip(text);
    bool v4 = ip6_is_ip4(a);
    for (int i = 0; i < (v4 ? 4 : 16); i++)
        at[i] = (uint8_t)(v4      ? a.lo >> 8 * (3 - i)
                          : i < 8 ? a.hi >> 8 * (7 - i)
                                  : a.lo >> 8 * (15 - i));
}

static size_t arp(uint8_t *f, const uint8_t *dst, int operation, const uint8_t *sender_mac,
                  const char *sender, const uint8_t *target_mac, const char *target)
{
    static const uint8_t head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0};
    memcpy(f, dst, 6);
    memcpy(f + 6, sender_mac, 6);
    memcpy(f + 12, head, sizeof head);
    f[21] = (uint8_t)operation;
    memcpy(f + 22, sender_mac, 6);
    put_ip(f + 28, sender);
    memcpy(f + 32, target_mac, 6);
    put_ip(f + 38, target);
    return 42;
}

// A second opinion on the checksum: one word after the other.
static uint16_t sum6(const uint8_t *header, size_t size)
{
    uint32_t sum = (uint32_t)size + 58;
    for (size_t i = 8; i < 40 + size; i += 2)
        sum += (uint32_t)header[i] << 8 | header[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

struct nd_parts {
    int type, flags, hops;
    const uint8_t *dst_mac, *mac; // mac: the option, or NULL
    const char *src, *dst, *target;
};

static size_t nd(uint8_t *f, const struct nd_parts *p)
{
    size_t size = p->mac ? 32 : 24;
    memset(f, 0, 54 + size);
    memcpy(f, p->dst_mac, 6);
    memcpy(f + 6, you, 6);
    f[12] = 0x86;
    f[13] = 0xdd;
    f[14] = 0x60;
    f[19] = (uint8_t)size;
    f[20] = 58;
    f[21] = (uint8_t)p->hops;
    put_ip(f + 22, p->src);
    put_ip(f + 38, p->dst);
    f[54] = (uint8_t)p->type;
    f[58] = (uint8_t)p->flags;
    put_ip(f + 62, p->target);
    if (p->mac) {
        f[78] = p->type == 135 ? 1 : 2;
        f[79] = 1;
        memcpy(f + 80, p->mac, 6);
    }
    uint16_t sum = sum6(f + 14, size);
    f[56] = (uint8_t)(sum >> 8);
    f[57] = (uint8_t)sum;
    return 54 + size;
}

// Input from memory of exactly that size.
static enum neighbour_verdict hear(struct neighbours *t, const uint8_t *f, size_t n, int64_t now,
                                   struct neighbour_frame *reply)
{
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, f, n);
    enum neighbour_verdict v = neighbour_input(t, copy, n, now, reply);
    free(copy);
    return v;
}

static bool same(const struct neighbour_frame *f, const uint8_t *bytes, size_t n)
{
    return f->size == n && memcmp(f->bytes, bytes, n) == 0;
}

static enum neighbour_state state(struct neighbours *t, const char *address, int64_t now)
{
    return neighbour_get(t, ip(address), now, NULL);
}

// --- Answering.
static void arp_is_answered(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame reply;
    uint8_t f[64] = {0}, want[64], zero[6] = {0}, mac[6];
    size_t n = arp(f, everyone, 1, you, "10.0.0.2", zero, "10.0.0.1");
    CU_ASSERT_EQUAL(hear(t, f, 60, 0, &reply), NEIGHBOUR_HANDLED); // padded, as on a wire
    CU_ASSERT(same(&reply, want, arp(want, you, 2, me, "10.0.0.1", you, "10.0.0.2")));
    CU_ASSERT_EQUAL(neighbour_get(t, ip("10.0.0.2"), 0, mac), NEIGHBOUR_STATE_STALE);
    CU_ASSERT_EQUAL(memcmp(mac, you, 6), 0);
    // A probe of RFC 5227 is answered but teaches nothing.
    n = arp(f, everyone, 1, other, "0.0.0.0", zero, "203.0.113.9");
    hear(t, f, n, 0, &reply);
    CU_ASSERT(same(&reply, want, arp(want, other, 2, me, "203.0.113.9", other, "0.0.0.0")));
    CU_ASSERT_EQUAL(neighbours_count(t), 1);
    // Somebody else's address, and one who is not on this link.
    n = arp(f, everyone, 1, you, "10.0.0.2", zero, "10.0.0.77");
    hear(t, f, n, 0, &reply);
    CU_ASSERT_EQUAL(reply.size, 0);
    n = arp(f, everyone, 1, other, "192.0.2.5", zero, "10.0.0.1");
    hear(t, f, n, 0, &reply);
    CU_ASSERT_EQUAL(reply.size, 42);
    CU_ASSERT_EQUAL(neighbours_count(t), 1);
    CU_ASSERT(neighbour_remove_own(t, ip("10.0.0.1")) && !neighbour_remove_own(t, ip("10.0.0.1")));
    hear(t, f, n, 0, &reply);
    CU_ASSERT_EQUAL(reply.size, 0);
    CU_ASSERT_EQUAL(neighbours_counters(t)->answered, 3);
    neighbours_free(t);
}

static void solicitations_are_answered(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame reply;
    uint8_t f[128], want[128], mac[6];
    const uint8_t group[6] = {0x33, 0x33, 0xff, 0, 0, 1}, all[6] = {0x33, 0x33, 0, 0, 0, 1};
    struct nd_parts ask = {135, 0, 255, group, you, "fe80::2", "ff02::1:ff00:1", "2001:db8::1"};
    CU_ASSERT_EQUAL(hear(t, f, nd(f, &ask), 0, &reply), NEIGHBOUR_HANDLED);
    struct nd_parts tell = {136, 0xe0, 255, you, me, "2001:db8::1", "fe80::2", "2001:db8::1"};
    size_t n = nd(want, &tell);
    memcpy(want + 6, me, 6);
    CU_ASSERT(same(&reply, want, n));
    CU_ASSERT_EQUAL(neighbour_get(t, ip("fe80::2"), 0, mac), NEIGHBOUR_STATE_STALE);
    CU_ASSERT_EQUAL(memcmp(mac, you, 6), 0);
    // Duplicate address detection: to all nodes, not solicited.
    ask.src = "::";
    ask.mac = NULL;
    hear(t, f, nd(f, &ask), 0, &reply);
    tell = (struct nd_parts){136, 0xa0, 255, all, me, "2001:db8::1", "ff02::1", "2001:db8::1"};
    n = nd(want, &tell);
    memcpy(want + 6, me, 6);
    CU_ASSERT(same(&reply, want, n));
    CU_ASSERT_EQUAL(neighbours_count(t), 1);
    // Unicast, without the option: back to where it came from.
    ask = (struct nd_parts){135, 0, 255, me, NULL, "fe80::2", "2001:db8::1", "2001:db8::1"};
    hear(t, f, nd(f, &ask), 0, &reply);
    CU_ASSERT(reply.size == 86 && memcmp(reply.bytes, you, 6) == 0);
    neighbours_free(t);
}

// Nothing in, nothing learnt, nothing out; counted as malformed when it was ours to read.
static void ignores(struct neighbours *t, const uint8_t *f, size_t n, bool counted)
{
    struct neighbour_frame reply;
    uint64_t before = neighbours_counters(t)->malformed;
    uint32_t count = neighbours_count(t);
    hear(t, f, n, 0, &reply);
    CU_ASSERT_EQUAL(reply.size, 0);
    CU_ASSERT_EQUAL(neighbours_count(t), count);
    CU_ASSERT_EQUAL(neighbours_counters(t)->malformed, before + counted);
}

static void broken_messages_are_ignored(void)
{
    struct neighbours *t = table(8);
    uint8_t f[128], zero[6] = {0};
    const uint8_t group[6] = {0x33, 0x33, 0xff, 0, 0, 1};
    const struct nd_parts good = {135,          0, 255, group, you, "fe80::2", "ff02::1:ff00:1",
                                  "2001:db8::1"};
    struct nd_parts bad = good;
    size_t n = nd(f, &good);
    for (size_t cut = 56; cut < n; cut++)
        ignores(t, f, cut, true);
    f[57] ^= 1; // checksum
    ignores(t, f, n, true);
    bad.hops = 254;
    ignores(t, f, nd(f, &bad), true);
    bad = good;
    bad.target = "ff02::1:ff00:1";
    ignores(t, f, nd(f, &bad), true);
    bad = good;
    bad.src = "::"; // with an option
    ignores(t, f, nd(f, &bad), true);
    bad.mac = NULL;
    bad.dst = "ff02::1"; // not the target's group
    ignores(t, f, nd(f, &bad), true);
    n = nd(f, &good);
    f[79] = 0; // an option without length
    uint16_t sum = 0;
    memcpy(f + 56, &sum, 2);
    sum = sum6(f + 14, 32);
    f[56] = (uint8_t)(sum >> 8);
    f[57] = (uint8_t)sum;
    ignores(t, f, n, true);
    bad = (struct nd_parts){136, 0x60, 255, group, you, "fe80::2", "ff02::1", "fe80::2"};
    ignores(t, f, nd(f, &bad), true); // solicited, but to a group
    n = arp(f, everyone, 1, you, "10.0.0.2", zero, "10.0.0.1");
    for (size_t cut = 14; cut < n; cut++)
        ignores(t, f, cut, true);
    for (size_t i = 14; i < 22; i++) {
        f[i] ^= 0x10; // no such hardware, protocol, size or operation
        ignores(t, f, n, true);
        f[i] ^= 0x10;
    }
    f[22] |= 1; // a group as sender
    ignores(t, f, n, true);
    ignores(t, f, 13, false);
    n = arp(f, other, 1, you, "10.0.0.2", zero, "10.0.0.1"); // to another station
    ignores(t, f, n, false);
    neighbours_free(t);
}

static void others_messages_are_left_alone(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame reply;
    uint8_t f[128];
    struct nd_parts far = {135, 0, 64, me, you, "2001:db8::2", "2001:db8:5::1", "2001:db8:5::1"};
    CU_ASSERT_EQUAL(hear(t, f, nd(f, &far), 0, &reply), NEIGHBOUR_OTHER);
    far.type = 128;
    far.dst = "2001:db8::1";
    CU_ASSERT_EQUAL(hear(t, f, nd(f, &far), 0, &reply), NEIGHBOUR_OTHER);
    memset(f, 0, sizeof f);
    memcpy(f, me, 6);
    f[6] = 2;
    f[12] = 8;
    CU_ASSERT_EQUAL(hear(t, f, 60, 0, &reply), NEIGHBOUR_OTHER);
    // A mapped address is no way to reach an IPv4 entry.
    uint8_t mac[6];
    neighbour_resolve(t, ip("10.0.0.2"), 0, NULL, mac, &reply);
    struct nd_parts mapped = {136, 0x60, 255, me, other, "fe80::2", "fe80::1", "::1"};
    size_t n = nd(f, &mapped);
    memset(f + 62, 0, 16);
    memset(f + 72, 0xff, 2);
    put_ip(f + 74, "10.0.0.2");
    memset(f + 56, 0, 2);
    uint16_t sum = sum6(f + 14, 32);
    f[56] = (uint8_t)(sum >> 8);
    f[57] = (uint8_t)sum;
    CU_ASSERT_EQUAL(hear(t, f, n, 0, &reply), NEIGHBOUR_HANDLED);
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 0), NEIGHBOUR_STATE_INCOMPLETE);
    CU_ASSERT_EQUAL(neighbours_counters(t)->malformed, 1);
    neighbours_free(t);
}

// --- Asking.
static void asks_three_times_then_fails(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame request;
    struct neighbour_packet done;
    uint8_t want[64], zero[6] = {0}, mac[6];
    size_t n = arp(want, everyone, 1, me, "10.0.0.1", zero, "10.0.0.2");
    struct ip6_addr a = ip("10.0.0.2");
    CU_ASSERT_EQUAL(neighbour_due_ps(t), INT64_MAX);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 0, &packets[0], mac, &request), NEIGHBOUR_PENDING);
    CU_ASSERT(same(&request, want, n));
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, S / 2, &packets[1], mac, &request), NEIGHBOUR_PENDING);
    CU_ASSERT_EQUAL(request.size, 0);
    for (int i = 1; i <= 2; i++) {
        CU_ASSERT_EQUAL(neighbour_due_ps(t), i * S);
        CU_ASSERT(!neighbour_timer(t, i * S - 1, &request));
        CU_ASSERT(neighbour_timer(t, i * S, &request));
        CU_ASSERT(same(&request, want, n));
        CU_ASSERT(!neighbour_timer(t, i * S, &request));
    }
    CU_ASSERT(!neighbour_ready(t, &done));
    CU_ASSERT(neighbour_timer(t, 3 * S, &request));
    CU_ASSERT_EQUAL(request.size, 0);
    CU_ASSERT_EQUAL(neighbour_due_ps(t), INT64_MAX);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT(neighbour_ready(t, &done));
        CU_ASSERT(done.packet == &packets[i] && done.answer == NEIGHBOUR_FAILED &&
                  ip6_equal(done.address, a));
    }
    CU_ASSERT(!neighbour_ready(t, &done));
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 6 * S - 1, &packets[0], mac, &request),
                    NEIGHBOUR_FAILED);
    CU_ASSERT_EQUAL(request.size, 0);
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 4 * S), NEIGHBOUR_STATE_FAILED);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 6 * S, &packets[0], mac, &request), NEIGHBOUR_PENDING);
    CU_ASSERT(same(&request, want, n));
    CU_ASSERT_EQUAL(neighbours_counters(t)->failures, 1);
    CU_ASSERT_EQUAL(neighbours_counters(t)->requests, 4);
    neighbours_free(t);
}

static void an_answer_frees_the_packets(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    struct neighbour_packet done;
    uint8_t f[128], want[128], mac[6];
    const uint8_t group[6] = {0x33, 0x33, 0xff, 0, 0, 2};
    struct nd_parts ask = {135, 0, 255, group, me, "2001:db8::1", "ff02::1:ff00:2", "2001:db8::2"};
    size_t n = nd(want, &ask);
    memcpy(want + 6, me, 6);
    struct ip6_addr a = ip("2001:db8::2");
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 0, &packets[0], mac, &out), NEIGHBOUR_PENDING);
    CU_ASSERT(same(&out, want, n));
    struct nd_parts tell = {136, 0x60, 255, me, you, "2001:db8::2", "2001:db8::1", "2001:db8::2"};
    hear(t, f, nd(f, &tell), S, &out);
    CU_ASSERT(neighbour_ready(t, &done));
    CU_ASSERT(done.packet == &packets[0] && done.answer == NEIGHBOUR_FOUND &&
              memcmp(done.mac, you, 6) == 0);
    CU_ASSERT(!neighbour_ready(t, &done));
    CU_ASSERT_EQUAL(neighbour_due_ps(t), INT64_MAX);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 2 * S, NULL, mac, &out), NEIGHBOUR_FOUND);
    CU_ASSERT(memcmp(mac, you, 6) == 0 && out.size == 0);
    CU_ASSERT_EQUAL(state(t, "2001:db8::2", 31 * S - 1), NEIGHBOUR_STATE_REACHABLE);
    CU_ASSERT_EQUAL(state(t, "2001:db8::2", 31 * S), NEIGHBOUR_STATE_STALE);
    // A link-local target is asked for from the link-local address.
    neighbour_resolve(t, ip("fe80::2"), 0, NULL, mac, &out);
    put_ip(want, "fe80::1");
    CU_ASSERT(out.size == 86 && memcmp(out.bytes + 22, want, 16) == 0);
    neighbours_free(t);
}

static void stale_is_used_and_probed(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    uint8_t f[64], want[64], zero[6] = {0}, mac[6];
    struct ip6_addr a = ip("10.0.0.2");
    neighbour_resolve(t, a, 0, NULL, mac, &out);
    size_t n = arp(f, me, 2, you, "10.0.0.2", me, "10.0.0.1");
    hear(t, f, n, 0, &out);
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 0), NEIGHBOUR_STATE_REACHABLE);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 30 * S, NULL, mac, &out), NEIGHBOUR_FOUND);
    CU_ASSERT(same(&out, want, arp(want, you, 1, me, "10.0.0.1", zero, "10.0.0.2")));
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 30 * S), NEIGHBOUR_STATE_PROBE);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 30 * S, NULL, mac, &out), NEIGHBOUR_FOUND);
    CU_ASSERT_EQUAL(out.size, 0);
    hear(t, f, n, 30 * S, &out);
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 31 * S), NEIGHBOUR_STATE_REACHABLE);
    CU_ASSERT_EQUAL(neighbour_due_ps(t), INT64_MAX);
    // Not answered: forgotten after three.
    neighbour_resolve(t, a, 60 * S, NULL, mac, &out);
    for (int i = 1; i <= 3; i++)
        CU_ASSERT(neighbour_timer(t, (60 + i) * S, &out));
    CU_ASSERT_EQUAL(state(t, "10.0.0.2", 63 * S), NEIGHBOUR_STATE_NONE);
    CU_ASSERT_EQUAL(neighbour_resolve(t, a, 63 * S, NULL, mac, &out), NEIGHBOUR_PENDING);
    CU_ASSERT_EQUAL(memcmp(out.bytes, everyone, 6), 0);
    neighbours_free(t);
}

// --- Changes.
static void takeovers_are_heard(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    uint8_t f[128], mac[6], zero[6] = {0};
    const uint8_t all[6] = {0x33, 0x33, 0, 0, 0, 1};
    neighbour_resolve(t, ip("10.0.0.2"), 0, NULL, mac, &out);
    hear(t, f, arp(f, me, 2, you, "10.0.0.2", me, "10.0.0.1"), 0, &out);
    hear(t, f, arp(f, everyone, 1, other, "10.0.0.2", zero, "10.0.0.2"), S, &out); // gratuitous
    CU_ASSERT_EQUAL(neighbour_get(t, ip("10.0.0.2"), S, mac), NEIGHBOUR_STATE_STALE);
    CU_ASSERT_EQUAL(memcmp(mac, other, 6), 0);
    // The same from a stranger makes no entry.
    hear(t, f, arp(f, everyone, 1, other, "10.0.0.3", zero, "10.0.0.3"), S, &out);
    CU_ASSERT_EQUAL(neighbours_count(t), 1);
    struct nd_parts tell = {136, 0x60, 255, me, you, "fe80::2", "fe80::1", "fe80::2"};
    neighbour_resolve(t, ip("fe80::2"), 0, NULL, mac, &out);
    hear(t, f, nd(f, &tell), 0, &out);
    tell = (struct nd_parts){136, 0, 255, all, other, "fe80::2", "ff02::1", "fe80::2"};
    hear(t, f, nd(f, &tell), S, &out); // without the override flag it only raises doubt
    CU_ASSERT_EQUAL(neighbour_get(t, ip("fe80::2"), S, mac), NEIGHBOUR_STATE_STALE);
    CU_ASSERT_EQUAL(memcmp(mac, you, 6), 0);
    tell.flags = 0x20;
    hear(t, f, nd(f, &tell), S, &out);
    CU_ASSERT_EQUAL(neighbour_get(t, ip("fe80::2"), S, mac), NEIGHBOUR_STATE_STALE);
    CU_ASSERT_EQUAL(memcmp(mac, other, 6), 0);
    neighbours_free(t);
}

static void conflicts_are_counted(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    uint8_t f[128], zero[6] = {0};
    const uint8_t all[6] = {0x33, 0x33, 0, 0, 0, 1};
    hear(t, f, arp(f, everyone, 1, you, "10.0.0.1", zero, "10.0.0.1"), 0, &out);
    CU_ASSERT_EQUAL(out.size, 0);
    struct nd_parts tell = {136, 0x20, 255, all, you, "fe80::1", "ff02::1", "fe80::1"};
    hear(t, f, nd(f, &tell), 0, &out);
    CU_ASSERT_EQUAL(neighbours_counters(t)->conflicts, 2);
    hear(t, f, arp(f, everyone, 1, me, "10.0.0.1", zero, "10.0.0.1"), 0, &out); // our own echo
    CU_ASSERT_EQUAL(neighbours_counters(t)->conflicts, 2);
    CU_ASSERT_EQUAL(neighbours_count(t), 0);
    neighbours_free(t);
}

static void announcements(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    uint8_t want[128], zero[6] = {0};
    const uint8_t all[6] = {0x33, 0x33, 0, 0, 0, 1};
    neighbour_announce(t, ip("203.0.113.9"), &out);
    CU_ASSERT(same(&out, want, arp(want, everyone, 1, me, "203.0.113.9", zero, "203.0.113.9")));
    neighbour_announce(t, ip("2001:db8::1"), &out);
    struct nd_parts tell = {136, 0xa0, 255, all, me, "2001:db8::1", "ff02::1", "2001:db8::1"};
    size_t n = nd(want, &tell);
    memcpy(want + 6, me, 6);
    CU_ASSERT(same(&out, want, n));
    CU_ASSERT(ip6_equal(neighbour_link_local((const uint8_t[6]){0x52, 0x54, 0, 0x12, 0x34, 0x56}),
                        ip("fe80::5054:ff:fe12:3456")));
    CU_ASSERT(ip6_equal(neighbour_link_local((const uint8_t[6]){0x50, 0x54, 0, 0x12, 0x34, 0x56}),
                        ip("fe80::5254:ff:fe12:3456")));
    neighbours_free(t);
}

// Taking over an address that somebody else had: what waits for it comes back.
static void own_address_of_a_neighbour(void)
{
    struct neighbours *t = table(8);
    struct neighbour_frame out;
    struct neighbour_packet done;
    uint8_t mac[6];
    neighbour_resolve(t, ip("10.0.0.2"), 0, &packets[3], mac, &out);
    neighbour_add_own(t, ip("10.0.0.2"), 32);
    CU_ASSERT(neighbour_ready(t, &done) && done.packet == &packets[3] &&
              done.answer == NEIGHBOUR_FAILED);
    CU_ASSERT_EQUAL(neighbour_resolve(t, ip("10.0.0.2"), 0, NULL, mac, &out), NEIGHBOUR_FAILED);
    CU_ASSERT_EQUAL(out.size, 0);
    CU_ASSERT(neighbour_is_own(t, ip("10.0.0.2")) && neighbour_on_link(t, ip("10.0.0.200")) &&
              !neighbour_on_link(t, ip("203.0.113.8")));
    neighbours_free(t);
}

// --- Bounds.
static void a_scan_does_not_evict_traffic(void)
{
    struct neighbours *t = table(16);
    struct neighbour_frame out;
    uint8_t f[64], mac[6];
    neighbour_set_static(t, ip("10.0.0.9"), other);
    neighbour_resolve(t, ip("10.0.0.2"), 0, NULL, mac, &out);
    hear(t, f, arp(f, me, 2, you, "10.0.0.2", me, "10.0.0.1"), 0, &out);
    for (uint32_t i = 0; i < 2000; i++) {
        struct ip6_addr a = {UINT64_C(0x20010db800000000), 0x1000 + i};
        CU_ASSERT_EQUAL(neighbour_resolve(t, a, i, NULL, mac, &out), NEIGHBOUR_PENDING);
        CU_ASSERT(neighbours_count(t) <= 17);
        CU_ASSERT_EQUAL(neighbour_resolve(t, ip("10.0.0.2"), i, NULL, mac, &out), NEIGHBOUR_FOUND);
        CU_ASSERT_EQUAL(neighbour_resolve(t, ip("10.0.0.9"), i, NULL, mac, &out), NEIGHBOUR_FOUND);
        CU_ASSERT_EQUAL(memcmp(mac, other, 6), 0);
    }
    CU_ASSERT_EQUAL(neighbours_counters(t)->evictions, 2000 - 15);
    CU_ASSERT_EQUAL(state(t, "10.0.0.9", 0), NEIGHBOUR_STATE_STATIC);
    neighbours_free(t);
}

// Every packet that was left comes back exactly once, whatever happens in between.
static void packets_come_back_once(void)
{
    struct neighbours *t = table(4);
    struct neighbour_frame out;
    struct neighbour_packet done;
    uint8_t mac[6];
    unsigned taken[64] = {0}, left[64] = {0}, full = 0;
    for (unsigned i = 0; i < 64; i++) {
        struct ip6_addr a = {UINT64_C(0x20010db800000000), 0x100 + i % 5};
        enum neighbour_answer answer = neighbour_resolve(t, a, i, &packets[i], mac, &out);
        CU_ASSERT(answer == NEIGHBOUR_PENDING || answer == NEIGHBOUR_FULL);
        left[i] = answer == NEIGHBOUR_PENDING;
        full += answer == NEIGHBOUR_FULL;
        if (i % 8 == 7)
            while (neighbour_ready(t, &done))
                taken[(char *)done.packet - packets]++;
    }
    neighbour_flush(t);
    while (neighbour_ready(t, &done))
        taken[(char *)done.packet - packets]++;
    for (unsigned i = 0; i < 64; i++)
        CU_ASSERT_EQUAL(taken[i], left[i]);
    // One neighbour keeps the newest.
    for (unsigned i = 0; i < NEIGHBOUR_WAITING + 3; i++)
        neighbour_resolve(t, ip("10.0.0.2"), 100, &packets[i], mac, &out);
    for (unsigned i = 0; i < 3; i++)
        CU_ASSERT(neighbour_ready(t, &done) && done.packet == &packets[i] &&
                  done.answer == NEIGHBOUR_FULL);
    CU_ASSERT(!neighbour_ready(t, &done));
    CU_ASSERT(neighbours_counters(t)->overflows >= full + 3);
    neighbours_free(t);
}

static void many_static_ones(void)
{
    struct neighbours *t = table(1);
    struct neighbour_frame out;
    uint8_t mac[6];
    for (uint32_t i = 0; i < 500; i++)
        neighbour_set_static(t, ip6_from_ip4(IP4(10, 1, 0, 0) + i),
                             (const uint8_t[6]){2, 1, 0, 0, (uint8_t)(i >> 8), (uint8_t)i});
    CU_ASSERT_EQUAL(neighbours_count(t), 500);
    for (uint32_t i = 0; i < 500; i++) {
        CU_ASSERT_EQUAL(
            neighbour_resolve(t, ip6_from_ip4(IP4(10, 1, 0, 0) + i), 0, NULL, mac, &out),
            NEIGHBOUR_FOUND);
        CU_ASSERT_EQUAL((uint32_t)mac[4] << 8 | mac[5], i);
    }
    // A static entry in the place of one that is asked for frees what waits.
    struct neighbour_packet done;
    neighbour_resolve(t, ip("10.0.0.2"), 0, &packets[0], mac, &out);
    neighbour_set_static(t, ip("10.0.0.2"), you);
    CU_ASSERT(neighbour_ready(t, &done) && done.answer == NEIGHBOUR_FOUND &&
              memcmp(done.mac, you, 6) == 0);
    CU_ASSERT_EQUAL(neighbour_due_ps(t), INT64_MAX);
    neighbours_free(t);
}

UNIT_MAIN("neighbour", {"arp_is_answered", arp_is_answered},
          {"solicitations_are_answered", solicitations_are_answered},
          {"broken_messages_are_ignored", broken_messages_are_ignored},
          {"others_messages_are_left_alone", others_messages_are_left_alone},
          {"asks_three_times_then_fails", asks_three_times_then_fails},
          {"an_answer_frees_the_packets", an_answer_frees_the_packets},
          {"stale_is_used_and_probed", stale_is_used_and_probed},
          {"takeovers_are_heard", takeovers_are_heard},
          {"conflicts_are_counted", conflicts_are_counted}, {"announcements", announcements},
          {"own_address_of_a_neighbour", own_address_of_a_neighbour},
          {"a_scan_does_not_evict_traffic", a_scan_does_not_evict_traffic},
          {"packets_come_back_once", packets_come_back_once},
          {"many_static_ones", many_static_ones})
