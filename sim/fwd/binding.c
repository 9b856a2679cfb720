// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/binding.h"

#include "fwd/memory.h"
#include <stdlib.h>

// An index of values + 1 by prefixes of either family.
static void index_put(struct fib *f4, struct fib *f6, struct prefix6 p, uint32_t number)
{
    FWD_ASSERT(number < UINT16_MAX);
    if (prefix6_is_ip4(p))
        fib_set(f4, prefix6_to_prefix(p), (uint16_t)(number + 1));
    else
        fib_set6(f6, p, (uint16_t)(number + 1));
}

static void index_drop(struct fib *f4, struct fib *f6, struct prefix6 p)
{
    if (prefix6_is_ip4(p))
        fib_del(f4, prefix6_to_prefix(p));
    else
        fib_del6(f6, p);
}

static uint16_t index_find(const struct fib *f4, const struct fib *f6, struct ip6_addr a)
{
    return ip6_is_ip4(a) ? fib_lookup(f4, ip6_to_ip4(a)) : fib_lookup6(f6, a);
}

void binding_init(struct binding_table *t)
{
    *t = (struct binding_table){.free = UINT32_MAX};
    fib_init(&t->by_source4);
    fib_init6(&t->by_source6);
}

void binding_free(struct binding_table *t)
{
    free(t->bindings);
    fib_free(&t->by_source4);
    fib_free(&t->by_source6);
}

uint32_t binding_take(struct binding_table *t, struct prefix6 prefix)
{
    uint32_t number = t->free;
    if (number != UINT32_MAX) {
        t->free = t->bindings[number].next;
    } else {
        if (t->used == t->capacity) {
            t->capacity = t->capacity ? 2 * t->capacity : 4;
            t->bindings = fwd_memory_resize(t->bindings, t->capacity, sizeof *t->bindings);
        }
        number = t->used++;
    }
    t->bindings[number] = (struct binding){.prefix = prefix};
    index_put(&t->by_source4, &t->by_source6, prefix, number);
    t->live++;
    return number;
}

void binding_give(struct binding_table *t, uint32_t number)
{
    index_drop(&t->by_source4, &t->by_source6, t->bindings[number].prefix);
    t->bindings[number].next = t->free;
    t->free = number;
    t->live--;
}

struct binding *binding_of_source(const struct binding_table *t, struct ip6_addr source)
{
    uint16_t found = index_find(&t->by_source4, &t->by_source6, source);
    return found ? &t->bindings[found - 1] : NULL;
}

void backend_init(struct backend_table *t)
{
    *t = (struct backend_table){0};
    fib_init(&t->by_address4);
    fib_init6(&t->by_address6);
}

void backend_free(struct backend_table *t)
{
    free(t->backends);
    fib_free(&t->by_address4);
    fib_free(&t->by_address6);
}

struct backend *backend_at(struct backend_table *t, struct prefix6 prefix, bool create)
{
    uint16_t held = prefix6_is_ip4(prefix) ? fib_get(&t->by_address4, prefix6_to_prefix(prefix))
                                           : fib_get6(&t->by_address6, prefix);
    if (held)
        return &t->backends[held - 1];
    if (!create)
        return NULL;
    uint32_t gap = 0;
    while (gap < t->used && t->gaps && t->backends[gap].live)
        gap++;
    if (!t->gaps)
        gap = t->used;
    else
        t->gaps--;
    if (gap == t->used)
        t->backends = fwd_memory_resize(t->backends, ++t->used, sizeof *t->backends);
    t->backends[gap] = (struct backend){
        .prefix = prefix, .live = true, .own_tunnels = {FWD_NO_TUNNEL, FWD_NO_TUNNEL}};
    index_put(&t->by_address4, &t->by_address6, prefix, gap);
    return &t->backends[gap];
}

void backend_drop(struct backend_table *t, struct backend *b)
{
    index_drop(&t->by_address4, &t->by_address6, b->prefix);
    b->live = false;
    t->gaps++;
}

const struct backend *backend_of(const struct backend_table *t, struct ip6_addr address)
{
    uint16_t found = index_find(&t->by_address4, &t->by_address6, address);
    return found ? &t->backends[found - 1] : NULL;
}
