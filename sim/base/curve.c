// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/curve.h"

int64_t curve_ppm(const struct curve *c, int64_t time_ps)
{
    int64_t t = time_ps % CURVE_DAY_PS;
    int next = 0;
    if (t < 0)
        t += CURVE_DAY_PS;
    while (next < c->n && c->points[next].at_ps <= t)
        next++;
    // Before the first point and after the last one the line crosses midnight.
    struct curve_point a = c->points[next ? next - 1 : c->n - 1];
    struct curve_point b = c->points[next < c->n ? next : 0];
    if (next == 0)
        a.at_ps -= CURVE_DAY_PS;
    if (next == c->n)
        b.at_ps += CURVE_DAY_PS;
    double share = (double)(t - a.at_ps) / (double)(b.at_ps - a.at_ps);
    return a.value_ppm + (int64_t)(share * (double)(b.value_ppm - a.value_ppm));
}
