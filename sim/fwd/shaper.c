// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/shaper.h"

#define BYTE_COST UINT64_C(8000000000000) // bit·ps

typedef unsigned __int128 credit; // bit·ps

const char *shaper_check(const struct shaper_options *o)
{
    if (o->rate_bps < 1)
        return "the rate is 0";
    if (o->rate_bps > SHAPER_RATE_MAX_BPS)
        return "the rate is over 1 Tbit/s";
    if (o->burst_bytes < 1)
        return "the burst size is 0: nothing would ever pass";
    if (o->burst_bytes > SHAPER_BURST_MAX_BYTES)
        return "the burst size is over 1 GB";
    if (o->limit_bytes > SHAPER_BURST_MAX_BYTES)
        return "the queue is over 1 GB";
    if (o->limit_ps < 0)
        return "the longest delay is negative";
    if ((o->limit_bytes > 0) == (o->limit_ps > 0))
        return "the queue needs one limit, in bytes or in time";
    return NULL;
}

// A delay limit is what the rate earns in that time: 2⁶³ ps at less than 2⁴⁰ bit/s fit.
static void set_limits(struct shaper *s, const struct shaper_options *o)
{
    FWD_ASSERT(!shaper_check(o));
    s->options = *o;
    s->credit_limit = (credit)o->burst_bytes * BYTE_COST;
    s->lack_limit =
        o->limit_ps ? (credit)o->limit_ps * o->rate_bps : (credit)o->limit_bytes * BYTE_COST;
}

static void earn(struct shaper *s, uint64_t passed_ps)
{
    s->credit += (credit)passed_ps * s->options.rate_bps;
    if (s->credit > s->credit_limit)
        s->credit = s->credit_limit;
}

static void advance(struct shaper *s, int64_t now_ps)
{
    if (now_ps <= s->at_ps)
        return;
    earn(s, (uint64_t)now_ps - (uint64_t)s->at_ps);
    s->at_ps = now_ps;
}

void shaper_init(struct shaper *s, const struct shaper_options *o, int64_t now_ps)
{
    *s = (struct shaper){.at_ps = now_ps};
    set_limits(s, o);
    s->credit = s->credit_limit;
}

void shaper_change(struct shaper *s, const struct shaper_options *o, int64_t now_ps)
{
    advance(s, now_ps);
    set_limits(s, o);
    earn(s, 0); // no more than the new burst
}

// The quotient rounded up, by long division with digits of 24 bits: the rate has at most 40, so a
// remainder and a digit fit 64. (The compiler's own 128-bit division is a call into its library,
// and slower.) A missing credit has at most 73 bits, of which the first digit takes 25.
static credit divide_up(credit missing, uint64_t rate_bps)
{
    uint64_t digit = (uint64_t)(missing >> 48);
    credit quotient = digit / rate_bps;
    uint64_t rest = digit % rate_bps;
    for (int shift = 24; shift >= 0; shift -= 24) {
        digit = rest << 24 | ((uint64_t)(missing >> shift) & 0xffffff);
        quotient = quotient << 24 | digit / rate_bps;
        rest = digit % rate_bps;
    }
    return quotient + (rest > 0);
}

// What the queue lacks once this packet is in it: what is missing at the last release, and all that
// is earned between now and then.
static bool fits(const struct shaper *s, credit missing, int64_t now_ps)
{
    uint64_t ahead_ps = s->at_ps > now_ps ? (uint64_t)s->at_ps - (uint64_t)now_ps : 0;
    return missing + (credit)ahead_ps * s->options.rate_bps <= s->lack_limit;
}

static bool refuse(struct shaper *s, uint32_t bytes)
{
    s->counters.refused_packets++;
    s->counters.refused_bytes += bytes;
    return false;
}

bool shaper_release(struct shaper *s, uint32_t bytes, int64_t now_ps, int64_t *release_ps)
{
    advance(s, now_ps);
    credit cost = (credit)bytes * BYTE_COST;
    if (cost > s->credit_limit)
        return refuse(s, bytes);
    credit missing = cost > s->credit ? cost - s->credit : 0;
    if (!fits(s, missing, now_ps))
        return refuse(s, bytes);
    if (missing) {
        credit wait_ps = divide_up(missing, s->options.rate_bps);
        if (wait_ps > (uint64_t)INT64_MAX - (uint64_t)s->at_ps)
            return refuse(s, bytes); // it would leave after the end of time
        earn(s, (uint64_t)wait_ps);
        s->at_ps = (int64_t)((uint64_t)s->at_ps + (uint64_t)wait_ps); // a wait may take 64 bits
    }
    s->credit -= cost;
    s->counters.packets++;
    s->counters.bytes += bytes;
    s->counters.delayed_packets += s->at_ps > now_ps;
    *release_ps = s->at_ps;
    return true;
}
