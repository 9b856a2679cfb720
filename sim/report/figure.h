// SPDX-License-Identifier: GPL-3.0-or-later
// figure: figures that several reports derive from struct results, so that they cannot disagree.
//
// A request is lost when no answer came within the timeout: lost = sent − received, late
// answers included. Ratios are fractions (0..1), NaN where nothing was sent. Percentiles count
// a lost request as infinitely late (RFC 7680 §1.2, RFC 7679 §3.6); they are −1 where they fall
// among the lost.
//
// Over many groups, availability and jitter are weighted by population (by requests when no group
// says how many people it has), and RTT percentiles come from the merged histograms.
#ifndef ANYSIM_REPORT_FIGURE_H
#define ANYSIM_REPORT_FIGURE_H

#include "base/units.h"
#include "measure/quality.h"
#include "measure/results.h"

#define FIGURE_NAME 256 // room for "network/region", or the name of a link

// One service in one phase, over all client groups or over those of one network.
struct figure_sum {
    uint64_t sent, received, late;
    uint64_t lost_by[FWD_DROP_COUNT];
    struct hist rtt_ns;
    uint64_t endless;    // round trips that were lost
    double availability; // weighted, see above
    double jitter_ps;    // weighted mean of the groups' J; NaN: none
    int groups;          // that sent anything
};

// Sums up; `network` −1 means all. Free with figure_sum_free.
void figure_sum(const struct results *r, int service, int network, enum phase phase,
                struct figure_sum *out);
void figure_sum_free(struct figure_sum *f);

// One service in one phase over all traffics and groups; free with quality_result_free.
void figure_quality(const struct results *r, int service, enum phase phase,
                    struct quality_result *out);
// Mean opinion score of the calls in it; NaN: there were none.
double figure_mos(const struct scenario *s, const struct quality_result *q);

uint64_t figure_lost(const struct client_result *c);
double figure_availability(const struct client_result *c);
double figure_share(int64_t part, int64_t whole); // NaN when the whole is 0
// RTT quantile in nanoseconds; −1: lost or nothing sent.
int64_t figure_rtt_ns(const struct client_result *c, double q);
double figure_ms(int64_t t_ns); // in milliseconds; −1: NaN

// Losses that are neither a drop nor late: requests under way when the run ended.
uint64_t figure_unfinished(uint64_t sent, uint64_t received, uint64_t late,
                           const uint64_t lost_by[FWD_DROP_COUNT]);

// Largest utilisation of any bucket of the phase, ppm; −1 when the phase has no bucket.
int32_t figure_link_peak_ppm(const struct results *r, const struct link_result *l, enum phase p);
// Carried something before the outage and exactly nothing in the later half of it: dead, or of no
// more use to anybody.
bool figure_link_dark(const struct results *r, const struct link_result *l);

const struct client_group *figure_group(const struct scenario *s, int group);
const char *figure_network(const struct scenario *s, int group); // the network's name
const struct city *figure_city(const struct scenario *s, int group);
const char *figure_site(const struct scenario *s, int site); // POP name, NULL for −1

// "telecom/hebei" (a client group, or a city of a network), or a service. Returns buf.
char *figure_demand_end(const struct scenario *s, const struct demand_end *e, char *buf,
                        size_t size);

// Whether anything happens in the scenario: without events there is only PHASE_BEFORE.
bool figure_has_outage(const struct scenario *s);

// All clients of a name in a phase.
void figure_answers(const struct results *r, const struct answers_result *n, enum phase phase,
                    struct answers_client *sum);

#endif
