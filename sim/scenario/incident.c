// SPDX-License-Identifier: GPL-3.0-or-later
// Incidents of the timeline: how long, how often and how bad; hijacks and leaks.
#include "scenario/scenario_reader.h"

#include <string.h>

#define SHUTDOWN_TEXT_MAX 255

// Which keys an incident needs or may have.
static const struct {
    const char *key;
    bool needed;
    uint32_t kinds;
} keys[] = {
#define ON(kind) (UINT32_C(1) << (kind))
    {"for", true, ON(EVENT_DROP_KEEPALIVES) | ON(EVENT_RESTART_BGP)},
    {"for", false,
     ON(EVENT_RESET) | ON(EVENT_SHUTDOWN) | ON(EVENT_STALL) | ON(EVENT_SLOW) | ON(EVENT_DEGRADE) |
         ON(EVENT_IMPAIR) | ON(EVENT_HIJACK) | ON(EVENT_LEAK)},
    {"times", true, ON(EVENT_FLAP)},
    {"every", true, ON(EVENT_FLAP)},
    {"factor", true, ON(EVENT_SLOW)},
    {"loss", true, ON(EVENT_DEGRADE)},
    {"text", false, ON(EVENT_RESET) | ON(EVENT_SHUTDOWN)},
    {"with", true, ON(EVENT_IMPAIR)},
};
#define KEYS ((int)(sizeof keys / sizeof keys[0]))

static bool check_key(struct scenario_reader *r, const struct raw_event *raw, const struct event *e,
                      const char *key, struct srcpos at)
{
    bool allowed = false, needed = false;
    for (int i = 0; i < KEYS; i++)
        if (strcmp(keys[i].key, key) == 0 && (keys[i].kinds & ON(e->kind))) {
            allowed = true;
            needed = keys[i].needed;
        }
    if (e->kind == EVENT_ACTION)
        allowed = actions[e->action].lasts && strcmp(key, "for") == 0;
    if (at.line && !allowed)
        diag_error(r->in->d, at, "leave it out", "'%s' is not for %s", key, event_name(e));
    else if (!at.line && needed)
        diag_error(r->in->d, raw->at, NULL, "%s needs '%s'", event_name(e), key);
    else
        return true;
    return false;
}

// RFC 9003 §2: a length of one octet, UTF-8.
static bool check_text(struct scenario_reader *r, const struct text *text)
{
    if (!text->s || strlen(text->s) <= SHUTDOWN_TEXT_MAX)
        return true;
    diag_error(r->in->d, text->at, NULL, "'text' has %zu octets, RFC 9003 allows %d",
               strlen(text->s), SHUTDOWN_TEXT_MAX);
    return false;
}

static int network_of(struct scenario_reader *r, const struct text *name)
{
    return names_find(&r->networks, r->in, name, "network", "");
}

// "network" or "network/city".
static bool read_by(struct scenario_reader *r, const struct text *by, struct incident *out)
{
    const char *slash = by->s ? strchr(by->s, '/') : NULL;
    struct text network = *by, city = {.at = by->at};
    if (!by->s)
        return false; // reported already
    if (slash) {
        network.s = arena_printf(r->in->a, "%.*s", (int)(slash - by->s), by->s);
        city.s = slash + 1;
    }
    out->by = network_of(r, &network);
    if (out->by < 0 || !city.s)
        return out->by >= 0;
    out->city = names_find(&r->network_cities[out->by], r->in, &city, "city",
                           arena_printf(r->in->a, " of network '%s'", network.s));
    return out->city >= 0;
}

static bool read_hijack(struct scenario_reader *r, const struct raw_hijack *raw, struct event *e)
{
    struct incident *x = &e->incident;
    const struct topology *t = &r->out->topology;
    char text[PREFIX_TEXT];
    if (!read_by(r, &raw->by, x))
        return false;
    if (!raw->service.s == !raw->prefix.at.line) {
        diag_error(r->in->d, raw->at, NULL, "a hijack is of a 'service' or of a 'prefix'");
        return false;
    }
    x->prefix = raw->prefix.p;
    if (raw->service.s) {
        int service = service_with_address(r, &raw->service);
        if (service < 0)
            return false;
        const struct service *s = &r->out->services[service];
        x->prefix = s->prefix;
        if (raw->kind == HIJACK_FORGED_PATH && s->npublish)
            x->origin = t->networks[t->pops[s->publish[0]].network].asn;
    } else if (raw->kind == HIJACK_FORGED_PATH) {
        diag_error(r->in->d, raw->at, "name a service",
                   "forged-path needs to know whose prefix it is");
        return false;
    }
    if (raw->kind == HIJACK_SUBPREFIX && x->prefix.len == 32) {
        diag_error(r->in->d, raw->at, NULL, "a single address has no sub-prefix");
        return false;
    }
    if (raw->kind == HIJACK_SUBPREFIX)
        x->prefix.len++;
    e->target.text =
        arena_printf(r->in->a, "of %s by %s", prefix_print(x->prefix, text), raw->by.s);
    return true;
}

static bool read_leak(struct scenario_reader *r, const struct raw_leak *raw, struct event *e)
{
    struct incident *x = &e->incident;
    const struct topology *t = &r->out->topology;
    x->by = network_of(r, &raw->by);
    x->from = network_of(r, &raw->from);
    x->to = network_of(r, &raw->to);
    if (x->by < 0 || x->from < 0 || x->to < 0)
        return false;
    for (int side = 0; side < 2; side++) {
        int other = side ? x->to : x->from;
        bool met = false;
        for (int i = 0; i < t->ninterconnects; i++) {
            const struct interconnect *c = &t->interconnects[i];
            met = met || (c->a == x->by && c->b == other) || (c->b == x->by && c->a == other);
        }
        if (met)
            continue;
        diag_error(r->in->d, (side ? &raw->to : &raw->from)->at, NULL,
                   "no interconnect between '%s' and '%s'", raw->by.s, t->networks[other].name);
        return false;
    }
    e->target.text =
        arena_printf(r->in->a, "by %s from %s to %s", raw->by.s, raw->from.s, raw->to.s);
    return true;
}

bool incident_read(struct scenario_reader *r, const struct raw_event *raw, struct event *e)
{
    bool good = check_key(r, raw, e, "for", raw->for_at);
    good &= check_key(r, raw, e, "times", raw->times_at);
    good &= check_key(r, raw, e, "every", raw->every_at);
    good &= check_key(r, raw, e, "factor", raw->factor_at);
    good &= check_key(r, raw, e, "loss", raw->loss_at);
    good &= check_key(r, raw, e, "text", raw->text.at) && check_text(r, &raw->text);
    good &= check_key(r, raw, e, "with", raw->with.at);
    e->incident = (struct incident){.for_ps = raw->for_ps,
                                    .text = raw->text.s,
                                    .times = raw->times,
                                    .every_ps = raw->every_ps,
                                    .factor = raw->factor,
                                    .loss_ppm = raw->loss_ppm,
                                    .with = line_impairment(r->in, &r->lines, &raw->with),
                                    .by = -1,
                                    .city = -1,
                                    .from = -1,
                                    .to = -1};
    if (!raw->target[e->kind])
        e->target = selector_none(raw->at);
    if (e->kind == EVENT_HIJACK)
        good &= read_hijack(r, raw->hijack, e);
    else if (e->kind == EVENT_LEAK)
        good &= read_leak(r, raw->leak, e);
    else if (e->kind == EVENT_ACTION)
        good &= actions[e->action].read(r, raw->action[e->action], e);
    return good;
}
