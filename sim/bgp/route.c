// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/route.h"

#include "bgp/speaker.h"

ip4_addr bgp_route_nexthop(const struct bgp_route *r)
{
    return r->attr->f.next_hop;
}

int32_t bgp_route_link(const struct bgp_route *r)
{
    return r->peer ? r->peer->link : -1;
}

uint32_t bgp_route_peer_router(const struct bgp_route *r)
{
    return r->peer ? r->peer->remote->speaker->router : BGP_NO_ROUTER;
}

bool bgp_route_discards(const struct bgp_route *r)
{
    return r->attr->f.discard;
}

uint32_t bgp_route_path(const struct bgp_route *r, const uint32_t **path)
{
    *path = bgp_attr_path(r->attr);
    return r->attr->npath;
}
