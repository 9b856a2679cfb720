// SPDX-License-Identifier: GPL-3.0-or-later
// exchange_parts: what exchange.c and exchange_server.c tell each other. For no one else.
#ifndef ANYSIM_TRAFFIC_EXCHANGE_PARTS_H
#define ANYSIM_TRAFFIC_EXCHANGE_PARTS_H

#include "traffic/exchange.h"

// The answer that the n-th request of a connection asks for; 0: its client has forgotten it.
uint64_t exchange_wanted(const struct exchange *x, uint64_t key, size_t n);
// Where the requests up to the n-th end, in octets; UINT64_MAX: there is no such.
uint64_t exchange_asked_to(const struct exchange *x, uint64_t key, size_t n);
// The client's own key of the connection that it opened with packet `number`; `key`: not known.
uint64_t exchange_opener(const struct exchange *x, uint32_t number, uint64_t key);
void exchange_server_stop(struct exchange_server *s);

#endif
