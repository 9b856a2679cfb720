// SPDX-License-Identifier: GPL-3.0-or-later
// NAME.clab.yml: nodes that run FRR with the files beside it, and the links between them. The image
// is the environment's FRR_IMAGE when that is set (containerlab expands it).
#include "export/parts.h"

static void node(const struct plan_router *r, FILE *f)
{
    const char *files[] = {"zebra.conf", r->wide ? "isisd.conf" : "ospfd.conf",
                           "bgpd.conf",  "bfdd.conf",
                           "daemons",    "vtysh.conf"};
    fprintf(f, "    %s: # %s\n      kind: linux\n      binds:\n", r->host, r->is->name);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if ((i != 2 || r->is->bgp.asn) && (i != 3 || frr_runs_bfd(r)))
            fprintf(f, "        - %s/%s:/etc/frr/%s\n", r->host, files[i], files[i]);
}

void containerlab_topology(const struct plan *p, FILE *f)
{
    fprintf(f,
            "# scenario %s, written by anysim export; start it with `containerlab deploy`\n"
            "# not expressed: rates, delays and background load of the links\n"
            "name: %s\n"
            "topology:\n"
            "  defaults:\n"
            "    image: ${FRR_IMAGE:=quay.io/frrouting/frr:8.4.4}\n"
            "  nodes:\n",
            p->world->scenario->name, p->world->scenario->name);
    for (uint32_t i = 0; i < p->nrouters; i++)
        node(&p->routers[i], f);
    fprintf(f, "  links:\n");
    for (uint32_t i = 0; i < p->nrouters; i++) {
        const struct plan_router *r = &p->routers[i];
        for (size_t k = 0; k < r->ninterfaces; k++) {
            const struct plan_router *other = &p->routers[r->interfaces[k].neighbour];
            for (size_t j = 0; j < other->ninterfaces; j++)
                if (other->interfaces[j].link == r->interfaces[k].link &&
                    r->interfaces[k].address < other->interfaces[j].address)
                    fprintf(f, "    - endpoints: [\"%s:%s\", \"%s:%s\"]\n", r->host,
                            r->interfaces[k].name, other->host, other->interfaces[j].name);
        }
    }
}
