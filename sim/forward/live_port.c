// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/live_port.h"

#include "base/table.h"
#include "fwd/headers6.h"
#include "wire/afpacket.h"
#include "wire/hoststack.h"
#include "wire/tun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VLAN_NUMBER 0x0fff

// --- addresses

static void own(struct live_port *p, struct ip6_addr a, uint8_t bits, bool announce)
{
    struct neighbour_frame f;
    if (!announce) {
        neighbour_add_own(p->arp, a, bits);
        return;
    }
    neighbour_announce(p->arp, a, &f);
    struct interface_frame frame = {.bytes = f.bytes, .size = (uint32_t)f.size};
    if (f.size == 0 || !p->io)
        return;
    interface_send(p->io, &frame, 1);
    interface_flush(p->io);
}

static void own_prefix(struct live_port *p, struct prefix6 prefix, bool announce)
{
    uint64_t n = UINT64_C(1) << (128 - prefix.len); // the config's reader bounds it
    for (uint64_t i = 0; i < n; i++) {
        struct ip6_addr a = {prefix.addr.hi, prefix.addr.lo + i};
        own(p, a, ip6_is_ip4(a) ? 32 : 128, announce);
    }
}

// Every address that is answered for here; `announce`: is told to all, instead of added.
static void each_own(struct live_port *p, bool announce)
{
    const struct config *c = p->live->config;
    for (int i = 0; i < p->config->naddresses; i++)
        own(p, p->config->addresses[i].a, p->config->addresses[i].bits, announce);
    own(p, neighbour_link_local(p->config->mac), 64, announce);
    if (!p->config->announce)
        return;
    for (int i = 0; i < c->neips; i++)
        own_prefix(p, c->eips[i].prefix, announce);
    for (int i = 0; i < c->nbackends; i++)
        own_prefix(p, c->backends[i].prefix, announce);
    for (int i = 0; i < c->nroutes; i++)
        if (c->routes[i].action == FWD_ACT_LOCAL)
            own_prefix(p, c->routes[i].prefix, announce);
}

void live_port_announce(struct live_port *p)
{
    if (p->arp && p->io)
        each_own(p, true);
}

// --- opening

static enum live_status failed(char error[512], const struct config_interface *f, const char *why)
{
    // The only word that the openers have for it.
    bool privilege = strstr(why, "CAP_NET_") != NULL;
    snprintf(error, 512, "interface '%s': %s", f->name, why);
    return privilege ? LIVE_PRIVILEGE : LIVE_SYSTEM;
}

static struct interface *open_tun(const struct config_interface *f, char why[INTERFACE_ERROR])
{
    struct prefix6 *addresses = xcalloc((size_t)f->naddresses + 1, sizeof *addresses);
    for (int i = 0; i < f->naddresses; i++) {
        const struct config_address *a = &f->addresses[i];
        addresses[i] =
            (struct prefix6){a->a, (uint8_t)(a->bits + (ip6_is_ip4(a->a) ? IP6_MAPPED_BITS : 0))};
    }
    struct tun_options o = {.name = f->tun,
                            .mtu = f->mtu,
                            .addresses = addresses,
                            .naddresses = (size_t)f->naddresses,
                            .up = true};
    struct interface *io = tun_open(&o, why);
    free(addresses);
    return io;
}

static struct interface *open_device(const struct config_interface *f, char why[INTERFACE_ERROR])
{
    // Frames for a MAC address that is not the device's reach us only so.
    struct afpacket_options o = {.name = f->device,
                                 .ring_bytes = f->ring_bytes,
                                 .promiscuous = f->promiscuous || f->has_mac};
    return afpacket_open(&o, why);
}

// Frames for another MAC address the kernel leaves alone.
static void warn_of_kernel(const struct config_interface *f)
{
    char advice[INTERFACE_ERROR];
    if (!f->has_mac && hoststack_advice(f->device, advice))
        fprintf(stderr, "anysim forward: %s\n", advice);
}

static void make_neighbours(struct live_port *p)
{
    const struct config_interface *f = p->config;
    struct neighbours_options o = {
        .limit = f->neighbour_limit,
        .waiting = f->neighbour_waiting,
        .hash_seed = hash_bytes(f->mac, sizeof f->mac, p->live->config->node.hash_seed)};
    memcpy(o.mac, f->mac, sizeof o.mac);
    p->arp = neighbours_new(&o);
    each_own(p, false);
    for (int i = 0; i < f->nneighbours; i++)
        neighbour_set_static(p->arp, f->neighbours[i].address, f->neighbours[i].mac);
}

enum live_status live_port_open(struct live_port *p, struct config_interface *f,
                                const struct live *l, char error[512])
{
    char why[INTERFACE_ERROR];
    p->config = f;
    p->host = f->tun != NULL;
    if (!f->device && !f->tun) {
        snprintf(error, 512, "%s:%d:%d: interface '%s' needs 'device' or 'tun' for --live",
                 l->config->file, f->at.line, f->at.col, f->name);
        return LIVE_CONFIG;
    }
    p->io = f->tun ? open_tun(f, why) : open_device(f, why);
    if (!p->io)
        return failed(error, f, why);
    if (f->mtu > p->io->mtu) {
        snprintf(error, 512, "%s:%d:%d: interface '%s': mtu %u is larger than that of %s, %u",
                 l->config->file, f->at.line, f->at.col, f->name, f->mtu, p->io->name, p->io->mtu);
        return LIVE_CONFIG;
    }
    if (f->mtu == 0)
        f->mtu = p->io->mtu;
    if (p->io->link == FRAME_LINK_ETHERNET) {
        if (!f->has_mac)
            memcpy(f->mac, p->io->mac, sizeof f->mac);
        make_neighbours(p);
        if (!l->options.quiet)
            warn_of_kernel(f);
    }
    return LIVE_GOOD;
}

void live_port_close(struct live_port *p)
{
    if (p->arp)
        neighbours_free(p->arp);
    if (p->io)
        interface_close(p->io);
}

// --- out

// Zeros that were not stored must be there to be sent. False when there is no room for them.
static bool store_all(struct packet *p)
{
    uint32_t missing = p->length - p->captured;
    if (p->length > p->room - p->offset)
        return false;
    memset(packet_data(p) + p->captured, 0, missing);
    p->captured = p->length;
    return true;
}

static void enqueue(struct live_port *p, struct parcel *parcel, const uint8_t *mac)
{
    struct packet *k = &parcel->packet;
    uint32_t before = mac ? FRAME_ETHERNET : 0;
    uint8_t *at = packet_data(k);
    if (mac) {
        at -= FRAME_ETHERNET;
        frame_write_ethernet(at, mac, p->config->mac, frame_type_of(packet_data(k), k->captured));
    }
    p->queue[p->queued] = (struct interface_frame){.bytes = at, .size = before + k->captured};
    p->held[p->queued++] = parcel;
    if (p->queued == INTERFACE_BATCH)
        live_port_flush(p);
}

void live_port_flush(struct live_port *p)
{
    struct live *l = p->live;
    if (p->queued == 0)
        return;
    if (p->io) {
        interface_send(p->io, p->queue, p->queued);
        interface_flush(p->io);
    }
    for (int i = 0; i < p->queued; i++)
        parcel_give(&l->parcels, p->held[i]);
    p->queued = 0;
}

static bool is_group(struct ip6_addr a)
{
    return ip6_is_ip4(a) ? ip6_to_ip4(a) >> 28 >= 0xe : a.hi >> 56 == 0xff;
}

static void send_frame(struct live_port *p, struct neighbour_frame *f)
{
    struct interface_frame frame = {.bytes = f->bytes, .size = (uint32_t)f->size};
    if (f->size == 0 || !p->io)
        return;
    interface_send(p->io, &frame, 1);
    interface_flush(p->io);
}

// Packets that wait for a neighbour no longer.
static void drain(struct live_port *p, int64_t now_ps)
{
    struct neighbour_packet k;
    struct live *l = p->live;
    while (neighbour_ready(p->arp, &k)) {
        if (k.answer == NEIGHBOUR_FOUND) {
            l->totals.written++;
            enqueue(p, k.packet, k.mac);
        } else {
            relay_refuse(&l->relay, k.packet,
                         k.answer == NEIGHBOUR_FAILED ? FWD_DROP_NO_NEIGHBOUR : FWD_DROP_QUEUE_FULL,
                         now_ps);
        }
    }
}

static void send_to(struct live_port *p, struct parcel *parcel, struct ip6_addr to, int64_t now_ps)
{
    struct neighbour_frame request = {.size = 0};
    uint8_t mac[FRAME_MAC];
    struct live *l = p->live;
    if (is_group(to) || neighbour_is_own(p->arp, to)) {
        relay_refuse(&l->relay, parcel, FWD_DROP_NO_NEIGHBOUR, now_ps);
        return;
    }
    enum neighbour_answer answer = neighbour_resolve(p->arp, to, now_ps, parcel, mac, &request);
    send_frame(p, &request);
    if (answer == NEIGHBOUR_FOUND) {
        l->totals.written++;
        enqueue(p, parcel, mac);
    } else if (answer == NEIGHBOUR_FAILED) {
        relay_refuse(&l->relay, parcel, FWD_DROP_NO_NEIGHBOUR, now_ps);
    } else if (answer == NEIGHBOUR_FULL) {
        relay_refuse(&l->relay, parcel, FWD_DROP_QUEUE_FULL, now_ps);
    }
    drain(p, now_ps);
}

void live_port_send(struct live_port *p, struct parcel *parcel, struct ip6_addr via, int64_t now_ps)
{
    struct live *l = p->live;
    if (!p->io) {
        relay_refuse(&l->relay, parcel, FWD_DROP_LINK_DOWN, now_ps);
    } else if (!packet_make_room(&parcel->packet, FRAME_ETHERNET) || !store_all(&parcel->packet)) {
        relay_refuse(&l->relay, parcel, FWD_DROP_NO_HEADROOM, now_ps);
    } else if (p->arp) {
        send_to(p, parcel, ip6_is_zero(via) ? ip_destination(packet_view(&parcel->packet)) : via,
                now_ps);
    } else {
        l->totals.written++;
        enqueue(p, parcel, NULL);
    }
}

// --- in

enum meaning { FOR_US, IGNORED, NEIGHBOURS, REFUSED };

static bool of_our_vlan(const struct frame *h)
{
    for (int i = 0; i < h->tags; i++)
        if (h->tag_control[i] & VLAN_NUMBER)
            return false;
    return true; // no tag, or one that gives a priority only
}

// What a frame is to this node; *at: where its datagram begins.
static enum meaning read_frame(struct live_port *p, const struct interface_frame *f, int64_t now_ps,
                               uint32_t *at)
{
    struct frame h;
    struct neighbour_frame reply = {.size = 0};
    *at = 0;
    if (!p->arp)
        return f->size ? FOR_US : REFUSED;
    if (neighbour_input(p->arp, f->bytes, f->size, now_ps, &reply) == NEIGHBOUR_HANDLED) {
        send_frame(p, &reply);
        drain(p, now_ps);
        return NEIGHBOURS;
    }
    if (frame_decode(FRAME_LINK_ETHERNET, f->bytes, f->size, &h) != FRAME_OK)
        return REFUSED;
    *at = h.offset;
    // RFC 1812 §5.3.4: what was sent to all on the link is not forwarded.
    if (memcmp(h.dst, p->config->mac, FRAME_MAC) != 0 || !of_our_vlan(&h))
        return IGNORED;
    return h.ethertype == FRAME_TYPE_IP4 || h.ethertype == FRAME_TYPE_IP6 ? FOR_US : REFUSED;
}

static void count(struct live_port *p, enum meaning m)
{
    struct totals *t = &p->live->totals;
    if (m == NEIGHBOURS) {
        p->totals->neighbours++;
        t->neighbours++;
    } else if (m == IGNORED) {
        p->totals->ignored++;
        t->ignored++;
    } else if (m == REFUSED) {
        t->refused[FWD_DROP_NOT_IP]++;
    }
    t->frames++;
}

static struct parcel *unpack(struct live_port *p, const struct interface_frame *f, uint32_t at)
{
    struct parcel *k = parcel_take(&p->live->parcels);
    parcel_load(k, f->bytes + at, f->size - at, f->size - at);
    k->packet.kind = PARCEL_INPUT;
    k->packet.flow = k->packet.seq = 0;
    k->packet.weight = 1;
    return k;
}

void live_port_receive(struct live_port *p, int64_t now_ps)
{
    struct interface_frame frames[INTERFACE_BATCH];
    struct parcel *batch[FWD_BATCH];
    struct live *l = p->live;
    unsigned count_in = 0;
    int n = p->io ? interface_receive(p->io, frames, INTERFACE_BATCH) : 0;
    p->ready = n > 0;
    if (n < 0) {
        fprintf(stderr, "anysim forward: %s\n", p->io->error);
        p->totals->link = p->io->statistics;
        interface_close(p->io);
        p->io = NULL;
        return;
    }
    for (int i = 0; i < n; i++) {
        uint32_t at;
        enum meaning m = read_frame(p, &frames[i], now_ps, &at);
        count(p, m);
        if (m == FOR_US && p->host)
            relay_originate(&l->relay, unpack(p, &frames[i], at), now_ps);
        else if (m == FOR_US)
            batch[count_in++] = unpack(p, &frames[i], at);
    }
    if (count_in)
        relay_receive(&l->relay, batch, count_in, p->number, now_ps);
}

// --- time

int64_t live_port_due_ps(const struct live_port *p)
{
    return p->arp ? neighbour_due_ps(p->arp) : INT64_MAX;
}

void live_port_timer(struct live_port *p, int64_t now_ps)
{
    struct neighbour_frame f;
    while (live_port_due_ps(p) <= now_ps) {
        f.size = 0;
        if (!neighbour_timer(p->arp, now_ps, &f))
            break;
        send_frame(p, &f);
        drain(p, now_ps);
    }
}

void live_port_give_up(struct live_port *p, int64_t now_ps)
{
    if (!p->arp)
        return;
    neighbour_flush(p->arp);
    drain(p, now_ps);
}
