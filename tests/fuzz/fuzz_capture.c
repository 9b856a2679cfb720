// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of captures: the input is a file. Whatever opens is read to its end; the header of
// every frame is decoded, the frame is cut as if it were a merged packet, and written again.
#include "wire/capture.h"
#include "wire/offload.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition)
{
    if (!condition)
        abort();
}

static void look_at(enum frame_link link, const struct capture_frame *f)
{
    struct frame header;
    struct offload_cutter cutter;
    must(f->length >= f->stored);
    // A copy of exactly the stored bytes, so that a read past them is seen.
    uint8_t *bytes = malloc(f->stored ? f->stored : 1);
    memcpy(bytes, f->bytes, f->stored);
    if (frame_decode(link, bytes, f->stored, &header) == FRAME_OK)
        must(header.offset <= f->stored && header.tags <= FRAME_TAGS_MAX && header.ethertype);
    for (int kind = OFFLOAD_TCP; kind <= OFFLOAD_UDP; kind++) {
        if (!offload_cut(&cutter, link, bytes, f->stored, (enum offload_kind)kind, 64))
            continue;
        size_t largest = offload_largest(&cutter), payload = 0;
        uint8_t *out = malloc(largest);
        for (size_t n; (n = offload_next(&cutter, out)) > 0; payload += n - cutter.headers)
            must(n <= largest && n > cutter.headers);
        must(payload == f->stored - cutter.headers);
        free(out);
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct capture_error error;
    struct capture_frame f;
    int fd = memfd_create("fuzz", 0);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct capture *c = capture_open(path, &error);
    if (!c) {
        must(error.text[0] != '\0');
        close(fd);
        return 0;
    }
    struct capture_writer *w = capture_create("/dev/null", capture_link(c), &error);
    must(w != NULL);
    int got;
    bool good = true;
    while ((got = capture_next(c, &f)) == 1) {
        look_at(capture_link(c), &f);
        good = capture_write(w, &f) && good;
    }
    must(got == 0 || capture_fault(c)[0] != '\0');
    must(capture_finish(w, &error) == good);
    capture_close(c);
    close(fd);
    return 0;
}
