// SPDX-License-Identifier: GPL-3.0-or-later
// What the map draws. Links between the same two places of the same network (both directions,
// parallel routers) are one line: the busiest of them. The least busy come first, so that the busy
// ones are drawn over them. Links inside a city are one line of no length for each network.
#include "base/table.h"
#include "base/vec.h"
#include "report/csv.h"
#include "report/csvout.h"
#include "report/figure.h"

#include <math.h>

struct line {
    double lon[2], lat[2];
    const char *network;
    int32_t before_ppm, outage_ppm, peak_ppm;
    bool dark; // every link of it
    size_t order;
};

static int32_t max_ppm(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static int by_load(const void *pa, const void *pb)
{
    const struct line *a = pa, *b = pb;
    if (a->outage_ppm != b->outage_ppm)
        return a->outage_ppm < b->outage_ppm ? -1 : 1;
    if (a->before_ppm != b->before_ppm)
        return a->before_ppm < b->before_ppm ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static struct line line_of(const struct results *r, const struct link_result *l)
{
    bool swap = l->a_lon > l->b_lon || (l->a_lon == l->b_lon && l->a_lat > l->b_lat);
    return (struct line){
        .lon = {swap ? l->b_lon : l->a_lon, swap ? l->a_lon : l->b_lon},
        .lat = {swap ? l->b_lat : l->a_lat, swap ? l->a_lat : l->b_lat},
        .network = l->network,
        .before_ppm = l->mean_ppm[PHASE_BEFORE],
        .outage_ppm = l->mean_ppm[PHASE_OUTAGE],
        .peak_ppm = figure_link_peak_ppm(r, l, PHASE_OUTAGE),
        .dark = figure_link_dark(r, l),
    };
}

static void merge(struct line *into, const struct line *l)
{
    into->before_ppm = max_ppm(into->before_ppm, l->before_ppm);
    into->outage_ppm = max_ppm(into->outage_ppm, l->outage_ppm);
    into->peak_ppm = max_ppm(into->peak_ppm, l->peak_ppm);
    into->dark &= l->dark;
}

void csv_map_links(const struct results *r, FILE *f)
{
    struct table seen;
    VEC(struct line) lines = {0};
    bool outage = figure_has_outage(r->scenario);
    table_init(&seen);
    for (int i = 0; i < r->nlinks; i++) {
        struct line l = line_of(r, &r->links[i]);
        char key[256];
        uint64_t at;
        snprintf(key, sizeof key, "%.6f %.6f %.6f %.6f %s", l.lon[0], l.lat[0], l.lon[1], l.lat[1],
                 l.network);
        if (table_get_name(&seen, key, &at)) {
            merge(&lines.v[at], &l);
            continue;
        }
        l.order = lines.n;
        table_put_name(&seen, key, lines.n);
        vec_push(&lines, l);
    }
    if (lines.n)
        qsort(lines.v, lines.n, sizeof *lines.v, by_load);
    struct csvout o =
        csvout_start(f, "lon_a,lat_a,lon_b,lat_b,network,before_pct,outage_pct,peak_pct,dark");
    for (size_t i = 0; i < lines.n; i++) {
        const struct line *l = &lines.v[i];
        for (int e = 0; e < 2; e++) {
            csvout_fixed(&o, l->lon[e], 4);
            csvout_fixed(&o, l->lat[e], 4);
        }
        csvout_text(&o, l->network);
        csvout_ppm(&o, l->before_ppm);
        csvout_ppm(&o, outage ? l->outage_ppm : -1);
        csvout_ppm(&o, l->peak_ppm);
        csvout_uint(&o, l->dark);
        csvout_end(&o);
    }
    vec_free(&lines);
    table_free(&seen);
}

void csv_map_clients(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "lon,lat,network,region,population,service,site_before,"
                                      "site_outage,availability_outage");
    for (int v = 0; v < s->nservices; v++)
        for (int g = 0; g < s->ngroups; g++) {
            const struct client_result *before = results_client(r, v, g, PHASE_BEFORE);
            const struct client_result *outage = results_client(r, v, g, PHASE_OUTAGE);
            if (!before)
                continue;
            csvout_fixed(&o, figure_city(s, g)->lon, 4);
            csvout_fixed(&o, figure_city(s, g)->lat, 4);
            csvout_text(&o, figure_network(s, g));
            csvout_text(&o, figure_group(s, g)->region);
            csvout_int(&o, figure_group(s, g)->population);
            csvout_text(&o, s->services[v].name);
            csvout_text(&o, figure_site(s, before->site));
            csvout_text(&o, outage ? figure_site(s, outage->site) : NULL);
            csvout_fixed(&o, outage ? figure_availability(outage) : NAN, 6);
            csvout_end(&o);
        }
}

static void pop_row(struct csvout *o, const struct topology *t, int pop, const char *service)
{
    const struct network *n = &t->networks[t->pops[pop].network];
    const struct city *c = n->cities[t->pops[pop].city].city;
    csvout_fixed(o, c->lon, 4);
    csvout_fixed(o, c->lat, 4);
    csvout_text(o, t->pops[pop].name);
    csvout_text(o, n->name);
    csvout_text(o, service);
    csvout_end(o);
}

// A row for each service that a POP publishes. The last cell is never empty: gnuplot would read
// rubbish from it.
void csv_map_pops(const struct results *r, FILE *f)
{
    const struct scenario *s = r->scenario;
    struct csvout o = csvout_start(f, "lon,lat,pop,network,service");
    for (int i = 0; i < s->topology.npops; i++) {
        for (int v = 0; v < s->nservices; v++)
            for (int k = 0; k < s->services[v].npublish; k++)
                if (s->services[v].publish[k] == i)
                    pop_row(&o, &s->topology, i, s->services[v].name);
    }
}
