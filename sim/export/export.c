// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/export.h"

#include "export/parts.h"

#include <stdlib.h>

const char *const export_format_names[EXPORT_FORMATS] = {"bird", "frr", "containerlab"};

// What stands in no line of a configuration.
static void check_router(const struct plan *p, const struct plan_router *r, bool bird)
{
    if (r->wide && bird)
        plan_problem(
            p,
            "BIRD has OSPF alone, whose costs end at %u, and the IGP metrics of %s have no "
            "common divisor to be divided by",
            OSPF_METRIC_MAX, r->network->name);
}

// All that a router's files say, into nothing: what cannot be said is noted on the way.
static void rehearse(const struct plan *p, const struct plan_router *r, bool bird)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (bird)
        bird_conf(p, r, f);
    else if (r->is->bgp.asn)
        frr_bgpd_conf(p, r, f);
    fclose(f);
    free(text);
}

// Notes what a daemon cannot do for a network; returns how much.
static size_t problems_of(const struct plan *p, uint32_t network, bool bird)
{
    plan_forget_problems(p);
    for (uint32_t i = 0; i < p->nrouters; i++) {
        if (p->routers[i].is->network != network)
            continue;
        check_router(p, &p->routers[i], bird);
        rehearse(p, &p->routers[i], bird);
    }
    return p->problems->v.n;
}

static size_t complain(const struct plan *p, uint32_t network, bool bird, FILE *err)
{
    size_t n = problems_of(p, network, bird);
    for (size_t i = 0; i < n; i++)
        fprintf(err, "%s\n", p->problems->v.v[i]);
    return n;
}

static bool wants_bird(const struct plan *p, uint32_t network)
{
    for (uint32_t i = 0; i < p->nrouters; i++)
        if (p->routers[i].is->network == network)
            return p->routers[i].is->bgp.decide.profile == BGP_PROFILE_BIRD;
    return false;
}

// A lab may run both: FRR, or BIRD in networks that decide as BIRD does, unless only the other can.
static size_t choose(struct plan *p, uint32_t network, FILE *err)
{
    bool bird = wants_bird(p, network);
    if (problems_of(p, network, bird) > 0)
        bird = !bird;
    for (uint32_t i = 0; i < p->nrouters; i++)
        if (p->routers[i].is->network == network)
            p->routers[i].by_bird = bird;
    return problems_of(p, network, bird) == 0
               ? 0
               : complain(p, network, false, err) + complain(p, network, true, err);
}

size_t export_check(struct plan *p, enum export_format format, FILE *err)
{
    size_t bad = 0;
    uint32_t n = (uint32_t)p->world->scenario->topology.nnetworks;
    for (uint32_t i = 0; i < p->nrouters; i++)
        p->routers[i].by_bird = format == EXPORT_BIRD;
    for (uint32_t i = 0; i < n; i++) {
        bool bird = format == EXPORT_BIRD;
        const char *name = p->world->scenario->topology.networks[i].name;
        size_t more = format == EXPORT_CONTAINERLAB ? choose(p, i, err) : complain(p, i, bird, err);
        if (more && format != EXPORT_CONTAINERLAB && problems_of(p, i, !bird) == 0)
            fprintf(
                err, "%s can do it: --format containerlab starts it for %s, --format %s for all\n",
                bird ? "FRR" : "BIRD", name, export_format_names[bird ? EXPORT_FRR : EXPORT_BIRD]);
        bad += more;
    }
    return bad;
}

static bool write_router(const struct plan *p, const struct plan_router *r,
                         enum export_format format, struct outdir *out)
{
    if (r->by_bird)
        return export_file(out, r, "bird.conf", bird_conf, p) &&
               export_file(out, r, "ip.batch", ip_batch, p);
    return format == EXPORT_CONTAINERLAB ? frr_write_integrated(p, r, out) : frr_write(p, r, out);
}

static bool write_table(const struct plan *p, struct outdir *out, const char *name,
                        void (*write)(const struct plan *p, FILE *f))
{
    FILE *f = outdir_file(out, name);
    if (!f)
        return false;
    write(p, f);
    return outdir_close(out, f);
}

bool export_write(const struct plan *p, enum export_format format, struct outdir *out)
{
    char name[256];
    for (uint32_t i = 0; i < p->nrouters; i++)
        if (!write_router(p, &p->routers[i], format, out))
            return false;
    snprintf(name, sizeof name, "%s.clab.yml", p->world->scenario->name);
    if (format == EXPORT_CONTAINERLAB && !write_table(p, out, name, containerlab_topology))
        return false;
    return write_table(p, out, "routers.csv", routers_csv) &&
           write_table(p, out, "links.csv", links_csv);
}
