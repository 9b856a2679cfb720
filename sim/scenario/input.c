// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/input.h"

#include "base/file.h"
#include "base/table.h"

#include <string.h>
#include <sys/stat.h>

// Drops "." and "name/.." from `path`, in place.
static void shorten(char *path)
{
    char *out = path, *floor = path;
    if (*path == '/')
        floor = out = path + 1;
    for (const char *p = out; *p;) {
        size_t n = strcspn(p, "/");
        const char *next = p + n + (p[n] == '/');
        bool up = n == 2 && memcmp(p, "..", 2) == 0;
        if (up && out > floor) {
            for (out--; out > floor && out[-1] != '/'; out--)
                ;
        } else if (n > 0 && !(n == 1 && *p == '.')) {
            memmove(out, p, n);
            out += n;
            *out++ = '/';
            if (up)
                floor = out; // nothing can cancel a leading ".."
        }
        p = next;
    }
    if (out > path + 1 && out[-1] == '/')
        out--;
    *out = '\0';
}

const char *input_path(struct input *in, const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');
    if (name[0] == '/' || !slash)
        return arena_strdup(in->a, name);
    char *plain = arena_printf(in->a, "%.*s%s", (int)(slash - from + 1), from, name);
    char *tidy = arena_strdup(in->a, plain);
    struct stat st_plain, st_tidy;
    shorten(tidy);
    // Behind a symbolic link "a/.." need not be where it seems to be.
    if (stat(plain, &st_plain) != 0)
        return tidy;
    bool same = stat(tidy, &st_tidy) == 0 && st_plain.st_dev == st_tidy.st_dev &&
                st_plain.st_ino == st_tidy.st_ino;
    return same ? tidy : plain;
}

const char *input_read(struct input *in, const char *path, struct srcpos named, size_t max,
                       size_t *len)
{
    const char *why = NULL;
    const char *text = file_read(in->a, path, max, len, &why);
    if (!text && named.line == 0)
        diag_missing_input(in->d, path, why);
    else if (!text)
        diag_error(in->d, named, NULL, "cannot read '%s': %s", path, why);
    if (!text)
        return NULL;
    in->hash = hash_bytes(text, *len, in->hash);
    if (*len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        *len -= 3;
    }
    return text;
}
