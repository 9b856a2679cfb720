// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/neighbour.h"

#include "bgp/instance.h"

#include <stdio.h>

static const char *const states[] = {[BGP_IDLE] = "Idle",
                                     [BGP_CONNECT] = "Connect",
                                     [BGP_ACTIVE] = "Active",
                                     [BGP_OPENSENT] = "OpenSent",
                                     [BGP_OPENCONFIRM] = "OpenConfirm",
                                     [BGP_ESTABLISHED] = "Established"};

void bgp_neighbours(const struct bgp *b, uint32_t router,
                    void (*visit)(void *ctx, const struct bgp_neighbour *n), void *ctx)
{
    const struct bgp_speaker *s = b->by_router.v[router];
    for (size_t i = 0; i < s->peers.n; i++) {
        const struct bgp_peer *p = s->peers.v[i];
        struct bgp_neighbour n = {.name = p->remote->speaker->name,
                                  .asn = bgp_peer_local_as(p->remote),
                                  .address = p->remote_addr,
                                  .state = states[p->state],
                                  .since_ps = p->changed_ps,
                                  .prefixes = bgp_rib_held(&s->rib, p),
                                  .shut = p->shut,
                                  .sent = {p->last_sent, p->last_sent_ps},
                                  .received = {p->last_received, p->last_received_ps}};
        visit(ctx, &n);
    }
}

const char *bgp_last_word_text(const struct bgp_notification *n, char text[BGP_LAST_WORD_TEXT])
{
    bgp_notification_text(n, text);
    if (!n->text)
        return text;
    char *at = text + strlen(text), *end = text + BGP_LAST_WORD_TEXT - 6;
    at += sprintf(at, ", \"");
    for (const char *c = n->text; *c && at < end; c++) {
        bool plain = *c >= ' ' && *c <= '~' && *c != '"' && *c != '\\';
        at += plain ? sprintf(at, "%c", *c) : sprintf(at, "\\%03o", (unsigned char)*c);
    }
    sprintf(at, "\"");
    return text;
}
