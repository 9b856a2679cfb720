// SPDX-License-Identifier: GPL-3.0-or-later
// Policers: the RFCs' algorithms by hand, and random arrivals against an oracle that keeps no
// buckets: it knows how much could have accrued over every stretch of time since the start.
#include "fixture.h"
#include "fwd/policer.h"
#include <string.h>

#define US INT64_C(1000000) // ps

#define G POLICER_GREEN
#define Y POLICER_YELLOW
#define R POLICER_RED

typedef __int128 exact; // bit·ps

struct step {
    int64_t at_us;
    uint32_t bytes;
    enum policer_colour before, after;
};

static unsigned wrong_colours(const struct policer_options *o, const struct step *steps, size_t n)
{
    struct policer p;
    policer_init(&p, o, 0);
    unsigned wrong = 0;
    for (size_t i = 0; i < n; i++) {
        enum policer_colour c =
            policer_meter(&p, steps[i].bytes, steps[i].before, steps[i].at_us * US);
        if (c != steps[i].after)
            printf("  step %zu: colour %d\n", i, (int)c);
        wrong += c != steps[i].after;
    }
    return wrong;
}

// A vector is right when it holds, and when the colours that came do not matter to a blind policer.
static void row_27(const char *name, const struct policer_options *o, const struct step *steps,
                   size_t n)
{
    unsigned wrong = wrong_colours(o, steps, n);
    printf("row 27: expected the %zu colours of %s, obtained %u others: %s\n", n, name, wrong,
           wrong ? "FAILED" : "ok");
    CU_ASSERT_EQUAL(wrong, 0);
}

#define ROW_27(name, o, steps) row_27(name, o, steps, sizeof(steps) / sizeof(steps)[0])

// 8 Mbit/s are a byte a microsecond.
static void bucket_by_hand(void)
{
    const struct policer_options o = {.cir_bps = 8000000, .cbs_bytes = 1500};
    static const struct step steps[] = {
        {0, 1000, G, G},     {0, 600, R, R},  {0, 500, R, G},      {100, 101, G, R}, // 100 tokens
        {100, 100, Y, G},    {100, 1, G, R},  {10000, 1501, G, R}, // never more than the burst
        {10000, 1500, G, G}, {10000, 1, G, R}};
    ROW_27("a token bucket", &o, steps);
}

// RFC 2697 §3: Tc is filled first, then Te.
static void srtcm_by_hand(void)
{
    struct policer_options o = {
        .kind = POLICER_SRTCM, .cir_bps = 8000000, .cbs_bytes = 1000, .ebs_bytes = 500};
    static const struct step blind[] = {
        {0, 600, R, G},     // Tc 400, Te 500: what came is not looked at
        {0, 500, R, Y},     // Te 0
        {0, 400, R, G},     // Tc 0
        {0, 1, G, R},       //
        {1000, 0, G, G},    // Tc 1000, Te 0
        {1200, 1000, G, G}, // Tc 0, Te 200: what Tc had no room for
        {1200, 201, G, R},  {1200, 200, G, Y}, {9000, 1001, G, R}, // more than either holds
        {9000, 1000, G, G}, {9000, 500, G, Y}, {9000, 1, G, R}};
    ROW_27("srTCM, blind", &o, blind);
    o.colour_aware = true;
    static const struct step aware[] = {
        {0, 500, Y, Y}, // Te 0, Tc 1000: yellow never takes green's tokens
        {0, 1, Y, R},      {0, 1, R, R},       {0, 900, G, G}, // Tc 100
        {0, 101, G, R},                                        // neither has as much
        {300, 300, Y, R},  {300, 300, G, G},                   // Tc 400 → 100
        {1300, 101, Y, R},                                     // Tc 1000, Te 100
        {1300, 100, Y, Y}, {1300, 1000, R, R}, {1300, 1000, G, G}};
    ROW_27("srTCM, aware", &o, aware);
}

// RFC 2698 §3: first the peak, then the committed rate; green pays for both.
static void trtcm_by_hand(void)
{
    struct policer_options o = {.kind = POLICER_TRTCM,
                                .cir_bps = 8000000,
                                .cbs_bytes = 1000,
                                .pir_bps = 16000000,
                                .pbs_bytes = 1500};
    static const struct step blind[] = {
        {0, 800, R, G},                                         // Tc 200, Tp 700
        {0, 300, R, Y},                                         // Tp 400
        {0, 500, G, R},     {0, 200, G, G},                     // Tc 0, Tp 200
        {0, 200, G, Y},     {0, 1, G, R},     {100, 100, G, G}, // Tc 100 → 0, Tp 200 → 100
        {100, 101, G, R},   {100, 100, G, Y}, {5000, 1501, G, R},
        {5000, 1001, G, Y}, {5000, 499, G, G}};
    ROW_27("trTCM, blind", &o, blind);
    o.colour_aware = true;
    static const struct step aware[] = {{0, 1000, Y, Y},                      // Tp 500, Tc 1000
                                        {0, 500, G, G},                       // Tp 0, Tc 500
                                        {500, 1, R, R},                       // Tp 1000, Tc 1000
                                        {500, 1001, G, R}, {500, 1000, Y, Y}, // Tp 0
                                        {500, 1, G, R},    // Tc is full, but Tp decides
                                        {600, 200, G, G}}; // Tp 200 → 0, Tc 1000 → 800
    ROW_27("trTCM, aware", &o, aware);
}

// --- the oracle

enum { ARRIVALS = 240 };

struct history {
    struct policer_options o;
    size_t n;
    int64_t at_ps[ARRIVALS];
    exact came[ARRIVALS];   // cost
    exact first[ARRIVALS];  // taken from the committed bucket
    exact second[ARRIVALS]; // taken from the other
    exact over[ARRIVALS];   // what the committed bucket had no room for, since the start
    enum policer_colour colour[ARRIVALS];
};

static exact lesser(exact a, exact b)
{
    return a < b ? a : b;
}

// What a bucket holds at arrival j: at any earlier arrival k it held at most its limit, and since
// then earned this and paid that. It was full at the start, which is arrival 0.
static exact held(const struct history *h, size_t j, exact limit, uint64_t rate, const exact *paid,
                  const exact *earned)
{
    exact least = limit, spent = 0;
    for (size_t k = j; k-- > 0;) {
        spent += paid[k];
        exact more = earned ? earned[j] - earned[k] : (exact)rate * (h->at_ps[j] - h->at_ps[k]);
        least = lesser(least, limit + more - spent);
    }
    return least;
}

static exact overflow(const struct history *h, size_t j)
{
    exact most = 0, level = 0; // above the limit, if there were none
    for (size_t k = 0; k <= j; k++) {
        level = (exact)h->o.cir_bps * (h->at_ps[k] - h->at_ps[0]);
        for (size_t i = 0; i < k; i++)
            level -= h->first[i];
        most = level > most ? level : most;
    }
    return most;
}

static enum policer_colour expected(struct history *h, size_t j, uint32_t bytes,
                                    enum policer_colour before)
{
    const exact byte = 8 * (exact)1000000000000, cost = bytes * byte;
    const struct policer_options *o = &h->o;
    if (!o->colour_aware)
        before = G;
    h->came[j] = cost;
    h->over[j] = overflow(h, j);
    bool two = o->kind == POLICER_TRTCM;
    exact c = held(h, j, o->cbs_bytes * byte, o->cir_bps, h->first, NULL);
    exact e = two ? held(h, j, o->pbs_bytes * byte, o->pir_bps, h->second, NULL)
                  : held(h, j, o->ebs_bytes * byte, 0, h->second, h->over);
    enum policer_colour colour;
    if (two)
        colour = before == R || e < cost ? R : before == Y || c < cost ? Y : G;
    else if (before == G && c >= cost)
        colour = G;
    else
        colour = o->kind == POLICER_SRTCM && before != R && e >= cost ? Y : R;
    h->first[j] = colour == G ? cost : 0;
    h->second[j] = colour == Y || (two && colour == G) ? cost : 0;
    return colour;
}

// Over every stretch of arrivals: no more than the limit and what the rate earns.
static unsigned violations(const struct history *h)
{
    const exact byte = 8 * (exact)1000000000000;
    const struct policer_options *o = &h->o;
    unsigned found = 0;
    for (size_t i = 0; i < h->n; i++) {
        exact green = 0, yellow = 0;
        for (size_t j = i; j < h->n; j++) {
            exact passed_ps = h->at_ps[j] - h->at_ps[i];
            green += h->colour[j] == G ? h->came[j] : 0;
            yellow += h->colour[j] == Y ? h->came[j] : 0;
            found += green > o->cbs_bytes * byte + passed_ps * (exact)o->cir_bps;
            if (o->kind == POLICER_SRTCM)
                found += yellow > o->ebs_bytes * byte + passed_ps * (exact)o->cir_bps;
            if (o->kind == POLICER_TRTCM)
                found += green + yellow > o->pbs_bytes * byte + passed_ps * (exact)o->pir_bps;
        }
    }
    return found;
}

static uint32_t random_burst(struct random *r)
{
    static const uint32_t some[] = {1, 40, 1500, 9000, 65535, 1000000000};
    return random_below(r, 3) ? some[random_below(r, 6)] : 1 + random_below(r, 30000);
}

static struct policer_options random_options(struct random *r)
{
    static const uint64_t some[] = {
        1, 7, 64000, 999999937, 1000000000, 999999999989, 1000000000000};
    struct policer_options o = {.kind = (enum policer_kind)random_below(r, 3)};
    o.cir_bps = some[random_below(r, 7)];
    o.cbs_bytes = random_burst(r);
    if (o.kind == POLICER_SRTCM)
        o.ebs_bytes = random_burst(r);
    if (o.kind == POLICER_TRTCM) {
        o.pbs_bytes = random_burst(r);
        uint64_t room = POLICER_RATE_MAX_BPS - o.cir_bps;
        o.pir_bps = o.cir_bps + (room ? random_next(r) % (room < o.cir_bps ? room : o.cir_bps) : 0);
    }
    o.colour_aware = o.kind != POLICER_BUCKET && random_below(r, 2);
    return o;
}

// Mostly about the rate, at times at once, a picosecond early or late, or after a long silence.
static int64_t random_gap(struct random *r, const struct policer_options *o, uint32_t bytes)
{
    int64_t fair = (int64_t)((unsigned __int128)bytes * POLICER_BYTE_COST / o->cir_bps);
    switch (random_below(r, 8)) {
    case 0:
        return 0;
    case 1:
        return fair;
    case 2:
        return fair + 1;
    case 3:
        return fair > 0 ? fair - 1 : 0;
    case 4:
        return random_below(r, 10) ? 1 : INT64_MAX / (2 * ARRIVALS);
    default:
        return (int64_t)((unsigned __int128)fair * random_below(r, 2000) / 1000);
    }
}

static void against_an_oracle(void)
{
    static struct history h;
    unsigned wrong = 0, over = 0, colours[POLICER_COLOURS] = {0};
    const unsigned trials = 300;
    for (uint64_t seed = 1; seed <= trials; seed++) {
        struct random r = {seed};
        memset(&h, 0, sizeof h);
        h.o = random_options(&r);
        struct policer p;
        int64_t now = (int64_t)(random_next(&r) >> 20);
        policer_init(&p, &h.o, now);
        for (h.n = 0; h.n < ARRIVALS; h.n++) {
            uint32_t most = h.o.cir_bps < 1000 ? 50 : 9000; // or time would run out
            most = h.o.cbs_bytes < most ? h.o.cbs_bytes + 1 : most;
            uint32_t bytes = 1 + random_below(&r, most);
            if (h.n)
                now += random_gap(&r, &h.o, bytes);
            h.at_ps[h.n] = now;
            enum policer_colour before = (enum policer_colour)random_below(&r, 3);
            enum policer_colour want = expected(&h, h.n, bytes, before);
            h.colour[h.n] = policer_meter(&p, bytes, before, now);
            wrong += h.colour[h.n] != want;
            colours[want]++;
        }
        over += violations(&h);
        if (wrong || over) {
            printf("  seed %u\n", (unsigned)seed);
            break;
        }
    }
    printf("row 27: expected accepted bytes <= CIR t + CBS over every stretch and the oracle's "
           "colours (%u green, %u yellow, %u red), obtained %u more and %u other colours: %s\n",
           colours[G], colours[Y], colours[R], over, wrong, wrong || over ? "FAILED" : "ok");
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(over, 0);
    CU_ASSERT(colours[G] > 1000 && colours[Y] > 1000 && colours[R] > 1000);
}

// 7 bit/s do not divide a second's picoseconds, and still no byte comes a picosecond off.
static void no_drift(void)
{
    const struct policer_options o = {.cir_bps = 7, .cbs_bytes = 2};
    struct policer p;
    policer_init(&p, &o, 0);
    CU_ASSERT_EQUAL(policer_meter(&p, 2, G, 0), G);
    unsigned wrong = 0;
    for (int64_t i = 1; i <= 700000; i++) {
        int64_t due = (int64_t)(((exact)8000000000000 * i + 6) / 7); // rounded up
        wrong += policer_meter(&p, 1, G, due - 1) != R;
        wrong += policer_meter(&p, 1, G, due) != G;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(p.now_ps, INT64_C(800000000000000000)); // 700,000 · 8/7 s
    CU_ASSERT(p.committed == 0);
}

static void extremes(void)
{
    static const uint64_t rates[] = {1, POLICER_RATE_MAX_BPS};
    static const uint32_t bursts[] = {1, POLICER_BURST_MAX_BYTES};
    for (int i = 0; i < 4; i++) {
        struct policer_options o = {.kind = POLICER_TRTCM,
                                    .cir_bps = rates[i / 2],
                                    .pir_bps = POLICER_RATE_MAX_BPS,
                                    .cbs_bytes = bursts[i % 2],
                                    .pbs_bytes = bursts[i % 2]};
        CU_ASSERT_PTR_NULL(policer_check(&o));
        struct policer p;
        policer_init(&p, &o, INT64_MIN);
        CU_ASSERT_EQUAL(policer_meter(&p, o.cbs_bytes, G, INT64_MIN), G);
        CU_ASSERT_EQUAL(policer_meter(&p, 1, G, INT64_MIN), R);
        // The longest silence there is fills, and does not overflow: 1 GB takes 8·10²¹ ps at
        // 1 bit/s, of which 2⁶⁴ − 1 are had.
        uint32_t had =
            o.cir_bps == 1 && i % 2 ? (uint32_t)(UINT64_MAX / POLICER_BYTE_COST) : o.cbs_bytes;
        CU_ASSERT_EQUAL(policer_meter(&p, had, G, INT64_MAX), G);
        CU_ASSERT_NOT_EQUAL(policer_meter(&p, 1, G, INT64_MAX), G);
        CU_ASSERT_EQUAL(policer_meter(&p, UINT32_MAX, G, INT64_MAX), R);
        CU_ASSERT_NOT_EQUAL(policer_meter(&p, 1, G, 0), G); // back in time: nothing is earned
    }
}

static void changes(void)
{
    struct policer_options o = {
        .kind = POLICER_SRTCM, .cir_bps = 8000000, .cbs_bytes = 1000, .ebs_bytes = 1000};
    struct policer p;
    policer_init(&p, &o, 0);
    policer_meter(&p, 900, G, 0);
    o.cbs_bytes = 5000; // more room is not more credit: 100, and 50 of the time before
    o.cir_bps = 16000000;
    policer_change(&p, &o, 50 * US);
    CU_ASSERT_EQUAL(policer_meter(&p, 151, G, 50 * US), Y);
    CU_ASSERT_EQUAL(policer_meter(&p, 150, G, 50 * US), G);
    CU_ASSERT_EQUAL(policer_meter(&p, 200, G, 150 * US), G); // at the new rate
    o.ebs_bytes = 100;                                       // 849 were left
    policer_change(&p, &o, 150 * US);
    CU_ASSERT_EQUAL(policer_meter(&p, 101, G, 150 * US), R);
    CU_ASSERT_EQUAL(policer_meter(&p, 100, G, 150 * US), Y);
    const struct policer_options two = {
        .kind = POLICER_TRTCM, .cir_bps = 8, .cbs_bytes = 10, .pir_bps = 8, .pbs_bytes = 10};
    policer_change(&p, &two, 150 * US); // no committed credit is left; the peak bucket is new
    CU_ASSERT_EQUAL(policer_meter(&p, 10, G, 150 * US), Y);
    CU_ASSERT_EQUAL(p.counters.packets[G], 3);
    CU_ASSERT_EQUAL(p.counters.bytes[G], 900 + 150 + 200);
    CU_ASSERT_EQUAL(p.counters.bytes[Y], 151 + 100 + 10);
    CU_ASSERT_EQUAL(p.counters.bytes[R], 101);
}

static void tells_what_to_do(void)
{
    const struct policer_options o = {
        .kind = POLICER_SRTCM,
        .cir_bps = 8,
        .cbs_bytes = 10,
        .rules = {{POLICER_PASS, 0}, {POLICER_MARK, 12}, {POLICER_DROP, 0}}};
    struct policer p;
    policer_init(&p, &o, 0);
    CU_ASSERT(!policer_drops(&p, G) && policer_dscp(&p, G) == -1);
    CU_ASSERT(!policer_drops(&p, Y) && policer_dscp(&p, Y) == 12);
    CU_ASSERT(policer_drops(&p, R) && policer_dscp(&p, R) == -1);
}

static void refuses(void)
{
    static const struct {
        struct policer_options o;
        const char *part;
    } cases[] = {
        {{.cbs_bytes = 1}, "committed rate is 0"},
        {{.cir_bps = 1000000000001, .cbs_bytes = 1}, "over 1 Tbit/s"},
        {{.cir_bps = 1}, "burst size is 0"},
        {{.cir_bps = 1, .cbs_bytes = 1000000001}, "over 1 GB"},
        {{.cir_bps = 1, .cbs_bytes = 1, .ebs_bytes = 1}, "srTCM only"},
        {{.cir_bps = 1, .cbs_bytes = 1, .pir_bps = 1}, "trTCM only"},
        {{.cir_bps = 1, .cbs_bytes = 1, .colour_aware = true}, "does not look at colours"},
        {{.kind = POLICER_SRTCM, .cir_bps = 1}, "both 0"},
        {{.kind = POLICER_SRTCM, .cir_bps = 1, .cbs_bytes = 1, .pbs_bytes = 1}, "trTCM only"},
        {{.kind = POLICER_TRTCM, .cir_bps = 2, .pir_bps = 1, .cbs_bytes = 1, .pbs_bytes = 1},
         "below the committed"},
        {{.kind = POLICER_TRTCM,
          .cir_bps = 2,
          .pir_bps = 1000000000001,
          .cbs_bytes = 1,
          .pbs_bytes = 1},
         "over 1 Tbit/s"},
        {{.kind = POLICER_TRTCM, .cir_bps = 2, .pir_bps = 2, .cbs_bytes = 1}, "above 0"},
        {{.kind = (enum policer_kind)3, .cir_bps = 1, .cbs_bytes = 1}, "none of token bucket"},
        {{.cir_bps = 1, .cbs_bytes = 1, .rules = {{POLICER_MARK, 64}}}, "at most 63"},
        {{.cir_bps = 1, .cbs_bytes = 1, .rules = {{POLICER_PASS, 3}}}, "not marked"},
        {{.cir_bps = 1, .cbs_bytes = 1, .rules = {{(enum policer_action)3, 0}}}, "none of pass"},
        {{.cir_bps = 1, .cbs_bytes = 1, .rules = {[Y] = {POLICER_DROP, 0}}}, "nothing yellow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *message = policer_check(&cases[i].o);
        if (!message || !strstr(message, cases[i].part))
            printf("  case %zu: %s\n", i, message ? message : "no message");
        CU_ASSERT(message && strstr(message, cases[i].part));
    }
    const struct policer_options only_excess = {
        .kind = POLICER_SRTCM, .cir_bps = 1, .ebs_bytes = 1};
    CU_ASSERT_PTR_NULL(policer_check(&only_excess));
}

UNIT_MAIN("policer", {"bucket_by_hand", bucket_by_hand}, {"srtcm_by_hand", srtcm_by_hand},
          {"trtcm_by_hand", trtcm_by_hand}, {"against_an_oracle", against_an_oracle},
          {"no_drift", no_drift}, {"extremes", extremes}, {"changes", changes},
          {"tells_what_to_do", tells_what_to_do}, {"refuses", refuses})
