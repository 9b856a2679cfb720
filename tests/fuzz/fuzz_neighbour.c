// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of ARP and neighbour discovery: the input is a story of frames received, addresses
// looked for and time passing. The table stays within its bounds, and every packet that was left
// with it comes back once.
//
// Each step is one byte that says what, one that says how much, and the bytes of a frame (whose
// ICMPv6 checksum may be mended, to get past it).
#include "fwd/headers6.h"
#include "wire/neighbour.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 6, WAITING = 20, PACKETS = 256 };

struct story {
    struct neighbours *t;
    int64_t now_ps;
    bool left[PACKETS]; // is with the table
    unsigned char packets[PACKETS];
};

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void take_back(struct story *s)
{
    struct neighbour_packet done;
    while (neighbour_ready(s->t, &done)) {
        size_t number = (size_t)((unsigned char *)done.packet - s->packets);
        must(number < PACKETS && s->left[number] && done.answer != NEIGHBOUR_PENDING);
        s->left[number] = false;
    }
}

static struct ip6_addr address_of(uint8_t n)
{
    return n & 1 ? ip6_from_ip4(IP4(10, 0, 0, n >> 1))
                 : (struct ip6_addr){UINT64_C(0xfe80000000000000), n >> 1};
}

// Gives an ICMPv6 message the right checksum; no fuzzer finds it by itself.
static void mend_checksum(uint8_t *f, size_t n)
{
    size_t size = n < 58 ? 0 : be16_get(f + 14 + IP6_LENGTH);
    if (size < 4 || size > n - 54)
        return;
    uint8_t tail[8] = {0};
    be16_put(tail + 2, (uint16_t)size);
    tail[7] = PROTOCOL_ICMP6;
    be16_put(f + 54 + ICMP_CHECKSUM, 0);
    uint64_t sum = checksum_add(checksum_add(0, f + 14 + IP6_SRC, 32), tail, sizeof tail);
    checksum_store(f + 54 + ICMP_CHECKSUM, checksum_add(sum, f + 54, size));
}

static void hear(struct story *s, const uint8_t *bytes, size_t n, bool mend)
{
    struct neighbour_frame reply;
    uint8_t *copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    if (mend)
        mend_checksum(copy, n);
    neighbour_input(s->t, copy, n, s->now_ps, &reply);
    must(reply.size <= NEIGHBOUR_FRAME);
    free(copy);
}

static void step(struct story *s, uint8_t what, uint8_t how_much)
{
    struct neighbour_frame out;
    uint8_t mac[FRAME_MAC];
    switch (what % 5) {
    case 0:
        if (s->left[how_much])
            return;
        s->left[how_much] =
            neighbour_resolve(s->t, address_of(how_much), s->now_ps, &s->packets[how_much], mac,
                              &out) == NEIGHBOUR_PENDING;
        must(out.size <= NEIGHBOUR_FRAME);
        break;
    case 1:
        s->now_ps += how_much * (NEIGHBOUR_RETRANSMIT_PS / 4);
        while (neighbour_timer(s->t, s->now_ps, &out))
            must(out.size <= NEIGHBOUR_FRAME);
        must(neighbour_due_ps(s->t) > s->now_ps);
        break;
    case 2:
        neighbour_add_own(s->t, address_of(how_much), how_much & 1 ? 24 : 64);
        break;
    case 3:
        neighbour_remove_own(s->t, address_of(how_much));
        break;
    case 4:
        neighbour_set_static(s->t, address_of(how_much | 0xf0), (const uint8_t[FRAME_MAC]){2, 9});
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct story *s = calloc(1, sizeof *s);
    struct neighbours_options o = {
        .mac = {2, 0, 0, 0, 0, 1}, .limit = LIMIT, .waiting = WAITING, .hash_seed = 1};
    must(s != NULL);
    s->t = neighbours_new(&o);
    neighbour_add_own(s->t, ip6_from_ip4(IP4(10, 0, 0, 1)), 24);
    neighbour_add_own(s->t, (struct ip6_addr){UINT64_C(0xfe80000000000000), 1}, 64);
    while (size >= 2) {
        uint8_t what = data[0], how_much = data[1];
        data += 2;
        size -= 2;
        if (what >= 0x80) {
            size_t n = how_much < size ? how_much : size;
            hear(s, data, n, what & 0x40);
            data += n;
            size -= n;
        } else {
            step(s, what, how_much);
        }
        take_back(s);
        must(neighbours_count(s->t) <= LIMIT + 16);
    }
    neighbour_flush(s->t);
    take_back(s);
    for (int i = 0; i < PACKETS; i++)
        must(!s->left[i]);
    neighbours_free(s->t);
    free(s);
    return 0;
}
