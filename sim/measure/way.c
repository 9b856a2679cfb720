// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/way.h"

#include "base/arena.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 i128;

// A packet of the window that arrived in time, in one word: there are many flows, and each writes one
// for every packet. Delay in ns, low bits of the number, phase + 1; 0: an empty place.

#define NUMBER_BITS 24
#define PHASE_BITS  2

// Packets that arrived in a row in the order of sending, without gaps, and before all that were sent
// after them.
struct run {
    uint32_t number, position; // of the first
    uint32_t n;
};

struct way_phase {
    uint64_t sent, received, late, copies, duplicated, reordered;
    // Delays relative to the first one of the phase: finer than the delays themselves, so that what
    // they exceed their minimum by is as exact.
    struct hist above_ns, below_ns, ipdv_ns, extent;
    int64_t first_ps, least_ps, most_ps; // −1: none yet
    int64_t last_ps;                     // of the arrival before
    double jitter_ps;
};

struct way {
    int64_t threshold_ps;
    uint32_t arrived;  // positions given so far
    uint32_t expected; // one more than the highest number that arrived
    struct run run;    // the newest
    uint32_t nruns;    // older ones made so far
    struct run *runs;  // ring of them, as many as fit; made when there is one
    // The arrival before, which most packets are compared with.
    uint32_t last_number;
    int8_t last_phase;  // −1: none
    uint64_t *window;   // by number; made with the first arrival
    VEC(uint64_t) seen; // two bits a packet: arrived, and again
    struct way_phase phase[PHASE_COUNT];
};

struct way *way_new(int64_t threshold_ps)
{
    struct way *o = xcalloc(1, sizeof *o);
    o->threshold_ps = threshold_ps;
    for (int i = 0; i < PHASE_COUNT; i++) {
        struct way_phase *p = &o->phase[i];
        hist_init(&p->ipdv_ns);
        hist_init(&p->extent);
        hist_init(&p->above_ns);
        hist_init(&p->below_ns);
        p->first_ps = p->least_ps = p->most_ps = p->last_ps = -1;
    }
    o->last_phase = -1;
    return o;
}

void way_free(struct way *o)
{
    if (!o)
        return;
    for (int i = 0; i < PHASE_COUNT; i++) {
        hist_free(&o->phase[i].ipdv_ns);
        hist_free(&o->phase[i].extent);
        hist_free(&o->phase[i].above_ns);
        hist_free(&o->phase[i].below_ns);
    }
    vec_free(&o->seen);
    free(o->window);
    free(o->runs);
    free(o);
}

void way_sent(struct way *o, enum phase phase, uint32_t number)
{
    (void)number;
    o->phase[phase].sent++;
}

// How often it arrived before, 2 for more often.
static unsigned seen_before(struct way *o, uint32_t number)
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
    if (delay_ps > p->most_ps)
        p->most_ps = delay_ps;
    if (delay_ps >= p->first_ps)
        hist_add(&p->above_ns, (delay_ps - p->first_ps) / PS_PER_NS);
    else
        hist_add(&p->below_ns, (p->first_ps - delay_ps) / PS_PER_NS);
    if (p->last_ps >= 0) {
        int64_t d_ps = delay_ps - p->last_ps;
        p->jitter_ps += ((double)(d_ps < 0 ? -d_ps : d_ps) - p->jitter_ps) / 16;
    }
}

static uint64_t pack(enum phase phase, uint32_t number, int64_t delay_ps)
{
    uint64_t low = number & ((1u << NUMBER_BITS) - 1);
    return (uint64_t)(delay_ps / PS_PER_NS) << (NUMBER_BITS + PHASE_BITS) | low << PHASE_BITS |
           (unsigned)(phase + 1);
}

static void add_pair(struct way *o, enum phase phase, uint32_t other, int64_t delay_ps)
{
    uint64_t a = o->window[other % WAY_WINDOW];
    uint64_t tag = pack(phase, other, 0);
    if ((a & ((1u << (NUMBER_BITS + PHASE_BITS)) - 1)) != tag)
        return;
    int64_t d_ns = delay_ps / PS_PER_NS - (int64_t)(a >> (NUMBER_BITS + PHASE_BITS));
    hist_add(&o->phase[phase].ipdv_ns, d_ns < 0 ? -d_ns : d_ns);
}

// With the packets sent before and after it, whichever of them came first.
static void add_pairs(struct way *o, enum phase phase, uint32_t number, int64_t delay_ps)
{
    struct way_phase *p = &o->phase[phase];
    if (number == o->expected && number > 0 && number - 1 == o->last_number &&
        o->last_phase == (int8_t)phase) {
        int64_t d_ps = delay_ps - p->last_ps;
        hist_add(&p->ipdv_ns, (d_ps < 0 ? -d_ps : d_ps) / PS_PER_NS);
    } else {
        if (number > 0)
            add_pair(o, phase, number - 1, delay_ps);
        add_pair(o, phase, number + 1, delay_ps);
    }
    o->window[number % WAY_WINDOW] = pack(phase, number, delay_ps);
    o->last_number = number;
    o->last_phase = (int8_t)phase;
}

static const struct run *run_at(const struct way *o, uint32_t i)
{
    return i == o->nruns ? &o->run : &o->runs[i % WAY_WINDOW];
}

// Runs are in order of numbers and of positions: the first arrival that was sent after `number`.
static uint32_t extent_of(const struct way *o, uint32_t number)
{
    uint32_t low = o->nruns > WAY_WINDOW ? o->nruns - WAY_WINDOW : 0, high = o->nruns;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (run_at(o, mid)->number + run_at(o, mid)->n > number + 1)
            high = mid;
        else
            low = mid + 1;
    }
    const struct run *r = run_at(o, low);
    uint32_t into = number + 1 > r->number ? number + 1 - r->number : 0;
    return o->arrived - (r->position + into);
}

static void begin_run(struct way *o, uint32_t number)
{
    if (o->run.n) {
        if (!o->runs)
            o->runs = xmalloc(WAY_WINDOW * sizeof *o->runs);
        o->runs[o->nruns++ % WAY_WINDOW] = o->run;
    }
    o->run = (struct run){number, o->arrived, 0};
}

static void add_order(struct way *o, struct way_phase *p, uint32_t number)
{
    if (number < o->expected) {
        p->reordered++;
        hist_add(&p->extent, extent_of(o, number));
    } else {
        if (o->run.n == 0 || number != o->expected || o->run.position + o->run.n != o->arrived)
            begin_run(o, number);
        o->run.n++;
        o->expected = number + 1;
    }
    o->arrived++;
}

void way_received(struct way *o, enum phase phase, uint32_t number, int64_t delay_ps)
{
    struct way_phase *p = &o->phase[phase];
    unsigned before = seen_before(o, number);
    if (delay_ps > o->threshold_ps) {
        p->late += before == 0;
        return;
    }
    if (before) {
        p->copies++;
        p->duplicated += before == 1;
        return;
    }
    if (!o->window)
        o->window = xcalloc(WAY_WINDOW, sizeof *o->window);
    p->received++;
    add_delay(p, delay_ps);
    add_pairs(o, phase, number, delay_ps);
    add_order(o, p, number);
    p->last_ps = delay_ps;
}

// --- results

void way_result_init(struct way_result *r)
{
    *r = (struct way_result){.jitter_ps = NAN};
    hist_init(&r->delay_ns);
    hist_init(&r->ipdv_ns);
    hist_init(&r->pdv_ns);
    hist_init(&r->extent);
}

void way_result_free(struct way_result *r)
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

// Delays above `from_ps`, which none is below, out of those relative to the first one. Their least,
// greatest and sum are exact.
static void collect_delays(const struct way_phase *p, int64_t from_ps, struct hist *out)
{
    int64_t value, first_ns = p->first_ps / PS_PER_NS - from_ps / PS_PER_NS;
    uint64_t count;
    for (size_t i = 0; (i = hist_next(&p->below_ns, i, &value, &count)) != 0;)
        hist_add_n(out, first_ns - within(&p->below_ns, value), count);
    for (size_t i = 0; (i = hist_next(&p->above_ns, i, &value, &count)) != 0;)
        hist_add_n(out, first_ns + within(&p->above_ns, value), count);
    if (out->count == 0)
        return;
    out->min = (p->least_ps - from_ps) / PS_PER_NS;
    out->max = (p->most_ps - from_ps) / PS_PER_NS;
    out->sum = p->above_ns.sum - p->below_ns.sum;
    out->sum += (i128)first_ns * (i128)out->count;
}

void way_collect(const struct way *o, enum phase phase, struct way_result *out)
{
    const struct way_phase *p = &o->phase[phase];
    way_result_init(out);
    out->sent = p->sent;
    out->received = p->received;
    out->late = p->late;
    out->copies = p->copies;
    out->duplicated = p->duplicated;
    out->reordered = p->reordered;
    out->jitter_ps = p->received > 1 ? p->jitter_ps : NAN;
    collect_delays(p, 0, &out->delay_ns);
    collect_delays(p, p->least_ps, &out->pdv_ns);
    hist_merge(&out->ipdv_ns, &p->ipdv_ns);
    hist_merge(&out->extent, &p->extent);
}

void way_result_add(struct way_result *into, const struct way_result *from)
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
