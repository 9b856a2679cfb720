// SPDX-License-Identifier: GPL-3.0-or-later
// community: communities as a policy writes them, of three kinds: 64500:70 (RFC 1997) or a
// well-known name, 64500:1:2 large (RFC 8092), rt:64500:1 and soo:64500:1 extended (RFC 4360).
//
// A part may be `*` or a range `100-199` where communities are matched or removed. Parts of a
// community: two; of a large one: three; of an extended one: type and sub-type in one number, the
// AS, and the value. An AS above 65535 makes the extended community one of a 4-octet AS (RFC 5668).
#ifndef ANYSIM_POLICY_COMMUNITY_H
#define ANYSIM_POLICY_COMMUNITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy_community_kind { POLICY_STANDARD, POLICY_LARGE, POLICY_EXTENDED, POLICY_KINDS };

struct policy_range {
    uint32_t low, high;
};

struct policy_community {
    enum policy_community_kind kind;
    struct policy_range part[3]; // of a standard one the third is 0
};

#define POLICY_COMMUNITY_TEXT 80

extern const char *const policy_kind_names[POLICY_KINDS]; // "community", "large-community", …

// NULL, or what is wrong with the text. `exactly`: neither `*` nor ranges.
const char *policy_community_parse(const char *text, enum policy_community_kind kind, bool exactly,
                                   struct policy_community *out);
char *policy_community_print(const struct policy_community *c, char buf[POLICY_COMMUNITY_TEXT]);

// The one community that it stands for.
uint32_t policy_community_value(const struct policy_community *c);
uint64_t policy_community_extended(const struct policy_community *c);
void policy_community_large(const struct policy_community *c, uint32_t large[3]);

bool policy_community_covers(const struct policy_community *c, uint32_t community);
bool policy_community_covers_extended(const struct policy_community *c, uint64_t extended);
bool policy_community_covers_large(const struct policy_community *c, const uint32_t large[3]);

// A whole number of at most `max` and of digits only, or a range of two, or `*`.
bool policy_range_parse(const char *text, size_t len, uint32_t max, struct policy_range *out);

#endif
