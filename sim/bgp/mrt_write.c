// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/mrt.h"

#include <stdlib.h>

#define HEADER_OCTETS 12u
#define US_PER_S      1000000

static bool write_all(FILE *out, const void *octets, size_t n)
{
    return fwrite(octets, 1, n, out) == n;
}

// RFC 6396 §2, §3: with microseconds in the extended types.
static bool write_header(FILE *out, int64_t at_us, enum mrt_type type, unsigned subtype, size_t n)
{
    uint8_t header[HEADER_OCTETS + 4];
    bool extended = type == MRT_BGP4MP_ET;
    struct octets_out o = octets_out(header, sizeof header);
    octets_put(&o, (uint64_t)(at_us / US_PER_S), 4);
    octets_put(&o, type, 2);
    octets_put(&o, subtype, 2);
    octets_put(&o, n + (extended ? 4 : 0), 4);
    if (extended)
        octets_put(&o, (uint64_t)(at_us % US_PER_S), 4);
    return write_all(out, header, octets_written(&o));
}

static void put_address(struct octets_out *o, struct ip6_addr a)
{
    if (ip6_is_ip4(a)) {
        octets_put(o, ip6_to_ip4(a), 4);
        return;
    }
    octets_put(o, a.hi, 8);
    octets_put(o, a.lo, 8);
}

// RFC 6396 §4.4.2, §4.4.4: what messages and changes of state begin with.
static void put_session(struct octets_out *o, const struct mrt_session *s)
{
    octets_put(o, s->peer_asn, 4);
    octets_put(o, s->local_asn, 4);
    octets_put(o, 0, 2); // interface index: none
    octets_put(o, ip6_is_ip4(s->peer) ? BGP_AFI_IP4 : BGP_AFI_IP6, 2);
    put_address(o, s->peer);
    put_address(o, s->local);
}

bool mrt_write_message(FILE *out, int64_t at_us, const struct mrt_session *s, bool add_path,
                       const void *message, size_t octets)
{
    uint8_t head[64];
    struct octets_out o = octets_out(head, sizeof head);
    put_session(&o, s);
    unsigned subtype = add_path ? MRT_MESSAGE_AS4_ADDPATH : MRT_MESSAGE_AS4;
    return write_header(out, at_us, MRT_BGP4MP_ET, subtype, octets_written(&o) + octets) &&
           write_all(out, head, octets_written(&o)) && write_all(out, message, octets);
}

bool mrt_write_state(FILE *out, int64_t at_us, const struct mrt_session *s, unsigned from,
                     unsigned to)
{
    uint8_t body[64];
    struct octets_out o = octets_out(body, sizeof body);
    put_session(&o, s);
    octets_put(&o, from, 2);
    octets_put(&o, to, 2);
    return write_header(out, at_us, MRT_BGP4MP_ET, MRT_STATE_CHANGE_AS4, octets_written(&o)) &&
           write_all(out, body, octets_written(&o));
}

// RFC 6396 §4.3.1: type 2 has a 4-octet AS, type 3 an IPv6 address too.
static void put_peer(struct octets_out *o, const struct mrt_peer *p)
{
    octets_put(o, ip6_is_ip4(p->address) ? 2 : 3, 1);
    octets_put(o, p->id, 4);
    put_address(o, p->address);
    octets_put(o, p->asn, 4);
}

bool mrt_write_peers(FILE *out, int64_t at_us, ip4_addr collector, const char *view,
                     const struct mrt_peer *peers, size_t n)
{
    size_t name = strlen(view), room = 4 + 2 + name + 2 + n * (1 + 4 + 16 + 4);
    uint8_t *body = n <= UINT16_MAX && name <= UINT16_MAX ? malloc(room) : NULL;
    if (!body)
        return false;
    struct octets_out o = octets_out(body, room);
    octets_put(&o, collector, 4);
    octets_put(&o, name, 2);
    octets_copy(&o, view, name);
    octets_put(&o, n, 2);
    for (size_t i = 0; i < n; i++)
        put_peer(&o, &peers[i]);
    bool good =
        write_header(out, at_us, MRT_TABLE_DUMP_V2, MRT_PEER_INDEX_TABLE, octets_written(&o)) &&
        write_all(out, body, octets_written(&o));
    free(body);
    return good;
}

#define ENTRY_OCTETS_MAX 65600u // attributes of up to 65535 octets, and what stands before them

static void put_entry(struct octets_out *o, bool six, bool add_path, const struct mrt_entry *e)
{
    octets_put(o, e->peer, 2);
    octets_put(o, (uint64_t)e->since_s, 4);
    if (add_path)
        octets_put(o, e->path_id, 4);
    uint8_t *length = octets_room(o, 2);
    uint8_t *start = o->at;
    bgp_attributes_write(e->route, e->internal, six, o);
    o->failed = o->failed || o->at - start > UINT16_MAX;
    octets_set_length(o, length, 2);
}

static unsigned rib_subtype(bool six, bool add_path)
{
    if (add_path)
        return six ? MRT_RIB_IP6_UNICAST_ADDPATH : MRT_RIB_IP4_UNICAST_ADDPATH;
    return six ? MRT_RIB_IP6_UNICAST : MRT_RIB_IP4_UNICAST;
}

// Body in memory first: its length stands before it.
bool mrt_write_rib(FILE *out, int64_t at_us, uint32_t sequence, struct prefix6 prefix,
                   bool add_path, const struct mrt_entry *entries, size_t n)
{
    bool six = !(ip6_is_ip4(prefix.addr) && prefix.len >= IP6_MAPPED_BITS), good = n <= UINT16_MAX;
    uint8_t *body = NULL;
    size_t room = 0, used = 0;
    for (size_t i = 0; i <= n && good; i++) {
        if (room < used + ENTRY_OCTETS_MAX) {
            room = 2 * room + ENTRY_OCTETS_MAX;
            uint8_t *more = realloc(body, room);
            good = more != NULL;
            body = good ? more : body;
        }
        if (!good)
            break;
        struct octets_out o = octets_out(body + used, room - used);
        if (i == 0) {
            octets_put(&o, sequence, 4);
            bgp_nlri_write(&o, false, &(struct bgp_nlri){.prefix = prefix});
            octets_put(&o, n, 2);
        } else {
            put_entry(&o, six, add_path, &entries[i - 1]);
        }
        good = !o.failed;
        used += octets_written(&o);
    }
    good = good && write_header(out, at_us, MRT_TABLE_DUMP_V2, rib_subtype(six, add_path), used) &&
           write_all(out, body, used);
    free(body);
    return good;
}
