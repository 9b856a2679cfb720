// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/rng.h"
#include "base/table.h"
#include "run/eips.h"
#include "run/lines.h"
#include "run/world.h"

#include <string.h>

#define METRO_DELAY_PS (20 * PS_PER_US) // two routers of one city: 4 km of fibre
#define METRO_METRIC   2
#define IBGP_START_PS  (5 * PS_PER_S) // sessions begin when the IGP has settled …
#define IBGP_SPREAD_PS (2 * PS_PER_S) // … and not all at once

static struct bgp_timers bgp_timers_of(const struct network *n)
{
    static const enum bgp_mrai_withdrawals withdrawals[MRAI_WITHDRAWALS] = {
        [MRAI_NO] = BGP_WITHDRAWALS_AT_ONCE,
        [MRAI_YES] = BGP_WITHDRAWALS_WAIT,
        [MRAI_BEHIND] = BGP_WITHDRAWALS_BEHIND};
    return (struct bgp_timers){
        .mrai_ebgp_ps = n->bgp.mrai_ebgp_ps,
        .mrai_ibgp_ps = n->bgp.mrai_ibgp_ps,
        .mrai_withdrawals = withdrawals[n->bgp.mrai_withdrawals],
        .hold_ps = n->bgp.hold_ps,
        .processing_ps = n->bgp.processing_ps,
        .gather_ps = n->bgp.gather_ps,
        .processing_each_ps = n->bgp.processing_each_ps,
        .connect_retry_ps = n->bgp.connect_retry_ps,
        .idle_hold_ps = n->bgp.idle_hold_ps,
        .error_wait_ps = n->bgp.error_wait_ps,
        .no_jitter = !n->bgp.jitter,
    };
}

static struct bgp_decide_options bgp_decide_of(const struct network *n)
{
    const struct bgp_config *b = &n->bgp;
    return (struct bgp_decide_options){
        .always_compare_med = b->always_compare_med,
        .profile = (enum bgp_profile)b->profile,
        .deterministic_med = (enum bgp_switch)b->deterministic_med,
        .prefer_oldest = (enum bgp_switch)b->prefer_oldest,
        .aigp = (enum bgp_switch)b->aigp,
        .med_missing_as_worst = b->med_missing_as_worst,
        .as_path_ignore = b->as_path_ignore,
        .max_paths_ebgp = (uint16_t)b->multipath_ebgp,
        .max_paths_ibgp = (uint16_t)b->multipath_ibgp,
        .max_paths_eibgp = (uint16_t)b->multipath_eibgp,
        .multipath_relax = (enum bgp_switch)b->multipath_relax,
    };
}

static void add_router(struct world *w, int network, int city, int k)
{
    const struct network *n = &w->scenario->topology.networks[network];
    const struct network_city *nc = &n->cities[city];
    char *name = arena_printf(&w->arena, "%s/%s-%d", n->name, nc->city->name, k + 1);
    uint32_t index = (uint32_t)city * 2 + (uint32_t)k + 1;
    ip4_addr loopback = IP4(10, network + 1, index >> 8, index & 255);
    struct fwd_options fwd = {.address = loopback,
                              .hash_seed = loopback,
                              .nat_limit = eips_translations(w->scenario, network, city)};
    struct world_node is = {.network = network, .city = city, .pop = -1};
    uint32_t node = world_add_node(w, name, &fwd, &is);
    struct control_router r = {
        .network = (uint32_t)network,
        .node = node,
        .name = name,
        .loopback = loopback,
        .bgp = {.asn = n->asn,
                .reflector = nc->reflector && k == 0,
                .timers = bgp_timers_of(n),
                .decide = bgp_decide_of(n),
                .best_external = n->bgp.best_external},
    };
    world_speaker_policy(w, network, city, &r.bgp);
    fwd_route_set(w->net->nodes[node].fwd, (struct prefix){loopback, 32}, FWD_ACT_LOCAL, 0);
    uint32_t router = control_add_router(w->control, &r);
    w->nodes[node].router = router;
    w->routers[(w->router_base[network] + city) * 2 + k] = router;
}

static uint32_t node_of(const struct world *w, uint32_t router)
{
    return control_router(w->control, router)->node;
}

// Shared-risk groups are known by the first link row of the network that names them.
static uint32_t risk_number(const struct world *w, const struct world_link *is)
{
    const struct network *n = &w->scenario->topology.networks[is->network];
    uint32_t row = 0;
    while (!n->links[row].srlg || strcmp(n->links[row].srlg, is->srlg) != 0)
        row++;
    return row + 1;
}

static void join(struct world *w, uint32_t a, uint32_t b, struct net_link_options o,
                 const struct world_link *is, int64_t metric)
{
    o.a = node_of(w, a);
    o.b = node_of(w, b);
    o.fluid = true;
    uint32_t link = world_add_link(w, &o, is);
    control_add_igp_link(w->control, link, a, b, (uint32_t)metric);
    if (is->srlg)
        control_srlg(w->control, link, risk_number(w, is));
}

static void add_backbone_link(struct world *w, int network, int row)
{
    const struct network *n = &w->scenario->topology.networks[network];
    const struct backbone_link *l = &n->links[row];
    int na = n->cities[l->a].routers, nb = n->cities[l->b].routers;
    int parallel = na > nb ? na : nb;
    struct net_link_options o = {.rate_bps = l->rate_bps / parallel,
                                 .delay_ps = l->delay_ps,
                                 .background_ppm = l->background_ppm,
                                 .burst_bytes = l->burst_bytes,
                                 .burst = l->burst,
                                 .queue_ps = w->scenario->topology.queue_ps};
    const struct city *ends[] = {n->cities[l->a].city, n->cities[l->b].city};
    lines_options(w, &l->line, n, ends, parallel, &o);
    struct world_link is = {.kind = WORLD_BACKBONE,
                            .network = network,
                            .a_city = l->a,
                            .b_city = l->b,
                            .interconnect = -1,
                            .row = row,
                            .srlg = l->srlg};
    for (int k = 0; k < parallel; k++)
        join(w, world_router(w, network, l->a, k % na), world_router(w, network, l->b, k % nb), o,
             &is, l->metric);
}

// The two routers of a city are joined at the rate of the city's fastest link.
static void add_metro_link(struct world *w, int network, int city)
{
    const struct network *n = &w->scenario->topology.networks[network];
    struct net_link_options o = {
        .rate_bps = 0, .delay_ps = METRO_DELAY_PS, .queue_ps = w->scenario->topology.queue_ps};
    const struct city *here = n->cities[city].city;
    lines_options(w, &(struct line_traits){0}, n, (const struct city *[]){here, here}, 1, &o);
    struct world_link is = {.kind = WORLD_METRO,
                            .network = network,
                            .a_city = city,
                            .b_city = city,
                            .interconnect = -1};
    for (int i = 0; i < n->nlinks; i++)
        if ((n->links[i].a == city || n->links[i].b == city) && n->links[i].rate_bps > o.rate_bps)
            o.rate_bps = n->links[i].rate_bps;
    if (o.rate_bps == 0)
        o.rate_bps = INT64_C(100000000000);
    join(w, world_router(w, network, city, 0), world_router(w, network, city, 1), o, &is,
         METRO_METRIC);
}

struct bgp_peer_options world_side(const struct network *n, enum bgp_relation relation)
{
    static const enum bgp_opening openings[] = {[OPENING_ELECTED] = BGP_OPEN_ELECTED,
                                                [OPENING_ACTIVE] = BGP_OPEN_ACTIVE,
                                                [OPENING_PASSIVE] = BGP_OPEN_PASSIVE};
    return (struct bgp_peer_options){
        .relation = relation,
        .opening = openings[n->bgp.opening],
        .delay_open_ps = n->bgp.delay_open_ps,
        .damp_oscillations = n->bgp.damp_oscillations,
        .send_hold_ps = n->bgp.send_hold_ps,
        .graceful = {.on = n->bgp.graceful_ps > 0,
                     .notification = n->bgp.graceful_notification,
                     .restart_ps = n->bgp.graceful_ps,
                     .long_lived_ps = n->bgp.long_lived_ps},
        .extended_messages = n->bgp.extended_messages,
    };
}

static struct bgp_peer_options side(const struct network *n, enum bgp_relation relation)
{
    struct bgp_peer_options o = world_side(n, relation);
    if (n->bgp.add_path > 1) {
        o.add_path_receive = true;
        o.add_path_send = (uint16_t)n->bgp.add_path;
    }
    return o;
}

static void add_session(struct world *w, uint32_t a, uint32_t b, enum bgp_relation a_sees_b,
                        gsl_rng *spread)
{
    const struct control_router *r = control_router(w->control, a);
    const struct network *n = &w->scenario->topology.networks[r->network];
    int64_t start_ps = IBGP_START_PS + (int64_t)(rng_uniform(spread) * (double)IBGP_SPREAD_PS);
    struct bgp_peer_options ao = side(n, a_sees_b), bo = side(n, bgp_relation_mirror(a_sees_b));
    world_policy(w, (int)r->network, (int)r->network, NULL, &ao);
    world_policy(w, (int)r->network, (int)r->network, NULL, &bo);
    control_add_ibgp(w->control, a, &ao, b, &bo, start_ps);
}

static bool reflects(const struct world *w, uint32_t router)
{
    return control_router(w->control, router)->bgp.reflector;
}

static uint32_t as_of(const struct world *w, uint32_t router)
{
    return control_router(w->control, router)->bgp.asn;
}

// Sessions of router a with those behind it, inside its AS or member AS.
static void add_sessions_of(struct world *w, uint32_t a, uint32_t first, uint32_t end, bool mesh,
                            gsl_rng *spread)
{
    bool reflection = false;
    for (uint32_t i = first; i < end; i++)
        reflection = reflection || (reflects(w, i) && as_of(w, i) == as_of(w, a));
    for (uint32_t b = a + 1; b < end; b++) {
        bool ra = reflects(w, a), rb = reflects(w, b);
        if (as_of(w, a) != as_of(w, b))
            continue;
        if (!reflection || (ra && rb) || (mesh && !ra && !rb))
            add_session(w, a, b, BGP_REL_IBGP, spread);
        else if (ra)
            add_session(w, a, b, BGP_REL_IBGP_CLIENT, spread);
        else if (rb)
            add_session(w, b, a, BGP_REL_IBGP_CLIENT, spread);
    }
}

// Member ASes of a confederation meet where a link joins them: one session a pair of routers.
static void add_confederation(struct world *w, int network, gsl_rng *spread)
{
    const struct network *n = &w->scenario->topology.networks[network];
    struct table joined;
    table_init(&joined);
    for (int i = 0; i < n->nlinks; i++) {
        const struct backbone_link *l = &n->links[i];
        int na = n->cities[l->a].routers, nb = n->cities[l->b].routers;
        for (int k = 0; k < (na > nb ? na : nb); k++) {
            uint32_t a = world_router(w, network, l->a, k % na);
            uint32_t b = world_router(w, network, l->b, k % nb);
            uint32_t pair[] = {a < b ? a : b, a < b ? b : a};
            if (as_of(w, a) != as_of(w, b) && table_put(&joined, pair, sizeof pair, 0))
                add_session(w, a, b, BGP_REL_CONFED, spread);
        }
    }
    table_free(&joined);
}

static void add_sessions(struct world *w, uint32_t first, uint32_t end, int network)
{
    const struct network *n = &w->scenario->topology.networks[network];
    gsl_rng *spread = rng_stream(sim_seed(w->sim), n->name, "ibgp start");
    for (uint32_t a = first; a < end; a++)
        add_sessions_of(w, a, first, end, n->routing.no_client_to_client, spread);
    if (n->routing.nmembers)
        add_confederation(w, network, spread);
    gsl_rng_free(spread);
}

static const enum igp_reroute reroutes[] = {[FAST_REROUTE_NONE] = IGP_REROUTE_NONE,
                                            [FAST_REROUTE_LFA] = IGP_REROUTE_LFA,
                                            [FAST_REROUTE_TILFA] = IGP_REROUTE_TILFA};

static void build_network(struct world *w, int network)
{
    const struct network *n = &w->scenario->topology.networks[network];
    struct control_network options = {
        .igp = {n->igp.flood_ps, n->igp.spf_initial_ps, n->igp.spf_hold_ps, n->igp.spf_max_ps,
                n->igp.spf_run_ps, n->igp.overload_startup_ps},
        .repair = {reroutes[n->igp.fast_reroute], n->igp.protect == PROTECT_NODE,
                   n->igp.downstream},
        .microloop_ps = n->igp.microloop_ps,
        .converged = n->igp.start == IGP_START_CONVERGED,
        .live = {n->igp.detect_ps, n->igp.hello_ps, n->igp.hold_ps, n->igp.bfd_ps,
                 n->igp.bfd_multiplier, n->igp.bfd_handshake},
        .ibgp_bfd_ps = n->bgp.bfd_ibgp_ps,
        .bgp_bfd_ps = n->bgp.bfd_ps,
        .bgp_bfd_multiplier = n->bgp.bfd_multiplier,
        .bgp_bfd_handshake = n->bgp.bfd_handshake,
        .fib_ps = n->fib.delay_ps,
        .fib_each_ps = n->fib.per_prefix_ps,
        .pic = n->fib.pic,
    };
    control_add_network(w->control, &options);
    uint32_t first = control_routers(w->control);
    for (int c = 0; c < n->ncities; c++)
        for (int k = 0; k < n->cities[c].routers; k++)
            add_router(w, network, c, k);
    for (int c = 0; c < n->ncities; c++)
        if (n->cities[c].routers > 1)
            add_metro_link(w, network, c);
    for (int i = 0; i < n->nlinks; i++)
        add_backbone_link(w, network, i);
    add_sessions(w, first, control_routers(w->control), network);
}

void world_build_networks(struct world *w)
{
    const struct topology *t = &w->scenario->topology;
    int cities = 0;
    w->router_base = xcalloc((size_t)t->nnetworks, sizeof *w->router_base);
    for (int i = 0; i < t->nnetworks; i++) {
        w->router_base[i] = cities;
        cities += t->networks[i].ncities;
    }
    w->routers = xcalloc((size_t)cities * 2, sizeof *w->routers);
    for (int i = 0; i < cities * 2; i++)
        w->routers[i] = CONTROL_NO_ROUTER;
    for (int i = 0; i < t->nnetworks; i++)
        build_network(w, i);
}
