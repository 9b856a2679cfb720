// SPDX-License-Identifier: GPL-3.0-or-later
// lookup: single DNS questions and their answers as packets, between hosts whose behaviour is modelled
// elsewhere: users and resolvers, resolvers and name servers; and echo requests, for whoever wants to
// know whether and how fast an address answers.
//
// A flow of this kind sends nothing by itself, is not measured, and forgets what it has sent: who
// asks waits for himself. It has the name in its options (dns), as a look-up of traffic/dns.c does.
#ifndef ANYSIM_TRAFFIC_LOOKUP_H
#define ANYSIM_TRAFFIC_LOOKUP_H

#include "traffic/server.h"

struct lookup_answer {
    ip4_addr address; // 0: SERVFAIL
    uint32_t ttl_s;
};

struct lookup_hooks { // `question` is the asker's number of it
    void *ctx;
    // A question reached a server's host, which may answer at any time. May be NULL.
    void (*asked)(void *ctx, struct flow *f, struct traffic_server *at, uint32_t question);
    // `a`: NULL of an echo reply.
    void (*answered)(void *ctx, struct flow *f, uint32_t question, const struct lookup_answer *a);
};

extern const struct traffic_kind_ops traffic_lookup;

// Of a new flow, before anything else; the hooks must outlive it.
void lookup_init(struct flow *f, const struct lookup_hooks *hooks);
// Sends a question to `server`; numbers must differ while a question is under way, TRAFFIC_PROBE is none.
void lookup_ask(struct flow *f, ip4_addr server, uint32_t question);
void lookup_reply(struct flow *f, struct traffic_server *at, ip4_addr from, uint32_t question,
                  const struct lookup_answer *a);
// Sends an echo request.
void lookup_ping(struct flow *f, ip4_addr server, uint32_t question);

#endif
