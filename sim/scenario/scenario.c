// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario.h"

#include "base/vec.h"
#include "scenario/override.h"
#include "scenario/scenario_reader.h"
#include "scenario/routing_reader.h"
#include "scenario/topology_reader.h"

#include <string.h>

#define SERIES_MAX 1000000 // buckets of a time series

struct cached { // variants nearly always share a topology
    const char *path;
    struct topology topology;
    bool whole; // read without errors
};

struct loader {
    struct input in;
    VEC(struct cached) topologies;
};

void reader_open(struct scenario_reader *r)
{
    struct scenario *s = r->out;
    const struct topology *t = &s->topology;
    r->network_cities = arena_array(r->in->a, struct names, t->nnetworks);
    for (int i = 0; i < t->ncities; i++)
        names_add(&r->cities, t->cities[i].name, i);
    for (int i = 0; i < t->npops; i++)
        names_add(&r->pops, t->pops[i].name, i);
    for (int i = 0; i < t->nnetworks; i++) {
        const struct network *n = &t->networks[i];
        names_add(&r->networks, n->name, i);
        for (int k = 0; k < n->ncities; k++)
            names_add(&r->network_cities[i], n->cities[k].city->name, k);
        s->ngroups += n->nclients;
    }
    s->groups = arena_array(r->in->a, struct group_ref, s->ngroups);
    int g = 0;
    for (int i = 0; i < t->nnetworks; i++)
        for (int k = 0; k < t->networks[i].nclients; k++) {
            s->groups[g++] = (struct group_ref){i, k};
            names_add(&r->regions, t->networks[i].clients[k].region, k);
        }
}

void reader_close(struct scenario_reader *r)
{
    for (int i = 0; r->network_cities && i < r->out->topology.nnetworks; i++)
        names_free(&r->network_cities[i]);
    line_index_close(&r->lines);
    names_free(&r->networks);
    names_free(&r->pops);
    names_free(&r->zones);
    names_free(&r->cities);
    names_free(&r->services);
    names_free(&r->regions);
}

// The topology itself may be shared with other variants.
static void own_topology(struct arena *a, struct topology *t)
{
    struct network *networks = arena_array(a, struct network, t->nnetworks);
    struct interconnect *links = arena_array(a, struct interconnect, t->ninterconnects);
    memcpy(networks, t->networks, sizeof *networks * (size_t)t->nnetworks);
    if (t->ninterconnects)
        memcpy(links, t->interconnects, sizeof *links * (size_t)t->ninterconnects);
    t->networks = networks;
    t->interconnects = links;
}

void timers_read(struct scenario_reader *r)
{
    const struct raw_timers *raw = r->raw.networks.v;
    struct topology *t = &r->out->topology;
    struct routing_over *over = arena_array(r->in->a, struct routing_over, r->raw.networks.n);
    int nover = 0;
    bool crowded = r->raw.congestion.n || r->raw.one_congestion;
    if (r->raw.networks.n == 0 && r->raw.policies.n == 0 && r->raw.vrps.n == 0 && !crowded)
        return;
    own_topology(r->in->a, t);
    struct network *own = t->networks;
    for (int i = 0; i < r->raw.networks.n; i++) {
        int k = names_find(&r->networks, r->in, &raw[i].name, "network", "");
        const char *name = raw[i].name.s;
        if (k < 0)
            continue;
        if (raw[i].igp)
            schema_patch(r->in, &igp_table, raw[i].igp,
                         arena_printf(r->in->a, "networks.%s.igp", name), &own[k].igp);
        if (raw[i].bgp)
            schema_patch(r->in, &bgp_table, raw[i].bgp,
                         arena_printf(r->in->a, "networks.%s.bgp", name), &own[k].bgp);
        if (raw[i].fib)
            schema_patch(r->in, &fib_table, raw[i].fib,
                         arena_printf(r->in->a, "networks.%s.fib", name), &own[k].fib);
        network_check_timers(r->in, &own[k], raw[i].at);
        if (raw[i].queue.s)
            own[k].queue = line_queue(r->in, &r->lines, &raw[i].queue);
        if (raw[i].mtu_bytes)
            own[k].mtu_bytes = raw[i].mtu_bytes;
        over[nover++] = (struct routing_over){k, &raw[i].routing};
    }
    routing_bind(r->in, t, &(struct routing_more){r->raw.policies, r->raw.vrps}, over, nover);
}

void lines_read(struct scenario_reader *r)
{
    struct topology *t = &r->out->topology;
    line_index_open(r->in, &r->lines, t->queues, t->nqueues, t->impairments, t->nimpairments);
    queues_read(r->in, &r->lines, &r->raw.queues);
    impairments_read(r->in, &r->lines, &r->raw.impairments);
    t->queues = r->lines.queues;
    t->nqueues = r->lines.nqueues;
    t->impairments = r->lines.impairments;
    t->nimpairments = r->lines.nimpairments;
}

static const struct cached *find_topology(struct loader *l, const struct text *name)
{
    const char *path = input_path(&l->in, name->at.file, name->s);
    for (size_t i = 0; i < l->topologies.n; i++)
        if (strcmp(l->topologies.v[i].path, path) == 0)
            return &l->topologies.v[i];
    struct cached c = {.path = path};
    size_t before = diag_errors(l->in.d);
    topology_read(&l->in, path, name->at, &c.topology);
    c.whole = diag_errors(l->in.d) == before;
    vec_push(&l->topologies, c);
    return &l->topologies.v[l->topologies.n - 1];
}

static void take_head(struct scenario_reader *r, const char *path)
{
    struct scenario *s = r->out;
    s->file = path;
    s->name = r->raw.name.s ? r->raw.name.s : "";
    s->description = r->raw.description.s;
    s->seed = (uint64_t)r->raw.seed;
    s->duration_ps = r->raw.duration_ps;
    s->warmup_ps = r->raw.warmup_ps;
    s->bucket_ps = r->raw.bucket_ps;
    s->clock_ps = r->raw.clock_ps;
    if (s->duration_ps > 0 && s->bucket_ps > s->duration_ps) {
        char bucket[UNIT_BUF], whole[UNIT_BUF];
        unit_print(UNIT_TIME, s->bucket_ps, bucket, sizeof bucket);
        unit_print(UNIT_TIME, s->duration_ps, whole, sizeof whole);
        diag_error(
            r->in->d, r->raw.bucket_at.line ? r->raw.bucket_at : r->raw.duration_at,
            arena_printf(r->in->a, "expected a bucket of at most %s, or a longer duration", whole),
            "a bucket of %s%s is longer than the run, which lasts %s", bucket,
            r->raw.bucket_at.line ? "" : " (the default)", whole);
    }
    if (s->bucket_ps > 0 && s->duration_ps / s->bucket_ps > SERIES_MAX)
        diag_error(r->in->d, r->raw.bucket_at.line ? r->raw.bucket_at : r->raw.duration_at,
                   "use a longer bucket", "the time series would have more than %d buckets",
                   SERIES_MAX);
}

// Reads one scenario from a tree that is ready: variants merged, overrides applied.
static void read_one(struct loader *l, const char *path, const struct node *root,
                     struct scenario *out)
{
    struct scenario_reader r = {.in = &l->in, .out = out};
    schema_read(r.in, &scenario_table, root, "", &r.raw);
    take_head(&r, path);
    const struct cached *t = r.raw.topology.s ? find_topology(l, &r.raw.topology) : NULL;
    if (!t || !t->whole)
        return; // every name would be unknown
    out->topology = t->topology;
    reader_open(&r);
    lines_read(&r);
    timers_read(&r);
    congestion_read(&r);
    pops_read(&r);
    zones_read(&r);
    services_read(&r);
    resolvers_read(&r);
    traffic_read(&r);
    demands_read(&r);
    monitor_read(&r);
    timeline_read(&r);
    expect_read(&r);
    reader_close(&r);
}

static const struct node *without(struct arena *a, const struct node *map, const char *key)
{
    struct node *out = arena_new(a, struct node);
    *out = *map;
    out->entries = arena_array(a, struct node_entry, map->n);
    out->n = 0;
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->entries[i].key, key) != 0)
            out->entries[out->n++] = map->entries[i];
    return out;
}

static bool check_variants(struct loader *l, const struct node *variants)
{
    size_t before = diag_errors(l->in.d);
    if (variants->kind != NODE_MAP || variants->n == 0)
        diag_error(l->in.d, variants->owner, "variants: {bfd: {networks: …}, hold: {}}",
                   "'variants' must map names to parts of a scenario, found %s",
                   variants->kind == NODE_MAP ? "nothing" : node_what(variants));
    for (int i = 0; variants->kind == NODE_MAP && i < variants->n; i++) {
        const struct node_entry *e = &variants->entries[i];
        if (e->value->kind != NODE_MAP)
            diag_error(l->in.d, e->value->at, "{} stands for the scenario as it is",
                       "variant '%s' must be a mapping, found %s", e->key, node_what(e->value));
        else if (node_get(e->value, "variants"))
            diag_error(l->in.d, e->key_at, NULL, "variant '%s' has variants of its own", e->key);
    }
    return diag_errors(l->in.d) == before;
}

struct source { // a scenario file, parsed
    const char *path;
    const struct node *root;
    const struct override *sets;
    const struct node **values;
    size_t nsets;
};

static void read_variants(struct loader *l, const struct source *src, struct scenario_list *out)
{
    const struct node *variants = node_get(src->root, "variants");
    struct arena *a = l->in.a;
    if (variants && !check_variants(l, variants))
        return;
    const struct node *base = variants ? without(a, src->root, "variants") : src->root;
    out->n = variants ? variants->n : 1;
    out->v = arena_array(a, struct scenario, out->n);
    for (int i = 0; i < out->n; i++) {
        const struct node *root = base;
        if (variants) {
            const struct node_entry *e = &variants->entries[i];
            root = node_merge(a, base, e->value);
            out->v[i].variant = e->key;
            diag_context(l->in.d, arena_printf(a, "variant '%s'", e->key));
        }
        root = override_apply(&l->in, root, src->sets, src->values, src->nsets, false);
        read_one(l, src->path, root, &out->v[i]);
        diag_context(l->in.d, NULL);
    }
    for (int i = 0; i < out->n; i++)
        out->v[i].input_hash = l->in.hash;
}

void scenario_load_with(const char *path, const struct override *sets, size_t nsets, struct diag *d,
                        struct scenario_list *out)
{
    size_t len = 0;
    arena_init(&out->arena);
    out->v = NULL;
    out->n = 0;
    struct loader l = {.in = {&out->arena, d, 0}};
    struct source src = {.path = arena_strdup(&out->arena, path), .sets = sets, .nsets = nsets};
    const char *text = input_read(&l.in, src.path, (struct srcpos){0}, INPUT_YAML_MAX, &len);
    src.root = text ? yaml_parse(&l.in, src.path, text, len) : NULL;
    if (src.root && node_is_empty(src.root)) {
        diag_error(d, (struct srcpos){.file = src.path}, "start with: version: 1",
                   "the file is empty: expected a scenario");
        src.root = NULL;
    }
    if (src.root && src.root->kind != NODE_MAP) {
        diag_error(d, src.root->at, "start with: version: 1",
                   "expected a scenario (key: value), found %s", node_what(src.root));
        src.root = NULL;
    }
    src.values = override_parse(&l.in, sets, nsets);
    if (src.root) {
        src.root = override_apply(&l.in, src.root, sets, src.values, nsets, true);
        read_variants(&l, &src, out);
    }
    vec_free(&l.topologies);
}

void scenario_load(const char *path, struct diag *d, struct scenario_list *out)
{
    scenario_load_with(path, NULL, 0, d, out);
}

void topology_load(const char *path, struct diag *d, struct scenario_list *out)
{
    arena_init(&out->arena);
    struct input in = {&out->arena, d, 0};
    out->n = 1;
    out->v = arena_array(&out->arena, struct scenario, 1);
    struct scenario *s = out->v;
    topology_read(&in, arena_strdup(&out->arena, path), (struct srcpos){0}, &s->topology);
    s->name = s->topology.name;
    s->file = s->topology.file;
    s->input_hash = in.hash;
    struct scenario_reader r = {.in = &in, .out = s};
    reader_open(&r); // client groups
    reader_close(&r);
}

void scenario_list_free(struct scenario_list *l)
{
    arena_free(&l->arena);
    l->v = NULL;
    l->n = 0;
}

char *scenario_group_name(const struct scenario *s, int group, char *buf, size_t size)
{
    const struct network *n = &s->topology.networks[s->groups[group].network];
    snprintf(buf, size, "%s/%s", n->name, n->clients[s->groups[group].index].region);
    return buf;
}

int scenario_group(const struct scenario *s, const char *name)
{
    char buf[160]; // two names of at most 64 bytes
    for (int i = 0; i < s->ngroups; i++)
        if (strcmp(scenario_group_name(s, i, buf, sizeof buf), name) == 0)
            return i;
    return -1;
}
