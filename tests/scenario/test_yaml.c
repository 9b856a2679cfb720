// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/yaml.h"
#include "scratch.h"
#include "unit.h"

static struct arena arena;
static struct diag *diag;
static struct input in;

static const struct node *parse(const char *text)
{
    arena_free(&arena);
    arena_init(&arena);
    diag_free(diag);
    diag = diag_new();
    in = (struct input){&arena, diag, 0};
    return yaml_parse(&in, "x.yaml", text, strlen(text));
}

static void keeps_places(void)
{
    const struct node *n = parse("a: 1\nlist:\n  - {x: 'two words', 北: y}\n  - plain\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(n);
    CU_ASSERT_EQUAL(n->kind, NODE_MAP);
    const struct node *list = node_get(n, "list");
    CU_ASSERT_PTR_NOT_NULL_FATAL(list);
    CU_ASSERT_EQUAL(list->kind, NODE_LIST);
    CU_ASSERT_EQUAL(list->n, 2);
    CU_ASSERT_EQUAL(list->owner.line, 2);
    CU_ASSERT_EQUAL(list->owner.width, 4);
    const struct node *x = node_get(list->entries[0].value, "x");
    CU_ASSERT_STRING_EQUAL(x->text, "two words");
    CU_ASSERT_TRUE(x->quoted);
    CU_ASSERT_EQUAL(x->at.line, 3);
    CU_ASSERT_EQUAL(x->at.col, 9);
    CU_ASSERT_EQUAL(x->at.width, 11);
    const struct node *y = node_get(list->entries[0].value, "北");
    CU_ASSERT_PTR_NOT_NULL_FATAL(y);
    CU_ASSERT_EQUAL(y->at.col, 25); // characters, not bytes
    CU_ASSERT_PTR_NULL(node_get(n, "nothing"));
}

static void an_empty_document_is_empty(void)
{
    CU_ASSERT_TRUE(node_is_empty(parse("")));
    CU_ASSERT_TRUE(node_is_empty(parse("# comment\n")));
    CU_ASSERT_TRUE(node_is_empty(node_get(parse("a:\nb: 1\n"), "a")));
    CU_ASSERT_TRUE(node_is_empty(node_get(parse("a: ~\n"), "a")));
    CU_ASSERT_FALSE(node_is_empty(node_get(parse("a: ''\n"), "a")));
}

static void crlf_changes_nothing(void)
{
    const struct node *n = parse("a: 1\r\nb:\r\n  c: 2\r\n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(n);
    const struct node *c = node_get(node_get(n, "b"), "c");
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_STRING_EQUAL(c->text, "2");
    CU_ASSERT_EQUAL(c->at.line, 3);
}

static void refuses(void)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"a: &x 1\nb: *x\n", "x.yaml:1:4: error: anchors and aliases"},
        {"a: !tag 1\n", "x.yaml:1:4: error: tags"},
        {"a: 1\n---\nb: 2\n", "x.yaml:2:1: error: a second document"},
        {"[a, b]: 1\n", "x.yaml:1:1: error: a key must be a plain word"},
        {"{a: {b: 1}: 2}\n", "x.yaml"},
        {"a: \"\\0\"\n", "x.yaml:1:4: error: a text must not contain the character NUL"},
        {"a: {b: 1\n", "x.yaml:1:4: error: this mapping {…} is not closed"},
        {"a: [1\n", "x.yaml:1:4: error: this list […] is not closed"},
        {"a: 'x\n", "x.yaml:1:4: error: this quote is never closed"},
        {"a:\n\tb: 1\n", "x.yaml:2:1: error: a tab cannot indent YAML"},
        {"a: @x\n", "x.yaml:1:4: error: a value cannot start with '@' without quotes"},
        {"a: b: c\n", "x.yaml:1:5: error: a ':' is not allowed here"},
        {"a: 1\n b: 2\n", "x.yaml:2:3: error: a ':' is not allowed here"},
        {"a\xff: 1\n", "x.yaml:1:2: error: byte 0xFF is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_PTR_NULL(parse(cases[i].text));
        CU_ASSERT_TRUE(scratch_says(diag, cases[i].says));
    }
}

static void reports_every_duplicate_key(void)
{
    parse("a: 1\nb: {x: 1, x: 2}\na: 3\na: 4\n");
    CU_ASSERT_EQUAL(diag_errors(diag), 3);
    CU_ASSERT_TRUE(
        scratch_says(diag, "x.yaml:2:11: error: key 'x' appears twice, first on line 2"));
    CU_ASSERT_TRUE(scratch_says(diag, "x.yaml:4:1: error: key 'a' appears twice, first on line 1"));
}

static void limits_depth(void)
{
    char text[2 * YAML_DEPTH_MAX + 3];
    for (int extra = 0; extra < 2; extra++) {
        int n = YAML_DEPTH_MAX + extra;
        memset(text, '[', (size_t)n);
        memset(text + n, ']', (size_t)n);
        text[2 * n] = '\0';
        CU_ASSERT_EQUAL(parse(text) == NULL, extra == 1);
    }
    CU_ASSERT_TRUE(scratch_says(diag, "more than 32 levels inside each other"));
}

static void merges(void)
{
    const struct node *n = parse("base: {a: 1, m: {x: 1, y: 2}, l: [1, 2]}\n"
                                 "over: {m: {y: 3, z: {deep: 4}}, l: [3], b: 5}\n");
    const struct node *base = node_get(n, "base");
    const struct node *m = node_merge(&arena, base, node_get(n, "over"));
    CU_ASSERT_EQUAL(m->n, 4);
    CU_ASSERT_STRING_EQUAL(node_get(m, "a")->text, "1");
    CU_ASSERT_STRING_EQUAL(node_get(m, "b")->text, "5");
    CU_ASSERT_STRING_EQUAL(node_get(node_get(m, "m"), "x")->text, "1");
    CU_ASSERT_STRING_EQUAL(node_get(node_get(m, "m"), "y")->text, "3");
    CU_ASSERT_STRING_EQUAL(node_get(node_get(node_get(m, "m"), "z"), "deep")->text, "4");
    CU_ASSERT_EQUAL(node_get(m, "l")->n, 1);                               // lists are replaced
    CU_ASSERT_STRING_EQUAL(node_get(node_get(base, "m"), "y")->text, "2"); // base is as it was
    arena_free(&arena);
    diag_free(diag);
    diag = NULL;
}

UNIT_MAIN("yaml", {"keeps_places", keeps_places},
          {"an_empty_document_is_empty", an_empty_document_is_empty},
          {"crlf_changes_nothing", crlf_changes_nothing}, {"refuses", refuses},
          {"reports_every_duplicate_key", reports_every_duplicate_key},
          {"limits_depth", limits_depth}, {"merges", merges})
