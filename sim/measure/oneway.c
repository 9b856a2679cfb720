// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/oneway.h"

#include "base/arena.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

struct arrival { // a packet of the window that arrived in time
    int64_t delay_ps;
    uint32_t number;
    int8_t phase; // −1: an empty place
};

struct record { // a packet that arrived before all that were sent after it
    uint32_t number, position;
};

struct way_phase {
    uint64_t sent, received, late, copies, duplicated, reordered;
    struct hist delay_ns, ipdv_ns, extent;
    // Delays relative to the first one of the phase: finer than the delays themselves, so that what
    // they exceed their minimum by is as exact.
    struct hist above_ns, below_ns;
    int64_t first_ps, least_ps; // −1: none yet
    int64_t last_ps;            // of the arrival before
    double jitter_ps;
};

struct oneway {
    int64_t threshold_ps;
    struct way_phase phase[PHASE_COUNT];
    struct arrival *window; // by number; made with the first arrival
    struct record *records; // ring, as many as fit
    uint32_t nrecords;      // made so far
    uint32_t arrived;       // positions given so far
    uint32_t expected;      // one more than the highest number that arrived
    VEC(uint64_t) seen;     // two bits a packet: arrived, and again
};

struct oneway *oneway_new(int64_t threshold_ps)
{
    struct oneway *o = xcalloc(1, sizeof *o);
    o->threshold_ps = threshold_ps;
    for (int i = 0; i < PHASE_COUNT; i++) {
        struct way_phase *p = &o->phase[i];
        hist_init(&p->delay_ns);
        hist_init(&p->ipdv_ns);
        hist_init(&p->extent);
        hist_init(&p->above_ns);
        hist_init(&p->below_ns);
        p->first_ps = p->least_ps = p->last_ps = -1;
    }
    return o;
}

void oneway_free(struct oneway *o)
{
    if (!o)
        return;
    for (int i = 0; i < PHASE_COUNT; i++) {
        hist_free(&o->phase[i].delay_ns);
        hist_free(&o->phase[i].ipdv_ns);
        hist_free(&o->phase[i].extent);
        hist_free(&o->phase[i].above_ns);
        hist_free(&o->phase[i].below_ns);
    }
    vec_free(&o->seen);
    free(o->window);
    free(o->records);
    free(o);
}

void oneway_sent(struct oneway *o, enum phase phase, uint32_t number)
{
    (void)number;
    o->phase[phase].sent++;
}

// How often it arrived before, 2 for more often.
static unsigned seen_before(struct oneway *o, uint32_t number)
{
    unsigned shift = number % 32 * 2;
    while (o->seen.n <= number / 32)
        vec_push(&o->seen, 0);
    uint64_t *bits = &o->seen.v[number / 32];
    unsigned times = (unsigned)(*bits >> shift & 3);
    if (times < 2)
        *bits += UINT64_C(1) << shift;
    return times;
}

static void add_delay(struct way_phase *p, int64_t delay_ps)
{
    if (p->first_ps < 0)
        p->first_ps = p->least_ps = delay_ps;
    if (delay_ps < p->least_ps)
        p->least_ps = delay_ps;
    hist_add(&p->delay_ns, delay_ps / PS_PER_NS);
    if (delay_ps >= p->first_ps)
        hist_add(&p->above_ns, (delay_ps - p->first_ps) / PS_PER_NS);
    else
        hist_add(&p->below_ns, (p->first_ps - delay_ps) / PS_PER_NS);
    if (p->last_ps >= 0) {
        int64_t d_ps = delay_ps - p->last_ps;
        p->jitter_ps += ((double)(d_ps < 0 ? -d_ps : d_ps) - p->jitter_ps) / 16;
    }
    p->last_ps = delay_ps;
}

static void add_pair(struct oneway *o, enum phase phase, uint32_t other, int64_t delay_ps)
{
    const struct arrival *a = &o->window[other % ONEWAY_WINDOW];
    int64_t d_ps = delay_ps - a->delay_ps;
    if (a->phase == (int8_t)phase && a->number == other)
        hist_add(&o->phase[phase].ipdv_ns, (d_ps < 0 ? -d_ps : d_ps) / PS_PER_NS);
}

// With the packets sent before and after it, whichever of them came first.
static void add_pairs(struct oneway *o, enum phase phase, uint32_t number, int64_t delay_ps)
{
    if (number > 0)
        add_pair(o, phase, number - 1, delay_ps);
    add_pair(o, phase, number + 1, delay_ps);
    o->window[number % ONEWAY_WINDOW] = (struct arrival){delay_ps, number, (int8_t)phase};
}

// Records are in order of numbers and of positions: the first one sent after `number`.
static uint32_t extent_of(const struct oneway *o, uint32_t number)
{
    uint32_t low = o->nrecords > ONEWAY_WINDOW ? o->nrecords - ONEWAY_WINDOW : 0;
    uint32_t high = o->nrecords - 1; // the last one is above `number`: else it were a record
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (o->records[mid % ONEWAY_WINDOW].number > number)
            high = mid;
        else
            low = mid + 1;
    }
    return o->arrived - o->records[low % ONEWAY_WINDOW].position;
}

static void add_order(struct oneway *o, struct way_phase *p, uint32_t number)
{
    if (number >= o->expected) {
        o->records[o->nrecords++ % ONEWAY_WINDOW] = (struct record){number, o->arrived};
        o->expected = number + 1;
    } else {
        p->reordered++;
        hist_add(&p->extent, extent_of(o, number));
    }
    o->arrived++;
}

void oneway_received(struct oneway *o, enum phase phase, uint32_t number, int64_t delay_ps)
{
    struct way_phase *p = &o->phase[phase];
    unsigned before = seen_before(o, number);
    if (before) {
        p->copies++;
        p->duplicated += before == 1;
        return;
    }
    if (delay_ps > o->threshold_ps) {
        p->late++;
        return;
    }
    if (!o->window) {
        o->window = xmalloc(ONEWAY_WINDOW * sizeof *o->window);
        o->records = xmalloc(ONEWAY_WINDOW * sizeof *o->records);
        for (int i = 0; i < ONEWAY_WINDOW; i++)
            o->window[i].phase = -1;
    }
    p->received++;
    add_delay(p, delay_ps);
    add_pairs(o, phase, number, delay_ps);
    add_order(o, p, number);
}

// --- results

void oneway_result_init(struct oneway_result *r)
{
    *r = (struct oneway_result){.jitter_ps = NAN};
    hist_init(&r->delay_ns);
    hist_init(&r->ipdv_ns);
    hist_init(&r->pdv_ns);
    hist_init(&r->extent);
}

void oneway_result_free(struct oneway_result *r)
{
    hist_free(&r->delay_ns);
    hist_free(&r->ipdv_ns);
    hist_free(&r->pdv_ns);
    hist_free(&r->extent);
}

// The middle of a bucket may lie beyond all values in it.
static int64_t within(const struct hist *h, int64_t value)
{
    return value < h->min ? h->min : value > h->max ? h->max : value;
}

// Delays above their least, out of those relative to the first one.
static void collect_pdv(const struct way_phase *p, struct hist *out)
{
    int64_t value, least_ns = (p->first_ps - p->least_ps) / PS_PER_NS;
    uint64_t count;
    for (size_t i = 0; (i = hist_next(&p->below_ns, i, &value, &count)) != 0;)
        hist_add_n(out, least_ns - within(&p->below_ns, value), count);
    for (size_t i = 0; (i = hist_next(&p->above_ns, i, &value, &count)) != 0;)
        hist_add_n(out, least_ns + within(&p->above_ns, value), count);
}

void oneway_collect(const struct oneway *o, enum phase phase, struct oneway_result *out)
{
    const struct way_phase *p = &o->phase[phase];
    oneway_result_init(out);
    out->sent = p->sent;
    out->received = p->received;
    out->late = p->late;
    out->copies = p->copies;
    out->duplicated = p->duplicated;
    out->reordered = p->reordered;
    out->jitter_ps = p->received > 1 ? p->jitter_ps : NAN;
    hist_merge(&out->delay_ns, &p->delay_ns);
    hist_merge(&out->ipdv_ns, &p->ipdv_ns);
    hist_merge(&out->extent, &p->extent);
    collect_pdv(p, &out->pdv_ns);
}

void oneway_result_add(struct oneway_result *into, const struct oneway_result *from)
{
    double a = isnan(into->jitter_ps) ? 0 : (double)into->received;
    double b = isnan(from->jitter_ps) ? 0 : (double)from->received;
    if (b > 0)
        into->jitter_ps = ((a > 0 ? a * into->jitter_ps : 0) + b * from->jitter_ps) / (a + b);
    into->sent += from->sent;
    into->received += from->received;
    into->late += from->late;
    into->copies += from->copies;
    into->duplicated += from->duplicated;
    into->reordered += from->reordered;
    hist_merge(&into->delay_ns, &from->delay_ns);
    hist_merge(&into->ipdv_ns, &from->ipdv_ns);
    hist_merge(&into->pdv_ns, &from->pdv_ns);
    hist_merge(&into->extent, &from->extent);
}
