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
#include "bgp/capability.h"

enum bgp_message_kind {
    BGP_MSG_SYN,
    BGP_MSG_SYNACK,
    BGP_MSG_RST,
    BGP_MSG_OPEN,
    BGP_MSG_UPDATE,
    BGP_MSG_KEEPALIVE,
    BGP_MSG_NOTIFICATION,
    BGP_MSG_ROUTE_REFRESH
};

enum bgp_error { // RFC 4271 §4.5, RFC 7313 §5, RFC 9687 §4
    BGP_ERROR_NONE = 0,
    BGP_ERROR_HEADER = 1,
    BGP_ERROR_OPEN = 2,
    BGP_ERROR_UPDATE = 3,
    BGP_ERROR_HOLD_TIMER = 4,
    BGP_ERROR_FSM = 5,
    BGP_ERROR_CEASE = 6,
    BGP_ERROR_REFRESH = 7,
    BGP_ERROR_SEND_HOLD = 8
};

enum bgp_open_error { // subcodes of BGP_ERROR_OPEN: RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2
    BGP_OPEN_VERSION = 1,
    BGP_OPEN_PEER_AS = 2,
    BGP_OPEN_IDENTIFIER = 3,
    BGP_OPEN_PARAMETER = 4,
    BGP_OPEN_HOLD_TIME = 6,
    BGP_OPEN_CAPABILITY = 7,
    BGP_OPEN_ROLE = 11
};

enum bgp_fsm_error { // subcodes of BGP_ERROR_FSM: RFC 6608 §3
    BGP_FSM_IN_OPENSENT = 1,
    BGP_FSM_IN_OPENCONFIRM = 2,
    BGP_FSM_IN_ESTABLISHED = 3
};

enum bgp_cease { // subcodes of BGP_ERROR_CEASE: RFC 4486 §3, RFC 8538 §3.1, RFC 9384 §3
    BGP_CEASE_MAX_PREFIXES = 1,
    BGP_CEASE_SHUTDOWN = 2,
    BGP_CEASE_DECONFIGURED = 3,
    BGP_CEASE_RESET = 4,
    BGP_CEASE_REJECTED = 5,
    BGP_CEASE_CONFIGURATION = 6,
    BGP_CEASE_COLLISION = 7,
    BGP_CEASE_RESOURCES = 8,
    BGP_CEASE_HARD_RESET = 9,
    BGP_CEASE_BFD_DOWN = 10
};

struct bgp_notification {
    enum bgp_error error;
    uint8_t subcode;  // of that error; 0: unspecific
    uint16_t data;    // BGP_OPEN_VERSION: the version spoken here
    const char *text; // shutdown communication (RFC 9003), which outlives the message; NULL: none
};

struct bgp_open {
    uint8_t version; // 4
    uint32_t asn;
    ip4_addr id;
    int64_t hold_ps; // on the wire in whole seconds
    struct bgp_capabilities capabilities;
};

enum bgp_refresh_kind { // of a ROUTE-REFRESH: RFC 2918 §3, RFC 7313 §4
    BGP_REFRESH_REQUEST = 0,
    BGP_REFRESH_BEGIN = 1, // BoRR
    BGP_REFRESH_END = 2    // EoRR
};

// RFC 4271 §4: no message is longer than 4096 octets; an UPDATE's header and the lengths of its two
// variable fields take 19 + 2 + 2 of them.
// With extended messages (RFC 8654) none but OPEN and KEEPALIVE is longer than 65535.
#define BGP_MESSAGE_OCTETS       4096u
#define BGP_EXTENDED_OCTETS      65535u
#define BGP_UPDATE_HEADER_OCTETS 23u

struct bgp_message {
    uint32_t refs; // private
    enum bgp_message_kind kind;
    union {
        struct bgp_open open;
        struct bgp_notification notification;
        struct {
            uint32_t family; // BGP_FAMILY_
            enum bgp_refresh_kind kind;
        } refresh;
        struct { // neither withdrawn nor announced: End-of-RIB (RFC 4724 §2)
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
struct bgp_message *bgp_message_open(const struct bgp_open *open);
struct bgp_message *bgp_message_notification(const struct bgp_notification *n);
struct bgp_message *bgp_message_refresh(uint32_t family, enum bgp_refresh_kind kind);
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

static inline bool bgp_message_is_end_of_rib(const struct bgp_message *m)
{
    return m->kind == BGP_MSG_UPDATE && m->update.nwithdrawn + m->update.nannounced == 0;
}

// "notification received: cease", for the record.
const char *bgp_error_text(enum bgp_error error);
// "cease (administrative reset)": code and subcode in words. Writes to `text` and returns it.
#define BGP_NOTIFICATION_TEXT 96
const char *bgp_notification_text(const struct bgp_notification *n,
                                  char text[BGP_NOTIFICATION_TEXT]);

#endif
