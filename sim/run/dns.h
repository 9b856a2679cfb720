// SPDX-License-Identifier: GPL-3.0-or-later
// dns: names in the world: services of mode gslb, the resolvers through which users ask for them, and
// whoever finds out what to answer.
//
// Every question and answer is a packet on the network:
//   user     a class of users (anycast/audience.h) asks its resolver when its answer has ended, waits
//            5 s, asks once more, and then has no address for a while (resolv.conf(5));
//   resolver answers from its cache, or asks the name servers one after the other, 800 ms each, the
//            fastest first, twice around at most and for no longer than 4 s (anycast/namecache.h);
//   name server  stands at the address of a service, and answers as anycast/gslb.h decides.
// While a look-up is under way its users go on with the answer that they had; a request does not wait
// for DNS. Echo requests tell which answers work (anycast/health.h) and how far they are.
#ifndef ANYSIM_RUN_DNS_H
#define ANYSIM_RUN_DNS_H

#include "measure/answers.h"
#include "run/world.h"

struct dns;

// Before clients: NULL when no service has mode gslb.
struct dns *dns_new(struct world *w);
void dns_free(struct dns *d); // may be NULL
// Whom flows to the service ask; NULL: it has one address.
const struct flow_names *dns_names(const struct dns *d, int service);
// Hosts, flows, timers; after clients, before loads.
void dns_build(struct dns *d);

// Part `part` of a demand of the group is what its users send to the service's answer (or, behind the
// last, what those without an address would send): their shares are kept as users hold addresses.
void dns_demand(struct dns *d, int service, int group, int answer, uint32_t part);

int dns_count(const struct dns *d); // services
void dns_collect(const struct dns *d, int i, struct answers_result *out);

// --- for explanations: a group's users now

struct dns_held {
    const char *resolver;            // or "beside them"
    double share;                    // of the users who ask this resolver
    int right;                       // what DNS would answer them now: a service
    double on[GSLB_ANSWERS_MAX + 1]; // share of all users here with this answer; last: none
};
// Resolver k of a group; false: there are no more.
bool dns_held(const struct dns *d, int service, int group, int k, struct dns_held *out);
// The service at one of the name's addresses; −1: it has no such address, or is no name.
int dns_service_at(const struct dns *d, int service, ip4_addr address);
bool dns_answer_up(const struct dns *d, int service, int answer);

#endif
