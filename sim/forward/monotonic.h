// SPDX-License-Identifier: GPL-3.0-or-later
// monotonic: the time that passes, for forwarding on live interfaces and for nothing else.
#ifndef ANYSIM_FORWARD_MONOTONIC_H
#define ANYSIM_FORWARD_MONOTONIC_H

#include <stdint.h>

// Nanoseconds since the machine was started.
int64_t monotonic_ns(void);

#endif
