// SPDX-License-Identifier: GPL-3.0-or-later
// namecache: one name in one cache of a resolver, and which name server that resolver asks. Pure.
//
// An answer is kept for its time to live (RFC 1035 §3.2.1), within the bounds that the resolver
// sets itself; who asks gets what is left of it. When no name server answers, the failure is kept for
// NAMECACHE_FAILURE_PS (RFC 2308 §7, RFC 9520), and with serve-stale the last answer is given instead,
// for NAMECACHE_STALE_TTL_PS at a time, until it is too old (RFC 8767 §4).
#ifndef ANYSIM_ANYCAST_NAMECACHE_H
#define ANYSIM_ANYCAST_NAMECACHE_H

#include "base/units.h"
#include <stdbool.h>
#include <stdint.h>

#define NAMECACHE_FAILURE_PS   (5 * PS_PER_S)
#define NAMECACHE_STALE_TTL_PS (30 * PS_PER_S)
#define NAMECACHE_NOBODY       (-1) // instead of a site: there is no answer

struct namecache_rules {
    int64_t min_ttl_ps, max_ttl_ps; // bounds of what name servers say; max 0: none
    int64_t stale_ps;               // serve-stale: for so long after its end; 0: not
};

struct namecache {     // zeroed and `site` NAMECACHE_NOBODY: empty
    int site;          // the last answer
    int64_t until_ps;  // for how long it is given, and …
    int64_t ended_ps;  // … until when it was to be: earlier when it is stale
    int64_t failed_ps; // until when a failure is remembered
};

struct namecache_says {
    int site;       // NAMECACHE_NOBODY: SERVFAIL
    int64_t ttl_ps; // how long the asker may keep it
};

void namecache_init(struct namecache *c);
// False: it has to ask.
bool namecache_look(const struct namecache *c, int64_t now_ps, struct namecache_says *out);
// A name server answered.
void namecache_put(struct namecache *c, const struct namecache_rules *r, int site, int64_t ttl_ps,
                   int64_t now_ps);
// None did. Afterwards namecache_look has something to say.
void namecache_fail(struct namecache *c, const struct namecache_rules *r, int64_t now_ps);

// --- name servers

#define NAMESERVERS_MAX 16

// Which of n name servers is asked: the one with the least smoothed round-trip time; one that was not
// tried yet comes first. A server that does not answer is charged twice the wait; times of those that
// are not asked fade, so that each is tried again one day (as BIND does).
struct nameservers {
    int n;
    int64_t srtt_ps[NAMESERVERS_MAX]; // 0: not tried
};

// The best that `tried` (bits) does not have; −1: all are tried.
int nameservers_best(const struct nameservers *s, uint32_t tried);
void nameservers_answered(struct nameservers *s, int server, int64_t rtt_ps);
void nameservers_silent(struct nameservers *s, int server, int64_t waited_ps);

#endif
