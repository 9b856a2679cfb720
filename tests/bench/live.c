// SPDX-License-Identifier: GPL-3.0-or-later
// `anysim forward --live` beside the kernel's own forwarding, on veth pairs:
//
//     sender (a packet socket) ── r0 [router] r1 ── sink (counts frames)
//
// Each is a namespace that vanishes with the processes in it. The sender sends UDP as fast as it can;
// what arrives in half a second is counted. The router is the kernel or anysim by turns. Skipped
// without the privilege, and without ip(8).
#include "bench.h"

#include "fwd/packet.h"
#include "forward/live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SETTLE_MS  200
#define MEASURE_MS 500
#define BATCH      64
#define HEAD       14 // Ethernet

enum { SENDER, ROUTER, SINK, SPACES };
enum { KERNEL, ANYSIM, PEERS };
static const uint32_t datagrams[] = {46, 1500}; // 64-byte frames, their checksum counted, and 1500
enum { SIZES = sizeof datagrams / sizeof datagrams[0] };

static const char config_text[] =
    "version: 1\n"
    "node: {address: 10.0.0.1}\n"
    "interfaces:\n"
    "  in: {device: r0, address: 10.1.0.1/24}\n"
    "  out: {device: r1, address: 10.2.0.1/24, neighbours: [{address: 10.2.0.2, mac: "
    "02:00:00:00:00:99}]}\n"
    "nexthops: {sink: {interface: out, via: 10.2.0.2}}\n"
    "routes: [{prefix: 10.3.0.0/16, via: sink}]\n";

static int spaces[SPACES];

static void enter(int space)
{
    if (setns(spaces[space], CLONE_NEWNET) != 0)
        exit(1);
}

static bool run(int space, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool run(int space, const char *fmt, ...)
{
    char command[512], whole[600];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    snprintf(whole, sizeof whole, "(%s) >/dev/null 2>&1", command);
    enter(space);
    return system(whole) == 0;
}

static bool prepare(void)
{
    for (int i = 0; i < SPACES; i++) {
        if (unshare(CLONE_NEWNET) != 0)
            return false;
        spaces[i] = open("/proc/self/ns/net", O_RDONLY);
    }
    int me = (int)getpid();
    for (int i = 0; i < SPACES; i++)
        run(i, "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
    return run(ROUTER,
               "ip link add name r0 type veth peer name s0 netns /proc/%d/fd/%d && "
               "ip link add name r1 type veth peer name k0 netns /proc/%d/fd/%d && "
               "ip link set dev r0 address 02:00:00:00:00:01 up && ip link set dev r1 up",
               me, spaces[SENDER], me, spaces[SINK]) &&
           run(SENDER, "ip link set dev s0 up") && run(SINK, "ip link set dev k0 up");
}

// The kernel must not have addresses while anysim is the router.
static void become(int peer)
{
    run(ROUTER, "ip addr flush dev r0; ip addr flush dev r1");
    run(ROUTER, "echo %d > /proc/sys/net/ipv4/ip_forward", peer == KERNEL);
    if (peer == KERNEL)
        run(ROUTER, "ip addr add 10.1.0.1/24 dev r0 && ip addr add 10.2.0.1/24 dev r1 && "
                    "ip neigh replace 10.2.0.2 lladdr 02:00:00:00:00:99 dev r1 && "
                    "ip route replace 10.3.0.0/16 via 10.2.0.2");
}

// --- the processes

static pid_t start(int space)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        enter(space);
    }
    return child;
}

static void stop(pid_t child, int signal)
{
    kill(child, signal);
    waitpid(child, NULL, 0);
}

static void forward(void)
{
    char path[64], error[512];
    struct config c;
    struct live *l;
    struct diag *d = diag_new();
    int file = memfd_create("config", 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, config_text, sizeof config_text - 1) < 0)
        exit(1);
    config_load(path, d, &c);
    if (diag_errors(d)) {
        diag_print(d, stderr, false);
        exit(1);
    }
    if (live_open(&c, &(struct live_options){.quiet = true}, &l, error) != LIVE_GOOD) {
        fprintf(stderr, "bench: %s\n", error);
        exit(1);
    }
    live_run(l);
    exit(0);
}

static void write_frame(uint8_t *frame, uint32_t datagram, uint32_t k)
{
    static const uint8_t ethernet[HEAD] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0};
    struct packet p;
    packet_init(&p, PACKET_BYTES);
    packet_build_udp(&p, IP4(10, 1, 0, 2), IP4(10, 3, 0, 0) + k + 1, (uint16_t)(1024 + k), 2000, 64,
                     datagram, NULL);
    memset(frame, 0, HEAD + datagram);
    memcpy(frame, ethernet, HEAD);
    memcpy(frame + HEAD, packet_data(&p), p.captured);
}

static void send_for_ever(uint32_t datagram)
{
    static uint8_t frames[BATCH][HEAD + 1500];
    struct mmsghdr messages[BATCH] = {0};
    struct iovec parts[BATCH];
    struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex("s0")};
    int s = socket(AF_PACKET, SOCK_RAW, 0), one = 1;
    if (s < 0 || bind(s, (struct sockaddr *)&to, sizeof to) != 0)
        exit(1);
    setsockopt(s, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
    for (uint32_t k = 0; k < BATCH; k++) {
        write_frame(frames[k], datagram, k);
        parts[k] = (struct iovec){frames[k], HEAD + datagram};
        messages[k].msg_hdr = (struct msghdr){.msg_iov = &parts[k], .msg_iovlen = 1};
    }
    for (;;)
        if (sendmmsg(s, messages, BATCH, 0) < 0 && errno != ENOBUFS && errno != EAGAIN)
            exit(1);
}

// --- measuring

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

// Frames that k0 has received.
static double arrived(void)
{
    char line[512];
    uint64_t bytes, packets = 0;
    enter(SINK);
    FILE *f = fopen("/proc/thread-self/net/dev", "r");
    while (f && fgets(line, sizeof line, f)) {
        const char *at = strstr(line, "k0:");
        if (at && sscanf(at, "k0: %" SCNu64 " %" SCNu64, &bytes, &packets) == 2)
            break;
    }
    if (f)
        fclose(f);
    return (double)packets;
}

// Thousands of packets a second that come through.
static double measure(int peer, uint32_t datagram)
{
    pid_t router = 0, sender;
    become(peer);
    if (peer == ANYSIM && (router = start(ROUTER)) == 0)
        forward();
    wait_ms(SETTLE_MS);
    if ((sender = start(SENDER)) == 0)
        send_for_ever(datagram);
    wait_ms(SETTLE_MS);
    double begin_s = now_s(), before = arrived();
    wait_ms(MEASURE_MS);
    double end_s = now_s(), after = arrived();
    stop(sender, SIGKILL);
    if (router)
        stop(router, SIGTERM);
    return (after - before) / (end_s - begin_s) / 1e3;
}

// In a process of its own, which the namespaces end with.
static void measure_all(int to)
{
    double each[SIZES][PEERS][BENCH_RUNS], medians[SIZES][PEERS];
    if (!prepare())
        exit(1);
    for (int run_number = 0; run_number < BENCH_RUNS; run_number++)
        for (int size = 0; size < SIZES; size++)
            for (int peer = 0; peer < PEERS; peer++)
                each[size][peer][run_number] = measure(peer, datagrams[size]);
    for (int size = 0; size < SIZES; size++)
        for (int peer = 0; peer < PEERS; peer++)
            medians[size][peer] = bench_median(each[size][peer], BENCH_RUNS);
    exit(write(to, medians, sizeof medians) != sizeof medians);
}

void bench_live(void)
{
    static const char *const names[SIZES] = {"--live on veth, 64-byte frames",
                                             "--live on veth, 1500-byte datagrams"};
    double medians[SIZES][PEERS];
    int ends[2];
    if (pipe(ends) != 0)
        return;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        measure_all(ends[1]);
    close(ends[1]);
    bool good = read(ends[0], medians, sizeof medians) == sizeof medians;
    close(ends[0]);
    waitpid(child, NULL, 0);
    if (!good) {
        printf("SKIPPED: --live beside the kernel: needs root, veth and ip(8)\n");
        return;
    }
    for (int i = 0; i < SIZES; i++)
        bench_add(&(struct figure){names[i], medians[i][ANYSIM], "kpackets/s", "Linux kernel",
                                   medians[i][KERNEL]});
}
