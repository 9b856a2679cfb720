// SPDX-License-Identifier: GPL-3.0-or-later
// A million packets of all kinds through nodes that do everything at once, while what they do
// changes: whatever comes, every packet has one verdict, the counters add up, and what was sound
// stays so. Every packet goes through two equal nodes, to the one in a batch, to the other by itself
// and with other bytes where nothing is stored, and meets the same there.
//
// MUTATION_SEED and MUTATION_PACKETS choose others, and more.
#include "anypacket.h"
#include "fixture.h"
#include "fwd/node.h"
#include "soundness.h"
#include <stdlib.h>

#define PACKETS   1000000
#define A_NODE    20000 // packets a pair of nodes gets
#define BATCH_MAX 16
#define DEPTH_MAX 6 // of what follows from a packet

// Two of the same packet.
struct pair {
    struct packet *p[2];
    struct fwd_result r[2];
    bool was_sound;
};

struct run {
    struct everything *e[2];
    struct anypacket packets;
    struct random random;
    struct pair batch[BATCH_MAX];
    struct pair errors[DEPTH_MAX], pieces[DEPTH_MAX]; // that follow from them
    int64_t now_ps;
    uint64_t count; // packets given to this run's nodes
    uint64_t came_in[EVERYTHING_INTERFACES + 1];
    const char *wrong;
    uint64_t drops[FWD_DROP_COUNT];
    struct fwd_counters sum;
    bool narrowed; // a tunnel learnt an MTU
    uint64_t pushed[FWD_TUNNEL_KINDS], popped[FWD_TUNNEL_KINDS], refused[FWD_TUNNEL_KINDS];
};

// In memory of its own, so that a byte too far is seen.
static struct packet *packet_of(uint32_t room)
{
    struct packet *p = malloc(packet_bytes(room));
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    memset(p, 0, packet_bytes(room));
    packet_init(p, room);
    return p;
}

static void pair_make(struct pair *x, uint32_t room)
{
    for (int i = 0; i < 2; i++)
        x->p[i] = packet_of(room);
}

static void pair_free(struct pair *x)
{
    for (int i = 0; i < 2; i++)
        free(x->p[i]);
}

static void complain(struct run *run, const char *wrong)
{
    if (!run->wrong)
        run->wrong = wrong;
}

// The second is the first, but for the bytes that are not stored.
static void make_twin(struct run *run, struct pair *x)
{
    const struct packet *p = x->p[0];
    uint8_t *bytes = x->p[1]->bytes;
    memset(bytes, (int)random_below(&run->random, 256), x->p[1]->room);
    memcpy(x->p[1], p, offsetof(struct packet, bytes));
    memcpy(packet_data(x->p[1]), packet_view(p), p->captured);
    x->was_sound = soundness_of_packet(p);
}

static void check(struct run *run, struct pair *x)
{
    complain(run, soundness_of_verdict(x->p[0], &x->r[0], x->was_sound));
    complain(run, soundness_same(x->p[0], &x->r[0], x->p[1], &x->r[1]));
    complain(run, soundness_of_counters(run->e[0]->node));
}

static void follow(struct run *run, struct pair *x, int depth);

static void originate(struct run *run, struct pair *x, int depth)
{
    for (int i = 0; i < 2; i++)
        fwd_originate(run->e[i]->node, x->p[i], run->now_ps, &x->r[i]);
    check(run, x);
    follow(run, x, depth);
}

static void follow_drop(struct run *run, const struct pair *x, int depth)
{
    struct pair *e = &run->errors[depth];
    bool sent[2];
    run->drops[x->r[0].reason]++;
    for (int i = 0; i < 2; i++)
        sent[i] = fwd_icmp_error(run->e[i]->node, x->p[i], &x->r[i], run->now_ps, e->p[i]);
    if (sent[0] != sent[1])
        complain(run, "one sends an error, the other does not");
    if (!sent[0] || run->wrong)
        return;
    e->was_sound = soundness_of_packet(e->p[0]);
    if (!e->was_sound)
        complain(run, "an error that is not sound");
    originate(run, e, depth + 1);
}

static void follow_pieces(struct run *run, const struct pair *x, int depth)
{
    struct pair *piece = &run->pieces[depth];
    unsigned index = 0;
    for (;; index++) {
        bool there[2];
        for (int i = 0; i < 2; i++)
            there[i] = fwd_fragment(x->p[i], x->r[i].mtu, index, piece->p[i]);
        if (there[0] != there[1])
            complain(run, "one piece more");
        if (!there[0] || run->wrong)
            break;
        for (int i = 0; i < 2; i++)
            fwd_resume(run->e[i]->node, piece->p[i], &x->r[i], run->now_ps, &piece->r[i]);
        piece->was_sound = true;
        check(run, piece);
        if (index < 2) // the others are like them
            follow(run, piece, depth + 1);
    }
    if (index == 0)
        complain(run, "cut into nothing");
}

static void follow(struct run *run, struct pair *x, int depth)
{
    static const enum fwd_drop refusals[] = {FWD_DROP_NO_NEIGHBOUR, FWD_DROP_LINK_DOWN,
                                             FWD_DROP_MTU};
    struct random *r = &run->random;
    if (run->wrong || depth >= DEPTH_MAX)
        return;
    if (x->r[0].verdict == FWD_OUT)
        anypacket_remember(&run->packets, x->p[0]);
    if ((x->r[0].verdict == FWD_LOCAL && random_one_in(r, 4)) ||
        (x->r[0].verdict == FWD_OUT && random_one_in(r, 20))) {
        enum fwd_drop reason =
            x->r[0].verdict == FWD_LOCAL ? FWD_DROP_NO_SERVICE : refusals[random_below(r, 3)];
        for (int i = 0; i < 2; i++) {
            fwd_refuse(run->e[i]->node, x->p[i], reason, &x->r[i]);
            x->r[i].mtu = 1000;
        }
        check(run, x);
    }
    if (x->r[0].verdict == FWD_DROP)
        follow_drop(run, x, depth);
    else if (x->r[0].verdict == FWD_FRAGMENT)
        follow_pieces(run, x, depth);
}

static void receive(struct run *run, unsigned count, uint32_t in_if)
{
    struct packet *all[BATCH_MAX];
    struct fwd_result results[BATCH_MAX];
    for (unsigned i = 0; i < count; i++)
        all[i] = run->batch[i].p[0];
    run->came_in[in_if] += count;
    fwd_receive_batch(run->e[0]->node, all, count, in_if, run->now_ps, results);
    for (unsigned i = 0; i < count; i++) {
        struct pair *x = &run->batch[i];
        x->r[0] = results[i];
        fwd_receive(run->e[1]->node, x->p[1], in_if, run->now_ps, &x->r[1]);
        check(run, x);
    }
    for (unsigned i = 0; i < count; i++)
        follow(run, &run->batch[i], 0);
}

static void change(struct run *run)
{
    struct random same = run->random;
    random_next(&run->random);
    for (int i = 0; i < 2; i++) {
        struct random r = same;
        everything_change(run->e[i], &r, run->now_ps);
    }
}

static void step(struct run *run)
{
    static const int64_t steps_ps[] = {0, 1000000, 100000000, 100000000000, 40000000000000};
    struct random *r = &run->random;
    unsigned count = 1 + random_below(r, random_one_in(r, 4) ? BATCH_MAX : 2);
    run->now_ps += (int64_t)random_below(r, 100) *
                   (steps_ps[random_below(r, random_one_in(r, 50) ? 5 : 4)] / 100);
    if (random_one_in(r, 50))
        change(run);
    for (unsigned i = 0; i < count; i++) {
        anypacket_make(&run->packets, run->batch[i].p[0]);
        make_twin(run, &run->batch[i]);
    }
    run->count += count;
    if (random_one_in(r, 4))
        for (unsigned i = 0; i < count; i++)
            originate(run, &run->batch[i], 0);
    else
        receive(run, count,
                random_one_in(r, 3) ? EVERYTHING_SERVERS
                                    : random_below(r, EVERYTHING_INTERFACES + 1));
}

// What the two counted is alike.
static void compare_counters(struct run *run)
{
    const struct fwd_node *n = run->e[0]->node, *m = run->e[1]->node;
    if (memcmp(fwd_counters(n), fwd_counters(m), sizeof *fwd_counters(n)))
        complain(run, "other counters");
    for (uint32_t i = 0; i < EVERYTHING_NEXTHOPS; i++) {
        struct fwd_nexthop_counters a = fwd_nexthop_counters(n, i), b = fwd_nexthop_counters(m, i);
        struct fwd_interface_counters c = fwd_interface_counters(n, i),
                                      d = fwd_interface_counters(m, i);
        if (memcmp(&a, &b, sizeof a) || memcmp(&c, &d, sizeof c))
            complain(run, "other counters of an interface or next hop");
    }
}

// What interfaces and next hops counted is what the node counted.
static void check_interfaces(struct run *run)
{
    const struct fwd_node *n = run->e[0]->node;
    const struct fwd_counters *c = fwd_counters(n);
    uint64_t out = 0, sent = 0, dropped = 0;
    for (uint32_t i = 0; i < EVERYTHING_INTERFACES; i++) {
        struct fwd_interface_counters k = fwd_interface_counters(n, i);
        out += k.out_packets;
        dropped += k.in_dropped;
        if (run->e[0]->declared && k.in_packets != run->came_in[i])
            complain(run, "an interface counted other packets than came in");
    }
    for (uint32_t i = 0; i < EVERYTHING_NEXTHOPS; i++)
        sent += fwd_nexthop_counters(n, i).packets;
    uint64_t all = run->e[0]->declared ? c->forwarded + c->replies : 0;
    if (out != all || sent != all)
        complain(run, "interfaces or next hops counted other packets than left");
    if (dropped > fwd_counters_dropped(c))
        complain(run, "interfaces counted drops that are none");
}

static void add_up(struct run *run)
{
    const struct fwd_counters *c = fwd_counters(run->e[0]->node);
    const uint64_t *from = (const uint64_t *)(const void *)c;
    uint64_t *to = (uint64_t *)(void *)&run->sum;
    for (size_t i = 0; i < sizeof *c / sizeof *to; i++)
        to[i] += from[i];
    for (unsigned i = 0; i < run->e[0]->tunnel_count; i++) {
        const struct fwd_node *n = run->e[0]->node;
        uint32_t id = run->e[0]->tunnel_ids[i], mtu = fwd_tunnel_mtu(n, id, run->now_ps);
        run->pushed[run->e[0]->tunnels[i].kind] += fwd_tunnel_counters(n, id)->packets;
        run->narrowed |= mtu && mtu != run->e[0]->tunnels[i].mtu;
    }
    for (unsigned i = 0; i < run->e[0]->endpoint_count; i++) {
        const struct fwd_endpoint_counters *k = fwd_endpoint_counters(run->e[0]->node, i);
        run->popped[run->e[0]->endpoints[i].kind] += k->packets;
        run->refused[run->e[0]->endpoints[i].kind] += k->refused;
    }
}

static void with_nodes_of(struct run *run, uint64_t seed, uint64_t packets)
{
    for (int i = 0; i < 2; i++)
        run->e[i] = everything_new(seed);
    anypacket_init(&run->packets, run->e[0], seed);
    run->random = (struct random){~seed};
    run->now_ps = 0;
    run->count = 0;
    memset(run->came_in, 0, sizeof run->came_in);
    while (run->count < packets && !run->wrong)
        step(run);
    if (!run->wrong)
        compare_counters(run);
    check_interfaces(run);
    if (run->wrong)
        printf("  %s: MUTATION_SEED=%llu MUTATION_PACKETS=%llu\n", run->wrong,
               (unsigned long long)seed, (unsigned long long)run->count);
    add_up(run);
    anypacket_free(&run->packets);
    for (int i = 0; i < 2; i++)
        everything_free(run->e[i]);
}

static uint64_t given(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

// A mix is worth something only if it reaches every corner.
static void check_corners(const struct run *run)
{
    const struct fwd_counters *c = &run->sum;
    for (int reason = FWD_DROP_TRUNCATED; reason <= FWD_DROP_SHAPER_FULL; reason++)
        if (!run->drops[reason]) {
            printf("  never met: %s\n", fwd_drop_name((enum fwd_drop)reason));
            CU_FAIL("a drop reason was never met");
        }
    CU_ASSERT(c->forwarded && c->local && c->replies && c->encapsulated && c->decapsulated);
    CU_ASSERT(run->narrowed && c->cut && c->pieces && c->translated && c->icmp_sent);
    CU_ASSERT(c->flows_created && c->flows_expired && c->flows_evicted);
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        CU_ASSERT_NOT_EQUAL(run->pushed[kind], 0);
        if (kind != FWD_TUNNEL_SRV6)
            CU_ASSERT(run->popped[kind] && run->refused[kind]);
    }
}

static void a_million(void)
{
    static const uint32_t rooms[] = {PACKET_BYTES, 400, ANYPACKET_BYTES + PACKET_HEADROOM};
    struct run *run = calloc(1, sizeof *run);
    CU_ASSERT_PTR_NOT_NULL_FATAL(run);
    uint64_t seed = given("MUTATION_SEED", 1), left = given("MUTATION_PACKETS", PACKETS);
    bool whole = left >= PACKETS;
    for (int i = 0; i < BATCH_MAX; i++)
        pair_make(&run->batch[i], rooms[i % 3]);
    for (int i = 0; i < DEPTH_MAX; i++) {
        pair_make(&run->errors[i], rooms[i % 3]);
        pair_make(&run->pieces[i], rooms[2]);
    }
    for (; left && !run->wrong; seed++) {
        uint64_t now = left < A_NODE ? left : A_NODE;
        with_nodes_of(run, seed, now);
        left -= now;
    }
    CU_ASSERT_PTR_NULL(run->wrong);
    if (whole && !run->wrong)
        check_corners(run);
    for (int i = 0; i < BATCH_MAX; i++)
        pair_free(&run->batch[i]);
    for (int i = 0; i < DEPTH_MAX; i++) {
        pair_free(&run->errors[i]);
        pair_free(&run->pieces[i]);
    }
    free(run);
}

UNIT_MAIN("mutation", {"a-million", a_million})
