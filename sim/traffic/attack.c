// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/attack.h"

#include "base/rng.h"

static const struct attack_options *options(const struct flow *f)
{
    return &f->is.options->attack;
}

// Scenario time: its zero is where the flow's options say that it begins.
static double strength(const struct flow *f, int64_t now_ps)
{
    const struct attack_options *o = options(f);
    int64_t t_ps = now_ps - f->is.epoch_ps;
    if (t_ps < o->begin_ps || t_ps >= o->end_ps)
        return 0;
    int64_t since_ps = t_ps - o->begin_ps, left_ps = o->end_ps - t_ps;
    int64_t border_ps = since_ps < left_ps ? since_ps : left_ps;
    return border_ps >= o->ramp_ps ? 1 : (double)border_ps / (double)o->ramp_ps;
}

uint32_t attack_weight(const struct flow *f, uint32_t of, int64_t now_ps)
{
    double weight = strength(f, now_ps) * (double)of;
    return weight > 0 && weight < 1 ? 1 : (uint32_t)(weight + 0.5);
}

void attack_next(struct flow *f, int64_t now_ps)
{
    int64_t next_ps = now_ps + f->is.interval_ps, end_ps = f->is.epoch_ps + options(f)->end_ps;
    if (next_ps < f->is.stop_ps && next_ps < end_ps)
        flow_wake(f, next_ps, 0);
}

void attack_start(struct flow *f, int64_t now_ps)
{
    struct attack *a = f->state;
    int64_t begin_ps = f->is.epoch_ps + options(f)->begin_ps;
    a->rng = flow_rng(f, "attack");
    // It keeps its phase, so that groups do not send at the same instants.
    int64_t first_ps = begin_ps + (now_ps - f->is.start_ps);
    if (first_ps < now_ps)
        first_ps = now_ps;
    if (first_ps < f->is.stop_ps)
        flow_wake(f, first_ps, 0);
}

void attack_send(struct flow *f, struct packet *p)
{
    p->seq = f->seq++;
    flow_send(f, p);
}

static bool is_special(ip4_addr a)
{
    static const struct prefix special[] = {
        {IP4(0, 0, 0, 0), 8},      {IP4(10, 0, 0, 0), 8},     {IP4(100, 64, 0, 0), 10},
        {IP4(127, 0, 0, 0), 8},    {IP4(169, 254, 0, 0), 16}, {IP4(172, 16, 0, 0), 12},
        {IP4(192, 0, 0, 0), 24},   {IP4(192, 0, 2, 0), 24},   {IP4(192, 88, 99, 0), 24},
        {IP4(192, 168, 0, 0), 16}, {IP4(198, 18, 0, 0), 15},  {IP4(198, 51, 100, 0), 24},
        {IP4(203, 0, 113, 0), 24}, {IP4(224, 0, 0, 0), 3}};
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if ((a & prefix_mask(special[i].len)) == special[i].addr)
            return true;
    return false;
}

ip4_addr attack_anybody(gsl_rng *rng)
{
    ip4_addr a;
    do
        a = (ip4_addr)gsl_rng_get(rng);
    while (is_special(a));
    return a;
}
