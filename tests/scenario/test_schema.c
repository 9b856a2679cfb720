// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/scenario_schema.h"
#include "scenario/topology_schema.h"
#include "scratch.h"
#include "unit.h"

#include <jansson.h>

struct inner {
    int64_t wait_ps;
};

struct outer {
    struct text name;
    int64_t count, rate_bps, bfd_ps, factor;
    bool on;
    int colour;
    struct inner inner;
    struct inner *maybe;
    struct texts list;
    struct srcpos count_at, at;
};

static const struct schema_field inner_fields[] = {{.key = "wait",
                                                    .type = SCHEMA_UNIT,
                                                    .offset = offsetof(struct inner, wait_ps),
                                                    .unit = UNIT_TIME,
                                                    .fallback = "5ms",
                                                    .doc = "a wait"}};
static const struct schema_table inner_table = {
    .name = "inner", .doc = "inside", SCHEMA_FIELDS(inner_fields), .size = sizeof(struct inner)};
static const char *const colours[] = {"red", "green"};
static const struct schema_field outer_fields[] = {
    {.key = "name",
     .type = SCHEMA_NAME,
     .offset = offsetof(struct outer, name),
     .required = true,
     .doc = "a name"},
    {.key = "count",
     .type = SCHEMA_INT,
     .offset = offsetof(struct outer, count),
     .place = offsetof(struct outer, count_at),
     .min = 1,
     .max = 9,
     .fallback = "7",
     .doc = "a count"},
    {.key = "rate",
     .type = SCHEMA_UNIT,
     .offset = offsetof(struct outer, rate_bps),
     .unit = UNIT_RATE,
     .doc = "a rate"},
    {.key = "bfd",
     .type = SCHEMA_UNIT_OFF,
     .offset = offsetof(struct outer, bfd_ps),
     .unit = UNIT_TIME,
     .fallback = "1s",
     .doc = "a time or off"},
    {.key = "factor",
     .type = SCHEMA_FACTOR,
     .offset = offsetof(struct outer, factor),
     .max = 10000000,
     .doc = "a factor"},
    {.key = "on", .type = SCHEMA_BOOL, .offset = offsetof(struct outer, on), .doc = "a switch"},
    {.key = "colour",
     .type = SCHEMA_ENUM,
     .offset = offsetof(struct outer, colour),
     .names = colours,
     .nnames = 2,
     .doc = "a colour"},
    {.key = "inner",
     .type = SCHEMA_SECTION,
     .offset = offsetof(struct outer, inner),
     .sub = &inner_table,
     .doc = "inside"},
    {.key = "maybe",
     .type = SCHEMA_OPTIONAL,
     .offset = offsetof(struct outer, maybe),
     .sub = &inner_table,
     .doc = "inside perhaps"},
    {.key = "list", .type = SCHEMA_NAMES, .offset = offsetof(struct outer, list), .doc = "names"}};
static const struct schema_table outer_table = {.name = "outer",
                                                .doc = "a test",
                                                SCHEMA_FIELDS(outer_fields),
                                                .size = sizeof(struct outer),
                                                .place = offsetof(struct outer, at)};

static struct arena arena;
static struct diag *diag;

static struct outer read_outer(const char *text)
{
    struct outer o;
    arena_free(&arena);
    arena_init(&arena);
    diag_free(diag);
    diag = diag_new();
    struct input in = {&arena, diag, 0};
    const struct node *n = yaml_parse(&in, "x", text, strlen(text));
    CU_ASSERT_PTR_NOT_NULL_FATAL(n);
    schema_read(&in, &outer_table, n, "", &o);
    return o;
}

static void fills_a_struct(void)
{
    struct outer o =
        read_outer("name: a-1\ncount: 3\nrate: 2.5Gbps\nbfd: off\nfactor: 2.1\non: yes\n"
                   "colour: green\ninner: {wait: 1s}\nlist: [x, y]\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_STRING_EQUAL(o.name.s, "a-1");
    CU_ASSERT_EQUAL(o.count, 3);
    CU_ASSERT_EQUAL(o.count_at.line, 2);
    CU_ASSERT_EQUAL(o.rate_bps, 2500000000);
    CU_ASSERT_EQUAL(o.bfd_ps, 0);
    CU_ASSERT_EQUAL(o.factor, 2100000);
    CU_ASSERT_TRUE(o.on);
    CU_ASSERT_EQUAL(o.colour, 1);
    CU_ASSERT_EQUAL(o.inner.wait_ps, PS_PER_S);
    CU_ASSERT_PTR_NULL(o.maybe);
    CU_ASSERT_EQUAL(o.list.n, 2);
    CU_ASSERT_STRING_EQUAL(o.list.v[1].s, "y");
}

static void sets_defaults_at_every_level(void)
{
    struct outer o = read_outer("name: a\nmaybe: {}\nlist: one\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
    CU_ASSERT_EQUAL(o.count, 7);
    CU_ASSERT_EQUAL(o.count_at.line, 0);
    CU_ASSERT_EQUAL(o.bfd_ps, PS_PER_S);
    CU_ASSERT_EQUAL(o.inner.wait_ps, 5 * PS_PER_MS);
    CU_ASSERT_PTR_NOT_NULL_FATAL(o.maybe);
    CU_ASSERT_EQUAL(o.maybe->wait_ps, 5 * PS_PER_MS);
    CU_ASSERT_EQUAL(o.list.n, 1);
}

static void reports_all_mistakes_at_once(void)
{
    read_outer("count: 10\nrate: 5\nbfd: of\nfactor: 11\non: maybe\ncolour: gren\n"
               "inner: {wate: 1s}\nmaybe: 3\nlist: {a: b}\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 10);
    CU_ASSERT_TRUE(scratch_says(diag, "x:1:1: error: missing key 'name'"));
    CU_ASSERT_TRUE(scratch_says(diag, "x:1:8: error: 'count' must be between 1 and 9, found '10'"));
    CU_ASSERT_TRUE(scratch_says(diag, "x:2:7: error: 'rate' must be a rate, but '5' has no unit"));
    CU_ASSERT_TRUE(scratch_says(diag, "x:4:9: error: 'factor' must be between 0 and 10"));
    CU_ASSERT_TRUE(scratch_says(diag, "'colour' must be red or green, found 'gren'"));
    CU_ASSERT_TRUE(scratch_says(diag, "did you mean 'green'?"));
    CU_ASSERT_TRUE(scratch_says(diag, "x:7:9: error: unknown key 'wate' in 'inner'"));
    CU_ASSERT_TRUE(scratch_says(diag, "x:8:8: error: expected a mapping (key: value) in 'maybe'"));
}

static void a_patch_changes_only_what_it_names(void)
{
    struct inner v = {.wait_ps = 42};
    read_outer("name: a\n");
    struct input in = {&arena, diag, 0};
    schema_patch(&in, &inner_table, yaml_parse(&in, "y", "{}", 2), "p", &v);
    CU_ASSERT_EQUAL(v.wait_ps, 42);
    schema_patch(&in, &inner_table, yaml_parse(&in, "y", "wait: 1ms", 9), "p", &v);
    CU_ASSERT_EQUAL(v.wait_ps, PS_PER_MS);
    CU_ASSERT_EQUAL(diag_errors(diag), 0);
}

// The JSON Schema's object for a table: the root, or its definition.
static const json_t *definition(const json_t *root, const struct schema_table *t,
                                const struct schema_table *top)
{
    return t == top ? root : json_object_get(json_object_get(root, "$defs"), t->name);
}

// Every key of the readers is in the schema, with its explanation, and none besides.
static int check_table(const json_t *root, const struct schema_table *t,
                       const struct schema_table *top)
{
    const json_t *properties = json_object_get(definition(root, t, top), "properties");
    int n = t->n;
    CU_ASSERT_EQUAL(json_object_size(properties), (size_t)t->n);
    for (int i = 0; i < t->n; i++) {
        const struct schema_field *f = &t->fields[i];
        const json_t *p = json_object_get(properties, f->key);
        CU_ASSERT_PTR_NOT_NULL(p);
        const char *doc = json_string_value(json_object_get(p, "description"));
        CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
        CU_ASSERT_STRING_EQUAL(doc, f->doc);
        if (f->sub)
            n += check_table(root, f->sub, top);
        if (f->alt)
            n += check_table(root, f->alt, top);
    }
    return n;
}

static json_t *printed(const char *which)
{
    static char *text;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    CU_ASSERT_TRUE(schema_print_json(which, f));
    fclose(f);
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    return root;
}

static void json_schema_has_every_key(void)
{
    json_t *root = printed("scenario");
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT(check_table(root, &scenario_table, &scenario_table) > 60);
    json_decref(root);
    root = printed("topology");
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT(check_table(root, &topology_table, &topology_table) > 60);
    const json_t *igp = json_object_get(json_object_get(root, "$defs"), "igp");
    const json_t *hold = json_object_get(json_object_get(igp, "properties"), "hold");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(hold, "default")), "30s");
    json_decref(root);
    CU_ASSERT_FALSE(schema_print_json("nonsense", stdout));
    arena_free(&arena);
    diag_free(diag);
    diag = NULL;
}

UNIT_MAIN("schema", {"fills_a_struct", fills_a_struct},
          {"sets_defaults_at_every_level", sets_defaults_at_every_level},
          {"reports_all_mistakes_at_once", reports_all_mistakes_at_once},
          {"a_patch_changes_only_what_it_names", a_patch_changes_only_what_it_names},
          {"json_schema_has_every_key", json_schema_has_every_key})
