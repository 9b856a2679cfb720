// SPDX-License-Identifier: GPL-3.0-or-later
// pipe: two ends of a TCP connection over two one-way lines in a time of their own: a rate, a delay, a
// queue, and a function that decides what is lost. Every segment crosses it as packet bytes.
#ifndef ANYSIM_TESTS_TRANSPORT_PIPE_H
#define ANYSIM_TESTS_TRANSPORT_PIPE_H

#include "transport/tcp.h"

#define PIPE_ENDS 8 // of either side

struct pipe;
// What becomes of segment `number` (from 0, of those with octets) that end `from` sends: true: lost.
// It may change the packet.
typedef bool pipe_fn(void *ctx, unsigned from, uint64_t number, const struct segment *s,
                     struct packet *p, int64_t now_ps);

struct pipe_item {
    int64_t at_ps;
    struct packet *packet;
    unsigned to;
};

struct pipe_line { // first in, first out
    struct pipe_item *items;
    size_t head, n, cap; // the first is at `head`; `n` counts from the array's start
};

struct pipe {
    int64_t now_ps, delay_ps; // one way
    int64_t rate_bps;         // of line 0 (clients to servers) and 1, each
    int64_t queue_ps;         // longest wait on a line
    int64_t busy_ps[2];
    uint64_t carried[2]; // bytes on each line
    pipe_fn *lost;
    void *ctx;
    struct tcp ends[2 * PIPE_ENDS]; // even: clients; odd: the server of the one before
    uint64_t sent[2 * PIPE_ENDS];   // segments with octets
    uint64_t drops;
    unsigned pairs;
    struct pipe_line lines[2];
};

// 10 Gbit/s, no queue limit, nothing lost.
void pipe_init(struct pipe *p, int64_t delay_ps);
void pipe_free(struct pipe *p);
// Another pair of ends; its client is to be connected by the caller. Returns the client's index.
unsigned pipe_pair(struct pipe *p, const struct tcp_options *client,
                   const struct tcp_options *server);
// Sends what the ends have to send now.
void pipe_pump(struct pipe *p);
// Runs all that happens up to then.
void pipe_run(struct pipe *p, int64_t until_ps);

#endif
