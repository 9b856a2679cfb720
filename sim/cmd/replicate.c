// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd/replicate.h"

#include "cmd/progress.h"
#include "report/replicas.h"
#include "run/replicas.h"

#include <errno.h>
#include <string.h>

struct replicating {
    struct replicas *gathered;
    struct progress bar;
    const struct scenario *scenario;
    char *why;
    size_t size;
    bool good;
};

static void write(void *ctx, const struct results *r, FILE *out)
{
    (void)ctx;
    replicas_write(r, out);
}

static void done(void *ctx, int replica, bool ok, const char *bytes, size_t len)
{
    struct replicating *x = ctx;
    if (ok && replicas_take(x->gathered, replica, bytes, len))
        return;
    if (x->good)
        snprintf(x->why, x->size, "replica %d (seed %llu) did not end well%s%s", replica,
                 (unsigned long long)replicas_seed(x->scenario->seed, replica), ok ? "" : ": ",
                 ok ? "" : bytes);
    x->good = false;
}

static void progress(void *ctx, size_t ended, size_t all)
{
    progress_show(&((struct replicating *)ctx)->bar, (double)ended / (double)all);
}

bool replicate(const struct cli *c, const struct scenario *s, struct results *r, int parallel,
               char *why, size_t size)
{
    if (c->replicas < 2)
        return true;
    struct replicating x = {.scenario = s, .why = why, .size = size, .good = true};
    struct replicas_options o = {.scenario = s,
                                 .n = (int)c->replicas,
                                 .parallel = parallel,
                                 .ctx = &x,
                                 .write = write,
                                 .done = done,
                                 .progress = progress};
    x.gathered = replicas_gather(r, o.n);
    progress_begin(&x.bar, c->progress, "replicas");
    if (!replicas_run(&o)) {
        snprintf(why, size, "cannot start a process: %s", strerror(errno));
        x.good = false;
    }
    progress_end(&x.bar);
    if (x.good)
        replicas_sum_up(x.gathered);
    replicas_free(x.gathered);
    return x.good;
}
