// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/role.h"

#include "bgp/speaker.h"

static uint32_t as_of(const struct bgp_speaker *s)
{
    return s->is.confederation ? s->is.confederation : s->is.asn;
}

bool bgp_role_import(const struct bgp_peer *peer, struct bgp_draft *d)
{
    uint32_t remote = as_of(peer->remote->speaker);
    switch (peer->is.role) {
    case BGP_ROLE_PROVIDER: // the neighbour is a customer,
    case BGP_ROLE_RS:       // or a client of the route server
        return d->f.otc == 0;
    case BGP_ROLE_PEER:
        if (d->f.otc && d->f.otc != remote)
            return false;
        d->f.otc = remote;
        break;
    case BGP_ROLE_CUSTOMER: // the neighbour is a provider,
    case BGP_ROLE_RS_CLIENT:
        if (!d->f.otc)
            d->f.otc = remote;
        break;
    case BGP_ROLE_NONE:
        break;
    }
    return true;
}

bool bgp_role_may_export(const struct bgp_peer *peer, uint32_t otc)
{
    // Roles of the own side whose neighbour is a provider, a peer or a route server.
    bool upwards = peer->is.role == BGP_ROLE_CUSTOMER || peer->is.role == BGP_ROLE_PEER ||
                   peer->is.role == BGP_ROLE_RS_CLIENT;
    return otc == 0 || !upwards;
}

void bgp_role_export(const struct bgp_peer *peer, struct bgp_draft *d)
{
    bool downwards = peer->is.role == BGP_ROLE_PROVIDER || peer->is.role == BGP_ROLE_PEER ||
                     peer->is.role == BGP_ROLE_RS;
    if (downwards && !d->f.otc)
        d->f.otc = as_of(peer->speaker);
}
