// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/bfd.h"

#include "base/rng.h"
#include "base/units.h"

#define SLOW_PS PS_PER_S // §6.8.3: while a session is not Up

enum bfd_state bfd_receive(enum bfd_state local, enum bfd_state remote)
{
    if (local == BFD_ADMIN_DOWN)
        return local; // packets are discarded
    if (remote == BFD_ADMIN_DOWN)
        return BFD_DOWN;
    switch (local) {
    case BFD_DOWN:
        return remote == BFD_DOWN ? BFD_INIT : remote == BFD_INIT ? BFD_UP : BFD_DOWN;
    case BFD_INIT:
        return remote == BFD_DOWN ? BFD_INIT : BFD_UP;
    default:
        return remote == BFD_DOWN ? BFD_DOWN : BFD_UP;
    }
}

int64_t bfd_interval_ps(gsl_rng *rng, int64_t interval_ps, int64_t multiplier)
{
    double spread = multiplier == 1 ? 0.15 : 0.25;
    return (int64_t)((double)interval_ps * (0.75 + spread * rng_uniform(rng)));
}

struct bfd_meeting bfd_meet(gsl_rng *const rng[2], const enum bfd_state state[2])
{
    struct bfd_meeting m = {{-1, -1}, {-1, -1}};
    enum bfd_state now[2] = {state[0], state[1]};
    int64_t next_ps[2]; // packet of each end
    for (int end = 0; end < 2; end++)
        next_ps[end] = (int64_t)(rng_uniform(rng[end]) * (double)SLOW_PS);
    while (now[0] != BFD_UP || now[1] != BFD_UP) {
        int from = next_ps[1] < next_ps[0], to = !from;
        int64_t at_ps = next_ps[from];
        enum bfd_state was = now[to];
        now[to] = bfd_receive(was, now[from]);
        if (was == BFD_UP && now[to] == BFD_DOWN)
            m.down_ps[to] = at_ps;
        if (was != BFD_UP && now[to] == BFD_UP)
            m.up_ps[to] = at_ps;
        next_ps[from] = at_ps + bfd_interval_ps(rng[from], SLOW_PS, 3);
    }
    return m;
}
