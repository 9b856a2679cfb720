// SPDX-License-Identifier: GPL-3.0-or-later
// emodel: the E-model of ITU-T G.107 (06/2015): how a telephone connection sounds, from delay and loss.
//
// R = Ro − Is − Id − Ie,eff, with the recommendation's default values (its table 2) for everything
// that is not asked here: loudness, noise, echo loss, one quantisation; advantage factor 0.
#ifndef ANYSIM_TRAFFIC_EMODEL_H
#define ANYSIM_TRAFFIC_EMODEL_H

struct emodel {
    double delay_ms; // mouth to ear, one way
    double ie;       // equipment impairment of the codec without loss (G.113 appendix I)
    double bpl;      // its robustness against packet loss (the same)
    double loss;     // share of frames that are not played, 0 … 1
    double burst;    // BurstR: mean run of lost frames over that of independent losses; at least 1
};

double emodel_r(const struct emodel *e);
double emodel_mos(double r); // annex B: 1 … 4.5

#endif
