// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/damping.h"

#include "base/table.h"
#include "bgp/instance.h"

#define MINUTE_PS (60 * PS_PER_S)
#define POINT     32 // bits behind the point

#define VENDOR(readvertised, limit)                                                                \
    {                                                                                              \
        .withdrawal = 1000, .readvertisement = (readvertised), .attribute_change = 500,            \
        .suppress = (limit), .reuse = 750, .half_life_ps = 15 * MINUTE_PS,                         \
        .max_suppress_ps = 60 * MINUTE_PS                                                          \
    }

const struct bgp_damping_options bgp_damping_rfc7196 = VENDOR(0, 6000);
const struct bgp_damping_options bgp_damping_frr = VENDOR(0, 2000);
const struct bgp_damping_options bgp_damping_cisco = VENDOR(0, 2000);
const struct bgp_damping_options bgp_damping_junos = VENDOR(1000, 3000);

struct flapping { // a path that has flapped
    uint32_t prefix, path_id;
    uint64_t penalty; // at `since_ps`
    int64_t since_ps;
    int64_t reuse_ps;            // TIME_NEVER: not suppressed
    const struct bgp_attr *held; // of a suppressed path: what the peer says now; or NULL
    bool withdrawn;              // the last thing that the peer said
};

struct bgp_damping {
    struct bgp_peer *peer;
    struct table index; // (prefix, path) → in v
    VEC(struct flapping) v;
    struct timer timer; // the earliest reuse
};

// --- Decay

__extension__ typedef unsigned __int128 wide;

// Square root of n < 2^126, rounded down.
static uint64_t root(wide n)
{
    uint64_t r = 0;
    for (int bit = 62; bit >= 0; bit--) {
        uint64_t more = r | (uint64_t)1 << bit;
        if ((wide)more * more <= n)
            r = more;
    }
    return r;
}

uint64_t bgp_damping_decay(uint64_t penalty, int64_t dt_ps, int64_t half_life_ps)
{
    int64_t halvings = dt_ps / half_life_ps;
    uint64_t part = (uint64_t)(((wide)(dt_ps % half_life_ps) << POINT) / (uint64_t)half_life_ps);
    uint64_t factor = (uint64_t)1 << 61; // 1/2 with 62 bits behind the point
    if (halvings > 63)
        return 0;
    penalty >>= halvings;
    for (int bit = POINT - 1; bit >= 0 && part; bit--) {
        factor = root((wide)factor << 62); // 2 to the minus 1/2, 1/4, 1/8 …
        if (part >> bit & 1)
            penalty = (uint64_t)((wide)penalty * factor >> 62);
        part &= ((uint64_t)1 << bit) - 1;
    }
    return penalty;
}

// How long until the penalty is `least` or less. Decay is monotone: halve the interval.
static int64_t time_to(uint64_t penalty, uint64_t least, int64_t half_life_ps)
{
    int64_t low = 0, high = half_life_ps;
    while (bgp_damping_decay(penalty, high, half_life_ps) > least)
        high *= 2;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (bgp_damping_decay(penalty, middle, half_life_ps) > least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The penalty that decays to `reuse` in the longest time of suppression.
static uint64_t ceiling(const struct bgp_damping_options *o)
{
    uint64_t one = (uint64_t)1 << POINT;
    uint64_t left = bgp_damping_decay(one << 24, o->max_suppress_ps, o->half_life_ps);
    wide most = ((wide)o->reuse << (POINT + POINT + 24)) / (left ? left : 1);
    return most > INT64_MAX ? INT64_MAX : (uint64_t)most;
}

// --- Entries

static struct sim *sim_of(const struct bgp_damping *t)
{
    return t->peer->speaker->bgp->sim;
}

static struct flapping *find(const struct bgp_damping *t, uint32_t prefix, uint32_t path_id)
{
    const uint32_t key[] = {prefix, path_id};
    uint64_t at;
    return t && table_get(&t->index, key, sizeof key, &at) ? &t->v.v[at] : NULL;
}

static struct flapping *add(struct bgp_damping *t, uint32_t prefix, uint32_t path_id)
{
    const uint32_t key[] = {prefix, path_id};
    struct flapping f = {prefix, path_id, 0, sim_now(sim_of(t)), TIME_NEVER, NULL, false};
    table_put(&t->index, key, sizeof key, t->v.n);
    vec_push(&t->v, f);
    return &t->v.v[t->v.n - 1];
}

static uint64_t penalty_now(const struct bgp_damping *t, const struct flapping *f)
{
    return bgp_damping_decay(f->penalty, sim_now(sim_of(t)) - f->since_ps,
                             t->peer->is.policy.damping->half_life_ps);
}

static void arm(struct bgp_damping *t)
{
    int64_t next_ps = TIME_NEVER;
    for (size_t i = 0; i < t->v.n; i++)
        if (t->v.v[i].reuse_ps < next_ps)
            next_ps = t->v.v[i].reuse_ps;
    if (next_ps == TIME_NEVER)
        timer_cancel(&t->timer);
    else
        timer_set(sim_of(t), &t->timer, next_ps);
}

static void reuse(struct sim *sim, struct timer *timer)
{
    struct bgp_damping *t = timer->owner;
    for (size_t i = 0; i < t->v.n; i++) {
        struct flapping *f = &t->v.v[i];
        if (f->reuse_ps > sim_now(sim))
            continue;
        const struct bgp_attr *attr = f->held;
        f->reuse_ps = TIME_NEVER;
        f->held = NULL;
        if (attr)
            bgp_speaker_reuse(t->peer, f->prefix, f->path_id, attr);
    }
    arm(t);
}

static struct bgp_damping *damping_of(struct bgp_peer *p)
{
    if (!p->damping) {
        p->damping = xcalloc(1, sizeof *p->damping);
        p->damping->peer = p;
        table_init(&p->damping->index);
        timer_init(p->speaker->bgp->sim, &p->damping->timer, reuse, p->damping, SIM_PHASE_CONTROL);
    }
    return p->damping;
}

// What the RIB has of a path.
static const struct bgp_attr *in_use(const struct bgp_peer *p, uint32_t prefix, uint32_t path_id)
{
    const struct bgp_rib_entry *e = bgp_rib_find(&p->speaker->rib, prefix);
    for (uint32_t i = 0; e && i < e->n; i++)
        if (e->candidates[i].peer == p && e->candidates[i].path_id == path_id)
            return e->candidates[i].attr;
    return NULL;
}

// What happened to a path whose route was `now` and is `next`.
static uint32_t penalty_of(const struct bgp_damping_options *o, const struct flapping *f,
                           const struct bgp_attr *now, const struct bgp_attr *next)
{
    if (now && !next)
        return o->withdrawal;
    if (!now && next)
        return f && f->withdrawn ? o->readvertisement : 0;
    return now != next ? o->attribute_change : 0;
}

static void punish(struct bgp_damping *t, struct flapping *f, uint32_t penalty)
{
    const struct bgp_damping_options *o = t->peer->is.policy.damping;
    uint64_t most = ceiling(o), before = penalty_now(t, f);
    if (before < (uint64_t)o->reuse << (POINT - 1) && f->reuse_ps == TIME_NEVER)
        before = 0; // forgotten
    f->penalty = before + ((uint64_t)penalty << POINT);
    if (f->penalty > most)
        f->penalty = most;
    f->since_ps = sim_now(sim_of(t));
}

const struct bgp_attr *bgp_damping_hear(struct bgp_peer *p, uint32_t prefix, uint32_t path_id,
                                        const struct bgp_attr *attr)
{
    const struct bgp_damping_options *o = p->is.policy.damping;
    struct bgp_attrs *attrs = &p->speaker->bgp->attrs;
    struct flapping *f = find(p->damping, prefix, path_id);
    bool was_suppressed = f && f->reuse_ps != TIME_NEVER;
    const struct bgp_attr *now = was_suppressed ? f->held : in_use(p, prefix, path_id);
    uint32_t penalty = penalty_of(o, f, now, attr);
    if (!f && !penalty)
        return attr; // as nearly always
    struct bgp_damping *t = damping_of(p);
    if (!f)
        f = add(t, prefix, path_id);
    if (penalty)
        punish(t, f, penalty);
    if (now || attr)
        f->withdrawn = !attr;
    if (was_suppressed && f->held)
        bgp_attr_put(attrs, f->held);
    f->held = NULL;
    if (!was_suppressed && f->penalty <= (uint64_t)o->suppress << POINT)
        return attr;
    if (penalty || !was_suppressed)
        f->reuse_ps =
            f->since_ps + time_to(f->penalty, (uint64_t)o->reuse << POINT, o->half_life_ps);
    f->held = attr;
    arm(t);
    return NULL;
}

void bgp_damping_lost(struct bgp_peer *p)
{
    for (size_t i = 0; p->damping && i < p->damping->v.n; i++) {
        struct flapping *f = &p->damping->v.v[i];
        if (f->held)
            bgp_attr_put(&p->speaker->bgp->attrs, f->held);
        f->held = NULL;
        f->withdrawn = false;
    }
}

void bgp_damping_clear(struct bgp_peer *p)
{
    bgp_damping_lost(p);
    if (!p->damping)
        return;
    timer_cancel(&p->damping->timer);
    table_free(&p->damping->index);
    table_init(&p->damping->index);
    p->damping->v.n = 0;
}

void bgp_damping_free(struct bgp_peer *p)
{
    if (!p->damping)
        return;
    bgp_damping_lost(p);
    table_free(&p->damping->index);
    vec_free(&p->damping->v);
    free(p->damping);
    p->damping = NULL;
}

double bgp_damping_penalty(const struct bgp_peer *p, uint32_t prefix, uint32_t path_id)
{
    const struct flapping *f = find(p->damping, prefix, path_id);
    return f ? (double)penalty_now(p->damping, f) / (double)((uint64_t)1 << POINT) : 0;
}

int64_t bgp_damping_reuse_ps(const struct bgp_peer *p, uint32_t prefix, uint32_t path_id)
{
    const struct flapping *f = find(p->damping, prefix, path_id);
    return f ? f->reuse_ps : TIME_NEVER;
}
