// SPDX-License-Identifier: GPL-3.0-or-later
// A million packets of all kinds through nodes that do everything at once, while what they do
// changes: whatever comes, every packet has one verdict, the counters add up, what was sound stays
// so, a batch gives what its packets give one by one, and bytes that are not stored do not matter.
//
// MUTATION_SEED and MUTATION_PACKETS choose others, and more.
#include "fixture.h"
#include "twins.h"
#include <stdlib.h>

#define PACKETS 1000000
#define A_NODE  20000 // packets a pair of nodes gets

// What was met, over all nodes.
struct corners {
    uint64_t drops[FWD_DROP_COUNT];
    struct fwd_counters sum;
    bool narrowed; // a tunnel learnt an MTU
    uint64_t pushed[FWD_TUNNEL_KINDS], popped[FWD_TUNNEL_KINDS], refused[FWD_TUNNEL_KINDS];
};

static void add(void *sum, const void *counters, size_t size)
{
    uint64_t *to = sum;
    const uint64_t *from = counters;
    for (size_t i = 0; i < size / sizeof *to; i++)
        to[i] += from[i];
}

static void add_up(struct corners *k, const struct twins *t)
{
    const struct everything *e = t->e[0];
    add(k->drops, t->drops, sizeof k->drops);
    add(&k->sum, fwd_counters(e->node), sizeof k->sum);
    for (unsigned i = 0; i < e->tunnel_count; i++) {
        uint32_t id = e->tunnel_ids[i], mtu = fwd_tunnel_mtu(e->node, id, t->now_ps);
        k->pushed[e->tunnels[i].kind] += fwd_tunnel_counters(e->node, id)->packets;
        k->narrowed |= mtu && mtu != e->tunnels[i].mtu;
    }
    for (unsigned i = 0; i < e->endpoint_count; i++) {
        const struct fwd_endpoint_counters *c = fwd_endpoint_counters(e->node, i);
        k->popped[e->endpoints[i].kind] += c->packets;
        k->refused[e->endpoints[i].kind] += c->refused;
    }
}

// A mix is worth something only if it reaches every corner.
static void check_corners(const struct corners *k)
{
    const struct fwd_counters *c = &k->sum;
    for (int reason = FWD_DROP_TRUNCATED; reason <= FWD_DROP_SHAPER_FULL; reason++)
        if (!k->drops[reason]) {
            printf("  never met: %s\n", fwd_drop_name((enum fwd_drop)reason));
            CU_FAIL("a drop reason was never met");
        }
    CU_ASSERT(c->forwarded && c->local && c->replies && c->encapsulated && c->decapsulated);
    CU_ASSERT(c->cut && c->pieces && c->translated && c->icmp_sent && k->narrowed);
    CU_ASSERT(c->flows_created && c->flows_expired && c->flows_evicted);
    for (int kind = 0; kind < FWD_TUNNEL_KINDS; kind++) {
        CU_ASSERT_NOT_EQUAL(k->pushed[kind], 0);
        if (kind != FWD_TUNNEL_SRV6)
            CU_ASSERT(k->popped[kind] && k->refused[kind]);
    }
}

// Returns how many packets there were.
static unsigned step(struct twins *t)
{
    static const int64_t steps_ps[] = {0, 10000, 1000000, 1000000000, 400000000000};
    struct random *r = &t->random;
    unsigned count = 1 + random_below(r, random_one_in(r, 4) ? TWINS_BATCH : 2);
    t->now_ps +=
        (int64_t)random_below(r, 100) * steps_ps[random_below(r, random_one_in(r, 50) ? 5 : 4)];
    if (random_one_in(r, 50))
        twins_change(t);
    for (unsigned i = 0; i < count; i++)
        anypacket_make(&t->packets, twins_packet(t, i));
    if (random_one_in(r, 4))
        twins_originate(t, count);
    else
        twins_receive(t, count,
                      random_one_in(r, 3) ? EVERYTHING_SERVERS
                                          : random_below(r, EVERYTHING_INTERFACES + 1));
    return count;
}

static bool goes_well(uint64_t seed, uint64_t packets, struct corners *k)
{
    struct twins *t = twins_new(seed);
    uint64_t count = 0;
    while (count < packets && !t->wrong)
        count += step(t);
    twins_compare(t);
    bool well = !t->wrong;
    if (!well)
        printf("  %s: MUTATION_SEED=%llu MUTATION_PACKETS=%llu\n", t->wrong,
               (unsigned long long)seed, (unsigned long long)count);
    add_up(k, t);
    twins_free(t);
    return well;
}

static uint64_t given(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void a_million(void)
{
    struct corners k = {.narrowed = false};
    uint64_t seed = given("MUTATION_SEED", 1), packets = given("MUTATION_PACKETS", PACKETS);
    bool well = true;
    for (uint64_t done = 0; done < packets && well; done += A_NODE, seed++)
        well = goes_well(seed, packets - done < A_NODE ? packets - done : A_NODE, &k);
    CU_ASSERT(well);
    if (well && packets >= PACKETS)
        check_corners(&k);
}

UNIT_MAIN("mutation", {"a-million", a_million})
