// SPDX-License-Identifier: GPL-3.0-or-later
// Services with many addresses: what an exchange begins with, it keeps; who has no address loses.
#include "line.h"
#include "traffic/kinds.h"
#include "unit.h"

#define MS    PS_PER_MS
#define S     PS_PER_S
#define OTHER IP4(198, 51, 100, 1) // at the second host

struct names {
    struct sim *sim;
    int64_t change_ps;  // before it LINE_SERVER, then OTHER
    double nowhere;     // users below it have no address
    int asked, sent[3]; // to LINE_SERVER, OTHER, nowhere
    double users;       // sum
};

static ip4_addr resolve(void *ctx, const struct flow *f, double user)
{
    struct names *n = ctx;
    (void)f;
    n->asked++;
    n->users += user;
    if (user < n->nowhere)
        return 0;
    return sim_now(n->sim) < n->change_ps ? LINE_SERVER : OTHER;
}

static void sent(void *ctx, const struct flow *f, ip4_addr address)
{
    struct names *n = ctx;
    (void)f;
    n->sent[address == LINE_SERVER ? 0 : address == OTHER ? 1 : 2]++;
}

static void run(struct line *l, struct names *n, const struct traffic_kind_ops *ops,
                const union traffic_options *options, uint32_t down_bytes)
{
    static struct flow_names names;
    line_begin(l);
    struct fwd_node *client = l->net->nodes[0].fwd;
    fwd_route_set(client, (struct prefix){OTHER, 32}, FWD_ACT_FORWARD,
                  fwd_group(client, &l->net->links[l->links[1]].a_port, 1));
    fwd_route_set(l->net->nodes[2].fwd, (struct prefix){OTHER, 32}, FWD_ACT_LOCAL, 0);
    struct flow_options o = line_options(ops, options);
    names = (struct flow_names){n, resolve, sent};
    n->sim = l->sim;
    o.names = &names;
    o.down_bytes = down_bytes;
    traffic_add_flow(l->traffic, "a", &o);
    line_run(l, 30 * S);
    line_stop(l);
}

static int by_entry(const struct line *l, ip4_addr entry)
{
    int n = 0;
    for (size_t i = 0; i < l->units.n; i++)
        n += l->units.v[i].entry == entry;
    return n;
}

static void a_request_asks(void)
{
    static const struct traffic_kind_ops *const kinds[] = {&traffic_ping, &traffic_game};
    static const union traffic_options plain;
    for (int k = 0; k < 2; k++) {
        struct line l;
        struct names n = {.change_ps = 15 * S};
        run(&l, &n, kinds[k], &plain, 240);
        CU_ASSERT_EQUAL(n.asked, 100);
        CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], 100);
        CU_ASSERT(n.sent[0] == 50 && n.sent[1] == 50 && n.sent[2] == 0);
        CU_ASSERT(by_entry(&l, LINE_ENTRY) == 50 && by_entry(&l, LINE_ENTRY + 1) == 50);
        line_end(&l);
    }
}

static void nobody_has_it(void)
{
    static const union traffic_options plain;
    struct line l;
    struct names n = {.change_ps = 15 * S, .nowhere = 0.3};
    run(&l, &n, &traffic_game, &plain, 240);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED] + l.counts[LINE_LOST], 100);
    CU_ASSERT(n.sent[2] == l.counts[LINE_LOST] && n.sent[2] > 15 && n.sent[2] < 45);
    CU_ASSERT(n.users > 40 && n.users < 60);
    for (size_t i = 0; i < l.units.n; i++)
        if (l.units.v[i].end == LINE_LOST)
            CU_ASSERT(l.units.v[i].reason == FWD_DROP_NO_SERVICE &&
                      l.units.v[i].ended_ps == l.units.v[i].sent_ps);
    line_end(&l);
}

// Both ways: one session, which stays where it began. One way: every packet asks.
static void a_session_stays(void)
{
    struct line l;
    struct names n = {.change_ps = 15 * S};
    run(&l, &n, &traffic_cbr, NULL, 240);
    CU_ASSERT_EQUAL(n.asked, 1);
    CU_ASSERT_EQUAL(by_entry(&l, LINE_ENTRY), 200);
    line_end(&l);
    n = (struct names){.change_ps = 15 * S};
    run(&l, &n, &traffic_cbr, NULL, 0);
    CU_ASSERT_EQUAL(n.asked, 100);
    CU_ASSERT_EQUAL(n.sent[1], 50);
    line_end(&l);
}

// A connection stays (rpc); a download opens one after the other.
static void a_connection_stays(void)
{
    static const union traffic_options options = {
        .stream = {.transport = {.mss_bytes = 1460,
                                 .initial_segments = 10,
                                 .sack = true,
                                 .delayed_ack_ps = 40 * MS,
                                 .min_rto_ps = 200 * MS,
                                 .syn_retries = 6,
                                 .retries = 15,
                                 .give_up_ps = 3 * S},
                   .request_bytes = 100,
                   .size_bytes = 1000}};
    struct line l;
    struct names n = {.change_ps = 15 * S};
    run(&l, &n, &traffic_rpc, &options, 0);
    CU_ASSERT_EQUAL(n.asked, 1);
    CU_ASSERT(by_entry(&l, LINE_ENTRY) >= 99 && by_entry(&l, LINE_ENTRY + 1) == 0);
    line_end(&l);
    n = (struct names){.change_ps = 15 * S};
    run(&l, &n, &traffic_download, &options, 0);
    CU_ASSERT(n.asked >= 99);
    CU_ASSERT(by_entry(&l, LINE_ENTRY) >= 48 && by_entry(&l, LINE_ENTRY + 1) >= 48);
    line_end(&l);
}

UNIT_MAIN("names", {"a request asks", a_request_asks}, {"nobody has it", nobody_has_it},
          {"a session stays", a_session_stays}, {"a connection stays", a_connection_stays})
