// SPDX-License-Identifier: GPL-3.0-or-later
#include "anycast/cap.h"

#include "base/units.h"

__extension__ typedef unsigned __int128 wide;

static int64_t part(int64_t whole, int64_t of, int64_t all)
{
    return (int64_t)((wide)(uint64_t)whole * (uint64_t)of / (uint64_t)all);
}

// What an even or proportional share leaves over by rounding goes to the first ones.
static void hand_out_rest(int64_t rest, int n, int64_t *share_bps)
{
    for (int i = 0; rest > 0; i = (i + 1) % n, rest--)
        share_bps[i]++;
}

void cap_share(int64_t rate_bps, const int64_t *offered_bps, int n, int64_t *share_bps)
{
    int64_t floor = part(rate_bps, CAP_FLOOR_PPM, 1000000) / n, left = rate_bps - floor * n;
    int64_t wanted = 0, given = 0;
    for (int i = 0; i < n; i++)
        wanted += offered_bps[i] > floor ? offered_bps[i] - floor : 0;
    for (int i = 0; i < n; i++) {
        int64_t want = offered_bps[i] > floor ? offered_bps[i] - floor : 0;
        share_bps[i] = floor + (wanted >= left && wanted ? part(left, want, wanted)
                                                         : want + (left - wanted) / n);
        given += share_bps[i];
    }
    hand_out_rest(rate_bps - given, n, share_bps);
}

struct cap_split cap_split(int64_t share_bps, const struct cap_load *offered)
{
    int64_t fluid = offered->weighted + offered->demand, all = fluid + offered->plain;
    struct cap_split out = {.policer_bps = share_bps, .demand_bps = share_bps, .pass = 1};
    int64_t least = part(share_bps, CAP_FLOOR_PPM, 1000000);
    if (all > share_bps) {
        out.pass = (double)share_bps / (double)all;
        out.policer_bps = part(share_bps, offered->plain, all);
        out.demand_bps = part(share_bps, offered->demand, all);
    } else {
        out.policer_bps = share_bps - fluid;
        out.demand_bps = share_bps - offered->weighted - offered->plain;
    }
    if (out.policer_bps < least)
        out.policer_bps = least;
    if (out.policer_bps < 1)
        out.policer_bps = 1;
    return out;
}

uint32_t cap_burst_bytes(int64_t share_bps, int64_t burst_ps)
{
    double bytes = (double)share_bps * ((double)burst_ps / (double)PS_PER_S) / 8;
    bytes = bytes < (double)INT32_MAX / 4 ? bytes : (double)INT32_MAX / 4;
    return bytes > CAP_BURST_MIN ? (uint32_t)bytes : CAP_BURST_MIN;
}
