// SPDX-License-Identifier: GPL-3.0-or-later
// policer: colours packets by token buckets and says what becomes of each colour. Single rate token
// bucket, single rate three colour marker (srTCM, RFC 2697), two rate three colour marker (trTCM,
// RFC 2698).
//
// Part of the forwarding core's public header. Exact: credit is counted in bits·picoseconds (a
// packet of n bytes costs n · 8·10¹², one picosecond earns the rate in bit/s), so that nothing is
// ever divided or rounded. Over any stretch of t picoseconds the bytes coloured green are at most
// CBS + CIR·t, at every instant, to the bit; likewise yellow ones with EBS, and green and yellow
// ones together with PBS + PIR·t. The RFCs add whole tokens CIR times a second; here the same
// credit accrues continuously. Buckets are full at the start, as the RFCs say.
#ifndef ANYSIM_FWD_POLICER_H
#define ANYSIM_FWD_POLICER_H

#include "fwd/memory.h"
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POLICER_RATE_MAX_BPS    UINT64_C(1000000000000) // 1 Tbit/s
#define POLICER_BURST_MAX_BYTES UINT32_C(1000000000)    // 1 GB
#define POLICER_BYTE_COST       UINT64_C(8000000000000) // bit·ps of a byte

enum policer_kind {
    POLICER_BUCKET, // green within CIR and CBS, else red
    POLICER_SRTCM,  // green within CIR and CBS, yellow within EBS (what CBS leaves over), else red
    POLICER_TRTCM   // red over PIR and PBS, else yellow over CIR and CBS, else green
};

enum policer_colour { POLICER_GREEN, POLICER_YELLOW, POLICER_RED, POLICER_COLOURS };

enum policer_action { POLICER_PASS, POLICER_MARK, POLICER_DROP };

// What becomes of a colour.
struct policer_rule {
    enum policer_action action;
    uint8_t dscp; // POLICER_MARK: 0..63, else 0
};

struct policer_options {
    enum policer_kind kind;
    bool colour_aware;  // srTCM, trTCM: a packet never gets better than it came
    uint64_t cir_bps;   // 1..POLICER_RATE_MAX_BPS
    uint64_t pir_bps;   // trTCM: at least cir_bps, at most POLICER_RATE_MAX_BPS; else 0
    uint32_t cbs_bytes; // up to POLICER_BURST_MAX_BYTES, as the next two
    uint32_t ebs_bytes; // srTCM, where one of CBS and EBS may be 0 (RFC 2697 §2); else 0
    uint32_t pbs_bytes; // trTCM; else 0
    struct policer_rule rules[POLICER_COLOURS];
};

struct policer_counters {
    uint64_t packets[POLICER_COLOURS], bytes[POLICER_COLOURS];
};

// Open only so that it can be embedded and its counters read.
struct policer {
    __extension__ unsigned __int128 committed, committed_limit; // bit·ps
    __extension__ unsigned __int128 second, second_limit; // bit·ps: excess of srTCM, peak of trTCM
    int64_t now_ps;                                       // when the credit was right
    struct policer_options options;
    struct policer_counters counters;
};

// What is impossible about the options, as a sentence without a full stop; NULL: nothing.
const char *policer_check(const struct policer_options *o);
// The options must pass policer_check().
void policer_init(struct policer *p, const struct policer_options *o, int64_t now_ps);
// New options from `now_ps` on. Counters go on. Credit is kept as far as the new limits allow; when
// the kind changes, the second bucket is a new one, and full.
void policer_change(struct policer *p, const struct policer_options *o, int64_t now_ps);

// Colours a packet of `bytes`; `before` is the colour that it came with (not looked at unless
// colour-aware). Time never runs backwards: an earlier `now_ps` earns nothing.
enum policer_colour policer_meter(struct policer *p, uint32_t bytes, enum policer_colour before,
                                  int64_t now_ps);

static inline bool policer_drops(const struct policer *p, enum policer_colour colour)
{
    return p->options.rules[colour].action == POLICER_DROP;
}

// The DSCP to set in packets of that colour, or -1: as it is.
static inline int policer_dscp(const struct policer *p, enum policer_colour colour)
{
    const struct policer_rule *r = &p->options.rules[colour];
    return r->action == POLICER_MARK ? r->dscp : -1;
}

#ifdef __cplusplus
}
#endif

#endif
