// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/config.h"

#include "forward/config_reader.h"

#include <string.h>

int config_interface_find(const struct config *c, const char *name)
{
    for (int i = 0; i < c->ninterfaces; i++)
        if (strcmp(c->interfaces[i].name, name) == 0)
            return i;
    return CONFIG_NONE;
}

int config_tun(const struct config *c)
{
    for (int i = 0; i < c->ninterfaces; i++)
        if (c->interfaces[i].tun)
            return i;
    return CONFIG_NONE;
}

void config_mac_of(struct ip6_addr address, uint8_t mac[6])
{
    bool four = ip6_is_ip4(address);
    mac[0] = four ? 0x02 : 0x06; // locally administered, one station
    for (int i = 1; i < 6; i++)
        mac[i] = (uint8_t)(address.lo >> (8 * (5 - i)));
    if (four)
        mac[1] = 0;
}

struct prefix6 config_network(const struct config_address *a)
{
    uint8_t len = (uint8_t)(a->bits + (ip6_is_ip4(a->a) ? IP6_MAPPED_BITS : 0));
    struct ip6_addr m = ip6_mask(len);
    return (struct prefix6){{a->a.hi & m.hi, a->a.lo & m.lo}, len};
}

bool config_broadcast(const struct config_address *a, struct ip6_addr *out)
{
    if (!ip6_is_ip4(a->a) || a->bits > 30)
        return false;
    *out = ip6_from_ip4(ip6_to_ip4(a->a) | ~prefix_mask(a->bits));
    return true;
}

struct prefix6 config_host(struct ip6_addr a)
{
    return (struct prefix6){a, 128};
}

// What the forwarding core can tell apart (fwd/route.h), less what it keeps for itself.
#define MOST_TARGETS 65000

void config_count(struct config_reader *r, struct srcpos at)
{
    if (++r->targets == MOST_TARGETS + 1)
        diag_error(r->in->d, at, NULL,
                   "interfaces, groups (different lists under 'via' are some), tunnels, EIPs and "
                   "backends are at most %d in all: this is one more",
                   MOST_TARGETS);
}

int config_first_line(struct table *seen, struct prefix6 p, int line)
{
    uint64_t key[3] = {p.addr.hi, p.addr.lo, p.len}, first;
    if (table_get(seen, key, sizeof key, &first))
        return (int)first;
    table_put(seen, key, sizeof key, (uint64_t)line);
    return 0;
}

static void read_root(struct input *in, const struct node *root, struct config *out)
{
    struct config_reader r = {.in = in, .out = out};
    table_init(&r.vias);
    if (node_is_empty(root)) {
        diag_error(in->d, (struct srcpos){.file = out->file}, "start with: version: 1",
                   "the file is empty: expected a node");
        return;
    }
    schema_read(in, &config_table, root, "", &r.raw);
    config_read_self(&r);
    config_read_interfaces(&r);
    config_read_nexthops(&r);
    config_read_groups(&r);
    config_read_tunnels(&r);
    config_read_routes(&r);
    config_check_spread(&r);
    config_read_endpoints(&r); // a local route makes an address one of the node's
    config_read_meters(&r);
    config_read_services(&r);
    config_read_acl(&r);
    table_free(&r.vias);
    names_free(&r.interfaces);
    names_free(&r.nexthops);
    names_free(&r.groups);
    names_free(&r.tunnels);
    names_free(&r.policers);
    names_free(&r.shapers);
}

void config_load(const char *path, struct diag *d, struct config *out)
{
    size_t len = 0;
    *out = (struct config){.file = path};
    arena_init(&out->arena);
    struct input in = {&out->arena, d, 0};
    const char *text = input_read(&in, path, (struct srcpos){0}, INPUT_YAML_MAX, &len);
    const struct node *root = text ? yaml_parse(&in, path, text, len) : NULL;
    if (root)
        read_root(&in, root, out);
}

void config_free(struct config *c)
{
    arena_free(&c->arena);
}

bool config_sniff(const char *path)
{
    struct arena a;
    struct diag *d = diag_new(); // messages of this first look are not wanted
    struct input in = {&a, d, 0};
    size_t len = 0;
    arena_init(&a);
    const char *text = input_read(&in, path, (struct srcpos){0}, INPUT_YAML_MAX, &len);
    const struct node *root = text ? yaml_parse(&in, path, text, len) : NULL;
    bool is =
        root && root->kind == NODE_MAP && (node_get(root, "node") || node_get(root, "interfaces"));
    arena_free(&a);
    diag_free(d);
    return is;
}
