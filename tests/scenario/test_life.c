// SPDX-License-Identifier: GPL-3.0-or-later
// An EIP's state machine: every action in every state, and what it forwards to meanwhile.
#include "scenario/life.h"

#include "unit.h"
#include <string.h>

static const struct life_backend none = {.pop = -1}, here = {.pop = 1}, there = {.pop = 2};
static const struct life_delays delays = {
    .create_ps = 10, .bind_ps = 20, .unbind_ps = 30, .offline_ps = 40};

static void act(struct life *l, enum life_act a, struct life_backend to, int64_t now_ps)
{
    CU_ASSERT_PTR_NULL(life_refuses(l, a, to));
    life_do(l, a, to, &delays, now_ps);
}

static void whole_life(void)
{
    struct life l;
    life_init(&l, LIFE_NONE, none);
    CU_ASSERT(!life_announced(&l) && !life_pass(&l, 1000));
    act(&l, LIFE_DO_ALLOCATE, none, 0);
    CU_ASSERT(l.state == LIFE_CREATING && !life_announced(&l) && !life_pass(&l, 9));
    CU_ASSERT(life_pass(&l, 10) && l.state == LIFE_UNBIND && life_announced(&l));
    act(&l, LIFE_DO_BIND, here, 10);
    CU_ASSERT(l.state == LIFE_BINDING && l.backend.pop == -1 && l.due_ps == 30);
    CU_ASSERT(life_pass(&l, 30) && l.state == LIFE_BIND && l.backend.pop == 1);
    act(&l, LIFE_DO_BIND, there, 40); // the old one forwards meanwhile
    CU_ASSERT(l.state == LIFE_BINDING && l.backend.pop == 1);
    CU_ASSERT(life_pass(&l, 60) && l.backend.pop == 2 && l.next.pop == -1);
    act(&l, LIFE_DO_UNBIND, none, 100);
    CU_ASSERT(l.state == LIFE_UNBINDING && l.backend.pop == 2 && !life_pass(&l, 129));
    CU_ASSERT(life_pass(&l, 130) && l.state == LIFE_UNBIND && l.backend.pop == -1);
    CU_ASSERT(life_announced(&l));
    act(&l, LIFE_DO_RELEASE, none, 200);
    CU_ASSERT(l.state == LIFE_OFFLINING && !life_announced(&l));
    CU_ASSERT(life_pass(&l, 240) && l.state == LIFE_NONE && l.due_ps == INT64_MAX);
}

// One that has come to `state` by itself.
static struct life in_state(enum life_state state)
{
    struct life l;
    enum life_state first = state == LIFE_NONE || state == LIFE_CREATING    ? LIFE_NONE
                            : state == LIFE_BIND || state == LIFE_UNBINDING ? LIFE_BIND
                                                                            : LIFE_UNBIND;
    life_init(&l, first, here);
    if (state == LIFE_CREATING)
        act(&l, LIFE_DO_ALLOCATE, none, 0);
    else if (state == LIFE_BINDING)
        act(&l, LIFE_DO_BIND, here, 0);
    else if (state == LIFE_UNBINDING)
        act(&l, LIFE_DO_UNBIND, none, 0);
    else if (state == LIFE_OFFLINING)
        act(&l, LIFE_DO_RELEASE, none, 0);
    CU_ASSERT_EQUAL(l.state, state);
    return l;
}

static void every_action_in_every_state(void)
{
    // allocate, release, bind elsewhere, unbind, block, unblock
    static const char *const allowed[LIFE_STATES] = {
        [LIFE_NONE] = "a.....",      [LIFE_CREATING] = "......", [LIFE_UNBIND] = ".rb.k.",
        [LIFE_BINDING] = "....k.",   [LIFE_BIND] = "..buk.",     [LIFE_UNBINDING] = "....k.",
        [LIFE_OFFLINING] = "......",
    };
    for (int s = 0; s < LIFE_STATES; s++)
        for (int a = LIFE_DO_ALLOCATE; a <= LIFE_DO_UNBLOCK; a++) {
            struct life l = in_state((enum life_state)s);
            const char *why = life_refuses(&l, (enum life_act)a, there);
            CU_ASSERT_EQUAL(why == NULL, allowed[s][a] != '.');
            if (why && a != LIFE_DO_UNBLOCK)
                CU_ASSERT_STRING_EQUAL(why, life_state_names[s]);
        }
}

static void blocked(void)
{
    static const enum life_act frozen[] = {LIFE_DO_BIND, LIFE_DO_UNBIND};
    struct life l = in_state(LIFE_BIND);
    act(&l, LIFE_DO_BLOCK, none, 5);
    for (int i = 0; i < 2; i++)
        CU_ASSERT_STRING_EQUAL(life_refuses(&l, frozen[i], there), "blocked");
    CU_ASSERT_STRING_EQUAL(life_refuses(&l, LIFE_DO_BLOCK, none), "blocked already");
    act(&l, LIFE_DO_UNBLOCK, none, 6);
    CU_ASSERT_STRING_EQUAL(life_refuses(&l, LIFE_DO_UNBLOCK, none), "not blocked");
    act(&l, LIFE_DO_UNBIND, none, 7);
    act(&l, LIFE_DO_BLOCK, none, 8); // what had begun goes on
    CU_ASSERT(life_pass(&l, 37) && l.state == LIFE_UNBIND && l.blocked);
    CU_ASSERT_STRING_EQUAL(life_refuses(&l, LIFE_DO_RELEASE, none), "blocked");
}

static void same_backend(void)
{
    struct life l = in_state(LIFE_BIND);
    struct life_backend other_kind = {.pop = 1, .kind = LIFE_NAT};
    CU_ASSERT_PTR_NOT_NULL(life_refuses(&l, LIFE_DO_BIND, here));
    CU_ASSERT_PTR_NULL(life_refuses(&l, LIFE_DO_BIND, other_kind));
}

UNIT_MAIN("life", {"whole-life", whole_life}, {"every-action", every_action_in_every_state},
          {"blocked", blocked}, {"same-backend", same_backend})
