// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/jobs.h"

#include "base/arena.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    pid_t pid; // 0: free place
    int fd;
    size_t task;
};

struct result {
    char *text;
    size_t len;
    bool ended, ok;
};

struct pool {
    const struct jobs *jobs;
    struct child *children;
    struct result *results;
    size_t started, ended, handed;
};

int jobs_default(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

static void child_main(const struct jobs *j, size_t task, int fd)
{
    FILE *out = fdopen(fd, "w");
    if (!out)
        _exit(71);
    j->work(j->ctx, task, out);
    // _exit: the parent's buffers and exit handlers are not the child's to run.
    _exit(fclose(out) == 0 ? 0 : 74);
}

static bool start(struct pool *p, struct child *c)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    fflush(NULL); // or the child would print the parent's buffers again
    pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    if (pid == 0) {
        close(ends[0]);
        child_main(p->jobs, p->started, ends[1]);
    }
    close(ends[1]);
    *c = (struct child){.pid = pid, .fd = ends[0], .task = p->started++};
    return true;
}

static void append(struct result *r, const char *bytes, size_t n)
{
    r->text = xrealloc(r->text, r->len + n + 1);
    memcpy(r->text + r->len, bytes, n);
    r->len += n;
    r->text[r->len] = '\0';
}

static void reap(struct pool *p, struct child *c)
{
    struct result *r = &p->results[c->task];
    int status = 0;
    close(c->fd);
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    r->ended = true;
    r->ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!r->ok) {
        char why[128];
        if (WIFSIGNALED(status))
            snprintf(why, sizeof why, "ended by signal %d (%s)", WTERMSIG(status),
                     strsignal(WTERMSIG(status)));
        else
            snprintf(why, sizeof why, "ended with status %d", WEXITSTATUS(status));
        r->len = 0;
        append(r, why, strlen(why));
    }
    c->pid = 0;
    p->ended++;
    if (p->jobs->progress)
        p->jobs->progress(p->jobs->ctx, p->ended, p->jobs->tasks);
}

static void read_some(struct pool *p, struct child *c)
{
    char buf[65536];
    ssize_t n = read(c->fd, buf, sizeof buf);
    if (n > 0)
        append(&p->results[c->task], buf, (size_t)n);
    else if (n == 0 || errno != EINTR)
        reap(p, c);
}

static void hand_out(struct pool *p)
{
    while (p->handed < p->jobs->tasks && p->results[p->handed].ended) {
        struct result *r = &p->results[p->handed];
        p->jobs->done(p->jobs->ctx, p->handed, r->ok, r->text ? r->text : "", r->len);
        free(r->text);
        r->text = NULL;
        p->handed++;
    }
}

static bool step(struct pool *p, struct pollfd *fds)
{
    int n = p->jobs->parallel;
    for (int i = 0; i < n; i++)
        if (p->children[i].pid == 0 && p->started < p->jobs->tasks && !start(p, &p->children[i]))
            return false;
    for (int i = 0; i < n; i++)
        fds[i] = (struct pollfd){p->children[i].pid ? p->children[i].fd : -1, POLLIN, 0};
    if (poll(fds, (nfds_t)n, -1) < 0)
        return errno == EINTR;
    for (int i = 0; i < n; i++)
        if (fds[i].revents && p->children[i].pid)
            read_some(p, &p->children[i]);
    hand_out(p);
    return true;
}

bool jobs_run(const struct jobs *j)
{
    struct pool p = {.jobs = j};
    bool ok = true;
    p.children = xcalloc((size_t)j->parallel, sizeof *p.children);
    p.results = xcalloc(j->tasks, sizeof *p.results);
    struct pollfd *fds = xcalloc((size_t)j->parallel, sizeof *fds);
    while (ok && p.ended < j->tasks)
        ok = step(&p, fds);
    int why = errno;
    for (int i = 0; i < j->parallel; i++)
        if (p.children[i].pid) {
            kill(p.children[i].pid, SIGTERM);
            reap(&p, &p.children[i]);
        }
    for (size_t i = 0; i < j->tasks; i++)
        free(p.results[i].text);
    free(p.results);
    free(p.children);
    free(fds);
    errno = why;
    return ok;
}
