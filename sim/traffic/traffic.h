// SPDX-License-Identifier: GPL-3.0-or-later
// traffic: flows of requests and answers between client hosts and services.
//
// A flow joins one client group to one service. Its requests leave at a constant rate with a random
// phase; whoever has the service's address answers each. The flow stands for `weight` users who do
// the same, whose volume loads the links as demand (net/fluid.h). What happens to each request is
// told through `struct traffic_hooks`, request by request: sent, then answered or lost (or neither,
// when the run ends before).
//
// A kind of traffic is one file that defines a `struct traffic_kind_ops`, and one
// line in traffic/kinds.c.
#ifndef ANYSIM_TRAFFIC_TRAFFIC_H
#define ANYSIM_TRAFFIC_TRAFFIC_H

#include "net/net.h"

struct traffic_run;
struct flow;

struct traffic_kind_ops {
    const char *name; // as in the scenario file
    // Writes the request into `p` (whole datagram; flow, seq, kind and weight are set already).
    void (*request)(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p);
    // Turns the request `p`, delivered at the service's host, into the answer. NULL: the forwarding
    // core answers by itself (ICMP echo).
    void (*answer)(const struct flow *f, int64_t now_ps, struct packet *p);
};

extern const struct traffic_kind_ops traffic_game, traffic_ping;
// By the scenario's kind number, in the order of enum traffic_kind.
const struct traffic_kind_ops *traffic_kind_at(unsigned kind);

struct flow_options {
    const struct traffic_kind_ops *ops;
    uint32_t client_node;
    ip4_addr client, server;
    int64_t start_ps, stop_ps; // requests leave in [start, stop), absolute time
    int64_t interval_ps;
    int64_t server_ps; // from the arrival of a request to its answer
    uint32_t up_bytes, down_bytes;
    uint32_t weight;
};

struct flow {
    struct entity entity; // must stay first
    struct traffic_run *traffic;
    struct flow_options is;
    uint32_t index;
    int64_t first_ps; // when request 0 leaves; request n leaves n intervals later
    uint32_t seq;     // next request
    uint16_t port;    // the client's
    bool traced;      // following packets are traced (net_hooks.hop)
};

struct traffic_hooks {
    void *ctx;
    void (*sent)(void *ctx, const struct flow *f, uint32_t seq);
    void (*answered)(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p);
    // `port`: the port that dropped it, UINT32_MAX when a node did.
    void (*lost)(void *ctx, const struct flow *f, uint32_t seq, const struct packet *p,
                 enum fwd_drop reason, uint32_t port);
    void (*hop)(void *ctx, const struct flow *f, uint32_t node, const struct packet *p);
};

enum { // packet->kind, without PACKET_TRACED
    TRAFFIC_NONE,
    TRAFFIC_REQUEST,
    TRAFFIC_ANSWER
};

// Takes over the net's hooks.
struct traffic_run *traffic_new(struct sim *sim, struct net *net,
                                const struct traffic_hooks *hooks);
void traffic_free(struct traffic_run *t);

// A host that answers for services at `node`; `entry` marks answered packets that no EIP stage
// marked: the address of the site.
void traffic_add_server(struct traffic_run *t, uint32_t node, ip4_addr entry);
// `name` names the random stream of its phase. The flow's index is dense, in order of calls.
struct flow *traffic_add_flow(struct traffic_run *t, const char *name,
                              const struct flow_options *o);

uint32_t traffic_flows(const struct traffic_run *t);
struct flow *traffic_flow(const struct traffic_run *t, uint32_t index);
// One request at once, outside the flow's rhythm (for explanations). Its seq is UINT32_MAX.
void traffic_probe(struct flow *f);

static inline int64_t flow_sent_ps(const struct flow *f, uint32_t seq)
{
    return f->first_ps + (int64_t)seq * f->is.interval_ps;
}
// Requests that the flow sends in its life.
uint32_t flow_requests(const struct flow *f);

#endif
