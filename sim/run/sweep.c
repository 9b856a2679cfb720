// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/sweep.h"

#include "run/jobs.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const sweep_kind_names[] = {"links", "nodes", "pops"};

struct sweep_job {
    struct sweep *sweep;
    const struct sweep_options *options;
};

// --- the shortened scenario

static void shorten(struct sweep *w, const struct scenario *s)
{
    struct scenario *out = &w->scenario;
    *out = *s;
    out->duration_ps = SWEEP_BEFORE_PS + SWEEP_SETTLE_PS + SWEEP_WINDOW_PS;
    out->outage_from_ps = SWEEP_BEFORE_PS;
    out->outage_to_ps = out->duration_ps;
    out->bucket_ps = PS_PER_S;
    out->nevents = 0;
    out->nexpectations = 0;
    out->traffic = arena_array(&w->arena, struct traffic, s->ntraffic);
    for (int i = 0; i < s->ntraffic; i++) {
        struct traffic *t = &out->traffic[i];
        *t = s->traffic[i];
        if (t->rate_uhz > 1000000 && t->users_ppm) {
            t->users_ppm = (int64_t)((double)t->users_ppm * (double)t->rate_uhz / 1e6);
            t->rate_uhz = 1000000;
        }
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

static void list_cases(struct sweep *w, enum sweep_kind kind)
{
    const struct world *world = w->world;
    size_t most = world->net->nlinks + world->net->nnodes + (size_t)w->scenario.topology.npops;
    w->cases = arena_array(&w->arena, struct sweep_case, most);
    if (kind == SWEEP_POPS)
        add_pops(w);
    for (uint32_t i = 0; kind == SWEEP_LINKS && i < world->net->nlinks; i++) {
        struct fault f = {0};
        if (world->links[i].kind == WORLD_ACCESS || world->links[i].kind == WORLD_SITE)
            continue;
        vec_push(&f.links, i);
        add_case(w, world->net->links[i].name, f);
    }
    for (uint32_t i = 0; kind == SWEEP_NODES && i < world->net->nnodes; i++) {
        struct fault f = {0};
        if (world->nodes[i].router == CONTROL_NO_ROUTER)
            continue;
        vec_push(&f.nodes, i);
        add_case(w, world->net->nodes[i].name, f);
    }
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
    const struct bucket_result *b =
        &r->buckets[((size_t)service * (size_t)r->scenario->ngroups + (size_t)group) *
                    (size_t)r->nbuckets];
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
    uint64_t sent = 0, received = 0, cut = 0, moved = 0;
    int64_t rtt_ns = 0;
    double worst = 1, failover = -1;
    for (int i = PHASE_OUTAGE; i < r->nclients; i += PHASE_COUNT) {
        const struct client_result *c = &r->clients[i];
        struct window w = window_of(r, c->service, c->group);
        double share = w.sent ? (double)w.received / (double)w.sent : 1;
        sent += w.sent;
        received += w.received;
        rtt_ns += w.rtt_sum_ns;
        cut += w.received < w.sent;
        moved += w.site >= 0 && w.site_before >= 0 && w.site != w.site_before;
        worst = share < worst ? share : worst;
        failover = failover_s(c) > failover ? failover_s(c) : failover;
    }
    fprintf(out, "%.9g %.9g %" PRIu64 " %" PRIu64 " %.9g %.9g\n",
            sent ? (double)received / (double)sent : 1, worst, cut, moved, failover,
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
    if (i > 0) { // case 0 is the network without any failure
        meter_event(w->meter);
        fault_break(w, &j->sweep->cases[i - 1].fault, false);
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

static void read_baseline(struct sweep *w, const char *text)
{
    double skip[3];
    uint64_t n[2];
    sscanf(text, "%lf %lf %" SCNu64 " %" SCNu64 " %lf %lf", &skip[0], &skip[1], &n[0], &n[1],
           &skip[2], &w->baseline_rtt_ms);
    for (size_t i = 0; i < w->nlinks; i++) {
        text = next_line(text);
        w->links[i].baseline = w->links[i].worst = strtod(text, NULL) / 1e6;
        w->links[i].worst_case = -1;
    }
}

static void read_case(struct sweep *w, size_t index, const char *text)
{
    struct sweep_case *c = &w->cases[index];
    c->ok = sscanf(text, "%lf %lf %" SCNu32 " %" SCNu32 " %lf %lf", &c->availability,
                   &c->availability_worst, &c->groups_cut, &c->groups_moved, &c->failover_worst_s,
                   &c->rtt_mean_ms) == 6;
    for (size_t i = 0; i < w->nlinks; i++) {
        struct sweep_link *l = &w->links[i];
        text = next_line(text);
        double util = strtod(text, NULL) / 1e6;
        if (l->backbone && util > c->worst_util) {
            c->worst_util = util;
            c->worst_link = (int)i;
        }
        if (util > l->worst) {
            l->worst = util;
            l->worst_case = (int)index;
        }
    }
}

static void done(void *ctx, size_t i, bool ok, const char *text, size_t len)
{
    struct sweep *w = ((struct sweep_job *)ctx)->sweep;
    (void)len;
    if (ok && i == 0)
        read_baseline(w, text);
    else if (ok)
        read_case(w, i - 1, text);
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
                     .tasks = out->ncases + 1,
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
