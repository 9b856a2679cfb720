// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/attr.h"
#include "bgp/neighbour.h"
#include "report/json.h"
#include "report/trace.h"

static json_t *milliseconds(int64_t t_ps)
{
    return json_real_or_null(ps_to_ms(t_ps), 6);
}

static json_t *hop_json(const struct trace_hop *h)
{
    json_t *o = json_object();
    json_object_set_new(o, "node", json_string(h->node));
    json_object_set_new(o, "way", json_string(h->back ? "back" : "there"));
    json_object_set_new(o, "at_ms", milliseconds(h->at_ps));
    json_object_set_new(o, "line_ms", h->line_ps < 0 ? json_null() : milliseconds(h->line_ps));
    json_object_set_new(o, "queue_ms", h->line_ps < 0 ? json_null() : milliseconds(h->queue_ps));
    json_object_set_new(o, "tunnel", json_boolean(h->tunnel));
    return o;
}

static json_t *numbers(const uint32_t *v, uint32_t n)
{
    json_t *a = json_array();
    for (uint32_t i = 0; i < n; i++)
        json_array_append_new(a, json_integer(v[i]));
    return a;
}

static json_t *metric(uint32_t igp_metric)
{
    return igp_metric == UINT32_MAX ? json_null() : json_integer(igp_metric);
}

static json_t *address(ip4_addr a)
{
    char text[IP4_TEXT];
    return a ? json_string(ip4_print(a, text)) : json_null();
}

static json_t *candidate_json(const struct bgp_candidate *c)
{
    static const char *const sources[] = {"own", "ebgp", "ibgp"};
    const struct bgp_attr *a = c->route->attr;
    json_t *o = json_object();
    json_object_set_new(o, "from", json_string(c->from));
    json_object_set_new(o, "from_id", address(c->from_id));
    json_object_set_new(o, "from_address", address(c->from_address));
    json_object_set_new(o, "source", json_string(sources[c->route->source]));
    json_object_set_new(o, "next_hop", address(c->next_hop_name ? a->f.next_hop : 0));
    json_object_set_new(o, "next_hop_name", json_text_or_null(c->next_hop_name));
    json_object_set_new(o, "as_path", numbers(bgp_attr_path(a), a->npath));
    json_object_set_new(o, "as_path_length", json_integer(a->path_length));
    json_object_set_new(o, "local_pref", json_integer(a->f.local_pref));
    json_object_set_new(o, "weight", json_integer(a->f.weight));
    json_object_set_new(o, "origin", json_integer(a->f.origin));
    json_object_set_new(o, "med", a->f.has_med ? json_integer(a->f.med) : json_null());
    json_object_set_new(o, "igp_metric", metric(c->route->igp_metric));
    json_object_set_new(o, "aigp",
                        a->f.has_aigp ? json_integer((json_int_t)a->f.aigp) : json_null());
    json_object_set_new(o, "originator_id", address(a->f.originator_id));
    json_object_set_new(o, "cluster_list", numbers(bgp_attr_clusters(a), a->nclusters));
    json_object_set_new(o, "communities", numbers(bgp_attr_communities(a), a->ncommunities));
    json_object_set_new(o, "fate", json_string(bgp_fate_names[c->fate]));
    json_object_set_new(o, "shares", json_boolean(c->shares));
    if (c->fate == BGP_FATE_STEP) {
        json_object_set_new(o, "step", json_integer(c->step));
        json_object_set_new(o, "step_name", json_string(c->step_name));
        json_object_set_new(o, "lost", json_string(c->lost));
        json_object_set_new(o, "won", json_string(c->won));
    }
    return o;
}

static json_t *account_json(const struct bgp_account *a)
{
    char text[PREFIX_TEXT];
    json_t *o = json_object(), *candidates = json_array();
    for (uint32_t i = 0; i < a->n; i++)
        json_array_append_new(candidates, candidate_json(&a->v[i]));
    json_object_set_new(o, "router", json_string(a->router));
    json_object_set_new(o, "prefix", json_string(prefix_print(a->prefix, text)));
    json_object_set_new(o, "depends_on_order", json_boolean(a->depends_on_order));
    json_object_set_new(o, "candidates", candidates);
    return o;
}

struct decisions {
    json_t *array;
    const char *way;
};

static void add_decision(void *ctx, const struct bgp_account *a, const char *fib)
{
    struct decisions *d = ctx;
    json_t *o = account_json(a);
    json_object_set_new(o, "way", json_string(d->way));
    json_object_set_new(o, "fib", json_text_or_null(fib[0] ? fib : NULL));
    json_array_append_new(d->array, o);
}

// What an earlier trace is compared by, too.
static void add_request(json_t *o, const struct trace *t)
{
    json_t *hops = json_array();
    for (int i = 0; i < t->nhops; i++)
        json_array_append_new(hops, hop_json(&t->hops[i]));
    const struct probe *p = &t->probe;
    json_object_set_new(o, "at_s", json_real_or_null(ps_to_s(t->at_ps), 9));
    json_object_set_new(o, "answered", json_boolean(t->rtt_ps >= 0));
    json_object_set_new(o, "rtt_ms", t->rtt_ps >= 0 ? milliseconds(t->rtt_ps) : json_null());
    json_object_set_new(o, "drop",
                        p->done && p->lost ? json_string(fwd_drop_name(p->reason)) : json_null());
    json_object_set_new(
        o, "pop",
        json_text_or_null(t->pop >= 0 ? t->world->scenario->topology.pops[t->pop].name : NULL));
    json_object_set_new(o, "hops", hops);
}

// Routers whose best path to the service or the client is another one.
static json_t *changes_json(const struct trace *before, const struct trace *after)
{
    json_t *array = json_array();
    char text[PREFIX_TEXT];
    for (int back = 0; back < 2; back++)
        for (uint32_t r = 0; r < after->nrouters; r++) {
            if (strcmp(before->best[back][r], after->best[back][r]) == 0)
                continue;
            json_t *o = json_object();
            json_object_set_new(o, "router",
                                json_string(control_router(after->world->control, r)->name));
            json_object_set_new(o, "prefix",
                                json_string(prefix_print(trace_prefix(after, back), text)));
            json_object_set_new(o, "before", json_string(before->best[back][r]));
            json_object_set_new(o, "after", json_string(after->best[back][r]));
            json_array_append_new(array, o);
        }
    return array;
}

void trace_json(const struct trace *t, const struct trace *before, FILE *out)
{
    const struct scenario *s = t->world->scenario;
    char name[128], text[PREFIX_TEXT];
    json_t *o = json_object(), *decisions = json_array();
    json_object_set_new(o, "scenario", json_string(s->name));
    json_object_set_new(o, "variant", json_text_or_null(s->variant));
    json_object_set_new(o, "from",
                        json_string(scenario_group_name(s, t->group, name, sizeof name)));
    json_object_set_new(o, "to", json_string(s->services[t->service].name));
    json_object_set_new(o, "prefix", json_string(prefix_print(trace_prefix(t, false), text)));
    add_request(o, t);
    trace_decisions(t, false, add_decision, &(struct decisions){decisions, "there"});
    trace_decisions(t, true, add_decision, &(struct decisions){decisions, "back"});
    json_object_set_new(o, "decisions_at_s", json_real_or_null(ps_to_s(t->asof_ps), 9));
    json_object_set_new(o, "decisions", decisions);
    if (before) {
        json_t *then = json_object();
        add_request(then, before);
        json_object_set_new(o, "before", then);
        json_object_set_new(o, "changes", changes_json(before, t));
    }
    json_print(o, out);
    json_decref(o);
}

static void add_table(void *ctx, const struct bgp_account *a)
{
    json_array_append_new(ctx, account_json(a));
}

struct roster {
    json_t *array;
    int64_t zero_ps;
};

static json_t *last_word(const struct roster *r, const struct bgp_last_word *w)
{
    char text[BGP_NOTIFICATION_TEXT];
    if (w->what.error == BGP_ERROR_NONE)
        return json_null();
    json_t *o = json_object();
    json_object_set_new(o, "at_s", json_real_or_null(ps_to_s(w->at_ps - r->zero_ps), 9));
    json_object_set_new(o, "code", json_integer(w->what.error));
    json_object_set_new(o, "subcode", json_integer(w->what.subcode));
    json_object_set_new(o, "meaning", json_string(bgp_notification_text(&w->what, text)));
    json_object_set_new(o, "text", json_text_or_null(w->what.text));
    return o;
}

static void add_neighbour(void *ctx, const struct bgp_neighbour *n)
{
    const struct roster *r = ctx;
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(n->name));
    json_object_set_new(o, "asn", json_integer(n->asn));
    json_object_set_new(o, "address", address(n->address));
    json_object_set_new(o, "state", json_string(n->state));
    json_object_set_new(o, "since_s",
                        n->since_ps < 0 ? json_null()
                                        : json_real_or_null(ps_to_s(n->since_ps - r->zero_ps), 9));
    json_object_set_new(o, "prefixes", json_integer(n->prefixes));
    json_object_set_new(o, "shut_down", json_boolean(n->shut));
    json_object_set_new(o, "last_sent", last_word(r, &n->sent));
    json_object_set_new(o, "last_received", last_word(r, &n->received));
    json_array_append_new(r->array, o);
}

void glass_json(const struct world *w, uint32_t router, FILE *out)
{
    const struct control_router *r = control_router(w->control, router);
    char text[IP4_TEXT];
    json_t *o = json_object(), *table = json_array();
    bgp_account_all(control_bgp(w->control), router, add_table, table);
    json_object_set_new(o, "router", json_string(r->name));
    json_object_set_new(o, "asn", json_integer(r->bgp.asn));
    json_object_set_new(o, "router_id", json_string(ip4_print(r->loopback, text)));
    json_object_set_new(o, "at_s", json_real_or_null(ps_to_s(sim_now(w->sim) - w->epoch_ps), 9));
    json_object_set_new(o, "table", table);
    json_t *neighbours = json_array();
    bgp_neighbours(control_bgp(w->control), router, add_neighbour,
                   &(struct roster){neighbours, w->epoch_ps});
    json_object_set_new(o, "neighbours", neighbours);
    json_print(o, out);
    json_decref(o);
}
