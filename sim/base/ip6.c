// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ip6.h"

#include <stdio.h>
#include <string.h>

#define GROUPS 8

// One group of 1..4 hexadecimal digits; NULL when there is none.
static const char *parse_group(const char *s, uint16_t *out)
{
    unsigned v = 0, digits = 0;
    for (; digits < 4; s++, digits++) {
        char c = *s;
        if (c >= '0' && c <= '9')
            v = v << 4 | (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v << 4 | (unsigned)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            v = v << 4 | (unsigned)(c - 'A' + 10);
        else
            break;
    }
    *out = (uint16_t)v;
    return digits ? s : NULL;
}

// A dotted quad that ends the text, as two groups.
static bool parse_quad_groups(const char *s, uint16_t *groups)
{
    ip4_addr a;
    if (!ip4_parse(s, &a))
        return false;
    groups[0] = (uint16_t)(a >> 16);
    groups[1] = (uint16_t)a;
    return true;
}

static bool has_dot_first(const char *s)
{
    return s[strcspn(s, ".:")] == '.';
}

// Fills groups from the left until the end or "::"; *gap is the number of groups before it, or -1.
static bool parse_groups(const char *s, uint16_t groups[GROUPS], int *count, int *gap)
{
    *count = 0;
    *gap = -1;
    if (s[0] == ':' && s[1] != ':')
        return false;
    while (*s) {
        if (s[0] == ':' && s[1] == ':') {
            if (*gap >= 0)
                return false;
            *gap = *count;
            s += 2;
            continue;
        }
        if (*s == ':' && (s[1] == '\0' || *count == 0))
            return false;
        s += *s == ':';
        if (*count <= GROUPS - 2 && has_dot_first(s)) {
            if (!parse_quad_groups(s, groups + *count))
                return false;
            *count += 2;
            return true;
        }
        if (*count == GROUPS)
            return false;
        s = parse_group(s, &groups[*count]);
        if (!s || (*s && *s != ':'))
            return false;
        ++*count;
    }
    return true;
}

bool ip6_parse(const char *text, struct ip6_addr *out)
{
    uint16_t given[GROUPS], all[GROUPS] = {0};
    int count, gap;
    if (!parse_groups(text, given, &count, &gap))
        return false;
    if (gap < 0 ? count != GROUPS : count >= GROUPS)
        return false;
    if (gap < 0)
        gap = count;
    memcpy(all, given, (size_t)gap * sizeof *all);
    memcpy(all + GROUPS - (count - gap), given + gap, (size_t)(count - gap) * sizeof *all);
    struct ip6_addr a = {0, 0};
    for (int i = 0; i < GROUPS / 2; i++) {
        a.hi = a.hi << 16 | all[i];
        a.lo = a.lo << 16 | all[i + GROUPS / 2];
    }
    *out = a;
    return true;
}

static uint16_t group_of(struct ip6_addr a, int i)
{
    return (uint16_t)((i < 4 ? a.hi : a.lo) >> (48 - 16 * (i & 3)));
}

char *ip6_print(struct ip6_addr a, char buf[IP6_TEXT])
{
    int best = -1, best_length = 1; // one zero group alone is not shortened (RFC 5952 §4.2.2)
    for (int i = 0, run = 0; i < GROUPS; i++) {
        run = group_of(a, i) ? 0 : run + 1;
        if (run > best_length) {
            best = i - run + 1;
            best_length = run;
        }
    }
    size_t at = 0;
    buf[0] = '\0';
    for (int i = 0; i < GROUPS; i++) {
        if (i == best) {
            at += (size_t)snprintf(buf + at, IP6_TEXT - at, "::");
            i += best_length - 1;
            continue;
        }
        bool first = i == 0 || i == best + best_length;
        at += (size_t)snprintf(buf + at, IP6_TEXT - at,
                               first && (i == 0 || best >= 0) ? "%x" : ":%x", group_of(a, i));
    }
    return buf;
}

// Splits at '/' and reads the length; false when either is missing or too long.
static bool split(const char *text, char addr[IP6_TEXT], unsigned max, uint8_t *len)
{
    const char *slash = strchr(text, '/');
    if (!slash || slash - text >= IP6_TEXT)
        return false;
    const char *s = slash + 1;
    if (*s < '0' || *s > '9' || (*s == '0' && s[1]))
        return false;
    unsigned v = 0;
    for (; *s >= '0' && *s <= '9' && v <= max; s++)
        v = v * 10 + (unsigned)(*s - '0');
    if (*s || v > max)
        return false;
    memcpy(addr, text, (size_t)(slash - text));
    addr[slash - text] = '\0';
    *len = (uint8_t)v;
    return true;
}

bool prefix6_parse(const char *text, struct prefix6 *out, bool *host_bits)
{
    char addr[IP6_TEXT];
    struct prefix6 p;
    if (host_bits)
        *host_bits = false;
    if (!split(text, addr, 128, &p.len) || !ip6_parse(addr, &p.addr))
        return false;
    if (!prefix6_has(p, p.addr)) {
        if (host_bits)
            *host_bits = true;
        return false;
    }
    *out = p;
    return true;
}

char *prefix6_print(struct prefix6 p, char buf[PREFIX6_TEXT])
{
    char addr[IP6_TEXT];
    snprintf(buf, PREFIX6_TEXT, "%s/%u", ip6_print(p.addr, addr), p.len);
    return buf;
}

bool ip_parse(const char *text, struct ip6_addr *out)
{
    ip4_addr a4;
    struct ip6_addr a;
    if (ip4_parse(text, &a4)) {
        *out = ip6_from_ip4(a4);
        return true;
    }
    if (!ip6_parse(text, &a) || ip6_is_ip4(a))
        return false;
    *out = a;
    return true;
}

char *ip_print(struct ip6_addr a, char buf[IP6_TEXT])
{
    return ip6_is_ip4(a) ? ip4_print(ip6_to_ip4(a), buf) : ip6_print(a, buf);
}

bool ip_prefix_parse(const char *text, struct prefix6 *out, bool *host_bits)
{
    struct prefix p4;
    struct prefix6 p;
    bool bits;
    if (prefix_parse(text, &p4, &bits)) {
        *out = prefix6_from_prefix(p4);
        if (host_bits)
            *host_bits = false;
        return true;
    }
    if (host_bits)
        *host_bits = bits;
    if (bits || !prefix6_parse(text, &p, host_bits) || prefix6_is_ip4(p))
        return false;
    *out = p;
    return true;
}

char *ip_prefix_print(struct prefix6 p, char buf[PREFIX6_TEXT])
{
    return prefix6_is_ip4(p) ? prefix_print(prefix6_to_prefix(p), buf) : prefix6_print(p, buf);
}

int prefix6_compare(struct prefix6 a, struct prefix6 b)
{
    if (a.addr.hi != b.addr.hi)
        return a.addr.hi < b.addr.hi ? -1 : 1;
    if (a.addr.lo != b.addr.lo)
        return a.addr.lo < b.addr.lo ? -1 : 1;
    return (int)a.len - (int)b.len;
}
