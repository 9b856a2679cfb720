// SPDX-License-Identifier: GPL-3.0-or-later
// option: IPv4 header options at a router (RFC 791 §3.1, RFC 1812 §5.3.13).
//
// A packet with options passes twice, as it does in Linux: option_receive() when it has come in,
// before its TTL is looked at and before it is known to be local or not; option_forward() when it
// is known where it leaves. In between its header checksum is stale if an option was changed, and
// an ICMP error about it quotes it like that: the record is already in it, the checksum is still
// the one it came with. Record route names the address of the interface that the packet leaves
// through, a timestamp that of the interface towards its sender (as Linux). Source routes are
// refused in silence: RFC 1812 §5.3.13.4 wants that to be the operator's choice, RFC 7126 §4.3
// wants it by default, and Linux has it so. Security, stream id, router alert (RFC 2113) and unknown
// options pass untouched (RFC 1812 §5.3.13.1 to §5.3.13.3).
#ifndef ANYSIM_FWD_OPTION_H
#define ANYSIM_FWD_OPTION_H

#include "fwd/drop.h"
#include "base/ip.h"

#define OPTION_BYTES 40 // of all options of a header at most

// The router as the options see it.
struct option_here {
    ip4_addr address; // what to record
    int64_t now_ps; // timestamps are milliseconds since midnight UT: of a clock that starts at one
    bool (*is_local)(const void *who, ip4_addr a); // whether an address is this router's own
    const void *who;                               // first argument of is_local
};

// What option_receive() leaves to option_forward(): zeros, nothing.
struct option_due {
    uint8_t route; // offset of the entry in a record route option, from the header's start
    bool changed;  // the checksum is stale
};

// From a validated header of `header_size` bytes. `here->address` is this router's towards the
// packet's source (what it would use as its own source address there), or the packet's
// destination when that is this router's own. On FWD_DROP_BAD_OPTION `*pointer` is the offset of
// the octet that is wrong, for a parameter problem, or 0 when the drop is to be silent. What was
// processed before the fault stays processed.
enum fwd_drop option_receive(uint8_t *h, size_t header_size, const struct option_here *here,
                             struct option_due *due, uint8_t *pointer);

// Fills in the address of the interface that the packet leaves through and puts the checksum
// right. For a packet that is for a host here, call it with `leaving` 0: only the checksum.
void option_forward(uint8_t *h, size_t header_size, const struct option_due *due, ip4_addr leaving);

// The options of what answers the packet at `h` (an echo reply, an error), as RFC 1122 §3.2.2.6
// and §3.2.2 want them: its record route and timestamp with what the way back adds, nothing else.
// (Linux would turn round a source route that stands before a fault, although it refuses source
// routes; here none is ever followed.) option_receive() was there before. Of a parameter problem
// `fault` is the pointer, else 0: what was not processed is not returned. Writes a multiple of 4
// bytes into `out` and returns how many; -1 when the record has no room for the way back: no answer
// is sent then.
int option_echo(const uint8_t *h, size_t header_size, const struct option_here *here, uint8_t fault,
                uint8_t out[OPTION_BYTES]);

// What pieces after the first carry: options that are not to be copied (RFC 791 §3.1) become "no
// operation", so that all pieces have headers of one size. The checksum is the caller's.
void option_strip(uint8_t *h, size_t header_size);

#endif
