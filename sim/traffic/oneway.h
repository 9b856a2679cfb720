// SPDX-License-Identifier: GPL-3.0-or-later
// oneway: datagrams to the server, of which nothing comes back: each is a unit, delivered there.
#ifndef ANYSIM_TRAFFIC_ONEWAY_H
#define ANYSIM_TRAFFIC_ONEWAY_H

#include "traffic/server.h"

// Sends the next one, of flow_options.up_bytes, to UDP port `port`.
void oneway_send(struct flow *f, uint16_t port, int64_t now_ps);
void oneway_at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps);

#endif
