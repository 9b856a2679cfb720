// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/units.h"

#include <inttypes.h>
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

#define MAX_PLACES 18

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
        if (dot && *places >= MAX_PLACES)
            continue; // below every unit's resolution
        *digits = *digits * 10 + (*s - '0');
        *places += dot;
        if (*digits > (i128)INT64_MAX * INT64_C(1000000000000000000))
            *overflow = true, *digits = 0; // above INT64_MAX at whatever number of places
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
        i128 v, div = 1;
        if (__builtin_mul_overflow(digits, strcmp(s, "/min") == 0 ? 1000000 : u->scale, &v))
            return UNIT_RANGE;
        for (int i = 0; i < places; i++)
            div *= 10;
        if (strcmp(s, "/min") == 0)
            div *= 60;
        v = v / div + (v % div >= div - div / 2);
        if (overflow || v > (i128)INT64_MAX + negative)
            return UNIT_RANGE;
        *out = (int64_t)(negative ? -v : v);
        return UNIT_OK;
    }
    return UNIT_UNKNOWN;
}

// value as units of `u` with at most `places` decimals, none of them a zero at the end; false when
// that is not exact.
static bool print_exact(int64_t value, const struct unit *u, int places, char *buf, size_t size)
{
    i128 parts = value < 0 ? -(i128)value : value;
    int64_t one = 1; // unit in the parts of its last decimal
    for (int i = 0; i < places; i++)
        one *= 10;
    parts *= one;
    if (parts % u->scale != 0)
        return false;
    parts /= u->scale;
    int64_t whole = (int64_t)(parts / one), frac = (int64_t)(parts % one);
    const char *sign = value < 0 ? "-" : "";
    for (; places > 0 && frac % 10 == 0; places--)
        frac /= 10;
    if (places == 0)
        snprintf(buf, size, "%s%" PRIu64 "%s", sign, (uint64_t)whole, u->name);
    else
        snprintf(buf, size, "%s%" PRIu64 ".%0*" PRId64 "%s", sign, (uint64_t)whole, places, frac,
                 u->name);
    return true;
}

// The base unit, micro-hertz, has no name, and "/min" is not a whole number of them: per minute
// when a whole number says exactly this frequency, else per second, where six decimals do.
static char *print_freq(int64_t value, char *buf, size_t size)
{
    const struct unit *per_s = &freq_units[1];
    int64_t back;
    if (print_exact(value, per_s, 3, buf, size))
        return buf;
    i128 per_min = ((i128)value * 60 + (value < 0 ? -500000 : 500000)) / 1000000;
    if (per_min > -PS_PER_S && per_min < PS_PER_S) {
        snprintf(buf, size, "%" PRId64 "/min", (int64_t)per_min);
        if (unit_parse(UNIT_FREQ, buf, &back) == UNIT_OK && back == value)
            return buf;
    }
    print_exact(value, per_s, 6, buf, size);
    return buf;
}

char *unit_print(enum unit_kind kind, int64_t value, char *buf, size_t size)
{
    const struct unit *table = kinds[kind].table, *last = table;
    if (kind == UNIT_FREQ)
        return print_freq(value, buf, size);
    while (last[1].name)
        last++;
    i128 magnitude = value < 0 ? -(i128)value : value;
    for (const struct unit *u = last;; u--) {
        bool fits = u == table || magnitude >= u->scale;
        if (kind == UNIT_TIME && u->scale > PS_PER_S && magnitude % u->scale != 0)
            fits = false; // "90s", not "1.5min"
        // Prefer the decimal or the binary family, whichever is exact with fewer digits.
        bool decimal_size = kind == UNIT_SIZE && strchr(u->name, 'i') == NULL && u->scale > 1;
        if (fits && decimal_size && magnitude % u->scale != 0)
            fits = false;
        if (fits && kind == UNIT_SIZE && strchr(u->name, 'i') && magnitude % u->scale != 0)
            fits = false;
        if (fits && print_exact(value, u, 3, buf, size))
            return buf; // at the latest for the first unit, the base unit
    }
}
