// SPDX-License-Identifier: GPL-3.0-or-later
// derive: what a speaker has to do because a best path of it changed: aggregates are worked out
// anew, and who hears of prefixes that are announced on a condition.
#ifndef ANYSIM_BGP_DERIVE_H
#define ANYSIM_BGP_DERIVE_H

#include <stdint.h>

struct bgp_speaker;

void bgp_derive_note(struct bgp_speaker *s, uint32_t prefix); // its best path changed
void bgp_derive_settle(struct bgp_speaker *s);                // before peers are told
void bgp_derive_free(struct bgp_speaker *s);

#endif
