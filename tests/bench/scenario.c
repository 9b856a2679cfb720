// SPDX-License-Identifier: GPL-3.0-or-later
// The flagship scenario, from loaded file to collected results: packet-hops per second of one core
// (warm-up of the control plane included in the time) and the seconds of one run.
#include "bench.h"

#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>

#define FLAGSHIP "scenarios/beijing-telecom-outage.yaml"

void bench_scenario(void)
{
    double rates[BENCH_RUNS], seconds[BENCH_RUNS];
    struct scenario_list l;
    struct diag *d = diag_new();
    scenario_load(FLAGSHIP, d, &l);
    if (diag_errors(d)) {
        diag_print(d, stderr, false);
        exit(1);
    }
    for (int i = 0; i < BENCH_RUNS; i++) {
        double begin_s = bench_cpu_s();
        struct results *r = run_scenario(&l.v[0], NULL);
        seconds[i] = bench_cpu_s() - begin_s;
        rates[i] = (double)r->packet_hops / seconds[i];
        results_free(r);
    }
    scenario_list_free(&l);
    diag_free(d);
    bench_add(&(struct figure){"packet-hops flagship scenario", bench_median(rates, BENCH_RUNS),
                               "hops/s", NULL, 0});
    bench_add(&(struct figure){"flagship scenario, one run", bench_median(seconds, BENCH_RUNS), "s",
                               NULL, 0});
}
