// SPDX-License-Identifier: GPL-3.0-or-later
// cubic: RFC 9438 in integers, because a cube root from libm may differ in its last bit between
// machines. Times are microseconds here, windows octets.
#include "transport/congestion.h"

#include "base/units.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

#define BETA_NUM  7 // beta = 0.7
#define BETA_DEN  10
#define C_NUM     2 // C = 0.4
#define C_DEN     5
#define ALPHA_NUM 9 // 3 (1 - beta) / (1 + beta) = 9/17
#define ALPHA_DEN 17
#define FRACTION  16         // bits of c->friendly below an octet
#define LONG_US   4000000000 // longer epochs (an hour) are cut: the window is huge by then

// The largest integer whose cube is not above v.
static uint64_t cube_root(uwide v)
{
    uint64_t root = 0;
    for (int bit = 41; bit >= 0; bit--) {
        uint64_t next = root | UINT64_C(1) << bit;
        if ((uwide)next * next * next <= v)
            root = next;
    }
    return root;
}

// The curve: W_cubic(t) = C (t - K)^3 + W_max, in octets (§4.2).
static uint64_t curve(const struct congestion *c, int64_t t_us)
{
    wide off = (t_us < LONG_US ? t_us : LONG_US) - c->origin_us;
    wide cube = off * off * off / INT64_C(1000000); // us^3 in 10^-12 s^3
    wide w = cube * C_NUM * c->mss / C_DEN / INT64_C(1000000000000) + (wide)c->peak;
    return w > 0 ? (uint64_t)w : 0;
}

static void begin_epoch(struct congestion *c, int64_t now_ps)
{
    c->epoch_ps = now_ps;
    c->friendly = c->window << FRACTION;
    if (c->flat || c->peak < c->window) {
        c->peak = c->window;
        c->origin_us = 0;
    } else {
        // K = cubic root of ((W_max - cwnd_epoch) / C), windows in segments
        uwide third = (uwide)(c->peak - c->window) * C_DEN * (uwide)1000000000000000000 / C_NUM;
        c->origin_us = (int64_t)cube_root(third / c->mss);
    }
    c->flat = false;
    c->counted = 0;
}

// §4.3: what Reno would have by now.
static uint64_t reno_window(struct congestion *c, uint64_t octets)
{
    uwide gain = ((uwide)octets * c->mss << FRACTION) / c->window;
    if (c->friendly >> FRACTION < c->prior)
        gain = gain * ALPHA_NUM / ALPHA_DEN;
    c->friendly += (uint64_t)gain;
    return c->friendly >> FRACTION;
}

static void avoid(struct congestion *c, uint64_t octets, int64_t now_ps, int64_t rtt_ps)
{
    if (c->epoch_ps < 0)
        begin_epoch(c, now_ps);
    int64_t t_us = (now_ps - c->epoch_ps) / PS_PER_US;
    uint64_t reno = reno_window(c, octets);
    if (curve(c, t_us) < reno) {
        if (c->window < reno)
            c->window = reno;
        return;
    }
    uint64_t target = curve(c, t_us + rtt_ps / PS_PER_US);
    uint64_t most = c->window + c->window / 2;
    if (target > most)
        target = most;
    if (target <= c->window)
        return;
    // (target - cwnd) / cwnd a segment acknowledged; fractions of an octet are carried on.
    uwide grown = (uwide)(target - c->window) * octets + c->counted;
    c->counted = (uint64_t)(grown % c->window);
    c->window += (uint64_t)(grown / c->window);
}

// §4.6 and fast convergence, §4.7.
static uint64_t reduce(struct congestion *c, uint64_t flight)
{
    if (c->window < c->peak)
        c->peak = c->window * (BETA_DEN + BETA_NUM) / (2 * BETA_DEN);
    else
        c->peak = c->window;
    c->prior = c->window;
    c->epoch_ps = -1;
    c->flat = false;
    return flight * BETA_NUM / BETA_DEN;
}

// §4.8: the first congestion avoidance after a time-out starts on the plateau.
static void restart(struct congestion *c)
{
    c->epoch_ps = -1;
    c->flat = true;
}

const struct congestion_ops congestion_cubic = {"cubic", avoid, reduce, restart};
