// SPDX-License-Identifier: GPL-3.0-or-later
#include "export/export.h"

#include "export/parts.h"

#include <inttypes.h>
#include <stdlib.h>

const char *const export_format_names[EXPORT_FORMATS] = {"bird", "frr", "containerlab"};

// What stands in no line of a configuration.
static void check_speaker(const struct plan *p, const struct plan_router *r,
                          enum export_format format)
{
    if (r->wide && format == EXPORT_BIRD)
        plan_problem(
            p,
            "BIRD has OSPF alone, whose costs end at %u, and the IGP metrics of %s have no "
            "common divisor to be divided by; format frr writes IS-IS",
            OSPF_METRIC_MAX, r->network->name);
}

// All that a router's files say, into nothing: what cannot be said is noted on the way.
static void rehearse(const struct plan *p, const struct plan_router *r, enum export_format format)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    if (format == EXPORT_BIRD)
        bird_conf(p, r, f);
    else if (r->is->bgp.asn)
        frr_bgpd_conf(p, r, f);
    fclose(f);
    free(text);
}

size_t export_check(const struct plan *p, enum export_format format, FILE *err)
{
    for (uint32_t i = 0; i < p->nrouters; i++) {
        check_speaker(p, &p->routers[i], format);
        rehearse(p, &p->routers[i], format);
    }
    for (size_t i = 0; i < p->problems->v.n; i++)
        fprintf(err, "%s\n", p->problems->v.v[i]);
    return p->problems->v.n;
}

static bool write_router(const struct plan *p, const struct plan_router *r,
                         enum export_format format, struct outdir *out)
{
    if (format == EXPORT_BIRD)
        return export_file(out, r, "bird.conf", bird_conf, p) &&
               export_file(out, r, "ip.batch", ip_batch, p);
    return frr_write(p, r, out);
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
