// SPDX-License-Identifier: GPL-3.0-or-later
// line: a client and two hosts of one service, each at the end of a line of its own; the client's
// packets go to one of them. What the traffic tells is written down.
#ifndef ANYSIM_TESTS_TRAFFIC_LINE_H
#define ANYSIM_TESTS_TRAFFIC_LINE_H

#include "base/vec.h"
#include "traffic/flow.h"

#define LINE_CLIENT IP4(100, 64, 0, 1)
#define LINE_SERVER IP4(203, 0, 113, 1)
#define LINE_ENTRY  IP4(10, 1, 0, 1) // of the first host; the second's is one more
#define LINE_DELAY  (5 * PS_PER_MS)

struct line_unit {
    uint32_t flow, seq;
    int64_t sent_ps, ended_ps;
    enum { LINE_OPEN, LINE_ANSWERED, LINE_DELIVERED, LINE_LOST } end;
    enum fwd_drop reason;
    ip4_addr entry;
};

struct line_packet {
    enum traffic_direction d;
    int64_t sent_ps, received_ps;
    uint32_t length;
};

struct line_break {
    enum traffic_break why;
    int64_t at_ps;
};

struct line {
    struct sim *sim;
    struct net *net;
    struct traffic_run *traffic;
    uint32_t links[2];
    VEC(struct line_unit) units;        // in order of sending
    VEC(struct line_packet) packets;    // received
    VEC(struct traffic_object) objects; // ended
    VEC(struct line_break) breaks;
    int begun;     // objects
    int counts[4]; // of units, by their end
};

// Lines of 8 Tb/s: only their delay counts, a byte takes a picosecond.
void line_begin(struct line *l);
void line_end(struct line *l); // stops the traffic, checks conservation, frees

// 10 s to 20 s, every 100 ms, 100 bytes up and 240 down, timeout 2 s.
struct flow_options line_options(const struct traffic_kind_ops *ops,
                                 const union traffic_options *options);
void line_to(struct line *l, int host); // the client's packets go to host 0 or 1 from now on
void line_run(struct line *l, int64_t until_ps);
void line_stop(struct line *l); // traffic_stop, and the counts
// Of the units of one flow in order of sending; for flow 0.
const struct line_unit *line_unit(const struct line *l, uint32_t seq);

#endif
