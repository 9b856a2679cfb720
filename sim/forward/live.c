// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/live.h"

#include "base/units.h"
#include "forward/live_port.h"
#include "forward/monotonic.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static_assert(INTERFACE_BATCH <= FWD_BATCH, "a batch of frames is a batch of packets");

// Stands still, at the end of everything, after 106 days.
static int64_t now_of(const struct live *l)
{
    int64_t ns = monotonic_ns() - l->start_ns;
    return ns < INT64_MAX / PS_PER_NS ? ns * PS_PER_NS : INT64_MAX;
}

// --- what the relay asks for

static void transmit(struct live *l, struct parcel *p, int64_t now_ps)
{
    live_port_send(&l->ports[p->r.out_if], p, l->config->nexthops[p->r.nexthop].via, now_ps);
}

static void take_out(void *ctx, struct parcel *p, int64_t now_ps)
{
    struct live *l = ctx;
    if (p->r.release_ps > now_ps) {
        l->totals.shaped++;
        release_put(&l->waiting, parcel_settle(&l->parcels, p), p->r.release_ps);
    } else {
        transmit(l, p, now_ps);
    }
}

static void take_local(void *ctx, struct parcel *p, int64_t now_ps)
{
    struct live *l = ctx;
    if (l->tun == CONFIG_NONE || !l->ports[l->tun].io) {
        relay_refuse(&l->relay, p, FWD_DROP_NO_SERVICE, now_ps);
        return;
    }
    live_port_send(&l->ports[l->tun], p, (struct ip6_addr){0, 0}, now_ps);
}

static void see_drop(void *ctx, const struct parcel *p, int64_t now_ps)
{
    (void)ctx; // the core has counted it
    (void)p;
    (void)now_ps;
}

static const struct relay_ops ops = {take_out, take_local, see_drop};

// --- opening

// What neighbours call this node on a link of its own is for it too.
static void add_link_locals(struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++)
        if (l->ports[i].arp) {
            struct ip6_addr a = neighbour_link_local(l->config->interfaces[i].mac);
            fwd_route_set6(l->build.node, config_host(a), FWD_ACT_LOCAL, 0);
        }
}

static uint32_t longest_datagram(const struct config *c)
{
    uint32_t most = CONFIG_MTU;
    for (int i = 0; i < c->ninterfaces; i++)
        most = c->interfaces[i].mtu > most ? c->interfaces[i].mtu : most;
    return most;
}

// From now on the two signals wait to be read.
static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum live_status live_open(struct config *c, const struct live_options *o, struct live **out,
                           char error[512])
{
    struct live *l = xcalloc(1, sizeof *l);
    enum live_status s = LIVE_GOOD;
    *l = (struct live){.config = c, .options = *o, .tun = config_tun(c), .signals = -1};
    l->ports = xcalloc((size_t)c->ninterfaces, sizeof *l->ports);
    l->port_totals = xcalloc((size_t)c->ninterfaces, sizeof *l->port_totals);
    l->totals = (struct totals){.mode = "live", .ports = l->port_totals};
    for (int i = 0; i < c->ninterfaces && s == LIVE_GOOD; i++) {
        struct live_port *p = &l->ports[i];
        p->live = l;
        p->number = (uint32_t)i;
        p->totals = &l->port_totals[i];
        s = live_port_open(p, &c->interfaces[i], l, error);
    }
    parcels_init(&l->parcels, longest_datagram(c));
    if (s == LIVE_GOOD && (l->signals = open_signals()) < 0) {
        snprintf(error, 512, "signals cannot be read: %s", strerror(errno));
        s = LIVE_SYSTEM;
    }
    if (s == LIVE_GOOD) {
        build_node(c, &l->build);
        add_link_locals(l);
        l->relay = (struct relay){l->build.node, &l->parcels, &ops, l};
        l->start_ns = monotonic_ns();
        *out = l;
    } else {
        live_close(l);
    }
    return s;
}

void live_close(struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++)
        live_port_close(&l->ports[i]);
    if (l->signals >= 0)
        close(l->signals);
    release_free(&l->waiting);
    parcels_free(&l->parcels);
    if (l->build.node)
        build_free(&l->build);
    free(l->ports);
    free(l->port_totals);
    free(l);
}

const struct build *live_build(const struct live *l)
{
    return &l->build;
}

const struct totals *live_totals(const struct live *l)
{
    return &l->totals;
}

// --- running

struct stats { // the line of --stats: what it showed last
    int64_t at_ps;
    uint64_t in, out, dropped, bytes;
};

static void show_stats(struct live *l, struct stats *s, int64_t now_ps)
{
    const struct fwd_counters *k = fwd_counters(l->build.node);
    struct stats next = {now_ps, l->totals.frames, l->totals.written, fwd_counters_dropped(k), 0};
    for (int i = 0; i < l->config->ninterfaces; i++)
        next.bytes += fwd_interface_counters(l->build.node, (uint32_t)i).out_bytes;
    double s_passed = ps_to_s(now_ps - s->at_ps);
    fprintf(stderr,
            "%8.1f s  in %.0f/s  out %.0f/s  %.3f Mbps  dropped %.0f/s  (%" PRIu64 " in, %" PRIu64
            " out, %" PRIu64 " dropped)\n",
            ps_to_s(now_ps), (double)(next.in - s->in) / s_passed,
            (double)(next.out - s->out) / s_passed,
            (double)(next.bytes - s->bytes) * 8e-6 / s_passed,
            (double)(next.dropped - s->dropped) / s_passed, next.in, next.out, next.dropped);
    *s = next;
}

static void flush_all(struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++)
        live_port_flush(&l->ports[i]);
}

static void run_timers(struct live *l, int64_t now_ps)
{
    struct parcel *p;
    while ((p = release_take(&l->waiting, now_ps)))
        transmit(l, p, now_ps);
    for (int i = 0; i < l->config->ninterfaces; i++)
        live_port_timer(&l->ports[i], now_ps);
    flush_all(l);
}

static void announce(struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++)
        live_port_announce(&l->ports[i]);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

// Some time after another; the end of everything when that would be behind it.
static int64_t later(int64_t a_ps, int64_t by_ps)
{
    return by_ps < INT64_MAX - a_ps ? a_ps + by_ps : INT64_MAX;
}

struct turn { // what the loop waits for besides packets
    int64_t end_ps, announce_ps, stats_ps;
    struct stats stats;
};

static int64_t due_of(const struct live *l, const struct turn *t)
{
    int64_t due = earlier(earlier(t->end_ps, t->announce_ps),
                          earlier(t->stats_ps, release_due_ps(&l->waiting)));
    for (int i = 0; i < l->config->ninterfaces; i++)
        due = l->ports[i].ready ? 0 : earlier(due, live_port_due_ps(&l->ports[i]));
    return due;
}

// Waits for frames, a signal or the time `due_ps`. True when a signal came.
static bool wait_for(struct live *l, struct pollfd *fds, int64_t due_ps)
{
    int n = l->config->ninterfaces;
    int64_t left_ns = due_ps == INT64_MAX ? 0 : (due_ps - now_of(l) + PS_PER_NS - 1) / PS_PER_NS;
    left_ns = left_ns < 0 ? 0 : left_ns;
    struct timespec t = {left_ns / 1000000000, left_ns % 1000000000};
    for (int i = 0; i < n; i++)
        fds[i] = (struct pollfd){l->ports[i].io ? l->ports[i].io->fd : -1, POLLIN, 0};
    fds[n] = (struct pollfd){l->signals, POLLIN, 0};
    if (ppoll(fds, (nfds_t)n + 1, due_ps == INT64_MAX ? NULL : &t, NULL) < 0)
        return false; // interrupted: the loop comes back
    for (int i = 0; i < n; i++)
        l->ports[i].ready |= fds[i].revents != 0;
    return fds[n].revents != 0;
}

static void serve(struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++) {
        if (!l->ports[i].ready)
            continue;
        live_port_receive(&l->ports[i], now_of(l));
        flush_all(l);
    }
}

static bool any_left(const struct live *l)
{
    for (int i = 0; i < l->config->ninterfaces; i++)
        if (l->ports[i].io)
            return true;
    return false;
}

// Lets go of everything that is under way.
static void wind_up(struct live *l)
{
    int64_t now_ps = now_of(l);
    struct parcel *held;
    l->totals.ended_ps = now_ps;
    // Errors about what is given up may be held back or wait for neighbours themselves; about those
    // there are none.
    for (int round = 0; round < 3; round++) {
        while ((held = release_take(&l->waiting, INT64_MAX)))
            transmit(l, held, now_ps);
        for (int i = 0; i < l->config->ninterfaces; i++)
            live_port_give_up(&l->ports[i], now_ps);
    }
    flush_all(l);
    for (int i = 0; i < l->config->ninterfaces; i++) {
        struct live_port *p = &l->ports[i];
        char advice[INTERFACE_ERROR];
        if (p->io) {
            p->totals->link = *interface_statistics(p->io);
            if (!l->options.quiet && interface_advice(p->io, advice))
                fprintf(stderr, "anysim forward: %s\n", advice);
        }
        if (p->arp)
            p->totals->arp = *neighbours_counters(p->arp);
        p->totals->known = p->arp ? neighbours_count(p->arp) : 0;
    }
}

void live_run(struct live *l)
{
    const struct live_options *o = &l->options;
    struct pollfd *fds = xcalloc((size_t)l->config->ninterfaces + 1, sizeof *fds);
    struct turn t = {.end_ps = o->duration_ps ? o->duration_ps : INT64_MAX,
                     .announce_ps = NEIGHBOUR_RETRANSMIT_PS,
                     .stats_ps = o->stats_ps ? o->stats_ps : INT64_MAX};
    announce(l);
    for (;;) {
        bool stop = wait_for(l, fds, due_of(l, &t));
        serve(l);
        int64_t now_ps = now_of(l);
        run_timers(l, now_ps);
        if (now_ps >= t.announce_ps) {
            announce(l);
            t.announce_ps = INT64_MAX;
        }
        if (o->stats_ps && now_ps >= t.stats_ps) {
            show_stats(l, &t.stats, now_ps);
            t.stats_ps += (now_ps - t.stats_ps) / o->stats_ps * o->stats_ps;
            t.stats_ps = later(t.stats_ps, o->stats_ps);
        }
        if (stop || now_ps >= t.end_ps || !any_left(l))
            break;
    }
    wind_up(l);
    free(fds);
}
