// SPDX-License-Identifier: GPL-3.0-or-later
// Writing captures; declared in capture.h. The format: draft-ietf-opsawg-pcap.
#include "wire/capture.h"

#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S      INT64_C(1000000000)
#define MAGIC_NS      0xa1b23c4du
#define FILE_HEADER   24
#define RECORD_HEADER 16

struct capture_writer {
    FILE *file;
    char *path;    // where the file will stand
    char *partial; // where it is written; NULL: directly at `path`
    int failure;   // errno of the first failure; 0: none
    bool bad_time;
    uint64_t count; // packets written
};

static const uint32_t link_types[FRAME_LINK_COUNT] = {
    [FRAME_LINK_ETHERNET] = 1, [FRAME_LINK_IP] = 101,     [FRAME_LINK_SLL] = 113,
    [FRAME_LINK_SLL2] = 276,   [FRAME_LINK_LOOPBACK] = 0, [FRAME_LINK_HDLC] = 104,
};

static void le_put(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

static void put(struct capture_writer *w, const void *bytes, size_t n)
{
    if (n && !w->failure && fwrite(bytes, 1, n, w->file) != n)
        w->failure = errno ? errno : EIO;
}

static void forget(struct capture_writer *w)
{
    free(w->path);
    free(w);
}

struct capture_writer *capture_create(const char *path, enum frame_link link,
                                      struct capture_error *error)
{
    struct capture_writer *w = xcalloc(1, sizeof *w);
    *error = (struct capture_error){0};
    w->path = strcpy(xmalloc(strlen(path) + 1), path);
    w->file = whole_file_open(path, &w->partial);
    if (!w->file) {
        snprintf(error->text, sizeof error->text, "%s: cannot be written: %s", path,
                 strerror(errno));
        forget(w);
        return NULL;
    }
    uint8_t header[FILE_HEADER] = {0};
    le_put(header, MAGIC_NS);
    header[4] = 2; // version 2.4
    header[6] = 4;
    le_put(header + 16, CAPTURE_SNAPLEN);
    le_put(header + 20, link_types[link]);
    put(w, header, sizeof header);
    return w;
}

bool capture_write(struct capture_writer *w, const struct capture_frame *frame)
{
    int64_t seconds = frame->at_ns / NS_PER_S;
    if (w->failure)
        return false;
    if (frame->at_ns < 0 || seconds > UINT32_MAX) {
        w->failure = ERANGE;
        w->bad_time = true;
        return false;
    }
    uint32_t stored = frame->stored < CAPTURE_SNAPLEN ? frame->stored : CAPTURE_SNAPLEN;
    uint8_t header[RECORD_HEADER];
    le_put(header, (uint32_t)seconds);
    le_put(header + 4, (uint32_t)(frame->at_ns % NS_PER_S));
    le_put(header + 8, stored);
    le_put(header + 12, frame->length < frame->stored ? frame->stored : frame->length);
    put(w, header, sizeof header);
    put(w, frame->bytes, stored);
    w->count += !w->failure;
    return !w->failure;
}

void capture_abandon(struct capture_writer *w)
{
    whole_file_abandon(w->file, w->partial);
    forget(w);
}

static void say(const struct capture_writer *w, int why, struct capture_error *error)
{
    snprintf(error->text, sizeof error->text, "%s: cannot be written: packet %llu: %s", w->path,
             (unsigned long long)w->count + 1,
             w->bad_time ? "its time is before 1970 or after 2106" : strerror(why));
}

bool capture_flush(struct capture_writer *w, struct capture_error *error)
{
    *error = (struct capture_error){0};
    if (!w->failure && fflush(w->file) != 0)
        w->failure = errno ? errno : EIO;
    if (w->failure)
        say(w, w->failure, error);
    return !w->failure;
}

bool capture_finish(struct capture_writer *w, struct capture_error *error)
{
    *error = (struct capture_error){0};
    if (w->failure) {
        say(w, w->failure, error);
        capture_abandon(w);
        return false;
    }
    // What was buffered may fail only now.
    bool whole = whole_file_close(w->file, w->path, w->partial);
    if (!whole)
        snprintf(error->text, sizeof error->text, "%s: cannot be written: %s", w->path,
                 strerror(errno));
    forget(w);
    return whole;
}
