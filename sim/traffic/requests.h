// SPDX-License-Identifier: GPL-3.0-or-later
// requests: what kinds that only ask at a rhythm have in common. Each request is a unit; the server
// answers it after its time (flow_options.server_ps), or the forwarding core does (ICMP echo).
#ifndef ANYSIM_TRAFFIC_REQUESTS_H
#define ANYSIM_TRAFFIC_REQUESTS_H

#include "traffic/server.h"

// Writes a request into `p`; the kind's part of requests_start and requests_wake.
typedef void requests_fn(const struct flow *f, uint32_t seq, int64_t now_ps, struct packet *p);

// Sends the next request, and wakes the flow for the one after it, an interval later.
void requests_tick(struct flow *f, int64_t now_ps, requests_fn *write);
void requests_at_client(struct flow *f, struct packet *p, int64_t now_ps);
// Keeps the request until the server is ready: `server_wake` gets it as `arg`. A full server loses it.
void requests_at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps);

// Sends the answer that `write` makes of the request `arg`.
void requests_answer(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps,
                     requests_fn *write);

#endif
