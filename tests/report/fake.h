// SPDX-License-Identifier: GPL-3.0-or-later
// fake: made-up results that look like a real run, for the tests of the writers and the plots.
//
// 31 provincial capitals × 3 carriers, 8 POPs, 4 services, 180 buckets of a second; between 60 s
// and 120 s Telecom's links around Beijing are cut. RTTs follow from geography. Nothing here is the
// simulator's: the figures only have to be plausible and always the same.
#ifndef ANYSIM_TESTS_REPORT_FAKE_H
#define ANYSIM_TESTS_REPORT_FAKE_H

#include "base/arena.h"
#include "base/units.h"
#include "measure/quality.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FAKE_CITIES  31
#define FAKE_CARRIER 3
#define FAKE_GROUPS  (FAKE_CITIES * FAKE_CARRIER)
#define FAKE_BUCKETS 180
#define FAKE_RATE    5 // requests a second of a group

struct fake {
    struct arena arena;
    struct scenario scenario;
    struct results results;
    uint64_t random; // state
};

static struct city fake_cities[FAKE_CITIES] = {
    {.name = "beijing", .province = "beijing", .lat = 39.90, .lon = 116.40, .population = 21893000},
    {.name = "shanghai",
     .province = "shanghai",
     .lat = 31.23,
     .lon = 121.47,
     .population = 24871000},
    {.name = "guangzhou",
     .province = "guangdong",
     .lat = 23.13,
     .lon = 113.26,
     .population = 126013000},
    {.name = "chengdu", .province = "sichuan", .lat = 30.57, .lon = 104.07, .population = 83675000},
    {.name = "wuhan", .province = "hubei", .lat = 30.59, .lon = 114.31, .population = 57753000},
    {.name = "xian", .province = "shaanxi", .lat = 34.34, .lon = 108.94, .population = 39529000},
    {.name = "shenyang",
     .province = "liaoning",
     .lat = 41.80,
     .lon = 123.43,
     .population = 42592000},
    {.name = "hangzhou",
     .province = "zhejiang",
     .lat = 30.27,
     .lon = 120.16,
     .population = 64568000},
    {.name = "tianjin", .province = "tianjin", .lat = 39.13, .lon = 117.20, .population = 13866000},
    {.name = "shijiazhuang",
     .province = "hebei",
     .lat = 38.04,
     .lon = 114.51,
     .population = 74610000},
    {.name = "taiyuan", .province = "shanxi", .lat = 37.87, .lon = 112.55, .population = 34916000},
    {.name = "hohhot",
     .province = "inner-mongolia",
     .lat = 40.84,
     .lon = 111.75,
     .population = 24049000},
    {.name = "changchun", .province = "jilin", .lat = 43.82, .lon = 125.32, .population = 24073000},
    {.name = "harbin",
     .province = "heilongjiang",
     .lat = 45.80,
     .lon = 126.53,
     .population = 31850000},
    {.name = "nanjing", .province = "jiangsu", .lat = 32.06, .lon = 118.80, .population = 84748000},
    {.name = "hefei", .province = "anhui", .lat = 31.82, .lon = 117.23, .population = 61027000},
    {.name = "fuzhou", .province = "fujian", .lat = 26.07, .lon = 119.30, .population = 41540000},
    {.name = "nanchang",
     .province = "jiangxi",
     .lat = 28.68,
     .lon = 115.86,
     .population = 45189000},
    {.name = "jinan", .province = "shandong", .lat = 36.65, .lon = 117.12, .population = 101527000},
    {.name = "zhengzhou", .province = "henan", .lat = 34.75, .lon = 113.62, .population = 99366000},
    {.name = "changsha", .province = "hunan", .lat = 28.23, .lon = 112.94, .population = 66445000},
    {.name = "nanning", .province = "guangxi", .lat = 22.82, .lon = 108.32, .population = 50127000},
    {.name = "haikou", .province = "hainan", .lat = 20.04, .lon = 110.32, .population = 10081000},
    {.name = "chongqing",
     .province = "chongqing",
     .lat = 29.56,
     .lon = 106.55,
     .population = 32054000},
    {.name = "guiyang", .province = "guizhou", .lat = 26.65, .lon = 106.63, .population = 38562000},
    {.name = "kunming", .province = "yunnan", .lat = 25.04, .lon = 102.71, .population = 47209000},
    {.name = "lhasa", .province = "tibet", .lat = 29.65, .lon = 91.11, .population = 3648000},
    {.name = "lanzhou", .province = "gansu", .lat = 36.06, .lon = 103.83, .population = 25020000},
    {.name = "xining", .province = "qinghai", .lat = 36.62, .lon = 101.78, .population = 5924000},
    {.name = "yinchuan", .province = "ningxia", .lat = 38.49, .lon = 106.23, .population = 7203000},
    {.name = "urumqi", .province = "xinjiang", .lat = 43.83, .lon = 87.62, .population = 25852000},
};

enum { FAKE_EIP, FAKE_DNS, FAKE_PLAIN, FAKE_MULTI, FAKE_SERVICES };
enum { FAKE_BEIJING, FAKE_SHANGHAI, FAKE_GUANGZHOU, FAKE_POPS = 8 };

static inline double fake_random(struct fake *k) // uniform in [0, 1)
{
    k->random = k->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(k->random >> 11) / 9007199254740992.0;
}

static inline int64_t fake_oneway_ps(int a, int b)
{
    return (int64_t)(city_distance_km(&fake_cities[a], &fake_cities[b]) * 4.9e6 * 2.1);
}

// POP nearest to a city; without Beijing when `cut`.
static inline int fake_nearest(int city, bool cut)
{
    int best = cut ? 1 : 0;
    for (int p = best; p < FAKE_POPS; p++)
        if (fake_oneway_ps(city, p) < fake_oneway_ps(city, best))
            best = p;
    return best;
}

static inline void fake_topology(struct fake *k)
{
    static const char *const names[] = {"telecom", "unicom", "mobile", "cloud"};
    static const uint32_t asns[] = {4134, 4837, 9808, 65010};
    static const double share[] = {0.35, 0.25, 0.40, 0};
    struct topology *t = &k->scenario.topology;
    t->name = "china";
    t->cities = fake_cities;
    t->ncities = FAKE_CITIES;
    t->networks = arena_array(&k->arena, struct network, FAKE_CARRIER + 1);
    t->nnetworks = FAKE_CARRIER + 1;
    t->pops = arena_array(&k->arena, struct pop, FAKE_POPS);
    t->npops = FAKE_POPS;
    k->scenario.groups = arena_array(&k->arena, struct group_ref, FAKE_GROUPS);
    for (int n = 0; n <= FAKE_CARRIER; n++) {
        struct network *w = &t->networks[n];
        w->name = names[n];
        w->asn = asns[n];
        w->kind = n < FAKE_CARRIER ? NETWORK_CARRIER : NETWORK_CLOUD;
        w->ncities = FAKE_CITIES;
        w->cities = arena_array(&k->arena, struct network_city, FAKE_CITIES);
        w->clients = arena_array(&k->arena, struct client_group, FAKE_CITIES);
        w->nclients = n < FAKE_CARRIER ? FAKE_CITIES : 0;
        for (int c = 0; c < FAKE_CITIES; c++) {
            w->cities[c] = (struct network_city){.city = &fake_cities[c], .routers = 1};
            w->clients[c].city = c;
            w->clients[c].region = fake_cities[c].province;
            w->clients[c].population = (int64_t)((double)fake_cities[c].population * share[n]);
            if (n < FAKE_CARRIER)
                k->scenario.groups[k->scenario.ngroups++] = (struct group_ref){n, c};
        }
    }
    for (int p = 0; p < FAKE_POPS; p++)
        t->pops[p] = (struct pop){.name = fake_cities[p].name, .network = FAKE_CARRIER, .city = p};
}

static inline void fake_services(struct fake *k)
{
    static const char *const names[] = {"eip", "dns", "plain", "plain-multihomed"};
    static int all[] = {0, 1, 2, 3, 4, 5, 6, 7}, few[] = {0, 1, 2};
    k->scenario.services = arena_array(&k->arena, struct service, FAKE_SERVICES);
    k->scenario.nservices = FAKE_SERVICES;
    for (int v = 0; v < FAKE_SERVICES; v++) {
        struct service *s = &k->scenario.services[v];
        s->name = names[v];
        s->mode = v == FAKE_EIP ? MODE_ACCELERATED : v == FAKE_DNS ? MODE_REPLICATED : MODE_UNICAST;
        s->publish = v == FAKE_EIP ? all : few;
        s->npublish = v == FAKE_EIP ? FAKE_POPS : v == FAKE_DNS ? 3 : 1;
        s->backend = v == FAKE_EIP ? FAKE_BEIJING : -1;
    }
}

static inline void fake_timeline(struct fake *k)
{
    struct event *e = arena_array(&k->arena, struct event, 2);
    e[0] = (struct event){
        .at_ps = 60 * PS_PER_S, .kind = EVENT_FAIL, .label = "telecom cut off around beijing"};
    e[1] = (struct event){
        .at_ps = 120 * PS_PER_S, .kind = EVENT_REPAIR, .label = "telecom repaired around beijing"};
    k->scenario.events = e;
    k->scenario.nevents = 2;
    k->scenario.outage_from_ps = e[0].at_ps;
    k->scenario.outage_to_ps = e[1].at_ps;
}

// Two minutes of the first service at the first POP: 1 Gb/s in, twice as much out, then half of it.
static inline void fake_monitor(struct fake *k)
{
    struct monitor_interval *v = arena_new(&k->arena, struct monitor_interval);
    struct monitor_row *row = arena_new(&k->arena, struct monitor_row);
    for (int d = 0; d < MONITOR_DIRECTIONS; d++) {
        double bits = 60e9 * (d + 1);
        row->points[d] = arena_array(&k->arena, struct monitor_volume, 2);
        row->points[d][0] = (struct monitor_volume){bits / 8000, bits};
        row->points[d][1] = (struct monitor_volume){bits / 16000, bits / 2};
        row->total[d] = (struct monitor_volume){bits / 8000 * 1.5, bits * 1.5};
    }
    *v = (struct monitor_interval){
        .interval_ps = 60 * PS_PER_S, .npoints = 2, .listed = true, .rows = row, .nrows = 1};
    k->results.monitor.intervals = v;
    k->results.monitor.nintervals = 1;
}

static inline void fake_expect(struct fake *k)
{
    struct expectation *e = arena_array(&k->arena, struct expectation, 2);
    struct check_result *c = arena_array(&k->arena, struct check_result, FAKE_CITIES + 1);
    for (int i = 0; i < 2; i++) {
        e[i].from = arena_array(&k->arena, bool, FAKE_GROUPS);
        e[i].conditions = arena_array(&k->arena, struct condition, 1);
        e[i].nconditions = 1;
        e[i].phase = PHASE_OUTAGE;
        e[i].pop = -1;
    }
    e[0].conditions[0].metric = METRIC_AVAILABILITY;
    e[0].conditions[0].text = ">= 95%";
    e[0].from[9] = true; // telecom/hebei
    e[1].service = FAKE_PLAIN;
    e[1].conditions[0].metric = METRIC_AVAILABILITY;
    e[1].conditions[0].text = ">= 99%";
    e[1].from_text = "telecom";
    c[0] = (struct check_result){
        .group = 9, .link = -1, .ok = true, .expected = ">= 95%", .obtained = "97.7%"};
    for (int i = 0; i < FAKE_CITIES; i++) {
        bool ok = i == 0;
        e[1].from[i] = true;
        c[i + 1] = (struct check_result){
            .expectation = 1, .group = i, .link = -1, .ok = ok, .expected = ">= 99%"};
        snprintf(c[i + 1].obtained, sizeof c[i + 1].obtained, "%s", ok ? "100%" : "0%");
        k->results.nfailed += !ok;
    }
    k->scenario.expectations = e;
    k->scenario.nexpectations = 2;
    k->results.checks = c;
    k->results.nchecks = FAKE_CITIES + 1;
}

// What a request of (service, group) sent at second `t` meets: RTT, or −1 when it is
// lost; the site.
struct fake_fate {
    int64_t rtt_ns;
    int site;
    enum fwd_drop drop;
};

static inline struct fake_fate fake_fate(struct fake *k, int service, int group, double t_s)
{
    int network = group / FAKE_CITIES, city = group % FAKE_CITIES;
    bool hit = network == 0 && city != FAKE_BEIJING && t_s >= 60 && t_s < 120;
    struct fake_fate f = {.site = FAKE_BEIJING};
    int64_t oneway_ps;
    if (service == FAKE_EIP || service == FAKE_DNS) {
        int pops = service == FAKE_EIP ? FAKE_POPS : 3;
        f.site = fake_nearest(city, hit);
        if (f.site >= pops)
            f.site = hit || fake_oneway_ps(city, 1) < fake_oneway_ps(city, 0) ? 1 : 0;
        oneway_ps = fake_oneway_ps(city, f.site) +
                    (service == FAKE_EIP ? fake_oneway_ps(f.site, FAKE_BEIJING) : 0);
        if (hit && fake_nearest(city, false) == FAKE_BEIJING && t_s < 61.4)
            f.drop = t_s < 60.1 ? FWD_DROP_LINK_DOWN : FWD_DROP_NO_ROUTE;
    } else {
        oneway_ps = fake_oneway_ps(city, FAKE_BEIJING);
        if (hit && (service == FAKE_PLAIN || t_s < 68))
            f.drop = t_s < 60.1 ? FWD_DROP_LINK_DOWN : FWD_DROP_NO_ROUTE;
        else if (hit) // rescued through a crowded interconnect
            oneway_ps += (int64_t)((12 + 6 * fake_random(k)) * 1e9);
        if (hit && f.drop == FWD_DROP_NONE && fake_random(k) < 0.02)
            f.drop = FWD_DROP_CONGESTION;
    }
    f.rtt_ns = (2 * oneway_ps) / 1000 + 2400000 +
               (int64_t)(-log(1 - fake_random(k)) * 600000); // access and queues
    return f;
}

static inline void fake_request(struct fake *k, int service, int group, double t_s)
{
    struct results *r = &k->results;
    enum phase p = t_s < 60 ? PHASE_BEFORE : t_s < 120 ? PHASE_OUTAGE : PHASE_AFTER;
    struct client_result *c = &r->clients[(service * FAKE_GROUPS + group) * PHASE_COUNT + (int)p];
    struct bucket_result *b =
        &r->buckets[(service * FAKE_GROUPS + group) * FAKE_BUCKETS + (int)t_s];
    struct fake_fate f = fake_fate(k, service, group, t_s);
    c->sent++;
    b->sent++;
    r->sent += 2;
    if (f.drop != FWD_DROP_NONE) {
        c->lost_by[f.drop]++;
        b->lost++;
        r->dropped++;
        r->dropped_by[f.drop]++;
        r->sent--;
        return;
    }
    r->delivered += 2;
    c->received++;
    b->received++;
    b->answered++;
    b->rtt_sum_ns += f.rtt_ns;
    if (f.rtt_ns > b->rtt_max_ns)
        b->rtt_max_ns = f.rtt_ns;
    b->site = (int16_t)f.site;
    c->site_count[f.site]++;
    hist_add(&c->rtt_ns, f.rtt_ns);
    hist_add(&c->ipdv_ns, (int64_t)(fake_random(k) * 1200000));
    c->jitter_ps = 0.45e9 + 0.2e9 * fake_random(k);
}

static inline void fake_clients(struct fake *k)
{
    struct results *r = &k->results;
    r->nclients = FAKE_SERVICES * FAKE_GROUPS * PHASE_COUNT;
    r->clients = arena_array(&k->arena, struct client_result, r->nclients);
    r->nbuckets = FAKE_BUCKETS;
    r->buckets =
        arena_array(&k->arena, struct bucket_result, FAKE_SERVICES * FAKE_GROUPS * FAKE_BUCKETS);
    for (int i = 0; i < FAKE_SERVICES * FAKE_GROUPS * FAKE_BUCKETS; i++)
        r->buckets[i].site = -1;
    for (int i = 0; i < r->nclients; i++) {
        struct client_result *c = &r->clients[i];
        c->phase = (enum phase)(i % PHASE_COUNT);
        c->group = i / PHASE_COUNT % FAKE_GROUPS;
        c->service = i / PHASE_COUNT / FAKE_GROUPS;
        c->site_count = arena_array(&k->arena, uint64_t, FAKE_POPS);
        c->jitter_ps = NAN;
        c->failover_ps = c->detect_ps = c->converge_ps = c->restore_ps = -1;
        hist_init(&c->rtt_ns);
        hist_init(&c->ipdv_ns);
    }
    for (int i = 0; i < r->nclients; i += PHASE_COUNT)
        for (int q = 0; q < FAKE_BUCKETS * FAKE_RATE; q++)
            fake_request(k, r->clients[i].service, r->clients[i].group, (double)q / FAKE_RATE);
    for (int i = 0; i < r->nclients; i++) {
        struct client_result *c = &r->clients[i];
        c->site = -1;
        for (int p = 0; p < FAKE_POPS; p++)
            if (c->site_count[p] && (c->site < 0 || c->site_count[p] > c->site_count[c->site]))
                c->site = p;
        if (c->phase != PHASE_OUTAGE || c->sent == c->received)
            continue;
        c->failover_ps = c->received
                             ? (c->service == FAKE_MULTI ? 8 : 1) * PS_PER_S + 400 * PS_PER_MS
                             : TIME_NEVER;
        c->detect_ps = 50 * PS_PER_MS;
        c->converge_ps = c->received ? c->failover_ps - 120 * PS_PER_MS : -1;
        c->restore_ps = c->received ? 70 * PS_PER_MS : -1;
    }
}

static inline void fake_link(struct fake *k, int network, int a, int b, double load)
{
    struct link_result *l = &k->results.links[k->results.nlinks++];
    const char *name = k->scenario.topology.networks[network].name;
    bool dead = network == 0 && (a == FAKE_BEIJING || b == FAKE_BEIJING);
    bool south = a == FAKE_SHANGHAI || b == FAKE_SHANGHAI;
    double sum[PHASE_COUNT] = {0};
    *l = (struct link_result){
        .a = arena_printf(&k->arena, "%s/%s-1", name, fake_cities[a].name),
        .b = arena_printf(&k->arena, "%s/%s-1", name, fake_cities[b].name),
        .network = name,
        .a_lat = fake_cities[a].lat,
        .a_lon = fake_cities[a].lon,
        .b_lat = fake_cities[b].lat,
        .b_lon = fake_cities[b].lon,
        .rate_bps = INT64_C(100000000000) * (a < 3 && b < 3 ? 4 : 1),
    };
    l->name = arena_printf(&k->arena, "%s>%s", l->a, l->b);
    l->util_ppm = arena_array(&k->arena, int32_t, FAKE_BUCKETS);
    for (int t = 0; t < FAKE_BUCKETS; t++) {
        bool out = t >= 60 && t < 120;
        double now = load * (0.97 + 0.06 * fake_random(k));
        if (out && dead)
            now = 0;
        else if (out && network == 0 && south)
            now = fmin(now * 1.7, 0.995);
        l->util_ppm[t] = (int32_t)(now * 1e6);
        sum[t / 60] += now;
        if (l->util_ppm[t] > l->max_ppm)
            l->max_ppm = l->util_ppm[t];
    }
    for (int p = 0; p < PHASE_COUNT; p++)
        l->mean_ppm[p] = (int32_t)(sum[p] / 60 * 1e6);
    for (int p = 0; p < PHASE_COUNT; p++) {
        l->in[p].p95_ppm = l->mean_ppm[p] / 20 * 21;
        l->in[p].p99_ppm = l->mean_ppm[p] / 20 * 22;
        l->in[p].max_ppm = l->mean_ppm[p] / 20 * 23;
    }
    l->packets = (uint64_t)(load * 1e5);
    l->bytes = l->packets * 190;
    l->drops = dead ? 1234 : 0;
    l->max_queue_ps = l->max_ppm > 900000 ? 3 * PS_PER_MS : 20 * PS_PER_US;
}

static inline void fake_links(struct fake *k)
{
    k->results.links = arena_array(&k->arena, struct link_result, 8 * FAKE_CITIES * 6);
    for (int n = 0; n <= FAKE_CARRIER; n++)
        for (int a = 0; a < (n < FAKE_CARRIER ? FAKE_CITIES : FAKE_POPS); a++)
            for (int b = 0; b < a; b++) {
                int near = 0; // cities nearer to a than b
                for (int c = 0; c < FAKE_CITIES; c++)
                    near += c != a && c != b && fake_oneway_ps(a, c) < fake_oneway_ps(a, b);
                bool core = a < 3, up = b == fake_nearest(a, false) || (a > 2 && b < 3 && near < 8);
                if (!core && !up && near > 1)
                    continue;
                double load = 0.1 + 0.5 * fake_random(k);
                fake_link(k, n, a, b, load);
                fake_link(k, n, b, a, load * 0.8);
            }
}

// One-way figures of a game between every group and service: half of a round trip, and what is lost.
static inline void fake_quality(struct fake *k)
{
    struct results *r = &k->results;
    k->scenario.traffic = arena_array(&k->arena, struct traffic, 1);
    k->scenario.traffic[0].name = "players";
    k->scenario.ntraffic = 1;
    r->quality = arena_array(&k->arena, struct quality_result, r->nclients);
    r->nquality = r->nclients;
    for (int i = 0; i < r->nclients; i++) {
        struct client_result *c = &r->clients[i];
        c->stretch = (struct stretch_result){.best_ps = c->received ? c->rtt_ns.min * 900 : -1,
                                             .best_site = FAKE_BEIJING,
                                             .circle_km = NAN,
                                             .circle_ps = -1};
        struct quality_result *q = &r->quality[i];
        quality_result_init(q);
        q->traffic = 0;
        q->service = c->service;
        q->group = c->group;
        q->phase = c->phase;
        q->threshold_ps = 2 * PS_PER_S;
        for (int d = 0; d < 2; d++) {
            struct way_result *w = &q->way[d];
            int64_t value;
            uint64_t count;
            w->sent = d ? c->received : c->sent;
            w->received = c->received;
            w->jitter_ps = c->jitter_ps / 2;
            hist_merge(&w->ipdv_ns, &c->ipdv_ns);
            hist_merge(&w->pdv_ns, &c->ipdv_ns);
            for (size_t n = 0; (n = hist_next(&c->rtt_ns, n, &value, &count)) != 0;)
                hist_add_n(&w->delay_ns, value / 2, count);
        }
    }
}

// Five replicas of four figures of every service.
static inline void fake_replicas(struct fake *k)
{
    static const enum metric metrics[] = {METRIC_AVAILABILITY, METRIC_RTT_P95, METRIC_JITTER,
                                          METRIC_OWD_UP_P95};
    struct replicas_result *x = arena_new(&k->arena, struct replicas_result);
    x->n = 5;
    x->seeds = arena_array(&k->arena, uint64_t, x->n);
    x->figures = arena_array(&k->arena, struct replica_figure, FAKE_SERVICES * (PHASE_COUNT * 4));
    for (int v = 0; v < FAKE_SERVICES; v++)
        for (int p = 0; p < PHASE_COUNT; p++)
            for (int m = 0; m < 4; m++) {
                double values[5], middle = m ? 1e9 * (20 + 10 * v + p) : 990000 - 2e4 * v * p;
                for (int i = 0; i < 5; i++)
                    values[i] = middle * (1 + 0.02 * (fake_random(k) - 0.5) * (p + 1));
                x->figures[x->nfigures++] =
                    (struct replica_figure){.metric = metrics[m],
                                            .service = v,
                                            .group = -1,
                                            .link = -1,
                                            .phase = (enum phase)p,
                                            .finite = interval_of(values, 5)};
            }
    k->results.replicas = x;
}

static inline void fake_init(struct fake *k, const char *name)
{
    memset(k, 0, sizeof *k);
    arena_init(&k->arena);
    k->random = 42;
    k->scenario.name = name;
    k->scenario.file = "fake.yaml";
    k->scenario.description = "Telecom's Beijing metro is cut off from its other cities.";
    k->scenario.seed = 42;
    k->scenario.duration_ps = FAKE_BUCKETS * PS_PER_S;
    k->scenario.bucket_ps = PS_PER_S;
    k->scenario.input_hash = UINT64_C(0x0123456789abcdef);
    k->results.scenario = &k->scenario;
    fake_topology(k);
    fake_services(k);
    fake_timeline(k);
    fake_clients(k);
    fake_links(k);
    fake_quality(k);
    fake_expect(k);
    fake_monitor(k);
    k->results.control = (struct control_result){.converged_ps = -83 * PS_PER_S,
                                                 .warm = true,
                                                 .bgp_updates = 41234,
                                                 .bgp_withdraws = 1207,
                                                 .spf_runs = 812,
                                                 .lsa_floods = 3456,
                                                 .fib_changes = 98765,
                                                 .sessions = 214,
                                                 .routers = 171};
    k->results.packet_hops = k->results.sent * 7;
}

// An outage so short that no bucket's middle lies in it.
static inline void fake_outage_without_bucket(struct fake *k)
{
    k->scenario.outage_from_ps = 60600 * PS_PER_MS;
    k->scenario.outage_to_ps = 61400 * PS_PER_MS;
    for (int i = 0; i < k->results.nlinks; i++)
        k->results.links[i].mean_ppm[PHASE_OUTAGE] = -1;
}

static inline void fake_free(struct fake *k)
{
    for (int i = 0; i < k->results.nclients; i++) {
        hist_free(&k->results.clients[i].rtt_ns);
        hist_free(&k->results.clients[i].ipdv_ns);
    }
    for (int i = 0; i < k->results.nquality; i++)
        quality_result_free(&k->results.quality[i]);
    arena_free(&k->arena);
}

#endif
