// SPDX-License-Identifier: GPL-3.0-or-later
// rewrite: captures of real traffic with the test's addresses.
#include "kernel/generate.h"

#include "fwd/headers6.h"
#include "wire/capture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rewriting {
    uint32_t number;
    rewrite_take *take;
    void *ctx;
};

// The transport checksum after the addresses changed; one that was wrong stays wrong.
static void mend_transport(uint8_t *h, uint32_t size, uint64_t before, uint64_t after)
{
    bool six = h[0] >> 4 == 6;
    uint32_t at = six ? ip6_upper_of(h, size).at : (uint32_t)ip4_header_size(h);
    uint8_t protocol = six ? ip6_upper_of(h, size).protocol : h[IP4_PROTOCOL];
    bool later =
        six ? ip6_upper_of(h, size).later : (be16_get(h + IP4_FRAGMENT) & IP4_OFFSET_MASK) != 0;
    uint32_t sum_at = protocol == PROTOCOL_UDP     ? at + UDP_CHECKSUM
                      : protocol == PROTOCOL_TCP   ? at + TCP_CHECKSUM
                      : protocol == PROTOCOL_ICMP6 ? at + ICMP_CHECKSUM
                                                   : 0;
    if (later || !sum_at || sum_at + 2 > size)
        return;
    if (protocol == PROTOCOL_UDP && be16_get(h + sum_at) == 0)
        return;
    uint16_t old, from = checksum_fold(before), to = checksum_fold(after);
    memcpy(&old, h + sum_at, 2);
    uint16_t now = checksum_update(old, from, to);
    if (protocol == PROTOCOL_UDP && now == 0)
        now = 0xffff;
    memcpy(h + sum_at, &now, 2);
}

static uint32_t own_length(const uint8_t *h)
{
    return h[0] >> 4 == 6 ? IP6_HEADER + (uint32_t)be16_get(h + IP6_LENGTH)
                          : be16_get(h + IP4_LENGTH);
}

// Gives the datagram a source that tells its number and a destination behind dst.
static void readdress(uint8_t *h, uint32_t size, uint32_t number)
{
    uint64_t before, after;
    if (h[0] >> 4 == 6) {
        before = checksum_add(0, h + IP6_SRC, 32);
        uint64_t host = be64_get(h + IP6_DST + 8) % 5000;
        ip6_put(h + IP6_SRC, world_address6(WORLD_NET6, number));
        ip6_put(h + IP6_DST, world_address6(WORLD_FAR6, 0x100 + host));
        after = checksum_add(0, h + IP6_SRC, 32);
    } else {
        before = checksum_add(0, h + IP4_SRC, 8);
        be32_put(h + IP4_SRC, WORLD_NET4 | number);
        be32_put(h + IP4_DST, WORLD_OTHER4 + 1 + be32_get(h + IP4_DST) % 60000);
        after = checksum_add(0, h + IP4_SRC, 8);
        draft_mend4(h);
    }
    mend_transport(h, size, before, after);
}

static void rewrite_frame(struct rewriting *w, enum frame_link link, const struct capture_frame *f)
{
    uint8_t copy[DRAFT_ROOM];
    struct frame h;
    if (frame_decode(link, f->bytes, f->stored, &h) != FRAME_OK)
        return;
    uint32_t size = f->stored - h.offset;
    const uint8_t *from = f->bytes + h.offset;
    if (size > sizeof copy || (!ip4_readable(from, size) && !ip6_readable(from, size)))
        return;
    memcpy(copy, from, size);
    if (own_length(copy) < size) // the padding of its link
        size = own_length(copy);
    if (size < IP4_HEADER)
        return;
    readdress(copy, size, w->number++);
    w->take(w->ctx, copy, size);
}

static int rewrite_file(struct rewriting *w, const char *path)
{
    struct capture_error why;
    struct capture *c = capture_open(path, &why);
    if (!c) {
        fprintf(stderr, "kernel: %s\n", why.text);
        return -1;
    }
    struct capture_frame f;
    int more;
    while ((more = capture_next(c, &f)) == 1)
        rewrite_frame(w, capture_link(c), &f);
    if (more < 0)
        fprintf(stderr, "kernel: %s\n", capture_fault(c));
    capture_close(c);
    return more;
}

static int is_capture(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return dot && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".cap") == 0);
}

int rewrite(const char *folder, uint32_t first_number, rewrite_take *take, void *ctx)
{
    struct rewriting w = {first_number, take, ctx};
    struct dirent **files;
    int n = scandir(folder, &files, is_capture, alphasort), failed = 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]->d_name);
        failed |= rewrite_file(&w, path) < 0;
        free(files[i]);
    }
    if (n >= 0)
        free(files);
    return failed || n < 0 ? -1 : n;
}
