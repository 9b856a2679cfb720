// SPDX-License-Identifier: GPL-3.0-or-later
// Captures that the test writes itself, whole and damaged, and the real ones where they are.
#include "base/file.h"
#include "unit.h"
#include "wire/capture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/anysim-wire-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    if (strstr(folder, "XXXXXX") && !mkdtemp(folder))
        abort();
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

// Bytes that are put together piece by piece, in either byte order.
struct bytes {
    uint8_t b[4096];
    size_t n;
    bool big;
};

static void put(struct bytes *s, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        s->b[s->n++] = (uint8_t)(value >> 8 * (s->big ? size - 1 - i : i));
}

static void put_text(struct bytes *s, const char *text, size_t n)
{
    memcpy(s->b + s->n, text, n);
    s->n += n;
}

static const char *save(const char *name, const struct bytes *s)
{
    const char *path = in_folder(name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(s->b, 1, s->n, f) != s->n || fclose(f) != 0)
        abort();
    return path;
}

static void pcap_header(struct bytes *s, uint32_t magic, uint32_t link)
{
    put(s, magic, 4);
    put(s, 2, 2);
    put(s, 4, 2);
    put(s, 0, 8);
    put(s, 65535, 4);
    put(s, link, 4);
}

static void pcap_record(struct bytes *s, uint32_t seconds, uint32_t fraction, const char *text,
                        uint32_t length)
{
    put(s, seconds, 4);
    put(s, fraction, 4);
    put(s, strlen(text), 4);
    put(s, length, 4);
    put_text(s, text, strlen(text));
}

// One pcap with two packets of this link type and byte order.
static void reads_one(uint32_t linktype, enum frame_link link, bool big, bool ns)
{
    struct bytes s = {.big = big};
    struct capture_error error;
    struct capture_frame f;
    pcap_header(&s, ns ? 0xa1b23c4d : 0xa1b2c3d4, linktype);
    pcap_record(&s, 1700000000, ns ? 123456789 : 123456, "hello", 5);
    pcap_record(&s, 1700000001, 0, "cut", 1500);
    struct capture *c = capture_open(save("one.pcap", &s), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_link(c), link);
    CU_ASSERT_EQUAL(capture_next(c, &f), 1);
    CU_ASSERT_EQUAL(f.at_ns, INT64_C(1700000000123456000) + (ns ? 789 : 0));
    CU_ASSERT(f.stored == 5 && f.length == 5 && !memcmp(f.bytes, "hello", 5));
    CU_ASSERT_EQUAL(capture_next(c, &f), 1);
    CU_ASSERT(f.stored == 3 && f.length == 1500 && !memcmp(f.bytes, "cut", 3));
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
}

static void pcap_of_every_kind(void)
{
    static const struct {
        uint32_t linktype;
        enum frame_link link;
    } kinds[] = {{1, FRAME_LINK_ETHERNET}, {101, FRAME_LINK_IP},       {228, FRAME_LINK_IP},
                 {229, FRAME_LINK_IP},     {113, FRAME_LINK_SLL},      {276, FRAME_LINK_SLL2},
                 {0, FRAME_LINK_LOOPBACK}, {108, FRAME_LINK_LOOPBACK}, {104, FRAME_LINK_HDLC}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        for (int variant = 0; variant < 4; variant++)
            reads_one(kinds[i].linktype, kinds[i].link, variant & 1, variant & 2);
}

static void open_block(struct bytes *s, uint32_t type, uint32_t size)
{
    put(s, type, 4);
    put(s, size, 4);
}

// Section header, one interface with nanoseconds (option 9), and a packet, by hand. `second`: a
// second interface of another link type.
static void pcapng(struct bytes *s, bool second)
{
    open_block(s, 0x0a0d0d0a, 28);
    put(s, 0x1a2b3c4d, 4);
    put(s, 1, 2);
    put(s, 0, 2);
    put(s, UINT64_MAX, 8);
    put(s, 28, 4);
    for (int i = 0; i <= second; i++) {
        open_block(s, 1, 32);
        put(s, i ? 101 : 1, 2);
        put(s, 0, 2);
        put(s, 65535, 4);
        put(s, 9, 2); // if_tsresol
        put(s, 1, 2);
        put_text(s, "\x09\0\0\0", 4); // 10^-9
        put(s, 0, 4);                 // end of options
        put(s, 32, 4);
    }
    uint64_t at = UINT64_C(1700000000123456789);
    open_block(s, 6, 40);
    put(s, 0, 4);
    put(s, at >> 32, 4);
    put(s, (uint32_t)at, 4);
    put(s, 5, 4);
    put(s, 99, 4);
    put_text(s, "hello\0\0\0", 8);
    put(s, 40, 4);
}

static void reads_pcapng(void)
{
    for (int big = 0; big < 2; big++) {
        struct bytes s = {.big = big};
        struct capture_error error;
        struct capture_frame f;
        pcapng(&s, false);
        struct capture *c = capture_open(save("one.pcapng", &s), &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(c);
        CU_ASSERT_EQUAL(capture_link(c), FRAME_LINK_ETHERNET);
        CU_ASSERT_EQUAL(capture_next(c, &f), 1);
        CU_ASSERT_EQUAL(f.at_ns, INT64_C(1700000000123456789));
        CU_ASSERT(f.stored == 5 && f.length == 99 && !memcmp(f.bytes, "hello", 5));
        CU_ASSERT_EQUAL(capture_next(c, &f), 0);
        capture_close(c);
    }
}

// An offset (if_tsoffset) may put a packet anywhere in 64 bits of seconds.
static int reads_at(int64_t seconds, struct capture_frame *f, char fault[512])
{
    struct bytes s = {0};
    struct capture_error error;
    open_block(&s, 0x0a0d0d0a, 28);
    put(&s, 0x1a2b3c4d, 4);
    put(&s, 1, 4);
    put(&s, UINT64_MAX, 8);
    put(&s, 28, 4);
    open_block(&s, 1, 36);
    put(&s, 1, 4);
    put(&s, 65535, 4);
    put(&s, 14, 2); // if_tsoffset
    put(&s, 8, 2);
    put(&s, (uint64_t)seconds, 8);
    put(&s, 0, 4);
    put(&s, 36, 4);
    open_block(&s, 6, 36);
    put(&s, 0, 8);
    put(&s, 1, 4); // a microsecond
    put(&s, 1, 4);
    put(&s, 1, 4);
    put_text(&s, "x\0\0\0", 4);
    put(&s, 36, 4);
    struct capture *c = capture_open(save("offset.pcapng", &s), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    int got = capture_next(c, f);
    snprintf(fault, 512, "%s", capture_fault(c));
    capture_close(c);
    return got;
}

// Whoever reads may subtract one time from another.
static void times_far_away_are_refused(void)
{
    const int64_t good[] = {0, INT64_C(1) << 32, -(INT64_C(1) << 32)};
    const int64_t bad[] = {INT64_C(9000000000), -INT64_C(9000000000), INT64_MAX / 2, INT64_MIN / 2};
    struct capture_frame f;
    char fault[512];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        CU_ASSERT_EQUAL(reads_at(good[i], &f, fault), 1);
        CU_ASSERT_EQUAL(f.at_ns, good[i] * 1000000000 + 1000);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CU_ASSERT_EQUAL(reads_at(bad[i], &f, fault), -1);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault, "packet 1: its time is out of range"));
    }
}

static void two_links_in_pcapng(void)
{
    struct bytes s = {0};
    struct capture_error error;
    struct capture_frame f;
    pcapng(&s, true);
    struct capture *c = capture_open(save("two.pcapng", &s), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_next(c, &f), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(capture_fault(c), "two.pcapng: packet 1: "));
    capture_close(c);
}

// Opening fails; the message contains `part`.
static void refuses(const char *path, bool missing, const char *part)
{
    struct capture_error error;
    struct capture *c = capture_open(path, &error);
    CU_ASSERT_PTR_NULL(c);
    CU_ASSERT_EQUAL(error.missing, missing);
    if (!strstr(error.text, part) || !strstr(error.text, path)) {
        printf("  looked for: %s\n  found: %s\n", part, error.text);
        CU_FAIL("message");
    }
    capture_close(c);
}

static void what_is_no_capture(void)
{
    struct bytes s = {0};
    refuses(in_folder("nowhere.pcap"), true, "No such file or directory");
    refuses(in_folder("nowhere.pcap.gz"), true, "cannot be read");
    refuses(save("empty.pcap", &s), false, "not a capture");
    put_text(&s, "what on earth is this, 24+", 26);
    refuses(save("text.pcap", &s), false, "not a capture");
    refuses(save("text.pcap.gz", &s), false, "cannot be read");
    s.n = 0;
    pcap_header(&s, 0xa1b2c3d4, 105);
    refuses(save("wlan.pcap", &s), false, "type 105 (IEEE802_11: 802.11)");
    s.n = 0;
    pcap_header(&s, 0xa1b2c3d4, 9999);
    refuses(save("odd.pcap", &s), false, "type 9999 (unknown)");
    refuses(folder, false, "directory");
}

// A damaged second packet: the first is read, the second is named, and again.
static void breaks_at_2(const char *path)
{
    struct capture_error error;
    struct capture_frame f;
    struct capture *c = capture_open(path, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_next(c, &f), 1);
    CU_ASSERT_EQUAL(capture_next(c, &f), -1);
    CU_ASSERT_EQUAL(capture_next(c, &f), -1);
    CU_ASSERT_PTR_NOT_NULL(strstr(capture_fault(c), ": packet 2: "));
    capture_close(c);
}

static void damaged_files(void)
{
    struct bytes s = {0};
    pcap_header(&s, 0xa1b2c3d4, 1);
    pcap_record(&s, 1, 0, "first", 5);
    size_t second = s.n;
    pcap_record(&s, 2, 0, "second", 6);
    size_t whole = s.n;
    for (s.n = second + 1; s.n < whole; s.n++)
        breaks_at_2(save("short.pcap", &s));
    s.n = second;
    put(&s, 2, 4);
    put(&s, 0, 4);
    put(&s, 0x7fffffff, 4); // more than there is
    put(&s, 6, 4);
    put_text(&s, "second", 6);
    breaks_at_2(save("lies.pcap", &s));
}

static void lies_that_do_no_harm(void)
{
    struct bytes s = {0};
    struct capture_error error;
    struct capture_frame f;
    pcap_header(&s, 0xa1b23c4d, 1);
    pcap_record(&s, 1, 4000000000u, "late", 1); // no such nanosecond; shorter than what is stored
    struct capture *c = capture_open(save("odd.pcap", &s), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_next(c, &f), 1);
    CU_ASSERT(f.stored == 4 && f.length == 4);
    capture_close(c);
}

static const struct capture_frame samples[] = {
    {.at_ns = 0, .bytes = (const uint8_t *)"abc", .stored = 3, .length = 3},
    {.at_ns = INT64_C(4294967295999999999),
     .bytes = (const uint8_t *)"defg",
     .stored = 4,
     .length = 1000},
    {.at_ns = 1, .bytes = NULL, .stored = 0, .length = 0},
};
#define SAMPLES (sizeof samples / sizeof samples[0])

static size_t file_bytes(const char *path, char *out, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(out, 1, room, f) : 0;
    if (f)
        fclose(f);
    return n;
}

// How many files of the folder have `part` in their names.
static int count_files(const char *part)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));)
        n += strstr(e->d_name, part) != NULL;
    closedir(d);
    return n;
}

static void writes_what_it_reads(void)
{
    static const char head[] = "\x4d\x3c\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\x04\0\x65\0\0\0"
                               "\0\0\0\0\0\0\0\0\x03\0\0\0\x03\0\0\0abc";
    const char *path = in_folder("out.pcap");
    struct capture_error error;
    struct capture_frame f;
    char bytes[256];
    for (int round = 0; round < 2; round++) {
        struct capture_writer *w = capture_create(path, FRAME_LINK_IP, &error);
        CU_ASSERT_PTR_NOT_NULL_FATAL(w);
        CU_ASSERT(round || access(path, F_OK) != 0); // not before it is whole
        for (size_t i = 0; i < SAMPLES; i++)
            CU_ASSERT(capture_write(w, &samples[i]));
        CU_ASSERT(capture_finish(w, &error));
        CU_ASSERT_EQUAL(file_bytes(path, bytes, sizeof bytes), 24 + 3 * 16 + 7);
        CU_ASSERT_EQUAL(memcmp(bytes, head, sizeof head - 1), 0);
    }
    struct capture *c = capture_open(path, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_link(c), FRAME_LINK_IP);
    for (size_t i = 0; i < SAMPLES; i++) {
        CU_ASSERT_EQUAL(capture_next(c, &f), 1);
        CU_ASSERT_EQUAL(f.at_ns, samples[i].at_ns);
        CU_ASSERT(f.stored == samples[i].stored && f.length == samples[i].length);
        CU_ASSERT(!f.stored || memcmp(f.bytes, samples[i].bytes, f.stored) == 0);
    }
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
}

static void an_unfinished_file_changes_nothing(void)
{
    struct bytes s = {.b = "old", .n = 3};
    struct capture_error error;
    char bytes[16];
    const char *path = save("kept.pcap", &s);
    struct capture_writer *w = capture_create(path, FRAME_LINK_ETHERNET, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    CU_ASSERT(capture_write(w, &samples[0]));
    capture_abandon(w);
    w = capture_create(path, FRAME_LINK_ETHERNET, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    struct capture_frame before = {.at_ns = -1, .bytes = (const uint8_t *)"x", .stored = 1};
    CU_ASSERT(!capture_write(w, &before));
    CU_ASSERT(!capture_write(w, &samples[0]));
    CU_ASSERT(!capture_finish(w, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "packet 1: its time is before 1970"));
    CU_ASSERT_EQUAL(file_bytes(path, bytes, sizeof bytes), 3);
    CU_ASSERT_EQUAL(count_files("partial"), 0);
}

// A limit on the size of files stands in for a full disk.
static void a_full_disk_is_reported(void)
{
    struct capture_error error;
    struct rlimit old, small;
    const char *path = in_folder("full.pcap");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = old.rlim_max};
    struct capture_writer *w = capture_create(path, FRAME_LINK_IP, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    setrlimit(RLIMIT_FSIZE, &small);
    for (int i = 0; i < 1000; i++)
        capture_write(w, &samples[0]);
    bool whole = capture_finish(w, &error);
    setrlimit(RLIMIT_FSIZE, &old);
    CU_ASSERT(!whole);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "File too large"));
    CU_ASSERT_EQUAL(count_files("full.pcap"), 0);
    CU_ASSERT_PTR_NULL(capture_create(in_folder("no/such/folder.pcap"), FRAME_LINK_IP, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "No such file"));
}

static void special_files_stay(void)
{
    struct capture_error error;
    struct stat st;
    const char *path = in_folder("pipe"), *link = in_folder("link.pcap");
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    struct capture_writer *w = capture_create(path, FRAME_LINK_IP, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    CU_ASSERT(capture_finish(w, &error));
    char bytes[64];
    CU_ASSERT_EQUAL(read(reader, bytes, sizeof bytes), 24);
    close(reader);
    CU_ASSERT(stat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    struct bytes s = {.b = "old", .n = 3};
    save("target.pcap", &s);
    CU_ASSERT_EQUAL(symlink("target.pcap", link), 0);
    w = capture_create(link, FRAME_LINK_IP, &error);
    CU_ASSERT(w && capture_finish(w, &error));
    CU_ASSERT(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
    CU_ASSERT(stat(link, &st) == 0 && st.st_size == 24);
}

static void compressed(void)
{
    char command[512];
    struct bytes s = {0};
    struct capture_error error;
    struct capture_frame f;
    pcap_header(&s, 0xa1b2c3d4, 1);
    pcap_record(&s, 1, 0, "first", 5);
    const char *path = save("packed.pcap", &s);
    snprintf(command, sizeof command, "gzip -kf '%s'", path);
    if (system(command) != 0) {
        unit_skip("gzip is missing");
        return;
    }
    struct capture *c = capture_open(in_folder("packed.pcap.gz"), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    CU_ASSERT_EQUAL(capture_next(c, &f), 1);
    CU_ASSERT(f.stored == 5 && !memcmp(f.bytes, "first", 5));
    CU_ASSERT_EQUAL(capture_next(c, &f), 0);
    capture_close(c);
}

// Reads one real file; copies it; the copy reads the same.
static void real_one(const char *path)
{
    struct capture_error error;
    struct capture_frame a, b;
    struct capture *c = capture_open(path, &error);
    if (!c)
        printf("  %s\n", error.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    struct capture_writer *w = capture_create(in_folder("copy.pcap"), capture_link(c), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    unsigned network = 0;
    for (struct frame f; capture_next(c, &a) == 1;) {
        network += frame_decode(capture_link(c), a.bytes, a.stored, &f) == FRAME_OK;
        CU_ASSERT(capture_write(w, &a));
    }
    CU_ASSERT_STRING_EQUAL(capture_fault(c), "");
    CU_ASSERT(network > 0);
    CU_ASSERT(capture_finish(w, &error));
    capture_close(c);
    c = capture_open(path, &error);
    struct capture *copy = capture_open(in_folder("copy.pcap"), &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    while (capture_next(c, &a) == 1) {
        CU_ASSERT_EQUAL_FATAL(capture_next(copy, &b), 1);
        CU_ASSERT(a.at_ns == b.at_ns && a.stored == b.stored && a.length == b.length &&
                  memcmp(a.bytes, b.bytes, a.stored) == 0);
    }
    CU_ASSERT_EQUAL(capture_next(copy, &b), 0);
    capture_close(c);
    capture_close(copy);
}

static void real_captures(void)
{
    char path[600];
    unsigned n = 0;
    const char *data = unit_data_dir();
    snprintf(path, sizeof path, "%s/pcap", data ? data : "");
    DIR *d = data ? opendir(path) : NULL;
    if (!d) {
        unit_skip("no real captures: ../shared/data/pcap is missing");
        return;
    }
    for (struct dirent *e; (e = readdir(d));) {
        if (!strstr(e->d_name, ".pcap") && !strstr(e->d_name, ".cap"))
            continue;
        snprintf(path, sizeof path, "%s/pcap/%s", data, e->d_name);
        real_one(path);
        n++;
    }
    closedir(d);
    printf("  %u real captures\n", n);
    CU_ASSERT(n > 0);
}

static void clean_up(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    CU_ASSERT(strstr(folder, "XXXXXX") || system(command) == 0);
}

UNIT_MAIN("capture", {"pcap_of_every_kind", pcap_of_every_kind}, {"reads_pcapng", reads_pcapng},
          {"times_far_away_are_refused", times_far_away_are_refused},
          {"two_links_in_pcapng", two_links_in_pcapng}, {"what_is_no_capture", what_is_no_capture},
          {"damaged_files", damaged_files}, {"lies_that_do_no_harm", lies_that_do_no_harm},
          {"writes_what_it_reads", writes_what_it_reads},
          {"an_unfinished_file_changes_nothing", an_unfinished_file_changes_nothing},
          {"a_full_disk_is_reported", a_full_disk_is_reported},
          {"special_files_stay", special_files_stay}, {"compressed", compressed},
          {"real_captures", real_captures}, {"clean_up", clean_up})
