// SPDX-License-Identifier: GPL-3.0-or-later
// The counters as JSON; declared in totals.h.
#include "forward/totals.h"

#include <jansson.h>

static void put(json_t *o, const char *key, uint64_t v)
{
    json_object_set_new(o, key, json_integer((json_int_t)v));
}

static void put_text(json_t *o, const char *key, const char *s)
{
    json_object_set_new(o, key, s ? json_string(s) : json_null());
}

static void put_counters(json_t *root, const struct build *b, const struct totals *t)
{
    const struct fwd_counters *k = fwd_counters(b->node);
    json_t *o = json_object(), *drops = json_object(), *frames = json_object();
    put(o, "received", k->received);
    put(o, "originated", k->originated);
    put(o, "pieces", k->pieces);
    put(o, "forwarded", k->forwarded);
    put(o, "replies", k->replies);
    put(o, "local", k->local);
    put(o, "cut", k->cut);
    put(o, "dropped", fwd_counters_dropped(k));
    put(o, "icmp_sent", k->icmp_sent);
    put(o, "encapsulated", k->encapsulated);
    put(o, "decapsulated", k->decapsulated);
    put(o, "flows_created", k->flows_created);
    put(o, "flows_expired", k->flows_expired);
    put(o, "flows_evicted", k->flows_evicted);
    put(o, "translated", k->translated);
    put(o, "nat_created", k->nat_created);
    put(o, "nat_expired", k->nat_expired);
    put(o, "nat_evicted", k->nat_evicted);
    put(o, "nat_refused", k->nat_refused);
    put(o, "fragments_followed", k->fragments_followed);
    put(o, "fragments_evicted", k->fragments_evicted);
    put(o, "shaped", t->shaped);
    put(frames, "in", t->frames);
    put(frames, "out", t->written);
    put(frames, "refused", totals_refused(t));
    put(frames, "host", t->host);
    put(frames, "ignored", t->ignored);
    put(frames, "neighbours", t->neighbours);
    for (int i = 1; i < FWD_DROP_COUNT; i++)
        put(drops, fwd_drop_name((enum fwd_drop)i), k->dropped[i] + t->refused[i]);
    json_object_set_new(root, "frames", frames);
    json_object_set_new(root, "packets", o);
    json_object_set_new(root, "drops", drops);
}

static json_t *link_of(const struct totals_port *p)
{
    const struct interface_statistics *s = &p->link;
    json_t *o = json_object();
    put(o, "received", s->received);
    put(o, "sent", s->sent);
    put(o, "ignored", p->ignored);
    put(o, "neighbours", p->neighbours);
    put(o, "completed", s->completed);
    put(o, "cut", s->cut);
    put(o, "dropped_by_kernel", s->dropped_by_kernel);
    put(o, "dropped_truncated", s->dropped_truncated);
    put(o, "dropped_merged", s->dropped_merged);
    put(o, "unsent_size", s->unsent_size);
    put(o, "unsent_full", s->unsent_full);
    put(o, "unsent_down", s->unsent_down);
    put(o, "answered", p->arp.answered);
    put(o, "requests", p->arp.requests);
    put(o, "learnt", p->arp.learnt);
    put(o, "known", p->known);
    put(o, "failures", p->arp.failures);
    put(o, "conflicts", p->arp.conflicts);
    return o;
}

static json_t *interfaces_of(const struct config *c, const struct build *b, const struct totals *t)
{
    json_t *list = json_array();
    for (int i = 0; i < c->ninterfaces; i++) {
        struct fwd_interface_counters k = fwd_interface_counters(b->node, (uint32_t)i);
        json_t *o = json_object();
        put_text(o, "name", c->interfaces[i].name);
        put(o, "in_packets", k.in_packets);
        put(o, "in_bytes", k.in_bytes);
        put(o, "out_packets", k.out_packets);
        put(o, "out_bytes", k.out_bytes);
        put(o, "in_dropped", k.in_dropped);
        if (t->ports)
            json_object_set_new(o, "link", link_of(&t->ports[i]));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *nexthops_of(const struct config *c, const struct build *b)
{
    char via[IP6_TEXT];
    json_t *list = json_array();
    for (int i = 0; i < c->nnexthops; i++) {
        struct fwd_nexthop_counters k = fwd_nexthop_counters(b->node, (uint32_t)i);
        const struct config_nexthop *h = &c->nexthops[i];
        json_t *o = json_object();
        put_text(o, "name", h->name);
        put_text(o, "interface", c->interfaces[h->interface].name);
        put_text(o, "via", ip6_is_zero(h->via) ? NULL : ip_print(h->via, via));
        put(o, "packets", k.packets);
        put(o, "bytes", k.bytes);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *fib_of(const struct build *b)
{
    json_t *o = json_object();
    put(o, "routes", fwd_route_count(b->node));
    put(o, "bytes", fwd_fib_bytes(b->node));
    return o;
}

static json_t *tunnels_of(const struct config *c, const struct build *b, int64_t now_ps)
{
    json_t *list = json_array();
    for (int i = 0; i < c->ntunnels; i++) {
        const struct fwd_tunnel_counters *k = fwd_tunnel_counters(b->node, b->tunnels[i]);
        json_t *o = json_object();
        put_text(o, "name", c->tunnels[i].name);
        put_text(o, "kind", fwd_tunnel_name(c->tunnels[i].o.kind));
        put(o, "packets", k->packets);
        put(o, "bytes", k->bytes);
        put(o, "too_big", k->too_big);
        put(o, "mtu", fwd_tunnel_mtu(b->node, b->tunnels[i], now_ps));
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *endpoints_of(const struct config *c, const struct build *b)
{
    json_t *list = json_array();
    for (int i = 0; i < c->nendpoints; i++) {
        const struct fwd_endpoint_counters *k = fwd_endpoint_counters(b->node, b->endpoints[i]);
        json_t *o = json_object();
        put_text(o, "kind", fwd_tunnel_name(c->endpoints[i].kind));
        put(o, "packets", k->packets);
        put(o, "bytes", k->bytes);
        put(o, "refused", k->refused);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *eips_of(const struct config *c, const struct build *b)
{
    char buf[PREFIX6_TEXT];
    json_t *list = json_array();
    for (int i = 0; i < c->neips; i++) {
        const struct fwd_eip_counters *k = fwd_eip_counters(b->node, c->eips[i].prefix);
        json_t *o = json_object();
        put_text(o, "prefix", ip_prefix_print(c->eips[i].prefix, buf));
        put(o, "in_packets", k->in.packets);
        put(o, "in_bytes", k->in.bytes);
        put(o, "out_packets", k->out.packets);
        put(o, "out_bytes", k->out.bytes);
        put(o, "in_dropped", k->dropped_in);
        put(o, "out_dropped", k->dropped_out);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *policers_of(const struct config *c, const struct build *b)
{
    static const char *const colours[POLICER_COLOURS] = {"green", "yellow", "red"};
    json_t *list = json_array();
    for (int i = 0; i < c->npolicers; i++) {
        const struct policer_counters *k = &fwd_policer(b->node, b->policers[i])->counters;
        json_t *o = json_object();
        put_text(o, "name", c->policers[i].name);
        for (int j = 0; j < POLICER_COLOURS; j++) {
            json_t *colour = json_object();
            put(colour, "packets", k->packets[j]);
            put(colour, "bytes", k->bytes[j]);
            json_object_set_new(o, colours[j], colour);
        }
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *shapers_of(const struct config *c, const struct build *b)
{
    json_t *list = json_array();
    for (int i = 0; i < c->nshapers; i++) {
        const struct shaper_counters *k = &fwd_shaper(b->node, b->shapers[i])->counters;
        json_t *o = json_object();
        put_text(o, "name", c->shapers[i].name);
        put(o, "packets", k->packets);
        put(o, "bytes", k->bytes);
        put(o, "delayed", k->delayed_packets);
        put(o, "refused_packets", k->refused_packets);
        put(o, "refused_bytes", k->refused_bytes);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *acl_of(const struct build *b)
{
    json_t *list = json_array();
    for (size_t i = 0; b->acl && i <= acl_count(b->acl); i++) {
        const struct acl_counters *k = acl_counters(b->acl, i);
        json_t *o = json_object();
        json_object_set_new(o, "rule",
                            i < acl_count(b->acl) ? json_integer((json_int_t)i)
                                                  : json_string("default"));
        put(o, "matched", k->hits);
        put(o, "bytes", k->bytes);
        put(o, "limited", k->limited);
        json_array_append_new(list, o);
    }
    return list;
}

void totals_json(const struct config *c, const struct build *b, const struct totals *t, FILE *out)
{
    json_t *root = json_object();
    put_text(root, "version", ANYSIM_VERSION);
    put_text(root, "config", c->file);
    put_text(root, "mode", t->mode);
    put_counters(root, b, t);
    json_object_set_new(root, "fib", fib_of(b));
    json_object_set_new(root, "interfaces", interfaces_of(c, b, t));
    json_object_set_new(root, "nexthops", nexthops_of(c, b));
    json_object_set_new(root, "tunnels", tunnels_of(c, b, t->ended_ps));
    json_object_set_new(root, "endpoints", endpoints_of(c, b));
    json_object_set_new(root, "eips", eips_of(c, b));
    json_object_set_new(root, "policers", policers_of(c, b));
    json_object_set_new(root, "shapers", shapers_of(c, b));
    json_object_set_new(root, "acl", acl_of(b));
    json_dumpf(root, out, JSON_INDENT(2));
    putc('\n', out);
    json_decref(root);
}
