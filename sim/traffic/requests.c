// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/requests.h"

void requests_tick(struct flow *f, int64_t now_ps, requests_fn *write)
{
    if (now_ps + f->is.interval_ps < f->is.stop_ps)
        flow_wake(f, now_ps + f->is.interval_ps, 0);
    flow_resolve(f);
    struct packet *p = flow_packet(f);
    uint32_t unit = flow_unit(f);
    write(f, unit, now_ps, p);
    p->seq = unit;
    flow_send(f, p);
}

void requests_at_client(struct flow *f, struct packet *p, int64_t now_ps)
{
    (void)now_ps;
    flow_answered(f, p->seq, p);
    flow_give(f, p);
}

static void refused(struct flow *f, struct packet *p)
{
    if (!f->is.ops->hostile)
        flow_lost(f, p->seq, p, FWD_DROP_SERVER_FULL, UINT32_MAX);
    flow_give(f, p);
}

void requests_at_server(struct flow *f, struct traffic_server *s, struct packet *p, int64_t now_ps)
{
    int64_t ready_ps;
    if (traffic_server_begin(s, f, now_ps, &ready_ps))
        traffic_server_wake(s, f, ready_ps, (uint64_t)(uintptr_t)p);
    else
        refused(f, p);
}

void requests_answer(struct flow *f, struct traffic_server *s, uint64_t arg, int64_t now_ps,
                     requests_fn *write)
{
    struct packet *p = (struct packet *)(uintptr_t)arg;
    ip4_addr entry = p->entry;
    uint16_t hops = p->hops;
    write(f, p->seq, now_ps, p);
    p->entry = entry;
    p->hops = hops;
    traffic_server_send(s, f, p);
}
