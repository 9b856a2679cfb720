// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/file.h"
#include "unit.h"

#include <bzlib.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

// A path in a directory of this process's own, which `atexit` removes.
static char dir[] = "/tmp/anysim-test-file-XXXXXX";

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void remove_dir(void)
{
    nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *in_dir(const char *name)
{
    static char path[4][256];
    static unsigned next;
    static bool made;
    if (!made) {
        if (!mkdtemp(dir)) {
            perror(dir);
            exit(1);
        }
        atexit(remove_dir);
        made = true;
    }
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static void put(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

// The file reads back as `n` times 'x'.
static void holds(const char *path, size_t n)
{
    struct arena a;
    size_t len = 0;
    const char *why = NULL;
    arena_init(&a);
    char *text = file_read(&a, path, 1 << 20, &len, &why);
    CU_ASSERT_PTR_NULL(why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(len, n);
    CU_ASSERT_EQUAL(strspn(text, "x"), n);
    CU_ASSERT_EQUAL(text[len], '\0');
    arena_free(&a);
}

static void fails(const char *path, size_t max, const char *start)
{
    struct arena a;
    size_t len = 0;
    const char *why = NULL;
    arena_init(&a);
    CU_ASSERT_PTR_NULL(file_read(&a, path, max, &len, &why));
    CU_ASSERT_PTR_NOT_NULL_FATAL(why);
    if (strncmp(why, start, strlen(start)) != 0) {
        CU_FAIL("wrong reason");
        printf("  found %s\n", why);
    }
    arena_free(&a);
}

static void reads_plain_files(void)
{
    static char xs[200000];
    memset(xs, 'x', sizeof xs);
    put(in_dir("plain"), xs, sizeof xs);
    holds(in_dir("plain"), sizeof xs);
    put(in_dir("empty"), "", 0);
    holds(in_dir("empty"), 0);
    fails(in_dir("plain"), 199999, "is larger than 199999 bytes");
    fails(in_dir("none"), 10, "No such file");
    fails(dir, 10, "is a directory");
}

static void reads_compressed_files(void)
{
    static char xs[200000], packed[4000];
    memset(xs, 'x', sizeof xs);
    gzFile g = gzopen(in_dir("x.gz"), "wb");
    CU_ASSERT_EQUAL(gzwrite(g, xs, sizeof xs), (int)sizeof xs);
    gzclose(g);
    holds(in_dir("x.gz"), sizeof xs);
    unsigned n = sizeof packed;
    CU_ASSERT_EQUAL(BZ2_bzBuffToBuffCompress(packed, &n, xs, sizeof xs, 1, 0, 0), BZ_OK);
    put(in_dir("x.bz2"), packed, n);
    holds(in_dir("x.bz2"), sizeof xs);
    put(in_dir("cut.bz2"), packed, n - 5);
    fails(in_dir("cut.bz2"), 1 << 20, "broken or truncated bzip2");
    size_t z = ZSTD_compress(packed, sizeof packed, xs, sizeof xs, 1);
    put(in_dir("x.zst"), packed, z);
    holds(in_dir("x.zst"), sizeof xs);
    put(in_dir("cut.zst"), packed, z - 1);
    fails(in_dir("cut.zst"), 1 << 20, "broken or truncated zstd");
    put(in_dir("junk.gz"), "this is not gzip", 16);
    fails(in_dir("junk.gz"), 1 << 20, "broken or truncated gzip");
    put(in_dir("none.gz"), "", 0);
    fails(in_dir("none.gz"), 1 << 20, "broken or truncated gzip");
}

static void limits_what_a_bomb_unpacks_to(void)
{
    static char xs[200000];
    memset(xs, 'x', sizeof xs);
    gzFile g = gzopen(in_dir("bomb.gz"), "wb");
    for (int i = 0; i < 50; i++)
        gzwrite(g, xs, sizeof xs);
    gzclose(g);
    fails(in_dir("bomb.gz"), 1 << 20, "is larger than 1048576 bytes");
}

static bool exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static void results_appear_whole(void)
{
    struct outdir o;
    CU_ASSERT_TRUE_FATAL(outdir_open(&o, in_dir("a/b/results/")));
    FILE *f = outdir_file(&o, "sub/one.csv");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs("xx", f);
    CU_ASSERT_TRUE(outdir_close(&o, f));
    CU_ASSERT_FALSE(exists(in_dir("a/b/results")));
    CU_ASSERT_TRUE(outdir_commit(&o));
    holds(in_dir("a/b/results/sub/one.csv"), 2);

    CU_ASSERT_TRUE_FATAL(outdir_open(&o, in_dir("a/b/results"))); // a second run replaces it …
    f = outdir_file(&o, "two.csv");
    fputs("x", f);
    CU_ASSERT_TRUE(outdir_close(&o, f));
    CU_ASSERT_TRUE(outdir_commit(&o));
    CU_ASSERT_FALSE(exists(in_dir("a/b/results/sub")));
    holds(in_dir("a/b/results/two.csv"), 1);

    CU_ASSERT_TRUE_FATAL(outdir_open(&o, in_dir("a/b/results"))); // … and an aborted one does not
    f = outdir_file(&o, "three.csv");
    CU_ASSERT_TRUE(outdir_close(&o, f));
    outdir_abort(&o);
    holds(in_dir("a/b/results/two.csv"), 1);
    CU_ASSERT_FALSE(exists(in_dir("a/b/results/three.csv")));
}

static void write_errors_are_seen(void)
{
    struct outdir o;
    put(in_dir("file"), "x", 1);
    CU_ASSERT_FALSE(outdir_open(&o, in_dir("file/results")));
    CU_ASSERT_PTR_NOT_NULL(strstr(o.error, "cannot make directory"));
    if (exists("/dev/full")) {
        CU_ASSERT_TRUE_FATAL(outdir_open(&o, in_dir("full")));
        FILE *f = fopen("/dev/full", "w");
        fputs("x", f);
        CU_ASSERT_FALSE(outdir_close(&o, f));
        CU_ASSERT_PTR_NOT_NULL(strstr(o.error, "No space left"));
        outdir_abort(&o);
    }
}

static void one_file_appears_whole(void)
{
    char *tmp = NULL;
    FILE *f = whole_file_open(in_dir("junit.xml"), &tmp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs("xxx", f);
    CU_ASSERT_FALSE(exists(in_dir("junit.xml")));
    CU_ASSERT_TRUE(whole_file_close(f, in_dir("junit.xml"), tmp));
    holds(in_dir("junit.xml"), 3);
    CU_ASSERT_PTR_NULL(whole_file_open(in_dir("no/such/dir/x"), &tmp));
    char cmd[300];
    snprintf(cmd, sizeof cmd, "rm -r '%s'", dir);
    CU_ASSERT_EQUAL(system(cmd), 0);
}

// Neither a device nor a link is replaced by a file.
static void special_files_stay(void)
{
    char *tmp = NULL, *other = NULL, bytes[8];
    struct stat st;
    CU_ASSERT_EQUAL(mkfifo(in_dir("pipe"), 0600), 0);
    int reader = open(in_dir("pipe"), O_RDONLY | O_NONBLOCK);
    FILE *f = whole_file_open(in_dir("pipe"), &tmp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_PTR_NULL(tmp);
    fputs("xxx", f);
    CU_ASSERT_TRUE(whole_file_close(f, in_dir("pipe"), tmp));
    CU_ASSERT_EQUAL(read(reader, bytes, sizeof bytes), 3);
    close(reader);
    CU_ASSERT(stat(in_dir("pipe"), &st) == 0 && S_ISFIFO(st.st_mode));

    f = whole_file_open(in_dir("target"), &tmp);
    CU_ASSERT(f && whole_file_close(f, in_dir("target"), tmp));
    CU_ASSERT_EQUAL(symlink("target", in_dir("link")), 0);
    f = whole_file_open(in_dir("link"), &tmp);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs("xxxx", f);
    CU_ASSERT_TRUE(whole_file_close(f, in_dir("link"), tmp));
    CU_ASSERT(lstat(in_dir("link"), &st) == 0 && S_ISLNK(st.st_mode));
    holds(in_dir("target"), 4);

    // Two at once do not write into each other; what is given up leaves nothing.
    f = whole_file_open(in_dir("target"), &tmp);
    FILE *g = whole_file_open(in_dir("target"), &other);
    CU_ASSERT(f && g && strcmp(tmp, other) != 0);
    fputs("xxxxx", f);
    whole_file_abandon(g, other);
    CU_ASSERT_TRUE(whole_file_close(f, in_dir("target"), tmp));
    holds(in_dir("target"), 5);
}

UNIT_MAIN("file", {"reads_plain_files", reads_plain_files},
          {"reads_compressed_files", reads_compressed_files},
          {"limits_what_a_bomb_unpacks_to", limits_what_a_bomb_unpacks_to},
          {"results_appear_whole", results_appear_whole},
          {"write_errors_are_seen", write_errors_are_seen},
          {"special_files_stay", special_files_stay},
          {"one_file_appears_whole", one_file_appears_whole})
