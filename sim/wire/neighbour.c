// SPDX-License-Identifier: GPL-3.0-or-later
// The protocol's side of neighbour.h: who is asked when, and what a message changes.
#include "wire/neighbour.h"

#include "fwd/headers6.h"
#include "wire/arp.h"
#include "wire/nd.h"
#include "wire/neighbour_table.h"

#define NONE NEIGHBOUR_NONE

_Static_assert(NEIGHBOUR_FRAME >= ARP_FRAME && NEIGHBOUR_FRAME >= ND_FRAME, "every frame fits");

static const uint8_t broadcast[FRAME_MAC] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const struct ip6_addr all_nodes = {UINT64_C(0xff02000000000000), 1};
static const uint64_t link_local_hi = UINT64_C(0xfe80000000000000);

struct neighbours *neighbours_new(const struct neighbours_options *options)
{
    struct neighbours *t = xcalloc(1, sizeof *t);
    t->options = *options;
    if (!t->options.limit)
        t->options.limit = 1;
    neighbour_table_init(t);
    return t;
}

void neighbours_free(struct neighbours *t)
{
    if (!t)
        return;
    neighbour_table_free(t);
    free(t);
}

const struct neighbour_counters *neighbours_counters(const struct neighbours *t)
{
    return &t->counters;
}

uint32_t neighbours_count(const struct neighbours *t)
{
    return t->count;
}

// --- Own addresses.
static struct neighbour_own *find_own(const struct neighbours *t, struct ip6_addr address)
{
    for (size_t i = 0; i < t->own.n; i++)
        if (ip6_equal(t->own.v[i].address, address))
            return &t->own.v[i];
    return NULL;
}

void neighbour_add_own(struct neighbours *t, struct ip6_addr address, uint8_t bits)
{
    struct neighbour_own *own = find_own(t, address);
    uint8_t all = (uint8_t)(bits + (ip6_is_ip4(address) ? IP6_MAPPED_BITS : 0));
    if (own)
        own->bits = all;
    else
        vec_push(&t->own, ((struct neighbour_own){address, all}));
    // It may have been somebody else's until now (a takeover).
    uint32_t number = neighbour_table_find(t, address);
    if (number != NONE) {
        neighbour_table_release(t, number, NEIGHBOUR_FAILED);
        neighbour_table_remove(t, number);
    }
}

bool neighbour_remove_own(struct neighbours *t, struct ip6_addr address)
{
    struct neighbour_own *own = find_own(t, address);
    if (!own)
        return false;
    size_t after = (size_t)(t->own.v + t->own.n - own) - 1;
    memmove(own, own + 1, after * sizeof *own);
    t->own.n--;
    return true;
}

bool neighbour_is_own(const struct neighbours *t, struct ip6_addr address)
{
    return find_own(t, address) != NULL;
}

// The own address whose prefix holds `a`, or NULL.
static const struct neighbour_own *own_beside(const struct neighbours *t, struct ip6_addr a)
{
    for (size_t i = 0; i < t->own.n; i++) {
        const struct neighbour_own *own = &t->own.v[i];
        struct ip6_addr mask = ip6_mask(own->bits);
        if (((own->address.hi ^ a.hi) & mask.hi) == 0 && ((own->address.lo ^ a.lo) & mask.lo) == 0)
            return own;
    }
    return NULL;
}

bool neighbour_on_link(const struct neighbours *t, struct ip6_addr address)
{
    return own_beside(t, address) != NULL;
}

// Who asks for `target`: false when no own address is of its family.
static bool source_for(const struct neighbours *t, struct ip6_addr target, struct ip6_addr *out)
{
    const struct neighbour_own *own = own_beside(t, target);
    for (size_t i = 0; !own && i < t->own.n; i++)
        if (ip6_is_ip4(t->own.v[i].address) == ip6_is_ip4(target))
            own = &t->own.v[i];
    if (own)
        *out = own->address;
    return own != NULL;
}

struct ip6_addr neighbour_link_local(const uint8_t mac[FRAME_MAC])
{
    uint64_t high = (uint64_t)(mac[0] ^ 2) << 16 | (uint64_t)mac[1] << 8 | mac[2];
    uint64_t low = (uint64_t)mac[3] << 16 | (uint64_t)mac[4] << 8 | mac[5];
    return (struct ip6_addr){link_local_hi, high << 40 | UINT64_C(0xfffe) << 24 | low};
}

void neighbour_set_static(struct neighbours *t, struct ip6_addr address,
                          const uint8_t mac[FRAME_MAC])
{
    uint32_t number = neighbour_table_find(t, address);
    if (number != NONE && t->entries.v[number].state != NEIGHBOUR_STATE_STATIC) {
        memcpy(t->entries.v[number].mac, mac, FRAME_MAC);
        neighbour_table_release(t, number, NEIGHBOUR_FOUND);
        neighbour_table_remove(t, number);
        number = NONE;
    }
    if (number == NONE)
        number = neighbour_table_add(t, address, NEIGHBOUR_STATE_STATIC);
    memcpy(t->entries.v[number].mac, mac, FRAME_MAC);
}

// --- Asking.
static void write_solicitation(const struct neighbours *t, const struct neighbour_entry *e,
                               struct ip6_addr source, struct neighbour_frame *out)
{
    uint8_t mac[FRAME_MAC];
    struct nd m = {.type = ND_SOLICITATION, .src = source, .target = e->address, .has_mac = true};
    memcpy(m.mac, t->options.mac, FRAME_MAC);
    if (e->state == NEIGHBOUR_STATE_PROBE) {
        m.dst = e->address;
        memcpy(mac, e->mac, FRAME_MAC);
    } else {
        m.dst = nd_group(e->address);
        nd_group_mac(m.dst, mac);
    }
    out->size = nd_write(out->bytes, mac, t->options.mac, &m);
}

// One request more, to everyone or, as a probe, to the address that is known.
static void ask(struct neighbours *t, uint32_t number, int64_t now_ps, struct neighbour_frame *out)
{
    struct neighbour_entry *e = &t->entries.v[number];
    struct ip6_addr source = {0};
    bool has_source = source_for(t, e->address, &source);
    e->tries++;
    neighbour_table_start(t, number, now_ps + NEIGHBOUR_RETRANSMIT_PS);
    if (ip6_is_ip4(e->address)) {
        // Without an address of our own this is a probe (RFC 5227 §2.1.1), which is answered too.
        struct arp m = {.operation = ARP_REQUEST,
                        .sender = has_source ? ip6_to_ip4(source) : 0,
                        .target = ip6_to_ip4(e->address)};
        memcpy(m.sender_mac, t->options.mac, FRAME_MAC);
        const uint8_t *dst = e->state == NEIGHBOUR_STATE_PROBE ? e->mac : broadcast;
        out->size = arp_write(out->bytes, dst, &m);
    } else {
        write_solicitation(t, e, source, out);
    }
    t->counters.requests++;
}

static void begin(struct neighbours *t, uint32_t number, enum neighbour_state state, int64_t now_ps,
                  struct neighbour_frame *out)
{
    t->entries.v[number].state = (uint8_t)state;
    t->entries.v[number].tries = 0;
    ask(t, number, now_ps, out);
}

static enum neighbour_answer wait_for(struct neighbours *t, uint32_t number, void *packet)
{
    return !packet || neighbour_table_wait(t, number, packet) ? NEIGHBOUR_PENDING : NEIGHBOUR_FULL;
}

// Nobody answers at an own address, and without an address of our own no solicitation can be
// answered (it would look like a DAD probe, RFC 4862 §5.4.3).
static bool can_ask(const struct neighbours *t, struct ip6_addr address)
{
    struct ip6_addr source;
    return !find_own(t, address) && (ip6_is_ip4(address) || source_for(t, address, &source));
}

enum neighbour_answer neighbour_resolve(struct neighbours *t, struct ip6_addr address,
                                        int64_t now_ps, void *packet, uint8_t mac[FRAME_MAC],
                                        struct neighbour_frame *request)
{
    request->size = 0;
    uint32_t number = neighbour_table_find(t, address);
    if (number == NONE) {
        if (!can_ask(t, address))
            return NEIGHBOUR_FAILED;
        number = neighbour_table_add(t, address, NEIGHBOUR_STATE_INCOMPLETE);
        begin(t, number, NEIGHBOUR_STATE_INCOMPLETE, now_ps, request);
        return wait_for(t, number, packet);
    }
    struct neighbour_entry *e = &t->entries.v[number];
    if (e->state == NEIGHBOUR_STATE_FAILED) {
        if (now_ps < e->at_ps)
            return NEIGHBOUR_FAILED;
        begin(t, number, NEIGHBOUR_STATE_INCOMPLETE, now_ps, request);
    }
    if (e->state == NEIGHBOUR_STATE_INCOMPLETE)
        return wait_for(t, number, packet);
    e->used = true;
    memcpy(mac, e->mac, FRAME_MAC);
    if (e->state == NEIGHBOUR_STATE_STALE ||
        (e->state == NEIGHBOUR_STATE_REACHABLE && now_ps >= e->at_ps))
        begin(t, number, NEIGHBOUR_STATE_PROBE, now_ps, request);
    return NEIGHBOUR_FOUND;
}

bool neighbour_ready(struct neighbours *t, struct neighbour_packet *out)
{
    uint32_t i = t->first_ready;
    if (i == NONE)
        return false;
    *out = t->waiting[i].packet;
    t->first_ready = t->waiting[i].next;
    t->waiting[i].next = t->free_waiting;
    t->free_waiting = i;
    return true;
}

void neighbour_flush(struct neighbours *t)
{
    for (uint32_t i = 0; i < t->entries.n; i++)
        if (t->entries.v[i].state != NEIGHBOUR_STATE_NONE)
            neighbour_table_release(t, i, NEIGHBOUR_FAILED);
}

int64_t neighbour_due_ps(const struct neighbours *t)
{
    return t->first_timer == NONE ? INT64_MAX : t->entries.v[t->first_timer].at_ps;
}

bool neighbour_timer(struct neighbours *t, int64_t now_ps, struct neighbour_frame *out)
{
    out->size = 0;
    if (neighbour_due_ps(t) > now_ps)
        return false;
    uint32_t number = t->first_timer;
    struct neighbour_entry *e = &t->entries.v[number];
    if (e->tries < NEIGHBOUR_TRIES) {
        ask(t, number, now_ps, out);
        return true;
    }
    t->counters.failures++;
    if (e->state == NEIGHBOUR_STATE_PROBE) {
        neighbour_table_remove(t, number);
        return true;
    }
    neighbour_table_stop(t, number);
    e->state = NEIGHBOUR_STATE_FAILED;
    e->at_ps = now_ps + NEIGHBOUR_FAILED_PS;
    neighbour_table_release(t, number, NEIGHBOUR_FAILED);
    return true;
}

// --- Hearing.
static bool has_mac(const struct neighbour_entry *e)
{
    return e->state == NEIGHBOUR_STATE_REACHABLE || e->state == NEIGHBOUR_STATE_STALE ||
           e->state == NEIGHBOUR_STATE_PROBE;
}

// The neighbour said where it is. `confirmed`: as an answer to us.
static void learn(struct neighbours *t, uint32_t number, const uint8_t mac[FRAME_MAC],
                  bool confirmed, int64_t now_ps)
{
    struct neighbour_entry *e = &t->entries.v[number];
    bool same = has_mac(e) && memcmp(e->mac, mac, FRAME_MAC) == 0;
    if (e->state == NEIGHBOUR_STATE_STATIC || (same && !confirmed))
        return;
    neighbour_table_stop(t, number);
    memcpy(e->mac, mac, FRAME_MAC);
    e->state = confirmed ? NEIGHBOUR_STATE_REACHABLE : NEIGHBOUR_STATE_STALE;
    e->at_ps = now_ps + NEIGHBOUR_REACHABLE_PS;
    t->counters.learnt += !same;
    neighbour_table_release(t, number, NEIGHBOUR_FOUND);
}

// The same of one who asked us: it is about to hear from us, so it is worth a new entry.
static void learn_asker(struct neighbours *t, struct ip6_addr address, const uint8_t mac[FRAME_MAC],
                        int64_t now_ps)
{
    uint32_t number = neighbour_table_find(t, address);
    if (number == NONE && !neighbour_on_link(t, address))
        return;
    if (number == NONE)
        number = neighbour_table_add(t, address, NEIGHBOUR_STATE_INCOMPLETE);
    learn(t, number, mac, false, now_ps);
}

static void hear_arp(struct neighbours *t, const struct frame *f, const uint8_t *bytes,
                     size_t stored, int64_t now_ps, struct neighbour_frame *reply)
{
    struct arp m;
    if (!arp_read(bytes, stored, &m)) {
        t->counters.malformed++;
        return;
    }
    if (memcmp(m.sender_mac, t->options.mac, FRAME_MAC) == 0)
        return; // our own, sent back by a loop
    struct ip6_addr sender = ip6_from_ip4(m.sender), target = ip6_from_ip4(m.target);
    bool asks_us = m.operation == ARP_REQUEST && neighbour_is_own(t, target);
    if (m.sender && neighbour_is_own(t, sender)) {
        t->counters.conflicts++;
        return;
    }
    uint32_t number = m.sender ? neighbour_table_find(t, sender) : NONE;
    if (m.sender && asks_us)
        learn_asker(t, sender, m.sender_mac, now_ps);
    else if (number != NONE)
        learn(t, number, m.sender_mac, m.operation == ARP_REPLY && f->cast == FRAME_CAST_UNICAST,
              now_ps);
    if (!asks_us)
        return;
    struct arp answer = {.operation = ARP_REPLY, .sender = m.target, .target = m.sender};
    memcpy(answer.sender_mac, t->options.mac, FRAME_MAC);
    memcpy(answer.target_mac, m.sender_mac, FRAME_MAC);
    reply->size = arp_write(reply->bytes, m.sender_mac, &answer);
    t->counters.answered++;
}

// RFC 4861 §7.2.3 and §7.2.4.
static void hear_solicitation(struct neighbours *t, const struct nd *m, const struct frame *f,
                              int64_t now_ps, struct neighbour_frame *reply)
{
    uint8_t mac[FRAME_MAC];
    bool probe = ip6_is_zero(m->src); // of duplicate address detection
    if (neighbour_is_own(t, m->src)) {
        t->counters.conflicts++;
        return;
    }
    if (!neighbour_is_own(t, m->target))
        return;
    if (m->has_mac)
        learn_asker(t, m->src, m->mac, now_ps);
    struct nd answer = {.type = ND_ADVERTISEMENT,
                        .src = m->target,
                        .dst = probe ? all_nodes : m->src,
                        .target = m->target,
                        .router = true,
                        .solicited = !probe,
                        .overrides = true,
                        .has_mac = true};
    memcpy(answer.mac, t->options.mac, FRAME_MAC);
    if (probe)
        nd_group_mac(answer.dst, mac);
    else
        memcpy(mac, m->has_mac ? m->mac : f->src, FRAME_MAC);
    reply->size = nd_write(reply->bytes, mac, t->options.mac, &answer);
    t->counters.answered++;
}

// RFC 4861 §7.2.5.
static void hear_advertisement(struct neighbours *t, const struct nd *m, int64_t now_ps)
{
    if (neighbour_is_own(t, m->target)) {
        t->counters.conflicts++;
        return;
    }
    uint32_t number = neighbour_table_find(t, m->target);
    if (number == NONE)
        return;
    struct neighbour_entry *e = &t->entries.v[number];
    if (!has_mac(e)) {
        if (m->has_mac)
            learn(t, number, m->mac, m->solicited, now_ps);
        return;
    }
    bool same = !m->has_mac || memcmp(e->mac, m->mac, FRAME_MAC) == 0;
    if (same || m->overrides)
        learn(t, number, m->has_mac ? m->mac : e->mac, m->solicited, now_ps);
    else if (e->state == NEIGHBOUR_STATE_REACHABLE)
        e->state = NEIGHBOUR_STATE_STALE;
}

static enum neighbour_verdict hear_nd(struct neighbours *t, const struct frame *f,
                                      const uint8_t *bytes, size_t stored, int64_t now_ps,
                                      struct neighbour_frame *reply)
{
    struct nd m;
    enum nd_result result = nd_read(bytes, stored, &m);
    // One that is on its way to somebody else is a datagram like any other.
    if (result == ND_OTHER || (!ip6_is_multicast(m.dst) && !neighbour_is_own(t, m.dst)))
        return NEIGHBOUR_OTHER;
    t->counters.received++;
    if (memcmp(f->src, t->options.mac, FRAME_MAC) == 0)
        return NEIGHBOUR_HANDLED; // our own, sent back by a loop
    if (result == ND_BAD)
        t->counters.malformed++;
    else if (m.type == ND_SOLICITATION)
        hear_solicitation(t, &m, f, now_ps, reply);
    else
        hear_advertisement(t, &m, now_ps);
    return NEIGHBOUR_HANDLED;
}

enum neighbour_verdict neighbour_input(struct neighbours *t, const uint8_t *bytes, size_t stored,
                                       int64_t now_ps, struct neighbour_frame *reply)
{
    struct frame f;
    reply->size = 0;
    if (frame_decode(FRAME_LINK_ETHERNET, bytes, stored, &f) != FRAME_OK || f.tags ||
        (f.cast == FRAME_CAST_UNICAST && memcmp(f.dst, t->options.mac, FRAME_MAC) != 0))
        return NEIGHBOUR_OTHER;
    bytes += f.offset;
    stored -= f.offset;
    if (f.ethertype == FRAME_TYPE_IP6 && frame_mac_is_station(f.src))
        return hear_nd(t, &f, bytes, stored, now_ps, reply);
    if (f.ethertype != FRAME_TYPE_ARP)
        return NEIGHBOUR_OTHER;
    t->counters.received++;
    hear_arp(t, &f, bytes, stored, now_ps, reply);
    return NEIGHBOUR_HANDLED;
}

// --- Telling.
void neighbour_announce(const struct neighbours *t, struct ip6_addr address,
                        struct neighbour_frame *out)
{
    if (ip6_is_ip4(address)) {
        struct arp m = {
            .operation = ARP_REQUEST, .sender = ip6_to_ip4(address), .target = ip6_to_ip4(address)};
        memcpy(m.sender_mac, t->options.mac, FRAME_MAC);
        out->size = arp_write(out->bytes, broadcast, &m);
        return;
    }
    uint8_t mac[FRAME_MAC];
    struct nd m = {.type = ND_ADVERTISEMENT,
                   .src = address,
                   .dst = all_nodes,
                   .target = address,
                   .router = true,
                   .overrides = true,
                   .has_mac = true};
    memcpy(m.mac, t->options.mac, FRAME_MAC);
    nd_group_mac(m.dst, mac);
    out->size = nd_write(out->bytes, mac, t->options.mac, &m);
}

// --- Reading.
enum neighbour_state neighbour_get(const struct neighbours *t, struct ip6_addr address,
                                   int64_t now_ps, uint8_t mac[FRAME_MAC])
{
    uint32_t number = neighbour_table_find(t, address);
    if (number == NONE)
        return NEIGHBOUR_STATE_NONE;
    const struct neighbour_entry *e = &t->entries.v[number];
    if (mac && (has_mac(e) || e->state == NEIGHBOUR_STATE_STATIC))
        memcpy(mac, e->mac, FRAME_MAC);
    return e->state == NEIGHBOUR_STATE_REACHABLE && now_ps >= e->at_ps ? NEIGHBOUR_STATE_STALE
                                                                       : e->state;
}
