// SPDX-License-Identifier: GPL-3.0-or-later
// Live interfaces against the kernel's own stack. The program puts itself into a fresh network
// namespace with two more behind it, each with a real stack, joined by veth pairs that end here:
//
//     left (10.9.0.2, fd09::2) ── l0 [this program] r0 ── right (10.9.0.3, fd09::3)
//
// Everything disappears with the process. Without the privilege, or without ip(8), it skips.
#include "unit.h"
#include "wire/afpacket.h"
#include "wire/neighbour.h"
#include "wire/tun.h"

#include "fwd/headers6.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 5000
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static int here = -1, left_ns = -1, right_ns = -1; // namespaces
static bool ready;

static int enter_new(void)
{
    return unshare(CLONE_NEWNET) == 0 ? open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
}

// Runs a command in a namespace; its complaints are of no interest.
static bool run(int ns, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool run(int ns, const char *fmt, ...)
{
    char command[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        if (setns(ns, CLONE_NEWNET) == 0)
            execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status = 1;
    return waitpid(child, &status, 0) == child && status == 0;
}

static bool make_side(int ns, const char *here_if, const char *mac, int host)
{
    return run(here, "ip link add %s type veth peer name eth0 netns /proc/%d/fd/%d", here_if,
               (int)getpid(), ns) &&
           run(here, "ip link set %s address %s up", here_if, mac) &&
           run(ns,
               "ip link set lo up && ip link set eth0 address 02:00:00:00:00:%02x up && "
               "ip addr add 10.9.0.%d/24 dev eth0 && ip addr add fd09::%d/64 dev eth0 nodad",
               host, host, host);
}

static bool prepare(void)
{
    static bool tried;
    if (tried)
        return ready;
    tried = true;
    ready = (left_ns = enter_new()) >= 0 && (right_ns = enter_new()) >= 0 &&
            (here = enter_new()) >= 0 && make_side(left_ns, "l0", "02:00:00:00:01:01", 2) &&
            make_side(right_ns, "r0", "02:00:00:00:01:02", 3);
    return ready;
}

#define NEEDS_NETWORK()                                                                            \
    do {                                                                                           \
        if (!prepare()) {                                                                          \
            unit_skip("no network namespaces with veth: needs root and ip(8)");                    \
            return;                                                                                \
        }                                                                                          \
    } while (0)

static int socket_in(int ns, int family, int type)
{
    CU_ASSERT_EQUAL_FATAL(setns(ns, CLONE_NEWNET), 0);
    int s = socket(family, type | SOCK_NONBLOCK, 0);
    CU_ASSERT_EQUAL_FATAL(setns(here, CLONE_NEWNET), 0);
    CU_ASSERT_FATAL(s >= 0);
    return s;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct interface *open_if(const char *name)
{
    char error[INTERFACE_ERROR] = "";
    struct interface *i = afpacket_open(&(struct afpacket_options){.name = name}, error);
    if (!i)
        printf("  %s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(i);
    return i;
}

// --- A station: an interface with its neighbours, which answers for itself.
struct station {
    struct interface *i;
    struct neighbours *t;
};

static struct station station_on(const char *name, const char *v4, const char *v6)
{
    struct ip6_addr a;
    struct station s = {.i = open_if(name)};
    struct neighbours_options o = {.limit = 64, .waiting = 64};
    memcpy(o.mac, s.i->mac, FRAME_MAC);
    s.t = neighbours_new(&o);
    CU_ASSERT(ip_parse(v4, &a));
    neighbour_add_own(s.t, a, 24);
    CU_ASSERT(ip_parse(v6, &a));
    neighbour_add_own(s.t, a, 64);
    neighbour_add_own(s.t, neighbour_link_local(s.i->mac), 64);
    return s;
}

static void station_end(struct station *s)
{
    neighbours_free(s->t);
    interface_close(s->i);
}

static void transmit(struct interface *i, struct neighbour_frame *f)
{
    if (!f->size)
        return;
    interface_send(i, &(struct interface_frame){.bytes = f->bytes, .size = (uint32_t)f->size}, 1);
    interface_flush(i);
}

static bool datagram_is_sound(const uint8_t *b, size_t n, uint8_t protocol);

// Waits for frames and answers neighbours until a datagram of `protocol` arrives, which is left in
// `out` from the link-layer header on; false when none does.
static bool await(struct station *s, uint8_t protocol, uint8_t *out, size_t *size)
{
    struct interface_frame frames[INTERFACE_BATCH];
    int64_t until = now_ms() + WAIT_MS;
    bool found = false;
    while (!found && now_ms() < until) {
        struct pollfd p = {.fd = s->i->fd, .events = POLLIN};
        poll(&p, 1, 100);
        int n = interface_receive(s->i, frames, INTERFACE_BATCH);
        for (int k = 0; k < n && !found; k++) {
            struct neighbour_frame reply;
            struct frame f;
            if (s->t && neighbour_input(s->t, frames[k].bytes, frames[k].size, 0, &reply) ==
                            NEIGHBOUR_HANDLED)
                transmit(s->i, &reply);
            else if (frame_decode(s->i->link, frames[k].bytes, frames[k].size, &f) == FRAME_OK)
                found = datagram_is_sound(frames[k].bytes + f.offset, frames[k].size - f.offset,
                                          protocol);
            if (found) {
                memcpy(out, frames[k].bytes, frames[k].size);
                *size = frames[k].size;
            }
        }
    }
    return found;
}

// A datagram of `protocol` in which every length and checksum is right.
static bool datagram_is_sound(const uint8_t *b, size_t n, uint8_t protocol)
{
    bool v4 = n >= IP4_HEADER && b[0] >> 4 == 4;
    if (n < IP4_HEADER || b[v4 ? IP4_PROTOCOL : IP6_NEXT] != protocol)
        return false;
    size_t header = v4 ? ip4_header_size(b) : IP6_HEADER;
    size_t total = v4 ? be16_get(b + IP4_LENGTH) : be16_get(b + IP6_LENGTH) + (size_t)IP6_HEADER;
    CU_ASSERT_FATAL(total <= n && header < total);
    uint8_t tail[8] = {0};
    be32_put(tail, (uint32_t)(total - header));
    tail[7] = protocol;
    uint64_t sum = checksum_add(0, tail, sizeof tail);
    sum = checksum_add(sum, b + (v4 ? IP4_SRC : IP6_SRC), v4 ? 8 : 32);
    CU_ASSERT(checksum_ok(checksum_add(sum, b + header, total - header)));
    CU_ASSERT(!v4 || checksum_ok(checksum_add(0, b, header)));
    return true;
}

// --- Tests.
static void the_kernel_finds_us(void)
{
    static uint8_t b[2048];
    size_t n = 0;
    NEEDS_NETWORK();
    struct station s = station_on("l0", "10.9.0.1", "fd09::1");
    CU_ASSERT_EQUAL(s.i->link, FRAME_LINK_ETHERNET);
    CU_ASSERT_EQUAL(s.i->mtu, 1500);
    CU_ASSERT_EQUAL(memcmp(s.i->mac, (uint8_t[6]){2, 0, 0, 0, 1, 1}, 6), 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7)};
    inet_pton(AF_INET, "10.9.0.1", &to.sin_addr);
    int u = socket_in(left_ns, AF_INET, SOCK_DGRAM);
    CU_ASSERT_EQUAL(sendto(u, "hello", 5, 0, (struct sockaddr *)&to, sizeof to), 5);
    CU_ASSERT(await(&s, PROTOCOL_UDP, b, &n) && n == 14 + 28 + 5 && !memcmp(b + 42, "hello", 5));
    close(u);
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons(7)};
    inet_pton(AF_INET6, "fd09::1", &to6.sin6_addr);
    u = socket_in(left_ns, AF_INET6, SOCK_DGRAM);
    CU_ASSERT_EQUAL(sendto(u, "hello", 5, 0, (struct sockaddr *)&to6, sizeof to6), 5);
    CU_ASSERT(await(&s, PROTOCOL_UDP, b, &n) && n == 14 + 48 + 5 && !memcmp(b + 62, "hello", 5));
    close(u);
    CU_ASSERT(s.i->statistics.completed >= 2); // veth leaves checksums to us
    CU_ASSERT(run(left_ns, "ip neigh show 10.9.0.1 | grep -qi 02:00:00:00:01:01"));
    CU_ASSERT(run(left_ns, "ip -6 neigh show fd09::1 | grep -qi '02:00:00:00:01:01.*router'"));
    station_end(&s);
}

static void asks_for(struct station *s, const char *text)
{
    struct ip6_addr a;
    struct neighbour_frame f;
    struct neighbour_packet done;
    struct interface_frame frames[INTERFACE_BATCH];
    uint8_t mac[FRAME_MAC];
    char packet;
    CU_ASSERT(ip_parse(text, &a));
    CU_ASSERT_EQUAL(neighbour_resolve(s->t, a, 0, &packet, mac, &f), NEIGHBOUR_PENDING);
    transmit(s->i, &f);
    int64_t until = now_ms() + WAIT_MS;
    while (neighbour_get(s->t, a, 0, NULL) != NEIGHBOUR_STATE_REACHABLE && now_ms() < until) {
        struct pollfd p = {.fd = s->i->fd, .events = POLLIN};
        poll(&p, 1, 100);
        int n = interface_receive(s->i, frames, INTERFACE_BATCH);
        for (int k = 0; k < n; k++) {
            neighbour_input(s->t, frames[k].bytes, frames[k].size, 0, &f);
            transmit(s->i, &f);
        }
    }
    CU_ASSERT(neighbour_ready(s->t, &done) && done.packet == &packet &&
              done.answer == NEIGHBOUR_FOUND &&
              !memcmp(done.mac, (uint8_t[6]){2, 0, 0, 0, 0, 2}, 6));
}

static void we_find_the_kernel(void)
{
    NEEDS_NETWORK();
    struct station s = station_on("l0", "10.9.0.1", "fd09::1");
    asks_for(&s, "10.9.0.2");
    asks_for(&s, "fd09::2");
    station_end(&s);
}

// A second station takes the address over: the kernel sends to the new one.
static void the_kernel_follows_a_takeover(void)
{
    struct neighbour_frame f;
    struct ip6_addr a;
    NEEDS_NETWORK();
    struct station s = station_on("l0", "10.9.0.1", "fd09::1");
    CU_ASSERT(
        run(left_ns, "ip neigh replace 10.9.0.1 lladdr 02:00:00:00:0f:0f dev eth0 nud stale"));
    CU_ASSERT(run(left_ns, "ip neigh replace fd09::1 lladdr 02:00:00:00:0f:0f dev eth0 nud stale"));
    CU_ASSERT(ip_parse("10.9.0.1", &a));
    neighbour_announce(s.t, a, &f);
    transmit(s.i, &f);
    CU_ASSERT(ip_parse("fd09::1", &a));
    neighbour_announce(s.t, a, &f);
    transmit(s.i, &f);
    usleep(100000);
    CU_ASSERT(run(left_ns, "ip neigh show 10.9.0.1 | grep -q 02:00:00:00:01:01"));
    CU_ASSERT(run(left_ns, "ip neigh show fd09::1 | grep -q 02:00:00:00:01:01"));
    station_end(&s);
}

// Linux takes a frame's outermost tag off as it comes in and keeps it apart.
static void vlan_tags_are_put_back(void)
{
    static uint8_t out[2][64] = {
        {2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0x60, 0x64, 8, 0},
        {2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 9, 0x86, 0xdd}};
    struct interface_frame frames[INTERFACE_BATCH];
    unsigned found = 0;
    NEEDS_NETWORK();
    struct interface *i = open_if("l0");
    CU_ASSERT_EQUAL_FATAL(setns(left_ns, CLONE_NEWNET), 0);
    struct interface *peer = open_if("eth0");
    CU_ASSERT_EQUAL_FATAL(setns(here, CLONE_NEWNET), 0);
    memset(out[0] + 18, 0xab, 46);
    memset(out[1] + 22, 0xcd, 42);
    for (int k = 0; k < 2; k++)
        interface_send(peer, &(struct interface_frame){.bytes = out[k], .size = 64}, 1);
    interface_flush(peer);
    for (int64_t until = now_ms() + WAIT_MS; found != 3 && now_ms() < until;) {
        struct pollfd p = {.fd = i->fd, .events = POLLIN};
        poll(&p, 1, 100);
        int n = interface_receive(i, frames, INTERFACE_BATCH);
        for (int k = 0; k < n; k++)
            for (unsigned o = 0; o < 2; o++)
                if (frames[k].size == 64 && !memcmp(frames[k].bytes, out[o], 64))
                    found |= 1u << o;
    }
    CU_ASSERT_EQUAL(found, 3);
    interface_close(i);
    interface_close(peer);
}

// The UDP payloads among some frames, one after the other; checks each datagram.
static size_t gather_udp(const struct interface_frame *frames, int n, char *out, unsigned *pieces)
{
    size_t got = 0;
    for (int k = 0; k < n; k++) {
        const uint8_t *b = frames[k].bytes;
        size_t size = frames[k].size;
        if (size < 42 || be16_get(b + 12) != FRAME_TYPE_IP4 ||
            !datagram_is_sound(b + 14, size - 14, PROTOCOL_UDP))
            continue;
        memcpy(out + got, b + 42, size - 42);
        got += size - 42;
        ++*pieces;
    }
    return got;
}

// One datagram of 5300 bytes that the kernel was told to cut in pieces of 1000.
static void merged_udp_is_cut(void)
{
    static char text[5300], in[sizeof text + 4 * 1500]; // and frames of others
    struct interface_frame frames[INTERFACE_BATCH];
    size_t got = 0;
    unsigned pieces = 0;
    int piece = 1000;
    NEEDS_NETWORK();
    struct interface *i = open_if("l0");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7)};
    inet_pton(AF_INET, "10.9.0.1", &to.sin_addr);
    CU_ASSERT(run(left_ns, "ip neigh replace 10.9.0.1 lladdr 02:00:00:00:01:01 dev eth0"));
    int u = socket_in(left_ns, AF_INET, SOCK_DGRAM);
    for (size_t k = 0; k < sizeof text; k++)
        text[k] = (char)(k / 7);
    if (setsockopt(u, SOL_UDP, UDP_SEGMENT, &piece, sizeof piece) != 0 ||
        sendto(u, text, sizeof text, 0, (struct sockaddr *)&to, sizeof to) < 0) {
        unit_skip("this kernel cannot cut UDP");
    } else {
        for (int64_t until = now_ms() + WAIT_MS; got < sizeof text && now_ms() < until;) {
            struct pollfd p = {.fd = i->fd, .events = POLLIN};
            poll(&p, 1, 100);
            int n = interface_receive(i, frames, 4); // less than there are at once
            CU_ASSERT_FATAL(n <= 4 && got + (size_t)n * 1500 <= sizeof in);
            got += gather_udp(frames, n, in + got, &pieces);
        }
        CU_ASSERT(got == sizeof text && memcmp(in, text, sizeof text) == 0);
        CU_ASSERT_EQUAL(pieces, 6);
        CU_ASSERT_EQUAL(i->statistics.cut, 1);
    }
    close(u);
    interface_close(i);
}

// --- TCP between two kernels, through us: every frame of one side goes to the other.
struct bridge {
    struct interface *side[2];
    uint32_t largest; // frame
};

static void bridge_once(struct bridge *b)
{
    struct interface_frame frames[INTERFACE_BATCH];
    struct pollfd p[2] = {{.fd = b->side[0]->fd, .events = POLLIN},
                          {.fd = b->side[1]->fd, .events = POLLIN}};
    poll(p, 2, 1);
    for (int k = 0; k < 2; k++)
        for (int n; (n = interface_receive(b->side[k], frames, INTERFACE_BATCH)) > 0;) {
            for (int f = 0; f < n; f++)
                if (frames[f].size > b->largest)
                    b->largest = frames[f].size;
            interface_send(b->side[!k], frames, n);
            interface_flush(b->side[!k]);
        }
}

// Moves 4 MB from left to right over TCP to `address`; the bytes that arrive are compared.
static bool tcp_arrives(struct bridge *b, const char *address)
{
    enum { TOTAL = 4 << 20 };
    static char out[65536], in[65536];
    bool v6 = strchr(address, ':') != NULL, good = true;
    struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(5001)};
    struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_port = htons(5001)};
    inet_pton(v6 ? AF_INET6 : AF_INET, address, v6 ? (void *)&a6.sin6_addr : (void *)&a4.sin_addr);
    struct sockaddr *a = v6 ? (struct sockaddr *)&a6 : (struct sockaddr *)&a4;
    socklen_t size = v6 ? sizeof a6 : sizeof a4;
    int family = v6 ? AF_INET6 : AF_INET, one = 1, taken = -1;
    int server = socket_in(right_ns, family, SOCK_STREAM);
    int client = socket_in(left_ns, family, SOCK_STREAM);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    CU_ASSERT(bind(server, a, size) == 0 && listen(server, 1) == 0);
    connect(client, a, size);
    size_t sent = 0, got = 0;
    for (int64_t until = now_ms() + 4 * WAIT_MS; got < TOTAL && now_ms() < until;) {
        bridge_once(b);
        if (taken < 0)
            taken = accept4(server, NULL, NULL, SOCK_NONBLOCK);
        for (size_t k = 0; sent < TOTAL && k < sizeof out; k++)
            out[k] = (char)((sent + k) * 2654435761u >> 13);
        size_t want = TOTAL - sent < sizeof out ? TOTAL - sent : sizeof out;
        ssize_t n = want ? send(client, out, want, MSG_NOSIGNAL) : 0;
        sent += n > 0 ? (size_t)n : 0;
        n = taken < 0 ? -1 : recv(taken, in, sizeof in, 0);
        for (ssize_t k = 0; k < n; k++, got++)
            good = good && in[k] == (char)(got * 2654435761u >> 13);
    }
    close(client);
    close(server);
    close(taken);
    return good && got == TOTAL;
}

static void tcp_through(const char *address)
{
    struct bridge b = {.side = {open_if("l0"), open_if("r0")}};
    CU_ASSERT(tcp_arrives(&b, address));
    const struct interface_statistics *s = interface_statistics(b.side[0]);
    CU_ASSERT(s->cut > 0 && s->dropped_merged == 0 && s->dropped_truncated == 0);
    CU_ASSERT(interface_statistics(b.side[1])->unsent_size == 0);
    CU_ASSERT(b.largest <= 1514);
    printf("  %s: %llu frames, %llu merged ones cut\n", address, (unsigned long long)s->received,
           (unsigned long long)s->cut);
    interface_close(b.side[0]);
    interface_close(b.side[1]);
}

static void merged_tcp_is_cut(void)
{
    NEEDS_NETWORK();
    tcp_through("10.9.0.3");
    tcp_through("fd09::3");
}

static bool make_tunnel(const char *kind, const char *extra)
{
    return run(left_ns,
               "ip link add t0 type %s local 10.9.0.2 remote 10.9.0.3 %s && "
               "ip addr add 10.7.0.2/24 dev t0 && ip link set t0 mtu 1400 up",
               kind, extra) &&
           run(right_ns,
               "ip link add t0 type %s local 10.9.0.3 remote 10.9.0.2 %s && "
               "ip addr add 10.7.0.3/24 dev t0 && ip link set t0 mtu 1400 up",
               kind, extra);
}

static void merged_tcp_in_tunnels_is_cut(void)
{
    static const struct {
        const char *kind, *extra;
    } tunnels[] = {{"ipip", ""},
                   {"gre", "key 7"},
                   {"gre", "csum"},
                   {"vxlan", "id 5 dstport 4789"},
                   {"vxlan", "id 5 dstport 4789 udpcsum"}};
    NEEDS_NETWORK();
    for (size_t k = 0; k < sizeof tunnels / sizeof tunnels[0]; k++) {
        printf("  %s %s:\n", tunnels[k].kind, tunnels[k].extra);
        if (make_tunnel(tunnels[k].kind, tunnels[k].extra))
            tcp_through("10.7.0.3");
        else
            unit_skip("this kernel lacks that tunnel");
        run(left_ns, "ip link del t0");
        run(right_ns, "ip link del t0");
    }
}

static void refused_frames_are_counted(void)
{
    static uint8_t big[2000] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 1, 1, 8, 0};
    char text[INTERFACE_ERROR];
    NEEDS_NETWORK();
    struct interface *i = open_if("l0");
    CU_ASSERT(!interface_advice(i, text));
    struct interface_frame frames[3] = {
        {.bytes = big, .size = 60}, {.bytes = big, .size = 1600}, {.bytes = big, .size = 60}};
    interface_send(i, frames, 3);
    interface_flush(i);
    CU_ASSERT_EQUAL(i->statistics.sent, 2);
    CU_ASSERT_EQUAL(i->statistics.unsent_size, 1);
    CU_ASSERT(interface_advice(i, text) && strstr(text, "larger than its MTU of 1500"));
    run(here, "ip link set l0 down");
    interface_send(i, frames, 1);
    interface_flush(i);
    CU_ASSERT_EQUAL(i->statistics.unsent_down, 1);
    struct interface_frame strays[3];
    while (interface_receive(i, strays, 3) > 0) // what the host said before (neighbour discovery)
        continue;
    CU_ASSERT_EQUAL(interface_receive(i, strays, 3), 0); // down, not gone
    struct pollfd p = {.fd = i->fd, .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, 50), 0); // and nothing spins
    run(here, "ip link set l0 up");
    interface_send(i, frames, 1);
    interface_flush(i);
    CU_ASSERT_EQUAL(i->statistics.sent, 3);
    interface_close(i);
}

static void a_removed_interface_says_so(void)
{
    struct interface_frame frames[4];
    NEEDS_NETWORK();
    CU_ASSERT(run(here, "ip link add gone0 type veth peer name gone1 && ip link set gone0 up && "
                        "ip link set gone1 up"));
    struct interface *i = open_if("gone0");
    while (interface_receive(i, frames, 4) > 0)
        ;
    CU_ASSERT(run(here, "ip link del gone0"));
    struct pollfd p = {.fd = i->fd, .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, WAIT_MS), 1);
    int n;
    while ((n = interface_receive(i, frames, 4)) > 0)
        ;
    CU_ASSERT_EQUAL(n, -1);
    CU_ASSERT_STRING_EQUAL(i->error, "gone0: the interface was removed");
    interface_close(i);
}

static void open_fails(const char *name, const char *part)
{
    char error[INTERFACE_ERROR] = "";
    CU_ASSERT_PTR_NULL(afpacket_open(&(struct afpacket_options){.name = name}, error));
    if (!strstr(error, part)) {
        printf("  looked for: %s\n  found: %s\n", part, error);
        CU_FAIL("message");
    }
}

static void what_cannot_be_opened(void)
{
    NEEDS_NETWORK();
    open_fails("nosuch0", "there is no interface 'nosuch0'");
    open_fails("a-name-that-is-much-too-long", "there is no interface");
    if (run(here, "ip tunnel add odd0 mode ipip local 10.9.0.1 remote 10.9.0.2"))
        open_fails("odd0", "its link layer is of type 768");
}

// In a child without privileges: the messages name what is missing.
static void without_privilege(void)
{
    char error[INTERFACE_ERROR] = "";
    int status = 0;
    NEEDS_NETWORK();
    pid_t child = fork();
    if (child == 0) {
        if (setuid(65534) != 0)
            _exit(3);
        bool one = !afpacket_open(&(struct afpacket_options){.name = "l0"}, error) &&
                   strstr(error, "CAP_NET_RAW");
        bool two = access("/dev/net/tun", R_OK | W_OK) != 0 ||
                   (!tun_open(&(struct tun_options){.name = "t9"}, error) &&
                    strstr(error, "CAP_NET_ADMIN"));
        _exit(one && two ? 0 : 1);
    }
    CU_ASSERT(waitpid(child, &status, 0) == child && status == 0);
}

// The host's stack behind a TUN device: what it sends arrives, what we send it receives.
static void tun_carries_both_ways(void)
{
    static uint8_t b[2048];
    char error[INTERFACE_ERROR] = "", in[16];
    size_t n = 0;
    NEEDS_NETWORK();
    if (access("/dev/net/tun", F_OK) != 0) {
        unit_skip("there is no /dev/net/tun");
        return;
    }
    struct prefix6 addresses[2] = {{.len = 96 + 24}, {.len = 64}};
    CU_ASSERT(ip_parse("10.6.0.1", &addresses[0].addr) && ip_parse("fd06::1", &addresses[1].addr));
    struct tun_options o = {
        .name = "host0", .mtu = 1400, .addresses = addresses, .naddresses = 2, .up = true};
    struct station s = {.i = tun_open(&o, error)};
    if (!s.i)
        printf("  %s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s.i);
    CU_ASSERT(s.i->link == FRAME_LINK_IP && s.i->mtu == 1400 && !strcmp(s.i->name, "host0"));
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7)};
    inet_pton(AF_INET, "10.6.0.2", &to.sin_addr);
    int u = socket_in(here, AF_INET, SOCK_DGRAM);
    CU_ASSERT_EQUAL(connect(u, (struct sockaddr *)&to, sizeof to), 0);
    CU_ASSERT_EQUAL(send(u, "out", 3, 0), 3);
    CU_ASSERT_FATAL(await(&s, PROTOCOL_UDP, b, &n));
    CU_ASSERT(n == 31 && !memcmp(b + 28, "out", 3));
    uint8_t swap[4];
    memcpy(swap, b + IP4_SRC, 4); // addresses and ports change places: all checksums stay right
    memcpy(b + IP4_SRC, b + IP4_DST, 4);
    memcpy(b + IP4_DST, swap, 4);
    memcpy(swap, b + 20, 2);
    memcpy(b + 20, b + 22, 2);
    memcpy(b + 22, swap, 2);
    interface_send(s.i, &(struct interface_frame){.bytes = b, .size = (uint32_t)n}, 1);
    interface_flush(s.i);
    struct pollfd p = {.fd = u, .events = POLLIN};
    CU_ASSERT_EQUAL(poll(&p, 1, WAIT_MS), 1);
    CU_ASSERT(recv(u, in, sizeof in, 0) == 3 && !memcmp(in, "out", 3));
    close(u);
    CU_ASSERT(run(here, "ip -6 addr show dev host0 | grep -q 'fd06::1/64'"));
    CU_ASSERT_PTR_NULL(tun_open(&o, error)); // the name is taken
    CU_ASSERT_PTR_NOT_NULL(strstr(error, "host0: cannot create the TUN device"));
    interface_close(s.i);
    CU_ASSERT(!run(here, "ip link show host0"));
}

// A packet socket on an interface without Ethernet: the host's end of a TUN device.
static void raw_ip_through_a_packet_socket(void)
{
    // UDP from 10.5.0.2 to 10.5.0.9; nobody looks at its checksums on this way.
    static uint8_t b[] = {0x45, 0, 0, 31, 0, 0, 0x40, 0, 64, 17, 0x26, 0xa2, 10,  5,   0,  2,
                          10,   5, 0, 9,  0, 7, 0,    7, 0,  11, 0x76, 0x0e, 'o', 'u', 't'};
    char error[INTERFACE_ERROR] = "";
    struct interface_frame frames[4];
    int n = 0;
    NEEDS_NETWORK();
    struct interface *t = tun_open(&(struct tun_options){.name = "raw0", .up = true}, error);
    if (!t) {
        unit_skip(error);
        return;
    }
    struct interface *i = open_if("raw0");
    CU_ASSERT(i->link == FRAME_LINK_IP && i->mtu == 1500);
    // What the other end writes is received; what is sent the other end reads.
    struct interface_frame one = {.bytes = b, .size = sizeof b};
    interface_send(t, &one, 1);
    struct pollfd p = {.fd = i->fd, .events = POLLIN};
    for (int tries = 0; n == 0 && tries < 50; tries++) {
        poll(&p, 1, 100);
        n = interface_receive(i, frames, 4);
    }
    CU_ASSERT(n == 1 && frames[0].size == sizeof b && !memcmp(frames[0].bytes, b, sizeof b));
    interface_send(i, &one, 1);
    interface_flush(i);
    p.fd = t->fd;
    bool found = false;
    for (int tries = 0; !found && tries < 50; tries++) {
        poll(&p, 1, 100);
        n = interface_receive(t, frames, 4); // besides what the host says by itself
        for (int k = 0; k < n; k++)
            found = found || (frames[k].size == sizeof b && !memcmp(frames[k].bytes, b, sizeof b));
    }
    CU_ASSERT(found);
    interface_close(i);
    interface_close(t);
}

UNIT_MAIN("live", {"the_kernel_finds_us", the_kernel_finds_us},
          {"we_find_the_kernel", we_find_the_kernel},
          {"the_kernel_follows_a_takeover", the_kernel_follows_a_takeover},
          {"vlan_tags_are_put_back", vlan_tags_are_put_back},
          {"merged_udp_is_cut", merged_udp_is_cut}, {"merged_tcp_is_cut", merged_tcp_is_cut},
          {"merged_tcp_in_tunnels_is_cut", merged_tcp_in_tunnels_is_cut},
          {"refused_frames_are_counted", refused_frames_are_counted},
          {"a_removed_interface_says_so", a_removed_interface_says_so},
          {"what_cannot_be_opened", what_cannot_be_opened},
          {"without_privilege", without_privilege},
          {"tun_carries_both_ways", tun_carries_both_ways},
          {"raw_ip_through_a_packet_socket", raw_ip_through_a_packet_socket})
