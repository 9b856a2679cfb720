// SPDX-License-Identifier: GPL-3.0-or-later
// The forms in which BIRD, FRR and the simulator print a table, all turned into lab.h's.
#include "lab.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lines_add(struct lines *l, const char *fmt, ...)
{
    va_list ap;
    char *line;
    va_start(ap, fmt);
    if (vasprintf(&line, fmt, ap) < 0)
        abort();
    va_end(ap);
    vec_push(l, line);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *lines_join(struct lines *l)
{
    size_t size = 1;
    for (size_t i = 0; i < l->n; i++)
        size += strlen(l->v[i]) + 1;
    char *text = xmalloc(size), *end = text;
    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, by_text);
    *end = '\0';
    for (size_t i = 0; i < l->n; i++) {
        end += sprintf(end, "%s\n", l->v[i]);
        free(l->v[i]);
    }
    vec_free(l);
    return text;
}

// --- BIRD: `show route primary all` over its control socket

struct bird_route {
    char prefix[32], path[512], next_hop[32], from[32], via[32];
    unsigned long local_pref, med;
    bool own;
};

static void bird_flush(struct lines *l, struct bird_route *r)
{
    if (r->prefix[0] && r->own)
        lines_add(l, "%s own", r->prefix);
    else if (r->prefix[0])
        lines_add(l, "%s %s%svia %s from %s pref %lu med %lu", r->prefix, r->path,
                  r->path[0] ? " " : "", r->next_hop, r->from[0] ? r->from : r->via, r->local_pref,
                  r->med);
    *r = (struct bird_route){.own = false};
}

// The simulator prints no parentheses around the members of a confederation.
static void drop_parentheses(char *path)
{
    char *to = path;
    for (const char *from = path; *from; from++)
        if (*from != '(' && *from != ')')
            *to++ = *from;
    *to = '\0';
}

static void bird_line(struct lines *l, struct bird_route *r, const char *line)
{
    const char *from = strstr(line, " from ");
    if (line[0] != '\t' && line[0] != ' ' && strchr(line, '/') && strchr(line, '[')) {
        bird_flush(l, r);
        sscanf(line, "%31s", r->prefix);
        if (from)
            sscanf(from, " from %31[0-9.]", r->from);
    } else if (strncmp(line, "\tType: static", 13) == 0) {
        r->own = true;
    } else if (strncmp(line, "\tBGP.as_path: ", 14) == 0) {
        snprintf(r->path, sizeof r->path, "%s", line + 14);
        drop_parentheses(r->path);
    } else if (strncmp(line, "\tBGP.local_pref: ", 17) == 0) {
        r->local_pref = strtoul(line + 17, NULL, 10);
    } else if (strncmp(line, "\tBGP.med: ", 10) == 0) {
        r->med = strtoul(line + 10, NULL, 10);
    } else if (strncmp(line, "\tBGP.next_hop: ", 15) == 0) {
        sscanf(line + 15, "%31s", r->next_hop);
    } else if (strncmp(line, "\tvia ", 5) == 0 && !r->via[0]) {
        sscanf(line + 5, "%31s", r->via);
    }
}

// Each line begins with a code and '-' or ' ', or with a blank: the code of the line before.
char *bird_routes(const char *answer)
{
    struct lines l = {0};
    struct bird_route r = {.own = false};
    char *copy = strdup(answer), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        size_t digits = strspn(line, "0123456789");
        if (digits == 4 && (line[4] == '-' || line[4] == ' ')) {
            if (strncmp(line, "1007", 4) != 0 && strncmp(line, "1008", 4) != 0 &&
                strncmp(line, "1012", 4) != 0)
                continue;
            line += 5;
        } else if (line[0] == ' ') {
            line++;
        }
        bird_line(&l, &r, line);
    }
    bird_flush(&l, &r);
    free(copy);
    return lines_join(&l);
}

// --- FRR: `show bgp ipv4 unicast json`

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "";
}

static long long number_of(const json_t *o, const char *key)
{
    return (long long)json_integer_value(json_object_get(o, key)); // 0: absent
}

static void frr_route(struct lines *l, const char *prefix, const json_t *path)
{
    char as_path[512];
    snprintf(as_path, sizeof as_path, "%s", text_of(path, "path"));
    drop_parentheses(as_path);
    const json_t *next_hop = json_array_get(json_object_get(path, "nexthops"), 0);
    if (json_is_true(json_object_get(path, "sourced")) ||
        strcmp(text_of(path, "peerId"), "(unspec)") == 0)
        lines_add(l, "%s own", prefix);
    else
        lines_add(l, "%s %s%svia %s from %s pref %lld med %lld", prefix, as_path,
                  as_path[0] ? " " : "", text_of(next_hop, "ip"), text_of(path, "peerId"),
                  number_of(path, "locPrf"), number_of(path, "metric"));
}

char *frr_routes(const char *answer)
{
    struct lines l = {0};
    const char *prefix;
    json_t *all = json_loads(answer, 0, NULL), *paths, *path;
    size_t i;
    if (!all)
        return NULL;
    json_object_foreach(json_object_get(all, "routes"), prefix, paths)
    {
        json_array_foreach(paths, i, path)
        {
            if (json_is_true(json_object_get(path, "bestpath")))
                frr_route(&l, prefix, path);
        }
    }
    json_decref(all);
    return lines_join(&l);
}

// --- the simulator: `anysim export --format routes`

static void expected_route(struct lines *l, const json_t *route)
{
    char as_path[512] = "";
    size_t used = 0, i;
    json_t *as;
    json_array_foreach(json_object_get(route, "as_path"), i, as)
    {
        used += (size_t)snprintf(as_path + used, sizeof as_path - used, "%lld ",
                                 (long long)json_integer_value(as));
    }
    if (strcmp(text_of(route, "source"), "own") == 0)
        lines_add(l, "%s own", text_of(route, "prefix"));
    else
        lines_add(l, "%s %svia %s from %s pref %lld med %lld", text_of(route, "prefix"), as_path,
                  text_of(route, "next_hop"), text_of(route, "from_address"),
                  number_of(route, "local_pref"), number_of(route, "med"));
}

char *expected_routes(const json_t *json, const char *host)
{
    struct lines l = {0};
    const json_t *routers = json_object_get(json, "routers");
    json_t *router, *route;
    size_t i, k;
    json_array_foreach(routers, i, router)
    {
        if (strcmp(text_of(router, "host"), host) != 0)
            continue;
        json_array_foreach(json_object_get(router, "routes"), k, route)
        {
            expected_route(&l, route);
        }
        return lines_join(&l);
    }
    return NULL;
}
