// SPDX-License-Identifier: GPL-3.0-or-later
// schema: what a mapping may contain, as tables, and one reader for all of them.
//
// A table lists keys with type, unit, range, default and a line of explanation. From it come the
// values in a struct (through offsets), every message about a wrong key or value, the columns of
// CSV files, and the JSON Schema that editors use: so these cannot disagree.
//
// The reader fills "raw" structs: names stay text with a place (`struct text`), and what they refer
// to is looked up later by the module that knows.
#ifndef ANYSIM_SCENARIO_SCHEMA_H
#define ANYSIM_SCENARIO_SCHEMA_H

#include "base/ip6.h"
#include "base/units.h"
#include "scenario/yaml.h"
#include <stddef.h>
#include <stdio.h>

enum schema_type {
    SCHEMA_TEXT,     // struct text: any text
    SCHEMA_NAME,     // struct text: letters, digits, '-' and '_'
    SCHEMA_PATH,     // struct text: a file, relative to the file that names it
    SCHEMA_NOTE,     // nothing: for the human reader (where a figure comes from)
    SCHEMA_INT,      // int64_t
    SCHEMA_DECIMAL,  // double; range in millionths
    SCHEMA_FACTOR,   // int64_t: a plain decimal number in millionths
    SCHEMA_BOOL,     // bool
    SCHEMA_ENUM,     // int: index into `names`
    SCHEMA_UNIT,     // int64_t in the unit's base
    SCHEMA_UNIT_OFF, // the same, or "off": 0
    SCHEMA_PREFIX,   // struct raw_prefix
    SCHEMA_INT_WORD, // int64_t: a whole number from 0 on, or word i of `names`: -1 - i
    SCHEMA_RANGE,    // struct raw_range: a whole number, or two as first-last
    SCHEMA_ADDRESS,  // struct raw_address, IPv4 or IPv6
    SCHEMA_HOSTS,    // struct raw_hosts: a list of addresses, or one
    SCHEMA_NETS, // struct raw_hosts: a list of addresses with the length of their network, or one
    SCHEMA_PREFIX6,  // struct raw_prefix6, IPv4 or IPv6
    SCHEMA_PREFIXES, // struct raw_prefixes: a list of those, or one
    SCHEMA_MAC,      // struct raw_mac
    SCHEMA_NAMES,    // struct texts: a list of names (references: any text), or one name
    SCHEMA_SECTION,  // the sub-table's struct, in place
    SCHEMA_OPTIONAL, // pointer to the sub-table's struct, NULL when absent
    SCHEMA_PATCH,    // const struct node *: a mapping of the sub-table that is read later
    SCHEMA_DICT,     // struct rows: mapping from a name to the sub-table
    SCHEMA_ROWS,     // struct rows: CSV file, list of mappings, or list of names (see `sub`)
    SCHEMA_LIST,     // struct rows: a list of mappings of the sub-table
    SCHEMA_BLOCKS,   // struct blocks: mapping from a name to lines of text
    SCHEMA_PARTIAL,  // nothing: mapping from a name to a part of this file (`variants`)
};

struct text {
    const char *s; // NULL: absent
    struct srcpos at;
};

struct texts {
    struct text *v;
    int n;
    struct srcpos at; // line 0: absent
};

struct raw_prefix {
    struct prefix p;
    struct srcpos at; // line 0: absent
};

struct raw_range {
    int64_t first, last;
    struct srcpos at; // line 0: absent
};

// IPv4 addresses are mapped ones (base/ip6.h).
struct raw_address {
    struct ip6_addr a;
    struct srcpos at; // line 0: absent
};

struct raw_host {
    struct ip6_addr a;
    uint8_t bits; // of its network, in the address's own family
    struct srcpos at;
};

struct raw_hosts {
    struct raw_host *v;
    int n;
    struct srcpos at; // line 0: absent
};

struct raw_prefix6 {
    struct prefix6 p;
    struct srcpos at; // line 0: absent
};

struct raw_prefixes {
    struct raw_prefix6 *v;
    int n;
    struct srcpos at; // line 0: absent
};

struct raw_mac {
    uint8_t mac[6];
    struct srcpos at; // line 0: absent
};

struct rows {
    void *v; // n of the sub-table's structs
    int n;
    struct srcpos at; // of the key; line 0: absent
};

struct raw_block {
    struct text name;
    struct text body; // `at`: of the first character
};

struct blocks {
    struct raw_block *v;
    int n;
    struct srcpos at; // of the key; line 0: absent
};

struct schema_field {
    const char *key;
    enum schema_type type;
    size_t offset;
    size_t place; // offset of a struct srcpos for the value, or 0
    enum unit_kind unit;
    int64_t min, max; // both 0: no limit above, not below 0
    const char *const *names;
    int nnames;
    const struct schema_table *sub;
    bool required;
    const char *fallback; // default, as written; NULL: the value stays as it is
    const char *doc;
    const char *example;
    const struct schema_table *alt; // SCHEMA_ROWS: a mapping of this table is allowed too …
    size_t alt_offset;              // … and goes to this pointer to its struct
    bool two_parts;                 // SCHEMA_DICT: an entry's name may be NAME/NAME
};

struct schema_table {
    const char *name; // "network"; the name of the definition in the JSON Schema
    const char *doc;
    const struct schema_field *fields;
    int n;
    size_t size;  // of the struct
    size_t place; // offset of its struct srcpos
    // A key that is read before all others and, when it is given, has `preset` set some of those:
    const char *preset_key; // NULL: none
    void (*preset)(void *out);
    size_t name_offset;         // SCHEMA_DICT: struct text for the entry's name
    void (*prepare)(void *out); // sets values that mean "absent"; may be NULL
};

#define SCHEMA_FIELDS(array) .fields = (array), .n = (int)(sizeof(array) / sizeof((array)[0]))

// Reads mapping `n` into `out` (zeroed first, then defaults). Diagnostics tell about unknown and
// missing keys and wrong values; `where` names the mapping in them ("" for the file itself).
void schema_read(struct input *in, const struct schema_table *t, const struct node *n,
                 const char *where, void *out);

// Reads only the keys that are there, over what `out` holds.
void schema_patch(struct input *in, const struct schema_table *t, const struct node *n,
                  const char *where, void *out);

// One quantity. False after a diagnostic that calls the value `what`. `f` gives unit and range.
bool schema_quantity(struct diag *d, const struct schema_field *f, const char *what,
                     const struct text *value, int64_t *out);

// "did you mean 'x'?" or, when nothing is near and few are known, "known: a, b, c"; or NULL.
const char *schema_hint(struct arena *a, const char *word, const char *const *known, size_t n);

// Is `key` a key of the table?
bool schema_has(const struct schema_table *t, const char *key);

// JSON Schema (draft 2020-12) of files whose top level is `t`.
void schema_print(const struct schema_table *t, const char *title, FILE *out);

// A page of Markdown about such files: a section for each table that `t` leads to, in the order of
// mention, a line for each key. `which`: the argument of "anysim schema" that prints it.
void schema_print_reference(const struct schema_table *t, const char *title, const char *which,
                            FILE *out);

#endif
