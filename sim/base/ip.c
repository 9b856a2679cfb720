// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ip.h"

#include <stdio.h>

// Reads a decimal number of 1..3 digits without leading zeros; NULL when there is none.
static const char *parse_small(const char *s, uint32_t max, uint32_t *out)
{
    if (*s < '0' || *s > '9' || (*s == '0' && s[1] >= '0' && s[1] <= '9'))
        return NULL;
    uint32_t v = 0;
    for (; *s >= '0' && *s <= '9'; s++) {
        v = v * 10 + (uint32_t)(*s - '0');
        if (v > max)
            return NULL;
    }
    *out = v;
    return s;
}

static const char *parse_quad(const char *s, ip4_addr *out)
{
    ip4_addr a = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t octet;
        if (i && *s++ != '.')
            return NULL;
        s = parse_small(s, 255, &octet);
        if (!s)
            return NULL;
        a = a << 8 | octet;
    }
    *out = a;
    return s;
}

bool ip4_parse(const char *text, ip4_addr *out)
{
    ip4_addr a;
    const char *end = parse_quad(text, &a);
    if (!end || *end)
        return false;
    *out = a;
    return true;
}

char *ip4_print(ip4_addr a, char buf[IP4_TEXT])
{
    snprintf(buf, IP4_TEXT, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
    return buf;
}

bool prefix_parse(const char *text, struct prefix *out, bool *host_bits)
{
    ip4_addr a;
    uint32_t len;
    if (host_bits)
        *host_bits = false;
    const char *s = parse_quad(text, &a);
    if (!s || *s != '/')
        return false;
    s = parse_small(s + 1, 32, &len);
    if (!s || *s)
        return false;
    if (a & ~prefix_mask((uint8_t)len)) {
        if (host_bits)
            *host_bits = true;
        return false;
    }
    *out = (struct prefix){a, (uint8_t)len};
    return true;
}

char *prefix_print(struct prefix p, char buf[PREFIX_TEXT])
{
    char addr[IP4_TEXT];
    snprintf(buf, PREFIX_TEXT, "%s/%u", ip4_print(p.addr, addr), p.len);
    return buf;
}

int prefix_compare(struct prefix a, struct prefix b)
{
    if (a.addr != b.addr)
        return a.addr < b.addr ? -1 : 1;
    return (int)a.len - (int)b.len;
}
