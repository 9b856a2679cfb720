// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/tap.h"

#include "base/diag.h"
#include "wire/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANY_NODE     UINT32_MAX
#define DATAGRAM_MAX (1u << 17)

struct tap_file {
    uint32_t node;
    uint32_t neighbour; // only what goes to it and comes from it, or ANY_NODE
    struct capture_writer *out;
};

struct tap {
    struct world *w;
    struct tap_file *files;
    int n;
    uint8_t *whole; // a datagram with the zeros that packets do not store
};

static void write_packet(struct tap *t, struct tap_file *f, const struct packet *p)
{
    memcpy(t->whole, packet_view(p), p->captured);
    memset(t->whole + p->captured, 0, p->length - p->captured);
    struct capture_frame frame = {.at_ns = (sim_now(t->w->sim) - t->w->epoch_ps) / PS_PER_NS,
                                  .bytes = t->whole,
                                  .stored = p->length,
                                  .length = p->length};
    capture_write(f->out, &frame); // a failure is told at the end
}

static void seen(void *ctx, uint32_t node, uint32_t port, const struct packet *p)
{
    struct tap *t = ctx;
    if (sim_now(t->w->sim) < t->w->epoch_ps)
        return;
    for (int i = 0; i < t->n; i++) {
        struct tap_file *f = &t->files[i];
        const struct port *at = t->w->net->ports[port];
        uint32_t other = at->from == node ? at->to : at->from;
        if (f->node == node && (f->neighbour == ANY_NODE || f->neighbour == other))
            write_packet(t, f, p);
    }
}

static const char *nearest_node(const struct world *w, const char *word)
{
    const char **names = xmalloc(w->net->nnodes * sizeof *names);
    for (uint32_t i = 0; i < w->net->nnodes; i++)
        names[i] = w->net->nodes[i].name;
    const char *near = suggest(word, names, w->net->nnodes);
    free(names);
    return near;
}

static bool find_node(const struct world *w, const char *name, uint32_t *node)
{
    for (*node = 0; *node < w->net->nnodes; ++*node)
        if (strcmp(w->net->nodes[*node].name, name) == 0)
            return true;
    return false;
}

// A node by its name, or what to say about it.
static bool node_named(const struct world *w, struct tap_options *o, const char *name,
                       uint32_t *node)
{
    if (find_node(w, name, node))
        return true;
    const char *near = nearest_node(w, name);
    o->bad_name = true;
    snprintf(o->error, sizeof o->error, near ? "no node '%s'; did you mean '%s'?" : "no node '%s'",
             name, near);
    return false;
}

static bool are_joined(const struct world *w, struct tap_options *o, uint32_t a, uint32_t b)
{
    const struct net_node *n = &w->net->nodes[a];
    for (uint32_t i = 0; i < n->nports; i++)
        if (w->net->ports[n->ports[i]]->to == b)
            return true;
    o->bad_name = true;
    snprintf(o->error, sizeof o->error, "no link joins '%s' and '%s'", n->name,
             w->net->nodes[b].name);
    return false;
}

static bool choose(const struct world *w, struct tap_options *o, const char *wanted,
                   struct tap_file *f)
{
    char *name = strcpy(xmalloc(strlen(wanted) + 1), wanted), *colon = strchr(name, ':');
    f->neighbour = ANY_NODE;
    if (colon)
        *colon = '\0';
    bool good = node_named(w, o, name, &f->node);
    if (good && colon)
        good =
            node_named(w, o, colon + 1, &f->neighbour) && are_joined(w, o, f->node, f->neighbour);
    free(name);
    return good;
}

// How a character of a wanted name stands in the file's.
static char in_file_name(char c)
{
    return c == '/' || c == ':' ? '-' : c;
}

static bool same_file(const char *a, const char *b)
{
    while (*a && in_file_name(*a) == in_file_name(*b))
        a++, b++;
    return in_file_name(*a) == in_file_name(*b);
}

// Whether an earlier tap has the file of this one, which would replace it.
static bool is_taken(struct tap_options *o, int n)
{
    for (int i = 0; i < n; i++) {
        if (!same_file(o->wanted[i], o->wanted[n]))
            continue;
        o->bad_name = true;
        snprintf(o->error, sizeof o->error, "'%s' and '%s' would be one file", o->wanted[i],
                 o->wanted[n]);
        return true;
    }
    return false;
}

static bool open_file(struct tap_options *o, const char *wanted, struct tap_file *f)
{
    size_t size = strlen(o->dir) + strlen(wanted) + sizeof "/.pcap";
    char *path = xmalloc(size);
    struct capture_error error;
    int at = snprintf(path, size, "%s/", o->dir);
    snprintf(path + at, size - (size_t)at, "%s.pcap", wanted);
    for (char *c = path + at; *c; c++)
        *c = in_file_name(*c);
    f->out = capture_create(path, FRAME_LINK_IP, &error);
    if (!f->out)
        snprintf(o->error, sizeof o->error, "%s", error.text);
    free(path);
    return f->out != NULL;
}

static void release(struct tap *t)
{
    free(t->files);
    free(t->whole);
    free(t);
}

struct tap *tap_new(struct world *w, struct tap_options *o)
{
    struct tap *t = xcalloc(1, sizeof *t);
    t->w = w;
    t->files = xcalloc((size_t)o->n, sizeof *t->files);
    t->whole = xmalloc(DATAGRAM_MAX);
    o->bad_name = false;
    for (; t->n < o->n; t->n++) {
        struct tap_file *f = &t->files[t->n];
        if (is_taken(o, t->n) || !choose(w, o, o->wanted[t->n], f) ||
            !open_file(o, o->wanted[t->n], f)) {
            for (int i = 0; i < t->n; i++)
                capture_abandon(t->files[i].out);
            release(t);
            return NULL;
        }
        w->net->nodes[f->node].tapped = true;
    }
    w->net->tap.ctx = t;
    w->net->tap.seen = seen;
    return t;
}

bool tap_finish(struct tap *t, struct tap_options *o)
{
    bool good = true;
    for (int i = 0; i < t->n; i++) {
        struct capture_error error;
        t->w->net->nodes[t->files[i].node].tapped = false;
        if (!capture_finish(t->files[i].out, &error) && good) {
            good = false;
            snprintf(o->error, sizeof o->error, "%s", error.text);
        }
    }
    release(t);
    return good;
}
