// SPDX-License-Identifier: GPL-3.0-or-later
// Routes in a CSV file, row by row: a full table of the Internet's is a million of them, so nothing
// is kept of a row but its route.
#include "forward/config_reader.h"

#include "base/csv.h"
#include "scenario/value.h"

#include <string.h>

enum { PREFIX, VIA, TUNNEL, ACTION, REJECT, COLUMNS };
static const char *const columns[COLUMNS] = {"prefix", "via", "tunnel", "action", "reject"};

static const char *const actions[] = {"blackhole"}; // what is local stands in the node's file
static const char *const rejects[] = {"net", "host", "prohibited"};

struct sheet {
    struct config_reader *r;
    struct csv csv;
    int column[COLUMNS]; // where it is; -1: nowhere
    struct table *seen;
    struct table ways; // groups by what `via` says
};

static const struct csv_cell *cell(const struct sheet *s, size_t row, int column)
{
    static const struct csv_cell absent = {"", {0}};
    return s->column[column] < 0 ? &absent : csv_at(&s->csv, row, (size_t)s->column[column]);
}

static bool check_head(struct sheet *s, const char *path)
{
    struct input *in = s->r->in;
    bool good = true;
    for (int i = 0; i < COLUMNS; i++)
        s->column[i] = csv_column(&s->csv, columns[i]);
    for (size_t c = 0; c < s->csv.ncol; c++) {
        bool known = false;
        for (int i = 0; i < COLUMNS; i++)
            known |= strcmp(s->csv.head[c].text, columns[i]) == 0;
        if (!known)
            diag_error(in->d, s->csv.head[c].at,
                       schema_hint(in->a, s->csv.head[c].text, columns, COLUMNS),
                       "unknown column '%s'", s->csv.head[c].text);
        good &= known;
    }
    if (s->column[PREFIX] < 0)
        diag_error(in->d, (struct srcpos){path, s->csv.head[0].at.line, 1, 1}, NULL,
                   "missing column 'prefix'");
    return good && s->column[PREFIX] >= 0;
}

// The group that a cell names: a group, or next hops with spaces between them.
static int read_via(struct sheet *s, const struct csv_cell *c)
{
    struct input *in = s->r->in;
    uint64_t known;
    if (table_get_name(&s->ways, c->text, &known))
        return (int)known;
    struct texts via = {.at = c->at};
    char *words = arena_strdup(in->a, c->text), *rest = words;
    struct text *v = arena_array(in->a, struct text, strlen(words) / 2 + 1);
    via.v = v;
    for (char *word; (word = strtok_r(rest, " ", &rest));)
        v[via.n++] = (struct text){word, c->at};
    int group = config_read_via(s->r, &via);
    if (group >= 0)
        table_put_name(&s->ways, c->text, (uint64_t)group);
    return group;
}

// Which of a few words a cell is, or -1 after a diagnostic.
static int read_word(struct sheet *s, const struct csv_cell *c, int column,
                     const char *const *words, size_t n)
{
    struct input *in = s->r->in;
    for (size_t i = 0; i < n; i++)
        if (strcmp(c->text, words[i]) == 0)
            return (int)i;
    diag_error(in->d, c->at, schema_hint(in->a, c->text, words, n), "unknown %s '%s'",
               columns[column], c->text);
    return -1;
}

// What the route does. False after a diagnostic.
static bool read_action(struct sheet *s, size_t row, struct config_route *out)
{
    int way = 0, ways = 0;
    for (int i = VIA; i < COLUMNS; i++)
        if (cell(s, row, i)->text[0]) {
            way = i;
            ways++;
        }
    if (ways != 1) {
        diag_error(s->r->in->d, cell(s, row, PREFIX)->at, NULL,
                   "a route has exactly one of via, tunnel, action and reject, found %d", ways);
        return false;
    }
    const struct csv_cell *c = cell(s, row, way);
    struct text name = {c->text, c->at};
    if (way == VIA) {
        out->action = FWD_ACT_FORWARD;
        out->argument = read_via(s, c);
    } else if (way == TUNNEL) {
        out->action = FWD_ACT_TUNNEL;
        out->argument = names_find(&s->r->tunnels, s->r->in, &name, "tunnel", "");
    } else if (way == REJECT) {
        out->action = FWD_ACT_REJECT;
        out->argument = read_word(s, c, way, rejects, 3);
    } else {
        out->action = FWD_ACT_BLACKHOLE;
        out->argument = read_word(s, c, way, actions, 1);
    }
    return out->argument >= 0;
}

static void check_prefix(struct sheet *s, const struct raw_prefix6 *p)
{
    char buf[PREFIX6_TEXT];
    int first = config_first_line(s->seen, p->p, -p->at.line);
    if (first)
        diag_error(s->r->in->d, p->at, NULL, "'%s' is a route twice, first on line %d of %s",
                   ip_prefix_print(p->p, buf), first < 0 ? -first : first,
                   first < 0 ? p->at.file : s->r->out->file);
    config_check_connected(s->r, p);
    config_check_unicast(s->r, p);
}

static void read_row(struct sheet *s, size_t row)
{
    static const struct schema_field field = {.key = "prefix", .type = SCHEMA_PREFIX6};
    struct config *c = s->r->out;
    const struct csv_cell *at = cell(s, row, PREFIX);
    struct raw_prefix6 prefix = {0};
    struct text text = {at->text, at->at};
    value_read_address(s->r->in, &field, "prefix", &text, &prefix);
    if (prefix.at.line == 0)
        return; // that has been reported
    check_prefix(s, &prefix);
    struct config_route route = {.prefix = prefix.p};
    if (read_action(s, row, &route))
        c->routes[c->nroutes++] = route;
}

void config_read_table(struct config_reader *r, struct table *seen)
{
    const struct text *name = &r->raw.routes_file;
    struct sheet s = {.r = r, .seen = seen};
    size_t len = 0;
    if (!name->s)
        return;
    const char *path = r->out->routes_file = input_path(r->in, r->out->file, name->s);
    const char *text = input_read(r->in, path, name->at, CSV_FILE_MAX, &len);
    if (!text)
        return;
    bool whole = csv_read_text(r->in->a, r->in->d, path, text, len, &s.csv);
    if (s.csv.ncol == 0 || !check_head(&s, path) || !whole)
        return;
    struct config_route *all =
        arena_array(r->in->a, struct config_route, (size_t)r->out->nroutes + s.csv.nrow);
    for (int i = 0; i < r->out->nroutes; i++)
        all[i] = r->out->routes[i];
    r->out->routes = all;
    table_init(&s.ways);
    for (size_t row = 0; row < s.csv.nrow; row++)
        read_row(&s, row);
    table_free(&s.ways);
}
