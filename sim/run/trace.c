// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/trace.h"

#include "bgp/route.h"

#include <string.h>

struct flow *trace_flow(const struct world *w, int group, int service)
{
    for (uint32_t i = 0; i < traffic_flows(w->traffic); i++) {
        struct flow *f = traffic_flow(w->traffic, i);
        if (f->is.client_node == w->group_node[group] &&
            f->is.server == w->services[service].address)
            return f;
    }
    return NULL;
}

void trace_run(struct world *w, struct flow *f, int64_t timeout_ps, struct probe *out)
{
    int64_t end_ps = sim_now(w->sim) + timeout_ps;
    meter_watch_probe(w->meter, out);
    traffic_probe(f);
    while (!out->done && sim_now(w->sim) < end_ps)
        sim_run(w->sim, sim_now(w->sim) + PS_PER_MS);
}

// The port from one node to the next, for the delay of the line between them.
static const struct port *port_between(const struct world *w, uint32_t a, uint32_t b)
{
    const struct net_node *n = &w->net->nodes[a];
    for (uint32_t i = 0; i < n->nports; i++)
        if (w->net->ports[n->ports[i]]->to == b)
            return w->net->ports[n->ports[i]];
    return NULL;
}

static void print_hops(const struct world *w, const struct probe *p, FILE *out)
{
    int64_t start_ps = p->n ? p->hops[0].at_ps : 0;
    for (int i = 0; i < p->n; i++) {
        bool last_again = i && p->hops[i].node == p->hops[i - 1].node;
        const struct port *line =
            i && !last_again ? port_between(w, p->hops[i - 1].node, p->hops[i].node) : NULL;
        if (i == 0)
            fprintf(out, "there\n");
        else if (p->hops[i].back && !p->hops[i - 1].back)
            fprintf(out, "back\n");
        if (last_again && !(p->hops[i].back && !p->hops[i - 1].back))
            continue; // the end of the probe, at the hop already shown
        fprintf(out, "  %8.3f ms  %-32s", ps_to_ms(p->hops[i].at_ps - start_ps),
                w->net->nodes[p->hops[i].node].name);
        if (line) {
            int64_t rest_ps = p->hops[i].at_ps - p->hops[i - 1].at_ps - line->delay_ps;
            fprintf(out, "  line %.3f ms, queue and sending %.3f ms", ps_to_ms(line->delay_ps),
                    ps_to_ms(rest_ps));
        }
        fprintf(out, "%s\n", p->hops[i].tunnel ? "  [in tunnel]" : "");
    }
}

static void print_fate(const struct world *w, const struct probe *p, FILE *out)
{
    int pop = meter_pop_of(w->meter, p->entry);
    if (!p->done)
        fprintf(out, "no answer within the timeout\n");
    else if (p->lost)
        fprintf(out, "lost at %s: %s (%s)\n",
                p->n ? w->net->nodes[p->hops[p->n - 1].node].name : "its source",
                fwd_drop_name(p->reason), fwd_drop_meaning(p->reason));
    else
        fprintf(out, "answered after %.3f ms\n",
                ps_to_ms(p->hops[p->n - 1].at_ps - p->hops[0].at_ps));
    if (pop >= 0)
        fprintf(out, "POP of entry: %s\n", w->scenario->topology.pops[pop].name);
}

// Where packets do not follow the decision.
static void print_fib(const struct world *w, uint32_t router, struct prefix prefix, FILE *out)
{
    struct igp_backup b;
    if (!control_fib_behind(w->control, router, prefix))
        return;
    if (!control_rerouted(w->control, router, prefix, &b)) {
        fprintf(out, "  not in the forwarding table yet: packets still follow the entry before\n");
        return;
    }
    fprintf(out, "  fast reroute: packets are sent over %s", w->net->links[b.link].name);
    for (uint32_t i = 0; i < b.nsegments; i++)
        fprintf(out, "%s%s", i ? ", " : " in a tunnel to ",
                control_router(w->control, b.segments[i].router)->name);
    fprintf(out, " until the new route is in the forwarding table\n");
}

// The decisions on the way: at the first router, and wherever the packet leaves a network.
static void print_decisions(const struct world *w, const struct probe *p, struct prefix prefix,
                            bool back, FILE *out)
{
    uint32_t before = CONTROL_NO_ROUTER;
    bool first = true;
    for (int i = 0; i < p->n; i++) {
        uint32_t router = control_router_of_node(w->control, p->hops[i].node);
        if (p->hops[i].back != back || p->hops[i].tunnel || router == CONTROL_NO_ROUTER)
            continue;
        const struct control_router *r = control_router(w->control, router);
        if (r->bgp.asn == 0)
            continue;
        const struct bgp_route *best = control_best(w->control, router, prefix);
        bool leaves = best && best->source == BGP_SOURCE_EBGP;
        if ((first || leaves || !best) && router != before) {
            fputc('\n', out);
            control_explain(w->control, router, prefix, out);
            print_fib(w, router, prefix, out);
        }
        first = false;
        before = router;
    }
}

void trace_print(const struct world *w, int group, int service, const struct probe *p, FILE *out)
{
    char name[128], text[PREFIX_TEXT];
    const struct service *s = &w->scenario->services[service];
    fprintf(out, "%s to %s (%s) at %.3f s\n\n",
            scenario_group_name(w->scenario, group, name, sizeof name), s->name,
            prefix_print(s->prefix, text),
            ps_to_s((p->n ? p->hops[0].at_ps : sim_now(w->sim)) - w->epoch_ps));
    print_hops(w, p, out);
    fputc('\n', out);
    print_fate(w, p, out);
    double now_s = ps_to_s(sim_now(w->sim) - w->epoch_ps);
    fprintf(out, "\nwhy there: routes to the service as of %.3f s\n", now_s);
    print_decisions(w, p, s->prefix, false, out);
    fprintf(out, "\nwhy back: routes to the client as of %.3f s\n", now_s);
    print_decisions(w, p, w->group_prefix[group], true, out);
}
