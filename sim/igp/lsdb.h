// SPDX-License-Identifier: GPL-3.0-or-later
// lsdb: one router's link-state database, and the link-state advertisements (LSAs) in it.
//
// An LSA says which adjacencies its originator has. It never changes once it is made, so one object
// is shared by all databases and all messages that hold it and is counted by reference. Per
// originator a database keeps the newest instance only. Which is newer (RFC 2328 §13.1): the higher
// sequence number; at equal numbers, which a restarted router can produce, the one made later (the
// RFC compares checksums first: we have no checksum, and age alone decides).
//
// Nothing ages out: there is no MaxAge. LSAs of routers that cannot be reached stay, and the
// two-way check keeps them out of every path.
//
// A database remembers what it said at the last lsdb_mark, which an SPF sets when it starts: that
// is what an incremental SPF (igp/delta.h) and the backups of the routes in force are made from.
#ifndef ANYSIM_IGP_LSDB_H
#define ANYSIM_IGP_LSDB_H

#include "base/vec.h"
#include <stdbool.h>
#include <stdint.h>

struct lsa_link {
    uint32_t half;      // the originator's half of the link (igp/graph.h); link slot = half / 2
    uint32_t neighbour; // local number
    uint32_t metric;
};

struct lsa {
    uint32_t origin; // local number
    uint32_t seq;    // from 1
    int64_t born_ps;
    bool overload; // wants no transit (ISO 10589 §7.2.8.1)
    uint32_t refs; // private
    uint32_t room; // private
    struct lsa *next_free;
    uint32_t n;
    struct lsa_link links[]; // ascending by half
};

// Where LSAs come from and go back to. One an IGP; an originator's old LSAs are used again, so the
// steady state allocates nothing.
struct lsa_pool {
    struct lsa **spare; // per originator; private
    uint32_t nrouters;
    uint64_t live; // LSAs that someone holds: 0 at the end
};

void lsa_pool_init(struct lsa_pool *p, uint32_t nrouters);
void lsa_pool_free(struct lsa_pool *p);

// An LSA with room for `room` links (always the same for one originator), n = 0, one reference: the
// caller's. Fill links, n, seq and born_ps before sharing it.
struct lsa *lsa_new(struct lsa_pool *p, uint32_t origin, uint32_t room);
struct lsa *lsa_hold(struct lsa *l);                      // one more reference; returns l
void lsa_drop(struct lsa_pool *p, struct lsa *l);         // one less; NULL is allowed
bool lsa_newer(const struct lsa *a, const struct lsa *b); // either may be NULL: none
bool lsa_same(const struct lsa *a, const struct lsa *b);  // do they say the same?
// What `l` says of `half`; NULL: does not list it, or `l` is NULL.
const struct lsa_link *lsa_find(const struct lsa *l, uint32_t half);

struct lsdb_before { // what an originator said at the last mark
    uint32_t origin;
    struct lsa *lsa; // a reference; NULL: nothing
};

struct lsdb {
    struct lsa **newest; // per originator, NULL: none
    uint64_t *listed;    // bit per half: listed by its owner's newest LSA; private
    uint32_t nrouters, nhalves;
    VEC(struct lsdb_before) before; // who says something else since the mark, once each
    uint64_t *dirty;                // bit per originator: is in `before`; private
};

void lsdb_init(struct lsdb *db, uint32_t nrouters, uint32_t nhalves);
void lsdb_clear(struct lsdb *db, struct lsa_pool *p); // forgets everything, and marks
void lsdb_free(struct lsdb *db, struct lsa_pool *p);

// Puts `l` in the place of its originator's older instance, with a reference of its own. Returns
// whether it says something else, that is whether paths can have changed (RFC 2328 §13.2).
bool lsdb_install(struct lsdb *db, struct lsa_pool *p, struct lsa *l);
// From now on `before` tells what has changed since now.
void lsdb_mark(struct lsdb *db, struct lsa_pool *p);
// Makes `copy`, an empty database, say what `db` said at its mark.
void lsdb_recall(const struct lsdb *db, struct lsa_pool *p, struct lsdb *copy);

// Does the owner of `half` list it? Both halves listed: the link passes the two-way check.
static inline bool lsdb_lists(const struct lsdb *db, uint32_t half)
{
    return db->listed[half / 64] >> (half % 64) & 1;
}

// Does `origin` want no transit?
static inline bool lsdb_overloaded(const struct lsdb *db, uint32_t origin)
{
    return db->newest[origin] && db->newest[origin]->overload;
}

#endif
