// SPDX-License-Identifier: GPL-3.0-or-later
// server: a host that answers for services, as a kind of traffic sees it.
//
// A service may have many hosts, and a flow may come to another one after a change of routes: what
// a kind keeps at a host (traffic_server_state) is of that host only, as in the real world.
#ifndef ANYSIM_TRAFFIC_SERVER_H
#define ANYSIM_TRAFFIC_SERVER_H

#include "traffic/flow.h"

// The flow's state there, ops->server_size bytes, zeroed when a packet of it comes for the first
// time. It does not move and lives as long as the flow.
void *traffic_server_state(struct traffic_server *s, struct flow *f);

// A request of the flow is here whole (kinds whose servers answer requests ask this, the others do
// not): when its answer may leave, the wait for its turn included. False: the server is full, and the
// request is not answered (FWD_DROP_SERVER_FULL).
bool traffic_server_begin(struct traffic_server *s, const struct flow *f, int64_t now_ps,
                          int64_t *ready_ps);
// The same of a request that a full server leaves unread until it has time, on a connection that it has.
int64_t traffic_server_wait(struct traffic_server *s, const struct flow *f, int64_t now_ps);

// Sends to the client from this host: whole datagram, p->seq set. p->entry: the POP by which what
// is answered came in; 0: that of the flow's last packet here.
void traffic_server_send(struct traffic_server *s, struct flow *f, struct packet *p);

// ops->server_wake(f, s, arg) at `at_ps`.
void traffic_server_wake(struct traffic_server *s, struct flow *f, int64_t at_ps, uint64_t arg);

#endif
