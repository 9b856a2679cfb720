// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/report.h"

#include "report/baseline.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/text.h"

static void summary_txt(const struct results *r, FILE *f)
{
    text_summary(r, f, false, TEXT_FULL);
}

const struct report_file report_files[] = {
    {"summary.txt", summary_txt, "what happened, for people"},
    {"summary.json", json_summary, "the same and more, for programs"},
    {"baseline.json", baseline_write_results, "key figures, for comparisons"},
    {"run.csv", csv_run, "what was run: version, seed, input hash, phases"},
    {"events.csv", csv_events, "events and phase borders"},
    {"clients.csv", csv_clients, "service × client group × phase"},
    {"availability.csv", csv_availability, "service × client group × phase: time in service"},
    {"stretch.csv", csv_stretch, "service × client group × phase: RTT against the least possible"},
    {"quality.csv", csv_quality, "traffic × service × client group × phase: one-way metrics"},
    {"objects.csv", csv_objects, "the same rows: downloads, pages, look-ups, calls"},
    {"owdcdf.csv", csv_owdcdf, "service × direction × phase: distribution of one-way delay"},
    {"timeseries.csv", csv_timeseries, "service × client group × time"},
    {"aggregated.csv", csv_aggregated, "service × time, over all groups"},
    {"catchment.csv", csv_catchment, "service × time: share of requests by site"},
    {"rttcdf.csv", csv_rttcdf, "service × phase: distribution of the RTT"},
    {"links.csv", csv_links, "link and direction: load, drops, queue"},
    {"linkload.csv", csv_linkload, "link, direction and phase: utilisation, queueing"},
    {"linkseries.csv", csv_linkseries, "link × time: utilisation"},
    {"demands.csv", csv_demands, "demand × from × to × direction × phase"},
    {"gslb.csv", csv_gslb, "name × time × answer: given by DNS, held by users, requests"},
    {"demandseries.csv", csv_demandseries, "demand × direction × time"},
    {"eips.csv", csv_eips, "EIP × stretch of its life: state, packets, drops by cause"},
    {"attacks.csv", csv_attacks, "attack × phase × POP: what became of it"},
    {"defences.csv", csv_defences, "service × POP × defence × phase: who was stopped"},
    {"collateral.csv", csv_collateral, "service × client group: with an attack and without"},
    {"gateways.csv", csv_gateways, "gateway of a POP: what it took in, what it refused"},
    {"caps.csv", csv_caps, "capped EIP × POP × direction × phase: offered, passed, share"},
    {"health.csv", csv_health, "health checks: every change of an opinion or announcement"},
    {"monitor.csv", csv_monitor, "interval × service × POP × time: in and out, drops"},
    {"monitor-drops.csv", csv_monitor_drops, "the same × direction × cause of drops"},
    {"monitor-pops.csv", csv_monitor_pops, "POP × time, all services: for the plot"},
    {"pairs.csv", csv_pairs, "interval × service × areas × time: between POPs and backends"},
    {"billing.csv", csv_billing, "service × server area × ingress area: percentile"},
    {"metrics.prom", prometheus_metrics, "totals in Prometheus' text format"},
    {"map-links.csv", csv_map_links, "lines of the map"},
    {"map-clients.csv", csv_map_clients, "client groups on the map"},
    {"map-pops.csv", csv_map_pops, "POPs on the map"},
};

const size_t report_nfiles = sizeof report_files / sizeof report_files[0];

// Only of a run with replicas.
static const struct report_file over_replicas = {
    "replicas.csv", csv_replicas, "figures over replicas: mean, confidence interval"};

static bool write_one(const struct results *r, const struct report_file *file, struct outdir *o)
{
    FILE *f = outdir_file(o, file->name);
    if (!f)
        return false;
    file->write(r, f);
    return outdir_close(o, f);
}

bool report_write(const struct results *r, struct outdir *o)
{
    for (size_t i = 0; i < report_nfiles; i++)
        if (!write_one(r, &report_files[i], o))
            return false;
    return !r->replicas || write_one(r, &over_replicas, o);
}
