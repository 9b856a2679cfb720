// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/scrubs.h"

#include "anycast/limiter.h"
#include "base/rng.h"
#include "fwd/acl.h"
#include "fwd/headers.h"
#include "traffic/flow.h"

#include <stdlib.h>

struct scrubber { // of a service at a POP
    const struct scrub *is;
    int service, pop;
    struct acl *acl; // NULL: no rules
    struct limiter limiter;
    gsl_rng *chance;
};

struct scrubs {
    struct net_guard guard;
    struct world *world;
    VEC(struct scrubber *) v;
};

static uint8_t protocol_of(enum scrub_protocol p)
{
    return p == SCRUB_TCP ? 6 : p == SCRUB_UDP ? 17 : 1;
}

static struct acl_rule acl_rule_of(const struct scrub_rule *s)
{
    struct acl_rule r = acl_rule_any(s->permit ? ACL_ACT_PERMIT : ACL_ACT_DENY);
    if (s->protocol != SCRUB_ANY)
        r.protocol = protocol_of(s->protocol);
    if (s->from.len)
        r.src = prefix6_from_prefix(s->from);
    r.sport = (struct acl_ports){(uint16_t)s->sport[0], (uint16_t)s->sport[1]};
    r.dport = (struct acl_ports){(uint16_t)s->dport[0], (uint16_t)s->dport[1]};
    if (s->syn) {
        r.tcp_mask = TCP_SYN | TCP_ACK;
        r.tcp_value = TCP_SYN;
    }
    return r;
}

static struct acl *acl_of(const struct scrub *is)
{
    struct acl_rule *rules = xcalloc((size_t)is->nrules, sizeof *rules);
    for (int i = 0; i < is->nrules; i++)
        rules[i] = acl_rule_of(&is->rules[i]);
    struct acl *acl = acl_new(&(struct acl_options){
        .rules = rules, .count = (size_t)is->nrules, .fallback = ACL_ACT_PERMIT});
    free(rules);
    return acl;
}

static void scrubber_free(struct scrubber *s)
{
    acl_free(s->acl);
    limiter_free(&s->limiter);
    gsl_rng_free(s->chance);
    free(s);
}

static struct scrubber *scrubber_new(const struct world *w, const struct scrub *is, int pop)
{
    struct scrubber *s = xcalloc(1, sizeof *s);
    char name[256];
    s->is = is;
    s->service = is->service;
    s->pop = pop;
    s->acl = is->nrules ? acl_of(is) : NULL;
    limiter_init(&s->limiter, is->rate_bps);
    snprintf(name, sizeof name, "%s %s", w->scenario->services[is->service].name,
             w->scenario->topology.pops[pop].name);
    s->chance = rng_stream(sim_seed(w->sim), name, "scrub");
    return s;
}

// What shares the rate with the packet.
static uint64_t source_of(const struct scrub *is, const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    struct acl_key key;
    if (is->per == SCRUB_PER_SERVICE)
        return 0;
    if (is->per == SCRUB_PER_PREFIX)
        return be32_get(h + IP4_SRC) & prefix_mask((uint8_t)is->prefix_length);
    if (!acl_key_of(h, p->captured, &key))
        return h[IP4_PROTOCOL];
    bool opens = key.tcp_valid && (key.tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
    return (uint64_t)opens << 8 | key.protocol;
}

static enum fwd_drop look(struct scrubber *s, const struct packet *p, int64_t now_ps)
{
    if (s->acl) {
        struct acl_key key;
        if (!acl_key_of(packet_view(p), p->captured, &key))
            return FWD_DROP_UNREADABLE;
        if (acl_match(s->acl, &key, p->length, now_ps) != ACL_PERMIT)
            return FWD_DROP_ACL;
    }
    if (!s->is->rate_bps)
        return FWD_DROP_NONE;
    double bits = 8.0 * p->length * p->weight;
    double share = limiter_offer(&s->limiter, source_of(s->is, p), bits, now_ps);
    return share > 0 && rng_uniform(s->chance) < share ? FWD_DROP_SCRUB : FWD_DROP_NONE;
}

static enum fwd_drop admit(void *ctx, uint32_t node, const struct packet *p)
{
    struct scrubs *all = ctx;
    const struct world *w = all->world;
    const uint8_t *h = packet_view(p);
    if (p->depth || p->captured < IP4_HEADER || h[0] >> 4 != 4)
        return FWD_DROP_NONE;
    for (size_t i = 0; i < all->v.n; i++) {
        struct scrubber *s = all->v.v[i];
        const struct pop *pop = &w->scenario->topology.pops[s->pop];
        const struct prefix *mine = &w->services[s->service].prefix;
        if (w->nodes[node].network != pop->network || w->nodes[node].city != pop->city ||
            (be32_get(h + IP4_DST) & prefix_mask(mine->len)) != mine->addr)
            continue;
        enum fwd_drop bad = look(s, p, sim_now(w->sim));
        if (p->flow != NET_NO_FLOW)
            meter_defended(w->meter, traffic_flow(w->traffic, p->flow), DEFENCE_SCRUB, s->pop, p,
                           bad != FWD_DROP_NONE);
        return bad;
    }
    return FWD_DROP_NONE;
}

struct scrubs *scrubs_new(struct world *w)
{
    struct scrubs *s = xcalloc(1, sizeof *s);
    s->world = w;
    s->guard = (struct net_guard){s, admit};
    return s;
}

void scrubs_free(struct scrubs *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->v.n; i++)
        scrubber_free(s->v.v[i]);
    vec_free(&s->v);
    free(s);
}

// The guard stands at a router while anything is scrubbed there.
static void set_guards(struct scrubs *s)
{
    const struct world *w = s->world;
    for (uint32_t r = 0; r < control_routers(w->control); r++) {
        uint32_t node = control_router(w->control, r)->node;
        bool guarded = false;
        for (size_t i = 0; i < s->v.n && w->nodes[node].pop < 0; i++) {
            const struct pop *pop = &w->scenario->topology.pops[s->v.v[i]->pop];
            guarded = guarded ||
                      (w->nodes[node].network == pop->network && w->nodes[node].city == pop->city);
        }
        if (w->nodes[node].pop < 0)
            w->net->nodes[node].guard = guarded ? &s->guard : NULL;
    }
}

static void remove_at(struct scrubs *s, int service, int pop)
{
    for (size_t i = 0; i < s->v.n; i++) {
        struct scrubber *old = s->v.v[i];
        if (old->service != service || (pop >= 0 && old->pop != pop))
            continue;
        scrubber_free(old);
        s->v.v[i--] = s->v.v[--s->v.n]; // one for each service and POP: their order decides nothing
    }
}

void scrubs_end(struct scrubs *s, const struct scrub *is)
{
    remove_at(s, is->service, is->pop);
    set_guards(s);
}

void scrubs_begin(struct scrubs *s, const struct scrub *is)
{
    const struct service *service = &s->world->scenario->services[is->service];
    remove_at(s, is->service, is->pop);
    for (int i = 0; i < service->npublish + service->nlater; i++) {
        int pop =
            i < service->npublish ? service->publish[i] : service->later[i - service->npublish];
        if (is->pop < 0 || pop == is->pop)
            vec_push(&s->v, scrubber_new(s->world, is, pop));
    }
    set_guards(s);
}
