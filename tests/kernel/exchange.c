// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/exchange.h"

#include "fwd/headers.h"
#include "kernel/draft.h"
#include "kernel/world.h"
#include "wire/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WINDOW     128      // frames under way at once
#define NARROW     24       // the same, with sockets of ordinary size
#define ROOM       16384    // of a frame
#define BUFFER     33554432 // of a socket
#define MARK_MS    500      // how long a mark may take
#define MARK_TRIES 10
#define REST_MS    300 // how long nothing may come at the end

struct wire {
    int src, dst; // sockets
    struct capture_writer *out;
    uint32_t mark;     // the last one sent
    uint32_t returned; // the last one seen
    unsigned window;
};

static int failed(const char *what, const char *about)
{
    fprintf(stderr, "kernel: %s %s: %s\n", what, about, strerror(errno));
    return -1;
}

// A packet socket on the interface `name` of the namespace of the same name.
static int open_end(const char *folder, const char *name, unsigned *window)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int ns = open(path, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
        return failed("namespace", path);
    close(ns);
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1, room = BUFFER;
    struct sockaddr_ll a = {.sll_family = AF_PACKET,
                            .sll_protocol = htons(ETH_P_ALL),
                            .sll_ifindex = (int)if_nametoindex(name)};
    if (s < 0)
        return failed("socket in", path);
    setsockopt(s, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        *window = NARROW;
    if (setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0 ||
        bind(s, (struct sockaddr *)&a, sizeof a) < 0)
        return failed("interface", name);
    return s;
}

// --- in

// Frames that the ends say to each other by themselves are none of the test's.
static void take(struct wire *w, const uint8_t *frame, uint32_t size)
{
    uint32_t number;
    uint16_t type = size >= WORLD_FRAME ? be16_get(frame + 12) : 0;
    if (type != ETH_P_IP && type != ETH_P_IPV6)
        return;
    if (world_number(frame + WORLD_FRAME, size - WORLD_FRAME, &number) && number < WORLD_MARKS) {
        w->returned = be32_get(frame + size - 4);
        return;
    }
    struct capture_frame f = {.bytes = frame, .stored = size, .length = size};
    capture_write(w->out, &f);
}

static void drain(struct wire *w, int s)
{
    uint8_t frame[ROOM];
    ssize_t n;
    while ((n = recv(s, frame, sizeof frame, MSG_DONTWAIT)) > 0)
        take(w, frame, (uint32_t)n);
}

// Takes what comes for so long, or until the mark that was sent last has come. False when for so
// long nothing came.
static bool listen_for(struct wire *w, int ms, bool mark)
{
    struct pollfd fds[2] = {{w->src, POLLIN, 0}, {w->dst, POLLIN, 0}};
    while (!mark || w->returned != w->mark) {
        if (poll(fds, 2, ms) <= 0)
            return false;
        drain(w, w->src);
        drain(w, w->dst);
    }
    return true;
}

// --- out

static void send_frame(struct wire *w, const uint8_t *bytes, uint32_t size)
{
    while (send(w->src, bytes, size, 0) < 0) {
        if (errno != ENOBUFS && errno != EAGAIN)
            break; // no interface would take it: too short
        listen_for(w, 1, true);
    }
}

// A packet that is forwarded for sure. When it comes out, what was sent before has been dealt with.
static void send_mark(struct wire *w)
{
    struct draft f;
    struct draft_ip ip = {.src = ip6_from_ip4(WORLD_NET4 | 1),
                          .dst = ip6_from_ip4(WORLD_FAR4 | 1),
                          .protocol = PROTOCOL_UDP,
                          .ttl = 64};
    draft_begin(&f);
    be32_put(draft_push(&f, 4), ++w->mark);
    draft_udp(&f, &ip, 9, 9, true);
    draft_ip(&f, &ip);
    world_write_ethernet(draft_push(&f, WORLD_FRAME), 0, ETH_P_IP);
    send_frame(w, f.at, f.size);
}

static bool catch_up(struct wire *w)
{
    for (int i = 0; i < MARK_TRIES; i++) {
        send_mark(w);
        if (listen_for(w, MARK_MS, true))
            return true;
    }
    fprintf(stderr, "kernel: the router forwards nothing\n");
    return false;
}

static bool run(struct wire *w, struct capture *in)
{
    struct capture_frame f;
    int more;
    unsigned sent = 0;
    if (!catch_up(w))
        return false;
    while ((more = capture_next(in, &f)) == 1) {
        send_frame(w, f.bytes, f.stored);
        if (++sent % w->window == 0 && !catch_up(w))
            return false;
    }
    if (more < 0)
        fprintf(stderr, "kernel: %s\n", capture_fault(in));
    bool good = more == 0 && catch_up(w);
    while (listen_for(w, REST_MS, false))
        continue;
    return good;
}

bool exchange(const struct exchange_options *o)
{
    struct capture_error why;
    struct wire w = {.window = WINDOW};
    struct capture *in = capture_open(o->in, &why);
    w.out = in ? capture_create(o->out, FRAME_LINK_ETHERNET, &why) : NULL;
    if (!w.out) {
        fprintf(stderr, "kernel: %s\n", why.text);
        return false;
    }
    w.src = open_end(o->namespaces, "src", &w.window);
    w.dst = open_end(o->namespaces, "dst", &w.window);
    bool good = w.src >= 0 && w.dst >= 0 && run(&w, in);
    capture_close(in);
    if (!capture_finish(w.out, &why)) {
        fprintf(stderr, "kernel: %s\n", why.text);
        good = false;
    }
    return good;
}
