// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/ports.h"

#include "fwd/memory.h"
#include <stdlib.h>
#include <string.h>

void ports_free(struct ports *t)
{
    free(t->interfaces);
    free(t->nexthops);
    memset(t, 0, sizeof *t);
}

void ports_set_interface(struct ports *t, uint32_t number, const struct fwd_interface *o)
{
    if (number >= t->ninterfaces) {
        t->interfaces = fwd_memory_resize(t->interfaces, number + 1u, sizeof *t->interfaces);
        memset(t->interfaces + t->ninterfaces, 0,
               (number + 1u - t->ninterfaces) * sizeof *t->interfaces);
        t->ninterfaces = number + 1;
    }
    t->interfaces[number].o = *o;
    t->limited = false;
    t->speaks = 0;
    for (uint32_t i = 0; i < t->ninterfaces; i++) {
        const struct fwd_interface *f = &t->interfaces[i].o;
        t->limited |= f->mtu != 0;
        t->speaks |= f->address ? ports_bit(f->address) : 0;
    }
}

void ports_set_nexthop(struct ports *t, uint32_t number, uint32_t interface)
{
    if (number >= t->nnexthops) {
        t->nexthops = fwd_memory_resize(t->nexthops, number + 1u, sizeof *t->nexthops);
        for (uint32_t i = t->nnexthops; i <= number; i++)
            t->nexthops[i] = (struct ports_nexthop){.interface = i};
        t->nnexthops = number + 1;
    }
    t->nexthops[number].interface = interface;
}
