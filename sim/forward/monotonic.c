// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/monotonic.h"

#include "base/units.h"

#include <time.h>

int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * (PS_PER_S / PS_PER_NS) + t.tv_nsec;
}
