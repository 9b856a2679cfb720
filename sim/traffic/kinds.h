// SPDX-License-Identifier: GPL-3.0-or-later
// kinds: the kinds of traffic, each in a file of its own that says what it sends.
#ifndef ANYSIM_TRAFFIC_KINDS_H
#define ANYSIM_TRAFFIC_KINDS_H

#include "traffic/traffic.h"

extern const struct traffic_kind_ops traffic_game, traffic_ping, traffic_cbr, traffic_poisson,
    traffic_onoff, traffic_voip, traffic_download, traffic_web, traffic_rpc, traffic_dns,
    traffic_replay, traffic_synflood, traffic_reflection, traffic_carpet, traffic_video;

#endif
