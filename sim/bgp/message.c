// SPDX-License-Identifier: GPL-3.0-or-later
#include "bgp/message.h"

#include <assert.h>
#include <stdio.h>

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

struct bgp_message *bgp_message_open(const struct bgp_open *open)
{
    struct bgp_message *m = make(BGP_MSG_OPEN, 0);
    m->open = *open;
    return m;
}

struct bgp_message *bgp_message_notification(const struct bgp_notification *n)
{
    struct bgp_message *m = make(BGP_MSG_NOTIFICATION, 0);
    m->notification = *n;
    return m;
}

struct bgp_message *bgp_message_refresh(uint32_t family, enum bgp_refresh_kind kind)
{
    struct bgp_message *m = make(BGP_MSG_ROUTE_REFRESH, 0);
    m->refresh.family = family;
    m->refresh.kind = kind;
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

static const char *const errors[] = {
    [BGP_ERROR_HEADER] = "message header error",
    [BGP_ERROR_OPEN] = "OPEN message error",
    [BGP_ERROR_UPDATE] = "UPDATE message error",
    [BGP_ERROR_HOLD_TIMER] = "hold timer expired",
    [BGP_ERROR_FSM] = "finite state machine error",
    [BGP_ERROR_CEASE] = "cease",
    [BGP_ERROR_REFRESH] = "ROUTE-REFRESH message error",
    [BGP_ERROR_SEND_HOLD] = "send hold timer expired",
};

static const char *const open_errors[] = {
    [BGP_OPEN_VERSION] = "unsupported version number",
    [BGP_OPEN_PEER_AS] = "bad peer AS",
    [BGP_OPEN_IDENTIFIER] = "bad BGP identifier",
    [BGP_OPEN_PARAMETER] = "unsupported optional parameter",
    [BGP_OPEN_HOLD_TIME] = "unacceptable hold time",
    [BGP_OPEN_CAPABILITY] = "unsupported capability",
    [BGP_OPEN_ROLE] = "role mismatch",
};

static const char *const fsm_errors[] = {
    [BGP_FSM_IN_OPENSENT] = "unexpected message in OpenSent",
    [BGP_FSM_IN_OPENCONFIRM] = "unexpected message in OpenConfirm",
    [BGP_FSM_IN_ESTABLISHED] = "unexpected message in Established",
};

static const char *const ceases[] = {
    [BGP_CEASE_MAX_PREFIXES] = "maximum number of prefixes reached",
    [BGP_CEASE_SHUTDOWN] = "administrative shutdown",
    [BGP_CEASE_DECONFIGURED] = "peer de-configured",
    [BGP_CEASE_RESET] = "administrative reset",
    [BGP_CEASE_REJECTED] = "connection rejected",
    [BGP_CEASE_CONFIGURATION] = "other configuration change",
    [BGP_CEASE_COLLISION] = "connection collision resolution",
    [BGP_CEASE_RESOURCES] = "out of resources",
    [BGP_CEASE_HARD_RESET] = "hard reset",
    [BGP_CEASE_BFD_DOWN] = "BFD down",
};

#define NAME_OF(table, i) ((size_t)(i) < sizeof(table) / sizeof *(table) ? (table)[i] : NULL)

const char *bgp_notification_text(const struct bgp_notification *n,
                                  char text[BGP_NOTIFICATION_TEXT])
{
    const char *error = NAME_OF(errors, n->error), *detail = NULL;
    if (n->error == BGP_ERROR_OPEN)
        detail = NAME_OF(open_errors, n->subcode);
    else if (n->error == BGP_ERROR_FSM)
        detail = NAME_OF(fsm_errors, n->subcode);
    else if (n->error == BGP_ERROR_CEASE)
        detail = NAME_OF(ceases, n->subcode);
    if (!error)
        snprintf(text, BGP_NOTIFICATION_TEXT, "error %d/%d", (int)n->error, n->subcode);
    else if (detail)
        snprintf(text, BGP_NOTIFICATION_TEXT, "%s (%s)", error, detail);
    else if (n->subcode)
        snprintf(text, BGP_NOTIFICATION_TEXT, "%s (subcode %d)", error, n->subcode);
    else
        snprintf(text, BGP_NOTIFICATION_TEXT, "%s", error);
    return text;
}

const char *bgp_error_text(enum bgp_error error)
{
    switch (error) {
    case BGP_ERROR_HEADER:
        return "notification received: message header error";
    case BGP_ERROR_OPEN:
        return "notification received: OPEN message error";
    case BGP_ERROR_UPDATE:
        return "notification received: UPDATE message error";
    case BGP_ERROR_HOLD_TIMER:
        return "notification received: hold timer expired";
    case BGP_ERROR_FSM:
        return "notification received: finite state machine error";
    case BGP_ERROR_CEASE:
        return "notification received: cease";
    case BGP_ERROR_REFRESH:
        return "notification received: ROUTE-REFRESH message error";
    case BGP_ERROR_SEND_HOLD:
        return "notification received: send hold timer expired";
    case BGP_ERROR_NONE:
        break;
    }
    return "notification received";
}
