// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/sweep.h"

#include "run/jobs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// What a client group's flow sends in a case, in micro-hertz.
#define FASTEST_UHZ INT64_C(1000000)
#define SLOWEST_UHZ (INT64_C(1000000) * PS_PER_S / SWEEP_BUCKET_PS) // a request in each bucket

const char *const sweep_kind_names[] = {"links", "nodes", "pops"};

struct sweep_job {
    struct sweep *sweep;
    const struct sweep_options *options;
};

// --- the shortened scenario

// Only what leaves one by one can leave more seldom: a call at a frame a second is none.
static bool may_thin(const struct traffic *t)
{
    switch (t->kind) {
    case TRAFFIC_GAME:
        return t->options.game.tick_ps == 0;
    case TRAFFIC_PING:
    case TRAFFIC_CBR:
    case TRAFFIC_POISSON:
    case TRAFFIC_ONOFF:
        return true;
    default:
        return false;
    }
}

// By how much all rates are divided. The requests that one stands for must fit a packet's weight.
static double thinning(const struct scenario *s)
{
    double factor = 1, users = 1;
    for (int i = 0; i < s->ntraffic; i++)
        if (may_thin(&s->traffic[i]))
            factor = fmax(factor, (double)s->traffic[i].rate_uhz / (double)FASTEST_UHZ);
    for (int g = 0; g < s->ngroups; g++)
        for (int i = 0; i < s->ntraffic; i++) {
            const struct network *n = &s->topology.networks[s->groups[g].network];
            double people = (double)n->clients[s->groups[g].index].population;
            users = fmax(users, people * (double)s->traffic[i].users_ppm / 1e6);
        }
    return fmax(1, fmin(factor, UINT32_MAX / users));
}

static void thin(struct traffic *t, double factor)
{
    int64_t rate_uhz = (int64_t)((double)t->rate_uhz / factor + 0.5);
    if (rate_uhz < SLOWEST_UHZ)
        rate_uhz = SLOWEST_UHZ;
    t->thinned_ppm = (int64_t)((double)t->rate_uhz / (double)rate_uhz * 1e6 + 0.5);
    t->rate_uhz = rate_uhz;
}

static void shorten(struct sweep *w, const struct scenario *s)
{
    struct scenario *out = &w->scenario;
    double factor = thinning(s);
    *out = *s;
    out->duration_ps = SWEEP_BEFORE_PS + SWEEP_SETTLE_PS + SWEEP_WINDOW_PS;
    out->outage_from_ps = SWEEP_BEFORE_PS;
    out->outage_to_ps = out->duration_ps;
    out->bucket_ps = SWEEP_BUCKET_PS;
    out->nevents = 0;
    out->nexpectations = 0;
    out->traffic = arena_array(&w->arena, struct traffic, s->ntraffic);
    for (int i = 0; i < s->ntraffic; i++) {
        out->traffic[i] = s->traffic[i];
        if (may_thin(&out->traffic[i]))
            thin(&out->traffic[i], factor);
    }
}

// --- the cases

static void add_case(struct sweep *w, const char *name, struct fault fault)
{
    w->cases[w->ncases++] = (struct sweep_case){.name = name, .fault = fault, .worst_link = -1};
}

static void add_pops(struct sweep *w)
{
    const struct scenario *s = &w->scenario;
    for (int p = 0; p < s->topology.npops; p++) {
        bool used = false;
        for (int i = 0; i < s->nservices; i++)
            for (int k = 0; k < s->services[i].npublish; k++)
                used = used || s->services[i].publish[k] == p;
        struct selector pick = {.network = -1, .city = -1, .pop = p, .interconnect = {-1, -1}};
        struct fault f = {0};
        if (!used)
            continue;
        fault_select(w->world, &pick, &f);
        add_case(w, s->topology.pops[p].name, f);
    }
}

// The row of the topology that a backbone link comes from.
static const char *row_name(struct sweep *w, const struct world_link *l)
{
    const struct network *n = &w->scenario.topology.networks[l->network];
    const struct backbone_link *row = &n->links[l->row];
    const char *name = arena_printf(&w->arena, "%s/%s~%s", n->name, n->cities[row->a].city->name,
                                    n->cities[row->b].city->name);
    int same = 0, number = 0;
    for (int i = 0; i < n->nlinks; i++) {
        const struct backbone_link *o = &n->links[i];
        same += (o->a == row->a && o->b == row->b) || (o->a == row->b && o->b == row->a);
        number = i == l->row ? same : number;
    }
    if (same == 1)
        return name;
    return row->srlg ? arena_printf(&w->arena, "%s (%s)", name, row->srlg)
                     : arena_printf(&w->arena, "%s (#%d)", name, number);
}

static bool same_row(const struct world_link *a, const struct world_link *b)
{
    return a->kind == WORLD_BACKBONE && b->kind == WORLD_BACKBONE && a->network == b->network &&
           a->row == b->row;
}

static void add_links(struct sweep *w)
{
    const struct world *world = w->world;
    for (uint32_t i = 0; i < world->net->nlinks; i++) {
        const struct world_link *l = &world->links[i];
        struct fault f = {0};
        if (l->kind == WORLD_ACCESS || l->kind == WORLD_SITE)
            continue;
        if (i > 0 && same_row(l, l - 1)) { // the links of a row follow each other
            vec_push(&w->cases[w->ncases - 1].fault.links, i);
            continue;
        }
        vec_push(&f.links, i);
        add_case(w, l->kind == WORLD_BACKBONE ? row_name(w, l) : world->net->links[i].name, f);
    }
}

static void add_nodes(struct sweep *w)
{
    for (uint32_t i = 0; i < w->world->net->nnodes; i++) {
        struct fault f = {0};
        if (w->world->nodes[i].router == CONTROL_NO_ROUTER)
            continue;
        vec_push(&f.nodes, i);
        add_case(w, w->world->net->nodes[i].name, f);
    }
}

static void list_cases(struct sweep *w, enum sweep_kind kind)
{
    const struct net *net = w->world->net;
    size_t most = 1 + net->nlinks + net->nnodes + (size_t)w->scenario.topology.npops;
    w->cases = arena_array(&w->arena, struct sweep_case, most);
    add_case(w, "(nothing fails)", (struct fault){0});
    if (kind == SWEEP_LINKS)
        add_links(w);
    else if (kind == SWEEP_NODES)
        add_nodes(w);
    else
        add_pops(w);
}

// --- one case, in its child

static int window_first(const struct results *r)
{
    return r->nbuckets - (int)(SWEEP_WINDOW_PS / r->scenario->bucket_ps);
}

struct window { // of one client group × service
    uint64_t sent, received;
    int64_t rtt_sum_ns;
    int site_before, site;
};

static struct window window_of(const struct results *r, int service, int group)
{
    const struct bucket_result *b = results_buckets(r, service, group);
    struct window w = {.site_before = -1, .site = -1};
    int before = (int)(SWEEP_BEFORE_PS / r->scenario->bucket_ps);
    for (int i = 0; i < before; i++)
        w.site_before = b[i].site >= 0 ? b[i].site : w.site_before;
    for (int i = window_first(r); i < r->nbuckets; i++) {
        w.sent += b[i].sent;
        w.received += b[i].received;
        w.rtt_sum_ns += b[i].rtt_sum_ns;
        w.site = b[i].site >= 0 ? b[i].site : w.site;
    }
    return w;
}

static double failover_s(const struct client_result *c)
{
    if (c->failover_ps == TIME_NEVER)
        return INFINITY;
    return c->failover_ps < 0 ? -1 : ps_to_s(c->failover_ps);
}

static void write_clients(const struct results *r, FILE *out)
{
    uint64_t sent = 0, received = 0, losing = 0, moved = 0;
    int64_t rtt_ns = 0;
    double worst = 1, failover = -1;
    for (int i = PHASE_OUTAGE; i < r->nclients; i += PHASE_COUNT) {
        const struct client_result *c = &r->clients[i];
        struct window w = window_of(r, c->service, c->group);
        double share = w.sent ? (double)w.received / (double)w.sent : 1;
        sent += w.sent;
        received += w.received;
        rtt_ns += w.rtt_sum_ns;
        losing += w.sent && 2 * (w.sent - w.received) >= w.sent;
        moved += w.site >= 0 && w.site_before >= 0 && w.site != w.site_before;
        worst = share < worst ? share : worst;
        failover = failover_s(c) > failover ? failover_s(c) : failover;
    }
    fprintf(out, "%.9g %.9g %" PRIu64 " %" PRIu64 " %.9g %.9g\n",
            sent ? (double)received / (double)sent : 1, worst, losing, moved, failover,
            received ? (double)rtt_ns / (double)received / 1e6 : NAN);
}

// Mean utilisation of every port over buckets [first, end), in ppm.
static void write_links(const struct results *r, int first, int end, FILE *out)
{
    for (int i = 0; i < r->nlinks; i++) {
        int64_t sum = 0;
        for (int b = first; b < end; b++)
            sum += r->links[i].util_ppm[b];
        fprintf(out, "%" PRId64 "\n", sum / (end - first));
    }
}

static void work(void *ctx, size_t i, FILE *out)
{
    const struct sweep_job *j = ctx;
    struct world *w = j->sweep->world;
    if (i > 0) {
        meter_event(w->meter);
        fault_break(w, &j->sweep->cases[i].fault, false);
    }
    run_until(w, j->sweep->scenario.duration_ps, NULL);
    struct results *r = run_collect(w);
    write_clients(r, out);
    write_links(r, window_first(r), r->nbuckets, out);
    results_free(r);
}

// --- in the parent

static const char *next_line(const char *s)
{
    const char *end = strchr(s, '\n');
    return end ? end + 1 : s + strlen(s);
}

static void read_link(struct sweep *w, size_t index, size_t link, double util)
{
    struct sweep_case *c = &w->cases[index];
    struct sweep_link *l = &w->links[link];
    if (index == 0) {
        l->baseline = l->worst = util;
        l->worst_case = -1;
    }
    if (l->backbone && util > c->worst_util) {
        c->worst_util = util;
        c->worst_link = (int)link;
    }
    if (util > l->worst) {
        l->worst = util;
        l->worst_case = (int)index;
    }
}

static void done(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct sweep *w = ((struct sweep_job *)ctx)->sweep;
    struct sweep_case *c = &w->cases[i];
    (void)len;
    c->ok = ok && sscanf(text, "%lf %lf %" SCNu32 " %" SCNu32 " %lf %lf", &c->availability,
                         &c->availability_worst, &c->groups_losing, &c->groups_moved,
                         &c->failover_worst_s, &c->rtt_mean_ms) == 6;
    for (size_t k = 0; c->ok && k < w->nlinks; k++) {
        text = next_line(text);
        read_link(w, i, k, strtod(text, NULL) / 1e6);
    }
}

static void progress(void *ctx, size_t ended, size_t tasks)
{
    const struct sweep_options *o = ((struct sweep_job *)ctx)->options;
    if (o->progress)
        o->progress(o->ctx, (double)ended / (double)tasks);
}

static void list_links(struct sweep *w)
{
    const struct net *net = w->world->net;
    w->nlinks = net->nports;
    w->links = arena_array(&w->arena, struct sweep_link, w->nlinks);
    for (uint32_t i = 0; i < net->nlinks; i++)
        for (int end = 0; end < 2; end++) {
            const struct port *p = net->ports[end ? net->links[i].b_port : net->links[i].a_port];
            enum world_link_kind kind = w->world->links[i].kind;
            w->links[p->index].name =
                arena_printf(&w->arena, "%s>%s", net->nodes[p->from].name, net->nodes[p->to].name);
            w->links[p->index].backbone = kind != WORLD_ACCESS && kind != WORLD_SITE;
        }
}

bool sweep_run(const struct scenario *s, const struct sweep_options *o, struct sweep *out)
{
    *out = (struct sweep){0};
    arena_init(&out->arena);
    shorten(out, s);
    out->world = world_new(&out->scenario);
    run_warm_up(out->world, NULL);
    run_until(out->world, SWEEP_BEFORE_PS, NULL);
    list_cases(out, o->kind);
    list_links(out);
    struct sweep_job ctx = {out, o};
    struct jobs j = {.parallel = o->jobs,
                     .tasks = out->ncases,
                     .ctx = &ctx,
                     .work = work,
                     .done = done,
                     .progress = progress};
    return jobs_run(&j);
}

void sweep_free(struct sweep *s)
{
    for (size_t i = 0; i < s->ncases; i++)
        fault_free(&s->cases[i].fault);
    world_free(s->world);
    arena_free(&s->arena);
}
