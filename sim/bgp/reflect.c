// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/reflect.h"

#include "bgp/instance.h"

bool bgp_reflect_looped(const struct bgp_speaker *s, const struct bgp_attr *attr)
{
    return attr->f.originator_id == s->is.id ||
           (s->is.reflector && bgp_attr_has_cluster(attr, s->is.cluster_id));
}

bool bgp_reflect_allows(const struct bgp_peer *from, const struct bgp_peer *to)
{
    bool from_client = from->is.relation == BGP_REL_IBGP_CLIENT;
    bool to_client = to->is.relation == BGP_REL_IBGP_CLIENT;
    const struct bgp_speaker_options *is = &from->speaker->is;
    if (from->is.relation == BGP_REL_CONFED || to->is.relation == BGP_REL_CONFED)
        return true; // that is no reflection (RFC 5065)
    return is->reflector && (from_client || to_client) &&
           !(from_client && to_client && is->no_client_to_client);
}

void bgp_reflect_stamp(const struct bgp_peer *from, struct bgp_draft *d)
{
    if (!d->f.originator_id)
        d->f.originator_id = from->remote->speaker->is.id;
    bgp_draft_prepend_cluster(d, from->speaker->is.cluster_id);
}
