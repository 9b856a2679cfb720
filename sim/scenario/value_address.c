// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses and prefixes of either family, and MAC addresses; declared in value.h.
#include "scenario/value.h"

#include <stdlib.h>
#include <string.h>

static void no_address(struct input *in, const char *where, const struct text *t)
{
    diag_error(in->d, t->at, NULL,
               "'%s' must be an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1, found '%s'",
               where, t->s);
}

static void read_address(struct input *in, const char *where, const struct text *t,
                         struct raw_address *out)
{
    if (!ip_parse(t->s, &out->a)) {
        no_address(in, where, t);
        return;
    }
    out->at = t->at;
}

// The length behind a '/', or -1.
static int length_of(const char *text, int most)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 3 || text[n] || (text[0] == '0' && n > 1))
        return -1;
    int bits = atoi(text);
    return bits <= most ? bits : -1;
}

static bool read_host(struct input *in, const char *where, const struct text *t,
                      struct raw_host *out)
{
    if (!ip_parse(t->s, &out->a)) {
        no_address(in, where, t);
        return false;
    }
    out->bits = ip6_is_ip4(out->a) ? 32 : 128;
    out->at = t->at;
    return true;
}

// An address with the length of its network: "192.0.2.1/24".
static bool read_net(struct input *in, const char *where, const struct text *t,
                     struct raw_host *out)
{
    const char *slash = strchr(t->s, '/');
    struct ip6_addr a;
    char *address = arena_strndup(in->a, t->s, slash ? (size_t)(slash - t->s) : strlen(t->s));
    if (!ip_parse(address, &a)) {
        diag_error(in->d, t->at, NULL,
                   "'%s' must be an address with the length of its network, such as 192.0.2.1/24 "
                   "or 2001:db8::1/64, found '%s'",
                   where, t->s);
        return false;
    }
    int most = ip6_is_ip4(a) ? 32 : 128, bits = slash ? length_of(slash + 1, most) : -1;
    if (bits < 0) {
        diag_error(in->d, t->at, arena_printf(in->a, "e.g. %s/%d", address, most == 32 ? 24 : 64),
                   "'%s': '%s' needs the length of its network, 0 to %d", where, t->s, most);
        return false;
    }
    *out = (struct raw_host){a, (uint8_t)bits, t->at};
    return true;
}

// The prefix that was meant by one with host bits, or "".
static const char *without_host_bits(struct input *in, const char *text)
{
    char buf[PREFIX6_TEXT];
    const char *slash = strchr(text, '/');
    struct ip6_addr a;
    if (!slash || !ip_parse(arena_strndup(in->a, text, (size_t)(slash - text)), &a))
        return "";
    int bits = length_of(slash + 1, ip6_is_ip4(a) ? 32 : 128);
    if (bits < 0)
        return "";
    uint8_t len = (uint8_t)(bits + (ip6_is_ip4(a) ? IP6_MAPPED_BITS : 0));
    struct ip6_addr m = ip6_mask(len);
    struct prefix6 p = {{a.hi & m.hi, a.lo & m.lo}, len};
    return arena_strdup(in->a, ip_prefix_print(p, buf));
}

static bool read_prefix6(struct input *in, const char *where, const struct text *t,
                         struct raw_prefix6 *out)
{
    bool host_bits = false;
    if (ip_prefix_parse(t->s, &out->p, &host_bits)) {
        out->at = t->at;
        return true;
    }
    if (host_bits) {
        const char *fixed = without_host_bits(in, t->s);
        diag_error(in->d, t->at, fixed[0] ? arena_printf(in->a, "did you mean '%s'?", fixed) : NULL,
                   "'%s': prefix '%s' has bits set behind its length", where, t->s);
    } else {
        diag_error(in->d, t->at, NULL,
                   "'%s' must be a prefix such as 203.0.113.0/24 or 2001:db8::/32, found '%s'",
                   where, t->s);
    }
    return false;
}

static int hex(char c)
{
    const char *digits = "0123456789abcdefABCDEF", *at = c ? strchr(digits, c) : NULL;
    int i = at ? (int)(at - digits) : -1;
    return i < 16 ? i : i - 6;
}

static void read_mac(struct input *in, const char *where, const struct text *t, struct raw_mac *out)
{
    struct raw_mac m = {.at = t->at};
    bool ok = strlen(t->s) == 17;
    for (int i = 0; i < 6 && ok; i++) {
        int hi = hex(t->s[3 * i]), lo = hex(t->s[3 * i + 1]);
        ok = hi >= 0 && lo >= 0 && t->s[3 * i + 2] == (i < 5 ? ':' : '\0');
        m.mac[i] = (uint8_t)(ok ? hi << 4 | lo : 0);
    }
    if (!ok) {
        diag_error(in->d, t->at, NULL,
                   "'%s' must be a MAC address such as 02:00:00:00:00:01, found '%s'", where, t->s);
        return;
    }
    if (m.mac[0] & 1 || !(m.mac[0] | m.mac[1] | m.mac[2] | m.mac[3] | m.mac[4] | m.mac[5])) {
        diag_error(in->d, t->at, NULL, "'%s': '%s' is no address of one station", where, t->s);
        return;
    }
    *out = m;
}

void value_read_address(struct input *in, const struct schema_field *f, const char *where,
                        const struct text *t, void *slot)
{
    if (f->type == SCHEMA_ADDRESS)
        read_address(in, where, t, slot);
    else if (f->type == SCHEMA_MAC)
        read_mac(in, where, t, slot);
    else
        read_prefix6(in, where, t, slot);
}

static bool is_scalar(struct input *in, const struct node *v, const char *where)
{
    if (v->kind == NODE_SCALAR)
        return true;
    diag_error(in->d, v->at, NULL, "'%s' must hold single values, found %s", where, node_what(v));
    return false;
}

void value_read_addresses(struct input *in, const struct schema_field *f, const struct node *v,
                          const char *where, void *slot)
{
    struct node_entry self = {.value = v};
    const struct node_entry *items = v->kind == NODE_SCALAR ? &self : v->entries;
    int n = v->kind == NODE_SCALAR ? 1 : v->n;
    struct raw_hosts *hosts = slot;
    struct raw_prefixes *prefixes = slot;
    if (v->kind == NODE_MAP || n == 0) {
        diag_error(in->d, v->at, arena_printf(in->a, "%s: %s", f->key, f->doc),
                   "'%s' must be a list [a, b], found %s", where,
                   n == 0 ? "an empty one" : node_what(v));
        return;
    }
    if (f->type == SCHEMA_PREFIXES)
        *prefixes = (struct raw_prefixes){arena_array(in->a, struct raw_prefix6, n), 0, v->owner};
    else
        *hosts = (struct raw_hosts){arena_array(in->a, struct raw_host, n), 0, v->owner};
    for (int i = 0; i < n; i++) {
        struct text t = {items[i].value->text, items[i].value->at};
        if (!is_scalar(in, items[i].value, where))
            continue;
        if (f->type == SCHEMA_PREFIXES)
            prefixes->n += read_prefix6(in, where, &t, &prefixes->v[prefixes->n]);
        else if (f->type == SCHEMA_NETS)
            hosts->n += read_net(in, where, &t, &hosts->v[hosts->n]);
        else
            hosts->n += read_host(in, where, &t, &hosts->v[hosts->n]);
    }
}
