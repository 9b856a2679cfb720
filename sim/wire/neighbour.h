// SPDX-License-Identifier: GPL-3.0-or-later
// neighbour: which MAC address belongs to which IP address on one Ethernet interface: ARP (RFC 826,
// with the probes of RFC 5227) and IPv6 neighbour discovery (RFC 4861 §7, RFC 4862 §5.4.3).
//
// A pure state machine: it has no clock, no socket and no memory of frames. Whoever owns it passes
// the time, hands in received frames, and sends the frames that it writes. Time is in picoseconds
// from any start and never runs backwards. Addresses are of either family (base/ip6.h).
//
// A neighbour is known by one of these states:
//
//   incomplete  asked for, no answer yet: asked every second, three times, then failed
//   reachable   it answered within the last 30 s
//   stale       known, but not confirmed lately: used as it is, and asked on the next use
//   probe       in use and being asked (unicast): three times, then incomplete on the next use
//   failed      no answer: for 3 s nobody asks again
//   static      set by the owner, never asked and never evicted
//
// Deviations: no DELAY state (RFC 4861 §7.3.2 waits 5 s for hints from upper layers before it
// probes; a router has none), ReachableTime is 30 s without the random factor, and answers go out at
// once without the random delays for anycast addresses.
//
// The table is bounded. When it is full, the neighbour that was not used for longest (by a clock
// hand: second chance) goes; one that only a scan asked for counts as unused, so a scan evicts its
// own entries before those that carry traffic (RFC 6583 §4).
//
// A packet that must wait for an answer is left with the table as a pointer, which the table never
// follows; each comes back exactly once through neighbour_ready(), with the answer or without.
#ifndef ANYSIM_WIRE_NEIGHBOUR_H
#define ANYSIM_WIRE_NEIGHBOUR_H

#include "base/ip6.h"
#include "wire/frame.h"

#define NEIGHBOUR_FRAME   86 // bytes of the longest frame that is written here
#define NEIGHBOUR_WAITING 16 // packets that may wait for one neighbour; the oldest gives way

#define NEIGHBOUR_RETRANSMIT_PS INT64_C(1000000000000) // RetransTimer
#define NEIGHBOUR_TRIES         3                      // MAX_MULTICAST_SOLICIT, MAX_UNICAST_SOLICIT
#define NEIGHBOUR_REACHABLE_PS  INT64_C(30000000000000) // ReachableTime
#define NEIGHBOUR_FAILED_PS     INT64_C(3000000000000)

struct neighbours; // the table of one interface; opaque

struct neighbours_options {
    uint8_t mac[FRAME_MAC]; // the interface's own
    uint32_t limit;         // neighbours besides static ones, at least 1
    uint32_t waiting;       // packets that may wait altogether
    uint64_t hash_seed;     // so that nobody outside can choose addresses that collide
};

struct neighbours *neighbours_new(const struct neighbours_options *options);
void neighbours_free(struct neighbours *t); // packets that wait are forgotten: take them out before

// --- What is ours and what is given. Own addresses are answered for; `bits` is the length of the
// on-link prefix in the address's own family (32, 128: a host's), which chooses the source of a
// request: the own address whose prefix holds the target, else the first of the family. An IPv6
// interface needs a link-local address among them. Adding one again changes its length.
void neighbour_add_own(struct neighbours *t, struct ip6_addr address, uint8_t bits);
bool neighbour_remove_own(struct neighbours *t, struct ip6_addr address); // false: was none
bool neighbour_is_own(const struct neighbours *t, struct ip6_addr address);
// Whether an own address's prefix holds it.
bool neighbour_on_link(const struct neighbours *t, struct ip6_addr address);
void neighbour_set_static(struct neighbours *t, struct ip6_addr address,
                          const uint8_t mac[FRAME_MAC]);
// The link-local address that goes with a MAC address (RFC 4291 appendix A).
struct ip6_addr neighbour_link_local(const uint8_t mac[FRAME_MAC]);

// --- Resolving.
// A frame to send: `size` bytes, 0 for none.
struct neighbour_frame {
    size_t size;
    uint8_t bytes[NEIGHBOUR_FRAME];
};

enum neighbour_answer {
    NEIGHBOUR_FOUND,   // `mac` is the answer
    NEIGHBOUR_PENDING, // the packet waits with the table
    NEIGHBOUR_FAILED,  // nobody answered: host unreachable. The packet stays with the caller
    NEIGHBOUR_FULL     // no room to wait. The packet stays with the caller
};

// Looks for `address`, which is unicast and on this link. `packet` is kept when the answer is
// PENDING, and only then; NULL keeps nothing (and is always PENDING while unanswered).
// With any answer there may be a request to send in *request. `mac` is written only when FOUND.
enum neighbour_answer neighbour_resolve(struct neighbours *t, struct ip6_addr address,
                                        int64_t now_ps, void *packet, uint8_t mac[FRAME_MAC],
                                        struct neighbour_frame *request);

struct neighbour_packet {
    void *packet;
    struct ip6_addr address;
    enum neighbour_answer answer; // FOUND, FAILED, or FULL: it gave way to others
    uint8_t mac[FRAME_MAC];       // when FOUND
};
// Takes out one packet that waits no longer, oldest first; false when there is none. To be called
// until then after every neighbour_input(), neighbour_timer() and neighbour_resolve().
bool neighbour_ready(struct neighbours *t, struct neighbour_packet *out);
// Gives up on everyone: all waiting packets become ready as FAILED.
void neighbour_flush(struct neighbours *t);

// --- Frames from the interface.
enum neighbour_verdict {
    NEIGHBOUR_OTHER,  // neither ARP nor neighbour discovery: for somebody else to read
    NEIGHBOUR_HANDLED // was for this module, good or bad
};
// Reads an Ethernet frame (VLAN tags: none; a tagged frame is OTHER). What it calls for is in *reply.
enum neighbour_verdict neighbour_input(struct neighbours *t, const uint8_t *bytes, size_t stored,
                                       int64_t now_ps, struct neighbour_frame *reply);

// --- Time. When neighbour_timer() next has something to do; INT64_MAX: nothing.
int64_t neighbour_due_ps(const struct neighbours *t);
// Does one thing that is due: true, with a frame to send or none. To be called until false.
bool neighbour_timer(struct neighbours *t, int64_t now_ps, struct neighbour_frame *out);

// Tells everyone on the link where an own address is now: a gratuitous ARP request (RFC 5227 §3) or
// an unsolicited neighbour advertisement (RFC 4861 §7.2.6). For a takeover: send it once at once, and
// again after NEIGHBOUR_RETRANSMIT_PS in case the first is lost.
void neighbour_announce(const struct neighbours *t, struct ip6_addr address,
                        struct neighbour_frame *out);

// --- Reading.
enum neighbour_state {
    NEIGHBOUR_STATE_NONE, // not in the table
    NEIGHBOUR_STATE_INCOMPLETE,
    NEIGHBOUR_STATE_REACHABLE,
    NEIGHBOUR_STATE_STALE,
    NEIGHBOUR_STATE_PROBE,
    NEIGHBOUR_STATE_FAILED,
    NEIGHBOUR_STATE_STATIC
};
// The state at `now_ps`, and the MAC address (may be NULL) when there is one.
enum neighbour_state neighbour_get(const struct neighbours *t, struct ip6_addr address,
                                   int64_t now_ps, uint8_t mac[FRAME_MAC]);

struct neighbour_counters {
    uint64_t received;  // ARP and neighbour discovery frames
    uint64_t malformed; // … that broke a rule of their protocol and were ignored
    uint64_t answered;  // replies and advertisements written for others' requests
    uint64_t requests;  // requests and solicitations written, repetitions included
    uint64_t learnt;    // answers that made an address known or changed it
    uint64_t conflicts; // somebody else claimed an own address
    uint64_t failures;  // neighbours that did not answer
    uint64_t evictions; // neighbours that gave way to others
    uint64_t overflows; // packets that found no room to wait, or gave way
};
const struct neighbour_counters *neighbours_counters(const struct neighbours *t);
uint32_t neighbours_count(const struct neighbours *t); // entries, static ones included

#endif
