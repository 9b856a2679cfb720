// SPDX-License-Identifier: GPL-3.0-or-later
// The gateway's flow table: timeouts to the picosecond by class, eviction of the longest unused of
// the least worth, and a flood that must not silence anybody. The index: test_flowindex.c.
#include "fixture.h"
#include "fwd/flowtab.h"
#include <stdlib.h>

static const struct flowstate_options times = {
    .idle_ps = 1000, .tcp_opening_ps = 5000, .tcp_open_ps = 50000};

static struct flowkey key_of(uint32_t i, uint32_t protocol)
{
    return (struct flowkey){.src = ip6_from_ip4(IP4(198, 51, 100, 0) + i),
                            .dst = ip6_from_ip4(IP4(203, 0, 113, 9)),
                            .ports = 7u << 16 | 443,
                            .protocol = protocol};
}

static struct ip6_addr pop_of(uint32_t number)
{
    return ip6_from_ip4(IP4(10, 0, 0, 0) + number);
}

static void learn(struct flowtab *t, struct flowkey k, uint8_t flags, uint32_t pop, int64_t now_ps)
{
    flowtab_learn(t, &k, flags, pop_of(pop), now_ps);
}

// The number of the POP; 0: not found.
static uint32_t find(struct flowtab *t, struct flowkey k, uint8_t flags, int64_t now_ps)
{
    struct ip6_addr pop;
    return flowtab_find(t, &k, flags, now_ps, &pop) ? ip6_to_ip4(pop) - IP4(10, 0, 0, 0) : 0;
}

static uint32_t peek(struct flowtab *t, struct flowkey k, int64_t now_ps)
{
    struct ip6_addr pop;
    return flowtab_peek(t, &k, now_ps, &pop) ? ip6_to_ip4(pop) - IP4(10, 0, 0, 0) : 0;
}

static struct flowkey udp(uint32_t i)
{
    return key_of(i, PROTOCOL_UDP);
}

static struct flowkey tcp(uint32_t i)
{
    return key_of(i, PROTOCOL_TCP);
}

static void open_tcp(struct flowtab *t, uint32_t i, uint32_t pop, int64_t now_ps)
{
    learn(t, tcp(i), TCP_SYN, pop, now_ps);
    find(t, tcp(i), TCP_SYN | TCP_ACK, now_ps);
    learn(t, tcp(i), TCP_ACK, pop, now_ps);
}

static void remembers(void)
{
    struct flowtab t;
    flowtab_init(&t, 4, &times, 1);
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 0), 0);
    learn(&t, udp(1), 0, 11, 0);
    learn(&t, udp(2), 0, 22, 0);
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 5), 11);
    CU_ASSERT_EQUAL(find(&t, udp(2), 0, 5), 22);
    CU_ASSERT_EQUAL(find(&t, tcp(2), 0, 5), 0); // another protocol
    learn(&t, udp(1), 0, 33, 6);                // it came in by another POP
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 6), 33);
    CU_ASSERT(t.lru.created == 2 && t.lru.count == 2 && t.lru.evicted == 0 && t.lru.expired == 0);
    struct flowkey six = {.src = IP6(0x20010db800000000, 1),
                          .dst = IP6(0x20010db800000000, 2),
                          .ports = 5,
                          .protocol = PROTOCOL_UDP};
    flowtab_learn(&t, &six, 0, IP6(0x20010db800000000, 3), 7);
    struct ip6_addr pop;
    CU_ASSERT(flowtab_find(&t, &six, 0, 7, &pop) && pop.lo == 3);
    six.dst.lo = 4;
    CU_ASSERT_FALSE(flowtab_find(&t, &six, 0, 7, &pop));
    flowtab_free(&t);
}

static void idles_out(void)
{
    struct flowtab t;
    flowtab_init(&t, 4, &times, 1);
    learn(&t, udp(1), 0, 11, 0);
    learn(&t, udp(2), 0, 22, 10);
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 1000), 11); // not yet; and this is use
    CU_ASSERT_EQUAL(find(&t, udp(2), 0, 1011), 0);
    CU_ASSERT_EQUAL(t.lru.expired, 1);
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 2000), 11);
    learn(&t, udp(1), 0, 11, 3000); // the client's packets are use too
    CU_ASSERT_EQUAL(peek(&t, udp(1), 4000), 11);
    CU_ASSERT_EQUAL(peek(&t, udp(1), 4000), 11); // a look is not
    CU_ASSERT_EQUAL(peek(&t, udp(1), 4001), 0);
    CU_ASSERT(t.lru.count == 0 && t.lru.expired == 2 && t.lru.created == 2);
    learn(&t, udp(3), 0, 33, 5000);
    CU_ASSERT_EQUAL(find(&t, udp(3), 0, 10), 33); // an earlier time counts as 5000
    CU_ASSERT_EQUAL(peek(&t, udp(3), 6000), 33);
    flowtab_free(&t);
}

// How long a TCP flow lives after its last packet, by what was seen of it.
static void tcp_timeouts(void)
{
    static const struct {
        const char *client_server; // lower case by the client, upper case by the server
        int64_t life_ps;
    } cases[] = {
        {"s", 5000},       {"sS", 5000},         {"sSa", 50000}, {"sSaf", 5000}, {"sSafA", 5000},
        {"sSafF", 1000},   {"sSafFa", 1000},     {"sSaF", 5000}, {"sSar", 1000}, {"sSaR", 1000},
        {"sSaRaA", 50000}, {"a", 5000},          {"aA", 50000},  {"aR", 1000},   {"sR", 1000},
        {"sSafFas", 5000}, {"sSafFasSa", 50000},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        for (int late = 0; late < 2; late++) {
            struct flowtab t;
            flowtab_init(&t, 1, &times, c);
            int64_t now_ps = 100;
            for (const char *p = cases[c].client_server; *p; p++, now_ps += 7) {
                uint8_t flags = TCP_ACK;
                if (*p == 's')
                    flags = TCP_SYN;
                else if (*p == 'S')
                    flags = TCP_SYN | TCP_ACK;
                else if (*p == 'f' || *p == 'F')
                    flags = TCP_FIN | TCP_ACK;
                else if (*p == 'r' || *p == 'R')
                    flags = TCP_RST;
                if (*p >= 'a')
                    learn(&t, tcp(1), flags, 9, now_ps);
                else
                    CU_ASSERT_EQUAL(find(&t, tcp(1), flags, now_ps), 9);
            }
            int64_t last_ps = now_ps - 7 + cases[c].life_ps + late;
            CU_ASSERT_EQUAL(peek(&t, tcp(1), last_ps), late ? 0 : 9);
            CU_ASSERT_EQUAL(t.lru.expired, (uint64_t)late);
            flowtab_free(&t);
        }
    }
}

static void evicts_the_longest_unused(void)
{
    struct flowtab t;
    flowtab_init(&t, 3, &times, 1);
    for (uint32_t i = 1; i <= 3; i++) {
        learn(&t, udp(i), 0, i, i);
        find(&t, udp(i), 0, i);
    }
    find(&t, udp(1), 0, 4);
    learn(&t, udp(4), 0, 4, 5);
    CU_ASSERT_EQUAL(find(&t, udp(2), 0, 5), 0);
    CU_ASSERT_EQUAL(find(&t, udp(1), 0, 5), 1);
    CU_ASSERT_EQUAL(find(&t, udp(3), 0, 5), 3);
    CU_ASSERT_EQUAL(find(&t, udp(4), 0, 5), 4);
    CU_ASSERT(t.lru.evicted == 1 && t.lru.count == 3);
    flowtab_free(&t);
}

// Dead ones, unproven ones of all protocols by age, datagrams and closing ones by age, open ones.
static void evicts_by_worth(void)
{
    struct flowtab t;
    flowtab_init(&t, 8, &times, 1);
    open_tcp(&t, 1, 1, 10);
    open_tcp(&t, 2, 1, 11);
    learn(&t, udp(3), 0, 1, 12); // answered
    find(&t, udp(3), 0, 12);
    open_tcp(&t, 4, 1, 13); // closing
    learn(&t, tcp(4), TCP_FIN, 1, 13);
    learn(&t, udp(5), 0, 1, 14);
    learn(&t, tcp(6), TCP_SYN, 1, 15);
    learn(&t, udp(7), 0, 1, 16);
    open_tcp(&t, 8, 1, 17); // dead
    find(&t, tcp(8), TCP_RST, 18);
    static const struct {
        uint32_t flow;
        bool tcp;
    } order[] = {{8, true},  {5, false}, {6, true}, {7, false},
                 {3, false}, {4, true},  {1, true}, {2, true}};
    for (uint32_t i = 0; i < 8; i++) {
        struct flowkey k = order[i].tcp ? tcp(order[i].flow) : udp(order[i].flow);
        CU_ASSERT_EQUAL(peek(&t, k, 20), 1);
        open_tcp(&t, 100 + i, 2, 20);
        CU_ASSERT_EQUAL(peek(&t, k, 20), 0);
        CU_ASSERT_EQUAL(t.lru.evicted, i + 1u);
    }
    flowtab_free(&t);
}

static void flood(void)
{
    enum { LIMIT = 1000, OPEN = 300, TALK = 300 };
    struct flowtab t;
    flowtab_init(&t, LIMIT, &times, 3);
    for (uint32_t i = 0; i < OPEN; i++)
        open_tcp(&t, i, 1, 0);
    for (uint32_t i = 0; i < TALK; i++) {
        learn(&t, udp(i), 0, 1, 0);
        find(&t, udp(i), 0, 0);
    }
    // Forged SYNs that the server answers, forged ACKs, forged datagrams; and among them one more
    // client, whose handshake takes a while.
    unsigned lost = 0;
    for (uint32_t i = 0; i < 30000; i++) {
        int64_t now_ps = i / 100;
        learn(&t, tcp(1000 + i), TCP_SYN, 2, now_ps);
        find(&t, tcp(1000 + i), TCP_SYN | TCP_ACK, now_ps);
        learn(&t, tcp(100000 + i), TCP_ACK, 2, now_ps);
        learn(&t, udp(1000 + i), 0, 2, now_ps);
        if (i % 100 == 0) {
            learn(&t, tcp(500000 + i), TCP_SYN, 1, now_ps);
            lost += find(&t, tcp(500000 + i), TCP_SYN | TCP_ACK, now_ps) != 1;
        }
        if (i % 100 == 80) {
            lost += peek(&t, tcp(500000 + i - 80), now_ps) != 1;
            find(&t, tcp(500000 + i - 80), TCP_RST, now_ps); // and leaves again
        }
    }
    for (uint32_t i = 0; i < OPEN; i++)
        lost += peek(&t, tcp(i), 300) != 1;
    for (uint32_t i = 0; i < TALK; i++)
        lost += peek(&t, udp(i), 300) != 1;
    CU_ASSERT_EQUAL(lost, 0);
    CU_ASSERT(t.lru.count == LIMIT && t.lru.evicted > 80000);
    flowtab_free(&t);
}

static void bounded(void)
{
    struct flowtab t;
    flowtab_init(&t, 1000, &times, 1);
    const struct flowtab_entry *entries = t.entries;
    for (uint32_t i = 1; i <= 100000; i++)
        learn(&t, udp(i), 0, i, 1);
    CU_ASSERT(t.lru.count == 1000 && t.lru.created == 100000 && t.lru.evicted == 99000);
    unsigned wrong = 0;
    for (uint32_t i = 1; i <= 100000; i++)
        wrong += find(&t, udp(i), 0, 1) != (i > 99000 ? i : 0);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(t.entries == entries);
    flowtab_free(&t);
    flowtab_init(&t, 1, &times, 1);
    learn(&t, udp(1), 0, 1, 1);
    learn(&t, udp(2), 0, 2, 1);
    CU_ASSERT(find(&t, udp(1), 0, 1) == 0 && find(&t, udp(2), 0, 1) == 2);
    flowtab_free(&t);
}

// --- the same against an array that is simply searched

struct naive {
    struct flowkey key;
    uint32_t pop;
    enum flowstate state;
    int64_t used_ps;
    uint64_t turn; // of the last use: orders equal times
};

struct naive_table {
    struct naive flows[64];
    unsigned count, limit;
    uint64_t turn, created, expired, evicted;
};

static void naive_expire(struct naive_table *n, int64_t now_ps)
{
    for (unsigned i = 0; i < n->count; i++) {
        int64_t limit_ps = flowstate_timeout_ps(&times, flowstate_class(n->flows[i].state));
        if (now_ps - n->flows[i].used_ps > limit_ps) {
            n->flows[i--] = n->flows[--n->count];
            n->expired++;
        }
    }
}

static struct naive *naive_get(struct naive_table *n, const struct flowkey *k)
{
    for (unsigned i = 0; i < n->count; i++)
        if (flowkey_equal(&n->flows[i].key, k))
            return &n->flows[i];
    return NULL;
}

static void naive_evict(struct naive_table *n)
{
    unsigned v = 0;
    for (unsigned i = 1; i < n->count; i++) {
        enum flowstate_rank a = flowstate_rank(flowstate_class(n->flows[i].state));
        enum flowstate_rank b = flowstate_rank(flowstate_class(n->flows[v].state));
        if (a < b || (a == b && n->flows[i].turn < n->flows[v].turn))
            v = i;
    }
    n->flows[v] = n->flows[--n->count];
    n->evicted++;
}

static void naive_use(struct naive_table *n, struct naive *f, enum flowstate_side side,
                      uint8_t flags, int64_t now_ps)
{
    f->state = flowstate_next(f->state, side, f->key.protocol, flags);
    f->used_ps = now_ps;
    f->turn = ++n->turn;
}

static void naive_learn(struct naive_table *n, const struct flowkey *k, uint8_t flags, uint32_t pop,
                        int64_t now_ps)
{
    struct naive *f = naive_get(n, k);
    if (!f) {
        if (n->count == n->limit)
            naive_evict(n);
        f = &n->flows[n->count++];
        *f = (struct naive){.key = *k};
        n->created++;
    }
    f->pop = pop;
    naive_use(n, f, FLOWSTATE_BY_CLIENT, flags, now_ps);
}

static void against_a_list(void)
{
    static const uint8_t flags_of[] = {TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK, TCP_ACK,
                                       TCP_ACK, TCP_FIN | TCP_ACK, TCP_RST};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct random r = {seed};
        struct flowtab t;
        struct naive_table n = {.limit = 8u + random_below(&r, 40)};
        flowtab_init(&t, n.limit, &times, seed);
        int64_t now_ps = 0;
        unsigned wrong = 0, found = 0;
        for (int i = 0; i < 100000; i++) {
            now_ps += 1 + random_below(&r, random_below(&r, 100) ? 40 : 4000);
            naive_expire(&n, now_ps);
            struct flowkey k = key_of(random_below(&r, 90), random_below(&r, 3) ? 6 : 17);
            uint8_t flags = flags_of[random_below(&r, sizeof flags_of)];
            uint32_t pop = 1 + random_below(&r, 9), what = random_below(&r, 5);
            struct naive *f = naive_get(&n, &k);
            uint32_t expected = f ? f->pop : 0;
            found += f != NULL;
            if (what < 2) {
                learn(&t, k, flags, pop, now_ps);
                naive_learn(&n, &k, flags, pop, now_ps);
            } else if (what < 4) {
                wrong += find(&t, k, flags, now_ps) != expected;
                if (f)
                    naive_use(&n, f, FLOWSTATE_BY_SERVER, flags, now_ps);
            } else {
                wrong += peek(&t, k, now_ps) != expected;
            }
            wrong += t.lru.count != n.count || t.lru.created != n.created ||
                     t.lru.expired != n.expired || t.lru.evicted != n.evicted;
        }
        if (wrong)
            printf("  seed %d: %u differ\n", (int)seed, wrong);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(found > 1000 && n.expired > 1000 && n.evicted > 100);
        flowtab_free(&t);
    }
}

// Fetching ahead changes nothing, whether the flows are there or not.
static void warm(void)
{
    struct flowtab t;
    flowtab_init(&t, 100, &times, 1);
    struct flowkey keys[FLOWTAB_WARM];
    for (uint32_t i = 0; i < FLOWTAB_WARM; i++) {
        keys[i] = udp(i);
        if (i % 2)
            learn(&t, keys[i], 0, 7, 1);
    }
    flowtab_warm(&t, keys, FLOWTAB_WARM);
    flowtab_warm(&t, keys, 0);
    CU_ASSERT_EQUAL(t.lru.count, FLOWTAB_WARM / 2);
    for (uint32_t i = 0; i < FLOWTAB_WARM; i++)
        CU_ASSERT_EQUAL(peek(&t, keys[i], 1), i % 2 ? 7u : 0u);
    flowtab_free(&t);
}

// An index that is far too small: flows leave early, but nothing else goes wrong.
static void displaced(void)
{
    struct flowtab t;
    flowtab_init(&t, 100, &times, 1);
    t.index.mask = 0;
    for (uint32_t i = 0; i < 50; i++)
        learn(&t, udp(i), 0, 1 + i, i);
    CU_ASSERT(t.lru.count == FLOWINDEX_PLACES && t.lru.created == 50);
    CU_ASSERT_EQUAL(t.lru.evicted, 50 - FLOWINDEX_PLACES);
    unsigned found = 0;
    for (uint32_t i = 0; i < 50; i++)
        found += peek(&t, udp(i), 50) == 1 + i;
    CU_ASSERT_EQUAL(found, FLOWINDEX_PLACES);
    CU_ASSERT_EQUAL(peek(&t, udp(49), 2000), 0);
    CU_ASSERT_EQUAL(t.lru.count, 0);
    flowtab_free(&t);
}

struct hashed {
    uint32_t hash, number;
};

static int by_hash(const void *a, const void *b)
{
    uint32_t x = ((const struct hashed *)a)->hash, y = ((const struct hashed *)b)->hash;
    return (x > y) - (x < y);
}

// Among so many keys some have the same hash: they are told apart.
static void equal_hashes(void)
{
    enum { KEYS = 300000 };
    struct flowtab t;
    flowtab_init(&t, 100, &times, 1);
    struct hashed *all = fwd_memory_zeroed(KEYS, sizeof *all);
    for (uint32_t i = 0; i < KEYS; i++) {
        struct flowkey k = udp(i);
        all[i] = (struct hashed){flowindex_hash(&t.index, &k), i};
    }
    qsort(all, KEYS, sizeof *all, by_hash);
    unsigned pairs = 0;
    for (uint32_t i = 1; i < KEYS; i++) {
        if (all[i].hash != all[i - 1].hash)
            continue;
        pairs++;
        learn(&t, udp(all[i].number), 0, 1, 1);
        CU_ASSERT_EQUAL(find(&t, udp(all[i - 1].number), 0, 1), 0);
        learn(&t, udp(all[i - 1].number), 0, 2, 1);
        CU_ASSERT_EQUAL(find(&t, udp(all[i].number), 0, 1), 1);
        CU_ASSERT_EQUAL(find(&t, udp(all[i - 1].number), 0, 1), 2);
    }
    CU_ASSERT(pairs > 1 && pairs < 40); // 10 by chance
    free(all);
    flowtab_free(&t);
}

UNIT_MAIN("flowtab", {"remembers", remembers}, {"idles-out", idles_out},
          {"tcp-timeouts", tcp_timeouts}, {"evicts-the-longest-unused", evicts_the_longest_unused},
          {"evicts-by-worth", evicts_by_worth}, {"flood", flood}, {"bounded", bounded},
          {"against-a-list", against_a_list}, {"warm", warm}, {"displaced", displaced},
          {"equal-hashes", equal_hashes})
