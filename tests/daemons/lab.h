// SPDX-License-Identifier: GPL-3.0-or-later
// lab: the routers of a running network of daemons, asked over their control sockets.
//
// DIR/lab has a line "HOST bird|frr ADJACENCIES" a router, the last for its neighbours in the IGP; the
// sockets are DIR/run/HOST/bird.ctl, and bgpd.vty, ospfd.vty and isisd.vty there. What a router
// answers is turned into one form, a line a prefix, sorted:
//
//     198.18.0.0/24 65001 65003 via 10.240.0.5 from 10.240.0.5 pref 200 med 0
//     198.18.1.0/24 own
#ifndef DAEMONS_LAB_H
#define DAEMONS_LAB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum lab_daemon { LAB_BIRD, LAB_FRR };

// FRR is several programs, each with a socket of its own; BIRD has the first alone.
enum lab_program { LAB_BGP, LAB_OSPF, LAB_ISIS, LAB_PROGRAMS };

struct lab_router {
    char host[128];
    enum lab_daemon daemon;
    int adjacencies;
    int sockets[LAB_PROGRAMS]; // -1: not yet
};

struct lab {
    const char *dir;
    struct lab_router *routers;
    size_t n;
};

bool lab_open(struct lab *l, const char *dir); // false after a message
void lab_close(struct lab *l);

// What a program of the router answers to a command, to be freed. NULL: nothing (yet).
char *lab_ask(struct lab *l, size_t router, enum lab_program program, const char *command);

// The best paths of a router as text in the form above, to be freed. NULL: it does not answer
// (yet), or not in a way that is understood.
char *lab_routes(struct lab *l, size_t router);

// The forms of one table, for lab_routes and for what the simulator expects.
char *bird_routes(const char *answer);
char *frr_routes(const char *answer);
// Of a router in what `anysim export --format routes` printed; NULL: it is not there.
char *expected_routes(const json_t *json, const char *host);

// Lines of text, to be sorted and joined.
struct lines {
    char **v;
    size_t n, cap;
};
void lines_add(struct lines *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *lines_join(struct lines *l); // sorts, and frees what was added

#endif
