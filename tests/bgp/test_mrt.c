// SPDX-License-Identifier: GPL-3.0-or-later
// MRT records: what is written is read again, damage is found, and bgpdump agrees.
#include "unit.h"

#include "bgp/mrt.h"
#include <stdlib.h>
#include <unistd.h>

static const struct mrt_session session = {
    65001, 65002, {0, IP6_MAPPED | IP4(192, 0, 2, 1)}, {0, IP6_MAPPED | IP4(192, 0, 2, 2)}};
static const int64_t at_us = INT64_C(1700000000123456);

static struct bgp_nlri nlri(const char *text)
{
    struct bgp_nlri n = {.path_id = 0};
    CU_ASSERT_TRUE(ip_prefix_parse(text, &n.prefix, NULL));
    return n;
}

static void fill(struct bgp_update *u)
{
    bgp_update_clear(u);
    vec_push(&u->withdrawn, nlri("198.51.100.0/24"));
    vec_push(&u->announced, nlri("203.0.113.0/24"));
    u->draft.f.next_hop = IP4(192, 0, 2, 1);
    bgp_draft_prepend(&u->draft, 70000);
    bgp_draft_prepend(&u->draft, 65001);
    bgp_draft_add_community(&u->draft, BGP_COMMUNITY(65001, 7));
    bgp_draft_add_large(&u->draft, (uint32_t[]){65001, 1, 2});
    bgp_draft_set_med(&u->draft, 30);
}

static void write_some(FILE *f)
{
    static uint8_t message[BGP_MESSAGE_OCTETS];
    const struct bgp_codec c = {.four_octet_as = true};
    const struct mrt_peer peers[] = {{65001, IP4(10, 0, 0, 1), session.peer},
                                     {65003, IP4(10, 0, 0, 3), IP6(0x20010db800000000, 3)}};
    struct bgp_update u = {0};
    fill(&u);
    size_t n = bgp_update_encode(&c, &u, message, sizeof message);
    CU_ASSERT_TRUE(n > 0);
    CU_ASSERT_TRUE(mrt_write_state(f, at_us - 1, &session, 5, 6));
    CU_ASSERT_TRUE(mrt_write_message(f, at_us, &session, false, message, n));
    CU_ASSERT_TRUE(mrt_write_peers(f, at_us, IP4(10, 0, 0, 9), "anysim", peers, 2));
    const struct mrt_entry entries[] = {{0, 0, 1699999999, &u, false},
                                        {1, 0, 1699999998, &u, true}};
    CU_ASSERT_TRUE(mrt_write_rib(f, at_us, 0, nlri("203.0.113.0/24").prefix, false, entries, 2));
    u.next_hop6 = IP6(0x20010db800000000, 1);
    CU_ASSERT_TRUE(mrt_write_rib(f, at_us, 1, nlri("2001:db8:1::/48").prefix, true, entries, 1));
    CU_ASSERT_EQUAL(fflush(f), 0);
    bgp_update_free(&u);
}

struct seen {
    struct mrt_peer peers[4];
    unsigned npeers, nentries;
    int64_t since_s[4];
    uint32_t first_as[4];
    struct ip6_addr next_hop6;
};

static void see_peer(void *ctx, struct mrt_peer p)
{
    struct seen *s = ctx;
    s->peers[s->npeers++] = p;
}

static void see_entry(void *ctx, const struct mrt_rib *rib, const struct mrt_entry *e)
{
    struct seen *s = ctx;
    (void)rib;
    s->since_s[s->nentries] = e->since_s;
    s->first_as[s->nentries++] = e->route->draft.path.v[0];
    s->next_hop6 = e->route->next_hop6;
}

static void check_records(struct mrt_reader *r)
{
    struct mrt_record rec;
    struct mrt_session s;
    struct seen seen = {.npeers = 0};
    struct mrt_rib rib;
    struct bgp_update u = {0}, want = {0};
    const uint8_t *message;
    size_t n;
    unsigned from, to;
    bool add_path;
    fill(&want);
    CU_ASSERT_EQUAL_FATAL(mrt_next(r, &rec), 1);
    CU_ASSERT_EQUAL(rec.at_us, at_us - 1);
    CU_ASSERT_TRUE(mrt_read_state(&rec, &s, &from, &to) && from == 5 && to == 6);
    CU_ASSERT_FALSE(mrt_read_message(&rec, &s, &add_path, &message, &n));
    CU_ASSERT_EQUAL_FATAL(mrt_next(r, &rec), 1);
    CU_ASSERT_TRUE_FATAL(mrt_read_message(&rec, &s, &add_path, &message, &n));
    CU_ASSERT_EQUAL(memcmp(&s, &session, sizeof s), 0);
    const struct bgp_codec c = {.four_octet_as = true};
    CU_ASSERT_TRUE(bgp_update_decode(&c, message, n, &u));
    CU_ASSERT_TRUE(prefix6_equal(u.announced.v[0].prefix, want.announced.v[0].prefix));
    CU_ASSERT_TRUE(bgp_draft_has_large(&u.draft, want.draft.large.v));
    CU_ASSERT_EQUAL_FATAL(mrt_next(r, &rec), 1);
    CU_ASSERT_TRUE(mrt_read_peers(&rec, see_peer, &seen));
    CU_ASSERT_EQUAL(seen.npeers, 2);
    CU_ASSERT_EQUAL(seen.peers[1].asn, 65003);
    CU_ASSERT_EQUAL(seen.peers[1].address.lo, 3);
    CU_ASSERT_EQUAL_FATAL(mrt_next(r, &rec), 1);
    CU_ASSERT_TRUE(mrt_read_rib(&rec, &u, see_entry, &seen, &rib));
    CU_ASSERT_TRUE(seen.nentries == 2 && rib.bad == 0 && seen.first_as[1] == 65001);
    CU_ASSERT_EQUAL(seen.since_s[1], 1699999998);
    CU_ASSERT_EQUAL_FATAL(mrt_next(r, &rec), 1);
    CU_ASSERT_TRUE(mrt_read_rib(&rec, &u, see_entry, &seen, &rib));
    CU_ASSERT_EQUAL(rib.sequence, 1);
    CU_ASSERT_EQUAL(seen.next_hop6.lo, 1);
    CU_ASSERT_EQUAL(mrt_next(r, &rec), 0);
    bgp_update_free(&u);
    bgp_update_free(&want);
}

static void what_is_written_is_read_again(void)
{
    struct mrt_reader r = {.in = tmpfile()};
    CU_ASSERT_PTR_NOT_NULL_FATAL(r.in);
    write_some(r.in);
    rewind(r.in);
    check_records(&r);
    CU_ASSERT_EQUAL(r.records, 5);
    mrt_reader_free(&r);
    fclose(r.in);
}

static void damage_is_found_wherever_the_file_ends(void)
{
    static uint8_t bytes[4096];
    FILE *f = tmpfile();
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    write_some(f);
    rewind(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    unsigned ends = 0;
    for (size_t cut = 1; cut < n; cut++) {
        struct mrt_reader r = {.in = fmemopen(bytes, cut, "r")};
        struct mrt_record rec;
        int last;
        while ((last = mrt_next(&r, &rec)) == 1)
            ;
        ends += last == 0; // between two records
        CU_ASSERT_TRUE(last == 0 || r.fault);
        mrt_reader_free(&r);
        fclose(r.in);
    }
    CU_ASSERT_EQUAL(ends, 4);
}

// Runs bgpdump on what we write; its one-line form is a public interface (which leaves large
// communities out).
static void bgpdump_agrees(void)
{
    char path[] = "/tmp/anysim-mrt-XXXXXX", command[128], text[4096];
    if (system("command -v bgpdump >/dev/null") != 0) {
        unit_skip("bgpdump is not installed");
        return;
    }
    FILE *f = fdopen(mkstemp(path), "w+");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    write_some(f);
    fclose(f);
    snprintf(command, sizeof command, "bgpdump -m %s 2>&1", path);
    FILE *p = popen(command, "r");
    text[fread(text, 1, sizeof text - 1, p)] = 0;
    pclose(p);
    unlink(path);
    static const char *const lines[] = {
        "BGP4MP_ET|1700000000.123455|STATE|192.0.2.1|65001|5|6\n",
        "BGP4MP_ET|1700000000.123456|W|192.0.2.1|65001|198.51.100.0/24\n",
        "BGP4MP_ET|1700000000.123456|A|192.0.2.1|65001|203.0.113.0/24|65001 "
        "70000|IGP|192.0.2.1|0|30|65001:7|NAG||\n",
        "TABLE_DUMP2|1700000000|B|192.0.2.1|65001|203.0.113.0/24|65001 "
        "70000|IGP|192.0.2.1|0|30|65001:7|NAG||\n",
        "TABLE_DUMP2|1700000000|B|2001:db8::3|65003|203.0.113.0/24|65001 "
        "70000|IGP|192.0.2.1|0|30|65001:7|NAG||\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(text, lines[i]));
        if (!strstr(text, lines[i]))
            fprintf(stderr, "wanted %sgot\n%s", lines[i], text);
    }
}

UNIT_MAIN("bgp-mrt", {"what_is_written_is_read_again", what_is_written_is_read_again},
          {"damage_is_found_wherever_the_file_ends", damage_is_found_wherever_the_file_ends},
          {"bgpdump_agrees", bgpdump_agrees})
