// SPDX-License-Identifier: GPL-3.0-or-later
// What the models of a fluid queue share: the course of its mean content, and which model is whose.
#include "net/fluidqueue.h"

#include <math.h>

void fluid_course_init(struct fluid_course *c, double rho, double target_ps)
{
    *c = (struct fluid_course){
        .rho = rho, .content_ps = target_ps, .target_ps = target_ps, .bound_until_ps = INT64_MIN};
}

// Whether the load itself drives the content to its target; the other way chance does, which is part
// of the relaxation.
static bool driven(const struct fluid_course *c)
{
    return (c->target_ps - c->content_ps) * (c->rho - 1) > 0;
}

double fluid_course_content(const struct fluid_course *c, int64_t now_ps)
{
    double went_ps = (c->rho - 1) * (double)(now_ps - c->since_ps);
    if (!driven(c) || fabs(went_ps) >= fabs(c->target_ps - c->content_ps))
        return c->target_ps;
    return c->content_ps + went_ps;
}

bool fluid_course_arrived(const struct fluid_course *c, int64_t now_ps)
{
    double went_ps = (c->rho - 1) * (double)(now_ps - c->since_ps);
    return !driven(c) || fabs(went_ps) >= fabs(c->target_ps - c->content_ps);
}

bool fluid_course_change(struct fluid_course *c, double rho, double target_ps, int64_t memory_ps,
                         int64_t now_ps)
{
    bool was_bound = now_ps < c->bound_until_ps;
    c->content_ps = fluid_course_content(c, now_ps);
    c->target_ps = target_ps;
    c->rho = rho;
    c->since_ps = now_ps;
    double way_ps = driven(c) ? fabs((target_ps - c->content_ps) / (rho - 1)) : 0;
    if (way_ps <= (double)memory_ps && !was_bound)
        return false;
    double until_ps = (double)now_ps + way_ps + (double)memory_ps;
    c->bound_until_ps = until_ps < (double)INT64_MAX ? (int64_t)until_ps : INT64_MAX;
    return true;
}

const struct fluid_queue_ops *fluid_queue_of(int burst_kind)
{
    switch ((enum burst_kind)burst_kind) {
    case BURST_DETERMINISTIC:
    case BURST_HYPEREXPONENTIAL:
    case BURST_PARETO:
        return &fluid_sizes;
    case BURST_ON_OFF:
        return &fluid_on_off;
    case BURST_EXPONENTIAL:
    case BURST_KINDS:
        break;
    }
    return &fluid_bursts;
}
