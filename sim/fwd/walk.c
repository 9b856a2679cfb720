// SPDX-License-Identifier: GPL-3.0-or-later
// walk: coming in, being looked up, going out, and what is for this node itself. Tunnels and segments:
// walk_tunnel.c; EIPs, backends and translation: walk_service.c.
#include "fwd/walk.h"

#include "fwd/flowhash.h"
#include "fwd/fragment.h"
#include "fwd/headers6.h"
#include "fwd/option.h"

void walk_drop(struct fwd_node *n, enum fwd_drop reason, bool six, struct fwd_result *r)
{
    n->counters.dropped[reason]++;
    r->verdict = FWD_DROP;
    r->reason = reason;
    if (!r->reply) // nobody wants an error about what this node says itself
        icmp_error_for(reason, six, r->detail, &r->icmp_type, &r->icmp_code);
}

const struct adjacency *walk_stop(struct walk *w, enum fwd_drop reason)
{
    walk_drop(w->n, reason, w->p->captured && walk_is_six(w), w->r);
    return NULL;
}

const struct adjacency *walk_lookup(struct walk *w)
{
    return walk_at(w, node_classify(w->n, walk_destination(w)));
}

static enum fwd_drop scrub(struct acl *acl, const struct packet *p, int64_t now_ps)
{
    struct acl_key key;
    if (!acl_key_of(packet_view(p), p->captured, &key))
        return FWD_DROP_UNREADABLE; // no rule's doing: whatever they deny might be in it
    switch (acl_match(acl, &key, p->length, now_ps)) {
    case ACL_PERMIT:
        return FWD_DROP_NONE;
    case ACL_LIMITED:
        return FWD_DROP_SCRUB;
    default:
        return FWD_DROP_ACL;
    }
}

// A source that is no host's, or this node's, though the packet came in (as Linux, which asks about
// IPv4 only). Other local addresses may be anycast: another node's answer may pass through here.
static bool is_impossible4(const struct walk *w, ip4_addr a)
{
    const struct fwd_node *n = w->n;
    if (ip4_is_martian(a))
        return true;
    return w->r->in_if != FWD_NO_INTERFACE && (a == n->address || ports_speak_as(&n->ports, a));
}

bool walk_admit(struct walk *w)
{
    const uint8_t *h = packet_data(w->p);
    enum fwd_drop bad = w->p->captured && h[0] >> 4 == 6 ? ip6_validate(w->p) : ip4_validate(w->p);
    if (!bad && (walk_is_six(w) ? ip6_is_martian(ip6_get(h + IP6_SRC))
                                : is_impossible4(w, be32_get(h + IP4_SRC))))
        bad = FWD_DROP_BAD_SOURCE;
    if (!bad && w->n->acl)
        bad = scrub(w->n->acl, w->p, w->now_ps);
    if (bad)
        walk_stop(w, bad);
    return !bad;
}

// --- IPv4 options

static bool is_local(const void *who, ip4_addr a)
{
    const struct fwd_node *n = who;
    return n->adjacencies[node_classify(n, ip6_from_ip4(a))].kind == ADJACENCY_LOCAL;
}

static enum fwd_drop receive_options(struct walk *w, const struct adjacency *a)
{
    uint8_t *h = packet_data(w->p);
    struct ip6_addr own =
        a->kind == ADJACENCY_LOCAL ? walk_destination(w) : node_own_address(w->n, walk_source(w));
    struct option_here here = {
        .address = ip6_to_ip4(own), .now_ps = w->now_ps, .is_local = is_local, .who = w->n};
    return option_receive(h, ip4_header_size(h), &here, &w->due, &w->r->pointer);
}

void walk_settle_options(struct walk *w, ip4_addr leaving)
{
    uint8_t *h = packet_data(w->p);
    if (walk_has_options(w))
        option_forward(h, ip4_header_size(h), &w->due, leaving);
    w->due = (struct option_due){0};
}

static ip4_addr address_of_interface(const struct fwd_node *n, uint32_t out_if)
{
    const struct ports_interface *i = ports_interface(&n->ports, out_if);
    return i && i->o.address ? i->o.address : n->address;
}

const struct adjacency *walk_enter(struct walk *w)
{
    const struct adjacency *a = walk_lookup(w);
    enum fwd_drop bad = walk_has_options(w) ? receive_options(w, a) : FWD_DROP_NONE;
    if (!bad)
        return a;
    w->r->detail = w->r->pointer;
    return walk_stop(w, bad);
}

uint8_t walk_ttl(const struct walk *w)
{
    return packet_data(w->p)[walk_is_six(w) ? IP6_HOPS : IP4_TTL];
}

void walk_pay_ttl(struct walk *w)
{
    uint8_t *h = packet_data(w->p);
    if (!w->ttl_due)
        return;
    FWD_ASSERT(walk_ttl(w) > 1);
    if (walk_is_six(w))
        h[IP6_HOPS]--;
    else
        ip4_decrement_ttl(h);
    w->ttl_due = false;
}

// --- going out

static void count_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r)
{
    *(r->reply ? &n->counters.replies : &n->counters.forwarded) += 1;
    struct ports_interface *i = ports_interface(&n->ports, r->out_if);
    if (i) {
        i->counters.out_packets++;
        i->counters.out_bytes += p->length;
    }
    if (r->nexthop < n->ports.nnexthops) {
        n->ports.nexthops[r->nexthop].counters.packets++;
        n->ports.nexthops[r->nexthop].counters.bytes += p->length;
    }
}

void walk_uncount_out(struct fwd_node *n, const struct packet *p, const struct fwd_result *r)
{
    *(r->reply ? &n->counters.replies : &n->counters.forwarded) -= 1;
    struct ports_interface *i = ports_interface(&n->ports, r->out_if);
    if (i) {
        i->counters.out_packets--;
        i->counters.out_bytes -= p->length;
    }
    if (r->nexthop < n->ports.nnexthops) {
        n->ports.nexthops[r->nexthop].counters.packets--;
        n->ports.nexthops[r->nexthop].counters.bytes -= p->length;
    }
}

bool walk_can_be_cut(const struct walk *w, uint32_t mtu)
{
    return !walk_is_six(w) && fragment_can(packet_data(w->p), w->p->captured, mtu);
}

const struct adjacency *walk_cut(struct walk *w, const struct adjacency *a, uint32_t mtu)
{
    w->n->counters.cut++;
    w->r->mtu = mtu;
    w->r->verdict = FWD_FRAGMENT;
    w->r->resume.adjacency = (uint16_t)(a - w->n->adjacencies);
    w->r->resume.ttl_due = w->ttl_due;
    w->r->resume.far_end = w->far_end;
    return NULL;
}

const struct adjacency *walk_too_big(struct walk *w, const struct adjacency *a, uint32_t mtu,
                                     ip4_addr leaving)
{
    w->r->mtu = walk_is_six(w) && mtu < IP6_MTU_MIN ? IP6_MTU_MIN : mtu;
    if (!walk_can_be_cut(w, mtu))
        return walk_stop(w, FWD_DROP_MTU);
    walk_settle_options(w, leaving);
    return walk_cut(w, a, mtu);
}

bool walk_leaves_its_link(const struct walk *w)
{
    const uint8_t *h = packet_data(w->p);
    if (!w->ttl_due)
        return false;
    if (!walk_is_six(w))
        return ip4_is_link_local(be32_get(h + IP4_SRC)) || ip4_is_link_local(be32_get(h + IP4_DST));
    return ip6_is_link_local(walk_source(w)) || ip6_is_link_local(walk_destination(w));
}

// As walk_tunnel_refuses(), of a way out.
static bool forward_refuses(struct walk *w, const struct adjacency *a, uint32_t out_if, bool early)
{
    if (w->ttl_due && walk_ttl(w) <= 1) {
        walk_stop(w, FWD_DROP_TTL);
        return true;
    }
    if (walk_leaves_its_link(w)) {
        walk_stop(w, FWD_DROP_SCOPE);
        return true;
    }
    uint32_t mtu = ports_mtu(&w->n->ports, out_if);
    if (w->p->length <= mtu || (early && walk_can_be_cut(w, mtu)))
        return false;
    walk_too_big(w, a, mtu, address_of_interface(w->n, out_if));
    return true;
}

static uint32_t choose_nexthop(const struct walk *w, const struct adjacency *a)
{
    const struct fwd_node *n = w->n;
    return adjacency_nexthop(a, packet_data(w->p), w->p->captured, n->hash_seed, n->hash_outer);
}

static const struct adjacency *forward_stage(struct walk *w, const struct adjacency *a)
{
    struct fwd_node *n = w->n;
    uint32_t nexthop = choose_nexthop(w, a);
    uint32_t out_if = ports_of_nexthop(&n->ports, nexthop);
    if (forward_refuses(w, a, out_if, false))
        return NULL;
    walk_settle_options(w, address_of_interface(n, out_if));
    walk_pay_ttl(w);
    w->r->verdict = FWD_OUT;
    w->r->nexthop = nexthop;
    w->r->out_if = out_if;
    count_out(n, w->p, w->r);
    return NULL;
}

bool walk_refuses(struct walk *w, const struct adjacency *a)
{
    switch (a->kind) {
    case ADJACENCY_FORWARD:
        return forward_refuses(w, a, ports_of_nexthop(&w->n->ports, choose_nexthop(w, a)), true);
    case ADJACENCY_TUNNEL: {
        struct tunnel *t = tunnel_at(&w->n->tunnels, a->index);
        return walk_tunnel_refuses(w, t, ip6_is_zero(w->far_end) ? t->remote : w->far_end, true);
    }
    case ADJACENCY_LOCAL:
    case ADJACENCY_EIP:
    case ADJACENCY_SID:
        return false;
    default:
        walk_on(w, a); // to its end
        return true;
    }
}

// --- what is for this node

static const struct adjacency *answer_echo(struct walk *w)
{
    struct option_here here = {.now_ps = w->now_ps, .is_local = is_local, .who = w->n};
    if (!icmp_intact(w->p))
        return walk_stop(w, FWD_DROP_BAD_CHECKSUM);
    if (!icmp_turn_echo(w->p, node_next_id(w->n), walk_has_options(w) ? &here : NULL))
        return walk_stop(w, FWD_DROP_BAD_OPTION);
    w->r->reply = true;
    w->ttl_due = false;
    w->answered = false;
    return walk_from_host(w);
}

static const struct adjacency *local_stage(struct walk *w)
{
    struct fwd_node *n = w->n;
    const uint8_t *h = packet_data(w->p);
    walk_settle_options(w, 0);
    if (n->translates && !w->translated && nat_owns(&n->nat, walk_destination(w))) {
        enum fwd_drop bad = nat_homeward(&n->nat, w->p, w->now_ps);
        if (!bad)
            return walk_home(w);
        bool not_ours = bad == FWD_DROP_NO_FLOW || bad == FWD_DROP_FRAGMENT;
        if (!not_ours || !node_is_own(n, walk_destination(w)))
            return walk_stop(w, bad);
    }
    bool tunnelled, handled;
    struct endpoint *e = endpoint_match(&n->endpoints, h, w->p->captured, &tunnelled);
    if (e)
        return walk_out_of_tunnel(w, e);
    if (tunnelled && node_is_own(n, walk_destination(w)))
        return walk_stop(w, FWD_DROP_TUNNEL_BAD);
    const struct adjacency *next = walk_complaint(w, &handled);
    if (handled)
        return next;
    if (icmp_is_echo(w->p))
        return answer_echo(w);
    n->counters.local++;
    w->r->verdict = FWD_LOCAL;
    return NULL;
}

static const struct adjacency *reject_stage(struct walk *w, const struct adjacency *a)
{
    w->r->detail = a->index;
    return walk_stop(w, FWD_DROP_REJECT);
}

void walk_on(struct walk *w, const struct adjacency *a)
{
    while (a) {
        switch (a->kind) {
        case ADJACENCY_FORWARD:
            a = forward_stage(w, a);
            break;
        case ADJACENCY_LOCAL:
            a = local_stage(w);
            break;
        case ADJACENCY_EIP:
            a = walk_eip(w, a);
            break;
        case ADJACENCY_TUNNEL:
            a = walk_into_tunnel(w, a);
            break;
        case ADJACENCY_SID:
            a = walk_segment(w, a);
            break;
        case ADJACENCY_BLACKHOLE:
            a = walk_stop(w, FWD_DROP_BLACKHOLE);
            break;
        case ADJACENCY_REJECT:
            a = reject_stage(w, a);
            break;
        default:
            a = walk_stop(w, FWD_DROP_NO_ROUTE);
            break;
        }
    }
}
