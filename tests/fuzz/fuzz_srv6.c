// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the ends of SRv6 (End, End.DT46); see decap.h.
#include "decap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decap_fuzz(FWD_TUNNEL_SRV6, data, size);
    return 0;
}
