// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/totals.h"

#include <inttypes.h>

uint64_t totals_refused(const struct totals *t)
{
    uint64_t n = 0;
    for (int i = 0; i < FWD_DROP_COUNT; i++)
        n += t->refused[i];
    return n;
}

bool totals_conserve(const struct build *b, const struct totals *t, char *why, size_t size)
{
    const struct fwd_counters *c = fwd_counters(b->node);
    uint64_t in = c->received + c->originated + c->pieces,
             out = c->forwarded + c->replies + c->local + c->cut + fwd_counters_dropped(c),
             seen = t->ignored + t->neighbours + c->received, sent = t->written + t->host;
    seen += totals_refused(t);
    // What the host sent came in as a frame too; ICMP errors were made here.
    seen += c->originated - c->icmp_sent;
    snprintf(why, size,
             "%" PRIu64 " packets in, %" PRIu64 " out; %" PRIu64 " frames in, %" PRIu64
             " accounted for; %" PRIu64 " packets to pass on, %" PRIu64 " passed on",
             in, out, t->frames, seen, c->forwarded + c->replies + c->local, sent);
    return in == out && t->frames == seen && c->forwarded + c->replies + c->local == sent;
}

static const char *hop_name(const struct config *c, int i, char *buf, size_t size)
{
    const struct config_nexthop *h = &c->nexthops[i];
    if (h->name)
        return h->name;
    snprintf(buf, size, "(%s)", c->interfaces[h->interface].name);
    return buf;
}

static void print_interfaces(const struct config *c, const struct build *b, const struct totals *t,
                             FILE *out)
{
    fprintf(out, "\n%-20s %12s %14s %12s %14s %12s\n", "interface", "in", "bytes", "out", "bytes",
            "in dropped");
    for (int i = 0; i < c->ninterfaces; i++) {
        struct fwd_interface_counters k = fwd_interface_counters(b->node, (uint32_t)i);
        fprintf(out,
                "%-20s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %14" PRIu64 " %12" PRIu64 "\n",
                c->interfaces[i].name, k.in_packets, k.in_bytes, k.out_packets, k.out_bytes,
                k.in_dropped);
    }
    if (!t->ports)
        return;
    fprintf(out, "\n%-20s %12s %12s %12s %12s %12s %12s\n", "link", "frames in", "frames out",
            "not for us", "neighbours", "kernel drops", "unsent");
    for (int i = 0; i < c->ninterfaces; i++) {
        const struct totals_port *p = &t->ports[i];
        const struct interface_statistics *s = &p->link;
        fprintf(out,
                "%-20s %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %12" PRIu64
                " %12" PRIu64 "\n",
                c->interfaces[i].name, s->received, s->sent, p->ignored, p->neighbours,
                s->dropped_by_kernel + s->dropped_truncated + s->dropped_merged,
                s->unsent_size + s->unsent_full + s->unsent_down);
    }
}

static void print_nexthops(const struct config *c, const struct build *b, FILE *out)
{
    char name[80], via[IP6_TEXT];
    fprintf(out, "\n%-20s %-12s %-24s %12s %14s\n", "next hop", "interface", "via", "packets",
            "bytes");
    for (int i = 0; i < c->nnexthops; i++) {
        struct fwd_nexthop_counters k = fwd_nexthop_counters(b->node, (uint32_t)i);
        const struct config_nexthop *h = &c->nexthops[i];
        if (!h->name && k.packets == 0)
            continue;
        fprintf(out, "%-20s %-12s %-24s %12" PRIu64 " %14" PRIu64 "\n",
                hop_name(c, i, name, sizeof name), c->interfaces[h->interface].name,
                ip6_is_zero(h->via) ? "on link" : ip_print(h->via, via), k.packets, k.bytes);
    }
}

static void print_tunnels(const struct config *c, const struct build *b, FILE *out)
{
    if (c->ntunnels)
        fprintf(out, "\n%-20s %-12s %12s %14s %12s\n", "tunnel", "kind", "packets", "bytes",
                "too big");
    for (int i = 0; i < c->ntunnels; i++) {
        const struct fwd_tunnel_counters *k = fwd_tunnel_counters(b->node, b->tunnels[i]);
        fprintf(out, "%-20s %-12s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 "\n", c->tunnels[i].name,
                fwd_tunnel_name(c->tunnels[i].o.kind), k->packets, k->bytes, k->too_big);
    }
}

static void print_endpoints(const struct config *c, const struct build *b, FILE *out)
{
    char from[PREFIX6_TEXT];
    if (c->nendpoints)
        fprintf(out, "\n%-20s %-24s %12s %14s %12s\n", "endpoint", "from", "packets", "bytes",
                "refused");
    for (int i = 0; i < c->nendpoints; i++) {
        const struct fwd_endpoint_options *o = &c->endpoints[i];
        const struct fwd_endpoint_counters *k = fwd_endpoint_counters(b->node, b->endpoints[i]);
        fprintf(out, "%d %-18s %-24s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 "\n", i,
                fwd_tunnel_name(o->kind), o->from.len ? ip_prefix_print(o->from, from) : "anyone",
                k->packets, k->bytes, k->refused);
    }
}

static void print_eips(const struct config *c, const struct build *b, FILE *out)
{
    char buf[PREFIX6_TEXT];
    if (c->neips)
        fprintf(out, "\n%-24s %12s %14s %12s %14s %11s %11s\n", "eip", "in", "bytes", "out",
                "bytes", "in dropped", "out dropped");
    for (int i = 0; i < c->neips; i++) {
        const struct fwd_eip_counters *k = fwd_eip_counters(b->node, c->eips[i].prefix);
        fprintf(out,
                "%-24s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %14" PRIu64 " %11" PRIu64
                " %11" PRIu64 "\n",
                ip_prefix_print(c->eips[i].prefix, buf), k->in.packets, k->in.bytes, k->out.packets,
                k->out.bytes, k->dropped_in, k->dropped_out);
    }
}

static void print_meters(const struct config *c, const struct build *b, FILE *out)
{
    if (c->npolicers)
        fprintf(out, "\n%-20s %12s %14s %12s %14s %12s %14s\n", "policer", "green", "bytes",
                "yellow", "bytes", "red", "bytes");
    for (int i = 0; i < c->npolicers; i++) {
        const struct policer_counters *k = &fwd_policer(b->node, b->policers[i])->counters;
        fprintf(out, "%-20s", c->policers[i].name);
        for (int j = 0; j < POLICER_COLOURS; j++)
            fprintf(out, " %12" PRIu64 " %14" PRIu64, k->packets[j], k->bytes[j]);
        putc('\n', out);
    }
    if (c->nshapers)
        fprintf(out, "\n%-20s %12s %14s %12s %12s %14s\n", "shaper", "packets", "bytes", "delayed",
                "refused", "bytes");
    for (int i = 0; i < c->nshapers; i++) {
        const struct shaper_counters *k = &fwd_shaper(b->node, b->shapers[i])->counters;
        fprintf(out,
                "%-20s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 " %12" PRIu64 " %14" PRIu64 "\n",
                c->shapers[i].name, k->packets, k->bytes, k->delayed_packets, k->refused_packets,
                k->refused_bytes);
    }
}

static void print_acl(const struct build *b, FILE *out)
{
    if (!b->acl)
        return;
    size_t n = acl_count(b->acl);
    fprintf(out, "\n%-20s %12s %14s %12s\n", "acl rule", "matched", "bytes", "limited");
    for (size_t i = 0; i <= n; i++) {
        const struct acl_counters *k = acl_counters(b->acl, i);
        char name[40] = "default";
        if (i < n)
            snprintf(name, sizeof name, "%zu", i);
        fprintf(out, "%-20s %12" PRIu64 " %14" PRIu64 " %12" PRIu64 "\n", name, k->hits, k->bytes,
                k->limited);
    }
}

static void print_drops(const struct build *b, const struct totals *t, FILE *out)
{
    const struct fwd_counters *k = fwd_counters(b->node);
    bool any = false;
    for (int i = 1; i < FWD_DROP_COUNT; i++) {
        uint64_t n = k->dropped[i] + t->refused[i];
        if (n == 0)
            continue;
        if (!any)
            fprintf(out, "\n%-20s %12s\n", "dropped", "packets");
        any = true;
        fprintf(out, "%-20s %12" PRIu64 "  %s\n", fwd_drop_name((enum fwd_drop)i), n,
                fwd_drop_meaning((enum fwd_drop)i));
    }
}

void totals_print(const struct config *c, const struct build *b, const struct totals *t, FILE *out)
{
    const struct fwd_counters *k = fwd_counters(b->node);
    fprintf(out,
            "frames in %" PRIu64 ", out %" PRIu64 ", refused %" PRIu64 "\n"
            "packets received %" PRIu64 ", forwarded %" PRIu64 ", answered %" PRIu64
            ", for this host %" PRIu64 ", dropped %" PRIu64 "\n"
            "originated %" PRIu64 " (ICMP errors %" PRIu64 "), cut %" PRIu64 " into %" PRIu64
            ", shaped %" PRIu64 "\n"
            "tunnels: %" PRIu64 " put in, %" PRIu64 " taken out; flows: %" PRIu64 " made, %" PRIu64
            " expired, %" PRIu64 " evicted; fragments: %" PRIu64 " followed their first, %" PRIu64
            " datagrams evicted\n"
            "translated %" PRIu64 "; translations: %" PRIu64 " made, %" PRIu64 " expired, %" PRIu64
            " evicted, %" PRIu64 " refused\n",
            t->frames, t->written, totals_refused(t), k->received, k->forwarded, k->replies,
            k->local, fwd_counters_dropped(k), k->originated, k->icmp_sent, k->cut, k->pieces,
            t->shaped, k->encapsulated, k->decapsulated, k->flows_created, k->flows_expired,
            k->flows_evicted, k->fragments_followed, k->fragments_evicted, k->translated,
            k->nat_created, k->nat_expired, k->nat_evicted, k->nat_refused);
    print_interfaces(c, b, t, out);
    print_nexthops(c, b, out);
    print_tunnels(c, b, out);
    print_endpoints(c, b, out);
    print_eips(c, b, out);
    print_meters(c, b, out);
    print_acl(b, out);
    print_drops(b, t, out);
}
