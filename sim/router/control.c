// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"
#include "bgp/route.h"
#include "router/pathlist.h"
#include "router/reroute.h"

#include <stdlib.h>

// LSAs lost on a link that was cut unnoticed are sent again (RFC 2328 §C.3, RxmtInterval).
#define RETRANSMIT_PS (5 * PS_PER_S)

// --- what the protocols ask for

static int64_t env_link_delay(void *ctx, uint32_t router, uint32_t link)
{
    const struct control *c = ctx;
    const struct port *p = c->net->ports[control_port(c, router, link)];
    return p->alive ? p->delay_ps : -1;
}

static int64_t env_path_delay(void *ctx, uint32_t a, uint32_t b, int32_t link)
{
    return transport_delay_ps(ctx, a, b, link);
}

static uint32_t env_path_loss(void *ctx, uint32_t a, uint32_t b, int32_t link)
{
    return transport_loss_ppm(ctx, a, b, link);
}

static uint32_t env_nexthop_metric(void *ctx, uint32_t router, ip4_addr nexthop)
{
    const struct control *c = ctx;
    const struct router *r = c->routers.v[router];
    uint64_t where;
    if (!table_get(&c->address, &nexthop, sizeof nexthop, &where))
        return IGP_UNREACHABLE;
    if (where >> 32)
        return 0; // directly connected; the session's own fate decides
    if (c->routers.v[where]->igp != r->igp)
        return IGP_UNREACHABLE;
    return igp_metric(r->igp, router, (uint32_t)where);
}

// --- what the protocols tell

static void take_over(struct sim *sim, struct timer *t)
{
    struct router *r = t->owner;
    (void)sim;
    if (r->is.bgp.asn)
        bgp_nexthops_changed(r->control->bgp, r->index);
    download_queue_changed(r);
}

// RFC 8333: a router that has lost a link of its own, and knows of no other change, lets the others
// go first; any other news ends the wait.
static void env_routes_changed(void *ctx, uint32_t router)
{
    struct control *c = ctx;
    struct router *r = c->routers.v[router];
    int64_t wait_ps = c->networks.v[r->is.network].is.microloop_ps;
    if (c->on_routes)
        c->on_routes(c->on_routes_ctx, router);
    if (wait_ps > 0 && !timer_armed(&r->wait) && igp_one_link_down(r->igp, router)) {
        timer_set(c->sim, &r->wait, sim_now(c->sim) + wait_ps);
        return;
    }
    timer_cancel(&r->wait);
    take_over(c->sim, &r->wait);
}

static void env_best_changed(void *ctx, uint32_t router, struct prefix p,
                             const struct bgp_route *best)
{
    struct control *c = ctx;
    (void)best; // looked up again when it is downloaded
    if (!c->routers.v[router]->keeps_forwarding)
        download_queue(c->routers.v[router], control_prefix_id(c, p));
}

void control_reacted(struct control *c)
{
    if (c->first_reaction_ps == TIME_NEVER)
        c->first_reaction_ps = sim_now(c->sim);
}

static void env_session_changed(void *ctx, uint32_t a, uint32_t b, bool up, const char *why)
{
    struct control *c = ctx;
    (void)why;
    if (up || !c->routers.v[a]->up) // a router that dies notices nothing
        return;
    control_reacted(c);
    for (size_t i = 0; i < c->links.n; i++) { // a session over a link tells of the link
        struct control_link *l = c->links.v[i];
        for (int end = 0; l && l->kind == LINK_EBGP && end < 2; end++)
            if (l->ends[end].router == a && l->ends[!end].router == b)
                l->noticed_ps[end] = sim_now(c->sim);
    }
}

static void env_heard(void *ctx, const struct bgp_peer *by, const struct bgp_message *m)
{
    const struct control *c = ctx;
    if (c->heard)
        c->heard(c->heard_ctx, by, m);
}

// A router that kept forwarding through a restart of its BGP process follows its RIBs again.
static void env_selection_done(void *ctx, uint32_t router)
{
    struct control *c = ctx;
    c->routers.v[router]->keeps_forwarding = false;
    download_queue_changed(c->routers.v[router]);
}

static void noticed(void *ctx, const struct liveness *l, bool up, const char *why)
{
    struct control *c = ctx;
    struct control_link *link = c->links.v[l->link];
    struct router *r = c->routers.v[l->router];
    if (!r->up)
        return;
    if (!up) {
        control_reacted(c);
        link->noticed_ps[l == &link->ends[1]] = sim_now(c->sim);
    }
    if (c->on_link)
        c->on_link(c->on_link_ctx, l->router, l->link, up);
    if (link->kind == LINK_IGP) {
        if (up)
            reroute_link_back(r);
        else
            reroute_link_lost(r, l->link);
        igp_adjacency(r->igp, l->router, l->link, up);
    } else if (up) {
        bgp_link_up(c->bgp, l->router, (int32_t)l->link);
    } else {
        pathlist_link_lost(r);
        bgp_link_down(c->bgp, l->router, (int32_t)l->link, why);
    }
}

// --- building

struct control *control_new(struct sim *sim, struct net *net)
{
    struct control *c = xcalloc(1, sizeof *c);
    c->sim = sim;
    c->net = net;
    c->first_reaction_ps = TIME_NEVER;
    table_init(&c->prefix_id);
    table_init(&c->address);
    struct bgp_env env = {.ctx = c,
                          .path_delay_ps = env_path_delay,
                          .path_loss_ppm = env_path_loss,
                          .nexthop_metric = env_nexthop_metric,
                          .best_changed = env_best_changed,
                          .session_changed = env_session_changed,
                          .heard = env_heard,
                          .selection_done = env_selection_done};
    c->bgp = bgp_new(sim, &env);
    return c;
}

void control_free(struct control *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->routers.n; i++) {
        reroute_free(c->routers.v[i]);
        pathlist_free(c->routers.v[i]);
        announcement_free(c->routers.v[i]);
        download_free(c->routers.v[i]);
        free(c->routers.v[i]);
    }
    for (size_t i = 0; i < c->links.n; i++) {
        if (!c->links.v[i])
            continue;
        liveness_free(&c->links.v[i]->ends[0]);
        liveness_free(&c->links.v[i]->ends[1]);
        free(c->links.v[i]);
    }
    for (size_t i = 0; i < c->networks.n; i++) {
        igp_free(c->networks.v[i].igp);
        vec_free(&c->networks.v[i].routers);
    }
    multihop_free(c);
    bgp_free(c->bgp);
    vec_free(&c->networks);
    vec_free(&c->routers);
    vec_free(&c->links);
    vec_free(&c->sessions);
    vec_free(&c->router_of_node);
    vec_free(&c->prefixes);
    table_free(&c->prefix_id);
    table_free(&c->address);
    free(c);
}

uint32_t control_add_network(struct control *c, const struct control_network *options)
{
    struct igp_env env = {c, env_link_delay, env_routes_changed};
    struct network_state n = {.is = *options};
    n.igp = igp_new(c->sim, &options->igp, &env);
    igp_retransmit(n.igp, RETRANSMIT_PS);
    vec_push(&c->networks, n);
    return (uint32_t)c->networks.n - 1;
}

uint32_t control_add_router(struct control *c, const struct control_router *is)
{
    uint32_t index = (uint32_t)c->routers.n;
    struct router *r = xcalloc(1, sizeof *r);
    struct network_state *n = &c->networks.v[is->network];
    r->is = *is;
    r->control = c;
    r->index = index;
    r->igp = n->igp;
    r->up = true;
    download_init(r);
    pathlist_init(r);
    timer_init(c->sim, &r->wait, take_over, r, SIM_PHASE_CONTROL);
    vec_push(&c->routers, r);
    vec_push(&n->routers, index);
    while (c->router_of_node.n <= is->node)
        vec_push(&c->router_of_node, CONTROL_NO_ROUTER);
    c->router_of_node.v[is->node] = index;
    igp_router_add(n->igp, index);
    r->is.bgp.name = is->name;
    r->is.bgp.id = is->loopback;
    r->is.bgp.tells_backups = n->is.pic;
    if (is->bgp.asn)
        r->speaker = bgp_speaker_add(c->bgp, index, &r->is.bgp);
    struct prefix own = {is->loopback, 32};
    table_put(&c->address, &is->loopback, sizeof is->loopback, index);
    uint32_t id = control_prefix_id(c, own); // may move the vector
    c->prefixes.v[id].loopback_of = index;
    control_local(c, index, own);
    return index;
}

static struct control_link *add_link(struct control *c, uint32_t link, enum link_kind kind,
                                     uint32_t a, uint32_t b)
{
    while (c->links.n <= link)
        vec_push(&c->links, NULL);
    struct control_link *l = xcalloc(1, sizeof *l);
    l->kind = kind;
    l->a = a;
    l->b = b;
    l->noticed_ps[0] = l->noticed_ps[1] = INT64_MIN;
    c->links.v[link] = l;
    for (int end = 0; end < 2; end++) {
        uint32_t router = end ? b : a;
        const struct control_network *n = &c->networks.v[c->routers.v[router]->is.network].is;
        struct liveness_timers t = n->live;
        if (kind == LINK_EBGP) // no hellos between networks, and a BFD setting of their own
            t = (struct liveness_timers){.detect_ps = n->live.detect_ps,
                                         .hello_ps = n->live.detect_ps,
                                         .bfd_ps = n->bgp_bfd_ps,
                                         .bfd_multiplier = n->bgp_bfd_multiplier,
                                         .bfd_handshake = n->bgp_bfd_handshake};
        liveness_init(&l->ends[end], c->sim, c->net->links[link].name, router, link, &t, noticed,
                      c);
    }
    return l;
}

void control_add_igp_link(struct control *c, uint32_t link, uint32_t a, uint32_t b, uint32_t metric)
{
    add_link(c, link, LINK_IGP, a, b)->metric = metric;
    igp_link_add(c->routers.v[a]->igp, link, a, b, metric, metric);
}

void control_link_timers(struct control *c, uint32_t link, const struct liveness_timers *t)
{
    for (int end = 0; end < 2; end++)
        c->links.v[link]->ends[end].timers = *t;
}

static void connect(struct control *c, uint32_t a, struct bgp_peer_options a_options, uint32_t b,
                    struct bgp_peer_options b_options, int32_t link, int64_t start_ps)
{
    bgp_connect(c->bgp, c->routers.v[a]->speaker, &a_options, c->routers.v[b]->speaker, &b_options,
                link, start_ps);
    struct control_session s = {a, b, link, a_options, b_options};
    vec_push(&c->sessions, s);
}

void control_add_ebgp_link(struct control *c, uint32_t link, uint32_t a,
                           const struct bgp_peer_options *a_options, uint32_t b,
                           const struct bgp_peer_options *b_options, int64_t start_ps)
{
    struct bgp_peer_options ao = *a_options, bo = *b_options;
    ao.address = control_link_address(link, false);
    bo.address = control_link_address(link, true);
    add_link(c, link, LINK_EBGP, a, b);
    uint64_t where = UINT64_C(1) << 32 | link;
    table_put(&c->address, &ao.address, sizeof ao.address, where);
    table_put(&c->address, &bo.address, sizeof bo.address, where);
    connect(c, a, ao, b, bo, (int32_t)link, start_ps);
}

void control_add_ibgp(struct control *c, uint32_t a, const struct bgp_peer_options *a_options,
                      uint32_t b, const struct bgp_peer_options *b_options, int64_t start_ps)
{
    struct bgp_peer_options ao = *a_options, bo = *b_options;
    ao.address = c->routers.v[a]->is.loopback;
    bo.address = c->routers.v[b]->is.loopback;
    connect(c, a, ao, b, bo, -1, start_ps);
    if (c->networks.v[c->routers.v[a]->is.network].is.ibgp_bfd_ps)
        multihop_add(c, a, b);
}

static void start(struct control *c, const struct network_state *n)
{
    if (!n->is.converged) {
        igp_start(n->igp);
        return;
    }
    igp_start_converged(n->igp);
    for (size_t i = 0; i < n->routers.n; i++)
        download_flush(c->routers.v[n->routers.v[i]]);
}

void control_start(struct control *c)
{
    for (size_t i = 0; i < c->networks.n; i++)
        start(c, &c->networks.v[i]);
    for (size_t i = 0; i < c->links.n; i++) {
        const struct control_link *l = c->links.v[i];
        if (!l || l->kind != LINK_IGP)
            continue;
        reroute_prepare_link(c, (uint32_t)i);
        igp_adjacency(c->routers.v[l->a]->igp, l->a, (uint32_t)i, true);
        igp_adjacency(c->routers.v[l->b]->igp, l->b, (uint32_t)i, true);
    }
}

// --- the world changes

static struct control_link *link_of(struct control *c, uint32_t link)
{
    return link < c->links.n ? c->links.v[link] : NULL;
}

void control_link_failed(struct control *c, uint32_t link, bool silent)
{
    multihop_paths_changed(c);
    struct control_link *l = link_of(c, link);
    for (int end = 0; l && end < 2; end++)
        if (c->routers.v[l->ends[end].router]->up)
            liveness_failed(&l->ends[end], c->sim, silent);
}

static bool meets(const struct liveness_timers *t)
{
    return t->bfd_ps && t->bfd_handshake;
}

void control_link_repaired(struct control *c, uint32_t link, bool silent)
{
    multihop_paths_changed(c);
    struct control_link *l = link_of(c, link);
    if (!l || !net_link_alive(c->net, link))
        return; // something else still holds it down
    if (meets(&l->ends[0].timers) && meets(&l->ends[1].timers)) {
        liveness_meet(l->ends, c->sim, silent);
        return;
    }
    for (int end = 0; end < 2; end++)
        liveness_repaired(&l->ends[end], c->sim, silent);
}

void control_line_changed(struct control *c, uint32_t link)
{
    struct control_link *l = link_of(c, link);
    const struct net_link *line = &c->net->links[link];
    for (int end = 0; l && end < 2; end++) { // what an end is sent leaves the other one's port
        const struct port *p = c->net->ports[end ? line->a_port : line->b_port];
        double loss = port_line_loss(p, sim_now(c->sim));
        liveness_lossy(&l->ends[end], c->sim, (uint32_t)(loss * 1e6 + 0.5));
    }
    multihop_paths_changed(c);
}

void control_router_failed(struct control *c, uint32_t router, bool silent)
{
    struct router *r = c->routers.v[router];
    if (!r->up)
        return;
    multihop_paths_changed(c);
    r->up = r->keeps_forwarding = false;
    for (size_t i = 0; i < c->links.n; i++) {
        struct control_link *l = c->links.v[i];
        for (int end = 0; l && end < 2; end++)
            if (l->ends[end].router == router) {
                liveness_die(&l->ends[end]);
                if (c->routers.v[l->ends[!end].router]->up)
                    liveness_failed(&l->ends[!end], c->sim, silent);
            }
    }
    igp_router_down(r->igp, router);
    if (r->is.bgp.asn)
        bgp_speaker_down(c->bgp, router);
    timer_cancel(&r->wait);
    reroute_forget(r);
    pathlist_forget(r);
    download_forget(r);
}

void control_router_repaired(struct control *c, uint32_t router, bool silent)
{
    struct router *r = c->routers.v[router];
    if (r->up)
        return;
    multihop_paths_changed(c);
    r->up = true;
    igp_router_up(r->igp, router);
    if (r->is.bgp.asn)
        bgp_speaker_up(c->bgp, router);
    for (size_t i = 0; i < c->links.n; i++) {
        const struct control_link *l = c->links.v[i];
        if (l && (l->a == router || l->b == router))
            control_link_repaired(c, (uint32_t)i, silent);
    }
}

void control_restart_bgp(struct control *c, uint32_t router, int64_t down_ps, bool keep_forwarding)
{
    struct router *r = c->routers.v[router];
    if (!r->up || !r->is.bgp.asn)
        return;
    r->keeps_forwarding = keep_forwarding;
    bgp_restart(c->bgp, router, down_ps, keep_forwarding);
}

void control_mark(struct control *c)
{
    c->first_reaction_ps = TIME_NEVER;
}

int64_t control_first_reaction(const struct control *c)
{
    return c->first_reaction_ps;
}

int64_t control_noticed(const struct control *c, uint32_t port)
{
    const struct port *p = c->net->ports[port];
    for (uint32_t i = 0; i < c->links.n; i++) {
        const struct control_link *l = c->links.v[i];
        const struct net_link *n = &c->net->links[i];
        if (l && (n->a_port == port || n->b_port == port))
            return l->noticed_ps[c->routers.v[l->ends[0].router]->is.node != p->from];
    }
    return INT64_MIN;
}

// --- for reports

const struct bgp *control_bgp(const struct control *c)
{
    return c->bgp;
}

void control_listen(struct control *c,
                    void (*heard)(void *ctx, const struct bgp_peer *by,
                                  const struct bgp_message *m),
                    void *ctx)
{
    c->heard = heard;
    c->heard_ctx = ctx;
}

void control_watch(struct control *c, void (*changed)(void *ctx, uint32_t node, struct prefix6 p),
                   void *ctx)
{
    c->watch = changed;
    c->watch_ctx = ctx;
}

void control_on_routes(struct control *c, void (*changed)(void *ctx, uint32_t router), void *ctx)
{
    c->on_routes = changed;
    c->on_routes_ctx = ctx;
}

uint32_t control_distance(const struct control *c, uint32_t router, uint32_t target)
{
    const struct router *r = c->routers.v[router];
    if (c->routers.v[target]->igp != r->igp)
        return UINT32_MAX;
    uint32_t metric = igp_metric(r->igp, router, target);
    return metric == IGP_UNREACHABLE ? UINT32_MAX : metric;
}

void control_on_link(struct control *c,
                     void (*told)(void *ctx, uint32_t router, uint32_t link, bool up), void *ctx)
{
    c->on_link = told;
    c->on_link_ctx = ctx;
}

ip4_addr control_link_address(uint32_t link, bool b_end)
{
    return IP4(10, 240, 0, 0) + 2 * link + b_end;
}

bool control_link_joins(const struct control *c, uint32_t link, struct control_joint *out)
{
    const struct control_link *l = link < c->links.n ? c->links.v[link] : NULL;
    if (l)
        *out = (struct control_joint){l->a, l->b, l->kind == LINK_IGP, l->metric};
    return l != NULL;
}

size_t control_sessions(const struct control *c, const struct control_session **out)
{
    *out = c->sessions.v;
    return c->sessions.n;
}

const struct control_network *control_network(const struct control *c, uint32_t network)
{
    return &c->networks.v[network].is;
}

uint32_t control_routers(const struct control *c)
{
    return (uint32_t)c->routers.n;
}

const struct control_router *control_router(const struct control *c, uint32_t router)
{
    return &c->routers.v[router]->is;
}

uint32_t control_router_of_node(const struct control *c, uint32_t node)
{
    return node < c->router_of_node.n ? c->router_of_node.v[node] : CONTROL_NO_ROUTER;
}

int64_t control_fib_changed(const struct control *c, uint32_t router, struct prefix p)
{
    uint32_t id;
    if (!control_prefix_find(c, p, &id) || id >= c->routers.v[router]->nfib)
        return INT64_MIN;
    return c->routers.v[router]->fib[id].changed_ps;
}

void control_explain(const struct control *c, uint32_t router, struct prefix p, FILE *out)
{
    bgp_explain(c->bgp, router, p, out);
}

const struct bgp_route *control_best(const struct control *c, uint32_t router, struct prefix p)
{
    return c->routers.v[router]->is.bgp.asn ? bgp_best(c->bgp, router, p) : NULL;
}

struct control_stats control_stats(const struct control *c)
{
    const struct bgp_stats *b = bgp_stats(c->bgp);
    struct control_stats s = {
        .fib_changes = c->fib_changes,
        .reroutes = c->reroutes,
        .bgp_updates = b->updates_sent,
        .bgp_withdraws = b->withdraws_sent,
        .sessions = c->sessions.n,
        .sessions_up = b->sessions_up,
        .routers = c->routers.n,
        .last_fib_change_ps = c->last_fib_change_ps,
        .last_best_change_ps = b->last_change_ps,
    };
    for (size_t i = 0; i < c->networks.n; i++) {
        const struct igp_stats *g = igp_stats(c->networks.v[i].igp);
        s.spf_runs += g->spf_runs;
        s.lsas_flooded += g->lsas_flooded;
    }
    return s;
}
