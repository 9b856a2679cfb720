// SPDX-License-Identifier: GPL-3.0-or-later
#include "policy/community.h"

#include "base/ip.h"
#include <stdio.h>
#include <string.h>

const char *const policy_kind_names[POLICY_KINDS] = {"community", "large-community",
                                                     "ext-community"};

static const struct {
    const char *name;
    uint32_t value;
} well_known[] = {
    // IANA, BGP Well-known Communities
    {"graceful-shutdown", 0xffff0000},   // RFC 8326
    {"accept-own", 0xffff0001},          // RFC 7611
    {"llgr-stale", 0xffff0006},          // RFC 9494
    {"no-llgr", 0xffff0007},             // RFC 9494
    {"blackhole", 0xffff029a},           // RFC 7999
    {"no-export", 0xffffff01},           // RFC 1997
    {"no-advertise", 0xffffff02},        // RFC 1997
    {"no-export-subconfed", 0xffffff03}, // RFC 1997
    {"no-peer", 0xffffff04},             // RFC 3765
};

enum { KNOWN = sizeof well_known / sizeof *well_known };

static const struct {
    const char *name;
    uint8_t subtype;
} extended_types[] = {{"rt", 0x02}, {"soo", 0x03}}; // RFC 4360 §4, §5

enum { TWO_OCTET_AS = 0x00, FOUR_OCTET_AS = 0x02 }; // RFC 4360 §3.1, RFC 5668 §2

static bool number(const char *text, size_t len, uint32_t max, uint32_t *out)
{
    uint64_t n = 0;
    if (len == 0 || len > 10)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    *out = (uint32_t)n;
    return n <= max;
}

bool policy_range_parse(const char *text, size_t len, uint32_t max, struct policy_range *out)
{
    const char *dash = memchr(text, '-', len);
    if (len == 1 && *text == '*') {
        *out = (struct policy_range){0, max};
        return true;
    }
    if (!dash) {
        bool ok = number(text, len, max, &out->low);
        out->high = out->low;
        return ok;
    }
    size_t first = (size_t)(dash - text);
    return number(text, first, max, &out->low) &&
           number(dash + 1, len - first - 1, max, &out->high) && out->low <= out->high;
}

static const char *part(const char **text, uint32_t max, bool last, bool exactly,
                        struct policy_range *out)
{
    const char *end = strchr(*text, ':');
    size_t len = end ? (size_t)(end - *text) : strlen(*text);
    if (!end != last)
        return last ? "a community has fewer parts" : "a community has more parts";
    if (!policy_range_parse(*text, len, max, out))
        return max == UINT16_MAX
                   ? "each part is a number from 0 to 65535, a range of two, or *"
                   : "each part is a number from 0 to 4294967295, a range of two, or *";
    if (exactly && out->low != out->high)
        return "exactly one community is meant here: no '*' and no range";
    *text += len + !last;
    return NULL;
}

static const char *extended(const char *text, bool exactly, struct policy_community *out)
{
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    for (size_t i = 0; i < sizeof extended_types / sizeof *extended_types; i++) {
        if (len != strlen(extended_types[i].name) || memcmp(text, extended_types[i].name, len) != 0)
            continue;
        const char *at = colon + 1;
        const char *wrong = part(&at, UINT32_MAX, false, true, &out->part[1]);
        bool four = !wrong && out->part[1].low > UINT16_MAX;
        uint32_t type = (uint32_t)(four ? FOUR_OCTET_AS : TWO_OCTET_AS) << 8;
        out->part[0].low = out->part[0].high = type | extended_types[i].subtype;
        return wrong ? wrong
                     : part(&at, four ? UINT16_MAX : UINT32_MAX, true, exactly, &out->part[2]);
    }
    return "write rt:64500:1 or soo:64500:1";
}

const char *policy_community_parse(const char *text, enum policy_community_kind kind, bool exactly,
                                   struct policy_community *out)
{
    uint32_t max = kind == POLICY_STANDARD ? UINT16_MAX : UINT32_MAX;
    int parts = kind == POLICY_STANDARD ? 2 : 3;
    const char *wrong = NULL;
    *out = (struct policy_community){.kind = kind};
    if (kind == POLICY_EXTENDED)
        return extended(text, exactly, out);
    for (int i = 0; kind == POLICY_STANDARD && i < KNOWN; i++) {
        if (strcmp(text, well_known[i].name) == 0) {
            out->part[0].low = out->part[0].high = well_known[i].value >> 16;
            out->part[1].low = out->part[1].high = well_known[i].value & 0xffff;
            return NULL;
        }
    }
    if (kind == POLICY_STANDARD && !strchr(text, ':'))
        return "write 64500:70 or a well-known name such as no-export";
    for (int i = 0; i < parts && !wrong; i++)
        wrong = part(&text, max, i == parts - 1, exactly, &out->part[i]);
    return wrong;
}

static size_t print_range(struct policy_range r, uint32_t max, char *buf, size_t size)
{
    int n = r.low == 0 && r.high == max ? snprintf(buf, size, "*")
            : r.low == r.high           ? snprintf(buf, size, "%u", (unsigned)r.low)
                              : snprintf(buf, size, "%u-%u", (unsigned)r.low, (unsigned)r.high);
    return (size_t)n;
}

char *policy_community_print(const struct policy_community *c, char buf[POLICY_COMMUNITY_TEXT])
{
    uint32_t max = c->kind == POLICY_STANDARD ? UINT16_MAX : UINT32_MAX;
    int parts = c->kind == POLICY_STANDARD ? 2 : 3;
    size_t used = 0;
    for (int i = 0; c->kind == POLICY_STANDARD && i < KNOWN; i++) {
        if (policy_community_value(c) == well_known[i].value && c->part[0].low == c->part[0].high &&
            c->part[1].low == c->part[1].high) {
            snprintf(buf, POLICY_COMMUNITY_TEXT, "%s", well_known[i].name);
            return buf;
        }
    }
    for (int i = 0; i < parts; i++) {
        const char *name = NULL;
        for (size_t k = 0; c->kind == POLICY_EXTENDED && i == 0 && k < 2; k++)
            if (extended_types[k].subtype == (c->part[0].low & 0xff))
                name = extended_types[k].name;
        if (c->kind == POLICY_EXTENDED && i == 2 && c->part[0].low >> 8 == FOUR_OCTET_AS)
            max = UINT16_MAX;
        if (i)
            buf[used++] = ':';
        if (name)
            used += (size_t)snprintf(buf, POLICY_COMMUNITY_TEXT, "%s", name);
        else
            used += print_range(c->part[i], max, buf + used, POLICY_COMMUNITY_TEXT - used);
    }
    return buf;
}

uint32_t policy_community_value(const struct policy_community *c)
{
    return c->part[0].low << 16 | c->part[1].low;
}

uint64_t policy_community_extended(const struct policy_community *c)
{
    uint64_t type = (uint64_t)c->part[0].low << 48;
    bool four = c->part[0].low >> 8 == FOUR_OCTET_AS;
    return type | (uint64_t)c->part[1].low << (four ? 16 : 32) | c->part[2].low;
}

void policy_community_large(const struct policy_community *c, uint32_t large[3])
{
    for (int i = 0; i < 3; i++)
        large[i] = c->part[i].low;
}

static bool within(struct policy_range r, uint32_t n)
{
    return r.low <= n && n <= r.high;
}

bool policy_community_covers(const struct policy_community *c, uint32_t community)
{
    return within(c->part[0], community >> 16) && within(c->part[1], community & 0xffff);
}

bool policy_community_covers_extended(const struct policy_community *c, uint64_t extended_value)
{
    bool four = c->part[0].low >> 8 == FOUR_OCTET_AS;
    uint64_t rest = extended_value & 0xffffffffffffULL;
    uint32_t as = (uint32_t)(rest >> (four ? 16 : 32));
    uint32_t value = (uint32_t)(four ? rest & 0xffff : rest & 0xffffffff);
    return within(c->part[0], (uint32_t)(extended_value >> 48)) && within(c->part[1], as) &&
           within(c->part[2], value);
}

bool policy_community_covers_large(const struct policy_community *c, const uint32_t large[3])
{
    return within(c->part[0], large[0]) && within(c->part[1], large[1]) &&
           within(c->part[2], large[2]);
}
