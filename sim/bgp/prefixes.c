// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/prefixes.h"

static uint64_t key_of(struct prefix p)
{
    return ((uint64_t)p.addr << 8) | p.len;
}

void bgp_prefixes_init(struct bgp_prefixes *t)
{
    memset(t, 0, sizeof *t);
    table_init(&t->map);
}

void bgp_prefixes_free(struct bgp_prefixes *t)
{
    table_free(&t->map);
    vec_free(&t->v);
}

uint32_t bgp_prefixes_find(const struct bgp_prefixes *t, struct prefix p)
{
    uint64_t key = key_of(p), index;
    return table_get(&t->map, &key, sizeof key, &index) ? (uint32_t)index : BGP_NO_PREFIX;
}

uint32_t bgp_prefixes_add(struct bgp_prefixes *t, struct prefix p)
{
    uint32_t index = bgp_prefixes_find(t, p);
    if (index != BGP_NO_PREFIX)
        return index;
    uint64_t key = key_of(p);
    index = (uint32_t)t->v.n;
    vec_push(&t->v, p);
    table_put(&t->map, &key, sizeof key, index);
    return index;
}
