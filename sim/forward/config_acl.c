// SPDX-License-Identifier: GPL-3.0-or-later
// The access list of a config: from the file's words to the rules that the core compiles.
#include "forward/config_reader.h"
#include "forward/config_schema_acl.h"

#include <string.h>

#define MICRO 1000000 // frequencies are in micro-hertz

static const char *const flag_names[] = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"};
static const char *const fragment_names[] = {"whole", "first", "later"};

static int index_of(const char *word, const char *const *names, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

static void read_flags(struct input *in, const struct texts *flags, struct acl_rule *rule)
{
    for (int i = 0; i < flags->n; i++) {
        const char *word = flags->v[i].s, *name = strncmp(word, "no-", 3) ? word : word + 3;
        int bit = index_of(name, flag_names, 8);
        if (bit < 0) {
            diag_error(in->d, flags->v[i].at, schema_hint(in->a, name, flag_names, 8),
                       "unknown TCP flag '%s'", name);
            continue;
        }
        uint8_t mask = (uint8_t)(1u << bit);
        if (rule->tcp_mask & mask)
            diag_error(in->d, flags->v[i].at, NULL, "TCP flag '%s' is named twice", name);
        rule->tcp_mask |= mask;
        rule->tcp_value |= name == word ? mask : 0;
    }
}

static void read_fragments(struct input *in, const struct texts *kinds, struct acl_rule *rule)
{
    if (kinds->at.line == 0)
        return;
    rule->fragments = 0;
    for (int i = 0; i < kinds->n; i++) {
        int bit = index_of(kinds->v[i].s, fragment_names, 3);
        if (bit < 0)
            diag_error(in->d, kinds->v[i].at, schema_hint(in->a, kinds->v[i].s, fragment_names, 3),
                       "unknown kind of packet '%s'", kinds->v[i].s);
        else
            rule->fragments |= (uint8_t)(1u << bit);
    }
}

// Any address of the family that a rule without prefixes is about; ::/0 is both.
static void read_prefixes(const struct raw_acl_rule *raw, struct acl_rule *rule)
{
    if (raw->from.at.line)
        rule->src = raw->from.p;
    if (raw->to.at.line)
        rule->dst = raw->to.p;
    // "::/0" in a file means IPv6, and so does any prefix that is not IPv4.
    bool six = (raw->from.at.line && !prefix6_is_ip4(raw->from.p)) ||
               (raw->to.at.line && !prefix6_is_ip4(raw->to.p));
    if (rule->family == ACL_EITHER && six)
        rule->family = ACL_IP6;
}

static void read_rate(struct input *in, const struct raw_acl_rule *raw, struct acl_rule *rule)
{
    if (raw->action == ACL_ACT_LIMIT && raw->rate.at.line == 0)
        diag_error(in->d, raw->at, "rate: packets of one source, e.g. 1000/s",
                   "a rule that limits needs a rate");
    else if (raw->action != ACL_ACT_LIMIT && raw->rate.at.line)
        diag_error(in->d, raw->rate.at, NULL, "'rate' is for rules with action limit");
    else if (raw->rate.v % MICRO)
        diag_error(in->d, raw->rate.at, NULL, "'rate' must be a whole number of packets a second");
    rule->limit_pps = (uint64_t)(raw->rate.v / MICRO);
}

static struct acl_rule read_rule(struct input *in, const struct raw_acl_rule *raw)
{
    struct acl_rule rule =
        acl_rule_any(raw->action < 0 ? ACL_ACT_DENY : (enum acl_action)raw->action);
    rule.family = (enum acl_family)raw->family;
    read_prefixes(raw, &rule);
    read_rate(in, raw, &rule);
    if (raw->protocol.at.line)
        rule.protocol = raw->protocol.v < 0 ? config_protocol_numbers[-1 - raw->protocol.v]
                                            : (int)raw->protocol.v;
    if (raw->from_ports.at.line)
        rule.sport =
            (struct acl_ports){(uint16_t)raw->from_ports.first, (uint16_t)raw->from_ports.last};
    if (raw->to_ports.at.line)
        rule.dport =
            (struct acl_ports){(uint16_t)raw->to_ports.first, (uint16_t)raw->to_ports.last};
    if (raw->icmp_type.at.line)
        rule.icmp_type = (int)raw->icmp_type.v;
    if (raw->icmp_code.at.line)
        rule.icmp_code = (int)raw->icmp_code.v;
    read_flags(in, &raw->tcp_flags, &rule);
    read_fragments(in, &raw->fragments, &rule);
    return rule;
}

static struct sketch_options read_sketch(struct input *in, const struct raw_sketch *raw)
{
    struct sketch_options o = {.width = (uint32_t)raw->width.v,
                               .depth = (uint32_t)raw->depth.v,
                               .seed = (uint64_t)raw->seed,
                               .window_ps = raw->window_ps & ~INT64_C(1)};
    bool bounds = raw->epsilon_at.line || raw->delta_at.line;
    if (!bounds)
        return o;
    struct srcpos at = raw->epsilon_at.line ? raw->epsilon_at : raw->delta_at;
    if (!raw->epsilon_at.line || !raw->delta_at.line || raw->width.at.line || raw->depth.at.line)
        diag_error(in->d, at, NULL, "give either width and depth, or epsilon and delta");
    o.width = o.depth = 0;
    o.epsilon = raw->epsilon;
    o.delta = raw->delta;
    return o;
}

static void check_sketch(struct config_reader *r, const struct raw_acl *raw)
{
    const struct raw_acl_rule *rules = raw->rules.v;
    for (int i = 0; i < raw->rules.n; i++)
        if (rules[i].action == ACL_ACT_LIMIT || rules[i].action < 0)
            return;
    if (raw->sketch.at.line)
        diag_error(r->in->d, raw->sketch.at, NULL,
                   "'acl.sketch' does nothing without a rule with action: limit");
}

void config_read_acl(struct config_reader *r)
{
    const struct raw_acl *raw = r->raw.acl;
    if (!raw)
        return;
    const struct raw_acl_rule *rules = raw->rules.v;
    struct acl_rule *out = arena_array(r->in->a, struct acl_rule, raw->rules.n);
    size_t before = diag_errors(r->in->d), bad = 0;
    for (int i = 0; i < raw->rules.n; i++)
        out[i] = read_rule(r->in, &rules[i]);
    r->out->acl = (struct config_acl){true,
                                      {.rules = out,
                                       .count = (size_t)raw->rules.n,
                                       .fallback = (enum acl_action)raw->fallback,
                                       .limit = read_sketch(r->in, &raw->sketch)}};
    check_sketch(r, raw);
    if (diag_errors(r->in->d) != before)
        return;
    const char *wrong = acl_check(&r->out->acl.o, &bad);
    if (wrong)
        diag_error(r->in->d, bad < (size_t)raw->rules.n ? rules[bad].at : raw->at, NULL, "%s",
                   wrong);
}
