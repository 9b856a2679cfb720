// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/acl.h"

#include "fwd/headers6.h"
#include <stdlib.h>

#define PROTOCOL_DCCP    33
#define PROTOCOL_UDPLITE 136
#define PORTS_SIZE       4
#define ICMP_PART        2 // type and code
#define TCP_FLAGS        13
#define TCP_PART         14                           // up to the flags
#define PS_PER_S         UINT64_C(1000000000000)      // a limit is in packets a second
#define NO_PORT          ((unsigned)ACL_PORT_MAX + 1) // where packets without ports stand

struct acl_rule acl_rule_any(enum acl_action action)
{
    return (struct acl_rule){.action = action,
                             .protocol = ACL_ANY,
                             .sport = {0, ACL_PORT_MAX},
                             .dport = {0, ACL_PORT_MAX},
                             .icmp_type = ACL_ANY,
                             .icmp_code = ACL_ANY,
                             .fragments = ACL_WHOLE_OR_FRAGMENT};
}

// --- the key

static bool has_ports(int protocol)
{
    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP ||
           protocol == PROTOCOL_DCCP || protocol == PROTOCOL_UDPLITE;
}

static bool transport_of(const uint8_t *t, size_t stored, bool icmp, struct acl_key *key)
{
    if (icmp) {
        if (stored < ICMP_PART)
            return false;
        key->icmp_type = t[ICMP_TYPE];
        key->icmp_code = t[ICMP_CODE];
        key->icmp_valid = true;
    } else if (has_ports(key->protocol)) {
        if (stored < (key->protocol == PROTOCOL_TCP ? TCP_PART : PORTS_SIZE))
            return false;
        uint32_t ports = be32_get(t);
        key->sport = (uint16_t)(ports >> 16);
        key->dport = (uint16_t)ports;
        key->ports_valid = true;
        if (key->protocol == PROTOCOL_TCP) {
            key->tcp_flags = t[TCP_FLAGS];
            key->tcp_valid = true;
        }
    }
    return true;
}

static bool key_of_ip4(const uint8_t *h, size_t stored, struct acl_key *key)
{
    if (!ip4_readable(h, stored))
        return false;
    uint32_t fragment = be16_get(h + IP4_FRAGMENT);
    uint32_t offset = fragment & IP4_OFFSET_MASK;
    *key = (struct acl_key){
        .src = ip6_from_ip4(be32_get(h + IP4_SRC)),
        .dst = ip6_from_ip4(be32_get(h + IP4_DST)),
        .protocol = h[IP4_PROTOCOL],
        .fragment = offset                          ? ACL_LATER
                    : fragment & IP4_MORE_FRAGMENTS ? ACL_FIRST
                                                    : ACL_WHOLE,
    };
    // Eight bytes on lie TCP's flags: nobody cuts there but to change them (RFC 3128).
    if (offset)
        return !(offset == 1 && key->protocol == PROTOCOL_TCP);
    size_t header = ip4_header_size(h);
    return transport_of(h + header, stored - header, key->protocol == PROTOCOL_ICMP, key);
}

static bool is_extension(uint8_t protocol)
{
    return protocol == PROTOCOL_HOP_BY_HOP || protocol == PROTOCOL_ROUTING ||
           protocol == PROTOCOL_FRAGMENT || protocol == PROTOCOL_OPTIONS || protocol == PROTOCOL_AH;
}

static bool key_of_ip6(const uint8_t *h, size_t stored, struct acl_key *key)
{
    if (!ip6_readable(h, stored))
        return false;
    struct ip6_upper u = ip6_upper_of(h, stored);
    *key = (struct acl_key){.src = ip6_get(h + IP6_SRC),
                            .dst = ip6_get(h + IP6_DST),
                            .protocol = u.protocol,
                            .fragment = u.later      ? ACL_LATER
                                        : u.fragment ? ACL_FIRST
                                                     : ACL_WHOLE};
    if (ip6_is_ip4(key->src) || ip6_is_ip4(key->dst))
        return false;
    if (u.later)
        return true;
    return !is_extension(u.protocol) &&
           transport_of(h + u.at, stored - u.at, u.protocol == PROTOCOL_ICMP6, key);
}

bool acl_key_of(const uint8_t *h, size_t stored, struct acl_key *key)
{
    return stored && h[0] >> 4 == 6 ? key_of_ip6(h, stored, key) : key_of_ip4(h, stored, key);
}

// --- checking

static bool any_port(struct acl_ports p)
{
    return p.first == 0 && p.last == ACL_PORT_MAX;
}

static bool canonical(struct prefix6 p)
{
    return p.len <= 128 && prefix6_has(p, p.addr);
}

static const char *check_transport(const struct acl_rule *r)
{
    if (r->sport.first > r->sport.last || r->dport.first > r->dport.last)
        return "a range of ports ends before it begins";
    bool ports = !any_port(r->sport) || !any_port(r->dport);
    if (ports && r->protocol != ACL_ANY && !has_ports(r->protocol))
        return "the protocol has no ports";
    if (r->icmp_type < ACL_ANY || r->icmp_type > 255 || r->icmp_code < ACL_ANY ||
        r->icmp_code > 255)
        return "an ICMP type or code is not within 0 and 255";
    if (r->icmp_type == ACL_ANY && r->icmp_code != ACL_ANY)
        return "an ICMP code needs a type";
    if (r->icmp_type != ACL_ANY && r->protocol != PROTOCOL_ICMP && r->protocol != PROTOCOL_ICMP6)
        return "an ICMP type needs protocol 1 or 58";
    if (r->tcp_value & ~r->tcp_mask)
        return "a TCP flag is to be set that the mask leaves out";
    if (r->tcp_mask && r->protocol != PROTOCOL_TCP)
        return "TCP flags need protocol 6";
    if (r->fragments == 0 || r->fragments & ~ACL_WHOLE_OR_FRAGMENT)
        return "the kinds of fragments are not of whole, first and later";
    if (r->fragments == ACL_LATER && (ports || r->icmp_type != ACL_ANY || r->tcp_mask))
        return "later fragments have no ports, ICMP types or TCP flags";
    return NULL;
}

static const char *check_limit(const struct acl_rule *r, const struct sketch_options *limit)
{
    if (r->action != ACL_ACT_LIMIT)
        return r->limit_pps ? "a limit is set, but the action is not to limit" : NULL;
    if (r->limit_pps < 1 || r->limit_pps > ACL_RATE_MAX_PPS)
        return "the limit is not within 1 and 10 billion packets per second";
    const char *message = sketch_check(limit);
    if (message)
        return message;
    // Half a window counts to 2³²−1; a limit at or over that would never be exceeded.
    if ((unsigned __int128)r->limit_pps * (uint64_t)limit->window_ps >=
        (unsigned __int128)UINT32_MAX * PS_PER_S)
        return "the limit allows more packets in a window than a sketch can count";
    return NULL;
}

static const char *check_rule(const struct acl_rule *r, const struct sketch_options *limit)
{
    if ((unsigned)r->action > ACL_ACT_LIMIT)
        return "the action is none of permit, deny and limit";
    if ((unsigned)r->family > ACL_IP6)
        return "the family is none of either, IPv4 and IPv6";
    if (!canonical(r->src) || !canonical(r->dst))
        return "a prefix has host bits set or is longer than 128 bits";
    if (r->family == ACL_IP6 && (prefix6_is_ip4(r->src) || prefix6_is_ip4(r->dst)))
        return "an IPv4 prefix in a rule for IPv6";
    if (r->protocol < ACL_ANY || r->protocol > ACL_PROTOCOL_MAX)
        return "the protocol is not within 0 and 255";
    const char *message = check_transport(r);
    return message ? message : check_limit(r, limit);
}

const char *acl_check(const struct acl_options *o, size_t *rule)
{
    uint64_t bytes = 0;
    for (*rule = 0; *rule < o->count && *rule < ACL_RULES_MAX; ++*rule) {
        const char *message = check_rule(&o->rules[*rule], &o->limit);
        if (message)
            return message;
        bytes += o->rules[*rule].action == ACL_ACT_LIMIT ? sketch_bytes(&o->limit) : 0;
        if (bytes > ACL_SKETCH_BYTES)
            return "the sketches of the rules that limit would take more than 1 GiB up to this one";
    }
    *rule = o->count;
    if (o->count > ACL_RULES_MAX)
        return "there are more than 4096 rules";
    if (o->fallback != ACL_ACT_PERMIT && o->fallback != ACL_ACT_DENY)
        return "what no rule matches is to be permitted or denied";
    return NULL;
}

// --- the sets of rules by field

typedef unsigned __int128 point; // of a field: an address, a port or NO_PORT

// A field's values fall into intervals in which the same rules match. Vector i belongs to the
// values from starts[i] up to the next start. A vector is a summary, bit w of which says whether
// word w holds any rule, and the words.
struct axis {
    point *starts; // ascending, the first is 0
    uint64_t *vectors;
    size_t count;
};

// What few rules ask for.
struct rest {
    int16_t icmp_type, icmp_code;
    uint8_t tcp_mask, tcp_value, fragments;
};

struct deed {
    struct sketch *sketch;     // NULL unless it limits
    unsigned __int128 allowed; // packets · ps/s in a window
    enum acl_action action;
    struct acl_counters counters;
};

enum { AXIS_SRC, AXIS_DST, AXIS_SPORT, AXIS_DPORT, AXES };

struct acl {
    size_t count, stride; // stride: words of a vector
    struct axis axes[AXES];
    uint64_t *protocol_vectors;
    uint16_t protocol_at[2][ACL_PROTOCOL_MAX + 1]; // by "is IPv4"
    struct rest *rests;
    struct deed *deeds; // and the fallback's
};

// The interval of a value: the last start that is not above it. Written so that gcc makes a
// conditional move of the choice: a branch would be mispredicted half of the time, and so the
// searches of a packet's fields run side by side.
static inline size_t axis_find(const struct axis *x, point value)
{
    const point *base = x->starts;
    for (size_t n = x->count; n > 1; n -= n / 2) {
        const point *middle = base + n / 2;
        base = *middle <= value ? middle : base;
    }
    return (size_t)(base - x->starts);
}

static void axis_cut(struct axis *x, point at)
{
    size_t i = axis_find(x, at);
    if (x->starts[i] == at)
        return;
    memmove(&x->starts[i + 2], &x->starts[i + 1], (x->count - i - 1) * sizeof *x->starts);
    x->starts[i + 1] = at;
    x->count++;
}

static void vector_set(uint64_t *vector, size_t rule)
{
    vector[0] |= UINT64_C(1) << rule / 64;
    vector[1 + rule / 64] |= UINT64_C(1) << rule % 64;
}

struct range {
    point first, last;
};

static point point_of(struct ip6_addr a)
{
    return (point)a.hi << 64 | a.lo;
}

static struct range addresses(struct prefix6 p)
{
    struct ip6_addr m = ip6_mask(p.len);
    return (struct range){point_of(p.addr), point_of(p.addr) | ~point_of(m)};
}

static struct range ports(struct acl_ports p)
{
    return any_port(p) ? (struct range){0, NO_PORT} : (struct range){p.first, p.last};
}

static struct range range_on(int axis, const struct acl_rule *r)
{
    switch (axis) {
    case AXIS_SRC:
        return addresses(r->src);
    case AXIS_DST:
        return addresses(r->dst);
    case AXIS_SPORT:
        return ports(r->sport);
    default:
        return ports(r->dport);
    }
}

static void build_axis(struct acl *a, int axis, const struct acl_rule *rules)
{
    struct axis *x = &a->axes[axis];
    x->starts = fwd_memory_zeroed(2 * a->count + 1, sizeof *x->starts);
    x->count = 1;
    for (size_t i = 0; i < a->count; i++) {
        struct range r = range_on(axis, &rules[i]);
        axis_cut(x, r.first);
        axis_cut(x, r.last + 1); // after the last of all addresses: 0, where a cut is already
    }
    x->vectors = fwd_memory_zeroed(x->count * a->stride, sizeof *x->vectors);
    for (size_t i = 0; i < a->count; i++) {
        struct range r = range_on(axis, &rules[i]);
        size_t last = axis_find(x, r.last);
        for (size_t k = axis_find(x, r.first); k <= last; k++)
            vector_set(&x->vectors[k * a->stride], i);
    }
}

static bool wants(const struct acl_rule *r, bool ip4, int protocol)
{
    return (r->protocol == ACL_ANY || r->protocol == protocol) &&
           (r->family == ACL_EITHER || (r->family == ACL_IP4) == ip4);
}

// A vector for each family and protocol that a rule names, and one a family for all the others.
static void build_protocols(struct acl *a, const struct acl_rule *rules)
{
    bool named[ACL_PROTOCOL_MAX + 1] = {false};
    size_t vectors = 2;
    for (size_t i = 0; i < a->count; i++) {
        if (rules[i].protocol != ACL_ANY && !named[rules[i].protocol]) {
            named[rules[i].protocol] = true;
            vectors += 2;
        }
    }
    a->protocol_vectors = fwd_memory_zeroed(vectors * a->stride, sizeof *a->protocol_vectors);
    uint16_t next = 0;
    for (int ip4 = 0; ip4 < 2; ip4++) {
        uint16_t others = next++;
        for (int p = -1; p <= ACL_PROTOCOL_MAX; p++) {
            if (p >= 0)
                a->protocol_at[ip4][p] = named[p] ? next : others;
            if (p >= 0 && !named[p])
                continue;
            uint16_t at = p < 0 ? others : next++;
            for (size_t i = 0; i < a->count; i++)
                if (wants(&rules[i], ip4, p < 0 ? ACL_PROTOCOL_MAX + 1 : p))
                    vector_set(&a->protocol_vectors[at * a->stride], i);
        }
    }
}

static void build_deeds(struct acl *a, const struct acl_options *o)
{
    a->rests = fwd_memory_zeroed(a->count, sizeof *a->rests);
    a->deeds = fwd_memory_zeroed(a->count + 1, sizeof *a->deeds);
    for (size_t i = 0; i < a->count; i++) {
        const struct acl_rule *r = &o->rules[i];
        a->rests[i] = (struct rest){.icmp_type = (int16_t)r->icmp_type,
                                    .icmp_code = (int16_t)r->icmp_code,
                                    .tcp_mask = r->tcp_mask,
                                    .tcp_value = r->tcp_value,
                                    .fragments = r->fragments};
        a->deeds[i].action = r->action;
        if (r->action != ACL_ACT_LIMIT)
            continue;
        a->deeds[i].sketch = sketch_new(&o->limit);
        a->deeds[i].allowed = (unsigned __int128)r->limit_pps * (uint64_t)o->limit.window_ps;
    }
    a->deeds[a->count].action = o->fallback;
}

struct acl *acl_new(const struct acl_options *o)
{
    size_t wrong;
    FWD_ASSERT(!acl_check(o, &wrong));
    struct acl *a = fwd_memory_zeroed(1, sizeof *a);
    a->count = o->count;
    a->stride = 1 + (o->count + 63) / 64;
    for (int axis = 0; axis < AXES; axis++)
        build_axis(a, axis, o->rules);
    build_protocols(a, o->rules);
    build_deeds(a, o);
    return a;
}

void acl_free(struct acl *a)
{
    if (!a)
        return;
    for (int axis = 0; axis < AXES; axis++) {
        free(a->axes[axis].starts);
        free(a->axes[axis].vectors);
    }
    for (size_t i = 0; i < a->count; i++)
        sketch_free(a->deeds[i].sketch);
    free(a->protocol_vectors);
    free(a->rests);
    free(a->deeds);
    free(a);
}

// --- matching

static inline bool rest_matches(const struct rest *r, const struct acl_key *k)
{
    return (r->fragments & k->fragment) &&
           (r->icmp_type == ACL_ANY ||
            (k->icmp_valid && r->icmp_type == k->icmp_type &&
             (r->icmp_code == ACL_ANY || r->icmp_code == k->icmp_code))) &&
           (!r->tcp_mask || (k->tcp_valid && (k->tcp_flags & r->tcp_mask) == r->tcp_value));
}

static inline const uint64_t *axis_vector(const struct acl *a, int axis, point value)
{
    const struct axis *x = &a->axes[axis];
    return &x->vectors[axis_find(x, value) * a->stride];
}

size_t acl_find(const struct acl *a, const struct acl_key *key)
{
    const uint64_t *s = axis_vector(a, AXIS_SRC, point_of(key->src));
    const uint64_t *d = axis_vector(a, AXIS_DST, point_of(key->dst));
    const uint64_t *sp = axis_vector(a, AXIS_SPORT, key->ports_valid ? key->sport : NO_PORT);
    const uint64_t *dp = axis_vector(a, AXIS_DPORT, key->ports_valid ? key->dport : NO_PORT);
    const uint64_t *p =
        &a->protocol_vectors[a->protocol_at[ip6_is_ip4(key->src)][key->protocol] * a->stride];
    for (uint64_t words = s[0] & d[0] & sp[0] & dp[0] & p[0]; words; words &= words - 1) {
        size_t w = (size_t)__builtin_ctzll(words), i = w + 1;
        for (uint64_t left = s[i] & d[i] & sp[i] & dp[i] & p[i]; left; left &= left - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(left);
            if (rest_matches(&a->rests[rule], key))
                return rule;
        }
    }
    return a->count;
}

enum acl_verdict acl_match(struct acl *a, const struct acl_key *key, uint32_t bytes, int64_t now_ps)
{
    struct deed *d = &a->deeds[acl_find(a, key)];
    d->counters.hits++;
    d->counters.bytes += bytes;
    if (fwd_likely(d->action != ACL_ACT_LIMIT))
        return d->action == ACL_ACT_DENY ? ACL_DENY : ACL_PERMIT;
    uint64_t packets = sketch_add(d->sketch, key->src, 1, now_ps);
    if ((unsigned __int128)packets * PS_PER_S <= d->allowed)
        return ACL_PERMIT;
    d->counters.limited++;
    return ACL_LIMITED;
}

size_t acl_count(const struct acl *a)
{
    return a->count;
}

const struct acl_counters *acl_counters(const struct acl *a, size_t rule)
{
    FWD_ASSERT(rule <= a->count);
    return &a->deeds[rule].counters;
}
