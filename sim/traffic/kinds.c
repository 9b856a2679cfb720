// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/kinds.h"

const struct traffic_kind_ops *traffic_kind_at(unsigned kind)
{
    static const struct traffic_kind_ops *const kinds[] = {&traffic_game, &traffic_ping};
    return kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : NULL;
}
