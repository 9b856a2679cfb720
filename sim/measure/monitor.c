// SPDX-License-Identifier: GPL-3.0-or-later
#include "measure/monitor.h"

#include "fwd/headers.h"
#include "fwd/peek.h"
#include "measure/monitor_state.h"

#include <stdlib.h>

const char *const monitor_direction_names[MONITOR_DIRECTIONS] = {"in", "out"};

// --- Points

int64_t monitor_point_begin_ps(const struct monitor_interval *v, int point)
{
    int64_t begin_ps = v->first_ps + point * v->interval_ps;
    return begin_ps > 0 ? begin_ps : 0;
}

static int64_t point_end_ps(const struct scenario *s, const struct monitor_interval *v, int point)
{
    int64_t end_ps = v->first_ps + (point + 1) * v->interval_ps;
    return end_ps < s->duration_ps ? end_ps : s->duration_ps;
}

int64_t monitor_point_ps(const struct scenario *s, const struct monitor_interval *v, int point)
{
    return point_end_ps(s, v, point) - monitor_point_begin_ps(v, point);
}

static int point_at(const struct monitor_interval *v, int64_t t_ps)
{
    return (int)((t_ps - v->first_ps) / v->interval_ps);
}

// --- What is counted: a volume in a time

struct amount {
    int64_t from_ps, to_ps; // scenario time; of a packet the same
    double packets, bits;
};

static void add(struct monitor_volume *v, double packets, double bits)
{
    v->packets += packets;
    v->bits += bits;
}

// What flows for a while is shared out over the points that the while touches.
static void count(const struct monitor *m, const struct monitor_interval *v, const struct amount *a,
                  struct monitor_volume *points, struct monitor_volume *total)
{
    add(total, a->packets, a->bits);
    if (a->to_ps <= a->from_ps) {
        add(&points[point_at(v, a->from_ps)], a->packets, a->bits);
        return;
    }
    for (int64_t t_ps = a->from_ps; t_ps < a->to_ps;) {
        int point = point_at(v, t_ps);
        int64_t end_ps = point_end_ps(m->scenario, v, point);
        if (end_ps > a->to_ps)
            end_ps = a->to_ps;
        double part = (double)(end_ps - t_ps) / (double)(a->to_ps - a->from_ps);
        add(&points[point], a->packets * part, a->bits * part);
        t_ps = end_ps;
    }
}

static int row_of(const struct monitor *m, int service, int pop)
{
    return m->row[service * (m->scenario->topology.npops + 1) + pop + 1];
}

static void count_row(struct monitor *m, int service, int pop, enum monitor_direction d,
                      const struct amount *a)
{
    int row = row_of(m, service, pop);
    for (int i = 0; i < m->result.nintervals && a->bits > 0; i++) {
        struct monitor_interval *v = &m->result.intervals[i];
        count(m, v, a, v->rows[row].points[d], &v->rows[row].total[d]);
    }
}

static struct monitor_drops *drops_of(const struct monitor_interval *v, struct monitor_row *r,
                                      enum monitor_direction d, enum fwd_drop cause)
{
    int at = 0;
    while (at < r->ndrops && (r->drops[at].direction < d ||
                              (r->drops[at].direction == d && r->drops[at].cause < cause)))
        at++;
    if (at < r->ndrops && r->drops[at].direction == d && r->drops[at].cause == cause)
        return &r->drops[at];
    r->drops = xrealloc(r->drops, ((size_t)r->ndrops + 1) * sizeof *r->drops);
    memmove(&r->drops[at + 1], &r->drops[at], (size_t)(r->ndrops - at) * sizeof *r->drops);
    r->ndrops++;
    r->drops[at] =
        (struct monitor_drops){.direction = d,
                               .cause = cause,
                               .points = xcalloc((size_t)v->npoints, sizeof *r->drops->points)};
    return &r->drops[at];
}

static void count_drop(struct monitor *m, int service, int pop, enum monitor_direction d,
                       enum fwd_drop cause, const struct amount *a)
{
    int row = row_of(m, service, pop);
    for (int i = 0; i < m->result.nintervals && a->bits > 0; i++) {
        struct monitor_interval *v = &m->result.intervals[i];
        struct monitor_drops *x = drops_of(v, &v->rows[row], d, cause);
        count(m, v, a, x->points, &x->total);
    }
}

static int new_leg(struct monitor *m, int service, int ingress, int backend)
{
    int leg = m->result.intervals[0].nlegs;
    for (int i = 0; i < m->result.nintervals; i++) {
        struct monitor_interval *v = &m->result.intervals[i];
        v->legs = xrealloc(v->legs, ((size_t)leg + 1) * sizeof *v->legs);
        struct monitor_leg *l = &v->legs[v->nlegs++];
        *l = (struct monitor_leg){.service = service,
                                  .ingress = m->scenario->monitor.area[ingress],
                                  .backend = m->scenario->monitor.area[backend]};
        for (int d = 0; d < MONITOR_DIRECTIONS; d++)
            l->points[d] = xcalloc((size_t)v->npoints, sizeof *l->points[d]);
    }
    return leg;
}

// The first POP of an area stands for it.
static int area_head(const struct monitor *m, int pop)
{
    int i = 0;
    while (strcmp(m->scenario->monitor.area[i], m->scenario->monitor.area[pop]) != 0)
        i++;
    return i;
}

static void count_leg(struct monitor *m, int service, int ingress, int backend,
                      enum monitor_direction d, const struct amount *a)
{
    int npops = m->scenario->topology.npops;
    if (ingress < 0 || backend < 0 || a->bits <= 0 ||
        m->scenario->services[service].mode != MODE_ACCELERATED)
        return;
    int *leg = &m->leg[(service * npops + ingress) * npops + backend];
    if (*leg < 0) {
        int *head =
            &m->leg[(service * npops + area_head(m, ingress)) * npops + area_head(m, backend)];
        if (*head < 0)
            *head = new_leg(m, service, ingress, backend);
        *leg = *head;
    }
    for (int i = 0; i < m->result.nintervals; i++) {
        struct monitor_leg *l = &m->result.intervals[i].legs[*leg];
        count(m, &m->result.intervals[i], a, l->points[d], &l->total[d]);
    }
}

// --- Packets

struct seen { // a packet of a service
    int service;
    enum monitor_direction direction;
    struct amount amount;
};

static int service_of(const struct monitor *m, ip4_addr a)
{
    for (size_t i = 0; i < m->prefixes.n; i++) {
        const struct prefix *p = &m->prefixes.v[i].is;
        if ((a & prefix_mask(p->len)) == p->addr)
            return m->prefixes.v[i].service;
    }
    return -1;
}

// The innermost header: tunnels are the operator's business.
static const uint8_t *datagram(const struct packet *p)
{
    const uint8_t *h = packet_view(p);
    size_t stored = p->captured;
    uint32_t at;
    for (int depth = p->depth; depth > 0 && peek_inner(h, stored, &at); depth--) {
        h += at;
        stored -= at;
    }
    return h;
}

// Whose it is; false: no service's, or outside the measured time.
static bool see(const struct monitor *m, const struct packet *p, struct seen *out)
{
    int64_t t_ps = sim_now(m->sim) - m->epoch_ps;
    if (t_ps < 0 || t_ps >= m->scenario->duration_ps || p->flow == NET_NO_FLOW)
        return false;
    const uint8_t *h = datagram(p);
    if (h[0] >> 4 != 4)
        return false;
    *out = (struct seen){.service = service_of(m, be32_get(h + IP4_DST)), .direction = MONITOR_IN};
    if (out->service < 0 && (p->kind & ~PACKET_TRACED) == TRAFFIC_DOWN)
        *out = (struct seen){.service = service_of(m, be32_get(h + IP4_SRC)),
                             .direction = MONITOR_OUT};
    double packets = p->weight;
    out->amount = (struct amount){t_ps, t_ps, packets, packets * 8 * be16_get(h + IP4_LENGTH)};
    return out->service >= 0;
}

static bool is_published(const struct monitor *m, int service, int pop)
{
    return pop >= 0 && row_of(m, service, pop) != row_of(m, service, -1);
}

// The POP by which a packet went, or at which it was when that has not been decided.
static int pop_of(const struct monitor *m, const struct packet *p, uint32_t node, int service)
{
    int pop = p->entry ? m->world.entry(m->world.ctx, p->entry) : -1;
    if (pop < 0)
        pop = m->world.pop(m->world.ctx, node);
    return is_published(m, service, pop) ? pop : -1;
}

static void end_in(struct monitor *m, uint32_t node, const struct packet *p, enum fwd_drop reason,
                   const struct seen *x)
{
    int pop = pop_of(m, p, node, x->service);
    if (reason == FWD_DROP_NONE) {
        count_row(m, x->service, pop, MONITOR_IN, &x->amount);
        count_leg(m, x->service, pop, m->world.pop(m->world.ctx, node), MONITOR_IN, &x->amount);
        return;
    }
    if (pop >= 0)
        count_row(m, x->service, pop, MONITOR_IN, &x->amount);
    count_drop(m, x->service, pop, MONITOR_IN, reason, &x->amount);
}

static void end_out(struct monitor *m, uint32_t node, const struct packet *p, enum fwd_drop reason,
                    const struct seen *x)
{
    int pop = p->entry ? m->world.entry(m->world.ctx, p->entry) : -1;
    pop = is_published(m, x->service, pop) ? pop : -1;
    bool left = reason == FWD_DROP_NONE || !m->world.inside(m->world.ctx, node);
    if (left)
        count_row(m, x->service, pop, MONITOR_OUT, &x->amount);
    if (reason != FWD_DROP_NONE)
        count_drop(m, x->service, left ? -1 : pop, MONITOR_OUT, reason, &x->amount);
}

static void ended(void *ctx, uint32_t node, const struct packet *p, enum fwd_drop reason)
{
    struct monitor *m = ctx;
    struct seen x;
    if (reason == FWD_DROP_NONE)
        m->result.delivered++;
    else
        m->result.dropped[reason]++;
    if (!see(m, p, &x))
        return;
    m->result.of_services++;
    if (x.direction == MONITOR_IN)
        end_in(m, node, p, reason, &x);
    else
        end_out(m, node, p, reason, &x);
}

static void begun(void *ctx, uint32_t node, const struct packet *p)
{
    struct monitor *m = ctx;
    struct seen x;
    if (see(m, p, &x) && x.direction == MONITOR_OUT && p->entry)
        count_leg(m, x.service, m->world.entry(m->world.ctx, p->entry),
                  m->world.pop(m->world.ctx, node), MONITOR_OUT, &x.amount);
}

// An answer that a forwarding core made of a request: both are as large.
static void turned(void *ctx, uint32_t node, const struct packet *p)
{
    struct monitor *m = ctx;
    struct seen x;
    m->result.delivered++;
    if (!see(m, p, &x) || x.direction != MONITOR_OUT)
        return;
    m->result.of_services++;
    end_in(m, node, p, FWD_DROP_NONE, &x);
    begun(ctx, node, p);
}

struct traffic_watch monitor_watch(struct monitor *m)
{
    return (struct traffic_watch){m, begun, ended, turned};
}

// --- Demands

void monitor_slice(void *monitor, const struct demand_slice *slice)
{
    struct monitor *m = monitor;
    const struct demand *d = &m->scenario->demands[slice->demand];
    int service = d->pairs[slice->pair].to.index;
    enum monitor_direction way = slice->down ? MONITOR_OUT : MONITOR_IN;
    double packets = slice->sent_bit / (8 * (double)d->bytes);
    for (size_t i = 0; i < slice->npassages; i++) {
        const struct solver_passage *p = &slice->passages[i];
        double share = slice->down ? p->out : p->in;
        struct amount a = {slice->from_ps, slice->to_ps, packets * share, slice->sent_bit * share};
        count_row(m, service, p->pop, way, &a);
        for (int k = 0; k < GRAPH_CAUSES; k++) {
            a.packets = packets * p->lost[k];
            a.bits = slice->sent_bit * p->lost[k];
            count_drop(m, service, p->pop, way, graph_drop((enum graph_cause)k), &a);
        }
    }
    for (size_t i = 0; i < slice->nlegs; i++) {
        const struct solver_leg *l = &slice->legs[i];
        struct amount a = {slice->from_ps, slice->to_ps, packets * l->share,
                           slice->sent_bit * l->share};
        count_leg(m, service, l->pop, m->world.pop(m->world.ctx, l->node), way, &a);
    }
}

// --- Building

static void add_interval(struct monitor *m, int64_t interval_ps, bool listed)
{
    const struct scenario *s = m->scenario;
    struct monitor_result *r = &m->result;
    int at = r->nintervals++;
    r->intervals = xrealloc(r->intervals, (size_t)r->nintervals * sizeof *r->intervals);
    for (; at > 0 && r->intervals[at - 1].interval_ps > interval_ps; at--)
        r->intervals[at] = r->intervals[at - 1];
    struct monitor_interval *v = &r->intervals[at];
    *v = (struct monitor_interval){
        .interval_ps = interval_ps, .first_ps = -(s->clock_ps % interval_ps), .listed = listed};
    v->npoints = (int)((s->duration_ps - v->first_ps + interval_ps - 1) / interval_ps);
}

static void add_row(struct monitor_interval *v, int service, int pop)
{
    struct monitor_row *r = &v->rows[v->nrows++];
    *r = (struct monitor_row){.service = service, .pop = pop};
    for (int d = 0; d < MONITOR_DIRECTIONS; d++)
        r->points[d] = xcalloc((size_t)v->npoints, sizeof *r->points[d]);
}

static void add_rows(struct monitor *m)
{
    const struct scenario *s = m->scenario;
    int npops = s->topology.npops;
    for (int i = 0; i < m->result.nintervals; i++) {
        struct monitor_interval *v = &m->result.intervals[i];
        v->rows = xcalloc((size_t)s->nservices * (size_t)(npops + 1), sizeof *v->rows);
        for (int service = 0; service < s->nservices; service++) {
            int *row = &m->row[service * (npops + 1)];
            for (int k = 0; k < s->services[service].npublish; k++) {
                row[s->services[service].publish[k] + 1] = v->nrows;
                add_row(v, service, s->services[service].publish[k]);
            }
            row[0] = v->nrows;
            add_row(v, service, -1);
            for (int pop = 0; pop < npops; pop++)
                if (row[pop + 1] < 0)
                    row[pop + 1] = row[0];
        }
    }
}

struct monitor *monitor_new(const struct scenario *s, struct sim *sim,
                            const struct monitor_world *world, int64_t epoch_ps)
{
    struct monitor *m = xcalloc(1, sizeof *m);
    size_t npops = (size_t)s->topology.npops, nservices = (size_t)s->nservices;
    bool billed = false;
    m->scenario = s;
    m->sim = sim;
    m->world = *world;
    m->epoch_ps = epoch_ps;
    m->row = xmalloc((nservices * (npops + 1) + 1) * sizeof *m->row);
    m->leg = xmalloc((nservices * npops * npops + 1) * sizeof *m->leg);
    memset(m->row, 0xff, (nservices * (npops + 1) + 1) * sizeof *m->row);
    memset(m->leg, 0xff, (nservices * npops * npops + 1) * sizeof *m->leg);
    for (int i = 0; i < s->monitor.nintervals; i++) {
        billed |= s->monitor.interval_ps[i] == s->billing.period_ps;
        add_interval(m, s->monitor.interval_ps[i], true);
    }
    if (!billed)
        add_interval(m, s->billing.period_ps, false);
    add_rows(m);
    return m;
}

void monitor_add_prefix(struct monitor *m, struct prefix p, int service)
{
    struct monitor_prefix own = {p, service};
    vec_push(&m->prefixes, own);
}

void monitor_free(struct monitor *m)
{
    if (!m)
        return;
    monitor_result_free(&m->result);
    vec_free(&m->prefixes);
    free(m->row);
    free(m->leg);
    free(m);
}
