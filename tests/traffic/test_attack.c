// SPDX-License-Identifier: GPL-3.0-or-later
// Floods: volume, ramps, addresses, and that nobody counts them as experience.
#include "line.h"
#include "traffic/attack.h"
#include "traffic/kinds.h"
#include "unit.h"

#include "base/rng.h"

#define MS PS_PER_MS
#define S  PS_PER_S

// From 12 s to 18 s of absolute time, ramps of 2 s.
static const union traffic_options flood = {
    .attack = {.begin_ps = 2 * S, .end_ps = 8 * S, .ramp_ps = 2 * S, .spoofed = true}};

static struct flow_options attack(const struct traffic_kind_ops *ops,
                                  const union traffic_options *options)
{
    struct flow_options o = line_options(ops, options);
    o.epoch_ps = 10 * S;
    o.interval_ps = 20 * MS;
    o.weight = 1000;
    o.target = (struct prefix){IP4(203, 0, 113, 0), 24};
    return o;
}

// The whole prefix is at the first host, and the client knows no way to anybody else.
static void know_the_prefix_only(struct line *l)
{
    struct fwd_node *client = l->net->nodes[0].fwd;
    struct prefix all = {IP4(203, 0, 113, 0), 24};
    fwd_route_set(l->net->nodes[1].fwd, all, FWD_ACT_LOCAL, 0);
    fwd_route_set(client, all, FWD_ACT_FORWARD,
                  fwd_group(client, &l->net->links[l->links[0]].a_port, 1));
    fwd_route_del(client, (struct prefix){0, 0});
}

static double sent_bits(const struct line *l, int link)
{
    return (double)l->net->ports[l->net->links[l->links[link]].a_port]->window_bits;
}

static void volume_and_ramps(void)
{
    struct line l;
    line_begin(&l);
    know_the_prefix_only(&l);
    struct flow_options o = attack(&traffic_carpet, &flood);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 12 * S);
    CU_ASSERT_EQUAL(sent_bits(&l, 0), 0);
    line_run(&l, 14 * S);
    double at_14 = sent_bits(&l, 0);
    line_run(&l, 16 * S);
    double at_16 = sent_bits(&l, 0);
    line_run(&l, 30 * S);
    double full = 50 * 1000.0 * 100 * 8;              // a second's
    CU_ASSERT_DOUBLE_EQUAL(at_14, full, 0.03 * full); // two seconds at half strength
    CU_ASSERT_DOUBLE_EQUAL(at_16 - at_14, 2 * full, 0.03 * full);
    CU_ASSERT_DOUBLE_EQUAL(sent_bits(&l, 0) - at_16, full, 0.03 * full);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.units.n, 0);
    CU_ASSERT_EQUAL(l.packets.n, 0);
    line_end(&l);
}

static void sources_are_nobody_special(void)
{
    gsl_rng *rng = rng_stream(1, "test", "sources");
    bool good = true;
    ip4_addr either = 0, both = UINT32_MAX;
    for (int i = 0; i < 100000; i++) {
        ip4_addr a = attack_anybody(rng);
        unsigned first = a >> 24;
        good = good && first != 0 && first != 10 && first != 127 && first < 224;
        good = good && a >> 22 != IP4(100, 64, 0, 0) >> 22 && a >> 16 != (192u << 8 | 168);
        either |= a;
        both &= a;
    }
    CU_ASSERT(good);
    CU_ASSERT(either == UINT32_MAX && both == 0);
    gsl_rng_free(rng);
}

// The server's SYN-ACKs to anybody die at the client's node, which has no way there.
static void synflood_and_its_backscatter(void)
{
    struct line l;
    line_begin(&l);
    know_the_prefix_only(&l);
    struct flow_options o = attack(&traffic_synflood, &flood);
    const struct flow *f = traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    const struct net_link *line = &l.net->links[l.links[0]];
    CU_ASSERT(f->seq >= 296 && f->seq <= 300);
    CU_ASSERT_EQUAL(l.net->ports[line->b_port]->packets, f->seq); // a SYN-ACK each
    CU_ASSERT_EQUAL(l.net->dropped_by[FWD_DROP_NO_ROUTE], f->seq);
    CU_ASSERT_EQUAL(l.units.n, 0);
    line_end(&l);
}

static void a_bot_that_does_not_spoof(void)
{
    struct line l;
    union traffic_options honest = flood;
    honest.attack.spoofed = false;
    line_begin(&l);
    struct flow_options o = attack(&traffic_synflood, &honest);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    const struct net_link *line = &l.net->links[l.links[0]];
    const struct port *up = l.net->ports[line->a_port], *down = l.net->ports[line->b_port];
    CU_ASSERT_EQUAL(up->packets, down->packets); // SYN-ACKs come back to the bot
    CU_ASSERT_EQUAL(up->bytes, 64 * up->packets);
    CU_ASSERT_EQUAL(l.net->dropped, 0);
    line_end(&l);
}

// A host of that address behind the client. Returns its link.
static uint32_t add_reflector(struct line *l, ip4_addr address)
{
    struct fwd_options own = {.address = address};
    uint32_t node = net_add_node(l->net, "reflector", fwd_node_new(&own));
    struct net_link_options o = {
        .a = 0, .b = node, .rate_bps = INT64_C(8000000000000), .queue_ps = S};
    uint32_t link = net_add_link(l->net, "client~reflector", &o);
    const struct net_link *is = &l->net->links[link];
    struct fwd_node *client = l->net->nodes[0].fwd, *core = l->net->nodes[node].fwd;
    fwd_route_set(core, (struct prefix){address, 32}, FWD_ACT_LOCAL, 0);
    fwd_route_set(core, (struct prefix){0, 0}, FWD_ACT_FORWARD, fwd_group(core, &is->b_port, 1));
    fwd_route_set(client, (struct prefix){address, 32}, FWD_ACT_FORWARD,
                  fwd_group(client, &is->a_port, 1));
    traffic_add_server(l->traffic, node, 0);
    return link;
}

// Questions in the victim's name; the answers find it.
static void reflected_volume(enum reflect_protocol protocol, double amplification,
                             uint32_t question, uint32_t answer)
{
    struct line l;
    union traffic_options o = flood;
    struct flow_reflectors *r = xcalloc(1, sizeof *r + sizeof r->v[0]);
    ip4_addr reflector = IP4(100, 64, 7, 1);
    o.attack.protocol = protocol;
    o.attack.amplification = amplification;
    r->n = 1;
    r->v[0].up_to = 1;
    r->v[0].address = reflector;
    line_begin(&l);
    uint32_t link = add_reflector(&l, reflector);
    struct flow_options f = attack(&traffic_reflection, &o);
    f.down_bytes = answer;
    f.reflectors = r;
    traffic_add_flow(l.traffic, "a", &f);
    line_run(&l, 30 * S);
    line_stop(&l);
    const struct port *asked = l.net->ports[l.net->links[link].a_port];
    const struct port *hit = l.net->ports[l.net->links[l.links[0]].a_port];
    CU_ASSERT_EQUAL(asked->bytes, asked->packets * question);
    CU_ASSERT_EQUAL(hit->bytes, hit->packets * answer);
    // Four seconds' worth at full strength arrive; payload octets are as many times the questions'.
    double full = 4 * 50 * 1000.0 * answer * 8;
    CU_ASSERT_DOUBLE_EQUAL((double)hit->window_bits, full, 0.03 * full);
    double in = (double)asked->window_bits / question * (question - 28);
    double out = (double)hit->window_bits / answer * (answer - 28);
    CU_ASSERT_DOUBLE_EQUAL(out / in, amplification, 0.05 * amplification);
    line_end(&l);
    free(r);
}

static void reflection_by_dns(void)
{
    reflected_volume(REFLECT_DNS, 54, 28 + 29, 1000);
}

static void reflection_by_ntp(void)
{
    reflected_volume(REFLECT_NTP, 556.9, 28 + 8, 468);
}

UNIT_MAIN("attack", {"volume and ramps", volume_and_ramps},
          {"sources are nobody special", sources_are_nobody_special},
          {"synflood and its backscatter", synflood_and_its_backscatter},
          {"a bot that does not spoof", a_bot_that_does_not_spoof},
          {"reflection by dns", reflection_by_dns}, {"reflection by ntp", reflection_by_ntp})
