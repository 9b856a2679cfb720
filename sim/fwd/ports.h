// SPDX-License-Identifier: GPL-3.0-or-later
// ports: the declared interfaces and next hops of a node, with their counters.
//
// Numbers are the caller's and index two arrays, so they should be small. What is not declared has
// no limits and is not counted.
#ifndef ANYSIM_FWD_PORTS_H
#define ANYSIM_FWD_PORTS_H

#include "fwd/fwd.h"

struct ports_interface {
    struct fwd_interface o;
    struct fwd_interface_counters counters;
};

struct ports_nexthop {
    uint32_t interface;
    struct fwd_nexthop_counters counters;
};

struct ports {
    struct ports_interface *interfaces;
    struct ports_nexthop *nexthops;
    uint32_t ninterfaces, nnexthops; // numbers below these exist
    bool limited;                    // an interface has an MTU
    uint64_t speaks;                 // bits of the interfaces' addresses: see ports_bit()
};

// One of 64, by an address: what has no bit in `speaks` is no interface's address.
static inline uint64_t ports_bit(ip4_addr a)
{
    return UINT64_C(1) << (a * 0x9e3779b1u >> 26);
}

void ports_free(struct ports *t);
void ports_set_interface(struct ports *t, uint32_t number, const struct fwd_interface *o);
void ports_set_nexthop(struct ports *t, uint32_t number, uint32_t interface);

static inline uint32_t ports_of_nexthop(const struct ports *t, uint32_t nexthop)
{
    return nexthop < t->nnexthops ? t->nexthops[nexthop].interface : nexthop;
}

// UINT32_MAX: no limit.
static inline uint32_t ports_mtu(const struct ports *t, uint32_t interface)
{
    uint32_t mtu = interface < t->ninterfaces ? t->interfaces[interface].o.mtu : 0;
    return mtu ? mtu : UINT32_MAX;
}

// Whether an interface has this address.
static inline bool ports_speak_as(const struct ports *t, ip4_addr a)
{
    if (fwd_likely(!(t->speaks & ports_bit(a))))
        return false;
    for (uint32_t i = 0; i < t->ninterfaces; i++)
        if (t->interfaces[i].o.address == a)
            return true;
    return false;
}

// NULL: not declared.
static inline struct ports_interface *ports_interface(const struct ports *t, uint32_t number)
{
    return number < t->ninterfaces ? &t->interfaces[number] : NULL;
}

#endif
