// SPDX-License-Identifier: GPL-3.0-or-later
// compare: what came out of two routers that were given the same frames.
#ifndef ANYSIM_TESTS_KERNEL_COMPARE_H
#define ANYSIM_TESTS_KERNEL_COMPARE_H

#include <stddef.h>
#include <stdint.h>

struct compare_options {
    const char *in;            // what was sent
    const char *kernel, *core; // what came out
    const char *host;          // what the core gave its host instead; NULL: nothing
    uint64_t seed;             // for messages
};

struct compare_result {
    uint64_t same, deviations, different; // frames sent
    uint64_t errors;                      // ICMP and ICMPv6 errors that were the same
};

// Prints a table and every difference (the first ones in full). False after a message.
int compare(const struct compare_options *o, struct compare_result *r);

// --- what may differ

// Makes what no two routers have alike equal in a frame that came out: the identification of IPv4
// headers that the router wrote itself, flow labels, UDP source ports and GRE sequence numbers of its
// tunnels' headers, the times of its timestamps; and the checksums over them, if they are right.
void normalise(uint8_t *frame, size_t size);

struct pair {
    const uint8_t *in; // frame sent
    size_t in_size;
    unsigned category;
    // Frames that came out, normalised.
    const uint8_t *kernel[16], *core[16];
    size_t kernel_size[16], core_size[16];
    unsigned kernels, cores;
};

struct deviation {
    const char *name, *reason;
    int (*fits)(const struct pair *p);
};
extern const struct deviation deviations[];
extern const unsigned deviations_count;

#endif
