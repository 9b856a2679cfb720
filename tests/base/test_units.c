// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/rng.h"
#include "base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define KINDS      6
#define UNTOUCHED  INT64_C(-4242)
#define ROUND_TRIP 100000

__extension__ typedef __int128 i128;

static void parses(enum unit_kind kind, const char *text, int64_t wanted)
{
    int64_t got = UNTOUCHED;
    enum unit_error e = unit_parse(kind, text, &got);
    CU_ASSERT_EQUAL(e, UNIT_OK);
    CU_ASSERT_EQUAL(got, wanted);
    if (e != UNIT_OK || got != wanted)
        printf("\n  '%s': error %d, %" PRId64 " instead of %" PRId64 "\n", text, (int)e, got,
               wanted);
}

static void fails(enum unit_kind kind, const char *text, enum unit_error wanted)
{
    int64_t got = UNTOUCHED;
    enum unit_error e = unit_parse(kind, text, &got);
    CU_ASSERT_EQUAL(e, wanted);
    CU_ASSERT_EQUAL(got, UNTOUCHED);
    if (e != wanted)
        printf("\n  '%s': error %d instead of %d\n", text, (int)e, (int)wanted);
}

static void prints(enum unit_kind kind, int64_t value, const char *wanted)
{
    char buf[UNIT_BUF];
    CU_ASSERT_PTR_EQUAL(unit_print(kind, value, buf, sizeof buf), buf);
    CU_ASSERT_STRING_EQUAL(buf, wanted);
    if (strcmp(buf, wanted) != 0)
        printf("\n  %" PRId64 " printed as '%s' instead of '%s'\n", value, buf, wanted);
}

static void every_unit(void)
{
    parses(UNIT_TIME, "7ps", 7);
    parses(UNIT_TIME, "7ns", 7000);
    parses(UNIT_TIME, "7us", 7000000);
    parses(UNIT_TIME, "7ms", INT64_C(7000000000));
    parses(UNIT_TIME, "7s", INT64_C(7000000000000));
    parses(UNIT_TIME, "7min", INT64_C(420000000000000));
    parses(UNIT_TIME, "7h", INT64_C(25200000000000000));
    parses(UNIT_TIME, "7d", INT64_C(604800000000000000));
    parses(UNIT_RATE, "9bps", 9);
    parses(UNIT_RATE, "9bit/s", 9);
    parses(UNIT_RATE, "9kbps", 9000);
    parses(UNIT_RATE, "9Mbps", 9000000);
    parses(UNIT_RATE, "9Gbps", INT64_C(9000000000));
    parses(UNIT_RATE, "9Tbps", INT64_C(9000000000000));
    parses(UNIT_SIZE, "3B", 3);
    parses(UNIT_SIZE, "3kB", 3000);
    parses(UNIT_SIZE, "3KiB", 3072);
    parses(UNIT_SIZE, "3MB", 3000000);
    parses(UNIT_SIZE, "3MiB", 3145728);
    parses(UNIT_SIZE, "3GB", INT64_C(3000000000));
    parses(UNIT_SIZE, "3GiB", INT64_C(3221225472));
    parses(UNIT_RATIO, "5ppm", 5);
    parses(UNIT_RATIO, "5%", 50000);
    parses(UNIT_FREQ, "2/s", 2000000);
    parses(UNIT_FREQ, "60/min", 1000000);
    parses(UNIT_FREQ, "1/min", 16667); // 16666.6…
    parses(UNIT_FREQ, "2/min", 33333); // 33333.3…: not twice the rounded one
    parses(UNIT_DIST, "8m", 8);
    parses(UNIT_DIST, "8km", 8000);
}

static void every_unit_is_named(void)
{
    static const char *const kind_names[KINDS] = {"time",  "rate",      "size",
                                                  "ratio", "frequency", "distance"};
    for (unsigned k = 0; k < KINDS; k++) {
        char names[128], text[64], *rest = names;
        int64_t v;
        unsigned units = 0;
        CU_ASSERT_STRING_EQUAL(unit_kind_name((enum unit_kind)k), kind_names[k]);
        snprintf(names, sizeof names, "%s", unit_names((enum unit_kind)k));
        for (char *name; (name = strsep(&rest, ",")); units++) {
            snprintf(text, sizeof text, "1%s", name + (*name == ' '));
            CU_ASSERT_EQUAL(unit_parse((enum unit_kind)k, text, &v), UNIT_OK);
        }
        CU_ASSERT(units >= 2);
    }
}

static void decimals_are_exact(void)
{
    parses(UNIT_TIME, "13.2ms", INT64_C(13200000000));
    parses(UNIT_TIME, "0.1s", INT64_C(100000000000)); // 0.1 is no binary fraction
    parses(UNIT_TIME, "4.9us", 4900000);
    parses(UNIT_TIME, "0.000000000001s", 1);
    parses(UNIT_TIME, "9223372.036854775807s", INT64_MAX);
    parses(UNIT_TIME, "1.000000000000000000000000s", PS_PER_S);
    parses(UNIT_TIME, "0.00000000000000001d", 1); // 0.864 ps
    parses(UNIT_RATE, "2.5Gbps", INT64_C(2500000000));
    parses(UNIT_RATE, "0.000001Mbps", 1);
    parses(UNIT_SIZE, "1.5KiB", 1536);
    parses(UNIT_RATIO, "99.99%", 999900);
    parses(UNIT_RATIO, "0.0001%", 1);
    parses(UNIT_FREQ, "0.000001/s", 1);
    parses(UNIT_FREQ, "1.5/min", 25000);
    parses(UNIT_DIST, "1943.5km", 1943500);
    // Below the resolution: to the nearest, halves up.
    parses(UNIT_TIME, "0.4ps", 0);
    parses(UNIT_TIME, "0.5ps", 1);
    parses(UNIT_TIME, "1.4999ps", 1);
    parses(UNIT_SIZE, "2.5B", 3);
    // Ways to write a number.
    parses(UNIT_TIME, "+5s", 5 * PS_PER_S);
    parses(UNIT_TIME, "-5s", -5 * PS_PER_S);
    parses(UNIT_TIME, "5 s", 5 * PS_PER_S);
    parses(UNIT_TIME, ".5s", PS_PER_S / 2);
    parses(UNIT_TIME, "5.s", 5 * PS_PER_S);
    parses(UNIT_TIME, "0005s", 5 * PS_PER_S);
}

static void a_plain_zero(void)
{
    static const char *const zeros[] = {"0", "0.0", "-0", "+0", "000", "0."};
    for (unsigned k = 0; k < KINDS; k++) {
        char buf[UNIT_BUF];
        for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++)
            parses((enum unit_kind)k, zeros[i], 0);
        parses((enum unit_kind)k, unit_print((enum unit_kind)k, 0, buf, sizeof buf), 0);
    }
}

static void no_number(void)
{
    static const char *const texts[] = {"",    "s", "ms", ".",   "-",    "+",  "-.s",
                                        "abc", "%", "/s", " 5s", "--5s", "٣s", "infs"};
    for (unsigned k = 0; k < KINDS; k++)
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            fails((enum unit_kind)k, texts[i], UNIT_NO_NUMBER);
}

static void missing_or_unknown_unit(void)
{
    static const char *const bare[] = {"5", "-5", "0.5", "5 ", "99999999999999999999999999999999"};
    for (unsigned k = 0; k < KINDS; k++) {
        for (size_t i = 0; i < sizeof bare / sizeof bare[0]; i++)
            fails((enum unit_kind)k, bare[i], UNIT_MISSING);
        fails((enum unit_kind)k, "5parsec", UNIT_UNKNOWN);
        fails((enum unit_kind)k, "1e3s", UNIT_UNKNOWN);
        fails((enum unit_kind)k, "1,5s", UNIT_UNKNOWN);
        fails((enum unit_kind)k, "1.2.3s", UNIT_UNKNOWN);
        fails((enum unit_kind)k, "0x10", UNIT_UNKNOWN);
        fails((enum unit_kind)k, "99999999999999999999999999999999x", UNIT_UNKNOWN);
    }
    fails(UNIT_TIME, "5s ", UNIT_UNKNOWN);
    fails(UNIT_TIME, "5S", UNIT_UNKNOWN);
    fails(UNIT_TIME, "5msec", UNIT_UNKNOWN);
    fails(UNIT_TIME, "5m", UNIT_UNKNOWN); // metres; "min" is meant
    fails(UNIT_RATE, "400G", UNIT_UNKNOWN);
    fails(UNIT_RATE, "5gbps", UNIT_UNKNOWN);
    fails(UNIT_RATE, "5GBps", UNIT_UNKNOWN);
    fails(UNIT_TIME, "5bit/s", UNIT_UNKNOWN);
    fails(UNIT_SIZE, "5kb", UNIT_UNKNOWN);
    fails(UNIT_SIZE, "5s", UNIT_UNKNOWN);
    fails(UNIT_RATIO, "5%%", UNIT_UNKNOWN);
}

static void range(void)
{
    parses(UNIT_TIME, "9223372036854775807ps", INT64_MAX);
    parses(UNIT_TIME, "-9223372036854775807ps", -INT64_MAX);
    parses(UNIT_TIME, "-9223372036854775808ps", INT64_MIN);
    parses(UNIT_TIME, "9223372036854775807.00000ps", INT64_MAX);
    fails(UNIT_TIME, "9223372036854775808ps", UNIT_RANGE);
    fails(UNIT_TIME, "-9223372036854775809ps", UNIT_RANGE);
    fails(UNIT_TIME, "9223372036854775807.5ps", UNIT_RANGE);
    parses(UNIT_TIME, "106d", INT64_C(9158400000000000000));
    fails(UNIT_TIME, "107d", UNIT_RANGE);
    fails(UNIT_RATE, "10000000Tbps", UNIT_RANGE);
    // So far out that a product of 128 bits would wrap, at every number of digits.
    char text[80];
    for (int digits = 20; digits < 60; digits++)
        for (int lead = 1; lead <= 9; lead++) {
            snprintf(text, sizeof text, "%d%0*dd", lead, digits - 1, 0);
            fails(UNIT_TIME, text, UNIT_RANGE);
            snprintf(text, sizeof text, "-%d%0*d.5GiB", lead, digits - 1, 0);
            fails(UNIT_SIZE, text, UNIT_RANGE);
            snprintf(text, sizeof text, "%d%0*d/min", lead, digits - 1, 0);
            fails(UNIT_FREQ, text, UNIT_RANGE);
        }
}

static void short_figures(void)
{
    prints(UNIT_TIME, INT64_C(13200000000), "13.2ms");
    prints(UNIT_TIME, 90 * PS_PER_S, "90s");
    prints(UNIT_TIME, 120 * PS_PER_S, "2min");
    prints(UNIT_TIME, 3600 * PS_PER_S, "1h");
    prints(UNIT_TIME, 86400 * PS_PER_S, "1d");
    prints(UNIT_TIME, -PS_PER_S / 4, "-250ms");
    prints(UNIT_TIME, 1050, "1.05ns");
    prints(UNIT_TIME, 1005, "1.005ns");
    prints(UNIT_TIME, INT64_MAX, "9223372036854775.807ns");
    prints(UNIT_TIME, INT64_MAX / 2, "4611686018427387.903ns");
    prints(UNIT_RATE, INT64_C(400000000000), "400Gbps");
    prints(UNIT_RATE, INT64_C(2500000000), "2.5Gbps");
    prints(UNIT_SIZE, 65536, "64KiB");
    prints(UNIT_SIZE, 64000, "64kB");
    prints(UNIT_SIZE, 1500, "1500B");
    prints(UNIT_RATIO, 20000, "2%");
    prints(UNIT_RATIO, 999900, "99.99%");
    prints(UNIT_RATIO, 12, "12ppm");
    prints(UNIT_FREQ, 20000000, "20/s");
    prints(UNIT_FREQ, 500000, "0.5/s");
    prints(UNIT_FREQ, 16667, "1/min");
    prints(UNIT_FREQ, 33333, "2/min");
    prints(UNIT_FREQ, 33334, "0.033334/s");
    prints(UNIT_FREQ, -1, "-0.000001/s");
    prints(UNIT_DIST, 1500, "1.5km");
    prints(UNIT_DIST, 999, "999m");
}

// A value of any magnitude, often a round one.
static int64_t draw_value(gsl_rng *r)
{
    static const int64_t round[] = {1, 10, 1000, 1024, 16667, 1000000, 60 * PS_PER_S};
    uint64_t bits = (uint64_t)gsl_rng_get(r) << 32 | gsl_rng_get(r);
    int64_t v = (int64_t)(bits >> 1 >> gsl_rng_uniform_int(r, 63));
    int64_t step = round[gsl_rng_uniform_int(r, sizeof round / sizeof round[0])];
    v -= gsl_rng_uniform_int(r, 2) ? v % step : 0;
    return gsl_rng_uniform_int(r, 4) ? v : -v;
}

static void printed_text_parses_back(void)
{
    gsl_rng *r = rng_stream(1, "units", "round trip");
    for (unsigned k = 0; k < KINDS; k++) {
        unsigned bad = 0;
        for (int i = 0; i < ROUND_TRIP; i++) {
            char buf[UNIT_BUF];
            int64_t edge[] = {0, INT64_MAX, -INT64_MAX, INT64_MIN};
            int64_t v = i < 4 ? edge[i] : i < 2000 ? i - 1000 : draw_value(r), back = ~v;
            unit_print((enum unit_kind)k, v, buf, sizeof buf);
            enum unit_error e = unit_parse((enum unit_kind)k, buf, &back);
            if ((e != UNIT_OK || back != v || strlen(buf) + 1 >= sizeof buf) && bad++ < 5)
                printf("\n  %s %" PRId64 " → '%s' → %" PRId64 " (error %d)\n",
                       unit_kind_name((enum unit_kind)k), v, buf, back, (int)e);
        }
        CU_ASSERT_EQUAL(bad, 0);
    }
    gsl_rng_free(r);
}

static void time_to_send_bytes(void)
{
    CU_ASSERT_EQUAL(ps_for_bytes(1, INT64_C(400000000000)), 20);
    CU_ASSERT_EQUAL(ps_for_bytes(1500, INT64_C(10000000000)), 1200000);
    CU_ASSERT_EQUAL(ps_for_bytes(0, 1), 0);
    CU_ASSERT_EQUAL(ps_for_bytes(1, 3), INT64_C(2666666666667)); // rounded up
    CU_ASSERT_EQUAL(ps_for_bytes(3, 3), 8 * PS_PER_S);
    gsl_rng *r = rng_stream(2, "units", "bytes");
    unsigned bad = 0;
    for (int i = 0; i < 100000; i++) {
        int64_t bytes = (int64_t)gsl_rng_get(r) << 8 >> gsl_rng_uniform_int(r, 40);
        int64_t rate = INT64_C(1000000) + ((int64_t)gsl_rng_get(r) << gsl_rng_uniform_int(r, 12));
        i128 t = ps_for_bytes(bytes, rate), sent = (i128)bytes * 8 * PS_PER_S;
        bad += t * rate < sent || (t > 0 && (t - 1) * rate >= sent); // the least that suffices
    }
    CU_ASSERT_EQUAL(bad, 0);
    gsl_rng_free(r);
}

static void seconds(void)
{
    CU_ASSERT_EQUAL(ps_to_s(PS_PER_S / 4), 0.25);
    CU_ASSERT_EQUAL(ps_to_ms(PS_PER_S / 4), 250.0);
}

UNIT_MAIN("units", {"every_unit", every_unit}, {"every_unit_is_named", every_unit_is_named},
          {"decimals_are_exact", decimals_are_exact}, {"a_plain_zero", a_plain_zero},
          {"no_number", no_number}, {"missing_or_unknown_unit", missing_or_unknown_unit},
          {"range", range}, {"short_figures", short_figures},
          {"printed_text_parses_back", printed_text_parses_back},
          {"time_to_send_bytes", time_to_send_bytes}, {"seconds", seconds})
