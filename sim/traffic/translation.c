// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/translation.h"

#include "fwd/natrewrite.h"

static struct translation_end *find(const struct translation *t, uint16_t port)
{
    for (size_t i = 0; i < t->ends.n; i++)
        if (t->ends.v[i].port == port)
            return &t->ends.v[i];
    return NULL;
}

void translation_learn(struct translation *t, const struct packet *p, ip4_addr client,
                       uint16_t port)
{
    ip4_addr from = packet_src(p);
    if (from == client && t->ends.n == 0)
        return;
    struct natrewrite_view v;
    if (natrewrite_read(packet_view(p), p->captured, &v) || v.protocol != PROTOCOL_UDP)
        return;
    struct translation_end *known = find(t, port);
    struct translation_end end = {.port = port, .as_port = v.sport, .as = from};
    if (known)
        *known = end;
    else
        vec_push(&t->ends, end);
}

void translation_apply(const struct translation *t, struct packet *p)
{
    struct natrewrite_view v;
    if (t->ends.n == 0 || natrewrite_read(packet_view(p), p->captured, &v) ||
        v.protocol != PROTOCOL_UDP)
        return;
    const struct translation_end *end = find(t, v.dport);
    if (end)
        natrewrite_apply(
            packet_data(p), &v,
            &(struct natrewrite_end){.address = ip6_from_ip4(end->as), .port = end->as_port});
}

void translation_free(struct translation *t)
{
    vec_free(&t->ends);
}
