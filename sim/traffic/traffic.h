// SPDX-License-Identifier: GPL-3.0-or-later
// traffic: flows between client hosts and services, and what is told about them.
//
// A flow joins one client group to one service. What it sends is the business of its *kind*: a
// table of hooks and the size of its state, one file and one line in traffic/kinds.c. The flow
// stands for `weight` users who do the same, whose volume loads the links (net/fluid.h).
//
// A kind tells what happens in the units that users feel (struct traffic_hooks):
//   units     requests, datagrams, frames, attempts, numbered in order of their sending. Each is
//             answered (a round trip), delivered (one way), or lost; or its end is never known;
//   packets   one way, told by the framework itself: direction, number in that direction, times;
//   objects   a download, a look-up, a call: begun, and ended in some way;
//   breaks    the flow itself broke: it was reset, or it timed out.
// What becomes of a packet is not what becomes of its unit: a kind that repeats what was lost has a
// `dropped` hook of its own; without one a unit dies with its packet.
//
// packet->seq is the kind's number of the packet, unique in its direction while it is under way; of
// kinds without repetition it is the unit. TRAFFIC_PROBE marks a probe.
#ifndef ANYSIM_TRAFFIC_TRAFFIC_H
#define ANYSIM_TRAFFIC_TRAFFIC_H

#include "net/net.h"
#include "scenario/traffic_options.h"

struct traffic_run;
struct traffic_server; // a host that answers; see traffic/server.h
struct flow;           // see traffic/flow.h

#define TRAFFIC_PROBE UINT32_MAX // packet->seq and unit of a probe

// All times are absolute. Only `name` and `start` are needed: what is NULL is not called, and a
// packet that nobody takes is given back.
struct traffic_kind_ops {
    const char *name; // as in the scenario file
    // Its packets are load and nobody's experience: nothing is told of them, they have no units.
    bool hostile;
    // Neither is it an attack: its packets are told to nobody at all. With `hostile`.
    bool unseen;
    bool reflected; // hostile: what strikes the service are the answers, not what bots send
    // It wants to see the copies of packets that were duplicated on their way; else the first copy
    // that arrives, or is dropped, speaks for all.
    bool takes_copies;
    size_t client_size; // state of a flow, zeroed: flow->state
    size_t server_size; // at each server host that its packets reach, zeroed: traffic_server_state
    // Its time has come: first_ps. Also the first call of the kind for this flow.
    void (*start)(struct flow *f, int64_t now_ps);
    // flow_wake asked for it. Not called before `start`.
    void (*wake)(struct flow *f, uint64_t arg, int64_t now_ps);
    // A packet reached the client's host. The kind owns it: flow_give, or send it on.
    void (*at_client)(struct flow *f, struct packet *p, int64_t now_ps);
    // The same at a server host: owned too.
    void (*at_server)(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps);
    // traffic_server_wake asked for it.
    void (*server_wake)(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps);
    // A packet of the flow is dropped; NULL: the unit packet->seq is lost.
    void (*dropped)(struct flow *f, const struct packet *p, enum fwd_drop reason, uint32_t port,
                    int64_t now_ps);
    // Writes a probe into `p`, to be answered by the service; NULL: an ICMP echo request.
    void (*probe)(struct flow *f, int64_t now_ps, struct packet *p);
    // The measured time and its drain are over: tells what is still open, frees what it holds.
    // Called once for a flow that has started.
    void (*stop)(struct flow *f, int64_t now_ps);
};

// By the scenario's kind number, in the order of enum traffic_kind; NULL behind the last.
const struct traffic_kind_ops *traffic_kind_at(unsigned kind);

struct flow_reflectors { // open servers that others are made to ask; by their shares of people
    uint32_t n;
    struct {
        double up_to; // this one's share and those before, 0 … 1
        ip4_addr address;
    } v[];
};

// A service that has many addresses, of which each user holds one (DNS).
struct flow_names {
    void *ctx;
    // The address that a user has, a number in [0, 1), who begins an exchange now; 0: none.
    ip4_addr (*resolve)(void *ctx, const struct flow *f, double user);
    // A unit is sent to (or by) `address`, 0: nowhere. Not told of hostile kinds.
    void (*sent)(void *ctx, const struct flow *f, ip4_addr address);
};

struct service_backlog; // scenario/service.h

struct flow_options {
    const struct traffic_kind_ops *ops;
    uint32_t client_node;
    ip4_addr client, server;        // `server`: with names that of the newest exchange
    const struct flow_names *names; // or NULL: `server` is the one address; must outlive the flow
    ip4_addr fallback;              // another service's address, for kinds that turn to one; or 0
    struct prefix target;           // the service's prefix
    const struct flow_reflectors *reflectors; // for traffic_reflection; else NULL
    int64_t epoch_ps;                         // the scenario's 0
    int64_t start_ps, stop_ps; // nothing new begins outside [start, stop), absolute time
    int64_t interval_ps; // between units, nominally; the start is spread evenly over one interval
    int64_t server_ps;   // from the arrival of a request to its answer
    int64_t timeout_ps;  // what arrives later is lost; who hears nothing for so long gives up
    uint32_t up_bytes, down_bytes; // IP datagrams
    uint32_t weight;
    uint8_t dscp;                          // of its packets, both ways
    const struct service_backlog *backlog; // of the service's hosts; NULL: it has room for all
    const union traffic_options *options;  // of its kind, see scenario/traffic_options.h; or NULL
};

enum traffic_direction { TRAFFIC_TO_SERVER, TRAFFIC_TO_CLIENT, TRAFFIC_DIRECTIONS };

enum { // packet->kind, without PACKET_TRACED
    TRAFFIC_NONE,
    TRAFFIC_UP,  // from the client
    TRAFFIC_DOWN // from a server
};

enum traffic_end { // of an object
    TRAFFIC_END_OK,
    TRAFFIC_END_RESET,
    TRAFFIC_END_TIMEOUT,
    TRAFFIC_END_UNFINISHED // at the end of the run
};

struct traffic_object {
    uint32_t number; // 0, 1, 2 … in its flow
    enum traffic_end end;
    int64_t begun_ps, ended_ps;
    uint64_t octets;    // of payload, that reached who asked for them
    double score;       // the kind's own figure: MOS of a call, mean bit/s of a video; NaN: none
    int64_t stalled_ps; // of a video: how long the picture stood still
    uint32_t stalls;    // and how often
};

enum traffic_break { TRAFFIC_BREAK_RESET, TRAFFIC_BREAK_TIMEOUT, TRAFFIC_BREAKS };

// A packet of an attack on its way to the service that it is aimed at.
enum traffic_strike_end {
    TRAFFIC_STRIKE_SENT,
    TRAFFIC_STRIKE_ABSORBED, // a host has taken it
    TRAFFIC_STRIKE_REFUSED,  // a host had no place for it (traffic/backlog.h)
    TRAFFIC_STRIKE_DROPPED
};

struct traffic_strike {
    enum traffic_strike_end end;
    uint32_t node, port;  // where; port UINT32_MAX: no port's doing
    enum fwd_drop reason; // DROPPED
    ip4_addr entry;       // the POP by which it came in, as far as it got there; else 0
    const struct packet *packet;
};

// Any of them may be NULL. They are told at the time at which it happens (sim_now), except that
// sent_ps of a packet received is when it was sent.
struct traffic_hooks {
    void *ctx;
    // Unit `seq` is sent now; units come in order, without gaps.
    void (*sent)(void *ctx, const struct flow *f, uint32_t seq);
    // Its answer arrives. `p`: for the POP of entry.
    void (*answered)(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p);
    // It arrives, and that is all that its sender wanted.
    void (*delivered)(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p);
    // `p`: the packet that was dropped; NULL: the kind gave the unit up, for the reason that it saw
    // last. `port`: the port that dropped it, UINT32_MAX when a node did.
    void (*lost)(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p,
                 enum fwd_drop reason, uint32_t port);
    void (*packet_sent)(void *ctx, const struct flow *f, enum traffic_direction d, uint32_t number,
                        const struct packet *p);
    // More than once for a packet that was duplicated on its way.
    void (*packet_received)(void *ctx, const struct flow *f, enum traffic_direction d,
                            uint32_t number, int64_t sent_ps, const struct packet *p);
    void (*object_begun)(void *ctx, const struct flow *f, uint32_t number);
    void (*object_ended)(void *ctx, const struct flow *f, const struct traffic_object *o);
    void (*broken)(void *ctx, const struct flow *f, enum traffic_break why);
    void (*struck)(void *ctx, const struct flow *f, const struct traffic_strike *s);
    // A host with a backlog was asked to open a connection; `refused`: it had no place.
    void (*opening)(void *ctx, const struct flow *f, const struct packet *p, bool refused);
    // A traced packet at a node.
    void (*hop)(void *ctx, const struct flow *f, uint32_t node, const struct packet *p);
};

// Who counts packets, those of hostile kinds as well and whatever flow they are of, if any. What is NULL
// is not called.
struct traffic_watch {
    void *ctx;
    // A server's host sends it to its client now; p->entry says by which POP.
    void (*begun)(void *ctx, uint32_t node, const struct packet *p);
    // It is delivered to a host (FWD_DROP_NONE) or dropped. At a server's host p->entry is set.
    void (*ended)(void *ctx, uint32_t node, const struct packet *p, enum fwd_drop reason);
    // The core at `node` turned a request into its answer, which is on its way: an end and a begin.
    void (*turned)(void *ctx, uint32_t node, const struct packet *p);
};

// Takes over the net's hooks.
struct traffic_run *traffic_new(struct sim *sim, struct net *net,
                                const struct traffic_hooks *hooks);
// Ends every flow (traffic_kind_ops.stop), once; whoever forgets has traffic_free do it.
void traffic_stop(struct traffic_run *t);
void traffic_free(struct traffic_run *t);

void traffic_set_watch(struct traffic_run *t, const struct traffic_watch *w);

// A host that answers for services at `node`; `entry` marks answered packets that no EIP stage
// marked: the address of the site.
void traffic_add_server(struct traffic_run *t, uint32_t node, ip4_addr entry);
// What a server can do; without a word it answers everything in the time that the flow says.
struct traffic_capacity {
    const char *name;     // names its random stream
    int64_t requests_uhz; // served in a second, in millionths; 0: as many as come
    int64_t service_ps; // from the begin of a request's service to its answer; -1: as the flow says
    int64_t queue;      // requests that wait at most
};
// Of a server that was added, once.
void traffic_limit_server(struct traffic_run *t, uint32_t node, const struct traffic_capacity *c);
// `name` names its random streams. The flow's index is dense, in order of calls.
struct flow *traffic_add_flow(struct traffic_run *t, const char *name,
                              const struct flow_options *o);

uint32_t traffic_flows(const struct traffic_run *t);
struct flow *traffic_flow(const struct traffic_run *t, uint32_t index);
// One request at once, outside the flow's rhythm (for explanations), traced. Its unit is
// TRAFFIC_PROBE, which nobody is told of as sent.
void traffic_probe(struct flow *f);

#endif
