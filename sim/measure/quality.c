// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/quality.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

struct quality {
    const struct scenario *scenario;
    int64_t epoch_ps;
    struct way *way[TRAFFIC_DIRECTIONS];
    struct object_result objects[PHASE_COUNT];
    uint64_t broken[PHASE_COUNT][TRAFFIC_BREAKS];
};

static void init_objects(struct object_result *o)
{
    *o = (struct object_result){.score_min = NAN};
    hist_init(&o->duration_ns);
    hist_init(&o->goodput_bps);
}

struct quality *quality_new(const struct scenario *s, int64_t epoch_ps, int64_t threshold_ps)
{
    struct quality *q = xcalloc(1, sizeof *q);
    q->scenario = s;
    q->epoch_ps = epoch_ps;
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        q->way[d] = way_new(threshold_ps);
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        init_objects(&q->objects[ph]);
    return q;
}

void quality_free(struct quality *q)
{
    if (!q)
        return;
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        way_free(q->way[d]);
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        hist_free(&q->objects[ph].duration_ns);
        hist_free(&q->objects[ph].goodput_bps);
    }
    free(q);
}

static enum phase phase_of(const struct quality *q, int64_t at_ps)
{
    return scenario_phase(q->scenario, at_ps - q->epoch_ps);
}

void quality_packet_sent(struct quality *q, enum traffic_direction d, uint32_t number,
                         int64_t now_ps)
{
    if (now_ps >= q->epoch_ps)
        way_sent(q->way[d], phase_of(q, now_ps), number);
}

void quality_packet_received(struct quality *q, enum traffic_direction d, uint32_t number,
                             int64_t sent_ps, int64_t now_ps)
{
    if (sent_ps >= q->epoch_ps)
        way_received(q->way[d], phase_of(q, sent_ps), number, now_ps - sent_ps);
}

void quality_object_begun(struct quality *q, int64_t now_ps)
{
    if (now_ps >= q->epoch_ps)
        q->objects[phase_of(q, now_ps)].begun++;
}

void quality_object_ended(struct quality *q, const struct traffic_object *o)
{
    if (o->begun_ps < q->epoch_ps)
        return;
    struct object_result *r = &q->objects[phase_of(q, o->begun_ps)];
    int64_t took_ps = o->ended_ps - o->begun_ps;
    r->octets += o->octets;
    r->stalls += o->stalls;
    r->stalled_ps += o->stalled_ps;
    r->ok += o->end == TRAFFIC_END_OK;
    r->reset += o->end == TRAFFIC_END_RESET;
    r->timeout += o->end == TRAFFIC_END_TIMEOUT;
    if (!isnan(o->score)) {
        r->scored++;
        r->score_sum += o->score;
        r->score_min = fmin(r->score_min, o->score); // NaN: the other one
    }
    if (o->end != TRAFFIC_END_OK)
        return;
    hist_add(&r->duration_ns, took_ps / PS_PER_NS);
    if (took_ps > 0 && o->octets > 0)
        hist_add(&r->goodput_bps, (int64_t)((double)o->octets * 8 / ps_to_s(took_ps)));
}

void quality_broken(struct quality *q, enum traffic_break why, int64_t now_ps)
{
    if (now_ps >= q->epoch_ps)
        q->broken[phase_of(q, now_ps)][why]++;
}

// --- results

void quality_result_init(struct quality_result *r)
{
    *r = (struct quality_result){.traffic = -1};
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        way_result_init(&r->way[d]);
    init_objects(&r->objects);
}

void quality_result_free(struct quality_result *r)
{
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        way_result_free(&r->way[d]);
    hist_free(&r->objects.duration_ns);
    hist_free(&r->objects.goodput_bps);
}

static void add_objects(struct object_result *into, const struct object_result *from)
{
    into->begun += from->begun;
    into->ok += from->ok;
    into->reset += from->reset;
    into->timeout += from->timeout;
    into->octets += from->octets;
    into->scored += from->scored;
    into->score_sum += from->score_sum;
    into->score_min = fmin(into->score_min, from->score_min);
    into->stalls += from->stalls;
    into->stalled_ps += from->stalled_ps;
    hist_merge(&into->duration_ns, &from->duration_ns);
    hist_merge(&into->goodput_bps, &from->goodput_bps);
}

void quality_result_add(struct quality_result *into, const struct quality_result *from)
{
    for (int d = 0; d < TRAFFIC_DIRECTIONS; d++)
        way_result_add(&into->way[d], &from->way[d]);
    add_objects(&into->objects, &from->objects);
    for (int b = 0; b < TRAFFIC_BREAKS; b++)
        into->broken[b] += from->broken[b];
}

void quality_collect(const struct quality *q, struct quality_result *out)
{
    for (int ph = 0; ph < PHASE_COUNT; ph++) {
        quality_result_init(&out[ph]);
        out[ph].phase = (enum phase)ph;
        for (int d = 0; d < TRAFFIC_DIRECTIONS; d++) {
            way_result_free(&out[ph].way[d]);
            way_collect(q->way[d], (enum phase)ph, &out[ph].way[d]);
        }
        add_objects(&out[ph].objects, &q->objects[ph]);
        for (int b = 0; b < TRAFFIC_BREAKS; b++)
            out[ph].broken[b] = q->broken[ph][b];
    }
}
