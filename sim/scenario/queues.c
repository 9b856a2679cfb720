// SPDX-License-Identifier: GPL-3.0-or-later
// Queue disciplines: which keys a kind needs and may have, and classes by DSCP.
#include "scenario/line_reader.h"

#include <stdlib.h>
#include <string.h>

#define DSCPS 64

#define ON(kind) (1u << (kind))
#define HOLDS                                                                                      \
    (ON(QUEUE_DROP_TAIL) | ON(QUEUE_RED) | ON(QUEUE_CODEL) | ON(QUEUE_FQ_CODEL) | ON(QUEUE_SHAPER))
#define SOJOURNS (ON(QUEUE_CODEL) | ON(QUEUE_FQ_CODEL))
#define CLASSFUL (ON(QUEUE_PRIORITY) | ON(QUEUE_DRR))

static const struct {
    const char *key;
    unsigned kinds, needed;
} keys[QUEUE_KEYS] = {
    [QUEUE_KEY_LIMIT] = {"limit", HOLDS, 0},
    [QUEUE_KEY_PACKETS] = {"packets", HOLDS, 0},
    [QUEUE_KEY_TIME] = {"time", ON(QUEUE_DROP_TAIL), 0},
    [QUEUE_KEY_ECN] = {"ecn", ON(QUEUE_RED) | SOJOURNS, 0},
    [QUEUE_KEY_MIN] = {"min", ON(QUEUE_RED), ON(QUEUE_RED)},
    [QUEUE_KEY_MAX] = {"max", ON(QUEUE_RED), ON(QUEUE_RED)},
    [QUEUE_KEY_PROBABILITY] = {"probability", ON(QUEUE_RED), 0},
    [QUEUE_KEY_WEIGHT] = {"weight", ON(QUEUE_RED), 0},
    [QUEUE_KEY_GENTLE] = {"gentle", ON(QUEUE_RED), 0},
    [QUEUE_KEY_MEAN_PACKET] = {"mean_packet", ON(QUEUE_RED), 0},
    [QUEUE_KEY_TARGET] = {"target", SOJOURNS, 0},
    [QUEUE_KEY_INTERVAL] = {"interval", SOJOURNS, 0},
    [QUEUE_KEY_FLOWS] = {"flows", ON(QUEUE_FQ_CODEL), 0},
    [QUEUE_KEY_QUANTUM] = {"quantum", ON(QUEUE_FQ_CODEL), 0},
    [QUEUE_KEY_RATE] = {"rate", ON(QUEUE_SHAPER), ON(QUEUE_SHAPER)},
    [QUEUE_KEY_BURST] = {"burst", ON(QUEUE_SHAPER), 0},
};

static bool check_keys(struct input *in, const struct raw_queue *raw)
{
    const char *kind = queue_kind_names[raw->is.kind];
    bool good = true;
    for (int i = 0; i < QUEUE_KEYS; i++) {
        bool given = raw->given[i].line > 0;
        if (given && !(keys[i].kinds & ON(raw->is.kind))) {
            diag_error(in->d, raw->given[i], "leave it out", "'%s' is not for a %s queue",
                       keys[i].key, kind);
            good = false;
        } else if (!given && keys[i].needed & ON(raw->is.kind)) {
            diag_error(in->d, raw->at, NULL, "a %s queue needs '%s'", kind, keys[i].key);
            good = false;
        }
    }
    bool classful = CLASSFUL & ON(raw->is.kind);
    if (classful && raw->classes.n == 0)
        diag_error(in->d, raw->at, "classes: [{name: voice, dscp: [ef]}, {name: rest}]",
                   "a %s queue needs 'classes'", kind);
    else if (!classful && raw->classes.at.line)
        diag_error(in->d, raw->classes.at, "leave it out", "'classes' is not for a %s queue", kind);
    else if (!classful && raw->fluid.s)
        diag_error(in->d, raw->fluid.at, "leave it out", "'fluid' is not for a %s queue", kind);
    else
        return good;
    return false;
}

static void check_values(struct input *in, const struct raw_queue *raw)
{
    const struct queue *q = &raw->is;
    bool others = q->limit_bytes || q->limit_packets;
    if (q->kind == QUEUE_DROP_TAIL && !others && !q->limit_ps)
        diag_error(in->d, raw->at, "for example 'packets: 1000', 'limit: 1MiB' or 'time: 50ms'",
                   "a drop-tail queue needs a limit");
    if (q->kind == QUEUE_DROP_TAIL && others && q->limit_ps)
        diag_error(in->d, raw->given[QUEUE_KEY_TIME], "leave it out, or the others",
                   "'time' is a limit by itself");
    if (q->kind == QUEUE_RED && q->max_bytes <= q->min_bytes)
        diag_error(in->d, raw->given[QUEUE_KEY_MAX], "three times 'min' is usual",
                   "'max' must be larger than 'min'");
    if ((ON(q->kind) & SOJOURNS) && q->interval_ps <= q->target_ps)
        diag_error(
            in->d,
            raw->given[raw->given[QUEUE_KEY_INTERVAL].line ? QUEUE_KEY_INTERVAL : QUEUE_KEY_TARGET],
            "RFC 8289 uses 5ms and 100ms", "'interval' must be longer than 'target'");
}

int line_dscp(const char *word)
{
    static const struct {
        const char *name;
        int dscp;
    } names[] = {{"ef", 46}, {"va", 44}, {"le", 1}, {"be", 0}, {"df", 0}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(word, names[i].name) == 0)
            return names[i].dscp;
    size_t len = strlen(word);
    if (len == 3 && memcmp(word, "cs", 2) == 0 && word[2] >= '0' && word[2] <= '7')
        return (word[2] - '0') * 8;
    if (len == 4 && memcmp(word, "af", 2) == 0 && word[2] >= '1' && word[2] <= '4' &&
        word[3] >= '1' && word[3] <= '3')
        return (word[2] - '0') * 8 + (word[3] - '0') * 2;
    char *end;
    long n = strtol(word, &end, 10);
    return len > 0 && len <= 2 && *end == '\0' && n >= 0 && n < DSCPS ? (int)n : -1;
}

static uint64_t read_dscps(struct input *in, const struct texts *t, uint64_t *taken)
{
    uint64_t set = 0;
    for (int i = 0; i < t->n; i++) {
        int dscp = t->v[i].s ? line_dscp(t->v[i].s) : -1;
        if (dscp < 0) {
            if (t->v[i].s)
                diag_error(in->d, t->v[i].at, LINE_DSCPS, "'%s' is not a DSCP", t->v[i].s);
        } else if (*taken >> dscp & 1) {
            diag_error(in->d, t->v[i].at, NULL, "DSCP %d is in a class already", dscp);
        } else {
            set |= UINT64_C(1) << dscp;
            *taken |= UINT64_C(1) << dscp;
        }
    }
    return set;
}

static void read_classes(struct input *in, const struct raw_queue *raw, struct queue *q)
{
    const struct raw_queue_class *c = raw->classes.v;
    struct names names = {0};
    uint64_t taken = 0;
    int rest = -1;
    q->classes = arena_array(in->a, struct queue_class, raw->classes.n);
    q->nclasses = raw->classes.n;
    for (int i = 0; i < raw->classes.n; i++) {
        q->classes[i] = (struct queue_class){.name = c[i].name.s,
                                             .dscp = read_dscps(in, &c[i].dscp, &taken),
                                             .limit_bytes = c[i].limit_bytes,
                                             .quantum_bytes = c[i].quantum_bytes};
        if (c[i].name.s && !names_add(&names, c[i].name.s, i))
            diag_error(in->d, c[i].name.at, NULL, "class '%s' appears twice", c[i].name.s);
        if (c[i].quantum_at.line && q->kind != QUEUE_DRR)
            diag_error(in->d, c[i].quantum_at, "leave it out", "'quantum' is for drr");
        if (c[i].dscp.at.line)
            continue;
        if (rest >= 0)
            diag_error(in->d, c[i].at, "give it a 'dscp'",
                       "two classes without 'dscp': only one can take the rest");
        rest = i;
    }
    if (rest < 0 && q->nclasses)
        diag_error(in->d, raw->classes.at, "leave out the 'dscp' of one class",
                   "no class takes the packets of other DSCPs");
    q->fluid_class = rest < 0 ? 0 : rest;
    int fluid = names_find(&names, in, &raw->fluid, "class", "");
    if (fluid >= 0)
        q->fluid_class = fluid;
    names_free(&names);
}

static void read_queue(struct input *in, struct line_index *x, const struct raw_queue *raw)
{
    struct queue *q = &x->queues[x->nqueues];
    if (!raw->name.s || raw->is.kind < 0)
        return;
    *q = raw->is;
    q->name = raw->name.s;
    q->at = raw->name.at;
    if (strcmp(q->name, LINE_NONE) == 0) {
        diag_error(in->d, q->at, "call it something else", "'none' is no name for a queue");
        return;
    }
    if (!names_add(&x->queue_names, q->name, x->nqueues)) {
        diag_error(in->d, q->at, "call it something else",
                   "queue '%s' is declared in the topology already", q->name);
        return;
    }
    x->nqueues++;
    if (!check_keys(in, raw))
        return;
    check_values(in, raw);
    read_classes(in, raw, q);
}

void queues_read(struct input *in, struct line_index *x, const struct rows *raw)
{
    struct queue *all = arena_array(in->a, struct queue, x->nqueues + raw->n);
    if (x->nqueues)
        memcpy(all, x->queues, sizeof *all * (size_t)x->nqueues);
    x->queues = all;
    for (int i = 0; i < raw->n; i++)
        read_queue(in, x, (const struct raw_queue *)raw->v + i);
}
