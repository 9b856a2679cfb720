// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/namecache.h"

#define FADE_SHARE 50 // a fiftieth of a server's time fades with each question to another
#define SRTT_MAX   (10 * PS_PER_S) // however often it is silent

void namecache_init(struct namecache *c)
{
    *c = (struct namecache){NAMECACHE_NOBODY, INT64_MIN, INT64_MIN, INT64_MIN};
}

bool namecache_look(const struct namecache *c, int64_t now_ps, struct namecache_says *out)
{
    if (c->site != NAMECACHE_NOBODY && now_ps < c->until_ps) {
        *out = (struct namecache_says){c->site, c->until_ps - now_ps};
        return true;
    }
    if (now_ps < c->failed_ps) {
        *out = (struct namecache_says){NAMECACHE_NOBODY, c->failed_ps - now_ps};
        return true;
    }
    return false;
}

void namecache_put(struct namecache *c, const struct namecache_rules *r, int site, int64_t ttl_ps,
                   int64_t now_ps)
{
    if (r->max_ttl_ps && ttl_ps > r->max_ttl_ps)
        ttl_ps = r->max_ttl_ps;
    if (ttl_ps < r->min_ttl_ps)
        ttl_ps = r->min_ttl_ps;
    c->site = site;
    c->until_ps = c->ended_ps = now_ps + ttl_ps;
    c->failed_ps = INT64_MIN;
}

void namecache_fail(struct namecache *c, const struct namecache_rules *r, int64_t now_ps)
{
    c->failed_ps = now_ps + NAMECACHE_FAILURE_PS;
    if (c->site == NAMECACHE_NOBODY || now_ps - c->ended_ps >= r->stale_ps)
        return;
    int64_t left_ps = r->stale_ps - (now_ps - c->ended_ps);
    c->until_ps = now_ps + (left_ps < NAMECACHE_STALE_TTL_PS ? left_ps : NAMECACHE_STALE_TTL_PS);
}

int nameservers_best(const struct nameservers *s, uint32_t tried)
{
    int best = -1;
    for (int i = 0; i < s->n; i++)
        if (!(tried >> i & 1) && (best < 0 || s->srtt_ps[i] < s->srtt_ps[best]))
            best = i;
    return best;
}

static void fade_others(struct nameservers *s, int asked)
{
    for (int i = 0; i < s->n; i++)
        if (i != asked)
            s->srtt_ps[i] -= s->srtt_ps[i] / FADE_SHARE;
}

void nameservers_answered(struct nameservers *s, int server, int64_t rtt_ps)
{
    int64_t *srtt_ps = &s->srtt_ps[server];
    *srtt_ps = *srtt_ps == 0 ? rtt_ps : *srtt_ps + (rtt_ps - *srtt_ps) * 3 / 10;
    fade_others(s, server);
}

void nameservers_silent(struct nameservers *s, int server, int64_t waited_ps)
{
    int64_t *srtt_ps = &s->srtt_ps[server];
    *srtt_ps = *srtt_ps > 2 * waited_ps ? *srtt_ps : 2 * waited_ps;
    *srtt_ps = *srtt_ps > SRTT_MAX ? SRTT_MAX : *srtt_ps;
    fade_others(s, server);
}
