// SPDX-License-Identifier: GPL-3.0-or-later
// Translations: which port a flow gets and keeps, for how long, and what gives way when there is no
// room; what is refused; and all of it against a list. What happens to the packets' bytes:
// test_natrewrite.c.
#include "natfixture.h"

static void exhaustion(void)
{
    struct nat *n = nat_with(1000, 3000, 3006);
    bool used[7] = {false};
    enum fwd_drop why;
    for (uint32_t i = 0; i < 7; i++) {
        struct spec s = spec_of(PROTOCOL_TCP, false, i, 4000);
        uint16_t port = port_of(n, &s, 1, NULL);
        CU_ASSERT_FATAL(port >= 3000 && port <= 3006 && !used[port - 3000]);
        used[port - 3000] = true;
        CU_ASSERT_EQUAL(port_of(n, &s, 1, NULL), port); // it keeps it
    }
    struct spec s = spec_of(PROTOCOL_TCP, false, 7, 4000);
    CU_ASSERT(port_of(n, &s, 1, &why) == 0 && why == FWD_DROP_NAT_FULL);
    CU_ASSERT(n->counters.refused == 1 && n->lru.count == 7);
    s.dport = 444; // towards another port, EIP, protocol or family they are all free
    CU_ASSERT(port_of(n, &s, 1, NULL) != 0);
    s = spec_of(PROTOCOL_UDP, false, 7, 4000);
    CU_ASSERT(port_of(n, &s, 1, NULL) != 0);
    s = spec_of(PROTOCOL_TCP, false, 7, 4000);
    s.dst = client_of(false, 99);
    CU_ASSERT(port_of(n, &s, 1, NULL) != 0);
    s = spec_of(PROTOCOL_TCP, true, 7, 4000);
    CU_ASSERT(port_of(n, &s, 1, NULL) != 0);
    s = spec_of(PROTOCOL_TCP, false, 8, 4000);
    CU_ASSERT_EQUAL(port_of(n, &s, 5001, NULL), 0); // all but time has passed
    CU_ASSERT(port_of(n, &s, 5002, NULL) != 0);
    CU_ASSERT_EQUAL(n->lru.expired, 11);
    nat_end(n);
}

// Without ports to choose from: SCTP keeps its own, so the second client with it has none.
static void fixed_ports(void)
{
    struct nat *n = nat_with(1000, 0, 0);
    struct spec s = spec_of(PROTOCOL_SCTP, false, 1, 77);
    struct ip6_addr to;
    CU_ASSERT_EQUAL(port_of(n, &s, 1, NULL), 77);
    CU_ASSERT(answer_to(n, &s, 77, 1, &to) == FWD_DROP_NONE && ip6_equal(to, s.src));
    s = spec_of(PROTOCOL_SCTP, false, 2, 77);
    CU_ASSERT_EQUAL(port_of(n, &s, 1, NULL), 0);
    s.dport = 78;
    CU_ASSERT_EQUAL(port_of(n, &s, 1, NULL), 77);
    nat_end(n);
}

// A full table makes room at the expense of unproven flows, but not of those that are in use.
static void room(void)
{
    struct nat *n = nat_with(4, 0, 0);
    uint16_t ports[4];
    for (uint32_t i = 0; i < 4; i++) {
        struct spec s = spec_of(PROTOCOL_UDP, false, i, 4000);
        ports[i] = port_of(n, &s, 1 + i, NULL);
        if (i != 2)
            CU_ASSERT_EQUAL(answer_to(n, &s, ports[i], 1 + i, NULL), FWD_DROP_NONE);
    }
    struct spec s = spec_of(PROTOCOL_UDP, false, 9, 4000);
    uint16_t port = port_of(n, &s, 5, NULL);
    CU_ASSERT(port != 0 && n->lru.evicted == 1 && n->lru.count == 4);
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 5, NULL), FWD_DROP_NONE);
    s = spec_of(PROTOCOL_UDP, false, 2, 4000);
    CU_ASSERT_EQUAL(answer_to(n, &s, ports[2], 5, NULL), FWD_DROP_NO_FLOW);
    enum fwd_drop why;
    CU_ASSERT(port_of(n, &s, 5, &why) == 0 && why == FWD_DROP_NAT_FULL);
    for (uint32_t i = 0; i < 4; i++) {
        s = spec_of(PROTOCOL_UDP, false, i, 4000);
        CU_ASSERT_EQUAL(answer_to(n, &s, ports[i], 5, NULL),
                        i == 2 ? FWD_DROP_NO_FLOW : FWD_DROP_NONE);
    }
    CU_ASSERT(n->lru.evicted == 1 && n->counters.refused == 1);
    nat_end(n);
}

static void timeouts(void)
{
    struct nat *n = nat_with(10, 0, 0);
    struct spec s = spec_of(PROTOCOL_TCP, false, 1, 4000);
    uint16_t port = port_of(n, &s, 0, NULL);
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 5000, NULL), FWD_DROP_NONE); // SYN-ACK, at the last
    s.flags = TCP_ACK;
    CU_ASSERT_EQUAL(port_of(n, &s, 10000, NULL), port); // open
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 60000, NULL), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 110000, NULL), FWD_DROP_NONE);
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 160001, NULL), FWD_DROP_NO_FLOW);
    CU_ASSERT_EQUAL(n->lru.expired, 1);
    port = port_of(n, &s, 200000, NULL);
    s.flags = TCP_RST;
    CU_ASSERT_EQUAL(port_of(n, &s, 200000, NULL), port);
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 201001, NULL), FWD_DROP_NO_FLOW);
    nat_end(n);
}

static void addresses(void)
{
    struct nat *n = nat_with(10, 0, 0);
    CU_ASSERT_FALSE(nat_owns(n, address(false)));
    nat_address_add(n, address(false));
    nat_address_add(n, address(true));
    nat_address_add(n, address(false));
    CU_ASSERT(nat_owns(n, address(false)) && nat_owns(n, address(true)));
    nat_address_del(n, address(false));
    CU_ASSERT(nat_owns(n, address(false)));
    nat_address_del(n, address(false));
    CU_ASSERT(!nat_owns(n, address(false)) && nat_owns(n, address(true)));
    CU_ASSERT_FALSE(nat_owns(n, eip_of(true)));
    // A flow that is to have another address now begins anew.
    struct random r = {1};
    struct spec s = spec_of(PROTOCOL_UDP, false, 1, 4000);
    uint16_t port = port_of(n, &s, 1, NULL);
    struct packet *p = build(&r, &s);
    CU_ASSERT_EQUAL(nat_outward(n, p, client_of(false, 77), 2), FWD_DROP_NONE);
    CU_ASSERT(ip6_equal(view_of(p).src, client_of(false, 77)));
    CU_ASSERT_EQUAL(answer_to(n, &s, port, 2, NULL), FWD_DROP_NO_FLOW);
    CU_ASSERT(n->lru.count == 1 && n->lru.evicted == 1 && n->lru.created == 2);
    free(p);
    nat_end(n);
}

static void refused(void)
{
    struct random r = {6};
    for (int six = 0; six < 2; six++) {
        struct nat *n = nat_with(10, 0, 0);
        struct ip6_addr pop = address(six);
        // Nothing is known yet: whatever comes home is unknown.
        for (int i = 0; i < 4; i++) {
            struct spec s = spec_of(protocols[six][i], six, 1, 4000);
            CU_ASSERT_EQUAL(answer_to(n, &s, 4000, 1, NULL), FWD_DROP_NO_FLOW);
        }
        struct spec s = spec_of(six ? PROTOCOL_ICMP6 : PROTOCOL_ICMP, six, 1, 4000);
        struct packet *p = build(&r, &s); // an echo request for the POP itself
        CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_NO_FLOW);
        free(p);
        // And it is not translated either when there is a flow with its identifier.
        uint16_t port = port_of(n, &s, 1, NULL);
        CU_ASSERT_EQUAL(answer_to(n, &s, port, 1, NULL), FWD_DROP_NONE);
        struct spec ping = s;
        ping.src = s.dst;
        ping.dst = pop;
        ping.sport = port;
        p = build(&r, &ping);
        CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_NO_FLOW);
        free(p);
        s.type = six ? ICMP6_ECHO_REPLY : ICMP_ECHO_REPLY;
        p = build(&r, &s);
        CU_ASSERT_EQUAL(nat_outward(n, p, pop, 1), FWD_DROP_NO_FLOW);
        free(p);
        s.type = six ? 135 : 13;
        p = build(&r, &s);
        CU_ASSERT_EQUAL(nat_outward(n, p, pop, 1), FWD_DROP_NAT_PROTOCOL);
        free(p);
        s.protocol = PROTOCOL_GRE;
        p = build(&r, &s);
        CU_ASSERT_EQUAL(nat_outward(n, p, pop, 1), FWD_DROP_NAT_PROTOCOL);
        CU_ASSERT_EQUAL(nat_homeward(n, p, 1), FWD_DROP_NO_FLOW);
        free(p);
        CU_ASSERT(n->counters.refused == 0 && n->lru.created == 1);
        nat_end(n);
    }
}

// --- the same against an array that is simply searched

struct naive {
    struct spec s;
    uint16_t port;
    enum flowstate state;
    int64_t used_ps;
};

struct naive_nat {
    struct naive flows[64];
    unsigned count, limit;
    uint64_t created, expired, evicted, refused;
};

static enum flowstate_rank rank_of(const struct naive *f)
{
    return flowstate_rank(flowstate_class(f->state));
}

static void naive_expire(struct naive_nat *n, int64_t now_ps)
{
    for (unsigned i = 0; i < n->count; i++) {
        struct naive *f = &n->flows[i];
        if (now_ps - f->used_ps > flowstate_timeout_ps(&times, flowstate_class(f->state))) {
            *f-- = n->flows[--n->count];
            i--;
            n->expired++;
        }
    }
}

// The one that has to go for another, or -1.
static int naive_victim(const struct naive_nat *n)
{
    int victim = -1;
    for (unsigned i = 0; i < n->count; i++) {
        const struct naive *f = &n->flows[i], *v = victim < 0 ? NULL : &n->flows[victim];
        if (rank_of(f) <= FLOWSTATE_WORTH_UNPROVEN &&
            (!v || rank_of(f) < rank_of(v) ||
             (rank_of(f) == rank_of(v) && f->used_ps < v->used_ps)))
            victim = (int)i;
    }
    return victim;
}

static bool same_far_end(const struct spec *a, const struct spec *b)
{
    return a->six == b->six && a->protocol == b->protocol && ip6_equal(a->dst, b->dst) &&
           a->dport == b->dport;
}

static struct naive *naive_get(struct naive_nat *n, const struct spec *s)
{
    for (unsigned i = 0; i < n->count; i++) {
        struct naive *f = &n->flows[i];
        if (same_far_end(&f->s, s) && ip6_equal(f->s.src, s->src) && f->s.sport == s->sport)
            return f;
    }
    return NULL;
}

static struct naive *naive_at(struct naive_nat *n, const struct spec *s, uint16_t port)
{
    for (unsigned i = 0; i < n->count; i++)
        if (same_far_end(&n->flows[i].s, s) && n->flows[i].port == port)
            return &n->flows[i];
    return NULL;
}

// A packet outward, in both; returns how much differs.
static unsigned both_outward(struct nat *n, struct naive_nat *o, const struct spec *s,
                             uint32_t ports, int64_t now_ps)
{
    enum fwd_drop why;
    struct naive *f = naive_get(o, s);
    uint16_t port = port_of(n, s, now_ps, &why);
    if (!f) {
        unsigned taken = 0;
        for (unsigned i = 0; i < o->count; i++)
            taken += same_far_end(&o->flows[i].s, s);
        int victim = o->count == o->limit ? naive_victim(o) : -1;
        if (taken == ports || (o->count == o->limit && victim < 0)) {
            o->refused++;
            return why != FWD_DROP_NAT_FULL;
        }
        if (why || naive_at(o, s, port))
            return 1;
        if (victim >= 0) {
            o->flows[victim] = o->flows[--o->count];
            o->evicted++;
        }
        f = &o->flows[o->count++];
        *f = (struct naive){.s = *s, .port = port};
        o->created++;
    }
    f->state = flowstate_next(f->state, FLOWSTATE_BY_CLIENT, s->protocol, s->flags);
    f->used_ps = now_ps;
    return why || port != f->port;
}

static void against_a_list(void)
{
    static const uint8_t flags_of[] = {TCP_SYN, TCP_ACK, TCP_ACK, TCP_ACK, TCP_FIN, TCP_RST};
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct random r = {seed};
        uint32_t ports = 6 + random_below(&r, 6);
        struct naive_nat o = {.limit = 20 + random_below(&r, 40)};
        struct nat *n = nat_with(o.limit, 3000, (uint16_t)(2999 + ports));
        unsigned wrong = 0;
        uint64_t answered = 0;
        int64_t now_ps = 0;
        for (int i = 0; i < 30000; i++) {
            now_ps += 1 + random_below(&r, random_below(&r, 50) ? 40 : 4000);
            naive_expire(&o, now_ps);
            bool six = random_below(&r, 4) == 0;
            struct spec s = spec_of(protocols[six][random_below(&r, 2)], six, random_below(&r, 8),
                                    (uint16_t)(1000 + random_below(&r, 3)));
            s.dport = (uint16_t)(80 + random_below(&r, 2));
            s.flags = s.protocol == PROTOCOL_TCP ? flags_of[random_below(&r, 6)] : 0;
            if (random_below(&r, 2)) {
                wrong += both_outward(n, &o, &s, ports, now_ps);
            } else {
                uint16_t port = (uint16_t)(3000 + random_below(&r, ports));
                struct ip6_addr to;
                struct naive *f = naive_at(&o, &s, port);
                enum fwd_drop bad = answer_to(n, &s, port, now_ps, &to);
                wrong += f ? bad || !ip6_equal(to, f->s.src) : bad != FWD_DROP_NO_FLOW;
                if (f) {
                    f->state = flowstate_next(f->state, FLOWSTATE_BY_SERVER, s.protocol,
                                              TCP_SYN | TCP_ACK);
                    f->used_ps = now_ps;
                    answered++;
                }
            }
            wrong += n->lru.count != o.count || n->lru.expired != o.expired ||
                     n->lru.evicted != o.evicted || n->lru.created != o.created ||
                     n->counters.refused != o.refused;
        }
        if (wrong)
            printf("  seed %d: %u differ\n", (int)seed, wrong);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT(answered > 1000 && o.created > 1000 && o.expired > 100);
        nat_end(n);
    }
}

// Indices that are far too small: flows leave early, out of both at once.
static void displaced(void)
{
    for (int which = 0; which < 2; which++) {
        struct nat *n = nat_with(100, 0, 0);
        *(which ? &n->out.mask : &n->home.mask) = 0;
        uint16_t ports[50];
        unsigned known = 0;
        for (uint32_t i = 0; i < 50; i++) {
            struct spec s = spec_of(PROTOCOL_UDP, false, i, 4000);
            ports[i] = port_of(n, &s, 1, NULL);
        }
        for (uint32_t i = 0; i < 50; i++) {
            struct spec s = spec_of(PROTOCOL_UDP, false, i, 4000);
            struct ip6_addr to;
            if (answer_to(n, &s, ports[i], 1, &to) == FWD_DROP_NONE)
                known += ip6_equal(to, s.src);
        }
        CU_ASSERT(known == FLOWINDEX_PLACES && n->lru.count == FLOWINDEX_PLACES);
        CU_ASSERT(n->lru.evicted == 50 - FLOWINDEX_PLACES && n->lru.created == 50);
        struct spec s = spec_of(PROTOCOL_UDP, false, 77, 4000);
        CU_ASSERT(port_of(n, &s, 2000, NULL) != 0 && n->lru.count == 1);
        nat_end(n);
    }
}

// The same history gives the same ports; another seed others.
static void repeatable(void)
{
    struct nat *n[3];
    for (unsigned i = 0; i < 3; i++) {
        n[i] = fwd_memory_zeroed(1, sizeof *n[i]);
        nat_init(n[i], &(struct nat_options){.limit = 5000, .seed = 5 + i / 2, .times = times});
    }
    unsigned differ = 0, same = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        struct spec s = spec_of(PROTOCOL_UDP, i % 2, i % 97, (uint16_t)(i + 2000));
        uint16_t a = port_of(n[0], &s, i, NULL);
        differ += a != port_of(n[1], &s, i, NULL);
        same += a == port_of(n[2], &s, i, NULL);
        CU_ASSERT(a >= 1024);
    }
    CU_ASSERT(differ == 0 && same < 10);
    for (int i = 0; i < 3; i++)
        nat_end(n[i]);
}

UNIT_MAIN("nat", {"exhaustion", exhaustion}, {"fixed-ports", fixed_ports}, {"room", room},
          {"timeouts", timeouts}, {"addresses", addresses}, {"refused", refused},
          {"against-a-list", against_a_list}, {"displaced", displaced}, {"repeatable", repeatable})
