// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/policer.h"

#define DSCP_MAX 63

typedef unsigned __int128 credit; // bit·ps; at most 10⁹ bytes, 8·10²¹, in a bucket

static const char *check_rules(const struct policer_options *o)
{
    for (int i = 0; i < POLICER_COLOURS; i++) {
        const struct policer_rule *r = &o->rules[i];
        if ((unsigned)r->action > POLICER_DROP)
            return "the action is none of pass, mark and drop";
        if (r->dscp > DSCP_MAX)
            return "a DSCP is at most 63";
        if (r->dscp && r->action != POLICER_MARK)
            return "a DSCP is set, but its colour is not marked";
    }
    const struct policer_rule *yellow = &o->rules[POLICER_YELLOW];
    if (o->kind == POLICER_BUCKET && yellow->action != POLICER_PASS)
        return "a single token bucket colours nothing yellow";
    return NULL;
}

static const char *check_kind(const struct policer_options *o)
{
    switch (o->kind) {
    case POLICER_BUCKET:
        if (o->colour_aware)
            return "a single token bucket does not look at colours";
        return o->cbs_bytes ? NULL : "the committed burst size is 0: nothing would ever pass";
    case POLICER_SRTCM:
        return o->cbs_bytes || o->ebs_bytes
                   ? NULL
                   : "committed and excess burst size are both 0: nothing would ever pass";
    case POLICER_TRTCM:
        if (o->pir_bps > POLICER_RATE_MAX_BPS)
            return "the peak rate is over 1 Tbit/s";
        if (o->pir_bps < o->cir_bps)
            return "the peak rate is below the committed rate";
        return o->cbs_bytes && o->pbs_bytes
                   ? NULL
                   : "two rates need a committed and a peak burst size above 0";
    default:
        return "the kind is none of token bucket, srTCM and trTCM";
    }
}

const char *policer_check(const struct policer_options *o)
{
    if (o->cir_bps < 1)
        return "the committed rate is 0";
    if (o->cir_bps > POLICER_RATE_MAX_BPS)
        return "the committed rate is over 1 Tbit/s";
    if (o->cbs_bytes > POLICER_BURST_MAX_BYTES || o->ebs_bytes > POLICER_BURST_MAX_BYTES ||
        o->pbs_bytes > POLICER_BURST_MAX_BYTES)
        return "a burst size is over 1 GB";
    if (o->ebs_bytes && o->kind != POLICER_SRTCM)
        return "an excess burst size is for srTCM only";
    if ((o->pir_bps || o->pbs_bytes) && o->kind != POLICER_TRTCM)
        return "a peak rate and its burst size are for trTCM only";
    const char *message = check_kind(o);
    return message ? message : check_rules(o);
}

static credit cost_of(uint32_t bytes)
{
    return (credit)bytes * POLICER_BYTE_COST;
}

static credit at_most(credit value, credit limit)
{
    return value < limit ? value : limit;
}

// A bucket earns for at most 2⁶³ ps at less than 2⁴⁰ bit/s: far below 2¹²⁸.
static void earn(struct policer *p, int64_t now_ps)
{
    if (now_ps <= p->now_ps)
        return;
    uint64_t passed_ps = (uint64_t)now_ps - (uint64_t)p->now_ps;
    p->now_ps = now_ps;
    credit committed = p->committed + (credit)passed_ps * p->options.cir_bps;
    p->committed = at_most(committed, p->committed_limit);
    // What srTCM's first bucket has no room for goes into the second (RFC 2697 §3).
    credit more = p->options.kind == POLICER_TRTCM ? (credit)passed_ps * p->options.pir_bps
                                                   : committed - p->committed;
    p->second = at_most(p->second + more, p->second_limit);
}

static void set_limits(struct policer *p, const struct policer_options *o)
{
    FWD_ASSERT(!policer_check(o));
    p->options = *o;
    p->committed_limit = cost_of(o->cbs_bytes);
    p->second_limit = cost_of(o->kind == POLICER_TRTCM ? o->pbs_bytes : o->ebs_bytes);
}

void policer_init(struct policer *p, const struct policer_options *o, int64_t now_ps)
{
    *p = (struct policer){.now_ps = now_ps};
    set_limits(p, o);
    p->committed = p->committed_limit;
    p->second = p->second_limit;
}

void policer_change(struct policer *p, const struct policer_options *o, int64_t now_ps)
{
    earn(p, now_ps);
    bool same_kind = p->options.kind == o->kind;
    set_limits(p, o);
    p->committed = at_most(p->committed, p->committed_limit);
    p->second = same_kind ? at_most(p->second, p->second_limit) : p->second_limit;
}

static bool pay(credit *bucket, credit cost)
{
    if (*bucket < cost)
        return false;
    *bucket -= cost;
    return true;
}

// RFC 2697 §3. A single bucket is one whose second never holds anything, and blind.
static enum policer_colour single_rate(struct policer *p, credit cost, enum policer_colour before)
{
    if (before == POLICER_GREEN && pay(&p->committed, cost))
        return POLICER_GREEN;
    if (p->options.kind == POLICER_SRTCM && before != POLICER_RED && pay(&p->second, cost))
        return POLICER_YELLOW;
    return POLICER_RED;
}

// RFC 2698 §3: green pays from both buckets.
static enum policer_colour two_rates(struct policer *p, credit cost, enum policer_colour before)
{
    if (before == POLICER_RED || !pay(&p->second, cost))
        return POLICER_RED;
    if (before == POLICER_YELLOW || !pay(&p->committed, cost))
        return POLICER_YELLOW;
    return POLICER_GREEN;
}

enum policer_colour policer_meter(struct policer *p, uint32_t bytes, enum policer_colour before,
                                  int64_t now_ps)
{
    earn(p, now_ps);
    if (!p->options.colour_aware)
        before = POLICER_GREEN;
    credit cost = cost_of(bytes);
    enum policer_colour colour = p->options.kind == POLICER_TRTCM ? two_rates(p, cost, before)
                                                                  : single_rate(p, cost, before);
    p->counters.packets[colour]++;
    p->counters.bytes[colour] += bytes;
    return colour;
}
