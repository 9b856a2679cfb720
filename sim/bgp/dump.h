// SPDX-License-Identifier: GPL-3.0-or-later
// dump: what speakers of a simulation say and hold, as MRT records (bgp/mrt.h), for tools that read
// route collectors' files.
//
// A message is dumped as its receiver hears it: the peer is who sent it. A table is dumped as a
// collector would have it that every speaker tells its best paths, as it holds them (LOCAL_PREF
// included): a speaker is a peer, with its identifier for an address.
#ifndef ANYSIM_BGP_DUMP_H
#define ANYSIM_BGP_DUMP_H

#include "bgp/bgp.h"
#include "bgp/codec.h"
#include "bgp/message.h"
#include "bgp/peer.h"
#include <stdio.h>

// An UPDATE as the octets that would travel.
void bgp_dump_update(const struct bgp_peer *heard_by, const struct bgp_message *m,
                     struct bgp_update *out);

// Writes an UPDATE or a NOTIFICATION that `heard_by` hears at `at_us` (microseconds since 1970); other
// messages are left out. False when the file takes no more.
bool bgp_dump_heard(const struct bgp_peer *heard_by, const struct bgp_message *m, int64_t at_us,
                    struct bgp_update *scratch, FILE *out);

// Writes the peer table and every speaker's best path to every prefix, as of now, which is `at_us`.
bool bgp_dump_tables(const struct bgp *b, const char *view, int64_t at_us, FILE *out);

#endif
