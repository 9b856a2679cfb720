// SPDX-License-Identifier: GPL-3.0-or-later
// dns_state: what the files of dns share. Not for others.
#ifndef ANYSIM_RUN_DNS_STATE_H
#define ANYSIM_RUN_DNS_STATE_H

#include "anycast/audience.h"
#include "anycast/gslb.h"
#include "anycast/health.h"
#include "run/dns.h"
#include "traffic/lookup.h"

struct dns_host {              // a resolver's host
    const struct resolver *is; // or NULL: one that nobody describes
    int group;                 // beside which it stands, or −1
    int view;                  // as which name servers see it: the group, or ngroups and more
    int network, city;
    uint32_t node;
    ip4_addr address;
};

struct dns_waiting { // somebody who asked the resolver
    struct flow *flow;
    struct traffic_server *at;
    uint32_t question;
};

struct dns_entry { // a cache, and the question that it has open
    struct namecache cache;
    bool asking;
    uint32_t tried; // name servers in this round
    int rounds, server;
    int64_t since_ps, sent_ps; // when it began, and asked this server
    uint32_t question;
    VEC(struct dns_waiting) waiting;
};

struct dns_desk { // a name at a resolver
    struct entity
        entity; // must stay first: its events are name servers that did not answer in time
    struct dns_zone *zone;
    int host;
    struct namecache_rules rules;
    struct nameservers servers;
    struct flow *up; // to name servers
    int caches;
    struct dns_entry *entries; // [place of the view * caches + cache]
    int nentries;
    uint32_t questions;
};

struct dns_ask { // what a class of users waits for
    uint32_t serial;
    int tries;
    bool open;
    int64_t since_ps;
};

struct dns_part { // of a demand
    int answer;
    uint32_t part;
};

struct dns_crowd {        // a client group that uses the name
    struct entity entity; // must stay first: its events are answers that end, and time-outs
    struct dns_zone *zone;
    int group;
    struct audience *users;
    int nparts;
    struct dns_desk **desks; // by part
    struct flow **flows;     // by part
    struct dns_ask *asks;    // by class
    VEC(struct dns_part) demands;
};

struct dns_prober {       // at the place of a client group
    struct entity entity; // must stay first
    struct dns_zone *zone;
    struct flow *flow;
    struct checker checker;
    uint32_t serial;
    uint32_t open; // a bit an answer
};

struct dns_gauge {        // measures the way between a view and the answers
    struct entity entity; // must stay first
    struct dns_zone *zone;
    int view;
    struct flow *flow;
    uint32_t serial;
    int64_t sent_ps;
};

struct dns_zone {         // a service of mode gslb
    struct entity entity; // must stay first: its events are the start, and ends of time buckets
    struct dns *dns;
    int service;
    const struct gslb *is;
    struct gslb_state *policy;
    struct answers *answers;
    struct flow_names names;
    union traffic_options options; // of look-ups: the name
    gsl_rng *draws;                // of answers by weight
    ip4_addr *address;             // of each answer
    struct dns_crowd **crowds;     // by group; NULL: nobody of it uses the name
    struct dns_desk **desks;       // by host; NULL: nobody asks there
    VEC(struct dns_prober *) probers;
    VEC(struct dns_gauge *) gauges;
    VEC(int) last; // by flow: the class of the user who began the newest exchange
    struct lookup_hooks user_hooks, resolver_hooks, prober_hooks, gauge_hooks;
    bool begun;
};

struct dns {
    struct world *w;
    struct dns_zone *zones;
    int nzones;
    int64_t start_ps; // when users begin to ask, absolute
    VEC(struct dns_host) hosts;
    int *group_at; // by node: the client group whose host it is, or −1
};

// --- dns.c
void dns_zone_happens(struct sim *sim, struct entity *self, uint64_t arg);
// A flow of look-ups between a host and any address.
struct flow *dns_flow(struct dns_zone *z, const char *name, uint32_t node, ip4_addr address,
                      const struct lookup_hooks *hooks);

// --- dns_hosts.c
// The hosts that a group's users ask, with their shares; returns how many (at most the resolvers and one).
int dns_hosts_of(struct dns *d, int group, int *host, double *share);
const struct city *dns_view_city(const struct dns *d, int view);
int dns_view_group(const struct dns *d, int view); // or the one nearest to it
int dns_views(const struct dns *d);

// --- dns_lookup.c
void dns_crowd_happens(struct sim *sim, struct entity *self, uint64_t arg);
void dns_crowd_begin(struct dns_crowd *c);
void dns_desk_happens(struct sim *sim, struct entity *self, uint64_t arg);
void dns_lookup_hooks(struct dns_zone *z);
// The view of a class's users.
int dns_view_of(const struct dns_crowd *c, const struct audience_class *class);

// --- dns_watch.c
void dns_watch_build(struct dns_zone *z);
// Can nobody reach the answer's address, whoever tries?
bool dns_dead(const struct dns_zone *z, int answer);

static inline int64_t dns_now(const struct dns *d) // scenario time
{
    return sim_now(d->w->sim) - d->w->epoch_ps;
}

#endif
