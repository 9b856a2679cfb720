// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/nat.h"

#include <stdlib.h>

#define NONE         FLOWLRU_NONE
#define PROBES       256
#define PORT_DEFAULT 1024
#define PORT_LAST    65535

void nat_init(struct nat *n, const struct nat_options *o)
{
    bool given = o->port_min || o->port_max;
    uint32_t last = given ? o->port_max : PORT_LAST;
    *n = (struct nat){.port_min = given ? o->port_min : PORT_DEFAULT};
    FWD_ASSERT(n->port_min <= last);
    n->port_count = last - n->port_min + 1;
    n->entries = fwd_memory_zeroed(o->limit, sizeof *n->entries);
    flowlru_init(&n->lru, o->limit, &o->times, n->entries, sizeof *n->entries);
    flowindex_init(&n->out, o->limit, o->seed);
    flowindex_init(&n->home, o->limit, ~o->seed);
    fragtab_init(&n->fragments, (uint32_t)o->seed);
}

void nat_free(struct nat *n)
{
    flowlru_free(&n->lru);
    flowindex_free(&n->out);
    flowindex_free(&n->home);
    fragtab_free(&n->fragments);
    free(n->entries);
    free(n->addresses);
    *n = (struct nat){0};
}

// --- addresses

static struct nat_address *holder(const struct nat *n, struct ip6_addr address)
{
    for (uint32_t i = 0; i < n->address_count; i++)
        if (ip6_equal(n->addresses[i].address, address))
            return &n->addresses[i];
    return NULL;
}

void nat_address_add(struct nat *n, struct ip6_addr address)
{
    struct nat_address *a = holder(n, address);
    if (!a) {
        n->addresses = fwd_memory_resize(n->addresses, n->address_count + 1u, sizeof *n->addresses);
        a = &n->addresses[n->address_count++];
        *a = (struct nat_address){.address = address};
    }
    a->holders++;
}

void nat_address_del(struct nat *n, struct ip6_addr address)
{
    struct nat_address *a = holder(n, address);
    FWD_ASSERT(a);
    if (--a->holders == 0)
        *a = n->addresses[--n->address_count];
}

bool nat_owns(const struct nat *n, struct ip6_addr address)
{
    return holder(n, address) != NULL;
}

// --- translations, known by two keys: of what the client sends, and of what the EIP answers

static struct flowkey key_out(const struct nat_entry *e)
{
    return (struct flowkey){.src = e->client,
                            .dst = e->eip,
                            .ports = (uint32_t)e->client_port << 16 | e->eip_port,
                            .protocol = e->flow.protocol};
}

static struct flowkey key_home(const struct nat_entry *e)
{
    return (struct flowkey){.src = e->eip,
                            .dst = e->address,
                            .ports = (uint32_t)e->eip_port << 16 | e->port,
                            .protocol = e->flow.protocol};
}

// The keys of a packet. An echo has an identifier only, which counts as the client's port.
static struct flowkey key_of(const struct natrewrite_view *v, bool outward)
{
    struct flowkey k = {.src = v->src, .dst = v->dst, .protocol = v->protocol};
    bool echo = v->kind == NATREWRITE_ECHO || v->kind == NATREWRITE_ECHO_REPLY;
    uint32_t sport = echo && !outward ? 0 : v->sport, dport = echo && outward ? 0 : v->dport;
    k.ports = sport << 16 | dport;
    return k;
}

static uint32_t look_up(const struct nat *n, const struct flowindex *x, const struct flowkey *key)
{
    struct flowindex_search s = flowindex_begin(x, flowindex_hash(x, key));
    for (uint32_t i = flowindex_next(&s); i != NONE; i = flowindex_next(&s)) {
        const struct nat_entry *e = &n->entries[i];
        struct flowkey own = x == &n->out ? key_out(e) : key_home(e);
        if (fwd_likely(flowkey_equal(&own, key)))
            return i;
    }
    return NONE;
}

static void leave(struct flowindex *x, const struct flowkey *key, uint32_t i)
{
    flowindex_remove(x, flowindex_hash(x, key), i);
}

static void forget(struct nat *n, uint32_t i)
{
    struct flowkey out = key_out(&n->entries[i]), home = key_home(&n->entries[i]);
    leave(&n->out, &out, i);
    leave(&n->home, &home, i);
    flowlru_release(&n->lru, i);
}

static void advance(struct nat *n, int64_t now_ps)
{
    flowlru_clock(&n->lru, now_ps);
    for (uint32_t i = flowlru_expired(&n->lru); i != NONE; i = flowlru_expired(&n->lru)) {
        forget(n, i);
        n->lru.expired++;
    }
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Gives the entry a port that no other has towards the same end. Candidates lie a step apart that
// has no divisor in common with their number, so that each port comes once.
static bool choose_port(const struct nat *n, struct nat_entry *e, bool fixed, uint32_t hash)
{
    uint32_t count = n->port_count, start = hash % count, step = 1;
    if (fixed) {
        e->port = e->client_port;
        struct flowkey key = key_home(e);
        return look_up(n, &n->home, &key) == NONE;
    }
    for (uint32_t i = 0; i < PROBES && i < count; i++) {
        e->port = (uint16_t)(n->port_min + (start + (uint64_t)i * step) % count);
        struct flowkey key = key_home(e);
        if (look_up(n, &n->home, &key) == NONE)
            return true;
        if (i == 0) {
            step = hash / count % count;
            while (common_divisor(count, step) != 1)
                step++;
        }
    }
    return false;
}

// Enters a flow into an index; one that had to leave it leaves the other as well.
static void enter(struct nat *n, struct flowindex *x, const struct flowkey *key, uint32_t i)
{
    uint32_t displaced = flowindex_put(x, flowindex_hash(x, key), i);
    if (fwd_likely(displaced == FLOWINDEX_NONE))
        return;
    bool out = x == &n->out;
    struct flowkey other = out ? key_home(&n->entries[displaced]) : key_out(&n->entries[displaced]);
    leave(out ? &n->home : &n->out, &other, displaced);
    flowlru_release(&n->lru, displaced);
    n->lru.evicted++;
}

// A new translation for a packet from a client; NONE: there is no room, or no port.
static uint32_t create(struct nat *n, const struct natrewrite_view *v, struct ip6_addr address)
{
    struct flowkey key = key_of(v, true);
    struct nat_entry made = {.client = v->src,
                             .eip = v->dst,
                             .address = address,
                             .client_port = (uint16_t)(key.ports >> 16),
                             .eip_port = (uint16_t)key.ports,
                             .flow.protocol = v->protocol};
    uint32_t hash = flowindex_hash(&n->out, &key);
    if (!choose_port(n, &made, v->kind == NATREWRITE_FIXED, hash))
        return NONE;
    if (n->lru.count == n->lru.limit) {
        uint32_t victim = flowlru_victim(&n->lru, FLOWSTATE_WORTH_UNPROVEN);
        if (victim == NONE)
            return NONE;
        forget(n, victim);
        n->lru.evicted++;
    }
    uint32_t i = flowlru_take(&n->lru);
    made.flow = n->entries[i].flow;
    made.flow.protocol = v->protocol;
    n->entries[i] = made;
    struct flowkey home = key_home(&made);
    enter(n, &n->out, &key, i);
    enter(n, &n->home, &home, i);
    n->lru.created++;
    return i;
}

// --- packets

// An ICMP error from the client's side, about an answer: the quote's destination is the client.
static enum fwd_drop error_outward(struct nat *n, struct packet *p,
                                   const struct natrewrite_view *error)
{
    struct natrewrite_view quote;
    uint32_t at;
    uint8_t *h = packet_data(p);
    enum fwd_drop bad = natrewrite_quote(h, error, p->length, &quote, &at);
    if (bad)
        return bad;
    struct flowkey key = flowkey_reverse(key_of(&quote, false));
    bool answer = quote.kind == NATREWRITE_PORTS || quote.kind == NATREWRITE_FIXED ||
                  quote.kind == NATREWRITE_ECHO_REPLY;
    uint32_t i = answer ? look_up(n, &n->out, &key) : NONE;
    if (i == NONE || !ip6_equal(quote.src, error->dst))
        return FWD_DROP_NO_FLOW;
    const struct nat_entry *e = &n->entries[i];
    struct natrewrite_end inner = {.address = e->address, .port = e->port};
    struct natrewrite_end outer = {.source = true, .address = e->address};
    natrewrite_apply_error(h, error, at, &quote, &inner, &outer);
    n->counters.errors++;
    n->counters.outward++;
    return FWD_DROP_NONE;
}

// An ICMP error about a packet that went out: the quote's source is this POP's address.
static enum fwd_drop error_homeward(struct nat *n, struct packet *p,
                                    const struct natrewrite_view *error)
{
    struct natrewrite_view quote;
    uint32_t at;
    uint8_t *h = packet_data(p);
    enum fwd_drop bad = natrewrite_quote(h, error, p->length, &quote, &at);
    if (bad)
        return bad;
    struct flowkey key = flowkey_reverse(key_of(&quote, true));
    bool question = quote.kind == NATREWRITE_PORTS || quote.kind == NATREWRITE_FIXED ||
                    quote.kind == NATREWRITE_ECHO;
    uint32_t i = question ? look_up(n, &n->home, &key) : NONE;
    if (i == NONE || !ip6_equal(quote.src, error->dst))
        return FWD_DROP_NO_FLOW;
    const struct nat_entry *e = &n->entries[i];
    struct natrewrite_end inner = {.source = true, .address = e->client, .port = e->client_port};
    struct natrewrite_end outer = {.address = e->client};
    natrewrite_apply_error(h, error, at, &quote, &inner, &outer);
    n->counters.errors++;
    n->counters.homeward++;
    return FWD_DROP_NONE;
}

static struct flowkey datagram_of(const struct natrewrite_view *v, bool six)
{
    return (struct flowkey){.src = v->src,
                            .dst = v->dst,
                            .ports = v->identification,
                            .protocol = six ? PROTOCOL_FRAGMENT : v->protocol};
}

// A packet gets its address, and, out of a fragmented datagram, its identification; the rest of the
// datagram will get them too.
static void put_end(struct nat *n, uint8_t *h, const struct natrewrite_view *v,
                    const struct natrewrite_end *end)
{
    struct fragtab_note note = {.address = end->address, .id = v->identification};
    if (v->part == FLOWKEY_FIRST) {
        struct flowkey datagram = datagram_of(v, h[0] >> 4 == 6);
        if (end->source)
            note.id = ++n->identification;
        fragtab_note(&n->fragments, &datagram, &note, n->lru.now_ps);
        natrewrite_identify(h, v, note.id);
    }
    natrewrite_apply(h, v, end);
    *(end->source ? &n->counters.outward : &n->counters.homeward) += 1;
}

static enum fwd_drop follow_first(struct nat *n, uint8_t *h, const struct natrewrite_view *v,
                                  bool outward)
{
    struct flowkey datagram = datagram_of(v, h[0] >> 4 == 6);
    const struct fragtab_note *note = fragtab_follow(&n->fragments, &datagram, n->lru.now_ps);
    if (!note)
        return FWD_DROP_FRAGMENT;
    struct natrewrite_end end = {.source = outward, .address = note->address};
    natrewrite_identify(h, v, note->id);
    put_end(n, h, v, &end);
    return FWD_DROP_NONE;
}

enum fwd_drop nat_outward(struct nat *n, struct packet *p, struct ip6_addr address, int64_t now_ps)
{
    struct natrewrite_view v;
    uint8_t *h = packet_data(p);
    FWD_ASSERT(ip6_is_ip4(address) == (h[0] >> 4 == 4));
    enum fwd_drop bad = natrewrite_read(h, p->captured, &v);
    if (bad)
        return bad;
    advance(n, now_ps);
    if (v.kind == NATREWRITE_ERROR)
        return error_outward(n, p, &v);
    if (v.kind == NATREWRITE_LATER)
        return follow_first(n, h, &v, true);
    if (v.kind == NATREWRITE_ECHO_REPLY)
        return FWD_DROP_NO_FLOW;
    if (v.kind == NATREWRITE_OTHER)
        return FWD_DROP_NAT_PROTOCOL;
    struct flowkey key = key_of(&v, true);
    uint32_t i = look_up(n, &n->out, &key);
    if (i != NONE && fwd_unlikely(!ip6_equal(n->entries[i].address, address))) {
        forget(n, i);
        n->lru.evicted++;
        i = NONE;
    }
    if (i == NONE)
        i = create(n, &v, address);
    if (i == NONE) {
        n->counters.refused++;
        return FWD_DROP_NAT_FULL;
    }
    struct natrewrite_end end = {.source = true, .address = address, .port = n->entries[i].port};
    flowlru_use(&n->lru, i, FLOWSTATE_BY_CLIENT, flowstate_flags(h, p->captured));
    put_end(n, h, &v, &end);
    return FWD_DROP_NONE;
}

enum fwd_drop nat_homeward(struct nat *n, struct packet *p, int64_t now_ps)
{
    struct natrewrite_view v;
    uint8_t *h = packet_data(p);
    enum fwd_drop bad = natrewrite_read(h, p->captured, &v);
    if (bad)
        return bad;
    advance(n, now_ps);
    if (v.kind == NATREWRITE_ERROR)
        return error_homeward(n, p, &v);
    if (v.kind == NATREWRITE_LATER)
        return follow_first(n, h, &v, false);
    if (v.kind == NATREWRITE_OTHER || v.kind == NATREWRITE_ECHO)
        return FWD_DROP_NO_FLOW;
    struct flowkey key = key_of(&v, false);
    uint32_t i = look_up(n, &n->home, &key);
    if (i == NONE)
        return FWD_DROP_NO_FLOW;
    const struct nat_entry *e = &n->entries[i];
    struct natrewrite_end end = {.address = e->client, .port = e->client_port};
    flowlru_use(&n->lru, i, FLOWSTATE_BY_SERVER, flowstate_flags(h, p->captured));
    put_end(n, h, &v, &end);
    return FWD_DROP_NONE;
}
