// SPDX-License-Identifier: GPL-3.0-or-later
// Look-ups: users and their resolvers, resolvers and name servers.
#include "base/rng.h"
#include "run/dns_state.h"

#define USER_WAIT_PS     (5 * PS_PER_S) // resolv.conf(5): timeout …
#define USER_TRIES       2              // … and attempts
#define SERVER_WAIT_PS   (800 * PS_PER_MS)
#define SERVER_ROUNDS    2
#define RESOLVER_GIVE_UP (4 * PS_PER_S) // before the user does

// --- Users

#define CLASS_BITS  16
#define CLASS_MASK  ((1u << CLASS_BITS) - 1)
#define SERIAL_MASK 0x7fffu // so that no question is TRAFFIC_PROBE

static uint32_t question_of(const struct dns_crowd *c, int class)
{
    return (c->asks[class].serial & SERIAL_MASK) << CLASS_BITS | (uint32_t) class;
}

int dns_view_of(const struct dns_crowd *c, const struct audience_class *class)
{
    const struct dns_host *h = &c->zone->dns->hosts.v[c->desks[class->part]->host];
    return h->is && h->is->subnet ? c->group : h->view;
}

// Both kinds of events carry the class; a time-out the serial number of its question besides.
static void wake(struct dns_crowd *c, int64_t at_ps, int class, uint32_t serial)
{
    sim_at(c->zone->dns->w->sim, &c->entity, &c->entity, at_ps, SIM_PHASE_DATA,
           (uint64_t)serial << 32 | (uint32_t) class);
}

static void send(struct dns_crowd *c, int class)
{
    const struct dns *d = c->zone->dns;
    struct dns_ask *a = &c->asks[class];
    int part = audience_class(c->users, class)->part;
    a->serial++;
    a->tries++;
    wake(c, sim_now(d->w->sim) + USER_WAIT_PS, class, a->serial);
    lookup_ask(c->flows[part], d->hosts.v[c->desks[part]->host].address, question_of(c, class));
}

static void told(struct dns_crowd *c, int class, const struct namecache_says *says)
{
    audience_told(c->users, class, says, sim_now(c->zone->dns->w->sim));
    wake(c, audience_class(c->users, class)->until_ps, class, 0);
}

static void over(struct dns_crowd *c, int class, bool failed)
{
    struct dns_ask *a = &c->asks[class];
    int64_t now_ps = dns_now(c->zone->dns);
    a->open = false;
    answers_lookup(c->zone->answers, now_ps,
                   failed ? -1 : sim_now(c->zone->dns->w->sim) - a->since_ps);
}

static void timed_out(struct dns_crowd *c, int class)
{
    static const struct namecache_says nothing = {NAMECACHE_NOBODY, NAMECACHE_FAILURE_PS};
    struct dns_ask *a = &c->asks[class];
    if (a->tries < USER_TRIES) { // nobody waits with the old answer for so long
        audience_told(c->users, class, &nothing, sim_now(c->zone->dns->w->sim));
        send(c, class);
        return;
    }
    over(c, class, true);
    told(c, class, &nothing);
}

void dns_crowd_happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct dns_crowd *c = (struct dns_crowd *)self;
    int class = (int)(uint32_t)arg;
    uint32_t serial = (uint32_t)(arg >> 32);
    struct dns_ask *a = &c->asks[class];
    if (serial) {
        if (a->open && a->serial == serial)
            timed_out(c, class);
        return;
    }
    *a = (struct dns_ask){.serial = a->serial, .open = true, .since_ps = sim_now(sim)};
    if (dns_now(c->zone->dns) < c->zone->dns->w->scenario->duration_ps)
        send(c, class);
}

void dns_crowd_begin(struct dns_crowd *c)
{
    for (int i = 0; i < audience_classes(c->users); i++) {
        const struct audience_class *class = audience_class(c->users, i);
        double draw = rng_uniform(c->zone->draws);
        audience_assume(c->users, i, gslb_answer(c->zone->policy, dns_view_of(c, class), draw));
        wake(c, class->until_ps, i, 0);
    }
}

static int answer_at(const struct dns_zone *z, ip4_addr address)
{
    for (int i = 0; i < z->is->nanswers; i++)
        if (z->address[i] == address)
            return i;
    return NAMECACHE_NOBODY;
}

static void user_answered(void *ctx, struct flow *f, uint32_t question,
                          const struct lookup_answer *answer)
{
    const struct dns_zone *z = ctx;
    struct dns_crowd *c = z->crowds[z->dns->group_at[f->is.client_node]];
    int class = (int)(question & CLASS_MASK);
    if (!c->asks[class].open || question != question_of(c, class))
        return; // to an earlier question
    struct namecache_says says = {answer_at(z, answer->address), answer->ttl_s * PS_PER_S};
    if (says.site == NAMECACHE_NOBODY)
        says.ttl_ps = NAMECACHE_FAILURE_PS;
    over(c, class, says.site == NAMECACHE_NOBODY);
    told(c, class, &says);
}

// --- Resolvers

// What is left of a time to live goes in whole seconds, at least one: rounded up, so that nobody asks
// an instant before the cache forgets.
static void reply(const struct dns_desk *k, const struct dns_waiting *to,
                  const struct namecache_says *says)
{
    const struct dns_zone *z = k->zone;
    struct lookup_answer a = {0};
    if (says->site != NAMECACHE_NOBODY) {
        a.address = z->address[says->site];
        a.ttl_s = (uint32_t)((says->ttl_ps + PS_PER_S - 1) / PS_PER_S);
    }
    lookup_reply(to->flow, to->at, z->dns->hosts.v[k->host].address, to->question, &a);
}

static void ask_server(struct dns_desk *k, struct dns_entry *e)
{
    struct dns_zone *z = k->zone;
    struct world *w = z->dns->w;
    e->server = nameservers_best(&k->servers, e->tried);
    e->tried |= 1u << e->server;
    e->sent_ps = sim_now(w->sim);
    e->question = k->questions++ & INT32_MAX;
    sim_at(w->sim, &k->entity, &k->entity, e->sent_ps + SERVER_WAIT_PS, SIM_PHASE_DATA,
           (uint64_t)e->question << 32 | (uint32_t)(e - k->entries));
    lookup_ask(k->up, w->services[z->is->name_servers[e->server]].address, e->question);
}

static void answer_all(struct dns_desk *k, struct dns_entry *e)
{
    struct namecache_says says = {NAMECACHE_NOBODY, 0};
    namecache_look(&e->cache, sim_now(k->zone->dns->w->sim), &says);
    e->asking = false;
    for (size_t i = 0; i < e->waiting.n; i++)
        reply(k, &e->waiting.v[i], &says);
    e->waiting.n = 0;
}

void dns_desk_happens(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct dns_desk *k = (struct dns_desk *)self;
    struct dns_entry *e = &k->entries[(uint32_t)arg];
    if (!e->asking || e->question != arg >> 32)
        return;
    nameservers_silent(&k->servers, e->server, SERVER_WAIT_PS);
    if (nameservers_best(&k->servers, e->tried) < 0) {
        e->tried = 0;
        e->rounds++;
    }
    if (e->rounds < SERVER_ROUNDS && sim_now(sim) - e->since_ps < RESOLVER_GIVE_UP) {
        ask_server(k, e);
        return;
    }
    namecache_fail(&e->cache, &k->rules, sim_now(sim));
    answer_all(k, e);
}

// Where the caches of a view begin: of a resolver that tells subnets each group has its own.
static int entry_of(const struct dns_desk *k, int group, int cache)
{
    const struct dns_host *h = &k->zone->dns->hosts.v[k->host];
    return (h->is && h->is->subnet ? group * k->caches : 0) + cache;
}

static void resolver_asked(void *ctx, struct flow *f, struct traffic_server *at, uint32_t question)
{
    const struct dns_zone *z = ctx;
    int group = z->dns->group_at[f->is.client_node];
    const struct dns_crowd *c = z->crowds[group];
    const struct audience_class *class = audience_class(c->users, (int)(question & CLASS_MASK));
    struct dns_desk *k = c->desks[class->part];
    struct dns_entry *e = &k->entries[entry_of(k, group, class->cache)];
    struct dns_waiting who = {f, at, question};
    struct namecache_says says;
    int64_t now_ps = sim_now(z->dns->w->sim);
    if (namecache_look(&e->cache, now_ps, &says)) {
        reply(k, &who, &says);
        return;
    }
    vec_push(&e->waiting, who);
    if (e->asking)
        return;
    e->asking = true;
    e->tried = 0;
    e->rounds = 0;
    e->since_ps = now_ps;
    ask_server(k, e);
}

static struct dns_desk *desk_of(const struct dns_zone *z, const struct flow *up)
{
    for (size_t i = 0; i < z->dns->hosts.n; i++)
        if (z->desks[i] && z->desks[i]->up == up)
            return z->desks[i];
    return NULL;
}

static struct dns_entry *entry_asking(const struct dns_desk *k, uint32_t question)
{
    for (int i = 0; i < k->nentries; i++)
        if (k->entries[i].asking && k->entries[i].question == question)
            return &k->entries[i];
    return NULL; // it has given up
}

// A name server decides.
static void server_asked(void *ctx, struct flow *f, struct traffic_server *at, uint32_t question)
{
    struct dns_zone *z = ctx;
    const struct dns_desk *k = desk_of(z, f);
    const struct dns_host *h = &z->dns->hosts.v[k->host];
    const struct dns_entry *e = entry_asking(k, question);
    if (!e)
        return;
    int view = h->is && h->is->subnet ? (int)(e - k->entries) / k->caches : h->view;
    int site = gslb_answer(z->policy, view, rng_uniform(z->draws));
    struct lookup_answer a = {z->address[site], (uint32_t)(z->is->ttl_ps / PS_PER_S)};
    answers_given(z->answers, dns_now(z->dns), site);
    lookup_reply(f, at, z->dns->w->services[z->is->name_servers[e->server]].address, question, &a);
}

static void resolver_answered(void *ctx, struct flow *f, uint32_t question,
                              const struct lookup_answer *answer)
{
    const struct dns_zone *z = ctx;
    struct dns_desk *k = desk_of(z, f);
    struct dns_entry *e = entry_asking(k, question);
    int64_t now_ps = sim_now(z->dns->w->sim);
    int site = answer_at(z, answer->address);
    if (!e || site == NAMECACHE_NOBODY)
        return;
    nameservers_answered(&k->servers, e->server, now_ps - e->sent_ps);
    namecache_put(&e->cache, &k->rules, site, answer->ttl_s * PS_PER_S, now_ps);
    answer_all(k, e);
}

void dns_lookup_hooks(struct dns_zone *z)
{
    z->user_hooks = (struct lookup_hooks){z, resolver_asked, user_answered};
    z->resolver_hooks = (struct lookup_hooks){z, server_asked, resolver_answered};
}
