// SPDX-License-Identifier: GPL-3.0-or-later
#include "ready.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Lines of `answer` for which `is` holds.
static int count(const char *answer, bool (*is)(const char *line))
{
    int n = 0;
    char *copy = strdup(answer), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        n += is(line);
    free(copy);
    return n;
}

// "1002-name       BGP        ---        up     12:00:00.000  Established   "
static bool is_down(const char *line)
{
    char kind[16];
    return sscanf(line, "%*s %15s", kind) == 1 && strcmp(kind, "BGP") == 0 &&
           !strstr(line, " Established");
}

int ready_bird_sessions(const char *answer)
{
    return count(answer, is_down);
}

int ready_frr_sessions(const char *answer)
{
    int n = 0;
    const char *name;
    json_t *all = json_loads(answer, 0, NULL), *peer;
    json_object_foreach(json_object_get(all, "peers"), name, peer)
    {
        const char *state = json_string_value(json_object_get(peer, "state"));
        n += !state || strcmp(state, "Established") != 0;
    }
    json_decref(all);
    return n;
}

// " 10.1.0.1 invalid, #paths 67, peer 10.1.0.1"
static bool is_unresolved(const char *line)
{
    int paths;
    return sscanf(line, " %*s invalid, #paths %d", &paths) == 1 && paths > 0;
}

int ready_frr_next_hops(const char *answer)
{
    return count(answer, is_unresolved);
}

// "10.1.0.2  1  Full/PtP  …" of BIRD (with tabs), "10.1.0.2  1 Full/-  …" of ospfd and
// " host  eth1  2  Up  27  …" of isisd
static bool is_adjacent(const char *line)
{
    return strstr(line, "Full/") || strstr(line, " Up ");
}

int ready_adjacencies(const char *answer)
{
    return count(answer, is_adjacent);
}

static int adjacencies(struct lab *l, size_t router)
{
    int n = 0;
    if (l->routers[router].daemon == LAB_BIRD) {
        char *answer = lab_ask(l, router, LAB_BGP, "show ospf neighbors");
        n = answer ? ready_adjacencies(answer) : 0;
        free(answer);
        return n;
    }
    char *ospf = lab_ask(l, router, LAB_OSPF, "show ip ospf neighbor");
    char *isis = lab_ask(l, router, LAB_ISIS, "show isis neighbor");
    n = (ospf ? ready_adjacencies(ospf) : 0) + (isis ? ready_adjacencies(isis) : 0);
    free(ospf);
    free(isis);
    return n;
}

static void ask(struct lab *l, size_t router, struct ready *missing)
{
    const struct lab_router *r = &l->routers[router];
    bool bird = r->daemon == LAB_BIRD;
    char *sessions =
        lab_ask(l, router, LAB_BGP, bird ? "show protocols" : "show bgp ipv4 unicast summary json");
    char *next_hops = bird ? NULL : lab_ask(l, router, LAB_BGP, "show bgp nexthop");
    if (!sessions || (!bird && !next_hops))
        missing->silent++;
    if (sessions)
        missing->sessions += bird ? ready_bird_sessions(sessions) : ready_frr_sessions(sessions);
    if (next_hops)
        missing->next_hops += ready_frr_next_hops(next_hops);
    int up = r->adjacencies ? adjacencies(l, router) : 0;
    if (up < r->adjacencies)
        missing->adjacencies += r->adjacencies - up;
    free(sessions);
    free(next_hops);
}

static bool complete(const struct ready *m)
{
    return !m->silent && !m->sessions && !m->next_hops && !m->adjacencies;
}

bool ready(struct lab *l, struct ready *missing)
{
    *missing = (struct ready){0};
    for (size_t i = 0; i < l->n; i++) {
        bool before = complete(missing);
        ask(l, i, missing);
        if (before && !complete(missing))
            snprintf(missing->host, sizeof missing->host, "%s", l->routers[i].host);
    }
    return complete(missing);
}
