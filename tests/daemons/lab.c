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
    "show route primary all table master4 where source ~ [RTS_BGP, RTS_STATIC]\n";
static const char frr_question[] = "show bgp ipv4 unicast json"; // with its NUL

bool lab_open(struct lab *l, const char *dir)
{
    char path[512], host[128], daemon[16];
    VEC(struct lab_router) routers = {0};
    snprintf(path, sizeof path, "%s/lab", dir);
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        return false;
    }
    while (fscanf(f, "%127s %15s", host, daemon) == 2) {
        struct lab_router *r = vec_add(&routers);
        snprintf(r->host, sizeof r->host, "%s", host);
        r->daemon = strcmp(daemon, "bird") == 0 ? LAB_BIRD : LAB_FRR;
        r->socket = -1;
    }
    fclose(f);
    *l = (struct lab){dir, routers.v, routers.n};
    return true;
}

static void hang_up(struct lab_router *r)
{
    if (r->socket >= 0)
        close(r->socket);
    r->socket = -1;
}

void lab_close(struct lab *l)
{
    for (size_t i = 0; i < l->n; i++)
        hang_up(&l->routers[i]);
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
static char *listen_to(struct lab_router *r)
{
    VEC(char) text = {0};
    bool whole = false;
    while (!whole) {
        vec_reserve(&text, text.n + 65536);
        ssize_t n = read(r->socket, text.v + text.n, text.cap - text.n - 1);
        if (n <= 0) {
            hang_up(r);
            vec_free(&text);
            return NULL;
        }
        text.n += (size_t)n;
        whole =
            r->daemon == LAB_BIRD ? bird_is_whole(text.v, text.n) : frr_is_whole(text.v, text.n);
    }
    text.v[text.n] = '\0';
    return text.v;
}

static bool call(const struct lab *l, struct lab_router *r)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = ANSWER_TIMEOUT_S};
    int n = snprintf(to.sun_path, sizeof to.sun_path, "%s/run/%s/%s", l->dir, r->host,
                     r->daemon == LAB_BIRD ? "bird.ctl" : "bgpd.vty");
    if (n >= (int)sizeof to.sun_path)
        return false;
    r->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->socket < 0)
        return false;
    setsockopt(r->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(r->socket, (struct sockaddr *)&to, sizeof to) != 0) {
        hang_up(r);
        return false;
    }
    if (r->daemon == LAB_BIRD) // it greets
        free(listen_to(r));
    return r->socket >= 0;
}

char *lab_routes(struct lab *l, size_t router)
{
    struct lab_router *r = &l->routers[router];
    bool bird = r->daemon == LAB_BIRD;
    const char *question = bird ? bird_question : frr_question;
    size_t n = bird ? sizeof bird_question - 1 : sizeof frr_question;
    if (r->socket < 0 && !call(l, r))
        return NULL;
    if (write(r->socket, question, n) != (ssize_t)n) {
        hang_up(r);
        return NULL;
    }
    char *answer = listen_to(r);
    char *routes = !answer ? NULL : bird ? bird_routes(answer) : frr_routes(answer);
    free(answer);
    return routes;
}
