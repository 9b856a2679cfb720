// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernel/compare.h"

#include "base/arena.h"
#include "fwd/headers6.h"
#include "kernel/world.h"
#include "wire/capture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN 4          // differences of a category that are printed
#define MOST  16         // frames that may come of one
#define STRAY UINT32_MAX // number of frames without one

struct out {
    uint32_t number, size;
    uint8_t *bytes;
};

struct outs {
    struct out *list;
    size_t count, room;
    uint32_t sequence; // of GRE, the next one
    uint32_t breaks;   // how often it was another
};

struct row {
    uint64_t sent, out, same, deviations, different;
};

struct comparison {
    const struct compare_options *o;
    struct compare_result *r;
    struct outs kernel, core, host;
    size_t at_kernel, at_core, at_host;
    struct row rows[CATEGORIES];
    uint64_t *by_deviation;
    uint64_t host_only;
};

// --- reading

static int by_number(const void *va, const void *vb)
{
    const struct out *a = va, *b = vb;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    uint32_t size = a->size < b->size ? a->size : b->size;
    int order = memcmp(a->bytes, b->bytes, size);
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

// Linux also counts what it says by itself in a tunnel, so that numbers cannot be compared: only
// whether each is one more than the one before.
static void follow_sequence(struct outs *l, const uint8_t *frame, size_t size)
{
    const uint8_t *h = frame + WORLD_FRAME, *gre = h + IP4_HEADER;
    if (size < WORLD_FRAME + IP4_HEADER + 8 || h[0] != IP4_PLAIN ||
        h[IP4_PROTOCOL] != PROTOCOL_GRE || gre[0] != 0x10 ||
        be32_get(h + IP4_SRC) != world_end4(KIND_GRE_SEQUENCE))
        return;
    l->breaks += l->sequence != be32_get(gre + 4);
    l->sequence = be32_get(gre + 4) + 1;
}

// What hosts and routers say on a link or in a tunnel without being asked: multicast listeners,
// neighbours.
static bool is_link_talk(const uint8_t *h, size_t size)
{
    size_t left = size;
    for (const uint8_t *next = h; next; next = world_inside(h, size, &left)) {
        h = next;
        size = left;
    }
    if (!ip6_readable(h, size))
        return false;
    struct ip6_upper u = ip6_upper_of(h, size);
    return u.protocol == PROTOCOL_ICMP6 && u.at < size && h[u.at] >= 130 && h[u.at] <= 143;
}

static void add(struct outs *l, const struct capture_frame *f, size_t before)
{
    uint32_t number;
    const uint8_t *datagram = f->bytes + before;
    if (f->stored <= before)
        return;
    if (!world_number(datagram, f->stored - before, &number)) {
        if (is_link_talk(datagram, f->stored - before))
            return;
        number = STRAY;
    }
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 4096;
        l->list = xrealloc(l->list, l->room * sizeof *l->list);
    }
    struct out *o = &l->list[l->count++];
    *o = (struct out){.number = number, .size = f->stored, .bytes = xmalloc(f->stored)};
    memcpy(o->bytes, f->bytes, f->stored);
    if (before) {
        follow_sequence(l, o->bytes, o->size);
        normalise(o->bytes, o->size);
    }
}

static struct capture *open_capture(const char *path)
{
    struct capture_error why;
    struct capture *c = capture_open(path, &why);
    if (!c)
        fprintf(stderr, "kernel: %s\n", why.text);
    return c;
}

static bool read_outs(const char *path, struct outs *l)
{
    struct capture_frame f;
    struct capture *c = open_capture(path);
    int more = -1;
    while (c && (more = capture_next(c, &f)) == 1)
        add(l, &f, capture_link(c) == FRAME_LINK_ETHERNET ? WORLD_FRAME : 0);
    if (c)
        capture_close(c);
    if (l->count)
        qsort(l->list, l->count, sizeof *l->list, by_number);
    return more == 0;
}

static void free_outs(struct outs *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->list[i].bytes);
    free(l->list);
}

// --- printing

static void hex(const char *what, const uint8_t *bytes, size_t size)
{
    printf("    %s, %zu bytes:", what, size);
    for (size_t i = 0; i < size; i++)
        printf("%s%02x", i == 0 || i == WORLD_FRAME ? " " : "", bytes[i]);
    printf("\n");
}

static void show(const struct comparison *c, const struct pair *p, uint32_t number)
{
    char name[WORLD_NAME];
    printf("  DIFFERENT: number %" PRIu32 ", %s: %u frames from the kernel, %u from anysim\n",
           number, world_category_name(p->category, name), p->kernels, p->cores);
    hex("sent", p->in, p->in_size);
    for (unsigned i = 0; i < p->kernels; i++)
        hex("kernel", p->kernel[i], p->kernel_size[i]);
    for (unsigned i = 0; i < p->cores; i++)
        hex("anysim", p->core[i], p->core_size[i]);
    printf("    again: KERNEL_SEED=%" PRIu64 " KERNEL_ONLY=%" PRIu32 " tests/kernel/run.sh\n",
           c->o->seed, number);
}

// --- comparing

static unsigned gather(const struct outs *l, size_t *at, uint32_t number, const uint8_t **bytes,
                       size_t *sizes)
{
    unsigned n = 0;
    for (; *at < l->count && l->list[*at].number <= number; ++*at)
        if (l->list[*at].number == number && n < MOST) {
            bytes[n] = l->list[*at].bytes;
            sizes[n++] = l->list[*at].size;
        }
    return n;
}

static bool equal(const struct pair *p)
{
    if (p->kernels != p->cores)
        return false;
    for (unsigned i = 0; i < p->kernels; i++)
        if (p->kernel_size[i] != p->core_size[i] ||
            memcmp(p->kernel[i], p->core[i], p->core_size[i]) != 0)
            return false;
    return true;
}

static bool is_error(const uint8_t *frame, size_t size)
{
    const uint8_t *h = frame + WORLD_FRAME;
    size -= WORLD_FRAME;
    if (ip6_readable(h, size))
        return h[IP6_NEXT] == PROTOCOL_ICMP6 && size > IP6_HEADER &&
               h[IP6_HEADER] < ICMP6_INFORMATION;
    if (!ip4_readable(h, size) || h[IP4_PROTOCOL] != PROTOCOL_ICMP || ip4_header_size(h) >= size)
        return false;
    uint8_t type = h[ip4_header_size(h)];
    return type != ICMP_ECHO_REPLY && type != ICMP_ECHO;
}

static void judge(struct comparison *c, const struct pair *p, uint32_t number, bool host)
{
    struct row *row = &c->rows[p->category];
    row->sent++;
    row->out += p->kernels;
    if (equal(p)) {
        c->r->same++;
        row->same++;
        for (unsigned i = 0; i < p->kernels; i++)
            c->r->errors += is_error(p->kernel[i], p->kernel_size[i]);
        return;
    }
    if (host && p->cores == 0) { // its host would answer
        c->host_only++;
        return;
    }
    for (unsigned i = 0; i < deviations_count; i++)
        if (deviations[i].fits(p)) {
            c->by_deviation[i]++;
            row->deviations++;
            c->r->deviations++;
            return;
        }
    c->r->different++;
    if (row->different++ < SHOWN)
        show(c, p, number);
}

static bool judge_all(struct comparison *c)
{
    struct capture_frame f;
    struct capture *in = open_capture(c->o->in);
    int more = -1;
    while (in && (more = capture_next(in, &f)) == 1) {
        // Numbers count from WORLD_MARKS on; a capture of one packet has one of its own.
        uint32_t number = (uint32_t)(f.at_ns / 2000);
        const uint8_t *ignored[MOST];
        size_t sizes[MOST];
        struct pair p = {
            .in = f.bytes, .in_size = f.stored, .category = world_category_of(f.bytes)};
        p.kernels = gather(&c->kernel, &c->at_kernel, number, p.kernel, p.kernel_size);
        p.cores = gather(&c->core, &c->at_core, number, p.core, p.core_size);
        bool host = gather(&c->host, &c->at_host, number, ignored, sizes) > 0;
        judge(c, &p, number, host);
    }
    if (in)
        capture_close(in);
    return more == 0;
}

static size_t first_stray(const struct outs *l)
{
    size_t at = l->count;
    while (at && l->list[at - 1].number == STRAY)
        at--;
    return at;
}

// Frames that do not tell what they came of, since too little is left of what was in a tunnel. The
// kernel has more of them (it does not look at what End.DT takes out), but the core's must be there.
static void judge_strays(struct comparison *c)
{
    const struct outs *k = &c->kernel, *o = &c->core;
    size_t at = first_stray(k), strange = 0;
    for (size_t i = first_stray(o); i < o->count; i++) {
        while (at < k->count && by_number(&k->list[at], &o->list[i]) < 0)
            at++;
        bool known = at < k->count && by_number(&k->list[at], &o->list[i]) == 0;
        strange += !known;
        at += known;
    }
    if (strange)
        printf("  DIFFERENT: %zu frames of the core that tell no number are not the kernel's\n",
               strange);
    c->r->different += strange;
}

static void print_table(const struct comparison *c)
{
    char name[WORLD_NAME];
    printf("  %-20s %8s %8s %8s %10s %10s\n", "category", "sent", "out", "same", "deviations",
           "different");
    for (unsigned i = 0; i < CATEGORIES; i++) {
        const struct row *r = &c->rows[i];
        if (r->sent)
            printf("  %-20s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
                   world_category_name(i, name), r->sent, r->out, r->same, r->deviations,
                   r->different);
    }
    for (unsigned i = 0; i < deviations_count; i++)
        if (c->by_deviation[i])
            printf("  deviation: %6" PRIu64 " %s: %s\n", c->by_deviation[i], deviations[i].name,
                   deviations[i].reason);
    if (c->host_only)
        printf("  for the host of the core, which a file has not: %" PRIu64 "\n", c->host_only);
}

int compare(const struct compare_options *o, struct compare_result *r)
{
    struct comparison c = {.o = o, .r = r};
    *r = (struct compare_result){0};
    c.by_deviation = xcalloc(deviations_count + 1, sizeof *c.by_deviation);
    bool good = read_outs(o->kernel, &c.kernel) && read_outs(o->core, &c.core) &&
                (!o->host || read_outs(o->host, &c.host)) && judge_all(&c);
    if (c.core.breaks) {
        printf("  DIFFERENT: GRE sequence numbers of the core have %" PRIu32 " gaps\n",
               c.core.breaks);
        r->different += c.core.breaks;
    }
    judge_strays(&c);
    print_table(&c);
    free_outs(&c.kernel);
    free_outs(&c.core);
    free_outs(&c.host);
    free(c.by_deviation);
    return good ? 0 : -1;
}
