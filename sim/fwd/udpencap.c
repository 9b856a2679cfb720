// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/udpencap.h"
#include "fwd/ethernet.h"

#define DYNAMIC_PORTS     49152u // first one, RFC 6335 §6
#define DYNAMIC_PORT_MASK 0x3fffu

const char *udpencap_check(const struct fwd_tunnel_options *o)
{
    if (o->key > UDPENCAP_NETWORK_MAX)
        return "a network identifier has 24 bits";
    return o->sequence ? "only gre has sequence numbers" : NULL;
}

// Sum over the pseudo header of either version (RFC 768, RFC 8200 §8.1), over bytes.
static uint64_t pseudo_sum(const uint8_t *h, uint32_t length)
{
    if (h[0] >> 4 == 6)
        return ip6_pseudo_sum(h, length, PROTOCOL_UDP);
    uint8_t rest[4];
    be32_put(rest, (uint32_t)PROTOCOL_UDP << 16 | length);
    return checksum_add(checksum_add(0, h + IP4_SRC, 8), rest, sizeof rest);
}

void udpencap_fill(const struct tunnel *t, const struct tunnel_fill *f, uint32_t ethernet)
{
    const struct fwd_tunnel_options *o = &t->options;
    uint8_t *udp = f->between, *frame = udp + ethernet;
    memcpy(frame + ETHERNET_DST, o->mac_to, ETHERNET_MAC);
    memcpy(frame + ETHERNET_SRC, o->mac_from, ETHERNET_MAC);
    be16_put(frame + ETHERNET_TYPE, ethernet_type_of(f->inner_version));
    uint32_t length = f->p->length - t->outer_size;
    be32_put(udp, (DYNAMIC_PORTS + (f->flow_hash & DYNAMIC_PORT_MASK)) << 16 | o->port);
    be32_put(udp + UDP_LENGTH, length << 16);
    if (!o->checksum && t->outer_size == IP4_HEADER)
        return;
    uint64_t sum = pseudo_sum(packet_data(f->p), length);
    sum = checksum_add(sum, udp, f->p->captured - t->outer_size);
    if (checksum_fold(sum) == 0xffff) // 0 would say that there is none (RFC 768)
        be16_put(udp + UDP_CHECKSUM, 0xffff);
    else
        checksum_store(udp + UDP_CHECKSUM, sum);
}

enum fwd_drop udpencap_parse(const uint8_t *b, size_t stored, struct tunnel_parse *out)
{
    *out = (struct tunnel_parse){0};
    if (stored < UDP_HEADER)
        return FWD_DROP_TRUNCATED;
    out->end = be16_get(b + UDP_LENGTH);
    out->checksummed = be16_get(b + UDP_CHECKSUM);
    return out->end < UDP_HEADER ? FWD_DROP_TUNNEL_BAD : FWD_DROP_NONE;
}

enum fwd_drop udpencap_parse_ethernet(const uint8_t *b, size_t stored, uint32_t at,
                                      struct tunnel_parse *out)
{
    if (stored < at + ETHERNET_HEADER)
        return FWD_DROP_TRUNCATED;
    uint32_t type = be16_get(b + at + ETHERNET_TYPE);
    if (type == ETHERNET_TAGGED) {
        at += ETHERNET_TAG;
        if (stored < at + ETHERNET_HEADER)
            return FWD_DROP_TRUNCATED;
        type = be16_get(b + at + ETHERNET_TYPE);
    }
    out->version = ethernet_version(type);
    out->size = at + ETHERNET_HEADER;
    return out->version && out->size <= out->end ? FWD_DROP_NONE : FWD_DROP_TUNNEL_BAD;
}

bool udpencap_sound(const uint8_t *h, const uint8_t *b, size_t stored, const struct tunnel_parse *t)
{
    size_t covered = stored < t->end ? stored : t->end;
    return checksum_ok(checksum_add(pseudo_sum(h, t->end), b, covered));
}
