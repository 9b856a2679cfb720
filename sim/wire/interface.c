// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/interface.h"

#include <stdio.h>

const struct interface_statistics *interface_statistics(struct interface *i)
{
    i->ops->refresh(i);
    return &i->statistics;
}

bool interface_advice(struct interface *i, char text[INTERFACE_ERROR])
{
    const struct interface_statistics *s = interface_statistics(i);
    uint64_t merged = s->dropped_merged + s->dropped_truncated;
    if (merged)
        snprintf(text, INTERFACE_ERROR,
                 "%s: %llu packets arrived merged by an offload and could not be cut: run "
                 "'ethtool -K %s gro off lro off' here and 'ethtool -K PEER tso off gso off' where "
                 "they are made",
                 i->name, (unsigned long long)merged, i->name);
    else if (s->dropped_by_kernel)
        snprintf(text, INTERFACE_ERROR,
                 "%s: %llu frames were lost because they came faster than they were read", i->name,
                 (unsigned long long)s->dropped_by_kernel);
    else if (s->unsent_size)
        snprintf(text, INTERFACE_ERROR,
                 "%s: %llu datagrams were larger than its MTU of %u bytes and were not sent",
                 i->name, (unsigned long long)s->unsent_size, i->mtu);
    else if (s->unsent_down)
        snprintf(text, INTERFACE_ERROR, "%s: %llu frames were not sent because it was down",
                 i->name, (unsigned long long)s->unsent_down);
    else
        return false;
    return true;
}

void interface_close(struct interface *i)
{
    if (i)
        i->ops->close(i);
}
