// SPDX-License-Identifier: GPL-3.0-or-later
// fibpeer: DPDK's longest-prefix-match tables behind one small interface, to measure ours
// against and to compare answers with. Without libdpdk-dev fibpeer_start() is false and nothing
// else may be called.
#ifndef ANYSIM_TESTS_FIBPEER_H
#define ANYSIM_TESTS_FIBPEER_H

#include "base/ip.h"
#include "base/ip6.h"

enum fibpeer_kind {
    FIBPEER_FIB,  // rte_fib: DIR24-8, 2-byte entries
    FIBPEER_FIB6, // rte_fib6: trie, 2-byte entries
    FIBPEER_LPM,  // rte_lpm
};

struct fibpeer;

// Once a process; memory comes from ordinary pages.
bool fibpeer_start(void);
void fibpeer_stop(void);

struct fibpeer *fibpeer_new(enum fibpeer_kind kind, uint32_t max_prefixes);
void fibpeer_free(struct fibpeer *p);
// The vector code (AVX-512) if the CPU has it, else the scalar one; false: there is none.
bool fibpeer_vector(struct fibpeer *p, bool on);
size_t fibpeer_bytes(const struct fibpeer *p); // taken from DPDK's heap, prefixes behind included

// Values are 1..32767. False: the table refused it.
bool fibpeer_set(struct fibpeer *p, struct prefix prefix, uint16_t value);
bool fibpeer_set6(struct fibpeer *p, struct prefix6 prefix, uint16_t value);
bool fibpeer_del(struct fibpeer *p, struct prefix prefix);
bool fibpeer_del6(struct fibpeer *p, struct prefix6 prefix);

struct fibpeer_addr6 { // as in a packet
    uint8_t byte[16];
};
struct fibpeer_addr6 fibpeer_addr6(struct ip6_addr a);

// 0 where there is no route.
void fibpeer_lookup(struct fibpeer *p, ip4_addr *dst, uint64_t *values, unsigned n);
void fibpeer_lookup6(struct fibpeer *p, struct fibpeer_addr6 *dst, uint64_t *values, unsigned n);

#endif
