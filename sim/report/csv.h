// SPDX-License-Identifier: GPL-3.0-or-later
// csv: the result tables. Columns are documented in docs/results.md, which a change
// here must follow.
//
// Each function writes one whole file with its header row; write errors are kept by the FILE.
// Rows come in a fixed order, so the same run gives the same bytes.
#ifndef ANYSIM_REPORT_CSV_H
#define ANYSIM_REPORT_CSV_H

#include "measure/results.h"
#include <stdio.h>

#define CSV_FORMAT 1 // version of the columns; run.csv tells it

void csv_run(const struct results *r, FILE *f);        // key,value: what was run
void csv_run_sweep(const struct scenario *s, FILE *f); // the same of a sweep: without times
void csv_events(const struct results *r, FILE *f);     // events and phase borders
void csv_clients(const struct results *r, FILE *f);    // service × group × phase
void csv_timeseries(const struct results *r, FILE *f); // service × group × bucket
void csv_aggregated(const struct results *r, FILE *f); // service × bucket
void csv_catchment(const struct results *r, FILE *f); // service × bucket × site: share of requests
void csv_rttcdf(const struct results *r, FILE *f);    // service × phase: RTT distribution
void csv_links(const struct results *r, FILE *f);     // link × direction
void csv_availability(const struct results *r, FILE *f); // service × group × phase
void csv_stretch(const struct results *r, FILE *f);      // service × group × phase
void csv_quality(const struct results *r, FILE *f);      // traffic × service × group × phase
void csv_objects(const struct results *r, FILE *f);      // the same, of objects
void csv_owdcdf(const struct results *r, FILE *f);   // service × direction × phase: distribution
void csv_replicas(const struct results *r, FILE *f); // figure: over replicas
void csv_linkload(const struct results *r, FILE *f); // link × direction × phase
void csv_linkseries(const struct results *r, FILE *f);   // link × bucket
void csv_demands(const struct results *r, FILE *f);      // pair of a demand × direction × phase
void csv_gslb(const struct results *r, FILE *f);         // name × bucket × answer
void csv_demandseries(const struct results *r, FILE *f); // demand × direction × bucket
void csv_eips(const struct results *r, FILE *f);         // EIP × stretch of its life
void csv_attacks(const struct results *r, FILE *f);      // attack × service × phase × POP × end
void csv_defences(const struct results *r, FILE *f);     // service × POP × defence × phase
void csv_collateral(const struct results *r, FILE *f);   // service × group
void csv_gateways(const struct results *r, FILE *f);     // gateway of a POP
void csv_caps(const struct results *r, FILE *f);         // capped EIP × POP × direction × phase
void csv_health(const struct results *r, FILE *f);       // change of an opinion
void csv_monitor(const struct results *r, FILE *f);      // interval × service × POP × point
void csv_monitor_drops(const struct results *r, FILE *f); // the same × direction × cause
void csv_monitor_pops(const struct results *r, FILE *f);  // POP × point, all services
void csv_pairs(const struct results *r, FILE *f);         // interval × service × areas × point
void csv_billing(const struct results *r, FILE *f);       // service × areas
void prometheus_metrics(const struct results *r, FILE *f);
void csv_map_links(const struct results *r, FILE *f);
void csv_map_clients(const struct results *r, FILE *f);
void csv_map_pops(const struct results *r, FILE *f);

#endif
