// SPDX-License-Identifier: GPL-3.0-or-later
// NAME.clab.yml: nodes that run FRR or BIRD with the files beside it, and the links between them. The
// images are the environment's FRR_IMAGE and BIRD_IMAGE when those are set (containerlab expands
// them). Images of FRR start the daemons that `daemons` names and have vtysh read frr.conf; the one
// of BIRD reads /etc/bird.conf, and gets its addresses from a command, as it sets none by itself.
#include "export/parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static void group(const char *name, const char *image, FILE *f)
{
    fprintf(f,
            "    %s:\n"
            "      kind: linux\n"
            "      image: %s\n"
            "      sysctls: # packets may come back by another way\n"
            "        net.ipv4.ip_forward: 1\n"
            "        net.ipv4.conf.all.rp_filter: 0\n"
            "        net.ipv4.conf.default.rp_filter: 0\n",
            name, image);
}

static void bind(const struct plan_router *r, const char *file, const char *folder, FILE *f)
{
    fprintf(f, "        - %s/%s:%s/%s\n", r->host, file, folder, file);
}

static void node(const struct plan_router *r, FILE *f)
{
    fprintf(f, "    %s: # %s\n      group: %s\n      binds:\n", r->host, r->is->name,
            r->by_bird ? "bird" : "frr");
    if (r->by_bird) {
        bind(r, "bird.conf", "/etc", f);
        bind(r, "ip.batch", "/etc", f);
        fprintf(f, "      exec:\n        - ip -batch /etc/ip.batch\n");
    } else {
        bind(r, "frr.conf", "/etc/frr", f);
        bind(r, "daemons", "/etc/frr", f);
        bind(r, "vtysh.conf", "/etc/frr", f);
        uint32_t groups = frr_multicast_groups(r);
        if (groups)
            fprintf(f, "      sysctls:\n        " FRR_GROUPS_SYSCTL ": %" PRIu32 "\n", groups);
    }
}

// Each link once, at the end with the lower address.
static int links_of(const struct plan *p, const struct plan_router *r, int before, FILE *f)
{
    for (size_t k = 0; k < r->ninterfaces; k++) {
        const struct plan_router *other = &p->routers[r->interfaces[k].neighbour];
        for (size_t j = 0; j < other->ninterfaces; j++)
            if (other->interfaces[j].link == r->interfaces[k].link &&
                r->interfaces[k].address < other->interfaces[j].address)
                fprintf(f, "%s    - endpoints: [\"%s:%s\", \"%s:%s\"]\n",
                        before++ ? "" : "  links:\n", r->host, r->interfaces[k].name, other->host,
                        other->interfaces[j].name);
    }
    return before;
}

// A name that containers may have.
static void lab_name(const char *name, FILE *f)
{
    for (const char *c = name; *c; c++)
        fputc(isalnum((unsigned char)*c) || (c > name && strchr("-._", *c)) ? *c : '-', f);
}

void containerlab_topology(const struct plan *p, FILE *f)
{
    bool frr = false, bird = false;
    for (uint32_t i = 0; i < p->nrouters; i++) {
        frr |= !p->routers[i].by_bird;
        bird |= p->routers[i].by_bird;
    }
    fprintf(f,
            "# scenario %s, written by anysim export; start it with `containerlab deploy`\n"
            "# not expressed: rates, delays and background load of the links\n"
            "name: ",
            p->world->scenario->name);
    lab_name(p->world->scenario->name, f);
    fprintf(f, "\ntopology:\n  groups:\n");
    if (frr)
        group("frr", "${FRR_IMAGE:=quay.io/frrouting/frr:8.4.4}", f);
    if (bird)
        group("bird", "${BIRD_IMAGE:=ghcr.io/srl-labs/bird:2.13}", f);
    fprintf(f, "  nodes:\n");
    for (uint32_t i = 0; i < p->nrouters; i++)
        node(&p->routers[i], f);
    int n = 0;
    for (uint32_t i = 0; i < p->nrouters; i++)
        n = links_of(p, &p->routers[i], n, f);
}
