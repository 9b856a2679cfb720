// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/kinds.h"

const struct traffic_kind_ops *traffic_kind_at(unsigned kind)
{
    static const struct traffic_kind_ops *const kinds[] = {
        [TRAFFIC_GAME] = &traffic_game,
        [TRAFFIC_PING] = &traffic_ping,
        [TRAFFIC_CBR] = &traffic_cbr,
        [TRAFFIC_POISSON] = &traffic_poisson,
        [TRAFFIC_ONOFF] = &traffic_onoff,
        [TRAFFIC_VOIP] = &traffic_voip,
        [TRAFFIC_DOWNLOAD] = &traffic_download,
        [TRAFFIC_WEB] = &traffic_web,
        [TRAFFIC_RPC] = &traffic_rpc,
        [TRAFFIC_DNS] = &traffic_dns,
        [TRAFFIC_REPLAY] = &traffic_replay,
        [TRAFFIC_SYNFLOOD] = &traffic_synflood,
        [TRAFFIC_REFLECTION] = &traffic_reflection,
        [TRAFFIC_CARPET] = &traffic_carpet,
        [TRAFFIC_VIDEO] = &traffic_video,
    };
    return kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : NULL;
}
