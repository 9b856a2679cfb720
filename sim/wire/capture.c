// SPDX-License-Identifier: GPL-3.0-or-later
// Reading captures; writing them is in capture_writer.c.
#include "wire/capture.h"

#include "base/file.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_S       INT64_C(1000000000)
#define SECONDS_MAX    (INT64_C(1) << 32) // from 1970: two times differ by nanoseconds in 64 bits
#define UNPACKED_MAX   ((size_t)1 << 30)  // bytes of a compressed capture, unpacked
#define FAULT_TEXT_MAX 512

struct capture {
    pcap_t *pcap;
    enum frame_link link;
    uint64_t count;
    bool damaged;
    struct arena arena; // the bytes of a file that was compressed
    char *path;         // in the arena
    char fault[FAULT_TEXT_MAX];
};

static const struct {
    int datalink;
    enum frame_link link;
} links[] = {
    {DLT_EN10MB, FRAME_LINK_ETHERNET}, {DLT_RAW, FRAME_LINK_IP},
    {DLT_IPV4, FRAME_LINK_IP},         {DLT_IPV6, FRAME_LINK_IP},
    {DLT_LINUX_SLL, FRAME_LINK_SLL},   {DLT_LINUX_SLL2, FRAME_LINK_SLL2},
    {DLT_NULL, FRAME_LINK_LOOPBACK},   {DLT_LOOP, FRAME_LINK_LOOPBACK},
    {DLT_C_HDLC, FRAME_LINK_HDLC},
};

static bool find_link(int datalink, enum frame_link *out)
{
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
        if (links[i].datalink == datalink) {
            *out = links[i].link;
            return true;
        }
    return false;
}

static void say_link(const char *path, int datalink, struct capture_error *error)
{
    const char *name = pcap_datalink_val_to_name(datalink);
    const char *meaning = pcap_datalink_val_to_description(datalink);
    snprintf(
        error->text, sizeof error->text,
        "%s: its packets have link-layer headers of type %d (%s%s%s), which are not read here; "
        "Ethernet, raw IP, Linux cooked (SLL, SLL2), BSD loopback and Cisco HDLC are",
        path, datalink, name ? name : "unknown", meaning ? ": " : "", meaning ? meaning : "");
}

static bool is_compressed(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (!strcmp(dot, ".gz") || !strcmp(dot, ".bz2") || !strcmp(dot, ".zst"));
}

// The file as a stream. libpcap closes it with everything else, but not standard input.
static FILE *open_stream(struct arena *a, const char *path, struct capture_error *error)
{
    const char *why = NULL;
    FILE *f = NULL;
    if (!strcmp(path, "-"))
        return stdin;
    if (is_compressed(path)) {
        size_t n = 0;
        char *bytes = file_read(a, path, UNPACKED_MAX, &n, &why);
        f = bytes && n ? fmemopen(bytes, n, "rb") : NULL;
        if (bytes && !n)
            why = "it is empty";
    } else {
        f = fopen(path, "rbe");
    }
    if (f)
        return f;
    int reason = errno;
    error->missing = access(path, R_OK) != 0;
    snprintf(error->text, sizeof error->text, "%s: cannot be read: %s", path,
             why ? why : strerror(reason));
    return NULL;
}

struct capture *capture_open(const char *path, struct capture_error *error)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct capture *c = xcalloc(1, sizeof *c);
    arena_init(&c->arena);
    c->path = arena_strdup(&c->arena, path);
    *error = (struct capture_error){0};
    FILE *f = open_stream(&c->arena, path, error);
    if (f) {
        c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, why);
        if (!c->pcap) {
            snprintf(error->text, sizeof error->text, "%s: not a capture that can be read: %s",
                     path, why);
            if (f != stdin)
                fclose(f);
        } else if (!find_link(pcap_datalink(c->pcap), &c->link)) {
            say_link(path, pcap_datalink(c->pcap), error);
        } else {
            return c;
        }
    }
    capture_close(c);
    return NULL;
}

void capture_close(struct capture *c)
{
    if (!c)
        return;
    if (c->pcap)
        pcap_close(c->pcap);
    arena_free(&c->arena);
    free(c);
}

enum frame_link capture_link(const struct capture *c)
{
    return c->link;
}

const char *capture_fault(const struct capture *c)
{
    return c->fault;
}

static int damaged(struct capture *c, const char *why)
{
    c->damaged = true;
    snprintf(c->fault, sizeof c->fault, "%s: packet %llu: %s", c->path,
             (unsigned long long)c->count + 1, why);
    return -1;
}

int capture_next(struct capture *c, struct capture_frame *out)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    if (c->damaged)
        return -1;
    int got = pcap_next_ex(c->pcap, &header, &bytes);
    if (got == PCAP_ERROR_BREAK)
        return 0;
    if (got != 1)
        return damaged(c, pcap_geterr(c->pcap));
    // With nanoseconds asked for, that is what the field called "usec" holds.
    int64_t seconds = header->ts.tv_sec;
    // Files count seconds without a sign, libpcap with one: 2038 is not 1901.
    if (seconds < 0 && seconds >= INT32_MIN)
        seconds += INT64_C(1) << 32;
    if (seconds < -SECONDS_MAX || seconds > SECONDS_MAX)
        return damaged(c, "its time is out of range");
    c->count++;
    *out = (struct capture_frame){.at_ns = seconds * NS_PER_S + header->ts.tv_usec,
                                  .bytes = bytes,
                                  .stored = header->caplen,
                                  .length =
                                      header->len < header->caplen ? header->caplen : header->len};
    return 1;
}
