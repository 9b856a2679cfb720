// SPDX-License-Identifier: GPL-3.0-or-later
// Writing whole files and whole directories; declared in file.h.
#include "base/file.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIALS_MAX 100 // names that are tried for what is not whole yet

// Owned by the caller, unlike arena_printf.
static char *join(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *join(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *s = xmalloc((size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(s, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return s;
}

bool make_dirs(const char *path)
{
    struct stat st;
    char *p = join("%s", path);
    bool ok = true;
    for (char *s = p + 1; *p && ok; s++) {
        if (*s != '/' && *s != '\0')
            continue;
        char c = *s;
        *s = '\0';
        if (mkdir(p, 0777) != 0 && !(stat(p, &st) == 0 && S_ISDIR(st.st_mode)))
            ok = false;
        *s = c;
        if (c == '\0')
            break;
    }
    free(p);
    return ok;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static bool remove_tree(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT;
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

static bool failed(struct outdir *o, const char *what, const char *path)
{
    snprintf(o->error, sizeof o->error, "cannot %s %s: %s", what, path, strerror(errno));
    return false;
}

bool outdir_open(struct outdir *o, const char *dir)
{
    memset(o, 0, sizeof *o);
    o->final = join("%s", dir);
    for (size_t n = strlen(o->final); n > 1 && o->final[n - 1] == '/'; n--)
        o->final[n - 1] = '\0';
    o->work = join("%s.partial-%ld", o->final, (long)getpid());
    if (remove_tree(o->work) && make_dirs(o->work))
        return true;
    failed(o, "make directory", o->work);
    outdir_abort(o);
    return false;
}

FILE *outdir_file(struct outdir *o, const char *name)
{
    char *path = join("%s/%s", o->work, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    bool ok = make_dirs(path);
    *slash = '/';
    FILE *f = ok ? fopen(path, "wbe") : NULL;
    if (!f)
        failed(o, "write", path);
    free(path);
    return f;
}

// Closes `f` and tells whether everything reached the file.
static bool close_whole(FILE *f)
{
    bool bad = ferror(f) != 0;
    int before = errno;
    if (fclose(f) != 0)
        return false;
    if (bad)
        errno = before ? before : EIO;
    return !bad;
}

bool outdir_close(struct outdir *o, FILE *f)
{
    return close_whole(f) || failed(o, "write to", o->work);
}

static void forget(struct outdir *o)
{
    free(o->final);
    free(o->work);
    o->final = o->work = NULL;
}

bool outdir_commit(struct outdir *o)
{
    struct stat st;
    char *old = join("%s.old-%ld", o->final, (long)getpid());
    bool had = lstat(o->final, &st) == 0, ok = true;
    if (had && (!remove_tree(old) || rename(o->final, old) != 0))
        ok = failed(o, "replace", o->final);
    if (ok && rename(o->work, o->final) != 0) {
        ok = failed(o, "rename the results to", o->final);
        if (had && rename(old, o->final) != 0)
            failed(o, "restore", o->final);
    }
    if (ok && had)
        remove_tree(old); // a leftover of old results does no harm
    if (!ok)
        remove_tree(o->work);
    free(old);
    forget(o);
    return ok;
}

void outdir_abort(struct outdir *o)
{
    if (o->work)
        remove_tree(o->work);
    forget(o);
}

bool outdir_finish(struct outdir *o, bool whole)
{
    if (whole)
        return outdir_commit(o);
    outdir_abort(o);
    return false;
}

// What the file's name leads to: through links, since renaming would put a file in a link's place.
static char *target_of(const char *path)
{
    char *target = realpath(path, NULL);
    return target ? target : join("%s", path);
}

// A name that no other writer of this process has, nor one that died before it could tidy up.
static FILE *open_partial(const char *target, char **tmp)
{
    FILE *f = NULL;
    for (int i = 0; !f && i < PARTIALS_MAX; i++) {
        *tmp = i ? join("%s.partial-%ld-%d", target, (long)getpid(), i)
                 : join("%s.partial-%ld", target, (long)getpid());
        f = fopen(*tmp, "wbxe");
        if (f)
            break;
        int before = errno;
        free(*tmp);
        *tmp = NULL;
        errno = before;
        if (before != EEXIST)
            break;
    }
    return f;
}

FILE *whole_file_open(const char *path, char **tmp)
{
    struct stat st;
    char *target = target_of(path);
    bool special = stat(target, &st) == 0 && !S_ISREG(st.st_mode);
    *tmp = NULL;
    FILE *f = special ? fopen(target, "wbe") : open_partial(target, tmp);
    int before = errno;
    free(target);
    errno = before;
    return f;
}

bool whole_file_close(FILE *f, const char *path, char *tmp)
{
    if (!tmp)
        return close_whole(f);
    char *target = target_of(path);
    bool ok = close_whole(f) && rename(tmp, target) == 0;
    int before = errno;
    if (!ok)
        remove(tmp);
    free(target);
    free(tmp);
    errno = before;
    return ok;
}

void whole_file_abandon(FILE *f, char *tmp)
{
    fclose(f);
    if (tmp)
        remove(tmp);
    free(tmp);
}
