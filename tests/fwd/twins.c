// SPDX-License-Identifier: GPL-3.0-or-later
#include "twins.h"

#include "soundness.h"
#include <stdlib.h>
#include <string.h>

#define LINK_MTU 1000 // of a link that refuses what is larger

// --- packets

// In memory of its own, so that a byte too far is seen.
static struct packet *packet_of(uint32_t room)
{
    struct packet *p = malloc(packet_bytes(room));
    FWD_ASSERT(p);
    memset(p, 0, packet_bytes(room));
    packet_init(p, room);
    return p;
}

static void pair_make(struct twins_pair *x, uint32_t room)
{
    for (int i = 0; i < 2; i++)
        x->p[i] = packet_of(room);
}

static void pair_free(struct twins_pair *x)
{
    for (int i = 0; i < 2; i++)
        free(x->p[i]);
}

struct twins *twins_new(uint64_t seed)
{
    static const uint32_t rooms[] = {PACKET_BYTES, 400, ANYPACKET_BYTES + PACKET_HEADROOM};
    struct twins *t = fwd_memory_zeroed(1, sizeof *t);
    for (int i = 0; i < 2; i++)
        t->e[i] = everything_new(seed);
    anypacket_init(&t->packets, t->e[0], seed);
    t->random = (struct random){~seed};
    for (int i = 0; i < TWINS_BATCH; i++)
        pair_make(&t->batch[i], rooms[(i + 2) % 3]);
    for (int i = 0; i < TWINS_DEPTH; i++) {
        pair_make(&t->errors[i], rooms[i % 3]);
        pair_make(&t->pieces[i], rooms[2]); // any packet's piece fits
    }
    return t;
}

void twins_free(struct twins *t)
{
    if (!t)
        return;
    for (int i = 0; i < TWINS_BATCH; i++)
        pair_free(&t->batch[i]);
    for (int i = 0; i < TWINS_DEPTH; i++) {
        pair_free(&t->errors[i]);
        pair_free(&t->pieces[i]);
    }
    anypacket_free(&t->packets);
    for (int i = 0; i < 2; i++)
        everything_free(t->e[i]);
    free(t);
}

struct packet *twins_packet(struct twins *t, unsigned i)
{
    FWD_ASSERT(i < TWINS_BATCH);
    return t->batch[i].p[0];
}

// The second is the first, but for the bytes that are not stored.
static void make_twin(struct twins *t, struct twins_pair *x)
{
    const struct packet *p = x->p[0];
    memset((uint8_t *)x->p[1] + offsetof(struct packet, bytes), (int)random_below(&t->random, 256),
           x->p[1]->room);
    memcpy(x->p[1], p, offsetof(struct packet, bytes));
    memcpy(packet_data(x->p[1]), packet_view(p), p->captured);
    x->was_sound = soundness_of_packet(p);
}

// --- checking

static void complain(struct twins *t, const char *wrong)
{
    if (!t->wrong)
        t->wrong = wrong;
}

static void check(struct twins *t, struct twins_pair *x)
{
    complain(t, soundness_of_verdict(x->p[0], &x->r[0], x->was_sound));
    complain(t, soundness_same(x->p[0], &x->r[0], x->p[1], &x->r[1]));
    complain(t, soundness_of_counters(t->e[0]->node));
}

static void compare_counters(struct twins *t)
{
    const struct fwd_node *n = t->e[0]->node, *m = t->e[1]->node;
    if (memcmp(fwd_counters(n), fwd_counters(m), sizeof *fwd_counters(n)))
        complain(t, "other counters");
    for (uint32_t i = 0; i < EVERYTHING_NEXTHOPS; i++) {
        struct fwd_nexthop_counters a = fwd_nexthop_counters(n, i), b = fwd_nexthop_counters(m, i);
        struct fwd_interface_counters c = fwd_interface_counters(n, i),
                                      d = fwd_interface_counters(m, i);
        if (memcmp(&a, &b, sizeof a) || memcmp(&c, &d, sizeof c))
            complain(t, "other counters of an interface or next hop");
    }
}

// What interfaces and next hops counted is what the node counted.
static void check_interfaces(struct twins *t)
{
    const struct fwd_node *n = t->e[0]->node;
    const struct fwd_counters *c = fwd_counters(n);
    bool declared = t->e[0]->declared;
    uint64_t out = 0, sent = 0, dropped = 0, all = declared ? c->forwarded + c->replies : 0;
    for (uint32_t i = 0; i < EVERYTHING_INTERFACES; i++) {
        struct fwd_interface_counters k = fwd_interface_counters(n, i);
        out += k.out_packets;
        dropped += k.in_dropped;
        if (declared && k.in_packets != t->came_in[i])
            complain(t, "an interface counted other packets than came in");
    }
    for (uint32_t i = 0; i < EVERYTHING_NEXTHOPS; i++)
        sent += fwd_nexthop_counters(n, i).packets;
    if (out != all || sent != all)
        complain(t, "interfaces or next hops counted other packets than left");
    if (dropped > fwd_counters_dropped(c))
        complain(t, "interfaces counted drops that are none");
}

void twins_compare(struct twins *t)
{
    if (t->wrong)
        return;
    compare_counters(t);
    check_interfaces(t);
}

// --- what follows from packets

static void follow(struct twins *t, struct twins_pair *x, int depth);

static void originate(struct twins *t, struct twins_pair *x, int depth)
{
    for (int i = 0; i < 2; i++)
        fwd_originate(t->e[i]->node, x->p[i], t->now_ps, &x->r[i]);
    check(t, x);
    follow(t, x, depth);
}

static void follow_drop(struct twins *t, const struct twins_pair *x, int depth)
{
    struct twins_pair *e = &t->errors[depth];
    bool sent[2];
    t->drops[x->r[0].reason]++;
    for (int i = 0; i < 2; i++)
        sent[i] = fwd_icmp_error(t->e[i]->node, x->p[i], &x->r[i], t->now_ps, e->p[i]);
    if (sent[0] != sent[1])
        complain(t, "one sends an error, the other does not");
    if (!sent[0] || t->wrong)
        return;
    e->was_sound = soundness_of_packet(e->p[0]);
    if (!e->was_sound)
        complain(t, "an error that is not sound");
    originate(t, e, depth + 1);
}

static void follow_pieces(struct twins *t, const struct twins_pair *x, int depth)
{
    struct twins_pair *piece = &t->pieces[depth];
    unsigned index = 0;
    for (;; index++) {
        bool there[2];
        for (int i = 0; i < 2; i++)
            there[i] = fwd_fragment(x->p[i], x->r[i].mtu, index, piece->p[i]);
        if (there[0] != there[1])
            complain(t, "one piece more");
        if (!there[0] || t->wrong)
            break;
        for (int i = 0; i < 2; i++)
            fwd_resume(t->e[i]->node, piece->p[i], &x->r[i], t->now_ps, &piece->r[i]);
        piece->was_sound = true;
        check(t, piece);
        if (index < 2) // the others are like them
            follow(t, piece, depth + 1);
    }
    if (index == 0)
        complain(t, "cut into nothing");
}

// Nobody listens, or what is behind the interface does not take it.
static void refuse(struct twins *t, struct twins_pair *x)
{
    static const enum fwd_drop refusals[] = {FWD_DROP_NO_NEIGHBOUR, FWD_DROP_LINK_DOWN,
                                             FWD_DROP_MTU};
    bool local = x->r[0].verdict == FWD_LOCAL;
    if (!random_one_in(&t->random, local ? 4 : 20))
        return;
    enum fwd_drop reason = local ? FWD_DROP_NO_SERVICE : refusals[random_below(&t->random, 3)];
    for (int i = 0; i < 2; i++) {
        fwd_refuse(t->e[i]->node, x->p[i], reason, &x->r[i]);
        x->r[i].mtu = LINK_MTU;
    }
    check(t, x);
}

static void follow(struct twins *t, struct twins_pair *x, int depth)
{
    if (t->wrong || depth >= TWINS_DEPTH)
        return;
    if (x->r[0].verdict == FWD_OUT)
        anypacket_remember(&t->packets, x->p[0]);
    if (x->r[0].verdict == FWD_OUT || x->r[0].verdict == FWD_LOCAL)
        refuse(t, x);
    if (x->r[0].verdict == FWD_DROP)
        follow_drop(t, x, depth);
    else if (x->r[0].verdict == FWD_FRAGMENT)
        follow_pieces(t, x, depth);
}

// --- what comes

void twins_receive(struct twins *t, unsigned count, uint32_t in_if)
{
    struct packet *all[TWINS_BATCH] = {NULL};
    struct fwd_result results[TWINS_BATCH];
    FWD_ASSERT(count <= TWINS_BATCH && in_if <= EVERYTHING_INTERFACES);
    if (t->wrong)
        return;
    t->came_in[in_if] += count;
    for (unsigned i = 0; i < count; i++) {
        make_twin(t, &t->batch[i]);
        all[i] = t->batch[i].p[0];
    }
    for (unsigned i = 0, upto = 0; i < count;) {
        upto += fwd_receive_batch(t->e[0]->node, all + i, count - i, in_if, t->now_ps, results + i);
        for (; i < upto; i++) {
            struct twins_pair *x = &t->batch[i];
            x->r[0] = results[i];
            fwd_receive(t->e[1]->node, x->p[1], in_if, t->now_ps, &x->r[1]);
            check(t, x);
        }
    }
    for (unsigned i = 0; i < count; i++)
        follow(t, &t->batch[i], 0);
}

void twins_originate(struct twins *t, unsigned count)
{
    for (unsigned i = 0; i < count && !t->wrong; i++) {
        make_twin(t, &t->batch[i]);
        originate(t, &t->batch[i], 0);
    }
}

void twins_change(struct twins *t)
{
    struct random same = t->random;
    random_next(&t->random);
    for (int i = 0; i < 2; i++) {
        struct random r = same;
        everything_change(t->e[i], &r, t->now_ps);
    }
}
