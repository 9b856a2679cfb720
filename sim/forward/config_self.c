// SPDX-License-Identifier: GPL-3.0-or-later
// The node itself and its interfaces: from raw to checked.
#include "forward/config_reader.h"

#include "fwd/headers6.h"

#include <string.h>

#define DEVICE_NAME_MAX 15 // IFNAMSIZ less the NUL

// An address that a host may have. False after a diagnostic.
static bool check_unicast(struct input *in, struct ip6_addr a, struct srcpos at)
{
    bool bad = ip6_is_ip4(a) ? ip4_is_martian(ip6_to_ip4(a)) : ip6_is_martian(a);
    char buf[IP6_TEXT];
    if (bad)
        diag_error(in->d, at, NULL, "'%s' is no address that a node can have", ip_print(a, buf));
    return !bad;
}

void config_read_self(struct config_reader *r)
{
    const struct raw_self *raw = r->raw.self;
    struct fwd_options *o = &r->out->node;
    if (!raw)
        return; // that has been reported
    *o = (struct fwd_options){.hash_seed = (uint32_t)raw->hash_seed,
                              .hash_outer = raw->hash == 1,
                              .flow_limit = (uint32_t)raw->flows.limit.v,
                              .nat_limit = (uint32_t)raw->translations.limit,
                              .flow_idle_ps = raw->flows.idle_ps,
                              .tcp_opening_ps = raw->flows.tcp_opening_ps,
                              .tcp_open_ps = raw->flows.tcp_open_ps,
                              .icmp_per_s = (uint32_t)raw->icmp.rate,
                              .icmp_burst = (uint32_t)raw->icmp.burst};
    if (raw->address.at.line && !ip6_is_ip4(raw->address.a))
        diag_error(r->in->d, raw->address.at, "address6: for the IPv6 one",
                   "'node.address' must be an IPv4 address");
    else if (raw->address.at.line && check_unicast(r->in, raw->address.a, raw->address.at))
        o->address = ip6_to_ip4(raw->address.a);
    if (raw->address6.at.line && ip6_is_ip4(raw->address6.a))
        diag_error(r->in->d, raw->address6.at, NULL, "'node.address6' must be an IPv6 address");
    else if (raw->address6.at.line && check_unicast(r->in, raw->address6.a, raw->address6.at))
        o->address6 = raw->address6.a;
}

// Whether another interface before `self`, or this one, has the address or the network already.
static void check_taken(struct config_reader *r, int self, const struct config_interface *own,
                        const struct config_address *a)
{
    char buf[IP6_TEXT], net[PREFIX6_TEXT];
    for (int i = 0; i <= self; i++) {
        const struct config_interface *f = i == self ? own : &r->out->interfaces[i];
        for (int k = 0; k < f->naddresses; k++) {
            const struct config_address *b = &f->addresses[k];
            if (ip6_equal(a->a, b->a))
                diag_error(r->in->d, a->at, NULL, "address '%s' is given twice, first on line %d",
                           ip_print(a->a, buf), b->at.line);
            else if (i != self && !own->tun && !f->tun &&
                     prefix6_equal(config_network(a), config_network(b)) &&
                     config_network(a).len < 128)
                diag_error(r->in->d, a->at, NULL,
                           "network '%s' is on interface '%s' already, on line %d",
                           ip_prefix_print(config_network(a), net), f->name, b->at.line);
        }
    }
}

static void read_addresses(struct config_reader *r, const struct raw_interface *raw, int self,
                           struct config_interface *out)
{
    out->addresses = arena_array(r->in->a, struct config_address, raw->address.n);
    for (int i = 0; i < raw->address.n; i++) {
        const struct raw_host *h = &raw->address.v[i];
        struct config_address a = {h->a, h->bits, h->at};
        struct ip6_addr broadcast;
        if (!check_unicast(r->in, h->a, h->at))
            continue;
        check_taken(r, self, out, &a);
        if (config_broadcast(&a, &broadcast) && ip6_equal(broadcast, a.a))
            diag_error(r->in->d, h->at, NULL, "this is the broadcast address of its network");
        else if (config_broadcast(&a, &broadcast) && ip6_equal(config_network(&a).addr, a.a))
            diag_error(r->in->d, h->at, NULL, "this is the address of the network itself");
        out->addresses[out->naddresses++] = a;
    }
}

static void read_neighbours(struct config_reader *r, const struct raw_interface *raw,
                            struct config_interface *out)
{
    const struct raw_neighbour *v = raw->neighbours.v;
    char buf[IP6_TEXT];
    out->neighbours = arena_array(r->in->a, struct config_neighbour, raw->neighbours.n);
    for (int i = 0; i < raw->neighbours.n; i++) {
        struct config_neighbour *n = &out->neighbours[out->nneighbours];
        if (v[i].address.at.line == 0 || v[i].mac.at.line == 0)
            continue;
        n->address = v[i].address.a;
        memcpy(n->mac, v[i].mac.mac, sizeof n->mac);
        for (int k = 0; k < out->nneighbours; k++)
            if (ip6_equal(out->neighbours[k].address, n->address))
                diag_error(r->in->d, v[i].address.at, NULL, "this neighbour is given twice");
        if (!config_on_link(out, n->address))
            diag_error(r->in->d, v[i].address.at, NULL,
                       "neighbour '%s' is in no network of interface '%s'",
                       ip_print(n->address, buf), out->name);
        out->nneighbours++;
    }
}

static void check_device(struct config_reader *r, const struct text *name)
{
    if (name->s && (strlen(name->s) > DEVICE_NAME_MAX || strchr(name->s, '/')))
        diag_error(r->in->d, name->at, NULL, "'%s' is no name of a Linux interface (1 to %d bytes)",
                   name->s, DEVICE_NAME_MAX);
}

static void not_for_tun(struct config_reader *r, const char *key, struct srcpos at)
{
    if (at.line)
        diag_error(r->in->d, at, NULL, "'%s' has no meaning for a TUN device", key);
}

// Keys that go together, and those that do not.
static void check_kind(struct config_reader *r, const struct raw_interface *raw)
{
    check_device(r, &raw->device);
    check_device(r, &raw->tun);
    if (raw->device.s && raw->tun.s)
        diag_error(r->in->d, raw->tun.at, NULL, "give either 'device' or 'tun'");
    if (!raw->tun.s)
        return;
    not_for_tun(r, "servers", raw->servers.at);
    not_for_tun(r, "announce", raw->announce.at);
    not_for_tun(r, "promiscuous", raw->promiscuous.at);
    not_for_tun(r, "mac", raw->mac.at);
    not_for_tun(r, "neighbours", raw->neighbours.at);
    not_for_tun(r, "ring", raw->ring_bytes.at);
    not_for_tun(r, "neighbour_limit", raw->neighbour_limit.at);
    not_for_tun(r, "neighbour_waiting", raw->neighbour_waiting.at);
}

static void read_interface(struct config_reader *r, const struct raw_interface *raw, int self)
{
    struct config_interface *out = &r->out->interfaces[self];
    *out = (struct config_interface){.name = raw->name.s,
                                     .device = raw->device.s,
                                     .tun = raw->tun.s,
                                     .mtu = (uint32_t)raw->mtu.v,
                                     .servers = raw->servers.v,
                                     .announce = raw->announce.v,
                                     .promiscuous = raw->promiscuous.v,
                                     .has_mac = raw->mac.at.line > 0,
                                     .ring_bytes = (uint32_t)raw->ring_bytes.v,
                                     .neighbour_limit = (uint32_t)raw->neighbour_limit.v,
                                     .neighbour_waiting = (uint32_t)raw->neighbour_waiting.v,
                                     .at = raw->name.at};
    check_kind(r, raw);
    read_addresses(r, raw, self, out);
    read_neighbours(r, raw, out);
    struct ip6_addr own = ip6_from_ip4(r->out->node.address + (uint32_t)self);
    config_mac_of(out->naddresses ? out->addresses[0].a : own, out->mac);
    if (out->has_mac)
        memcpy(out->mac, raw->mac.mac, sizeof out->mac);
}

// IPv6 without "packet too big" is IPv6 in which large packets vanish.
static void check_icmp6(struct config_reader *r)
{
    if (!r->raw.self || r->raw.self->address6.at.line || r->raw.self->address.at.line == 0)
        return;
    for (int i = 0; i < r->out->ninterfaces; i++)
        for (int k = 0; k < r->out->interfaces[i].naddresses; k++)
            if (!ip6_is_ip4(r->out->interfaces[i].addresses[k].a)) {
                diag_warn(r->in->d, r->out->interfaces[i].addresses[k].at,
                          "give the node an 'address6'",
                          "without 'node.address6' no ICMPv6 errors are sent, and senders do not "
                          "learn the path's MTU");
                return;
            }
}

void config_read_interfaces(struct config_reader *r)
{
    const struct raw_interface *raw = r->raw.interfaces.v;
    int n = r->raw.interfaces.n, tuns = 0;
    r->out->interfaces = arena_array(r->in->a, struct config_interface, n);
    if (r->raw.interfaces.at.line && n == 0)
        diag_error(r->in->d, r->raw.interfaces.at, NULL, "a node needs at least one interface");
    for (int i = 0; i < n; i++) {
        names_add(&r->interfaces, raw[i].name.s, i);
        config_count(r, raw[i].name.at);
        read_interface(r, &raw[i], i);
        r->out->ninterfaces++;
        if (raw[i].tun.s && ++tuns > 1)
            diag_error(r->in->d, raw[i].tun.at, NULL,
                       "one TUN device is enough: there is one host behind it");
    }
    check_icmp6(r);
}
