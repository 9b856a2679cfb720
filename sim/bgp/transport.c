// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/transport.h"

#include "base/rng.h"
#include "bgp/instance.h"
#include "bgp/session.h"

#define RTO_FIRST_PS (1 * PS_PER_S)
#define RTO_MAX_PS   (60 * PS_PER_S)
#define DUPLICATES   3 // acknowledgements after which a segment is sent again (RFC 5681 §3.2)
#define MILLION      1000000u

static struct bgp *instance(const struct bgp_pipe *p)
{
    return p->peer->speaker->bgp;
}

// One-way delay for what `from` sends to the other side, -1: it does not get there.
static int64_t delay_ps(const struct bgp_peer *from)
{
    const struct bgp *b = from->speaker->bgp;
    if (from->mute_until_ps > sim_now(b->sim))
        return -1;
    return b->env.path_delay_ps(b->env.ctx, from->speaker->router, from->remote->speaker->router,
                                from->link);
}

static bool lost(struct bgp_pipe *p)
{
    const struct bgp *b = instance(p);
    const struct bgp_speaker *a = p->peer->speaker, *z = p->peer->remote->speaker;
    uint32_t ppm = b->env.path_loss_ppm
                       ? b->env.path_loss_ppm(b->env.ctx, a->router, z->router, p->peer->link)
                       : 0;
    if (ppm == 0)
        return false;
    if (!p->loss) {
        char purpose[64];
        snprintf(purpose, sizeof purpose, "bgp-loss %u", p->peer->index);
        p->loss = rng_stream(sim_seed(b->sim), a->name, purpose);
    }
    return rng_uniform(p->loss) * MILLION < ppm;
}

static void compact(struct bgp_pipe *p)
{
    if (p->head == p->q.n) {
        p->head = p->departed = p->q.n = 0;
    } else if (p->head >= 64 && 2 * p->head >= p->q.n) {
        memmove(p->q.v, p->q.v + p->head, (p->q.n - p->head) * sizeof *p->q.v);
        p->q.n -= p->head;
        p->departed -= p->head;
        p->head = 0;
    }
}

static void schedule_head(struct bgp_pipe *p)
{
    sim_at(instance(p)->sim, &p->entity, &p->entity, p->q.v[p->head].arrive_ps, SIM_PHASE_CONTROL,
           0);
}

static void arrive(struct sim *sim, struct entity *self, uint64_t arg)
{
    struct bgp_pipe *p = (struct bgp_pipe *)self;
    (void)arg;
    SIM_ASSERT(sim, p->head < p->departed);
    struct bgp_segment seg = p->q.v[p->head++];
    if (p->head < p->departed)
        schedule_head(p);
    compact(p);
    bgp_session_arrive(p->peer->remote, seg.message, seg.conn);
}

static int64_t max_ps(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t abs_ps(int64_t t)
{
    return t < 0 ? -t : t;
}

static void measure(struct bgp_pipe *p, int64_t rtt_ps) // RFC 6298 §2.2, §2.3
{
    if (p->srtt_ps == 0) {
        p->srtt_ps = rtt_ps;
        p->rttvar_ps = rtt_ps / 2;
        return;
    }
    p->rttvar_ps += (abs_ps(p->srtt_ps - rtt_ps) - p->rttvar_ps) / 4;
    p->srtt_ps += (rtt_ps - p->srtt_ps) / 8;
}

static void arm(struct bgp_pipe *p, int64_t after_ps)
{
    struct bgp_peer *peer = p->peer;
    struct sim *sim = instance(p)->sim;
    bgp_clock_set(sim, &peer->clock, BGP_DEADLINE_RTO, sim_now(sim) + after_ps);
    if (p->departed < p->q.n && peer->is.send_hold_ps && peer->state == BGP_ESTABLISHED &&
        !bgp_clock_armed(&peer->clock, BGP_DEADLINE_SEND_HOLD))
        bgp_clock_set(sim, &peer->clock, BGP_DEADLINE_SEND_HOLD,
                      sim_now(sim) + peer->is.send_hold_ps);
}

static void wait(struct bgp_pipe *p)
{
    p->rto_ps = p->rto_ps ? 2 * p->rto_ps : max_ps(RTO_FIRST_PS, p->srtt_ps + 4 * p->rttvar_ps);
    if (p->rto_ps > RTO_MAX_PS)
        p->rto_ps = RTO_MAX_PS;
    arm(p, p->rto_ps);
}

// What a slow receiver of this session takes for a message beyond the time of its processor.
static int64_t reading_ps(const struct bgp_pipe *p, const struct bgp_message *m)
{
    const struct bgp_peer *to = p->peer->remote;
    return to->slowness > 1 ? (to->slowness - 1) * bgp_cpu_cost_ps(&to->speaker->cpu, m) : 0;
}

// What waits leaves now, up to the first that gets lost. True: all of it did.
static bool depart(struct bgp_pipe *p, int64_t after_ps)
{
    int64_t at_ps = sim_now(instance(p)->sim) + after_ps;
    bool idle = p->head == p->departed;
    if (at_ps < p->last_arrive_ps) // a shorter path does not overtake
        at_ps = p->last_arrive_ps;
    for (; p->departed < p->q.n && !lost(p); p->departed++) {
        at_ps += reading_ps(p, p->q.v[p->departed].message);
        p->q.v[p->departed].arrive_ps = at_ps;
    }
    p->last_arrive_ps = at_ps;
    if (idle && p->head < p->departed)
        schedule_head(p);
    return p->departed == p->q.n;
}

static void all_is_well(struct bgp_pipe *p)
{
    p->rto_ps = 0;
    p->unacked = p->backed_off = false;
    bgp_clock_cancel(&p->peer->clock, BGP_DEADLINE_RTO);
    bgp_clock_cancel(&p->peer->clock, BGP_DEADLINE_SEND_HOLD);
}

static void try_depart(struct bgp_pipe *p)
{
    int64_t there_ps = p->peer->remote->stalled ? -1 : delay_ps(p->peer);
    int64_t back_ps = delay_ps(p->peer->remote);
    if (there_ps < 0) {
        wait(p);
        return;
    }
    bool all = depart(p, there_ps);
    if (back_ps >= 0) {
        measure(p, there_ps + back_ps);
        if (all)
            all_is_well(p);
        else if (p->q.n - p->departed > DUPLICATES)
            arm(p, there_ps + back_ps);
        else
            wait(p);
        return;
    }
    if (!p->unacked || !all) // else the RTO runs already
        wait(p);
    p->unacked = true;
}

static void append(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    struct bgp_segment seg = {.message = m, .conn = conn};
    vec_push(&p->q, seg);
}

void bgp_pipe_init(struct bgp_pipe *p, struct bgp_peer *peer)
{
    memset(p, 0, sizeof *p);
    p->peer = peer;
    sim_entity(peer->speaker->bgp->sim, &p->entity, arrive);
}

void bgp_pipe_free(struct bgp_pipe *p)
{
    for (size_t i = p->head; i < p->q.n; i++)
        bgp_message_put(&instance(p)->attrs, p->q.v[i].message);
    vec_free(&p->q);
    if (p->loss)
        gsl_rng_free(p->loss);
}

void bgp_pipe_send(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    append(p, m, conn);
    if (p->departed == p->q.n - 1 && !p->backed_off) // nothing is stuck before it
        try_depart(p);
}

void bgp_pipe_send_once(struct bgp_pipe *p, struct bgp_message *m, uint32_t conn)
{
    int64_t there_ps = delay_ps(p->peer);
    if (there_ps < 0 || p->departed < p->q.n || lost(p)) {
        bgp_message_put(&instance(p)->attrs, m);
        return;
    }
    append(p, m, conn);
    p->q.v[p->departed].arrive_ps = max_ps(sim_now(instance(p)->sim) + there_ps, p->last_arrive_ps);
    p->last_arrive_ps = p->q.v[p->departed].arrive_ps;
    if (p->head == p->departed++)
        schedule_head(p);
}

void bgp_pipe_retransmit(struct bgp_pipe *p)
{
    bool stuck = p->departed < p->q.n;
    if (!stuck && !p->unacked)
        return;
    bool answered = delay_ps(p->peer->remote) >= 0;
    bool opens = delay_ps(p->peer) >= 0 && answered && !p->peer->remote->stalled;
    if (p->unacked && !opens) { // the oldest one goes once more, and no answer comes
        p->backed_off = true;
        wait(p);
        return;
    }
    p->unacked = p->backed_off = false;
    if (stuck)
        try_depart(p);
    else
        all_is_well(p);
}

void bgp_pipe_wake(struct bgp_pipe *p)
{
    if (p->departed < p->q.n || p->unacked)
        bgp_pipe_retransmit(p);
}

void bgp_pipe_reset(struct bgp_pipe *p, uint32_t keep)
{
    size_t kept = p->departed;
    for (size_t i = p->departed; i < p->q.n; i++) {
        if (keep && p->q.v[i].conn == keep)
            p->q.v[kept++] = p->q.v[i];
        else
            bgp_message_put(&instance(p)->attrs, p->q.v[i].message);
    }
    p->q.n = kept;
    if (kept > p->departed)
        return;
    all_is_well(p);
    compact(p);
}
