// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/codellaw.h"

#include "base/units.h"

#include <math.h>

#define REMEMBERED 16 // intervals after which a new dropping state starts from 1 (RFC 8289 §5.5)

static int64_t control_law(const struct qdisc *q, int64_t from_ps, uint32_t count)
{
    return from_ps + (int64_t)((double)q->is.interval_ps / sqrt(count));
}

// Takes one packet; `*late`: the sojourn has been above target for an interval.
static bool take(struct codel *c, struct qdisc *q, uint32_t fifo, int64_t now_ps,
                 struct qdisc_item *out, bool *late)
{
    *late = false;
    if (!q->fifos[fifo].count) {
        c->above_ps = 0;
        return false;
    }
    *out = qdisc_pop(q, fifo);
    int64_t fluid_ps = q->fluid_load >= 1 ? 0 : out->fluid_ps;
    int64_t left = q->fifos[fifo].bytes + qdisc_fluid_bytes(q, fluid_ps);
    if (q->fluid_load > 0 && now_ps - c->seen_ps > q->is.interval_ps)
        c->above_ps = 0; // what the queue was like between them is not known
    c->seen_ps = now_ps;
    if (now_ps - out->since_ps + fluid_ps < q->is.target_ps || left <= CODEL_FULL_PACKET)
        c->above_ps = 0;
    else if (c->above_ps == 0)
        c->above_ps = now_ps + q->is.interval_ps;
    else
        *late = now_ps >= c->above_ps;
    return true;
}

// True: the packet goes on, marked. Else it is gone.
static bool punish(struct qdisc *q, const struct qdisc_item *i)
{
    if (q->is.ecn && qdisc_mark(q, i->packet))
        return true;
    qdisc_drop(q, *i, FWD_DROP_EARLY);
    return false;
}

static bool begin_dropping(struct codel *c, struct qdisc *q, uint32_t fifo, int64_t now_ps,
                           struct qdisc_item *out)
{
    bool late, there = true;
    uint32_t before = c->count - c->last_count;
    if (!punish(q, out))
        there = take(c, q, fifo, now_ps, out, &late);
    c->dropping = true;
    // Where the last dropping state has ended just now, the rate that it had found is a good start.
    c->count = before > 1 && now_ps - c->next_ps < REMEMBERED * q->is.interval_ps ? before : 1;
    c->next_ps = control_law(q, now_ps, c->count);
    c->last_count = c->count;
    return there;
}

bool codel_take(struct codel *c, struct qdisc *q, uint32_t fifo, int64_t now_ps,
                struct qdisc_item *out)
{
    bool late, there = take(c, q, fifo, now_ps, out, &late);
    if (!c->dropping)
        return late ? begin_dropping(c, q, fifo, now_ps, out) : there;
    c->dropping = late;
    while (c->dropping && now_ps >= c->next_ps) {
        c->count++;
        if (punish(q, out)) {
            c->next_ps = control_law(q, c->next_ps, c->count);
            return true;
        }
        there = take(c, q, fifo, now_ps, out, &late);
        c->dropping = late;
        if (late)
            c->next_ps = control_law(q, c->next_ps, c->count);
    }
    return there;
}
