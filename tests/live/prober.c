// SPDX-License-Identifier: GPL-3.0-or-later
// prober ADDRESS [COUNT [INTERVAL_MS [SIZE [TTL]]]]: sends echo requests of SIZE bytes (the whole
// datagram, never to be cut) and says what came back, on lines that a script can read:
//
//     192.0.2.1: time exceeded
//     192.0.2.1: too big, mtu 1476
//     192.0.2.1: unreachable 1
//     10 sent, 10 received, mean 1.234 ms, worst 2.345 ms
//
// An error is said once for each sender and kind. ping(8) does the same, but is not everywhere.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LAST_WAIT_MS 1000 // for what is still under way
#define SIZE_MAX_6   65535

struct prober {
    int fd;
    bool six;
    struct sockaddr_storage to;
    socklen_t to_size;
    uint16_t id, seq;
    uint32_t size, received;
    double sum_ms, worst_ms;
    char said[1024];
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what)
{
    fprintf(stderr, "prober: %s: %s\n", what, strerror(errno));
    exit(2);
}

static void say(struct prober *p, const char *line)
{
    if (strstr(p->said, line))
        return;
    strncat(p->said, line, sizeof p->said - strlen(p->said) - 1);
    fputs(line, stdout);
}

static uint16_t checksum(const uint8_t *b, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)b[i] << 8 | b[i + 1];
    if (n & 1)
        sum += (uint32_t)b[n - 1] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void set(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) != 0)
        fail("socket option");
}

static void open_socket(struct prober *p, const char *address, int ttl)
{
    struct sockaddr_in *four = (struct sockaddr_in *)&p->to;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&p->to;
    p->six = strchr(address, ':') != NULL;
    p->to.ss_family = p->six ? AF_INET6 : AF_INET;
    p->to_size = p->six ? sizeof *six : sizeof *four;
    void *at = p->six ? (void *)&six->sin6_addr : (void *)&four->sin_addr;
    if (inet_pton(p->to.ss_family, address, at) != 1) {
        fprintf(stderr, "prober: '%s' is no address\n", address);
        exit(2);
    }
    p->fd = socket(p->to.ss_family, SOCK_RAW, p->six ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
    if (p->fd < 0)
        fail("raw socket");
    // Not to be cut, and not limited by what the host has learnt about the path.
    if (p->six) {
        set(p->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl);
        set(p->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
    } else {
        set(p->fd, IPPROTO_IP, IP_TTL, ttl);
        set(p->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    }
}

// Both kinds of echo request look alike; the kernel writes ICMPv6's checksum.
static void send_one(struct prober *p)
{
    static uint8_t b[SIZE_MAX_6];
    uint32_t size = p->size - (p->six ? 40 : 20);
    double at = now_ms();
    memset(b, 0x5a, size);
    b[0] = p->six ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    b[1] = b[2] = b[3] = 0;
    memcpy(b + 4, &p->id, 2);
    memcpy(b + 6, &p->seq, 2);
    memcpy(b + 8, &at, sizeof at);
    p->seq++;
    if (!p->six) {
        uint16_t sum = htons(checksum(b, size));
        memcpy(b + 2, &sum, 2);
    }
    if (sendto(p->fd, b, size, 0, (struct sockaddr *)&p->to, p->to_size) < 0 && errno != ENOBUFS)
        fprintf(stderr, "prober: not sent: %s\n", strerror(errno));
}

static void error_came(struct prober *p, const uint8_t *b, const char *from)
{
    char line[128] = "";
    uint16_t mtu4;
    uint32_t mtu6;
    memcpy(&mtu4, b + 6, 2);
    memcpy(&mtu6, b + 4, 4);
    if (b[0] == (p->six ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED))
        snprintf(line, sizeof line, "%s: time exceeded\n", from);
    else if (p->six && b[0] == ICMP6_PACKET_TOO_BIG)
        snprintf(line, sizeof line, "%s: too big, mtu %u\n", from, ntohl(mtu6));
    else if (!p->six && b[0] == ICMP_DEST_UNREACH && b[1] == ICMP_FRAG_NEEDED)
        snprintf(line, sizeof line, "%s: too big, mtu %u\n", from, ntohs(mtu4));
    else if (b[0] == (p->six ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
        snprintf(line, sizeof line, "%s: unreachable %u\n", from, b[1]);
    if (line[0])
        say(p, line);
}

static void receive_one(struct prober *p)
{
    uint8_t b[65536];
    struct sockaddr_storage who;
    socklen_t size = sizeof who;
    char from[INET6_ADDRSTRLEN];
    ssize_t n = recvfrom(p->fd, b, sizeof b, 0, (struct sockaddr *)&who, &size);
    if (n < 0)
        return;
    const void *at = p->six ? (void *)&((struct sockaddr_in6 *)&who)->sin6_addr
                            : (void *)&((struct sockaddr_in *)&who)->sin_addr;
    inet_ntop(p->six ? AF_INET6 : AF_INET, at, from, sizeof from);
    const uint8_t *icmp = b + (p->six ? 0 : (b[0] & 15) * 4);
    n -= icmp - b;
    if (n < 16)
        return;
    if (icmp[0] != (p->six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY)) {
        error_came(p, icmp, from);
        return;
    }
    if (memcmp(icmp + 4, &p->id, 2) != 0)
        return;
    double sent_ms;
    memcpy(&sent_ms, icmp + 8, sizeof sent_ms);
    double took_ms = now_ms() - sent_ms;
    p->received++;
    p->sum_ms += took_ms;
    p->worst_ms = took_ms > p->worst_ms ? took_ms : p->worst_ms;
}

static void receive_until(struct prober *p, double end_ms, uint32_t enough)
{
    while (p->received < enough) {
        double left_ms = end_ms - now_ms();
        if (left_ms <= 0)
            break;
        struct timespec t = {(time_t)(left_ms / 1e3), (long)(left_ms * 1e6) % 1000000000};
        struct pollfd f = {p->fd, POLLIN, 0};
        if (ppoll(&f, 1, &t, NULL) > 0)
            receive_one(p);
    }
}

int main(int argc, char **argv)
{
    long numbers[] = {1, 100, 84, 64}; // count, interval, size, TTL
    struct prober p = {.id = (uint16_t)getpid()};
    if (argc < 2 || argc > 6)
        return 2;
    for (int i = 2; i < argc; i++)
        numbers[i - 2] = strtol(argv[i], NULL, 10);
    p.size = (uint32_t)numbers[2];
    if (numbers[2] < 60 || numbers[2] > 65535)
        return 2;
    open_socket(&p, argv[1], (int)numbers[3]);
    double start_ms = now_ms();
    for (long i = 0; i < numbers[0]; i++) {
        send_one(&p);
        receive_until(&p, start_ms + (double)((i + 1) * numbers[1]), UINT32_MAX);
    }
    receive_until(&p, now_ms() + LAST_WAIT_MS, (uint32_t)numbers[0]);
    printf("%ld sent, %u received, mean %.3f ms, worst %.3f ms\n", numbers[0], p.received,
           p.received ? p.sum_ms / p.received : 0, p.worst_ms);
    return p.received == numbers[0] ? 0 : 1;
}
