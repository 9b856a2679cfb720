// SPDX-License-Identifier: GPL-3.0-or-later
// neighbour: a session as an operator sees it, for looking glasses: with whom, in which state since
// when, and the last NOTIFICATION each way with its words (RFC 9003).
#ifndef ANYSIM_BGP_NEIGHBOUR_H
#define ANYSIM_BGP_NEIGHBOUR_H

#include "bgp/bgp.h"
#include "bgp/message.h"

struct bgp_last_word {
    struct bgp_notification what; // BGP_ERROR_NONE: there was none
    int64_t at_ps;
};

struct bgp_neighbour {
    const char *name; // of the other side's router
    uint32_t asn;     // by which it is known here
    ip4_addr address;
    const char *state; // "Established"
    int64_t since_ps;  // when it was Established or ceased to be; -1: it never was
    uint32_t prefixes; // paths that it tells and import lets in
    bool shut;         // by this side's operator
    struct bgp_last_word sent, received;
};

// Calls `visit` for every session of the router, in order of their configuration.
void bgp_neighbours(const struct bgp *b, uint32_t router,
                    void (*visit)(void *ctx, const struct bgp_neighbour *n), void *ctx);

// "cease (administrative shutdown), "line maintenance"": everything that a NOTIFICATION says, as one
// line; what is no printable ASCII in its words as \ooo.
#define BGP_LAST_WORD_TEXT (BGP_NOTIFICATION_TEXT + 4 * 255 + 8)
const char *bgp_last_word_text(const struct bgp_notification *n, char text[BGP_LAST_WORD_TEXT]);

#endif
