// SPDX-License-Identifier: GPL-3.0-or-later
// Distances on the sphere and the delays that follow; declared in topology.h.
#include "scenario/topology.h"

#include <math.h>

#define EARTH_RADIUS_KM 6371.0088 // mean radius R1, IUGG
#define RADIANS         (3.14159265358979323846 / 180)

double city_distance_km(const struct city *a, const struct city *b)
{
    double dlat = (b->lat - a->lat) * RADIANS, dlon = (b->lon - a->lon) * RADIANS;
    double h = pow(sin(dlat / 2), 2) +
               cos(a->lat * RADIANS) * cos(b->lat * RADIANS) * pow(sin(dlon / 2), 2);
    return 2 * EARTH_RADIUS_KM * asin(fmin(1, sqrt(h)));
}

int64_t topology_delay_ps(const struct topology *t, const struct city *a, const struct city *b)
{
    double ps = city_distance_km(a, b) * (double)t->delay_per_km_ps * (double)t->stretch_ppm / 1e6;
    return llround(ps);
}
