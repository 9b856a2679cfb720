// SPDX-License-Identifier: GPL-3.0-or-later
// server PORT FILE: an HTTP/1.0 server that answers every request with FILE, over IPv4 and IPv6, and
// takes what is posted to it. One process a connection; ends when it is killed.
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// Reads the request, and as much of a body as it says it has.
static void read_request(int fd)
{
    char head[4096];
    size_t have = 0;
    char *end = NULL;
    while (!end && have < sizeof head - 1) {
        ssize_t n = read(fd, head + have, sizeof head - 1 - have);
        if (n <= 0)
            _exit(1);
        have += (size_t)n;
        head[have] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    const char *length = end ? strcasestr(head, "content-length:") : NULL;
    size_t body = length ? strtoul(length + 15, NULL, 10) : 0;
    for (size_t got = end ? have - (size_t)(end + 4 - head) : 0; got < body;) {
        static char sink[65536];
        ssize_t n = read(fd, sink, sizeof sink);
        if (n <= 0)
            _exit(1);
        got += (size_t)n;
    }
}

static void serve(int fd, const char *path)
{
    int file = open(path, O_RDONLY);
    struct stat s;
    char head[128];
    if (file < 0 || fstat(file, &s) != 0)
        _exit(1);
    read_request(fd);
    int size = snprintf(head, sizeof head, "HTTP/1.0 200 OK\r\nContent-Length: %lld\r\n\r\n",
                        (long long)s.st_size);
    if (write(fd, head, (size_t)size) != size)
        _exit(1);
    for (off_t at = 0; at < s.st_size;)
        if (sendfile(fd, file, &at, (size_t)(s.st_size - at)) <= 0)
            _exit(1);
    shutdown(fd, SHUT_WR);
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct sockaddr_in6 at = {.sin6_family = AF_INET6,
                              .sin6_port = htons((unsigned short)strtol(argv[1], NULL, 10))};
    int one = 1, none = 0;
    int s = socket(AF_INET6, SOCK_STREAM, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &none, sizeof none);
    if (bind(s, (struct sockaddr *)&at, sizeof at) != 0 || listen(s, 16) != 0) {
        perror("server");
        return 1;
    }
    for (;;) {
        int fd = accept(s, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            serve(fd, argv[2]);
        }
        close(fd);
    }
}
