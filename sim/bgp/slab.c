// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/slab.h"

#define FIRST_PIECE 16u   // routes
#define MAX_PIECE   8192u // 256 KiB

static const uint8_t lengths[BGP_SLAB_CLASSES] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};

static unsigned class_of(uint32_t want)
{
    unsigned c = 0;
    while (c < BGP_SLAB_CLASSES && lengths[c] < want)
        c++;
    return c;
}

void bgp_slab_free(struct bgp_slab *s)
{
    for (size_t i = 0; i < s->pieces.n; i++)
        free(s->pieces.v[i]);
    vec_free(&s->pieces);
    *s = (struct bgp_slab){0};
}

static void add_piece(struct bgp_slab *s, uint32_t want)
{
    s->piece = s->piece ? 2 * s->piece : FIRST_PIECE;
    if (s->piece > MAX_PIECE)
        s->piece = MAX_PIECE;
    if (s->piece < want)
        s->piece = want;
    s->next = xmalloc(s->piece * sizeof *s->next);
    s->left = s->piece;
    s->bytes += s->piece * sizeof *s->next;
    vec_push(&s->pieces, s->next);
}

struct bgp_route *bgp_slab_get(struct bgp_slab *s, uint32_t want, uint32_t *cap)
{
    unsigned class = class_of(want);
    if (class == BGP_SLAB_CLASSES) { // rare: an object of its own
        *cap = want + want / 2;
        s->bytes += *cap * sizeof(struct bgp_route);
        return xmalloc(*cap * sizeof(struct bgp_route));
    }
    *cap = lengths[class];
    if (s->unused[class]) {
        void *array = s->unused[class];
        memcpy(&s->unused[class], array, sizeof s->unused[class]); // the link stands in its place
        return array;
    }
    if (s->left < *cap)
        add_piece(s, *cap);
    struct bgp_route *array = s->next;
    s->next += *cap;
    s->left -= *cap;
    return array;
}

void bgp_slab_put(struct bgp_slab *s, struct bgp_route *array, uint32_t cap)
{
    unsigned class = class_of(cap);
    if (!array)
        return;
    if (class == BGP_SLAB_CLASSES) {
        s->bytes -= cap * sizeof *array;
        free(array);
        return;
    }
    memcpy(array, &s->unused[class], sizeof s->unused[class]);
    s->unused[class] = array;
}
