// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the ends of GRE tunnels; see decap.h.
#include "decap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decap_fuzz(FWD_TUNNEL_GRE, data, size);
    return 0;
}
