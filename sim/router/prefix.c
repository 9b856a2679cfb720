// SPDX-License-Identifier: GPL-3.0-or-later
#include "router/state.h"

// The key as bytes without padding.
static void key_of(struct prefix p, uint8_t key[5])
{
    memcpy(key, &p.addr, sizeof p.addr);
    key[4] = p.len;
}

bool control_prefix_find(const struct control *c, struct prefix p, uint32_t *id)
{
    uint8_t key[5];
    uint64_t value;
    key_of(p, key);
    if (!table_get(&c->prefix_id, key, sizeof key, &value))
        return false;
    *id = (uint32_t)value;
    return true;
}

uint32_t control_prefix_id(struct control *c, struct prefix p)
{
    uint8_t key[5];
    uint32_t id;
    if (control_prefix_find(c, p, &id))
        return id;
    key_of(p, key);
    table_put(&c->prefix_id, key, sizeof key, c->prefixes.n);
    struct known_prefix known = {.prefix = p, .loopback_of = CONTROL_NO_ROUTER};
    vec_push(&c->prefixes, known);
    return (uint32_t)c->prefixes.n - 1;
}

struct fib_entry *router_fib(struct router *r, uint32_t prefix_id)
{
    if (prefix_id >= r->nfib) {
        size_t n = r->control->prefixes.n;
        r->fib = xrealloc(r->fib, n * sizeof *r->fib);
        for (size_t i = r->nfib; i < n; i++)
            r->fib[i] = (struct fib_entry){.changed_ps = INT64_MIN};
        r->nfib = n;
    }
    return &r->fib[prefix_id];
}
