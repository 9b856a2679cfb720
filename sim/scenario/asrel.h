// SPDX-License-Identifier: GPL-3.0-or-later
// asrel: reads the business relations between ASes as CAIDA and others publish them (the "serial-1"
// form): a line a link,
//
//     PROVIDER|CUSTOMER|-1
//     PEER|PEER|0
//     SIBLING|SIBLING|2        (older files)
//
// with '#' before comments, and nothing else. A fourth column, which in "serial-2" names the method
// that found the link, says nothing of routing and may be there. A pair of ASes that is listed again
// with the same relation counts once; with another one it is an error. Customers may be
// their providers' providers, directly or around a loop: inferred data has such loops, and whoever
// computes routes must live with them.
#ifndef ANYSIM_SCENARIO_ASREL_H
#define ANYSIM_SCENARIO_ASREL_H

#include "scenario/input.h"

#define ASREL_FILE_MAX (256u << 20) // bytes, decompressed
#define ASREL_NONE     UINT32_MAX

enum asrel_kind { ASREL_PROVIDER, ASREL_CUSTOMER, ASREL_PEER, ASREL_SIBLING };

struct asrel_link {
    uint32_t a, z;        // indices of ASes, a < z
    enum asrel_kind a_is; // to z
    int line;
};

struct asrel {
    uint32_t *asns; // ascending
    uint32_t nases;
    struct asrel_link *links; // ascending by a, then z
    uint32_t nlinks;
    uint32_t repeated; // lines that told again what another line had told
};

// Reads `path`; `named` is where it is named. Everything is in the input's arena. False after
// diagnostics.
bool asrel_read(struct input *in, const char *path, struct srcpos named, struct asrel *out);

// Index of an AS, or ASREL_NONE.
uint32_t asrel_find(const struct asrel *r, uint32_t asn);

#endif
