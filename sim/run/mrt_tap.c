// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/mrt_tap.h"

#include "bgp/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct mrt_tap {
    struct world *w;
    char *dir;
    FILE *updates;
    struct bgp_update scratch;
    bool failed; // a file took no more
};

static int64_t now_us(const struct mrt_tap *t)
{
    return (sim_now(t->w->sim) - t->w->epoch_ps) / PS_PER_US;
}

static FILE *open_file(const char *dir, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return fopen(path, "wb");
}

static void heard(void *ctx, const struct bgp_peer *by, const struct bgp_message *m)
{
    struct mrt_tap *t = ctx;
    if (sim_now(t->w->sim) < t->w->epoch_ps || t->failed)
        return;
    t->failed = !bgp_dump_heard(by, m, now_us(t), &t->scratch, t->updates);
}

static void write_tables(struct mrt_tap *t, const char *name)
{
    FILE *f = open_file(t->dir, name);
    bool good =
        f && bgp_dump_tables(control_bgp(t->w->control), t->w->scenario->name, now_us(t), f);
    if (f)
        good &= fclose(f) == 0;
    t->failed |= !good;
}

static void tell(struct mrt_tap_options *o, const char *dir)
{
    snprintf(o->error, sizeof o->error, "%s: cannot write MRT files: %s", dir, strerror(errno));
}

struct mrt_tap *mrt_tap_new(struct world *w, struct mrt_tap_options *o)
{
    FILE *f = open_file(o->dir, "updates.mrt");
    if (!f) {
        tell(o, o->dir);
        return NULL;
    }
    struct mrt_tap *t = xcalloc(1, sizeof *t);
    t->w = w;
    t->dir = strcpy(xmalloc(strlen(o->dir) + 1), o->dir);
    t->updates = f;
    control_listen(w->control, heard, t);
    return t;
}

void mrt_tap_start(struct mrt_tap *t)
{
    write_tables(t, "rib-start.mrt");
}

bool mrt_tap_finish(struct mrt_tap *t, struct mrt_tap_options *o)
{
    control_listen(t->w->control, NULL, NULL);
    write_tables(t, "rib-end.mrt");
    t->failed |= fclose(t->updates) != 0;
    bool good = !t->failed;
    if (!good)
        tell(o, t->dir);
    bgp_update_free(&t->scratch);
    free(t->dir);
    free(t);
    return good;
}
