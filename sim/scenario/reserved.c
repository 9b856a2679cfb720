// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/reserved.h"

bool reserved_check(struct diag *d, struct prefix p, struct srcpos at)
{
    static const struct {
        struct prefix block;
        const char *use;
    } blocks[] = {
        {{IP4(10, 0, 0, 0), 8}, "which is for the simulated routers"},
        {{IP4(100, 64, 0, 0), 10}, "which is for clients without a prefix of their own"},
        {{IP4(0, 0, 0, 0), 8}, "which is not for use on a network (RFC 6890)"},
        {{IP4(127, 0, 0, 0), 8}, "which is for loopback (RFC 6890)"},
        {{IP4(224, 0, 0, 0), 3}, "which is for multicast and not unicast (RFC 6890)"},
    };
    char text[PREFIX_TEXT], block[PREFIX_TEXT];
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (!prefix_overlap(p, blocks[i].block))
            continue;
        diag_error(d, at, "for examples use 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24",
                   "prefix %s overlaps %s, %s", prefix_print(p, text),
                   prefix_print(blocks[i].block, block), blocks[i].use);
        return false;
    }
    if (p.len <= 30)
        return true;
    diag_error(d, at, NULL, "prefix %s is too small: a length of at most 30 is needed",
               prefix_print(p, text));
    return false;
}
