// SPDX-License-Identifier: GPL-3.0-or-later
// bgpd: a BGP daemon with full tables from several peers, to measure ours against. The daemon listens
// on a loopback address and a port of its own; the peers are TCP connections of this process, which
// send UPDATEs in octets and throw away what they hear. BIRD touches no kernel table, as it has no
// protocol for that.
#ifndef ANYSIM_TESTS_BENCH_BGPD_H
#define ANYSIM_TESTS_BENCH_BGPD_H

#include <stdbool.h>
#include <stdint.h>

struct bgpd_figures {
    double load_s;  // CPU seconds of the daemon, all threads
    double loss_s;  // after a peer closed its connection
    double bytes;   // by which its resident memory grew
    uint64_t heard; // octets that it told the peers
};

// False: it is not installed, or did not do it in time; prints why.
bool bgpd_bird(uint32_t peers, uint32_t prefixes, struct bgpd_figures *out);
bool bgpd_gobgp(uint32_t peers, uint32_t prefixes, struct bgpd_figures *out);

#endif
