// SPDX-License-Identifier: GPL-3.0-or-later
// drops: a CSV file with a row for every dropped packet. It appears under its name when it is
// whole.
//
// Columns: packet (its number in the capture, from 1; for what this node made about a packet, that
// packet's), time_s (since 1970), reason, source, destination, protocol (number), length (bytes of
// the datagram; of the frame when there is none). What cannot be read is empty.
#ifndef ANYSIM_FORWARD_DROPS_H
#define ANYSIM_FORWARD_DROPS_H

#include "fwd/fwd.h"

#include <stdio.h>

struct drops {
    FILE *file; // NULL: nobody asked
    const char *path;
    char *temporary;
};

// False with errno when it cannot be written. `path` NULL: rows go nowhere.
bool drops_open(struct drops *d, const char *path);
// `p` NULL: a frame that held no datagram, of `length` bytes.
void drops_row(struct drops *d, uint64_t number, int64_t at_ns, enum fwd_drop reason,
               const struct packet *p, uint32_t length);
// Brings to the file what is still buffered, before another output is given its name. False with
// errno when it cannot be written.
bool drops_flush(struct drops *d);
// False with errno when not all was written; an older file is as it was then.
bool drops_close(struct drops *d);
void drops_abandon(struct drops *d);

#endif
