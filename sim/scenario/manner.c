// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/manner.h"

#include "policy/community.h"
#include "scenario/scenario_reader.h"

#define NO_EXPORT 0xffffff01u // RFC 1997

static const struct schema_field fields[] = {
    {.key = "pop",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct raw_manner, pop),
     .doc = "at this POP; at all that publish the service when absent",
     .example = "beijing"},
    {.key = "to",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_manner, to),
     .doc = "towards these neighbour networks; all when absent. What is said of one counts more",
     .example = "[telecom]"},
    {.key = "prepend",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_manner, prepend),
     .max = MANNER_PREPEND_MAX,
     .doc = "the own AS so many times more in the path",
     .example = "2"},
    {.key = "no_announce",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_manner, no_announce),
     .fallback = "no",
     .doc = "they are not told at all",
     .example = "yes"},
    {.key = "no_export",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct raw_manner, no_export),
     .fallback = "no",
     .doc = "with NO_EXPORT (RFC 1997): they use it and tell no other network",
     .example = "yes"},
    {.key = "med",
     .type = SCHEMA_INT,
     .offset = offsetof(struct raw_manner, med),
     .max = UINT32_MAX,
     .doc = "MULTI_EXIT_DISC (RFC 4271 §5.1.4)",
     .example = "50"},
    {.key = "communities",
     .type = SCHEMA_NAMES,
     .offset = offsetof(struct raw_manner, communities),
     .doc = "communities of RFC 1997 on top, as numbers or well-known names",
     .example = "[\"64500:70\", graceful-shutdown]"}};

static void absent(void *out)
{
    struct raw_manner *m = out;
    m->prepend = m->med = MANNER_UNSAID;
}

const struct schema_table manner_table = {.name = "manner",
                                          .doc = "how a service is announced, and to whom",
                                          SCHEMA_FIELDS(fields),
                                          .size = sizeof(struct raw_manner),
                                          .place = offsetof(struct raw_manner, at),
                                          .prepare = absent};

// Now, or by an earlier event of the file?
static bool publishes(const struct service *s, int pop)
{
    for (int i = 0; i < s->npublish; i++)
        if (s->publish[i] == pop)
            return true;
    for (int i = 0; i < s->nlater; i++)
        if (s->later[i] == pop)
            return true;
    return false;
}

// Does the network meet that of the POP in its city?
static bool meets(const struct topology *t, const struct pop *p, int network)
{
    for (int i = 0; i < t->ninterconnects; i++) {
        const struct interconnect *x = &t->interconnects[i];
        if ((x->a == p->network && x->a_city == p->city && x->b == network) ||
            (x->b == p->network && x->b_city == p->city && x->a == network))
            return true;
    }
    return false;
}

static bool hears(const struct scenario_reader *r, const struct service *s, const struct manner *m,
                  int network)
{
    const struct topology *t = &r->out->topology;
    for (int i = 0; i < t->npops; i++)
        if (publishes(s, i) && (m->pop < 0 || m->pop == i) && meets(t, &t->pops[i], network))
            return true;
    return false;
}

static bool read_pop(struct scenario_reader *r, const struct text *name, const struct service *s,
                     struct manner *out)
{
    out->pop = -1;
    if (!name->s)
        return true;
    out->pop = names_find(&r->pops, r->in, name, "POP", "");
    if (out->pop >= 0 && !publishes(s, out->pop)) {
        diag_error(r->in->d, name->at, NULL, "service '%s' is not published at POP '%s'", s->name,
                   name->s);
        return false;
    }
    return out->pop >= 0;
}

static bool read_to(struct scenario_reader *r, const struct texts *names, const struct service *s,
                    struct manner *out)
{
    bool good = true;
    out->to = arena_array(r->in->a, int, names->n);
    for (int i = 0; i < names->n; i++) {
        const struct text *name = &names->v[i];
        int network = names_find(&r->networks, r->in, name, "network", "");
        if (network >= 0 && hears(r, s, out, network)) {
            out->to[out->nto++] = network;
            continue;
        }
        if (network >= 0)
            diag_error(r->in->d, name->at, "a neighbour meets the POP's network in the POP's city",
                       "'%s' is no neighbour of service '%s'%s%s", name->s, s->name,
                       out->pop < 0 ? "" : " at POP ",
                       out->pop < 0 ? "" : r->out->topology.pops[out->pop].name);
        good = false;
    }
    return good;
}

static bool read_communities(struct scenario_reader *r, const struct raw_manner *raw,
                             struct manner *out)
{
    bool good = true;
    out->communities = arena_array(r->in->a, uint32_t, raw->communities.n + 1);
    for (int i = 0; i < raw->communities.n; i++) {
        const struct text *text = &raw->communities.v[i];
        struct policy_community c;
        const char *wrong = policy_community_parse(text->s, POLICY_STANDARD, true, &c);
        if (wrong) {
            diag_error(r->in->d, text->at, NULL, "community '%s': %s", text->s, wrong);
            good = false;
        } else {
            out->communities[out->ncommunities++] = policy_community_value(&c);
        }
    }
    if (raw->no_export)
        out->communities[out->ncommunities++] = NO_EXPORT;
    return good;
}

bool manner_read(struct scenario_reader *r, const struct raw_manner *raw, int service,
                 struct manner *out)
{
    *out = (struct manner){.service = service,
                           .prepend = raw->prepend,
                           .med = raw->med,
                           .quiet = raw->no_announce ? 1 : MANNER_UNSAID};
    if (service < 0)
        return false;
    const struct service *s = &r->out->services[service];
    bool good = read_pop(r, &raw->pop, s, out);
    return read_communities(r, raw, out) && good && read_to(r, &raw->to, s, out);
}

int manners_read(struct scenario_reader *r, const struct rows *raw, int service,
                 struct manner **out)
{
    const struct raw_manner *rows = raw->v;
    int n = 0;
    *out = arena_array(r->in->a, struct manner, raw->n);
    for (int i = 0; i < raw->n; i++)
        n += manner_read(r, &rows[i], service, &(*out)[n]);
    return n;
}
