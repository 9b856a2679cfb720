// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/routing_reader.h"
#include "scenario/topology_schema.h"

#include <stdlib.h>
#include <string.h>

struct binder {
    struct input *in;
    struct topology *t;
};

// --- Names

static bool is_router(const struct topology *t, const char *name)
{
    for (int i = 0; i < t->nnetworks; i++) {
        const struct network *n = &t->networks[i];
        size_t len = strlen(n->name);
        if (strncmp(name, n->name, len) != 0 || name[len] != '/')
            continue;
        for (int c = 0; c < n->ncities; c++) {
            size_t city = strlen(n->cities[c].city->name);
            const char *rest = name + len + 1;
            if (strncmp(rest, n->cities[c].city->name, city) == 0 && rest[city] == '-' &&
                rest[city + 1] >= '1' && rest[city + 1] <= '0' + n->cities[c].routers &&
                rest[city + 2] == '\0')
                return true;
        }
    }
    return false;
}

bool routing_is_neighbour(const struct topology *t, const char *name)
{
    for (int i = 0; i < t->nnetworks; i++)
        if (strcmp(t->networks[i].name, name) == 0)
            return true;
    return is_router(t, name);
}

bool routing_is_place(const struct topology *t, const char *name)
{
    for (int i = 0; i < t->ncities; i++)
        if (strcmp(t->cities[i].name, name) == 0 || strcmp(t->cities[i].province, name) == 0)
            return true;
    return is_router(t, name);
}

static void check_name(void *ctx, const struct policy_expr *e)
{
    const struct binder *b = ctx;
    const struct topology *t = b->t;
    bool neighbour = e->test == POLICY_NEIGHBOUR;
    if (neighbour ? routing_is_neighbour(t, e->name) : routing_is_place(t, e->name))
        return;
    int n = neighbour ? t->nnetworks : t->ncities;
    const char **known = arena_array(b->in->a, const char *, n);
    for (int i = 0; i < n; i++)
        known[i] = neighbour ? t->networks[i].name : t->cities[i].name;
    diag_error(b->in->d, e->at, schema_hint(b->in->a, e->name, known, (size_t)n),
               neighbour ? "'%s' is neither a network nor a router such as telecom/beijing-1"
                         : "'%s' is neither a city, a region nor a router",
               e->name);
}

static const struct policy *named(const struct binder *b, const struct text *name, bool import)
{
    if (!name->s || strcmp(name->s, "none") == 0)
        return NULL;
    const struct policies *all = &b->t->policies;
    const struct policy *p = policies_find(all, name->s);
    struct srcpos at;
    if (p && import && policy_does(p, POLICY_DO_NEXT_HOP_SELF, &at))
        diag_error(b->in->d, at, NULL, "'next-hop self' is for export, '%s' is used for import",
                   p->name);
    if (p)
        return p;
    const char **known = arena_array(b->in->a, const char *, all->n);
    for (int i = 0; i < all->n; i++)
        known[i] = all->v[i].name;
    diag_error(b->in->d, name->at, schema_hint(b->in->a, name->s, known, (size_t)all->n),
               "unknown policy '%s'", name->s);
    return NULL;
}

// --- Parts of a network

static void patch_switch(bool *out, int raw)
{
    if (raw >= 0)
        *out = raw & 1;
}

static void patch_count(int64_t *out, int64_t raw)
{
    if (raw >= 0)
        *out = raw;
}

static void patch(const struct binder *b, struct network_policy *p, const struct raw_policy *raw)
{
    if (raw->import.s)
        p->import = named(b, &raw->import, true);
    if (raw->export_.s)
        p->export_ = named(b, &raw->export_, false);
    patch_switch(&p->builtin, raw->builtin);
    patch_switch(&p->require, raw->require);
    patch_switch(&p->drop_invalid, raw->rov);
    patch_switch(&p->blackhole, raw->blackhole);
    patch_switch(&p->aigp, raw->aigp);
    patch_switch(&p->med_from_igp, raw->med_from_igp);
    patch_count(&p->own_as_allowed, raw->own_as_allowed);
    patch_count(&p->path_length_max, raw->path_length_max);
    patch_count(&p->prefix_limit, raw->prefix_limit);
    patch_count(&p->mrai_ps, raw->mrai_ps);
    if (raw->roles >= 0)
        p->roles = (enum roles)raw->roles;
    if (raw->damping >= 0)
        p->damping = (enum damping_set)raw->damping;
}

static void unknown_network(const struct binder *b, const struct text *name)
{
    const char **known = arena_array(b->in->a, const char *, b->t->nnetworks);
    for (int i = 0; i < b->t->nnetworks; i++)
        known[i] = b->t->networks[i].name;
    diag_error(b->in->d, name->at, schema_hint(b->in->a, name->s, known, (size_t)b->t->nnetworks),
               "unknown network '%s'", name->s);
}

// The network of "NETWORK" or "NETWORK/CITY", -1 after a diagnostic.
static int neighbour_of(const struct binder *b, const struct text *name, const char **city)
{
    const char *slash = strchr(name->s, '/');
    size_t len = slash ? (size_t)(slash - name->s) : strlen(name->s);
    *city = slash ? slash + 1 : NULL;
    for (int k = 0; k < b->t->nnetworks; k++)
        if (strlen(b->t->networks[k].name) == len &&
            strncmp(b->t->networks[k].name, name->s, len) == 0)
            return k;
    unknown_network(b, &(struct text){arena_printf(b->in->a, "%.*s", (int)len, name->s), name->at});
    return -1;
}

// What has no meaning inside a network.
static void check_internal(const struct binder *b, const struct raw_policy *p)
{
    const struct {
        const char *key;
        bool given;
    } keys[] = {{"builtin", p->builtin >= 0},
                {"require_policy", p->require >= 0},
                {"drop_invalid", p->rov >= 0},
                {"blackhole", p->blackhole >= 0},
                {"aigp", p->aigp >= 0},
                {"med_from_igp", p->med_from_igp >= 0},
                {"roles", p->roles >= 0},
                {"damping", p->damping >= 0},
                {"as_path_max", p->path_length_max >= 0},
                {"prefix_limit", p->prefix_limit >= 0}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].given)
            diag_error(b->in->d, p->at, "for iBGP: import, export, own_as_allowed and mrai",
                       "'%s' is for eBGP, not for sessions inside '%s'", keys[i].key, p->name.s);
}

static void bind_towards(const struct binder *b, struct network_routing *r, int network, int k,
                         const struct raw_policy *raw)
{
    int n = b->t->nnetworks;
    if (!r->towards) {
        r->towards = arena_array(b->in->a, struct network_policy, n);
        for (int i = 0; i < n; i++)
            r->towards[i] = r->policy;
        r->towards[network].import = r->towards[network].export_ = NULL;
        r->towards[network].mrai_ps = -1;
    }
    if (k == network)
        check_internal(b, raw);
    patch(b, &r->towards[k], raw);
    for (int i = 0; i < r->nsessions; i++)
        if (r->sessions[i].towards == k)
            patch(b, &r->sessions[i].policy, raw);
}

// The city where two networks meet, NULL after a diagnostic.
static const struct city *meeting_place(const struct binder *b, int network, int k,
                                        const struct text *name, const char *city)
{
    const struct topology *t = b->t;
    const char **known = arena_array(b->in->a, const char *, t->ninterconnects);
    size_t n = 0;
    for (int i = 0; i < t->ninterconnects; i++) {
        const struct interconnect *x = &t->interconnects[i];
        const struct city *at = t->networks[x->a].cities[x->a_city].city;
        if (!((x->a == network && x->b == k) || (x->a == k && x->b == network)))
            continue;
        if (strcmp(at->name, city) == 0)
            return at;
        known[n++] = at->name;
    }
    diag_error(b->in->d, name->at, schema_hint(b->in->a, city, known, n),
               "no interconnect between '%s' and '%s' in '%s'", t->networks[network].name,
               t->networks[k].name, city);
    return NULL;
}

static void bind_session(const struct binder *b, struct network_routing *r, int network, int k,
                         const struct raw_policy *raw, const char *city_name)
{
    const struct city *city = meeting_place(b, network, k, &raw->name, city_name);
    int i = 0;
    while (i < r->nsessions && (r->sessions[i].towards != k || r->sessions[i].city != city))
        i++;
    if (!city)
        return;
    if (i == r->nsessions) {
        struct session_policy *more = arena_array(b->in->a, struct session_policy, i + 1);
        if (i)
            memcpy(more, r->sessions, (size_t)i * sizeof *more);
        more[i] = (struct session_policy){k, city, r->towards ? r->towards[k] : r->policy};
        r->sessions = more;
        r->nsessions++;
    }
    patch(b, &r->sessions[i].policy, raw);
}

// Networks first: what is said of a city counts more, wherever it stands.
static void bind_neighbours(const struct binder *b, int network, const struct rows *rows)
{
    struct network_routing *r = &b->t->networks[network].routing;
    const struct raw_policy *raw = rows->v;
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rows->n; i++) {
            const char *city;
            if ((strchr(raw[i].name.s, '/') != NULL) != pass)
                continue;
            int k = neighbour_of(b, &raw[i].name, &city);
            if (k >= 0 && pass)
                bind_session(b, r, network, k, &raw[i], city);
            else if (k >= 0)
                bind_towards(b, r, network, k, &raw[i]);
        }
}

static void bind_aggregates(const struct binder *b, struct network_routing *r,
                            const struct rows *rows)
{
    const struct raw_aggregate *raw = rows->v;
    r->aggregates = arena_array(b->in->a, struct aggregate, rows->n);
    for (int i = 0; i < rows->n; i++)
        r->aggregates[i] = (struct aggregate){.prefix = raw[i].prefix.p,
                                              .as_set = raw[i].as_set,
                                              .summary_only = raw[i].summary_only,
                                              .at = raw[i].at};
    r->naggregates = rows->n;
}

static void bind_conditions(const struct binder *b, struct network_routing *r,
                            const struct rows *rows)
{
    const struct raw_condition *raw = rows->v;
    r->conditions = arena_array(b->in->a, struct announce_if, rows->n);
    for (int i = 0; i < rows->n; i++) {
        bool present = raw[i].present.at.line, absent = raw[i].absent.at.line;
        if (present == absent)
            diag_error(b->in->d, raw[i].at, NULL, "give one of 'present' and 'absent'");
        r->conditions[i] = (struct announce_if){.prefix = raw[i].prefix.p,
                                                .when = absent ? raw[i].absent.p : raw[i].present.p,
                                                .absent = absent,
                                                .at = raw[i].at};
    }
    r->nconditions = rows->n;
}

static int city_of(const struct network *n, const char *name)
{
    for (int c = 0; c < n->ncities; c++)
        if (strcmp(n->cities[c].city->name, name) == 0)
            return c;
    return -1;
}

// Every city belongs to one member.
static void bind_members(const struct binder *b, struct network *n, const struct rows *rows)
{
    const struct raw_member *raw = rows->v;
    struct network_routing *r = &n->routing;
    int *member = arena_array(b->in->a, int, n->ncities), left = n->ncities;
    r->members = arena_array(b->in->a, struct confederation_member, rows->n);
    r->nmembers = rows->n;
    for (int i = 0; i < rows->n; i++) {
        struct confederation_member *m = &r->members[i];
        m->asn = (uint32_t)raw[i].asn;
        m->at = raw[i].at;
        m->cities = arena_array(b->in->a, int, raw[i].cities.n);
        for (int k = 0; k < i; k++)
            if (r->members[k].asn == m->asn)
                diag_error(b->in->d, raw[i].at, NULL, "member AS %u appears twice",
                           (unsigned)m->asn);
        for (int k = 0; k < raw[i].cities.n; k++) {
            const struct text *name = &raw[i].cities.v[k];
            int c = city_of(n, name->s);
            if (c < 0)
                diag_error(b->in->d, name->at, NULL, "network '%s' has no router in '%s'", n->name,
                           name->s);
            else if (member[c])
                diag_error(b->in->d, name->at, NULL, "city '%s' belongs to a member AS already",
                           name->s);
            else {
                member[c] = i + 1;
                m->cities[m->ncities++] = c;
                left--;
            }
        }
    }
    for (int c = 0; rows->n && left > 0 && c < n->ncities; c++)
        if (!member[c]) {
            diag_error(b->in->d, rows->at, NULL,
                       "city '%s' of network '%s' belongs to no member AS", n->cities[c].city->name,
                       n->name);
            return;
        }
}

static void bind_network(const struct binder *b, int network, const struct raw_routing *raw)
{
    struct network_routing *r = &b->t->networks[network].routing;
    if (raw->policy) {
        patch(b, &r->policy, raw->policy);
        if (r->towards)
            for (int i = 0; i < b->t->nnetworks; i++)
                if (i != network)
                    patch(b, &r->towards[i], raw->policy);
        for (int i = 0; i < r->nsessions; i++)
            patch(b, &r->sessions[i].policy, raw->policy);
    }
    bind_neighbours(b, network, &raw->neighbours);
    if (raw->actions.at.line)
        routing_actions(b->in, b->t, raw->actions.v, raw->actions.n, &r->action_import,
                        &r->action_export);
    if (raw->aggregates.at.line)
        bind_aggregates(b, r, &raw->aggregates);
    if (raw->members.at.line)
        bind_members(b, &b->t->networks[network], &raw->members);
    if (raw->conditions.at.line)
        bind_conditions(b, r, &raw->conditions);
}

static void bind_vrps(const struct binder *b, const struct rows *more)
{
    const struct rows *own = &b->t->raw->vrps;
    b->t->nvrps = own->n + more->n;
    b->t->vrps = arena_array(b->in->a, struct vrp, b->t->nvrps);
    for (int i = 0; i < b->t->nvrps; i++) {
        const struct raw_vrp *raw = i < own->n ? (const struct raw_vrp *)own->v + i
                                               : (const struct raw_vrp *)more->v + i - own->n;
        int64_t most = raw->max_length < 0 ? raw->prefix.p.len : raw->max_length;
        if (most < raw->prefix.p.len)
            diag_error(b->in->d, raw->at, NULL, "max_length %d is shorter than the prefix itself",
                       (int)most);
        b->t->vrps[i] = (struct vrp){raw->prefix.p, (uint8_t)most, (uint32_t)raw->asn};
    }
}

static void bind_policies(const struct binder *b, const struct blocks *more)
{
    const struct blocks *own = &b->t->raw->policies;
    struct policy_text *texts = arena_array(b->in->a, struct policy_text, own->n + more->n);
    int n = 0;
    for (int i = 0; i < own->n + more->n; i++) {
        const struct raw_block *raw = i < own->n ? &own->v[i] : &more->v[i - own->n];
        for (int k = 0; k < n; k++)
            if (strcmp(texts[k].name, raw->name.s) == 0)
                diag_error(b->in->d, raw->name.at, NULL, "policy '%s' is there already, in %s:%d",
                           raw->name.s, texts[k].name_at.file, texts[k].name_at.line);
        texts[n++] = (struct policy_text){raw->name.s, raw->name.at, raw->body.s, raw->body.at};
    }
    policies_read(b->in->a, b->in->d, texts, n, &b->t->policies);
    policies_names(&b->t->policies, check_name, (void *)(uintptr_t)b);
}

bool routing_bind(struct input *in, struct topology *t, const struct routing_more *more,
                  const struct routing_over *over, int nover)
{
    const struct binder b = {in, t};
    const struct raw_network *raw = t->raw->networks.v;
    const struct raw_interconnect *links = t->raw->interconnects.v;
    size_t before = diag_errors(in->d);
    bind_policies(&b, &more->policies);
    bind_vrps(&b, &more->vrps);
    for (int i = 0; i < t->nnetworks; i++) {
        struct network *n = &t->networks[i];
        n->routing =
            (struct network_routing){.policy = {.builtin = true, .mrai_ps = -1},
                                     .no_client_to_client = raw[i].routing.no_client_to_client};
        bind_network(&b, i, &raw[i].routing);
    }
    for (int i = 0; i < nover; i++)
        bind_network(&b, over[i].network, over[i].raw);
    for (int i = 0; i < t->ninterconnects; i++) {
        struct interconnect *x = &t->interconnects[i];
        const struct raw_interconnect *r = &links[x->row];
        x->import[0] = named(&b, &r->import[0], true);
        x->import[1] = named(&b, &r->import[1], true);
        x->export_[0] = named(&b, &r->export_[0], false);
        x->export_[1] = named(&b, &r->export_[1], false);
    }
    return diag_errors(in->d) == before;
}
