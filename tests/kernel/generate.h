// SPDX-License-Identifier: GPL-3.0-or-later
// generate: packets of every kind that a router may meet, each from its seed and number alone.
#ifndef ANYSIM_TESTS_KERNEL_GENERATE_H
#define ANYSIM_TESTS_KERNEL_GENERATE_H

#include "kernel/draft.h"
#include "kernel/world.h"

// One packet in the making.
struct make {
    struct dice dice;
    uint32_t number;
    struct draft draft;
    uint32_t padding; // bytes of link-layer padding behind it
};

struct generate_options {
    uint64_t seed;
    uint32_t count;
    uint32_t only;      // number of the only packet wanted; 0: all
    bool with[KINDS];   // kinds of tunnels that are there
    const char *folder; // of captures to rewrite; NULL: none
    const char *out;
};

// Writes the file. The number of packets, or -1 after a message.
int64_t generate(const struct generate_options *o);

// Makers of categories. `transit`: any sort of packet that is good to be forwarded.
void make_plain4(struct make *m, unsigned category);
void make_plain6(struct make *m, unsigned category);
void make_encap(struct make *m, enum world_kind kind);
void make_decap(struct make *m, enum world_kind kind);

// What they share.
struct draft_ip make_ip4(struct make *m); // from the packet's number to somewhere behind dst
struct draft_ip make_ip6(struct make *m);
// Payload and upper header of an ordinary kind, and the IP header; `size` is about the whole.
void make_body(struct make *m, struct draft_ip *ip, uint32_t size);
uint32_t make_size(struct make *m, uint32_t least);
struct ip6_addr make_source4(const struct make *m);
struct ip6_addr make_source6(const struct make *m);

// Reads captures and gives their datagrams test addresses. Calls `take` with each; the number of
// captures read, or -1 after a message.
typedef void rewrite_take(void *ctx, const uint8_t *datagram, uint32_t size);
int rewrite(const char *folder, uint32_t first_number, rewrite_take *take, void *ctx);

#endif
