// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 i128;

struct unit {
    const char *name;
    int64_t scale; // in the kind's base unit
};

static const struct unit time_units[] = {
    {"ps", 1},       {"ns", PS_PER_NS},      {"us", PS_PER_US},      {"ms", PS_PER_MS},
    {"s", PS_PER_S}, {"min", 60 * PS_PER_S}, {"h", 3600 * PS_PER_S}, {"d", 86400 * PS_PER_S},
    {NULL, 0}};
static const struct unit rate_units[] = {{"bps", 1},
                                         {"kbps", INT64_C(1000)},
                                         {"Mbps", INT64_C(1000000)},
                                         {"Gbps", INT64_C(1000000000)},
                                         {"Tbps", INT64_C(1000000000000)},
                                         {NULL, 0}};
static const struct unit size_units[] = {
    {"B", 1},         {"kB", 1000},       {"KiB", 1024},       {"MB", 1000000},
    {"MiB", 1048576}, {"GB", 1000000000}, {"GiB", 1073741824}, {NULL, 0}};
static const struct unit ratio_units[] = {{"ppm", 1}, {"%", 10000}, {NULL, 0}};
static const struct unit freq_units[] = {{"/min", 16667}, {"/s", 1000000}, {NULL, 0}};
static const struct unit dist_units[] = {{"m", 1}, {"km", 1000}, {NULL, 0}};

static const struct {
    const char *name, *units;
    const struct unit *table;
} kinds[] = {
    [UNIT_TIME] = {"time", "ps, ns, us, ms, s, min, h, d", time_units},
    [UNIT_RATE] = {"rate", "bps, kbps, Mbps, Gbps, Tbps", rate_units},
    [UNIT_SIZE] = {"size", "B, kB, KiB, MB, MiB, GB, GiB", size_units},
    [UNIT_RATIO] = {"ratio", "%, ppm", ratio_units},
    [UNIT_FREQ] = {"frequency", "/s, /min", freq_units},
    [UNIT_DIST] = {"distance", "m, km", dist_units},
};

const char *unit_names(enum unit_kind kind)
{
    return kinds[kind].units;
}

const char *unit_kind_name(enum unit_kind kind)
{
    return kinds[kind].name;
}

// A decimal number as digits and a power of ten: value = *digits / 10^*places.
static const char *parse_decimal(const char *s, i128 *digits, int *places, bool *overflow)
{
    bool any = false, dot = false;
    *digits = 0;
    *places = 0;
    *overflow = false;
    for (;; s++) {
        if (*s == '.' && !dot) {
            dot = true;
            continue;
        }
        if (*s < '0' || *s > '9')
            break;
        any = true;
        if (dot && *places >= 15)
            continue; // below every unit's resolution
        *digits = *digits * 10 + (*s - '0');
        *places += dot;
        if (*digits > (i128)INT64_MAX * 1000)
            *overflow = true, *digits = 0;
    }
    return any ? s : NULL;
}

enum unit_error unit_parse(enum unit_kind kind, const char *text, int64_t *out)
{
    bool negative = *text == '-', overflow;
    i128 digits;
    int places;
    const char *s =
        parse_decimal(text + (*text == '-' || *text == '+'), &digits, &places, &overflow);
    if (!s)
        return UNIT_NO_NUMBER;
    while (*s == ' ')
        s++;
    if (!*s) {
        if (digits != 0 || overflow)
            return UNIT_MISSING;
        *out = 0;
        return UNIT_OK;
    }
    if (kind == UNIT_RATE && strcmp(s, "bit/s") == 0)
        s = "bps";
    for (const struct unit *u = kinds[kind].table; u->name; u++) {
        if (strcmp(u->name, s) != 0)
            continue;
        // "/min" is not a whole number of micro-hertz: divide last.
        i128 v = digits * (strcmp(s, "/min") == 0 ? 1000000 : u->scale), div = 1;
        for (int i = 0; i < places; i++)
            div *= 10;
        if (strcmp(s, "/min") == 0)
            div *= 60;
        v = (v + div / 2) / div;
        if (overflow || v > INT64_MAX)
            return UNIT_RANGE;
        *out = (int64_t)(negative ? -v : v);
        return UNIT_OK;
    }
    return UNIT_UNKNOWN;
}

// value as units of `scale` with at most three decimals; false when that is not exact.
static bool print_exact(int64_t value, const struct unit *u, char *buf, size_t size)
{
    i128 milli = (i128)value * 1000;
    if (milli % u->scale != 0)
        return false;
    int64_t m = (int64_t)(milli / u->scale);
    const char *sign = m < 0 ? "-" : "";
    uint64_t a = m < 0 ? (uint64_t)-m : (uint64_t)m;
    uint64_t whole = a / 1000, frac = a % 1000;
    if (frac == 0)
        snprintf(buf, size, "%s%" PRIu64 "%s", sign, whole, u->name);
    else if (frac % 100 == 0)
        snprintf(buf, size, "%s%" PRIu64 ".%" PRIu64 "%s", sign, whole, frac / 100, u->name);
    else if (frac % 10 == 0)
        snprintf(buf, size, "%s%" PRIu64 ".%02" PRIu64 "%s", sign, whole, frac / 10, u->name);
    else
        snprintf(buf, size, "%s%" PRIu64 ".%03" PRIu64 "%s", sign, whole, frac, u->name);
    return true;
}

char *unit_print(enum unit_kind kind, int64_t value, char *buf, size_t size)
{
    const struct unit *table = kinds[kind].table, *last = table;
    while (last[1].name)
        last++;
    i128 magnitude = value < 0 ? -(i128)value : value;
    for (const struct unit *u = last;; u--) {
        bool fits = u == table || (magnitude >= u->scale && strcmp(u->name, "/min") != 0);
        if (kind == UNIT_TIME && u->scale > PS_PER_S && magnitude % u->scale != 0)
            fits = false; // "90s", not "1.5min"
        // Prefer the decimal or the binary family, whichever is exact with fewer digits.
        bool decimal_size = kind == UNIT_SIZE && strchr(u->name, 'i') == NULL && u->scale > 1;
        if (fits && decimal_size && magnitude % u->scale != 0)
            fits = false;
        if (fits && kind == UNIT_SIZE && strchr(u->name, 'i') && magnitude % u->scale != 0)
            fits = false;
        if (fits && print_exact(value, u, buf, size))
            return buf;
        if (u == table)
            break;
    }
    if (kind == UNIT_FREQ) { // the base unit, micro-hertz, has no name: six decimals are exact
        snprintf(buf, size, "%.6f/s", (double)value / 1e6);
        return buf;
    }
    snprintf(buf, size, "%" PRId64 "%s", value, table->name);
    return buf;
}

int64_t ps_from_s(double seconds)
{
    double ps = nearbyint(seconds * 1e12);
    if (ps >= 9.2e18)
        return TIME_NEVER;
    return (int64_t)ps;
}
