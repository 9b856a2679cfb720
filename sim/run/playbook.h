// SPDX-License-Identifier: GPL-3.0-or-later
// playbook: what an operator could do about what happens in a scenario, each as a run of its own.
//
// The scenario runs once up to the moment at which the operator acts: `react_ps` after the first thing
// that begins, an event of the timeline or an attack. From there every play goes on in a forked
// process with the rest of the timeline, to the end of the run. Play 0 is to do nothing.
//
// A play of two steps (a POP that replaces another) is done in the order announce, withdraw, with
// PLAYBOOK_STEP_PS between them. Where a router's decision prefers the oldest route, it is done in the
// other order, too, and the outcomes are compared: which POP users reach in the end may depend on it.
//
// POPs at which a service is not published yet are built with it, and announced by their play alone.
//
// Outcomes are counted from the operator's action to the end of the run, with all that happens until
// routes have settled:
//   users        people of client groups that lose more than PLAYBOOK_AFFECTED_PPM of their requests to
//                some service, or of what a demand wants
//   lost         bit/s that demands want and do not get, and of datagrams of sampled traffic (attacks
//                apart) that do not arrive; streams repeat what they lose
//   utilisation  of the fullest link that is neither a user's nor inside a POP, a mean over the time
//   added RTT    a mean over people, against the time before anything began
// Results are in the order of the plays and the same whatever the number of jobs.
#ifndef ANYSIM_RUN_PLAYBOOK_H
#define ANYSIM_RUN_PLAYBOOK_H

#include "run/run.h"

#define PLAYBOOK_STEP_PS      (5 * PS_PER_S)
#define PLAYBOOK_AFFECTED_PPM 10000 // 1 %

enum play_kind {
    PLAY_NOTHING,
    PLAY_WITHDRAW,
    PLAY_DRAIN,       // graceful shutdown (RFC 8326)
    PLAY_PREPEND,     // a whole POP
    PLAY_NEIGHBOUR,   // the same towards one neighbour
    PLAY_NO_ANNOUNCE, // to one neighbour
    PLAY_NO_EXPORT,   // by one neighbour
    PLAY_BLACKHOLE,   // where there is an attack
    PLAY_ADD,         // a POP at which the service is not published yet
    PLAY_REPLACE,     // one POP by such another
    PLAY_RAISE_CAP,   // an EIP's, to `times` times what it is
    PLAY_KINDS
};
extern const char *const play_kind_names[PLAY_KINDS]; // "nothing", "withdraw", …

enum play_order { PLAY_ONE_STEP, PLAY_ANNOUNCE_FIRST, PLAY_WITHDRAW_FIRST };

struct play {
    const char *name; // "prepend 2 at beijing for eip to telecom"
    enum play_kind kind;
    enum play_order order;
    int service, pop; // pop: that is acted on
    int other;        // REPLACE: the new one
    int network;      // neighbour
    int times;        // prepends; of RAISE_CAP: the factor
    bool ok;          // false: the run crashed; nothing below is valid
    double users, users_moved, lost_bps, utilisation,
        added_rtt_ms;  // utilisation: a share; RTT: NaN: none
    int worst_link;    // index into links; −1: none
    int *sites;        // [service * groups + group]: POP at the end, −1: none
    int twin;          // the same in the other order, or −1
    double twin_users; // whose POP at the end is another one than the twin's
};

enum play_rank { RANK_USERS, RANK_LOST, RANK_UTILISATION, RANK_RTT, RANK_KEYS };
extern const char *const play_rank_names[RANK_KEYS]; // "users", "lost", "utilisation", "rtt"

struct playbook_options {
    int64_t react_ps;
    bool kinds[PLAY_KINDS]; // which to try; PLAY_NOTHING always is
    int service;            // only this one; −1: all that have users
    int jobs;
    void (*progress)(void *ctx, double share); // may be NULL
    void *ctx;
};

struct playbook {
    struct scenario scenario; // with the POPs that may be added; shares data with the original
    int64_t begins_ps, acts_ps;
    bool oldest; // some router prefers the oldest route
    struct world *world;
    struct play *plays;
    size_t nplays;
    const char **links; // names of ports
    struct arena arena;
};

// Why there is nothing to try, as a sentence without a full stop; NULL: there is.
const char *playbook_check(const struct scenario *s, const struct playbook_options *o);
// Runs it all. False when processes cannot be started (errno). Free with playbook_free either way.
bool playbook_run(const struct scenario *s, const struct playbook_options *o, struct playbook *out);
void playbook_free(struct playbook *p);

// Indices of the plays that ended well, best first: by `keys`, the first of which counts most, smaller is better; as
// they are listed where all are equal. Figures are rounded before: to a person, 1 Mb/s, a percent, 0.1 ms.
void playbook_rank(const struct playbook *p, const enum play_rank keys[RANK_KEYS], size_t *order,
                   size_t *n);

// --- parts, one file each
bool playbook_is_used(const struct scenario *s, int service); // by traffic or a demand
// plays.c. `published`: at how many POPs the file publishes each service, the first of its list.
void playbook_list(struct playbook *p, const struct playbook_options *o, const int *published);
int playbook_steps(const struct play *play);
void playbook_act(struct playbook *p, const struct play *play, int step); // from 0 on
// play_outcome.c
void playbook_write(const struct playbook *p, const struct results *r, FILE *out);
bool playbook_read(struct playbook *p, size_t index, const char *text);
// People who reach other POPs in the end.
double playbook_moved(const struct playbook *p, const struct play *a, const struct play *b);

#endif
