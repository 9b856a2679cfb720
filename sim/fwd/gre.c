// SPDX-License-Identifier: GPL-3.0-or-later
// gre: generic routing encapsulation of IP (RFC 2784), with key and sequence number (RFC 2890).
#include "fwd/encap.h"
#include "fwd/ethernet.h"

#define GRE_CHECKSUM 0x8000u
#define GRE_KEY      0x2000u
#define GRE_SEQUENCE 0x1000u
// RFC 2784 §2.3: bits 1 to 5 that are set and not understood, and a version other than 0, are to be
// refused; bits 6 to 12 ignored. RFC 2890 §2 gives bits 2 and 3 their meaning.
#define GRE_REFUSED 0x4c07u

enum { GRE_PROTOCOL = 2, GRE_HEADER = 4, GRE_FIELD = 4 };

static const char *check(const struct fwd_tunnel_options *o)
{
    return o->key && !o->keyed ? "a key that is not sent" : NULL;
}

static uint32_t between(const struct fwd_tunnel_options *o)
{
    return GRE_HEADER + (o->checksum ? GRE_FIELD : 0u) + (o->keyed ? GRE_FIELD : 0u) +
           (o->sequence ? GRE_FIELD : 0u);
}

static void fill(struct tunnel *t, const struct tunnel_fill *f)
{
    const struct fwd_tunnel_options *o = &t->options;
    uint8_t *gre = f->between, *at = gre + GRE_HEADER;
    uint32_t flags = 0;
    if (o->checksum) {
        flags |= GRE_CHECKSUM;
        be32_put(at, 0);
        at += GRE_FIELD;
    }
    if (o->keyed) {
        flags |= GRE_KEY;
        be32_put(at, o->key);
        at += GRE_FIELD;
    }
    if (o->sequence) {
        flags |= GRE_SEQUENCE;
        be32_put(at, t->sequence++);
    }
    be32_put(gre, flags << 16 | ethernet_type_of(f->inner_version));
    if (o->checksum) // over the payload too; what is not stored of it is zeros
        checksum_store(gre + GRE_HEADER, checksum_add(0, gre, f->p->captured - t->outer_size));
}

static enum fwd_drop parse(uint8_t protocol, const uint8_t *b, size_t stored,
                           struct tunnel_parse *out)
{
    (void)protocol;
    *out = (struct tunnel_parse){0};
    if (stored < GRE_HEADER)
        return FWD_DROP_TRUNCATED;
    uint32_t flags = be16_get(b);
    if (flags & GRE_REFUSED)
        return FWD_DROP_TUNNEL_BAD;
    out->checksummed = flags & GRE_CHECKSUM;
    out->keyed = flags & GRE_KEY;
    out->sequenced = flags & GRE_SEQUENCE;
    out->version = ethernet_version(be16_get(b + GRE_PROTOCOL));
    uint32_t size = GRE_HEADER + (out->checksummed ? GRE_FIELD : 0u);
    if (out->keyed) {
        if (stored < size + GRE_FIELD)
            return FWD_DROP_TRUNCATED;
        out->key = be32_get(b + size);
        size += GRE_FIELD;
    }
    out->key_known = true;
    if (out->sequenced) {
        if (stored < size + GRE_FIELD)
            return FWD_DROP_TRUNCATED;
        out->sequence = be32_get(b + size);
        size += GRE_FIELD;
    }
    if (stored < size)
        return FWD_DROP_TRUNCATED;
    out->size = size;
    return out->version ? FWD_DROP_NONE : FWD_DROP_TUNNEL_BAD;
}

static bool sound(const uint8_t *h, const uint8_t *b, size_t stored, const struct tunnel_parse *t)
{
    (void)h;
    (void)t;
    return checksum_ok(checksum_add(0, b, stored));
}

const struct tunnel_ops tunnel_gre = {.name = "gre",
                                      .protocol4 = PROTOCOL_GRE,
                                      .protocol6 = PROTOCOL_GRE,
                                      .cuts = true,
                                      .check = check,
                                      .between = between,
                                      .fill = fill,
                                      .parse = parse,
                                      .sound = sound};
