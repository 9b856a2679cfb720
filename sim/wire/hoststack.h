// SPDX-License-Identifier: GPL-3.0-or-later
// hoststack: the Linux kernel's own IP stack, which sees every frame that comes for a device's MAC
// address, whoever else reads it there.
#ifndef ANYSIM_WIRE_HOSTSTACK_H
#define ANYSIM_WIRE_HOSTSTACK_H

#include "wire/interface.h"

// Whether the kernel forwards what comes in on `device` as well, so that packets go twice, and the
// setting to change, as a line in `text`. A setting that cannot be read is taken for good.
bool hoststack_advice(const char *device, char text[INTERFACE_ERROR]);

#endif
