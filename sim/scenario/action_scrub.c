// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario_reader.h"
#include "scenario/scrub.h"

static const char *const states[] = {"on", "off"};
static const char *const verdicts[] = {"deny", "permit"};
static const char *const protocols[] = {"any", "tcp", "udp", "icmp"};
static const char *const pers[SCRUB_PERS] = {"prefix", "protocol", "service"};

struct raw_rule {
    int action, protocol;
    struct raw_range sport, dport;
    struct raw_prefix from;
    bool syn;
    struct srcpos at;
};

struct raw_scrub {
    struct text service, pop;
    struct rows rules;
    int64_t rate_bps, prefix_length; // 0: absent
    struct srcpos length_at, per_at;
    int per, state;
    struct srcpos at;
};

static const struct schema_field rule_fields[] = {{.key = "action",
                                                   .type = SCHEMA_ENUM,
                                                   .offset = offsetof(struct raw_rule, action),
                                                   .names = verdicts,
                                                   .nnames = 2,
                                                   .fallback = "deny",
                                                   .doc = "what becomes of packets that match",
                                                   .example = "deny"},
                                                  {.key = "protocol",
                                                   .type = SCHEMA_ENUM,
                                                   .offset = offsetof(struct raw_rule, protocol),
                                                   .names = protocols,
                                                   .nnames = 4,
                                                   .fallback = "any",
                                                   .doc = "of these packets",
                                                   .example = "udp"},
                                                  {.key = "sport",
                                                   .type = SCHEMA_RANGE,
                                                   .offset = offsetof(struct raw_rule, sport),
                                                   .max = 65535,
                                                   .doc = "source port, or a range of them",
                                                   .example = "53"},
                                                  {.key = "dport",
                                                   .type = SCHEMA_RANGE,
                                                   .offset = offsetof(struct raw_rule, dport),
                                                   .max = 65535,
                                                   .doc = "destination port, or a range of them",
                                                   .example = "49152-65535"},
                                                  {.key = "from",
                                                   .type = SCHEMA_PREFIX,
                                                   .offset = offsetof(struct raw_rule, from),
                                                   .doc = "from these sources",
                                                   .example = "100.64.0.0/10"},
                                                  {.key = "syn",
                                                   .type = SCHEMA_BOOL,
                                                   .offset = offsetof(struct raw_rule, syn),
                                                   .fallback = "no",
                                                   .doc = "only what opens a TCP connection",
                                                   .example = "yes"}};

static const struct schema_table rule_table = {.name = "scrub_rule",
                                               .doc = "packets that are denied, or permitted",
                                               SCHEMA_FIELDS(rule_fields),
                                               .size = sizeof(struct raw_rule),
                                               .place = offsetof(struct raw_rule, at)};

static const struct schema_field scrub_fields[] = {
    {.key = "service",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_scrub, service),
     .required = true,
     .doc = "which of `services`",
     .example = "eip"},
    {.key = "pop",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_scrub, pop),
     .doc = "at this POP; at all that publish the service when absent",
     .example = "beijing"},
    {.key = "rules",
     .type = SCHEMA_LIST,
     .offset = offsetof(struct raw_scrub, rules),
     .sub = &rule_table,
     .doc = "the first that matches a packet decides; what none matches passes"},
    {.key = "rate",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct raw_scrub, rate_bps),
     .unit = UNIT_RATE,
     .min = 1000,
     .max = INT64_C(400000000000000),
     .doc = "so much passes of each source at each POP; what is over is dropped, whoever sends it",
     .example = "200Mbps"},
    {.key = "per",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_scrub, per),
     .place = offsetof(struct raw_scrub, per_at),
     .names = pers,
     .nnames = SCRUB_PERS,
     .fallback = "prefix",
     .doc = "what shares a rate: a prefix of sources, a protocol (TCP's openings apart), or all",
     .example = "prefix"},
    {.key = "prefix_length",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_scrub, prefix_length),
     .place = offsetof(struct raw_scrub, length_at),
     .min = 1,
     .max = 32,
     .doc = "of those prefixes; 24 when absent",
     .example = "24"},
    {.key = "state",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct raw_scrub, state),
     .names = states,
     .nnames = 2,
     .fallback = "on",
     .doc = "on: it begins; off: it ends",
     .example = "off"}};

const struct schema_table scrub_table = {.name = "scrub",
                                         .doc = "a service's traffic is cleaned where it comes in",
                                         SCHEMA_FIELDS(scrub_fields),
                                         .size = sizeof(struct raw_scrub),
                                         .place = offsetof(struct raw_scrub, at)};

static bool read_ports(struct scenario_reader *r, const struct raw_rule *raw,
                       const struct raw_range *range, int64_t out[2])
{
    out[0] = range->at.line ? range->first : 0;
    out[1] = range->at.line ? range->last : 65535;
    bool has_ports = raw->protocol == SCRUB_TCP || raw->protocol == SCRUB_UDP;
    if (!range->at.line || has_ports)
        return true;
    diag_error(r->in->d, range->at, "protocol: udp", "ports are for tcp and udp");
    return false;
}

static bool read_rule(struct scenario_reader *r, const struct raw_rule *raw, struct scrub_rule *out)
{
    *out = (struct scrub_rule){.permit = raw->action == 1,
                               .protocol = (enum scrub_protocol)raw->protocol,
                               .from = raw->from.p,
                               .syn = raw->syn};
    if (raw->syn && raw->protocol != SCRUB_TCP) {
        diag_error(r->in->d, raw->at, "protocol: tcp", "'syn' is for tcp");
        return false;
    }
    return read_ports(r, raw, &raw->sport, out->sport) &&
           read_ports(r, raw, &raw->dport, out->dport);
}

static bool read_rules(struct scenario_reader *r, const struct raw_scrub *raw, struct scrub *out)
{
    const struct raw_rule *rules = raw->rules.v;
    bool good = true;
    out->rules = arena_array(r->in->a, struct scrub_rule, raw->rules.n);
    for (int i = 0; i < raw->rules.n; i++)
        good = read_rule(r, &rules[i], &out->rules[out->nrules++]) && good;
    return good;
}

// Without rules and without a rate it would let everything pass.
static bool check(struct scenario_reader *r, const struct raw_scrub *raw)
{
    if (raw->state == 0 && !raw->rate_bps && !raw->rules.n) {
        diag_error(r->in->d, raw->at, NULL, "scrub needs 'rules', a 'rate', or both");
        return false;
    }
    if (!raw->rate_bps && (raw->length_at.line || raw->per_at.line)) {
        diag_error(r->in->d, raw->length_at.line ? raw->length_at : raw->per_at, "add a rate",
                   "'%s' is about a 'rate'", raw->length_at.line ? "prefix_length" : "per");
        return false;
    }
    if (raw->length_at.line && raw->per != SCRUB_PER_PREFIX) {
        diag_error(r->in->d, raw->length_at, "leave it out", "'prefix_length' is for per: prefix");
        return false;
    }
    return true;
}

bool scrub_read(struct scenario_reader *r, const void *from, struct event *e)
{
    const struct raw_scrub *raw = from;
    struct scrub *s = arena_new(r->in->a, struct scrub);
    struct manner where;
    const struct raw_manner named = {.service = raw->service, .pop = raw->pop, .at = raw->at};
    int service = service_with_address(r, &raw->service);
    *s = (struct scrub){.service = service,
                        .rate_bps = raw->rate_bps,
                        .per = (enum scrub_per)raw->per,
                        .prefix_length = raw->prefix_length ? raw->prefix_length : 24};
    e->data = s;
    e->on = raw->state == 0;
    e->target.text = raw->pop.s ? arena_printf(r->in->a, "%s at %s", raw->service.s, raw->pop.s)
                                : raw->service.s;
    e->pair = arena_printf(r->in->a, "scrub %s", e->target.text);
    if (!manner_read(r, &named, service, &where) || !check(r, raw))
        return false;
    s->pop = where.pop;
    return read_rules(r, raw, s);
}
