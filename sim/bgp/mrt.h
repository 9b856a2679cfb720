// SPDX-License-Identifier: GPL-3.0-or-later
// mrt: routing information in files (RFC 6396, RFC 8050 for ADD-PATH), as route collectors publish it:
// messages and changes of state as BGP4MP_ET records with microseconds, tables as TABLE_DUMP_V2.
// Records only: which file they go to, and what a speaker has to say, is the caller's business
// (bgp/dump.h).
#ifndef ANYSIM_BGP_MRT_H
#define ANYSIM_BGP_MRT_H

#include "bgp/codec.h"
#include <stdio.h>

enum mrt_type { MRT_TABLE_DUMP_V2 = 13, MRT_BGP4MP = 16, MRT_BGP4MP_ET = 17 };

enum mrt_table_subtype { // of MRT_TABLE_DUMP_V2
    MRT_PEER_INDEX_TABLE = 1,
    MRT_RIB_IP4_UNICAST = 2,
    MRT_RIB_IP6_UNICAST = 4,
    MRT_RIB_IP4_UNICAST_ADDPATH = 8,
    MRT_RIB_IP6_UNICAST_ADDPATH = 10
};

enum mrt_message_subtype { // of MRT_BGP4MP and MRT_BGP4MP_ET; those with 4-octet ASes
    MRT_MESSAGE_AS4 = 4,
    MRT_STATE_CHANGE_AS4 = 5,
    MRT_MESSAGE_AS4_ADDPATH = 9
};

struct mrt_session { // whose message it is: the peer sent it
    uint32_t peer_asn, local_asn;
    struct ip6_addr peer, local; // both of one family
};

struct mrt_peer { // whose routes a table holds
    uint32_t asn;
    ip4_addr id;
    struct ip6_addr address;
};

struct mrt_entry { // a peer's route to the prefix at hand
    uint16_t peer; // index into the peer table
    uint32_t path_id;
    int64_t since_s;                // when it was learnt, in seconds since 1970
    const struct bgp_update *route; // attributes; nothing else of it counts
    bool internal;                  // the peer speaks iBGP to the collector: LOCAL_PREF is shown
};

// --- Writing. Times are microseconds since 1970, 1970…2106. False when the file takes no more.
bool mrt_write_message(FILE *out, int64_t at_us, const struct mrt_session *s, bool add_path,
                       const void *message, size_t octets);
// States as in RFC 4271 §8.2.2: 1 Idle … 6 Established.
bool mrt_write_state(FILE *out, int64_t at_us, const struct mrt_session *s, unsigned from,
                     unsigned to);
bool mrt_write_peers(FILE *out, int64_t at_us, ip4_addr collector, const char *view,
                     const struct mrt_peer *peers, size_t n);
// `add_path`: with path identifiers. At most UINT16_MAX entries of together less than 4 GB.
bool mrt_write_rib(FILE *out, int64_t at_us, uint32_t sequence, struct prefix6 prefix,
                   bool add_path, const struct mrt_entry *entries, size_t n);

// --- Reading
struct mrt_record {
    int64_t at_us;
    uint16_t type, subtype;
    const uint8_t *octets; // behind the header and the microseconds
    size_t n;
};

struct mrt_reader { // zero-initialise with the file; mrt_reader_free releases the buffer
    FILE *in;
    uint8_t *buffer;
    size_t room;
    uint64_t records;  // read so far
    const char *fault; // static text, or NULL
};

#define MRT_RECORD_OCTETS_MAX (64u << 20) // longer ones are taken for damage

// The next record: 1, good until the next call; 0 at the end; -1 when the file is damaged here.
int mrt_next(struct mrt_reader *r, struct mrt_record *out);
void mrt_reader_free(struct mrt_reader *r);

// What a record of these kinds says; false when it is malformed or of another kind. The message
// points into the record.
bool mrt_read_message(const struct mrt_record *record, struct mrt_session *s, bool *add_path,
                      const uint8_t **message, size_t *octets);
bool mrt_read_state(const struct mrt_record *record, struct mrt_session *s, unsigned *from,
                    unsigned *to);

// A peer index table: `peer` is called for each entry in order.
bool mrt_read_peers(const struct mrt_record *record, void (*peer)(void *ctx, struct mrt_peer p),
                    void *ctx);
// A prefix of a table: `entry` is called for each. Attributes that RFC 7606 would withdraw are left
// out and counted in *bad.
struct mrt_rib {
    uint32_t sequence;
    struct prefix6 prefix;
    unsigned entries, bad;
};
bool mrt_read_rib(const struct mrt_record *record, struct bgp_update *scratch,
                  void (*entry)(void *ctx, const struct mrt_rib *rib, const struct mrt_entry *e),
                  void *ctx, struct mrt_rib *out);

#endif
