// SPDX-License-Identifier: GPL-3.0-or-later
// The reference for people says of every key what the table says.
#include "scenario/scenario.h"
#include "scenario/schema.h"
#include "unit.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct inner {
    int64_t wait_ps;
};

static const struct schema_field inner_fields[] = {{.key = "wait",
                                                    .type = SCHEMA_UNIT_OFF,
                                                    .offset = offsetof(struct inner, wait_ps),
                                                    .unit = UNIT_TIME,
                                                    .max = PS_PER_S,
                                                    .fallback = "5ms",
                                                    .doc = "a | b < c, not_this `but_this`",
                                                    .example = "1ms"}};
static const struct schema_table inner_table = {
    .name = "inner", .doc = "inside", SCHEMA_FIELDS(inner_fields), .size = sizeof(struct inner)};
static const char *const colours[] = {"red", "green"};
static const struct schema_field outer_fields[] = {
    {.key = "count", .type = SCHEMA_INT, .required = true, .doc = "a count"},
    {.key = "digit", .type = SCHEMA_INT, .min = -1, .max = 9, .doc = "a digit"},
    {.key = "factor", .type = SCHEMA_FACTOR, .max = 2500000, .doc = "a factor"},
    {.key = "hue",
     .type = SCHEMA_INT_WORD,
     .max = 7,
     .names = colours,
     .nnames = 2,
     .doc = "a hue"},
    {.key = "one", .type = SCHEMA_SECTION, .sub = &inner_table, .doc = "one"},
    {.key = "many", .type = SCHEMA_DICT, .sub = &inner_table, .two_parts = true, .doc = "many"},
    {.key = "rows", .type = SCHEMA_LIST, .sub = &inner_table, .doc = "in order"}};
static const struct schema_table outer_table = {
    .name = "outer", .doc = "a test", SCHEMA_FIELDS(outer_fields), .size = sizeof(struct inner)};

static char *text;

static void has(const char *line)
{
    if (!strstr(text, line))
        fprintf(stderr, "missing: %s\n", line);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
}

static void a_key_has_a_line(void)
{
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    schema_print_reference(&outer_table, "Keys of a test", "test", f);
    fclose(f);
    has("# Keys of a test\n");
    has("\n## outer\nA test.\n\n| key |");
    has("\n| `count` | whole number | from 0 on | **required** | a count |  |\n");
    has("\n| `digit` | whole number | -1 to 9 |  | a digit |  |\n");
    has("\n| `factor` | number | 0 to 2.5 |  | a factor |  |\n");
    has("\n| `hue` | whole number, or a word | 0 to 7, `red`, `green` |  | a hue |  |\n");
    has("\n| `many` | mapping of name or name/name to [inner](#inner) |  |  | many |  |\n");
    has("\n## inner\nInside.\nValue of `one` in [outer](#outer), `many` in [outer](#outer), "
        "`rows` in [outer](#outer).\n");
    has("\n| `wait` | time, or `off` | 0 to 1s | `5ms` | a \\| b &lt; c, not\\_this `but_this` | "
        "`1ms` |\n");
    char *inner = strstr(text, "\n## inner\n");
    CU_ASSERT_PTR_NULL(strstr(inner + 1, "\n## inner\n")); // once, however many lead to it
    free(text);
}

static void files_of_each_kind_have_a_page(void)
{
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    CU_ASSERT_TRUE(schema_print_markdown("scenario", f));
    CU_ASSERT_TRUE(schema_print_markdown("topology", f));
    CU_ASSERT_FALSE(schema_print_markdown("nonsense", f));
    fclose(f);
    has("| `duration` | time | 1ms to ");
    has("\n## pop\n");
    free(text);
}

UNIT_MAIN("markdown", {"a_key_has_a_line", a_key_has_a_line},
          {"files_of_each_kind_have_a_page", files_of_each_kind_have_a_page})
