// SPDX-License-Identifier: GPL-3.0-or-later
// message: what travels between two speakers (RFC 4271 §4), as structures instead of octets.
//
// The first three kinds stand for the TCP connection below BGP: they are answered by the router's
// kernel, so they wait in no CPU queue and are not counted as BGP messages.
//
// Ownership: counted references; whoever makes one holds one, bgp_message_put gives it back.
#ifndef ANYSIM_BGP_MESSAGE_H
#define ANYSIM_BGP_MESSAGE_H

#include "bgp/attr.h"

enum bgp_message_kind {
    BGP_MSG_SYN,
    BGP_MSG_SYNACK,
    BGP_MSG_RST,
    BGP_MSG_OPEN,
    BGP_MSG_UPDATE,
    BGP_MSG_KEEPALIVE,
    BGP_MSG_NOTIFICATION
};

enum bgp_error { // RFC 4271 §4.5
    BGP_ERROR_NONE = 0,
    BGP_ERROR_HOLD_TIMER = 4,
    BGP_ERROR_FSM = 5,
    BGP_ERROR_CEASE = 6
};

// RFC 4271 §4: no message is longer than 4096 octets; an UPDATE's header and the lengths of its two
// variable fields take 19 + 2 + 2 of them.
#define BGP_MESSAGE_OCTETS       4096u
#define BGP_UPDATE_HEADER_OCTETS 23u

struct bgp_message {
    uint32_t refs; // private
    enum bgp_message_kind kind;
    union {
        struct {
            uint32_t asn;
            ip4_addr id;
            int64_t hold_ps;
        } open;
        struct {
            enum bgp_error error;
        } notification;
        struct {
            const struct bgp_attr *attr; // of the announced ones; NULL when there are none
            uint32_t nwithdrawn, nannounced;
            bool paths; // ADD-PATH (RFC 7911 §3): every prefix has a path identifier
        } update;
    };
    // Indices (bgp/prefixes.h): the withdrawn, then the announced; with `paths` then the path
    // identifiers of all of them in the same order.
    uint32_t prefixes[];
};

struct bgp_message *bgp_message_new(enum bgp_message_kind kind);
struct bgp_message *bgp_message_open(uint32_t asn, ip4_addr id, int64_t hold_ps);
struct bgp_message *bgp_message_notification(enum bgp_error error);
// The caller fills the prefixes. Takes a reference to `attr` of its own.
struct bgp_message *bgp_message_update(const struct bgp_attr *attr, uint32_t nwithdrawn,
                                       uint32_t nannounced);
// The same with room for path identifiers, which the caller fills as well.
struct bgp_message *bgp_message_update_paths(const struct bgp_attr *attr, uint32_t nwithdrawn,
                                             uint32_t nannounced);

// Path identifiers of an UPDATE's prefixes, or NULL.
static inline uint32_t *bgp_message_path_ids(struct bgp_message *m)
{
    return m->update.paths ? m->prefixes + m->update.nwithdrawn + m->update.nannounced : NULL;
}

struct bgp_message *bgp_message_get(struct bgp_message *m);
void bgp_message_put(struct bgp_attrs *attrs, struct bgp_message *m);

const char *bgp_error_text(enum bgp_error error);

#endif
