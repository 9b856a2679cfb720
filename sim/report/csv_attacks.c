// SPDX-License-Identifier: GPL-3.0-or-later
// What became of attacks, what defences did, and what other users felt of it.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

// --- attacks.csv

static const char *const ends[] = {"sent", "absorbed", "refused", "dropped"};

struct onslaught { // of one attack on one service in one phase
    const struct attack_row *v;
    size_t n;
    double seconds, sent; // of the attack in the phase; bits
};

static bool together(const struct attack_row *a, const struct attack_row *b)
{
    return a->traffic == b->traffic && a->service == b->service && a->phase == b->phase;
}

static double overlap_s(int64_t a_from, int64_t a_to, int64_t b_from, int64_t b_to)
{
    int64_t from = a_from > b_from ? a_from : b_from, to = a_to < b_to ? a_to : b_to;
    return to > from ? (double)(to - from) / PS_PER_S : 0;
}

// How long the attack lasts within a phase.
static double attack_s(const struct scenario *s, const struct attack_options *o, enum phase phase)
{
    const int64_t borders[] = {0, s->outage_from_ps, s->outage_to_ps, s->duration_ps};
    return overlap_s(borders[phase], borders[phase + 1], o->begin_ps, o->end_ps);
}

static void cells(struct csvout *o, const struct scenario *s, const struct onslaught *g, int pop,
                  const char *fate, const char *cause, const char *place, uint64_t packets,
                  double bits)
{
    csvout_text(o, s->traffic[g->v->traffic].name);
    csvout_text(o, s->services[g->v->service].name);
    csvout_text(o, phase_names[g->v->phase]);
    csvout_text(o, pop < 0 ? NULL : s->topology.pops[pop].name);
    csvout_text(o, fate);
    csvout_text(o, cause);
    csvout_text(o, place);
    csvout_uint(o, packets);
    csvout_fixed(o, bits / 1e9, 6);
    csvout_fixed(o, g->seconds > 0 ? bits / 1e9 / g->seconds : NAN, 6);
    csvout_fixed(o, g->sent > 0 ? bits / g->sent : NAN, 6);
    csvout_end(o);
}

static const char *cause_of(const struct attack_row *a)
{
    if (a->end == TRAFFIC_STRIKE_REFUSED)
        return "backlog-full";
    return a->end == TRAFFIC_STRIKE_DROPPED ? fwd_drop_name(a->reason) : NULL;
}

// What came to a POP in all, then each way in which it ended there.
static void pop_rows(struct csvout *o, const struct scenario *s, const struct onslaught *g, int pop)
{
    uint64_t packets = 0;
    double bits = 0;
    for (size_t i = 0; i < g->n; i++)
        if (g->v[i].pop == pop && g->v[i].end != TRAFFIC_STRIKE_SENT) {
            packets += g->v[i].packets;
            bits += g->v[i].bits;
        }
    if (packets && pop >= 0)
        cells(o, s, g, pop, "offered", NULL, NULL, packets, bits);
    for (size_t i = 0; i < g->n; i++) {
        const struct attack_row *a = &g->v[i];
        if (a->pop == pop)
            cells(o, s, g, pop, ends[a->end], cause_of(a), a->place, a->packets, a->bits);
    }
}

void csv_attacks(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(
        f, "attack,service,phase,pop,fate,cause,place,packets,gbit,gbps,share_of_sent");
    for (size_t i = 0; i < r->nattacks;) {
        struct onslaught g = {.v = &r->attacks[i]};
        g.seconds = attack_s(s, &s->traffic[g.v->traffic].options.attack, g.v->phase);
        for (; i < r->nattacks && together(g.v, &r->attacks[i]); i++, g.n++)
            if (r->attacks[i].end == TRAFFIC_STRIKE_SENT)
                g.sent += r->attacks[i].bits;
        for (int pop = -1; pop < s->topology.npops; pop++)
            pop_rows(&o, s, &g, pop);
    }
}

// --- defences.csv

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : NAN;
}

void csv_defences(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "service,pop,defence,phase,hostile_packets,hostile_stopped,"
                                      "stopped_share,good_packets,good_stopped,false_positives");
    for (size_t i = 0; i < r->ndefences; i++) {
        const struct defence_row *d = &r->defences[i];
        csvout_text(&o, s->services[d->service].name);
        csvout_text(&o, d->pop < 0 ? NULL : s->topology.pops[d->pop].name);
        csvout_text(&o, defence_names[d->defence]);
        csvout_text(&o, phase_names[d->phase]);
        csvout_uint(&o, d->hostile);
        csvout_uint(&o, d->hostile_stopped);
        csvout_fixed(&o, share(d->hostile_stopped, d->hostile), 6);
        csvout_uint(&o, d->good);
        csvout_uint(&o, d->good_stopped);
        csvout_fixed(&o, share(d->good_stopped, d->good), 6);
        csvout_end(&o);
    }
}

// --- collateral.csv

struct felt { // by users of a service in a group, in buckets of one kind
    uint64_t sent, lost, answered;
    double rtt_ns;
};

static bool is_attack(const struct traffic *t)
{
    return t->kind == TRAFFIC_SYNFLOOD || t->kind == TRAFFIC_REFLECTION ||
           t->kind == TRAFFIC_CARPET;
}

static bool is_target(const struct scenario *s, int service)
{
    for (int i = 0; i < s->ntraffic; i++)
        for (int k = 0; is_attack(&s->traffic[i]) && k < s->traffic[i].nto; k++)
            if (s->traffic[i].to[k] == service)
                return true;
    return false;
}

// 1: an attack goes on during all of the bucket; 0: none during any of it; -1: part of it.
static int attacked(const struct scenario *s, int bucket)
{
    int64_t from = bucket * s->bucket_ps, to = from + s->bucket_ps;
    int result = 0;
    for (int i = 0; i < s->ntraffic; i++) {
        const struct attack_options *o = &s->traffic[i].options.attack;
        if (!is_attack(&s->traffic[i]) || o->end_ps <= from || o->begin_ps >= to)
            continue;
        if (o->begin_ps <= from && o->end_ps >= to)
            return 1;
        result = -1;
    }
    return result;
}

static double loss(const struct felt *f)
{
    return f->sent ? (double)f->lost / (double)f->sent : NAN;
}

static double rtt_ms(const struct felt *f)
{
    return f->answered ? f->rtt_ns / 1e6 / (double)f->answered : NAN;
}

static void collateral_row(struct csvout *o, const struct scenario *s, int service, int group,
                           const struct felt felt[2])
{
    csvout_text(o, s->services[service].name);
    csvout_text(o, figure_network(s, group));
    csvout_text(o, figure_group(s, group)->region);
    csvout_text(o, is_target(s, service) ? "yes" : "no");
    csvout_fixed(o, loss(&felt[0]), 6);
    csvout_fixed(o, loss(&felt[1]), 6);
    csvout_fixed(o, rtt_ms(&felt[0]), 3);
    csvout_fixed(o, rtt_ms(&felt[1]), 3);
    csvout_fixed(o, rtt_ms(&felt[1]) - rtt_ms(&felt[0]), 3);
    csvout_end(o);
}

void csv_collateral(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o =
        csvout_start(f, "service,network,region,target,loss_quiet,loss_attacked,rtt_ms_quiet,"
                        "rtt_ms_attacked,added_ms");
    bool any = false;
    for (int i = 0; i < s->ntraffic; i++)
        any = any || is_attack(&s->traffic[i]);
    for (int service = 0; any && service < s->nservices; service++)
        for (int group = 0; group < s->ngroups; group++) {
            const struct bucket_result *b = results_buckets(r, service, group);
            struct felt felt[2] = {{0}, {0}};
            for (int k = 0; k < r->nbuckets; k++) {
                int which = attacked(s, k);
                if (which < 0)
                    continue;
                felt[which].sent += b[k].sent;
                felt[which].lost += b[k].lost;
                felt[which].answered += b[k].answered;
                felt[which].rtt_ns += (double)b[k].rtt_sum_ns;
            }
            if (felt[0].sent + felt[1].sent)
                collateral_row(&o, s, service, group, felt);
        }
}
