// SPDX-License-Identifier: GPL-3.0-or-later
// Actions about how a service is announced: prepend, no_announce, no_export, med, attach, blackhole.
#include "scenario/scenario_reader.h"

static const char *const states[] = {"on", "off"};
static const char *const configured[] = {"configured"};

#define SERVICE                                                                                    \
    {                                                                                              \
        .key = "service", .type = SCHEMA_NAME, .offset = offsetof(struct raw_manner, service),     \
        .required = true, .doc = "which of `services`", .example = "eip"                           \
    }
#define POP                                                                                        \
    {                                                                                              \
        .key = "pop", .type = SCHEMA_NAME, .offset = offsetof(struct raw_manner, pop),             \
        .doc = "at this POP; at all that publish the service when absent", .example = "beijing"    \
    }
#define TO                                                                                         \
    {                                                                                              \
        .key = "to", .type = SCHEMA_NAMES, .offset = offsetof(struct raw_manner, to),              \
        .doc = "towards these neighbour networks; all when absent", .example = "[telecom]"         \
    }
#define STATE                                                                                      \
    {                                                                                              \
        .key = "state", .type = SCHEMA_ENUM, .offset = offsetof(struct raw_manner, state),         \
        .names = states, .nnames = 2, .fallback = "on",                                            \
        .doc = "on: it begins; off: as configured again", .example = "off"                         \
    }
#define TABLE(word, text, array)                                                                   \
    const struct schema_table word##_table = {.name = #word,                                       \
                                              .doc = (text),                                       \
                                              SCHEMA_FIELDS(array),                                \
                                              .size = sizeof(struct raw_manner),                   \
                                              .place = offsetof(struct raw_manner, at),            \
                                              .prepare = absent}

static void absent(void *out)
{
    struct raw_manner *m = out;
    m->prepend = m->med = MANNER_UNSAID;
}

static const struct schema_field prepend_fields[] = {
    SERVICE,
    POP,
    TO,
    {.key = "times",
     .type = SCHEMA_INT_WORD,
     .offset = offsetof(struct raw_manner, prepend),
     .names = configured,
     .nnames = 1,
     .max = MANNER_PREPEND_MAX,
     .required = true,
     .doc = "the own AS so many times more in the path, or configured: as the service says",
     .example = "2"}};
TABLE(prepend, "a longer AS path from a POP, or towards neighbours", prepend_fields);

static const struct schema_field no_announce_fields[] = {SERVICE, POP, TO, STATE};
TABLE(no_announce, "neighbours are not told of the service", no_announce_fields);

static const struct schema_field no_export_fields[] = {SERVICE, POP, TO, STATE};
TABLE(no_export, "neighbours keep the service to themselves: NO_EXPORT (RFC 1997)",
      no_export_fields);

static const struct schema_field med_fields[] = {
    SERVICE,
    POP,
    TO,
    {.key = "value",
     .type = SCHEMA_INT_WORD,
     .offset = offsetof(struct raw_manner, med),
     .names = configured,
     .nnames = 1,
     .max = UINT32_MAX,
     .required = true,
     .doc = "MULTI_EXIT_DISC (RFC 4271 §5.1.4), or configured: as the service says",
     .example = "50"}};
TABLE(med, "which of several entries a neighbour is to prefer", med_fields);

static const struct schema_field attach_fields[] = {
    SERVICE,
    POP,
    TO,
    STATE,
    {.key = "communities",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_manner, communities),
     .required = true,
     .doc = "communities of RFC 1997, as numbers or well-known names",
     .example = "[\"64500:70\", graceful-shutdown]"}};
TABLE(attach, "communities that neighbours act upon", attach_fields);

static const struct schema_field blackhole_fields[] = {SERVICE, POP, STATE};
TABLE(blackhole,
      "the service's address is announced as a route to discard (RFC 7999), and dropped at the POP",
      blackhole_fields);

static const char *where(struct scenario_reader *r, const struct raw_manner *raw)
{
    const char *text = raw->service.s ? raw->service.s : "";
    if (raw->pop.s)
        text = arena_printf(r->in->a, "%s at %s", text, raw->pop.s);
    for (int i = 0; i < raw->to.n; i++)
        text = arena_printf(r->in->a, "%s%s%s", text, i ? ", " : " to ", raw->to.v[i].s);
    return text;
}

static bool read_manner(struct scenario_reader *r, const struct raw_manner *raw,
                        enum manner_what what, const char *key, struct event *e)
{
    struct manner *m = arena_new(r->in->a, struct manner);
    int service = service_with_address(r, &raw->service);
    e->data = m;
    e->target.text = where(r, raw);
    e->pair = arena_printf(r->in->a, "%s %s", key, e->target.text);
    e->on = raw->state == 0;
    bool good = manner_read(r, raw, service, m);
    m->what = what;
    return good;
}

bool prepend_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    const struct raw_manner *m = raw;
    bool good = read_manner(r, m, MANNER_PREPEND, "prepend", e);
    e->on = m->prepend >= 0;
    if (e->on)
        e->target.text =
            arena_printf(r->in->a, "%s: %lld times", e->target.text, (long long)m->prepend);
    return good;
}

bool no_announce_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    struct raw_manner m = *(const struct raw_manner *)raw;
    m.no_announce = true;
    return read_manner(r, &m, MANNER_QUIET, "no_announce", e);
}

bool no_export_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    struct raw_manner m = *(const struct raw_manner *)raw;
    m.no_export = true;
    return read_manner(r, &m, MANNER_COMMUNITIES, "no_export", e);
}

bool med_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    const struct raw_manner *m = raw;
    bool good = read_manner(r, m, MANNER_MED, "med", e);
    e->on = m->med >= 0;
    if (e->on)
        e->target.text = arena_printf(r->in->a, "%s: %lld", e->target.text, (long long)m->med);
    return good;
}

bool attach_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    const struct raw_manner *m = raw;
    bool good = read_manner(r, m, MANNER_COMMUNITIES, "attach", e);
    for (int i = 0; i < m->communities.n; i++)
        e->pair = arena_printf(r->in->a, "%s %s", e->pair, m->communities.v[i].s);
    return good;
}

bool blackhole_read(struct scenario_reader *r, const void *raw, struct event *e)
{
    return read_manner(r, raw, MANNER_ALL, "blackhole", e);
}
