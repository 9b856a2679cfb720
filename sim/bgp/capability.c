// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/capability.h"

#include "base/units.h"
#include "bgp/message.h"

#define RESTART_DEFAULT_PS (120 * PS_PER_S)
#define RESTART_MAX_S      4095     // 12 bits, RFC 4724 §3
#define LONG_LIVED_MAX_S   16777215 // 24 bits, RFC 9494 §3.1

static uint32_t seconds(int64_t t_ps, int64_t most_s)
{
    int64_t s = (t_ps + PS_PER_S - 1) / PS_PER_S;
    return (uint32_t)(s < most_s ? s : most_s);
}

static void offer_graceful(const struct bgp_graceful_options *g, struct bgp_capabilities *c)
{
    c->have |= BGP_CAP_GRACEFUL;
    c->restart_s =
        (uint16_t)seconds(g->restart_ps ? g->restart_ps : RESTART_DEFAULT_PS, RESTART_MAX_S);
    c->notification = g->notification;
    if (g->long_lived_ps) { // RFC 9494 §3: of no use without the other one
        c->have |= BGP_CAP_LONG_LIVED;
        c->long_lived_s = seconds(g->long_lived_ps, LONG_LIVED_MAX_S);
    }
}

struct bgp_capabilities bgp_capabilities_offer(const struct bgp_peer_options *o, bool restarted,
                                               bool forwarding)
{
    struct bgp_capabilities c = {.families = o->families ? o->families : BGP_FAMILY_IPV4};
    if (!o->no_route_refresh)
        c.have |= BGP_CAP_ROUTE_REFRESH | BGP_CAP_ENHANCED_REFRESH;
    if (!o->no_as4)
        c.have |= BGP_CAP_AS4;
    if (o->extended_messages)
        c.have |= BGP_CAP_EXTENDED_MESSAGE;
    if (o->add_path_receive)
        c.add_path |= BGP_ADD_PATH_RECEIVE;
    if (o->add_path_send)
        c.add_path |= BGP_ADD_PATH_SEND;
    if (c.add_path)
        c.have |= BGP_CAP_ADD_PATH;
    if (o->role != BGP_ROLE_NONE) {
        c.have |= BGP_CAP_ROLE;
        c.role = o->role;
    }
    if (o->graceful.on) {
        offer_graceful(&o->graceful, &c);
        c.restarted = restarted;
        c.forwarding = forwarding;
    }
    return c;
}

struct bgp_negotiated bgp_capabilities_negotiate(const struct bgp_capabilities *ours,
                                                 const struct bgp_capabilities *theirs)
{
    uint32_t both = ours->have & theirs->have;
    struct bgp_negotiated n = {
        .families = ours->families & theirs->families,
        .route_refresh = both & BGP_CAP_ROUTE_REFRESH,
        .enhanced_refresh = both & BGP_CAP_ENHANCED_REFRESH,
        .as4 = both & BGP_CAP_AS4,
        .add_path_in =
            (ours->add_path & BGP_ADD_PATH_RECEIVE) && (theirs->add_path & BGP_ADD_PATH_SEND),
        .add_path_out =
            (ours->add_path & BGP_ADD_PATH_SEND) && (theirs->add_path & BGP_ADD_PATH_RECEIVE),
        .max_message_octets =
            both & BGP_CAP_EXTENDED_MESSAGE ? BGP_EXTENDED_OCTETS : BGP_MESSAGE_OCTETS,
        .remote_role = theirs->role,
        .graceful = both & BGP_CAP_GRACEFUL,
    };
    if (!n.graceful)
        return n;
    n.notification = ours->notification && theirs->notification;
    n.restart_ps = theirs->restart_s * PS_PER_S;
    n.restarted = theirs->restarted;
    n.forwarding = theirs->forwarding;
    n.long_lived = both & BGP_CAP_LONG_LIVED;
    if (n.long_lived)
        n.long_lived_ps = theirs->long_lived_s * PS_PER_S;
    return n;
}

bool bgp_role_matches(enum bgp_role ours, enum bgp_role theirs)
{
    static const enum bgp_role mirror[] = {
        [BGP_ROLE_NONE] = BGP_ROLE_NONE,         [BGP_ROLE_PROVIDER] = BGP_ROLE_CUSTOMER,
        [BGP_ROLE_RS] = BGP_ROLE_RS_CLIENT,      [BGP_ROLE_RS_CLIENT] = BGP_ROLE_RS,
        [BGP_ROLE_CUSTOMER] = BGP_ROLE_PROVIDER, [BGP_ROLE_PEER] = BGP_ROLE_PEER,
    };
    return mirror[ours] == theirs;
}
