// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgpd.h"

#include "base/vec.h"
#include "bgptable.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PEERS = 8, DAEMON_AS = 65000, FEEDER_AS = 64500, HOLD_S = 240 };

#define QUIET_S    1.0 // so long without work: it is done
#define PATIENCE_S 180.0

struct octets {
    VEC(uint8_t) out;
};

struct feeder {
    int fd;
    struct octets octets;
    size_t sent;
};

struct daemon {
    pid_t pid;
    uint16_t port, api_port;
    char dir[32];
    struct feeder feeders[MAX_PEERS];
    uint32_t n;
    uint64_t heard;
    double keepalive_s; // when it was sent last
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

// --- Messages in octets (RFC 4271 §4), with AS numbers of two

static void put(struct octets *o, uint32_t value, int octets)
{
    for (int i = octets; i-- > 0;)
        vec_push(&o->out, (uint8_t)(value >> 8 * i));
}

static size_t begin_message(struct octets *o, uint32_t type)
{
    size_t at = o->out.n;
    for (int i = 0; i < 16; i++)
        put(o, 0xff, 1);
    put(o, 0, 2);
    put(o, type, 1);
    return at;
}

static void set_length(struct octets *o, size_t at, size_t from)
{
    size_t n = o->out.n - from;
    o->out.v[at] = (uint8_t)(n >> 8);
    o->out.v[at + 1] = (uint8_t)n;
}

static void put_open(struct octets *o, uint32_t peer)
{
    size_t at = begin_message(o, 1);
    put(o, 4, 1);
    put(o, FEEDER_AS + peer, 2);
    put(o, HOLD_S, 2);
    put(o, IP4(10, 0, 0, 1) + peer, 4);
    put(o, 0, 1);
    set_length(o, at + 16, at);
}

static void put_keepalive(struct octets *o)
{
    size_t at = begin_message(o, 4);
    set_length(o, at + 16, at);
}

static void put_update(struct octets *o, uint32_t peer, const struct bgptable_group *g)
{
    uint32_t path[BGPTABLE_MAX_PATH], n = bgptable_path(g, peer, path);
    size_t at = begin_message(o, 2);
    put(o, 0, 2);
    put(o, 0, 2);
    size_t attributes = o->out.n;
    put(o, 0x40010100, 4); // ORIGIN: IGP
    put(o, 0x4002, 2);     // AS_PATH
    put(o, 2 + 2 * (n + 1), 1);
    put(o, 2, 1);
    put(o, n + 1, 1);
    put(o, FEEDER_AS + peer, 2);
    for (uint32_t i = 0; i < n; i++)
        put(o, path[i], 2);
    put(o, 0x400304, 3); // NEXT_HOP
    put(o, IP4(172, 16, 0, 2 * peer), 4);
    set_length(o, attributes - 2, attributes);
    for (uint32_t i = 0; i < g->n; i++) {
        struct prefix p = bgptable_prefix(g->first + i);
        put(o, p.len, 1);
        put(o, p.addr >> 8, 3);
    }
    set_length(o, at + 16, at);
}

// --- The daemon

static uint16_t free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    uint16_t port = 0;
    if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 &&
        getsockname(fd, (struct sockaddr *)&a, &size) == 0)
        port = ntohs(a.sin_port);
    close(fd);
    return port;
}

static double cpu_s(pid_t pid)
{
    char path[40], text[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    text[n] = 0;
    if (f)
        fclose(f);
    const char *name_end = strrchr(text, ')');
    if (name_end)
        sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double resident_bytes(pid_t pid)
{
    char path[40], line[128];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmRSS: %lf", &kib);
    if (f)
        fclose(f);
    return kib * 1024;
}

// argv's program, quiet, in the daemon's folder.
static bool run(struct daemon *d, char *const argv[])
{
    d->pid = fork();
    if (d->pid == 0) {
        int null = open("/dev/null", O_RDWR);
        if (chdir(d->dir) == 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
            execvp(argv[0], argv);
        _exit(127);
    }
    return d->pid > 0;
}

static bool gone(struct daemon *d)
{
    int status;
    if (d->pid > 0 && waitpid(d->pid, &status, WNOHANG) == 0)
        return false;
    d->pid = 0;
    return true;
}

static void stop(struct daemon *d)
{
    static const char *const files[] = {"conf", "ctl"};
    for (uint32_t i = 0; i < d->n; i++) {
        if (d->feeders[i].fd >= 0)
            close(d->feeders[i].fd);
        vec_free(&d->feeders[i].octets.out);
    }
    if (!gone(d)) {
        kill(d->pid, SIGTERM);
        for (int i = 0; i < 100 && !gone(d); i++)
            pause_ms(100);
        if (!gone(d)) {
            kill(d->pid, SIGKILL);
            waitpid(d->pid, NULL, 0);
        }
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/%s", d->dir, files[i]);
        unlink(path);
    }
    rmdir(d->dir);
}

static FILE *configuration(struct daemon *d)
{
    char path[64];
    strcpy(d->dir, "/tmp/anysim-bgpd.XXXXXX");
    if (!mkdtemp(d->dir))
        return NULL;
    d->port = free_port();
    d->api_port = free_port();
    snprintf(path, sizeof path, "%s/conf", d->dir);
    return fopen(path, "w");
}

// --- The peers

static int try_connect(const struct daemon *d, uint32_t peer)
{
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(IP4(127, 0, 0, 11) + peer)},
                       to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons(d->port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&own, sizeof own) == 0 &&
        connect(fd, (struct sockaddr *)&to, sizeof to) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool connect_all(struct daemon *d)
{
    double give_up_s = now_s() + 10;
    for (uint32_t i = 0; i < d->n; i++)
        d->feeders[i].fd = -1;
    for (uint32_t i = 0; i < d->n; i++) {
        struct feeder *f = &d->feeders[i];
        while ((f->fd = try_connect(d, i)) < 0) {
            if (gone(d) || now_s() > give_up_s)
                return false;
            pause_ms(50);
        }
        put_open(&f->octets, i);
        put_keepalive(&f->octets);
    }
    return true;
}

static bool pump_one(struct daemon *d, struct feeder *f)
{
    uint8_t heard[65536];
    ssize_t n;
    while ((n = read(f->fd, heard, sizeof heard)) > 0)
        d->heard += (uint64_t)n;
    if (n == 0 || errno != EAGAIN)
        return false; // it hung up
    size_t left = f->octets.out.n - f->sent;
    n = left ? write(f->fd, f->octets.out.v + f->sent, left) : 0;
    if (n < 0 && errno != EAGAIN)
        return false;
    f->sent += n > 0 ? (size_t)n : 0;
    return true;
}

static void keep_alive(struct daemon *d)
{
    if (now_s() - d->keepalive_s < HOLD_S / 8)
        return;
    d->keepalive_s = now_s();
    for (uint32_t i = 0; i < d->n; i++)
        if (d->feeders[i].sent == d->feeders[i].octets.out.n)
            put_keepalive(&d->feeders[i].octets);
}

// Sends and hears until all is said and the daemon does nothing any more. False: it hung up, or
// takes too long.
static bool pump(struct daemon *d)
{
    double start_s = now_s(), quiet_s = start_s, cpu = cpu_s(d->pid);
    for (;;) {
        struct pollfd p[MAX_PEERS];
        bool pending = false;
        for (uint32_t i = 0; i < d->n; i++) {
            struct feeder *f = &d->feeders[i];
            bool more = f->fd >= 0 && f->sent < f->octets.out.n;
            p[i] = (struct pollfd){f->fd, (short)(POLLIN | (more ? POLLOUT : 0)), 0};
            pending |= more;
            if (f->fd >= 0 && !pump_one(d, f))
                return false;
        }
        poll(p, d->n, 100);
        keep_alive(d);
        double used = cpu_s(d->pid), now = now_s();
        if (pending || used > cpu + 0.02) {
            cpu = used;
            quiet_s = now;
        }
        if (now - quiet_s > QUIET_S)
            return true;
        if (gone(d) || now - start_s > PATIENCE_S)
            return false;
    }
}

static bool measure(struct daemon *d, uint32_t prefixes, struct bgpd_figures *out)
{
    if (!connect_all(d) || !pump(d))
        return false;
    double before_s = cpu_s(d->pid), before = resident_bytes(d->pid);
    for (uint32_t i = 0; i < d->n; i++) {
        struct bgptable_group g = {0};
        while (bgptable_next(&g, prefixes))
            put_update(&d->feeders[i].octets, i, &g);
    }
    if (!pump(d))
        return false;
    double loaded_s = cpu_s(d->pid);
    out->load_s = loaded_s - before_s;
    out->bytes = resident_bytes(d->pid) - before;
    close(d->feeders[0].fd);
    d->feeders[0].fd = -1;
    d->feeders[0].sent = d->feeders[0].octets.out.n;
    if (!pump(d))
        return false;
    out->loss_s = cpu_s(d->pid) - loaded_s;
    out->heard = d->heard;
    return true;
}

static bool measure_and_stop(struct daemon *d, const char *name, uint32_t prefixes,
                             struct bgpd_figures *out)
{
    bool ok = measure(d, prefixes, out);
    if (!ok)
        printf("bgp: %s is not installed, or did not load %u prefixes from %u peers\n", name,
               prefixes, d->n);
    stop(d);
    return ok;
}

bool bgpd_bird(uint32_t peers, uint32_t prefixes, struct bgpd_figures *out)
{
    struct daemon d = {.n = peers};
    char *const argv[] = {"bird", "-f", "-c", "conf", "-s", "ctl", NULL};
    FILE *f = configuration(&d);
    if (!f)
        return false;
    fprintf(f,
            "router id 10.0.0.100;\nprotocol device { }\n"
            "protocol static { ipv4; route 172.16.0.0/16 via \"lo\"; }\n"
            "template bgp feeder { local 127.0.0.1 port %u as %d; multihop; passive;\n"
            "  ipv4 { import all; export where source = RTS_BGP; next hop self; }; }\n",
            d.port, DAEMON_AS);
    for (uint32_t i = 0; i < peers; i++)
        fprintf(f, "protocol bgp f%u from feeder { neighbor 127.0.0.%u as %u; }\n", i, 11 + i,
                FEEDER_AS + i);
    fclose(f);
    return run(&d, argv) && measure_and_stop(&d, "bird", prefixes, out);
}

bool bgpd_gobgp(uint32_t peers, uint32_t prefixes, struct bgpd_figures *out)
{
    struct daemon d = {.n = peers};
    char api[40];
    FILE *f = configuration(&d);
    if (!f)
        return false;
    snprintf(api, sizeof api, "--api-hosts=127.0.0.1:%u", d.api_port);
    char *const argv[] = {"gobgpd", "-f", "conf", api, "--pprof-disable", NULL};
    fprintf(f,
            "[global.config]\nas = %d\nrouter-id = \"10.0.0.100\"\nport = %u\n"
            "local-address-list = [\"127.0.0.1\"]\n",
            DAEMON_AS, d.port);
    for (uint32_t i = 0; i < peers; i++)
        fprintf(f,
                "[[neighbors]]\n[neighbors.config]\nneighbor-address = \"127.0.0.%u\"\n"
                "peer-as = %u\n[neighbors.transport.config]\npassive-mode = true\n"
                "local-address = \"127.0.0.1\"\n",
                11 + i, FEEDER_AS + i);
    fclose(f);
    return run(&d, argv) && measure_and_stop(&d, "gobgpd", prefixes, out);
}
