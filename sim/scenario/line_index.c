// SPDX-License-Identifier: GPL-3.0-or-later
// Who is meant by the name of a queue or an impairment.
#include "scenario/line_reader.h"

#include <string.h>

void line_index_open(struct input *in, struct line_index *x, const struct queue *queues,
                     int nqueues, const struct impairment *impairments, int nimpairments)
{
    x->queues = arena_array(in->a, struct queue, nqueues);
    x->impairments = arena_array(in->a, struct impairment, nimpairments);
    for (int i = 0; i < nqueues; i++) {
        x->queues[x->nqueues++] = queues[i];
        names_add(&x->queue_names, queues[i].name, i);
    }
    for (int i = 0; i < nimpairments; i++) {
        x->impairments[x->nimpairments++] = impairments[i];
        names_add(&x->impairment_names, impairments[i].name, i);
    }
}

void line_index_close(struct line_index *x)
{
    names_free(&x->queue_names);
    names_free(&x->impairment_names);
}

static int find(struct input *in, const struct names *names, const struct text *name,
                const char *what)
{
    if (!name->s || strcmp(name->s, LINE_NONE) == 0)
        return -1;
    return names_find(names, in, name, what, "");
}

const struct queue *line_queue(struct input *in, const struct line_index *x,
                               const struct text *name)
{
    int i = find(in, &x->queue_names, name, "queue");
    return i < 0 ? NULL : &x->queues[i];
}

const struct impairment *line_impairment(struct input *in, const struct line_index *x,
                                         const struct text *name)
{
    int i = find(in, &x->impairment_names, name, "impairment");
    return i < 0 ? NULL : &x->impairments[i];
}

void line_traits_read(struct input *in, const struct line_index *x, const struct raw_line *raw,
                      struct line_traits *out)
{
    *out = (struct line_traits){.rate_back_bps = raw->rate_back_bps,
                                .delay_back_ps = raw->delay_back_ps,
                                .mtu_bytes = raw->mtu_bytes};
    out->own_queue = raw->queue.s != NULL;
    out->queue = line_queue(in, x, &raw->queue);
    out->impair[0] = line_impairment(in, x, &raw->impair);
    out->impair[1] = line_impairment(in, x, raw->impair_back.s ? &raw->impair_back : &raw->impair);
}
