// SPDX-License-Identifier: GPL-3.0-or-later
// Reading whole files. The writing side is outdir.c.
#include "base/file.h"

#include <bzlib.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <stdlib.h>
#include <zstd.h>

struct buffer {
    char *p;
    size_t n, cap, max;
};

// Makes room for more bytes; false when that would pass the limit.
static bool buffer_room(struct buffer *b)
{
    if (b->n < b->cap)
        return true;
    if (b->cap > b->max)
        return false;
    b->cap = b->cap ? 2 * b->cap : 65536;
    if (b->cap > b->max)
        b->cap = b->max + 1; // one byte too many tells that the limit is passed
    b->p = xrealloc(b->p, b->cap + 1);
    return b->n < b->cap;
}

static const char *read_plain(FILE *f, struct buffer *b)
{
    for (;;) {
        if (!buffer_room(b))
            return NULL; // the caller sees n > max
        size_t got = fread(b->p + b->n, 1, b->cap - b->n, f);
        b->n += got;
        if (got == 0)
            return ferror(f) ? strerror(errno) : NULL;
    }
}

static const char *inflate_gzip(const struct buffer *in, struct buffer *out)
{
    z_stream z = {.next_in = (Bytef *)in->p, .avail_in = (uInt)in->n};
    if (inflateInit2(&z, 15 + 16) != Z_OK)
        return "zlib cannot start";
    int r = Z_OK;
    while (out->n <= out->max) {
        if (!buffer_room(out))
            break;
        z.next_out = (Bytef *)out->p + out->n;
        z.avail_out = (uInt)(out->cap - out->n);
        r = inflate(&z, Z_NO_FLUSH);
        out->n = out->cap - z.avail_out;
        if (r == Z_STREAM_END && z.avail_in > 0 && inflateReset(&z) == Z_OK)
            continue; // members that follow each other
        if (r != Z_OK)
            break;
    }
    inflateEnd(&z);
    return r == Z_STREAM_END || out->n > out->max ? NULL : "broken or truncated gzip data";
}

static const char *inflate_bzip2(const struct buffer *in, struct buffer *out)
{
    bz_stream z = {.next_in = in->p, .avail_in = (unsigned)in->n};
    int r = BZ2_bzDecompressInit(&z, 0, 0);
    if (r != BZ_OK)
        return "bzip2 cannot start";
    while (out->n <= out->max && buffer_room(out)) {
        z.next_out = out->p + out->n;
        z.avail_out = (unsigned)(out->cap - out->n);
        r = BZ2_bzDecompress(&z);
        bool stuck = r == BZ_OK && z.avail_in == 0 && z.avail_out > 0;
        out->n = out->cap - z.avail_out;
        if (r != BZ_OK || stuck)
            break;
    }
    BZ2_bzDecompressEnd(&z);
    return r == BZ_STREAM_END || out->n > out->max ? NULL : "broken or truncated bzip2 data";
}

static const char *inflate_zstd(const struct buffer *in, struct buffer *out)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    ZSTD_inBuffer src = {in->p, in->n, 0};
    size_t r = 1;
    if (!z)
        return "zstd cannot start";
    while (out->n <= out->max && buffer_room(out)) {
        ZSTD_outBuffer dst = {out->p, out->cap, out->n};
        r = ZSTD_decompressStream(z, &dst, &src);
        bool full = dst.pos == dst.size;
        out->n = dst.pos;
        if (ZSTD_isError(r) || (src.pos == src.size && !full))
            break;
    }
    ZSTD_freeDStream(z);
    return r == 0 || out->n > out->max ? NULL : "broken or truncated zstd data";
}

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n > m && strcmp(s + n - m, end) == 0;
}

static const char *open_regular(const char *path, FILE **out)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return strerror(errno);
    if (S_ISDIR(st.st_mode))
        return "is a directory";
    if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode))
        return "is not a regular file";
    *out = fopen(path, "rbe");
    return *out ? NULL : strerror(errno);
}

static const char *decompress(const char *path, struct buffer *b, size_t max)
{
    const char *(*inflate_any)(const struct buffer *, struct buffer *) =
        ends_with(path, ".gz")    ? inflate_gzip
        : ends_with(path, ".bz2") ? inflate_bzip2
        : ends_with(path, ".zst") ? inflate_zstd
                                  : NULL;
    if (!inflate_any)
        return NULL;
    struct buffer out = {.max = max};
    const char *why = inflate_any(b, &out);
    free(b->p);
    *b = out;
    return why;
}

char *file_read(struct arena *a, const char *path, size_t max, size_t *len, const char **why)
{
    FILE *f = NULL;
    struct buffer b = {.max = max};
    char *text = NULL;
    *why = open_regular(path, &f);
    if (!*why)
        *why = read_plain(f, &b);
    if (!*why && b.n <= max)
        *why = decompress(path, &b, max);
    if (!*why && b.n > max)
        *why = arena_printf(a, "is larger than %zu bytes, the most that is read", max);
    if (!*why) {
        text = arena_alloc(a, b.n + 1);
        if (b.n)
            memcpy(text, b.p, b.n);
        *len = b.n;
    } else {
        *why = arena_strdup(a, *why);
    }
    if (f)
        fclose(f);
    free(b.p);
    return text;
}
