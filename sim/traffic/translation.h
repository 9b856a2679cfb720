// SPDX-License-Identifier: GPL-3.0-or-later
// translation: who a client is at a server host when a POP has put its own address and a port in place of
// the client's (fwd/nat.h). A server knows nobody else: it answers whoever a datagram says it is from.
// For UDP, whose kinds write answers to the client that they mean; streams keep the peer's address
// themselves.
#ifndef ANYSIM_TRAFFIC_TRANSLATION_H
#define ANYSIM_TRAFFIC_TRANSLATION_H

#include "base/vec.h"
#include "fwd/packet.h"

struct translation_end {
    uint16_t port;    // the client's
    uint16_t as_port; // the one that was put in its place,
    ip4_addr as;      // and the address
};
struct translation { // zeroed: nobody is translated
    VEC(struct translation_end) ends;
};

// A packet of a flow of `client`, with that port, has come.
void translation_learn(struct translation *t, const struct packet *p, ip4_addr client,
                       uint16_t port);
// An answer is about to leave: to whom the client is here.
void translation_apply(const struct translation *t, struct packet *p);
void translation_free(struct translation *t);

#endif
