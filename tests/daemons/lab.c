// SPDX-License-Identifier: GPL-3.0-or-later
#include "lab.h"

#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_S 5

static const char bird_question[] =
    "show route primary all table master4 where source ~ [RTS_BGP, RTS_STATIC]";
static const char frr_question[] = "show bgp ipv4 unicast json";

bool lab_open(struct lab *l, const char *dir)
{
    char path[512], host[128], daemon[16];
    int adjacencies;
    VEC(struct lab_router) routers = {0};
    snprintf(path, sizeof path, "%s/lab", dir);
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return false;
    }
    while (fscanf(f, "%127s %15s %d", host, daemon, &adjacencies) == 3) {
        struct lab_router *r = vec_add(&routers);
        snprintf(r->host, sizeof r->host, "%s", host);
        r->daemon = strcmp(daemon, "bird") == 0 ? LAB_BIRD : LAB_FRR;
        r->adjacencies = adjacencies;
        for (int i = 0; i < LAB_PROGRAMS; i++)
            r->sockets[i] = -1;
    }
    fclose(f);
    *l = (struct lab){dir, routers.v, routers.n};
    return true;
}

static void hang_up(int *socket)
{
    if (*socket >= 0)
        close(*socket);
    *socket = -1;
}

void lab_close(struct lab *l)
{
    for (size_t i = 0; i < l->n; i++)
        for (int k = 0; k < LAB_PROGRAMS; k++)
            hang_up(&l->routers[i].sockets[k]);
    free(l->routers);
}

// Is what has come so far a whole answer?
static bool bird_is_whole(const char *text, size_t n)
{
    const char *last;
    if (n < 5 || text[n - 1] != '\n')
        return false;
    for (last = text + n - 1; last > text && last[-1] != '\n';)
        last--;
    return strspn(last, "0123456789") == 4 && last[4] == ' ';
}

static bool frr_is_whole(const char *text, size_t n)
{
    return n >= 4 && memcmp(text + n - 4, "\0\0\0", 3) == 0; // and the status
}

// The answer up to its end; NULL when the daemon hung up or says nothing for too long.
static char *listen_to(enum lab_daemon daemon, int *socket)
{
    VEC(char) text = {0};
    bool whole = false;
    while (!whole) {
        vec_reserve(&text, text.n + 65536);
        ssize_t n = read(*socket, text.v + text.n, text.cap - text.n - 1);
        if (n <= 0) {
            hang_up(socket);
            vec_free(&text);
            return NULL;
        }
        text.n += (size_t)n;
        whole = daemon == LAB_BIRD ? bird_is_whole(text.v, text.n) : frr_is_whole(text.v, text.n);
    }
    text.v[text.n] = '\0';
    return text.v;
}

static bool call(const struct lab *l, struct lab_router *r, enum lab_program program)
{
    static const char *const names[] = {"bgpd.vty", "ospfd.vty", "isisd.vty"};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = ANSWER_TIMEOUT_S};
    int *s = &r->sockets[program];
    int n = snprintf(to.sun_path, sizeof to.sun_path, "%s/run/%s/%s", l->dir, r->host,
                     r->daemon == LAB_BIRD ? "bird.ctl" : names[program]);
    if (n >= (int)sizeof to.sun_path)
        return false;
    *s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*s < 0)
        return false;
    setsockopt(*s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(*s, (struct sockaddr *)&to, sizeof to) != 0) {
        hang_up(s);
        return false;
    }
    if (r->daemon == LAB_BIRD) // it greets
        free(listen_to(r->daemon, s));
    return *s >= 0;
}

char *lab_ask(struct lab *l, size_t router, enum lab_program program, const char *command)
{
    struct lab_router *r = &l->routers[router];
    char question[256];
    if (r->sockets[program] < 0 && !call(l, r, program))
        return NULL;
    // BIRD takes lines, FRR text with its NUL.
    int n = snprintf(question, sizeof question, "%s%s", command, r->daemon == LAB_BIRD ? "\n" : "");
    size_t size = (size_t)n + (r->daemon == LAB_FRR);
    if (write(r->sockets[program], question, size) != (ssize_t)size) {
        hang_up(&r->sockets[program]);
        return NULL;
    }
    return listen_to(r->daemon, &r->sockets[program]);
}

char *lab_routes(struct lab *l, size_t router)
{
    bool bird = l->routers[router].daemon == LAB_BIRD;
    char *answer = lab_ask(l, router, LAB_BGP, bird ? bird_question : frr_question);
    char *routes = !answer ? NULL : bird ? bird_routes(answer) : frr_routes(answer);
    free(answer);
    return routes;
}
