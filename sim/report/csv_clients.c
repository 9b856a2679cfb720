// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

static double seconds(int64_t t_ps) // −1 and TIME_NEVER: none
{
    return t_ps < 0 || t_ps == TIME_NEVER ? NAN : ps_to_s(t_ps);
}

// "lost": went away and never came back; "restored"; "": nothing was lost, or not the outage.
static const char *failover_state(const struct client_result *c)
{
    if (c->phase != PHASE_OUTAGE || c->failover_ps < 0)
        return NULL;
    return c->failover_ps == TIME_NEVER ? "lost" : "restored";
}

// Reasons up to this one have a column always, the later ones (of services: unbound, blocked, …)
// where something was lost for them.
#define LAST_FIXED FWD_DROP_EARLY

static bool has_column(const struct results *r, int reason)
{
    bool any = reason <= LAST_FIXED;
    for (int i = 0; i < r->nclients && !any; i++)
        any = r->clients[i].lost_by[reason] > 0;
    return any;
}

static void losses(const struct results *r, struct csvout *o, const struct client_result *c)
{
    csvout_uint(o, figure_lost(c));
    csvout_uint(o, c->late);
    csvout_uint(o, figure_unfinished(c->sent, c->received, c->late, c->lost_by));
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (has_column(r, d))
            csvout_uint(o, c->lost_by[d]);
}

static void client_row(const struct results *r, struct csvout *o, const struct client_result *c)
{
    const struct scenario *s = r->scenario;
    csvout_text(o, s->services[c->service].name);
    csvout_text(o, figure_network(s, c->group));
    csvout_text(o, figure_group(s, c->group)->region);
    csvout_int(o, figure_group(s, c->group)->population);
    csvout_text(o, phase_names[c->phase]);
    csvout_text(o, figure_site(s, c->site));
    csvout_uint(o, c->sent);
    csvout_uint(o, c->received);
    csvout_fixed(o, figure_availability(c), 6);
    csvout_fixed(o, c->rtt_ns.count ? figure_ms(c->rtt_ns.min) : NAN, 3);
    csvout_fixed(o, hist_mean(&c->rtt_ns) / 1e6, 3);
    csvout_fixed(o, figure_ms(figure_rtt_ns(c, 0.50)), 3);
    csvout_fixed(o, figure_ms(figure_rtt_ns(c, 0.95)), 3);
    csvout_fixed(o, figure_ms(figure_rtt_ns(c, 0.99)), 3);
    csvout_fixed(o, c->jitter_ps / 1e9, 6);
    csvout_fixed(o, hist_mean(&c->ipdv_ns) / 1e6, 6);
    csvout_fixed(o, figure_ms(hist_quantile(&c->ipdv_ns, 0.99, 0)), 6);
    csvout_text(o, failover_state(c));
    bool outage = c->phase == PHASE_OUTAGE;
    csvout_fixed(o, outage ? seconds(c->failover_ps) : NAN, 6);
    csvout_fixed(o, outage ? seconds(c->detect_ps) : NAN, 6);
    csvout_fixed(o, outage ? seconds(c->converge_ps) : NAN, 6);
    csvout_fixed(o, outage ? seconds(c->restore_ps) : NAN, 6);
    losses(r, o, c);
    csvout_end(o);
}

void csv_clients(const struct results *r, FILE *f)
{
    fputs("service,network,region,population,phase,site,sent,received,availability,rtt_min_ms,"
          "rtt_mean_ms,rtt_p50_ms,rtt_p95_ms,rtt_p99_ms,jitter_ms,ipdv_mean_ms,ipdv_p99_ms,"
          "failover,failover_s,detect_s,converge_s,restore_s,lost,lost_late,lost_unfinished",
          f);
    for (int d = 1; d < FWD_DROP_COUNT; d++)
        if (has_column(r, d))
            fprintf(f, ",lost_%s", fwd_drop_name((enum fwd_drop)d));
    struct csvout o = csvout_start(f, "");
    for (int i = 0; i < r->nclients; i++)
        client_row(r, &o, &r->clients[i]);
}
