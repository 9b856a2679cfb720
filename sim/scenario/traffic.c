// SPDX-License-Identifier: GPL-3.0-or-later
// Traffic: which client groups use which services, and how.
#include "scenario/replay.h"
#include "scenario/scenario_reader.h"
#include "scenario/video.h"

#include <string.h>

#define DNS_NAME_MAX 60 // so that question and answer fit what packets store

// What a kind sends when the file does not say.
static const struct {
    int64_t rate_uhz, up_bytes, down_bytes, server_ps;
} usual[] = {
    [TRAFFIC_GAME] = {5000000, 100, 240, PS_PER_MS},
    [TRAFFIC_PING] = {1000000, 84, 84, 0},
    [TRAFFIC_CBR] = {50000000, 1000, 0, 0},
    [TRAFFIC_POISSON] = {50000000, 1000, 0, 0},
    [TRAFFIC_ONOFF] = {50000000, 1000, 0, 0},
    [TRAFFIC_DOWNLOAD] = {100000, 0, 0, PS_PER_MS},
    [TRAFFIC_WEB] = {100000, 0, 0, PS_PER_MS},
    [TRAFFIC_RPC] = {1000000, 0, 0, PS_PER_MS},
    [TRAFFIC_VOIP] = {50000000, 0, 0, 0}, // a frame each 20 ms; its size is the codec's
    [TRAFFIC_DNS] = {1000000, 0, 0, PS_PER_MS},
    [TRAFFIC_REPLAY] = {1000000, 0, 0, 0},     // the capture begins within a second
    [TRAFFIC_SYNFLOOD] = {50000000, 64, 0, 0}, // a SYN with its options
    [TRAFFIC_REFLECTION] = {50000000, 0, 1000, 0},
    [TRAFFIC_CARPET] = {50000000, 1000, 0, 0},
    [TRAFFIC_VIDEO] = {1000000, 0, 0, PS_PER_MS}, // the first one begins within a second
};

static bool listed(const struct texts *list, const struct text *one, const char *name)
{
    if (one->s)
        return strcmp(one->s, name) == 0;
    for (int i = 0; i < list->n; i++)
        if (strcmp(list->v[i].s, name) == 0)
            return true;
    return list->at.line == 0; // absent: all
}

// True when every name is known.
static bool known(struct scenario_reader *r, const struct names *names, const struct texts *list,
                  const struct text *one, const char *what)
{
    bool ok = !one->s || names_find(names, r->in, one, what, "") >= 0;
    for (int i = 0; i < list->n; i++)
        ok = names_find(names, r->in, &list->v[i], what, "") >= 0 && ok;
    return ok;
}

bool *from_read(struct scenario_reader *r, const struct raw_from *from, struct srcpos owner)
{
    bool *flags = arena_array(r->in->a, bool, r->out->ngroups);
    static const struct raw_from all;
    const struct raw_from *f = from ? from : &all;
    bool ok = known(r, &r->networks, &f->networks, &f->network, "network");
    ok = known(r, &r->regions, &f->regions, &f->region, "region") && ok;
    if (f->network.s && f->networks.at.line)
        diag_error(r->in->d, f->network.at, NULL, "give 'network' or 'networks', not both");
    if (f->region.s && f->regions.at.line)
        diag_error(r->in->d, f->region.at, NULL, "give 'region' or 'regions', not both");
    int n = 0;
    for (int i = 0; i < r->out->ngroups; i++) {
        const struct network *net = &r->out->topology.networks[r->out->groups[i].network];
        const char *region = net->clients[r->out->groups[i].index].region;
        flags[i] =
            listed(&f->networks, &f->network, net->name) && listed(&f->regions, &f->region, region);
        n += flags[i];
    }
    if (ok && n == 0)
        diag_error(r->in->d, from ? from->at : owner,
                   r->out->ngroups
                       ? "clients are declared in the topology, a region for each network"
                       : "the topology has no clients",
                   "no client group matches");
    return flags;
}

static int64_t given(int64_t value, int64_t otherwise)
{
    return value < 0 ? otherwise : value;
}

// Letters, digits and hyphens in labels of up to 63 characters.
static bool is_domain(const char *name)
{
    size_t label = 0, n = strlen(name);
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_';
        if (c == '.' ? label == 0 : !plain || label == 63)
            return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0 && n <= DNS_NAME_MAX;
}

static void fill_dns(struct scenario_reader *r, const struct raw_traffic *raw, struct traffic *t)
{
    struct dns_options *o = &t->options.dns;
    *o = (struct dns_options){.name = raw->lookup.s ? raw->lookup.s : "www.example.com",
                              .wait_ps = given(raw->wait_ps, 5 * PS_PER_S),
                              .attempts = (uint32_t)given(raw->attempts, 2),
                              .fallback = -1};
    if (raw->fallback.s)
        o->fallback = service_with_address(r, &raw->fallback);
    if (!is_domain(o->name))
        diag_error(
            r->in->d, raw->lookup.at,
            "letters, digits and '-' in labels of up to 63, with dots between them, 60 in all",
            "traffic '%s': '%s' is no domain name", t->name, o->name);
}

static void fill_attack(struct scenario_reader *r, const struct raw_traffic *raw, struct traffic *t)
{
    // Amplification: CISA, alert TA14-017A. An answer of monlist holds six items of 72 bytes.
    static const struct {
        double amplification;
        int64_t answer_bytes;
    } protocol[REFLECT_PROTOCOLS] = {[REFLECT_DNS] = {54, 1000}, [REFLECT_NTP] = {556.9, 468}};
    struct attack_options *o = &t->options.attack;
    int64_t duration_ps = r->out->duration_ps;
    *o = (struct attack_options){
        .total_bps = raw->total_bps,
        .begin_ps = given(raw->begin_ps, 0),
        .end_ps = given(raw->end_ps, duration_ps),
        .ramp_ps = given(raw->ramp_ps, 0),
        .spoofed = given(raw->spoof, t->kind == TRAFFIC_SYNFLOOD),
        .protocol = raw->protocol < 0 ? REFLECT_DNS : (enum reflect_protocol)raw->protocol};
    o->amplification = raw->amplification_ppm < 0 ? protocol[o->protocol].amplification
                                                  : (double)raw->amplification_ppm / 1e6;
    if (t->kind == TRAFFIC_REFLECTION) {
        o->reflectors = from_read(r, raw->reflectors, raw->name.at);
        t->down_bytes = given(raw->down_bytes, protocol[o->protocol].answer_bytes);
    }
    if (raw->total_at.line == 0)
        diag_error(r->in->d, raw->name.at, "total: volume at each service, e.g. 40Gbps",
                   "traffic '%s': an attack needs its 'total'", t->name);
    if (duration_ps > 0 && o->begin_ps >= o->end_ps)
        diag_error(r->in->d, raw->end_at.line ? raw->end_at : raw->begin_at, NULL,
                   "traffic '%s' ends before it begins", t->name);
}

static void fill_options(struct scenario_reader *r, const struct raw_traffic *raw,
                         struct traffic *t)
{
    switch (t->kind) {
    case TRAFFIC_GAME:
        if (raw->tick_uhz > 0)
            t->options.game.tick_ps = PS_PER_S * 1000000 / raw->tick_uhz;
        if (raw->tick_uhz > 0 && raw->server_at.line)
            diag_error(r->in->d, raw->server_at, "leave one of them out",
                       "traffic '%s': a server with a tick of its own answers no inputs", t->name);
        break;
    case TRAFFIC_ONOFF:
        t->options.onoff = (struct onoff_options){.shape = raw->shape < 0 ? 1.4 : raw->shape,
                                                  .on_ps = given(raw->on_ps, PS_PER_S / 2),
                                                  .off_ps = given(raw->off_ps, PS_PER_S),
                                                  .sources = given(raw->sources, 10)};
        break;
    case TRAFFIC_VOIP:
        t->options.voip =
            (struct voip_options){.codec = raw->codec < 0 ? VOIP_G711 : (enum voip_codec)raw->codec,
                                  .call_ps = given(raw->call_ps, 60 * PS_PER_S),
                                  .jitter_buffer_ps = given(raw->jitter_buffer_ps, 60 * PS_PER_MS)};
        break;
    case TRAFFIC_DOWNLOAD:
    case TRAFFIC_WEB:
    case TRAFFIC_RPC:
        stream_fill(r->in, &raw->stream, t->kind, &t->options.stream);
        break;
    case TRAFFIC_DNS:
        fill_dns(r, raw, t);
        break;
    case TRAFFIC_VIDEO:
        video_read(r->in, raw, &t->options.video);
        break;
    case TRAFFIC_REPLAY:
        replay_read(r->in, raw, &t->options.replay);
        break;
    case TRAFFIC_SYNFLOOD:
    case TRAFFIC_REFLECTION:
    case TRAFFIC_CARPET:
        fill_attack(r, raw, t);
        break;
    default:
        break;
    }
}

static void fill_usual(struct traffic *t)
{
    if (t->rate_uhz < 0)
        t->rate_uhz = usual[t->kind].rate_uhz;
    if (t->up_bytes < 0)
        t->up_bytes = usual[t->kind].up_bytes;
    if (t->kind == TRAFFIC_PING)
        t->down_bytes = t->up_bytes;
    if (t->down_bytes < 0)
        t->down_bytes = usual[t->kind].down_bytes;
    if (t->server_ps < 0)
        t->server_ps = usual[t->kind].server_ps;
}

// The demand of the users behind a flow is what it sent in a bucket: with less than a request in
// each, some buckets would hold several times the demand, and others nothing.
static void check_bucket(struct scenario_reader *r, const struct raw_traffic *raw,
                         const struct traffic *t)
{
    const int64_t second = INT64_C(1000000); // in micro-hertz: 1/s
    int64_t bucket_ps = r->out->bucket_ps, unit_ps = PS_PER_US;
    int64_t interval_ps = (PS_PER_S * second + t->rate_uhz / 2) / t->rate_uhz;
    if (bucket_ps <= 0 || t->users_ppm <= 0 || interval_ps <= bucket_ps)
        return;
    if (interval_ps >= PS_PER_MS)
        unit_ps = PS_PER_MS;
    char rate[UNIT_BUF], bucket[UNIT_BUF], least[UNIT_BUF], fastest[UNIT_BUF];
    unit_print(UNIT_FREQ, t->rate_uhz, rate, sizeof rate);
    unit_print(UNIT_TIME, bucket_ps, bucket, sizeof bucket);
    unit_print(UNIT_TIME, (interval_ps + unit_ps - 1) / unit_ps * unit_ps, least, sizeof least);
    unit_print(UNIT_FREQ, (PS_PER_S * second + bucket_ps - 1) / bucket_ps, fastest, sizeof fastest);
    diag_error(r->in->d, r->raw.bucket_at.line ? r->raw.bucket_at : raw->rate_at,
               arena_printf(r->in->a,
                            "its users' demand is measured once a bucket: expected a bucket of at "
                            "least %s, or a rate of at least %s",
                            least, fastest),
               "traffic '%s' at %s sends less than a request in each bucket of %s%s", t->name, rate,
               bucket, r->raw.bucket_at.line ? "" : " (the default)");
}

static void read_one(struct scenario_reader *r, const struct raw_traffic *raw, struct traffic *t)
{
    *t = (struct traffic){.name = raw->name.s,
                          .kind = raw->kind < 0 ? TRAFFIC_GAME : (enum traffic_kind)raw->kind,
                          .rate_uhz = raw->rate_uhz,
                          .up_bytes = raw->up_bytes,
                          .down_bytes = raw->down_bytes,
                          .server_ps = raw->server_ps,
                          .users_ppm = raw->users_ppm,
                          .thinned_ppm = 1000000,
                          .timeout_ps = raw->timeout_ps,
                          .at = raw->name.at};
    if (t->kind == TRAFFIC_PING && raw->down_bytes >= 0)
        diag_error(r->in->d, raw->down_at, "leave it out",
                   "traffic '%s': an echo reply is as large as its request", t->name);
    traffic_check_keys(r->in, raw);
    fill_usual(t);
    fill_options(r, raw, t);
    t->dscp = raw->dscp.s ? line_dscp(raw->dscp.s) : 0;
    if (t->dscp < 0)
        diag_error(r->in->d, raw->dscp.at, LINE_DSCPS, "'%s' is not a DSCP", raw->dscp.s);
    check_bucket(r, raw, t);
    t->to = arena_array(r->in->a, int, raw->to.n);
    for (int i = 0; i < raw->to.n; i++) {
        int s = names_find(&r->services, r->in, &raw->to.v[i], "service", "");
        bool twice = false;
        for (int k = 0; k < t->nto; k++)
            twice = twice || t->to[k] == s;
        if (twice)
            diag_error(r->in->d, raw->to.v[i].at, NULL, "service '%s' is named twice",
                       raw->to.v[i].s);
        else if (s >= 0)
            t->to[t->nto++] = s;
    }
    t->from = from_read(r, raw->from, raw->name.at);
}

void traffic_read(struct scenario_reader *r)
{
    const struct raw_traffic *raw = r->raw.traffic.v;
    r->out->ntraffic = r->raw.traffic.n;
    r->out->traffic = arena_array(r->in->a, struct traffic, r->out->ntraffic);
    for (int i = 0; i < r->out->ntraffic; i++)
        read_one(r, &raw[i], &r->out->traffic[i]);
    if (r->out->ntraffic == 0 && r->raw.demands.n == 0)
        diag_error(r->in->d, r->raw.traffic.at.line ? r->raw.traffic.at : r->raw.at, NULL,
                   "a scenario needs at least one entry under 'traffic' or 'demands'");
}
