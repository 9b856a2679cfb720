// SPDX-License-Identifier: GPL-3.0-or-later
// What the gateways of POPs took in, and what they refused.
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static void way(struct csvout *o, const struct gateway_way *w)
{
    csvout_uint(o, w->packets);
    csvout_fixed(o, w->bits / 1e6, 3);
    csvout_fixed(o, w->peak_pps, 3);
    csvout_fixed(o, w->peak_bps / 1e6, 3);
}

static void row(struct csvout *o, const struct results *r, const struct gateway_result *g)
{
    csvout_text(o, figure_site(r->scenario, g->pop));
    csvout_int(o, g->number);
    way(o, &g->way[0]);
    way(o, &g->way[1]);
    csvout_uint(o, g->flows);
    csvout_int(o, g->flows_peak);
    csvout_fixed(o, g->flow_limit ? 100 * (double)g->flows_peak / (double)g->flow_limit : NAN, 4);
    csvout_uint(o, g->refused_bit_rate);
    csvout_uint(o, g->refused_packet_rate);
    csvout_uint(o, g->refused_flow_rate);
    csvout_uint(o, g->refused_flow_table);
    csvout_end(o);
}

void csv_gateways(const struct results *r, FILE *f)
{
    struct csvout o = csvout_start(
        f, "pop,gateway,in_packets,in_mbit,in_peak_pps,in_peak_mbps,out_packets,out_mbit,"
           "out_peak_pps,out_peak_mbps,flows,flows_peak,table_peak_pct,dropped_bit_rate,"
           "dropped_packet_rate,dropped_flow_rate,dropped_flow_table");
    for (int i = 0; i < r->ngateways; i++)
        row(&o, r, &r->gateways[i]);
}
