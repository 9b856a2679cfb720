// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/dump.h"

#include "bgp/codec_message.h"
#include "bgp/instance.h"
#include "bgp/mrt.h"

static struct prefix6 prefix_at(const struct bgp *b, uint32_t index)
{
    return prefix6_from_prefix(b->prefixes.v.v[index]);
}

void bgp_dump_update(const struct bgp_peer *heard_by, const struct bgp_message *m,
                     struct bgp_update *out)
{
    const struct bgp *b = heard_by->speaker->bgp;
    uint32_t withdrawn = m->update.nwithdrawn, n = withdrawn + m->update.nannounced;
    const uint32_t *ids = m->update.paths ? m->prefixes + n : NULL;
    bgp_update_clear(out);
    for (uint32_t i = 0; i < n; i++) {
        struct bgp_nlri nlri = {prefix_at(b, m->prefixes[i]), ids ? ids[i] : 0};
        if (i < withdrawn)
            vec_push(&out->withdrawn, nlri);
        else
            vec_push(&out->announced, nlri);
    }
    if (m->update.attr)
        bgp_draft_load(&out->draft, m->update.attr);
}

bool bgp_dump_heard(const struct bgp_peer *heard_by, const struct bgp_message *m, int64_t at_us,
                    struct bgp_update *scratch, FILE *out)
{
    uint8_t octets[BGP_EXTENDED_OCTETS];
    const struct bgp_peer *from = heard_by->remote;
    if (m->kind != BGP_MSG_UPDATE && m->kind != BGP_MSG_NOTIFICATION)
        return true;
    const struct bgp_codec c = {.ibgp = bgp_peer_is_ibgp(heard_by),
                                .four_octet_as = true,
                                .add_path4 = m->kind == BGP_MSG_UPDATE && m->update.paths,
                                .extended_messages = true};
    const struct mrt_session s = {from->speaker->is.asn, heard_by->speaker->is.asn,
                                  ip6_from_ip4(heard_by->remote_addr),
                                  ip6_from_ip4(heard_by->is.address)};
    if (m->kind == BGP_MSG_NOTIFICATION) {
        size_t length = bgp_notification_encode(&m->notification, octets, sizeof octets);
        return length > 0 && mrt_write_message(out, at_us, &s, false, octets, length);
    }
    bgp_dump_update(heard_by, m, scratch);
    size_t n = bgp_update_encode(&c, scratch, octets, sizeof octets);
    return n > 0 && mrt_write_message(out, at_us, &s, m->update.paths, octets, n);
}

static bool write_peers(const struct bgp *b, const char *view, int64_t at_us, FILE *out)
{
    struct mrt_peer *peers = xcalloc(b->speakers.n + 1, sizeof *peers);
    for (size_t i = 0; i < b->speakers.n; i++) {
        const struct bgp_speaker *s = b->speakers.v[i];
        peers[i] = (struct mrt_peer){s->is.asn, s->is.id, ip6_from_ip4(s->is.id)};
    }
    bool good = mrt_write_peers(out, at_us, 0, view, peers, b->speakers.n);
    free(peers);
    return good;
}

// Seconds since 1970 when a route was learnt; one of before 1970 is of 1970.
static int64_t since_s(const struct bgp *b, const struct bgp_route *r, int64_t at_us)
{
    int64_t us = at_us - (sim_now(b->sim) - r->since_ps) / PS_PER_US;
    return us > 0 ? us / 1000000 : 0;
}

// One prefix at all speakers. `updates`: scratch, one for each of them.
static bool write_prefix(const struct bgp *b, uint32_t prefix, uint32_t sequence, int64_t at_us,
                         struct bgp_update *updates, struct mrt_entry *entries, FILE *out)
{
    uint16_t n = 0;
    for (size_t i = 0; i < b->speakers.n; i++) {
        const struct bgp_route *best =
            bgp_best(b, b->speakers.v[i]->router, b->prefixes.v.v[prefix]);
        if (!best)
            continue;
        bgp_update_clear(&updates[n]);
        bgp_draft_load(&updates[n].draft, best->attr);
        entries[n] = (struct mrt_entry){.peer = (uint16_t)i,
                                        .since_s = since_s(b, best, at_us),
                                        .route = &updates[n],
                                        .internal = true};
        n++;
    }
    return n == 0 || mrt_write_rib(out, at_us, sequence, prefix_at(b, prefix), false, entries, n);
}

bool bgp_dump_tables(const struct bgp *b, const char *view, int64_t at_us, FILE *out)
{
    size_t n = b->speakers.n;
    struct bgp_update *updates = xcalloc(n + 1, sizeof *updates);
    struct mrt_entry *entries = xcalloc(n + 1, sizeof *entries);
    bool good = write_peers(b, view, at_us, out);
    for (uint32_t p = 0; p < b->prefixes.v.n && good; p++)
        good = write_prefix(b, p, p, at_us, updates, entries, out);
    for (size_t i = 0; i < n; i++)
        bgp_update_free(&updates[i]);
    free(updates);
    free(entries);
    return good;
}
