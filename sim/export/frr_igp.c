// SPDX-License-Identifier: GPL-3.0-or-later
// ospfd.conf, and isisd.conf for networks with metrics that OSPF cannot carry.
#include "export/parts.h"

#include <inttypes.h>

#define GROUPS_OF_LINUX 20 // of a socket, unless FRR_GROUPS_SYSCTL says otherwise

uint32_t frr_multicast_groups(const struct plan_router *r)
{
    uint32_t n = 0;
    for (size_t i = 0; i < r->ninterfaces; i++)
        n += r->interfaces[i].igp;
    return !r->wide && n > GROUPS_OF_LINUX ? n : 0; // IS-IS needs none
}

void frr_ospfd_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    const struct igp_config *g = &r->network->igp;
    char text[IP4_TEXT];
    frr_head(p, r, f);
    int64_t hello = export_time(f, FRR_MARK, "igp.hello", g->hello_ps, PS_PER_S, 1, 65535);
    int64_t dead = export_time(f, FRR_MARK, "igp.hold", g->hold_ps, PS_PER_S, hello + 1, 65535);
    export_metric_unit(f, FRR_MARK, r);
    uint32_t groups = frr_multicast_groups(r);
    if (groups)
        fprintf(f, "! needs: sysctl %s=%" PRIu32 ", a group for every interface\n",
                FRR_GROUPS_SYSCTL, groups);
    fprintf(f, "interface lo\n ip ospf area 0\nexit\n");
    for (size_t i = 0; i < r->ninterfaces; i++) {
        const struct plan_interface *x = &r->interfaces[i];
        if (!x->igp)
            continue;
        fprintf(f,
                "interface %s\n ip ospf area 0\n ip ospf network point-to-point\n"
                " ip ospf cost %" PRIu32 "\n ip ospf hello-interval %" PRId64
                "\n ip ospf dead-interval %" PRId64 "\n%sexit\n",
                x->name, x->metric / r->metric_unit, hello, dead,
                g->bfd_ps ? " ip ospf bfd\n ip ospf bfd profile igp\n" : "");
    }
    int64_t first =
        export_time(f, FRR_MARK, "igp.spf_initial", g->spf_initial_ps, PS_PER_MS, 0, 600000);
    int64_t hold = export_time(f, FRR_MARK, "igp.spf_hold", g->spf_hold_ps, PS_PER_MS, 0, 600000);
    int64_t max = export_time(f, FRR_MARK, "igp.spf_max", g->spf_max_ps, PS_PER_MS, 0, 600000);
    fprintf(f,
            "router ospf\n ospf router-id %s\n timers throttle spf %" PRId64 " %" PRId64 " %" PRId64
            "\nexit\n",
            ip4_print(r->is->loopback, text), first, hold, max);
}

// The loopback address, three digits an octet, as operators do (RFC 1142 wants six octets).
static const char *system_id(const struct plan_router *r, char *buf, size_t size)
{
    ip4_addr a = r->is->loopback;
    char digits[16];
    snprintf(digits, sizeof digits, "%03u%03u%03u%03u", a >> 24 & 255u, a >> 16 & 255u,
             a >> 8 & 255u, a & 255u);
    snprintf(buf, size, "%.4s.%.4s.%.4s", digits, digits + 4, digits + 8);
    return buf;
}

static void isis_interface(const struct plan_router *r, const struct plan_interface *x,
                           int64_t hello, int64_t times, FILE *f)
{
    fprintf(f,
            "interface %s\n ip router isis igp\n isis circuit-type level-2-only\n"
            " isis network point-to-point\n isis metric %" PRIu32 "\n isis hello-interval %" PRId64
            "\n isis hello-multiplier %" PRId64 "\n%sexit\n",
            x->name, x->metric, hello, times,
            r->network->igp.bfd_ps ? " isis bfd\n isis bfd profile igp\n" : "");
}

void frr_isisd_conf(const struct plan *p, const struct plan_router *r, FILE *f)
{
    const struct igp_config *g = &r->network->igp;
    char id[32];
    frr_head(p, r, f);
    fprintf(f, "! IS-IS, whose wide metrics (RFC 5305) have 24 bits, where OSPF's have 16\n");
    int64_t hello = export_time(f, FRR_MARK, "igp.hello", g->hello_ps, PS_PER_S, 1, 600);
    int64_t times = export_time(f, FRR_MARK, "igp.hold", g->hold_ps, hello * PS_PER_S, 2, 100);
    int64_t first =
        export_time(f, FRR_MARK, "igp.spf_initial", g->spf_initial_ps, PS_PER_MS, 0, 60000);
    int64_t hold =
        export_time(f, FRR_MARK, "igp.spf_hold", g->spf_hold_ps, PS_PER_MS, first, 60000);
    int64_t max = export_time(f, FRR_MARK, "igp.spf_max", g->spf_max_ps, PS_PER_MS, hold, 60000);
    fprintf(f,
            // FRR refuses wide metrics of interfaces that stand in front of this
            "! rounded: the throttle is RFC 8405's, which waits spf_hold at once, then spf_max\n"
            "router isis igp\n net 49.0001.%s.00\n is-type level-2-only\n metric-style wide\n"
            " spf-delay-ietf init-delay %" PRId64 " short-delay %" PRId64 " long-delay %" PRId64
            " holddown %" PRId64 " time-to-learn %" PRId64 "\nexit\n",
            system_id(r, id, sizeof id), first, hold, max, max, hold);
    fprintf(f, "interface lo\n ip router isis igp\n isis passive\n isis metric 0\nexit\n");
    for (size_t i = 0; i < r->ninterfaces; i++)
        if (r->interfaces[i].igp)
            isis_interface(r, &r->interfaces[i], hello, times, f);
}
