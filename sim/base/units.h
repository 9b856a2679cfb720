// SPDX-License-Identifier: GPL-3.0-or-later
// units: time, rate, size and ratio as integers, and how they are written.
//
// Time is int64_t picoseconds (`_ps`): 106 days, and a byte at 400 Gb/s lasts a whole number of
// them (20 ps). Rates are bit/s (`_bps`), sizes bytes, ratios parts per million (`_ppm`), distances
// metres. A quantity in a file always carries its unit; the parsers refuse a bare number, except a
// plain 0. Decimal fractions are exact up to the resolution ("13.2ms" is 13200000000 ps).
//
//   time    ps ns us ms s min h d
//   rate    bps kbps Mbps Gbps Tbps (powers of 1000), and "bit/s" for "bps"
//   size    B kB MB GB (powers of 1000), KiB MiB GiB (of 1024)
//   ratio   % ppm
//   freq    /s /min (events, stored as micro-hertz)
//   dist    m km
#ifndef ANYSIM_BASE_UNITS_H
#define ANYSIM_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PS_PER_NS  INT64_C(1000)
#define PS_PER_US  INT64_C(1000000)
#define PS_PER_MS  INT64_C(1000000000)
#define PS_PER_S   INT64_C(1000000000000)
#define TIME_NEVER INT64_MAX

enum unit_kind { UNIT_TIME, UNIT_RATE, UNIT_SIZE, UNIT_RATIO, UNIT_FREQ, UNIT_DIST };

enum unit_error {
    UNIT_OK = 0,
    UNIT_NO_NUMBER, // does not start with a decimal number
    UNIT_MISSING,   // a number with no unit
    UNIT_UNKNOWN,   // a unit that this kind does not have
    UNIT_RANGE      // does not fit
};

// Parses the whole of `text` (a sign is allowed) into the kind's base unit:
// ps, bit/s, bytes, ppm, micro-hertz, metres. `*out` is untouched on error.
enum unit_error unit_parse(enum unit_kind kind, const char *text, int64_t *out);

// The units that a kind accepts, for messages: "ps, ns, us, ms, s, min, h, d".
const char *unit_names(enum unit_kind kind);
const char *unit_kind_name(enum unit_kind kind); // "time", "rate", …

// Prints with the largest unit that keeps the figure short: "13.2ms", "400Gbps", "64KiB", "2%".
// The text parses back to the same value. Returns buf.
char *unit_print(enum unit_kind kind, int64_t value, char *buf, size_t size);

#define UNIT_BUF 40

static inline double ps_to_s(int64_t t_ps)
{
    return (double)t_ps / 1e12;
}

static inline double ps_to_ms(int64_t t_ps)
{
    return (double)t_ps / 1e9;
}

// Time to send `bytes` at `rate_bps`, rounded up to a picosecond. rate_bps > 0, bytes < 2^40.
static inline int64_t ps_for_bytes(int64_t bytes, int64_t rate_bps)
{
    __extension__ typedef unsigned __int128 u128;
    u128 rate = (uint64_t)rate_bps, bits_ps = (u128)((uint64_t)bytes * 8u) * (uint64_t)PS_PER_S;
    return (int64_t)((bits_ps + rate - 1u) / rate);
}

#endif
