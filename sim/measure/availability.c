// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/availability.h"

#include "base/arena.h"

#include <stdlib.h>

#define SHORT_PS PS_PER_S
#define LONG_PS  (10 * PS_PER_S)

struct tally {
    uint32_t sent, answered;
};

struct availability {
    const struct scenario *scenario;
    struct tally *seconds;
    int64_t nseconds;
};

enum state { UNKNOWN, AVAILABLE, OUTAGE };

struct availability *availability_new(const struct scenario *s)
{
    struct availability *a = xcalloc(1, sizeof *a);
    a->scenario = s;
    a->nseconds = (s->duration_ps + SHORT_PS - 1) / SHORT_PS;
    a->seconds = xcalloc((size_t)a->nseconds, sizeof *a->seconds);
    return a;
}

void availability_free(struct availability *a)
{
    if (!a)
        return;
    free(a->seconds);
    free(a);
}

void availability_add(struct availability *a, int64_t sent_ps, bool answered)
{
    struct tally *t = &a->seconds[sent_ps / SHORT_PS];
    t->sent++;
    t->answered += answered;
}

// The state after the seconds [from, to), when it was `before` till then.
static enum state state_of(const struct availability *a, int64_t from, int64_t to,
                           enum state before)
{
    uint64_t sent = 0, answered = 0;
    for (int64_t i = from; i < to && i < a->nseconds; i++) {
        sent += a->seconds[i].sent;
        answered += a->seconds[i].answered;
    }
    if (sent == 0)
        return before;
    return (sent - answered) * 1000000 > sent * AVAILABILITY_LOSS_PPM ? OUTAGE : AVAILABLE;
}

static enum phase phase_of(const struct availability *a, int64_t from_ps, int64_t length_ps)
{
    int64_t left_ps = a->scenario->duration_ps - from_ps;
    return scenario_phase(a->scenario, from_ps + (left_ps < length_ps ? left_ps : length_ps) / 2);
}

static void collect_seconds(const struct availability *a, struct availability_result *out)
{
    enum state state = UNKNOWN;
    int64_t run = 0; // seconds that this outage lasts already, across phases
    for (int64_t i = 0; i < a->nseconds; i++) {
        struct availability_result *o = &out[phase_of(a, i * SHORT_PS, SHORT_PS)];
        state = state_of(a, i, i + 1, state);
        run = state == OUTAGE ? run + 1 : 0;
        o->seconds += state != UNKNOWN;
        o->outage_seconds += state == OUTAGE;
        o->longest_seconds = run > o->longest_seconds ? run : o->longest_seconds;
    }
}

void availability_collect(const struct availability *a, struct availability_result *out)
{
    enum state state = UNKNOWN;
    for (int ph = 0; ph < PHASE_COUNT; ph++)
        out[ph] = (struct availability_result){0};
    collect_seconds(a, out);
    for (int64_t i = 0; i < a->nseconds; i += LONG_PS / SHORT_PS) {
        struct availability_result *o = &out[phase_of(a, i * SHORT_PS, LONG_PS)];
        state = state_of(a, i, i + LONG_PS / SHORT_PS, state);
        o->tens += state != UNKNOWN;
        o->outage_tens += state == OUTAGE;
    }
}
