// SPDX-License-Identifier: GPL-3.0-or-later
// Look-ups: bytes, retries, and the second resolver.
#include "line.h"
#include "traffic/dnswire.h"
#include "traffic/kinds.h"
#include "unit.h"

#include <string.h>

#define MS PS_PER_MS
#define S  PS_PER_S

#define SECOND IP4(203, 0, 113, 2) // the second resolver's address

static const union traffic_options plain = {
    .dns = {.name = "www.example.com", .wait_ps = S, .attempts = 2, .fallback = -1}};

static void question_and_answer_as_bytes(void)
{
    // RFC 1035 §4.1: header, question, and a record that points at the question's name.
    static const uint8_t asked[] = {0x12, 0x34, 1,   0,   0, 1,   0,   0, 0, 0, 0, 0,
                                    3,    'a',  '-', 'b', 2, 'c', 'd', 0, 0, 1, 0, 1};
    static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1};
    uint8_t q[DNSWIRE_MAX], a[DNSWIRE_MAX];
    size_t n = dnswire_question(q, 0x1234, "a-b.cd", DNSWIRE_A);
    CU_ASSERT_EQUAL(n, sizeof asked);
    CU_ASSERT_EQUAL(memcmp(q, asked, sizeof asked), 0);
    CU_ASSERT(!dnswire_is_answer(q, n));
    size_t m = dnswire_answer(a, q, n);
    CU_ASSERT_EQUAL(m, n + sizeof record);
    CU_ASSERT_EQUAL(memcmp(a + n, record, sizeof record), 0);
    CU_ASSERT_EQUAL(dnswire_id(a), 0x1234);
    CU_ASSERT(dnswire_is_answer(a, m));
    CU_ASSERT_EQUAL(dnswire_answer(q, a, m), 0); // no question
    CU_ASSERT_EQUAL(dnswire_large(a, q, n, 500), n + 12);
    CU_ASSERT_EQUAL(a[n + 10] << 8 | a[n + 11], 500 - (int)n - 12);
}

static void the_longest_name_fits(void)
{
    char name[DNSWIRE_NAME_MAX + 1];
    uint8_t q[DNSWIRE_MAX], a[DNSWIRE_MAX];
    memset(name, 'x', DNSWIRE_NAME_MAX);
    name[DNSWIRE_NAME_MAX] = '\0';
    name[30] = '.';
    size_t n = dnswire_question(q, 1, name, DNSWIRE_A);
    CU_ASSERT(dnswire_answer(a, q, n) > n);
    CU_ASSERT(dnswire_answer(a, q, n) <= DNSWIRE_MAX);
}

static struct flow_options dns(const union traffic_options *o)
{
    struct flow_options f = line_options(&traffic_dns, o);
    f.interval_ps = S;
    f.server_ps = MS;
    return f;
}

static void answered_at_once(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = dns(&plain);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 30 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], 10);
    CU_ASSERT_EQUAL(l.units.n, 10);
    CU_ASSERT_EQUAL_FATAL(l.objects.n, 10);
    const struct traffic_object *first = &l.objects.v[0];
    // 33 bytes of question and 49 of answer, and their headers.
    CU_ASSERT_EQUAL(first->ended_ps - first->begun_ps, 2 * LINE_DELAY + MS + 61 + 77);
    CU_ASSERT_EQUAL(first->octets, 49);
    CU_ASSERT_EQUAL(first->end, TRAFFIC_END_OK);
    line_end(&l);
}

// Cut from 12 s to 14 s: questions are repeated after the wait, and given up after the second.
static void retry_and_timeout(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = dns(&plain);
    const struct flow *f = traffic_add_flow(l.traffic, "a", &o);
    int64_t phase_ps = f->first_ps - 10 * S;
    line_run(&l, 12 * S);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 14 * S);
    net_link_restore(l.net, l.links[0]);
    line_run(&l, 40 * S);
    line_stop(&l);
    // Look-up 2 begins at 12 s and its phase: asked again at 13, given up at 14. Look-up 3: 13, then
    // answered at 14. Three questions die in the cut; they are no more than that.
    CU_ASSERT_EQUAL_FATAL(l.objects.n, 10);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 3);
    CU_ASSERT_EQUAL(l.units.n, 12);
    int timeouts = 0;
    for (size_t i = 0; i < l.objects.n; i++) {
        const struct traffic_object *b = &l.objects.v[i];
        int64_t took_ps = b->ended_ps - b->begun_ps;
        timeouts += b->end == TRAFFIC_END_TIMEOUT;
        if (b->number == 2) {
            CU_ASSERT_EQUAL(b->end, TRAFFIC_END_TIMEOUT);
            CU_ASSERT_EQUAL(b->ended_ps, 14 * S + phase_ps);
        } else if (b->number == 3) {
            CU_ASSERT(b->end == TRAFFIC_END_OK && took_ps > S && took_ps < S + 20 * MS);
        }
    }
    CU_ASSERT_EQUAL(timeouts, 1);
    line_end(&l);
}

// The first resolver is dead, the second one answers.
static void the_second_resolver_helps(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = dns(&plain);
    o.fallback = SECOND;
    struct fwd_node *client = l.net->nodes[0].fwd;
    fwd_route_set(l.net->nodes[2].fwd, (struct prefix){SECOND, 32}, FWD_ACT_LOCAL, 0);
    fwd_route_set(client, (struct prefix){SECOND, 32}, FWD_ACT_FORWARD,
                  fwd_group(client, &l.net->links[l.links[1]].a_port, 1));
    net_link_cut(l.net, l.links[0]);
    traffic_add_flow(l.traffic, "a", &o);
    line_run(&l, 40 * S);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.counts[LINE_LOST], 10);
    CU_ASSERT_EQUAL(l.counts[LINE_ANSWERED], 10);
    for (size_t i = 0; i < l.objects.n; i++) {
        const struct traffic_object *b = &l.objects.v[i];
        CU_ASSERT_EQUAL(b->end, TRAFFIC_END_OK);
        CU_ASSERT(b->ended_ps - b->begun_ps > S && b->ended_ps - b->begun_ps < S + 20 * MS);
    }
    line_end(&l);
}

static void unfinished_at_the_end(void)
{
    struct line l;
    line_begin(&l);
    struct flow_options o = dns(&plain);
    traffic_add_flow(l.traffic, "a", &o);
    net_link_cut(l.net, l.links[0]);
    line_run(&l, 10 * S + 1500 * MS);
    line_stop(&l);
    CU_ASSERT_EQUAL(l.objects.n, (size_t)l.begun);
    for (size_t i = 0; i < l.objects.n; i++)
        CU_ASSERT_EQUAL(l.objects.v[i].end, TRAFFIC_END_UNFINISHED);
    line_end(&l);
}

UNIT_MAIN("dns", {"question and answer as bytes", question_and_answer_as_bytes},
          {"the longest name fits", the_longest_name_fits}, {"answered at once", answered_at_once},
          {"retry and timeout", retry_and_timeout},
          {"the second resolver helps", the_second_resolver_helps},
          {"unfinished at the end", unfinished_at_the_end})
