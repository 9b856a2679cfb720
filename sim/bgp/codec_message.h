// SPDX-License-Identifier: GPL-3.0-or-later
// codec_message: the messages besides UPDATE as octets, both ways: OPEN with its capabilities (RFC 4271
// §4.2, RFC 5492, RFC 9072), NOTIFICATION (§4.5), KEEPALIVE (§4.4), ROUTE-REFRESH (RFC 2918, RFC
// 7313). UPDATE is bgp/codec.h's.
//
// Encoders return the octets written, or 0 when `size` is too small. Decoders get a whole message
// whose header bgp_header_read has approved; when they return false, *error is the NOTIFICATION that
// the message deserves.
#ifndef ANYSIM_BGP_CODEC_MESSAGE_H
#define ANYSIM_BGP_CODEC_MESSAGE_H

#include "base/octets.h"
#include "bgp/codec.h"
#include "bgp/message.h"

enum bgp_type { // RFC 4271 §4.1, RFC 2918 §3
    BGP_TYPE_OPEN = 1,
    BGP_TYPE_UPDATE = 2,
    BGP_TYPE_NOTIFICATION = 3,
    BGP_TYPE_KEEPALIVE = 4,
    BGP_TYPE_ROUTE_REFRESH = 5
};

// Header of a message of `octets` octets, or of the first 19 of a longer one (`octets` is then 19):
// marker, length and type are right (RFC 4271 §6.1, RFC 8654 §4).
bool bgp_header_read(const struct bgp_codec *c, const void *message, enum bgp_type *type,
                     uint16_t *length, struct bgp_notification *error);
// Writes marker, room for the length, and type; bgp_header_finish fills the length in.
void bgp_header_begin(struct octets_out *out, enum bgp_type type);
size_t bgp_header_finish(struct octets_out *out);

size_t bgp_open_encode(const struct bgp_open *open, void *buffer, size_t size);
bool bgp_open_decode(const void *message, size_t octets, struct bgp_open *out,
                     struct bgp_notification *error);

struct bgp_notification_octets { // as received: the data point into the message
    uint8_t code, subcode;
    const uint8_t *data;
    size_t n;
};
size_t bgp_notification_encode(const struct bgp_notification *n, void *buffer, size_t size);
bool bgp_notification_decode(const void *message, size_t octets,
                             struct bgp_notification_octets *out);

size_t bgp_keepalive_encode(void *buffer, size_t size);

size_t bgp_refresh_encode(uint32_t family, enum bgp_refresh_kind kind, void *buffer, size_t size);
// A family that we do not know comes out as 0, and is to be ignored (RFC 2918 §4).
bool bgp_refresh_decode(const void *message, size_t octets, uint32_t *family,
                        enum bgp_refresh_kind *kind, struct bgp_notification *error);

#endif
