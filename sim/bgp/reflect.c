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
    return from->speaker->is.reflector &&
           (from->is.relation == BGP_REL_IBGP_CLIENT || to->is.relation == BGP_REL_IBGP_CLIENT);
}

void bgp_reflect_stamp(const struct bgp_peer *from, struct bgp_draft *d)
{
    if (!d->f.originator_id)
        d->f.originator_id = from->remote->speaker->is.id;
    bgp_draft_prepend_cluster(d, from->speaker->is.cluster_id);
}
