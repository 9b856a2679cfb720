// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/mrt.h"

#include <stdlib.h>

#define HEADER_OCTETS 12u
#define PIECE_OCTETS  65536u
#define US_PER_S      INT64_C(1000000)

static int damaged(struct mrt_reader *r, const char *why)
{
    r->fault = why;
    return -1;
}

static bool grow(struct mrt_reader *r, size_t n)
{
    if (n <= r->room)
        return true;
    size_t room = 2 * r->room > n ? 2 * r->room : n;
    uint8_t *more = realloc(r->buffer, room);
    if (!more)
        return false;
    r->buffer = more;
    r->room = room;
    return true;
}

// Memory grows with what the file really holds, not with what its length says.
static bool read_body(struct mrt_reader *r, size_t n)
{
    size_t got = 0;
    while (got < n) {
        size_t want = got + PIECE_OCTETS < n ? got + PIECE_OCTETS : n;
        if (!grow(r, want) || fread(r->buffer + got, 1, want - got, r->in) != want - got)
            return false;
        got = want;
    }
    return true;
}

int mrt_next(struct mrt_reader *r, struct mrt_record *out)
{
    uint8_t header[HEADER_OCTETS];
    if (r->fault)
        return -1;
    size_t got = fread(header, 1, sizeof header, r->in);
    if (got == 0 && feof(r->in))
        return 0;
    if (got < sizeof header)
        return damaged(r, "the file ends within a record's header");
    struct octets_in in = octets_in(header, sizeof header);
    *out = (struct mrt_record){.at_us = octets_get32(&in) * US_PER_S};
    out->type = octets_get16(&in);
    out->subtype = octets_get16(&in);
    out->n = octets_get32(&in);
    if (out->n > MRT_RECORD_OCTETS_MAX)
        return damaged(r, "a record is longer than any could be");
    if (!read_body(r, out->n))
        return damaged(r, "the file ends within a record");
    out->octets = r->buffer;
    r->records++;
    if (out->type != MRT_BGP4MP_ET)
        return 1;
    in = octets_in(out->octets, out->n);
    uint32_t us = octets_get32(&in);
    if (in.failed || us >= US_PER_S)
        return damaged(r, "an extended record without its microseconds");
    out->at_us += us;
    out->octets += 4;
    out->n -= 4;
    return 1;
}

void mrt_reader_free(struct mrt_reader *r)
{
    free(r->buffer);
    r->buffer = NULL;
    r->room = 0;
}

static struct ip6_addr get_address(struct octets_in *in, bool six)
{
    if (!six)
        return ip6_from_ip4(octets_get32(in));
    uint64_t hi = octets_get(in, 8);
    return (struct ip6_addr){hi, octets_get(in, 8)};
}

static bool get_session(struct octets_in *in, struct mrt_session *s)
{
    s->peer_asn = octets_get32(in);
    s->local_asn = octets_get32(in);
    octets_get16(in);
    unsigned afi = octets_get16(in);
    s->peer = get_address(in, afi == BGP_AFI_IP6);
    s->local = get_address(in, afi == BGP_AFI_IP6);
    return !in->failed && (afi == BGP_AFI_IP4 || afi == BGP_AFI_IP6);
}

static bool is_bgp4mp(const struct mrt_record *r)
{
    return r->type == MRT_BGP4MP || r->type == MRT_BGP4MP_ET;
}

bool mrt_read_message(const struct mrt_record *record, struct mrt_session *s, bool *add_path,
                      const uint8_t **message, size_t *octets)
{
    struct octets_in in = octets_in(record->octets, record->n);
    *add_path = record->subtype == MRT_MESSAGE_AS4_ADDPATH;
    if (!is_bgp4mp(record) || (record->subtype != MRT_MESSAGE_AS4 && !*add_path) ||
        !get_session(&in, s))
        return false;
    *octets = octets_left(&in);
    *message = in.at;
    return true;
}

bool mrt_read_state(const struct mrt_record *record, struct mrt_session *s, unsigned *from,
                    unsigned *to)
{
    struct octets_in in = octets_in(record->octets, record->n);
    if (!is_bgp4mp(record) || record->subtype != MRT_STATE_CHANGE_AS4 || !get_session(&in, s))
        return false;
    *from = octets_get16(&in);
    *to = octets_get16(&in);
    return !in.failed && *from >= 1 && *from <= 6 && *to >= 1 && *to <= 6;
}

bool mrt_read_peers(const struct mrt_record *record, void (*peer)(void *ctx, struct mrt_peer p),
                    void *ctx)
{
    struct octets_in in = octets_in(record->octets, record->n);
    if (record->type != MRT_TABLE_DUMP_V2 || record->subtype != MRT_PEER_INDEX_TABLE)
        return false;
    octets_get32(&in);
    octets_take(&in, octets_get16(&in));
    for (unsigned n = octets_get16(&in); n > 0 && !in.failed; n--) {
        struct mrt_peer p;
        unsigned type = octets_get8(&in);
        p.id = octets_get32(&in);
        p.address = get_address(&in, type & 1);
        p.asn = (uint32_t)octets_get(&in, type & 2 ? 4 : 2);
        if (!in.failed)
            peer(ctx, p);
    }
    return !in.failed;
}

static bool rib_kind(const struct mrt_record *r, enum bgp_afi *afi, bool *add_path)
{
    *afi = r->subtype == MRT_RIB_IP4_UNICAST || r->subtype == MRT_RIB_IP4_UNICAST_ADDPATH
               ? BGP_AFI_IP4
               : BGP_AFI_IP6;
    *add_path = r->subtype >= MRT_RIB_IP4_UNICAST_ADDPATH;
    return r->type == MRT_TABLE_DUMP_V2 &&
           (r->subtype == MRT_RIB_IP4_UNICAST || r->subtype == MRT_RIB_IP6_UNICAST ||
            r->subtype == MRT_RIB_IP4_UNICAST_ADDPATH || r->subtype == MRT_RIB_IP6_UNICAST_ADDPATH);
}

bool mrt_read_rib(const struct mrt_record *record, struct bgp_update *scratch,
                  void (*entry)(void *ctx, const struct mrt_rib *rib, const struct mrt_entry *e),
                  void *ctx, struct mrt_rib *out)
{
    struct octets_in in = octets_in(record->octets, record->n);
    struct bgp_nlri nlri;
    enum bgp_afi afi;
    bool add_path;
    if (!rib_kind(record, &afi, &add_path))
        return false;
    *out = (struct mrt_rib){.sequence = octets_get32(&in)};
    if (!bgp_nlri_read(&in, afi, false, &nlri))
        return false;
    out->prefix = nlri.prefix;
    out->entries = octets_get16(&in);
    for (unsigned i = 0; i < out->entries && !in.failed; i++) {
        struct mrt_entry e = {.route = scratch};
        e.peer = octets_get16(&in);
        e.since_s = octets_get32(&in);
        e.path_id = add_path ? octets_get32(&in) : 0;
        struct octets_in attributes = octets_part(&in, octets_get16(&in));
        if (in.failed)
            break;
        if (bgp_attributes_read(attributes.at, octets_left(&attributes), scratch))
            entry(ctx, out, &e);
        else
            out->bad++;
    }
    return !in.failed;
}
