// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/pool.h"

#include "base/arena.h"

#include <stdlib.h>

#define BLOCK 512

void packet_pool_init(struct packet_pool *p)
{
    *p = (struct packet_pool){0};
}

void packet_pool_free(struct packet_pool *p)
{
    for (size_t i = 0; i < p->nblocks; i++)
        free(p->blocks[i]);
    free(p->blocks);
    packet_pool_init(p);
}

static void grow(struct packet_pool *p)
{
    struct packet *block = xaligned(BLOCK * sizeof *block);
    p->blocks = xrealloc(p->blocks, (p->nblocks + 1) * sizeof *p->blocks);
    p->blocks[p->nblocks++] = block;
    for (size_t i = BLOCK; i-- > 0;) {
        packet_init(&block[i], PACKET_BYTES);
        block[i].next = p->free;
        p->free = &block[i];
    }
}

struct packet *packet_take(struct packet_pool *p)
{
    if (!p->free)
        grow(p);
    struct packet *packet = p->free;
    p->free = packet->next;
    p->live++;
    return packet;
}

void packet_give(struct packet_pool *p, struct packet *packet)
{
    packet->next = p->free;
    p->free = packet;
    p->live--;
}
