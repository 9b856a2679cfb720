// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static json_t *figures;

double bench_cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, compare);
    return v[n / 2];
}

static json_t *rounded(double v)
{
    double scale = pow(10, 4 - floor(log10(fabs(v) + 1e-300)));
    return json_real(round(v * scale) / scale);
}

void bench_add(const struct figure *f)
{
    if (f->peer)
        printf("%-42s %12.4g %-10s %s: %.4g (ratio %.2f)\n", f->name, f->value, f->unit, f->peer,
               f->peer_value, f->value / f->peer_value);
    else
        printf("%-42s %12.4g %s\n", f->name, f->value, f->unit);
    fflush(stdout);
    json_array_append_new(
        figures, json_pack("{s:s, s:o, s:s, s:s?, s:o, s:o}", "name", f->name, "value",
                           rounded(f->value), "unit", f->unit, "peer", f->peer, "peer_value",
                           f->peer ? rounded(f->peer_value) : json_null(), "ratio",
                           f->peer ? rounded(f->value / f->peer_value) : json_null()));
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "build/bench.json";
    figures = json_array();
    bench_core();
    bench_pipeline();
    bench_fib();
    bench_hops();
    bench_scenario();
    bench_igp();
    bench_demand();
    bench_live();
    bench_bgp();
    bench_bgp_scale();
    bench_asgraph();
    int failed = json_dump_file(figures, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(figures);
    if (failed)
        fprintf(stderr, "bench: cannot write %s\n", path);
    return failed ? 1 : 0;
}
