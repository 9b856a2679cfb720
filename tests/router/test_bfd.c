// SPDX-License-Identifier: GPL-3.0-or-later
// BFD: every state with every state heard, the time of the handshake, the jitter of packets.
#include "unit.h"

#include "base/rng.h"
#include "base/units.h"
#include "router/bfd.h"

// RFC 5880 §6.8.6, written from its text: rows local, columns heard: AdminDown, Down, Init, Up.
static void every_state(void)
{
    static const enum bfd_state after[BFD_STATES][BFD_STATES] = {
        [BFD_ADMIN_DOWN] = {BFD_ADMIN_DOWN, BFD_ADMIN_DOWN, BFD_ADMIN_DOWN, BFD_ADMIN_DOWN},
        [BFD_DOWN] = {BFD_DOWN, BFD_INIT, BFD_UP, BFD_DOWN},
        [BFD_INIT] = {BFD_DOWN, BFD_INIT, BFD_UP, BFD_UP},
        [BFD_UP] = {BFD_DOWN, BFD_DOWN, BFD_UP, BFD_UP},
    };
    for (int local = 0; local < BFD_STATES; local++)
        for (int heard = 0; heard < BFD_STATES; heard++)
            CU_ASSERT_EQUAL(bfd_receive((enum bfd_state)local, (enum bfd_state)heard),
                            after[local][heard]);
}

static void meetings(void)
{
    gsl_rng *rng[2] = {rng_stream(1, "a", "bfd"), rng_stream(1, "z", "bfd")};
    const enum bfd_state down[2] = {BFD_DOWN, BFD_DOWN}, half[2] = {BFD_DOWN, BFD_UP};
    double sum_s = 0;
    for (int i = 0; i < 1000; i++) {
        struct bfd_meeting m = bfd_meet(rng, down);
        int64_t first_ps = m.up_ps[0] < m.up_ps[1] ? m.up_ps[0] : m.up_ps[1];
        int64_t last_ps = m.up_ps[0] < m.up_ps[1] ? m.up_ps[1] : m.up_ps[0];
        CU_ASSERT_TRUE(first_ps > 0 && last_ps > first_ps && last_ps < 3 * PS_PER_S);
        CU_ASSERT_TRUE(m.down_ps[0] == -1 && m.down_ps[1] == -1);
        sum_s += ps_to_s(last_ps);
        m = bfd_meet(rng, half); // the end that had not noticed hears of it
        CU_ASSERT_TRUE(m.down_ps[1] >= 0 && m.up_ps[1] > m.down_ps[1]);
        CU_ASSERT_TRUE(m.down_ps[0] == -1 && m.up_ps[0] > m.down_ps[1]);
    }
    CU_ASSERT_TRUE(sum_s / 1000 > 0.8 && sum_s / 1000 < 2);
    gsl_rng_free(rng[0]);
    gsl_rng_free(rng[1]);
}

static void packets_are_jittered(void)
{
    gsl_rng *rng = rng_stream(1, "a", "bfd");
    for (int i = 0; i < 1000; i++) {
        int64_t t_ps = bfd_interval_ps(rng, 50 * PS_PER_MS, 3);
        CU_ASSERT_TRUE(t_ps >= 37500 * PS_PER_US && t_ps < 50 * PS_PER_MS);
        t_ps = bfd_interval_ps(rng, 50 * PS_PER_MS, 1);
        CU_ASSERT_TRUE(t_ps >= 37500 * PS_PER_US && t_ps < 45 * PS_PER_MS);
    }
    gsl_rng_free(rng);
}

UNIT_MAIN("bfd", {"every_state", every_state}, {"meetings", meetings},
          {"packets_are_jittered", packets_are_jittered})
