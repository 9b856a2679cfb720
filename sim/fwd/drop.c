// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/drop.h"

#include "fwd/memory.h"

static const struct {
    const char *name, *meaning;
} reasons[FWD_DROP_COUNT] = {
    [FWD_DROP_NONE] = {"none", "not dropped"},
    [FWD_DROP_TRUNCATED] = {"truncated", "shorter than its headers say"},
    [FWD_DROP_BAD_VERSION] = {"bad-version", "neither an IPv4 nor an IPv6 datagram"},
    [FWD_DROP_BAD_HEADER] = {"bad-header", "header length or total length is impossible"},
    [FWD_DROP_BAD_CHECKSUM] = {"bad-checksum",
                               "a checksum is wrong: IPv4 header, echo, or a damaged datagram's"},
    [FWD_DROP_BAD_SOURCE] = {"bad-source",
                             "a source address that no host can have, or this node's own"},
    [FWD_DROP_BAD_OPTION] = {"bad-option", "an IPv4 option that is malformed, or a source route"},
    [FWD_DROP_ACL] = {"acl", "denied by a rule"},
    [FWD_DROP_SCRUB] = {"scrub", "its source sends more than a rule allows"},
    [FWD_DROP_UNREADABLE] = {"unreadable", "too little, or too strange, for the rules to see into"},
    [FWD_DROP_TTL] = {"ttl-exceeded", "time to live ran out on the way (often a routing loop)"},
    [FWD_DROP_NO_ROUTE] = {"no-route", "no route to the destination"},
    [FWD_DROP_BLACKHOLE] = {"blackhole", "the route says: discard"},
    [FWD_DROP_REJECT] = {"reject", "the route says: refuse"},
    [FWD_DROP_SCOPE] = {"scope", "a link-local address, not to be forwarded"},
    [FWD_DROP_NO_SERVICE] = {"no-service", "it arrived, but nobody listens there"},
    [FWD_DROP_TUNNEL_BAD] = {"tunnel-bad", "a tunnel header that its endpoint does not accept"},
    [FWD_DROP_SEGMENT] = {"segment", "an SRv6 packet that its segment here cannot take"},
    [FWD_DROP_TUNNEL_DEPTH] = {"tunnel-depth", "tunnels nested too deeply"},
    [FWD_DROP_NO_HEADROOM] = {"no-headroom", "no room left in the packet to push a header"},
    [FWD_DROP_MTU] = {"mtu", "larger than the MTU and not to be fragmented"},
    [FWD_DROP_FRAGMENT] = {"fragment",
                           "a fragment where a whole datagram, or its first one, is needed"},
    [FWD_DROP_NO_FLOW] = {"no-flow", "a reply whose flow is not known here"},
    [FWD_DROP_NAT_FULL] = {"nat-full", "no room for another address translation"},
    [FWD_DROP_NAT_PROTOCOL] = {"nat-protocol", "of a protocol that cannot be translated"},
    [FWD_DROP_POLICED] = {"policed", "over the rate of its address"},
    [FWD_DROP_SHAPER_FULL] = {"shaper-full", "no room in the shaper's queue"},
    [FWD_DROP_NOT_IP] = {"not-ip", "a frame of another protocol"},
    [FWD_DROP_NO_NEIGHBOUR] = {"no-neighbour", "the next hop does not answer"},
    [FWD_DROP_LINK_DOWN] = {"link-down", "on a link that is cut"},
    [FWD_DROP_NODE_DOWN] = {"node-down", "at a node that has failed"},
    [FWD_DROP_QUEUE_FULL] = {"queue-full", "no room in the port's buffer"},
    [FWD_DROP_CONGESTION] = {"congestion", "its share of a link's overload"},
    [FWD_DROP_LINE_LOSS] = {"line-loss", "lost on a line that loses some of what it carries"},
    [FWD_DROP_BIT_RATE] = {"bit-rate", "more bits a second than a gateway can bear"},
    [FWD_DROP_PACKET_RATE] = {"packet-rate", "more packets a second than a gateway can bear"},
    [FWD_DROP_FLOW_RATE] = {"flow-rate", "more flows a second than a gateway can begin"},
    [FWD_DROP_FLOW_TABLE] = {"flow-table", "no room for another flow in a gateway's table"},
    [FWD_DROP_EARLY] = {"early", "by a queue discipline, before the buffer was full"},
    [FWD_DROP_UNBOUND] = {"unbound", "its address is bound to no backend"},
    [FWD_DROP_BLOCKED] = {"blocked", "its address is blocked"},
    [FWD_DROP_CLOSING] = {"closing", "begins a flow where no new ones are taken"},
    [FWD_DROP_SERVER_FULL] = {"server-full", "too many requests wait for the server already"},
};

const char *fwd_drop_name(enum fwd_drop reason)
{
    FWD_ASSERT((unsigned)reason < FWD_DROP_COUNT);
    return reasons[reason].name;
}

const char *fwd_drop_meaning(enum fwd_drop reason)
{
    FWD_ASSERT((unsigned)reason < FWD_DROP_COUNT);
    return reasons[reason].meaning;
}
