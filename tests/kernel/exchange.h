// SPDX-License-Identifier: GPL-3.0-or-later
// exchange: sends a capture's frames into the router and writes down what comes out at both ends.
#ifndef ANYSIM_TESTS_KERNEL_EXCHANGE_H
#define ANYSIM_TESTS_KERNEL_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

struct exchange_options {
    const char *in, *out;   // captures
    const char *namespaces; // folder that holds those named "src" and "dst", in which interfaces
                            // of the same names are
};

// False after a message: a capture cannot be read or written, an interface is not there, or the
// router forwards nothing.
bool exchange(const struct exchange_options *o);

#endif
