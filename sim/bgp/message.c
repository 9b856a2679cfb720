// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/message.h"

#include <assert.h>

static struct bgp_message *make(enum bgp_message_kind kind, size_t nprefixes)
{
    struct bgp_message *m = xmalloc(sizeof *m + nprefixes * sizeof(uint32_t));
    memset(m, 0, sizeof *m);
    m->refs = 1;
    m->kind = kind;
    return m;
}

struct bgp_message *bgp_message_new(enum bgp_message_kind kind)
{
    return make(kind, 0);
}

struct bgp_message *bgp_message_open(uint32_t asn, ip4_addr id, int64_t hold_ps)
{
    struct bgp_message *m = make(BGP_MSG_OPEN, 0);
    m->open.asn = asn;
    m->open.id = id;
    m->open.hold_ps = hold_ps;
    return m;
}

struct bgp_message *bgp_message_notification(enum bgp_error error)
{
    struct bgp_message *m = make(BGP_MSG_NOTIFICATION, 0);
    m->notification.error = error;
    return m;
}

struct bgp_message *bgp_message_update(const struct bgp_attr *attr, uint32_t nwithdrawn,
                                       uint32_t nannounced)
{
    struct bgp_message *m = make(BGP_MSG_UPDATE, (size_t)nwithdrawn + nannounced);
    m->update.attr = attr ? bgp_attr_get(attr) : NULL;
    m->update.nwithdrawn = nwithdrawn;
    m->update.nannounced = nannounced;
    return m;
}

struct bgp_message *bgp_message_update_paths(const struct bgp_attr *attr, uint32_t nwithdrawn,
                                             uint32_t nannounced)
{
    size_t n = (size_t)nwithdrawn + nannounced;
    struct bgp_message *m = make(BGP_MSG_UPDATE, 2 * n);
    m->update.attr = attr ? bgp_attr_get(attr) : NULL;
    m->update.nwithdrawn = nwithdrawn;
    m->update.nannounced = nannounced;
    m->update.paths = true;
    return m;
}

struct bgp_message *bgp_message_get(struct bgp_message *m)
{
    m->refs++;
    return m;
}

void bgp_message_put(struct bgp_attrs *attrs, struct bgp_message *m)
{
    assert(m->refs > 0);
    if (--m->refs > 0)
        return;
    if (m->kind == BGP_MSG_UPDATE && m->update.attr)
        bgp_attr_put(attrs, m->update.attr);
    free(m);
}

const char *bgp_error_text(enum bgp_error error)
{
    switch (error) {
    case BGP_ERROR_HOLD_TIMER:
        return "notification received: hold timer expired";
    case BGP_ERROR_FSM:
        return "notification received: finite state machine error";
    case BGP_ERROR_CEASE:
        return "notification received: cease";
    case BGP_ERROR_NONE:
        break;
    }
    return "notification received";
}
