// SPDX-License-Identifier: GPL-3.0-or-later
// Prints schema tables as JSON Schema (draft 2020-12), for editors and for other programs.
#include "scenario/scenario.h"
#include "scenario/scenario_schema.h"
#include "scenario/topology_schema.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define ONE_NAME     "[A-Za-z0-9_\\u0080-\\uffff][A-Za-z0-9_\\u0080-\\uffff-]{0,63}"
#define NAME_PATTERN "^" ONE_NAME "$"
#define PAIR_PATTERN "^" ONE_NAME "(/" ONE_NAME ")?$"

static json_t *text(const char *s)
{
    return json_string(s);
}

static json_t *typed(const char *type)
{
    json_t *o = json_object();
    json_object_set_new(o, "type", text(type));
    return o;
}

static json_t *any_of(json_t *a, json_t *b)
{
    json_t *o = json_object(), *list = json_array();
    json_array_append_new(list, a);
    json_array_append_new(list, b);
    json_object_set_new(o, "anyOf", list);
    return o;
}

static json_t *pattern_schema(const char *pattern)
{
    json_t *o = typed("string");
    json_object_set_new(o, "pattern", text(pattern));
    return o;
}

static json_t *name_schema(void)
{
    return pattern_schema(NAME_PATTERN);
}

static json_t *enum_schema(const char *const *names, int n)
{
    json_t *o = json_object(), *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, text(names[i]));
    json_object_set_new(o, "enum", list);
    return o;
}

// Editors read `yes` as text or as a truth value, depending on their YAML version.
static json_t *bool_schema(void)
{
    static const char *const words[] = {"yes", "no", "on", "off", "true", "false"};
    json_t *o = enum_schema(words, 6);
    json_array_append_new(json_object_get(o, "enum"), json_true());
    json_array_append_new(json_object_get(o, "enum"), json_false());
    return o;
}

// A number with one of the kind's units, or a plain 0.
static json_t *unit_schema(enum unit_kind kind)
{
    char pattern[300] = "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+) *(", names[128], *save = NULL;
    snprintf(names, sizeof names, "%s", unit_names(kind));
    for (char *s = strtok_r(names, ", ", &save), *first = s; s; s = strtok_r(NULL, ", ", &save)) {
        size_t n = strlen(pattern);
        snprintf(pattern + n, sizeof pattern - n, "%s%s", s == first ? "" : "|", s);
    }
    size_t n = strlen(pattern);
    snprintf(pattern + n, sizeof pattern - n, ")$");
    json_t *o = typed("string"), *zero = json_object();
    json_object_set_new(o, "pattern", text(pattern));
    json_object_set_new(zero, "const", json_integer(0));
    return any_of(o, zero);
}

static json_t *number_schema(const struct schema_field *f)
{
    bool whole = f->type != SCHEMA_DECIMAL && f->type != SCHEMA_FACTOR;
    json_t *o = typed(whole ? "integer" : "number");
    if (f->max == 0 && f->min == 0) {
        json_object_set_new(o, "minimum", json_integer(0));
        return o;
    }
    json_object_set_new(o, "minimum",
                        whole ? json_integer(f->min) : json_real((double)f->min / 1e6));
    if (f->max != 0 && f->max != INT64_MAX)
        json_object_set_new(o, "maximum",
                            whole ? json_integer(f->max) : json_real((double)f->max / 1e6));
    return o;
}

static json_t *table_schema(const struct schema_table *t, json_t *defs);

// A reference to the table's definition, which is added when it is new.
static json_t *reference(const struct schema_table *t, json_t *defs)
{
    char path[80];
    json_t *o = json_object();
    snprintf(path, sizeof path, "#/$defs/%s", t->name);
    json_object_set_new(o, "$ref", text(path));
    if (!json_object_get(defs, t->name)) {
        json_object_set_new(defs, t->name, json_null()); // a place, in the order of mention
        json_object_set_new(defs, t->name, table_schema(t, defs));
    }
    return o;
}

static json_t *list_of(json_t *items)
{
    json_t *o = typed("array");
    json_object_set_new(o, "items", items);
    return o;
}

static json_t *dict_of(json_t *values, bool two_parts)
{
    json_t *o = typed("object");
    json_object_set_new(o, "propertyNames",
                        pattern_schema(two_parts ? PAIR_PATTERN : NAME_PATTERN));
    json_object_set_new(o, "additionalProperties", values);
    return o;
}

// A CSV file, a list of rows, or a mapping.
static json_t *rows_schema(const struct schema_field *f, json_t *defs)
{
    json_t *item = reference(f->sub, defs);
    if (f->sub->fields[0].type == SCHEMA_NAME)
        item = any_of(item, name_schema());
    json_t *o = any_of(typed("string"), list_of(item));
    json_array_append_new(json_object_get(o, "anyOf"),
                          f->alt ? reference(f->alt, defs) : dict_of(typed("object"), false));
    return o;
}

static json_t *partial_schema(const struct schema_table *whole)
{
    json_t *keys = json_array(), *names = json_object(), *o = typed("object");
    for (int i = 0; i < whole->n; i++)
        if (whole->fields[i].type != SCHEMA_PARTIAL)
            json_array_append_new(keys, text(whole->fields[i].key));
    json_object_set_new(names, "enum", keys);
    json_object_set_new(o, "propertyNames", names);
    return dict_of(o, false);
}

static json_t *value_schema(const struct schema_table *t, const struct schema_field *f,
                            json_t *defs)
{
    static const char *const off[] = {"off"};
    switch (f->type) {
    case SCHEMA_NAME:
        return name_schema();
    case SCHEMA_INT:
    case SCHEMA_DECIMAL:
    case SCHEMA_FACTOR:
        return number_schema(f);
    case SCHEMA_INT_WORD:
        return any_of(number_schema(f), enum_schema(f->names, f->nnames));
    case SCHEMA_RANGE:
        return any_of(number_schema(f), pattern_schema("^[0-9]+-[0-9]+$"));
    case SCHEMA_MAC:
        return pattern_schema("^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$");
    case SCHEMA_BOOL:
        return bool_schema();
    case SCHEMA_ENUM:
        return enum_schema(f->names, f->nnames);
    case SCHEMA_UNIT:
        return unit_schema(f->unit);
    case SCHEMA_UNIT_OFF: {
        json_t *o = unit_schema(f->unit), *list = json_object_get(o, "anyOf");
        json_array_append_new(list, enum_schema(off, 1));
        json_array_append_new(json_object_get(json_array_get(list, 2), "enum"), json_false());
        return o;
    }
    case SCHEMA_NAMES:
    case SCHEMA_HOSTS:
    case SCHEMA_NETS:
    case SCHEMA_PREFIXES:
        return any_of(typed("string"), list_of(typed("string")));
    case SCHEMA_SECTION:
    case SCHEMA_OPTIONAL:
    case SCHEMA_PATCH:
        return reference(f->sub, defs);
    case SCHEMA_DICT:
        return dict_of(reference(f->sub, defs), f->two_parts);
    case SCHEMA_BLOCKS:
        return dict_of(typed("string"), false);
    case SCHEMA_ROWS:
        return rows_schema(f, defs);
    case SCHEMA_LIST:
        return list_of(reference(f->sub, defs));
    case SCHEMA_PARTIAL:
        return partial_schema(t);
    default: // text, paths, notes, addresses, prefixes
        return typed("string");
    }
}

// "[a, b]" becomes a list, a whole number a number, anything else a text.
static json_t *example_value(const struct schema_field *f, const char *s)
{
    bool digits = s[strspn(s, "0123456789")] == '\0';
    if (f->type == SCHEMA_INT ||
        (digits && (f->type == SCHEMA_INT_WORD || f->type == SCHEMA_RANGE)))
        return json_integer(atoll(s));
    if (f->type == SCHEMA_DECIMAL || f->type == SCHEMA_FACTOR)
        return json_real(strtod(s, NULL));
    bool listed = f->type == SCHEMA_NAMES || f->type == SCHEMA_HOSTS || f->type == SCHEMA_NETS ||
                  f->type == SCHEMA_PREFIXES;
    if (!listed)
        return text(s);
    char copy[200], *save = NULL;
    json_t *list = json_array();
    snprintf(copy, sizeof copy, "%s", s);
    for (char *p = strtok_r(copy, "[], ", &save); p; p = strtok_r(NULL, "[], ", &save))
        json_array_append_new(list, text(p));
    return list;
}

static json_t *field_schema(const struct schema_table *t, const struct schema_field *f,
                            json_t *defs)
{
    json_t *o = value_schema(t, f, defs);
    json_object_set_new(o, "description", text(f->doc));
    if (f->fallback)
        json_object_set_new(o, "default", example_value(f, f->fallback));
    if (f->example) {
        json_t *list = json_array();
        json_array_append_new(list, example_value(f, f->example));
        json_object_set_new(o, "examples", list);
    }
    return o;
}

static json_t *table_schema(const struct schema_table *t, json_t *defs)
{
    json_t *o = typed("object"), *properties = json_object(), *required = json_array();
    for (int i = 0; i < t->n; i++) {
        const struct schema_field *f = &t->fields[i];
        json_object_set_new(properties, f->key, field_schema(t, f, defs));
        if (f->required)
            json_array_append_new(required, text(f->key));
    }
    json_object_set_new(o, "description", text(t->doc));
    json_object_set_new(o, "properties", properties);
    if (json_array_size(required))
        json_object_set_new(o, "required", required);
    else
        json_decref(required);
    json_object_set_new(o, "additionalProperties", json_false());
    return o;
}

void schema_print(const struct schema_table *t, const char *title, FILE *out)
{
    json_t *root = json_object(), *defs = json_object();
    json_object_set_new(root, "$schema", text("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(root, "title", text(title));
    json_t *table = table_schema(t, defs);
    json_object_update(root, table);
    json_decref(table);
    json_object_set_new(root, "$defs", defs);
    json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    putc('\n', out);
    json_decref(root);
}

bool schema_print_json(const char *which, FILE *out)
{
    if (strcmp(which, "scenario") == 0)
        schema_print(&scenario_table, "anysim scenario", out);
    else if (strcmp(which, "topology") == 0)
        schema_print(&topology_table, "anysim topology", out);
    else
        return false;
    return true;
}
