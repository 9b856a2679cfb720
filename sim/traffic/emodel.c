// SPDX-License-Identifier: GPL-3.0-or-later
// The equations are numbered as in G.107 clause 7; names are its names.
#include "traffic/emodel.h"

#include <math.h>

// Table 2: default values.
static const double SLR = 8, RLR = 2, STMR = 15, Ds = 3, Dr = 3, TELR = 65, WEPL = 110, qdu = 1,
                    Nc = -70, Nfor = -64, Ps = 35, Pr = 35;

static double power(double decibel)
{
    return pow(10, decibel / 10);
}

static double noise(void) // (7-3) to (7-7)
{
    double OLR = SLR + RLR, LSTR = STMR + Dr;
    double Nos = Ps - SLR - Ds - 100 + 0.004 * pow(Ps - OLR - Ds - 14, 2);
    double Pre = Pr + 10 * log10(1 + power(10 - LSTR));
    double Nor = RLR - 121 + Pre + 0.008 * pow(Pre - 35, 2);
    double Nfo = Nfor + RLR;
    return 10 * log10(power(Nc) + power(Nos) + power(Nor) + power(Nfo));
}

// Impairments that come with the voice: (7-8) to (7-17).
static double simultaneous(double Ro, double No, double T)
{
    double OLR = SLR + RLR, Xolr = OLR + 0.2 * (64 + No - RLR);
    double Iolr = 20 * (pow(1 + pow(Xolr / 8, 8), 1.0 / 8) - Xolr / 8);
    double STMRo = -10 * log10(power(-STMR) + exp(-T / 4) * power(-TELR));
    double Ist = 12 * pow(1 + pow((STMRo - 13) / 6, 8), 1.0 / 8) -
                 28 * pow(1 + pow((STMRo + 1) / 19.4, 35), 1.0 / 35) -
                 13 * pow(1 + pow((STMRo - 3) / 33, 13), 1.0 / 13) + 29;
    double Q = 37 - 15 * log10(qdu), G = 1.07 + 0.258 * Q + 0.0602 * Q * Q;
    double Y = (Ro - 100) / 15 + 46 / 8.4 - G / 9, Z = 46.0 / 30 - G / 40;
    double Iq = 15 * log10(1 + pow(10, Y) + pow(10, Z));
    return Iolr + Ist + Iq;
}

// Impairments by delay: (7-18) to (7-28); echo, listener's echo, and the wait itself.
static double delayed(double Ro, double No, double T)
{
    double TERV = TELR - 40 * log10((1 + T / 10) / (1 + T / 150)) + 6 * exp(-0.3 * T * T);
    double Roe = -1.5 * (No - RLR), Re = 80 + 2.5 * (TERV - 14);
    double Idte = ((Roe - Re) / 2 + sqrt(pow(Roe - Re, 2) / 4 + 100) - 1) * (1 - exp(-T));
    double Rle = 10.5 * (WEPL + 7) * pow(2 * T + 1, -0.25);
    double Idle = (Ro - Rle) / 2 + sqrt(pow(Ro - Rle, 2) / 4 + 169);
    double X = log2(T / 100);
    double Idd =
        T <= 100 ? 0 : 25 * (pow(1 + pow(X, 6), 1.0 / 6) - 3 * pow(1 + pow(X / 3, 6), 1.0 / 6) + 2);
    return Idte + Idle + Idd;
}

double emodel_r(const struct emodel *e)
{
    double No = noise(), Ro = 15 - 1.5 * (SLR + No);
    double Ppl = 100 * e->loss, eff = e->ie;
    if (Ppl > 0)
        eff += (95 - e->ie) * Ppl / (Ppl / e->burst + e->bpl); // (7-29)
    return Ro - simultaneous(Ro, No, e->delay_ms) - delayed(Ro, No, e->delay_ms) - eff;
}

double emodel_mos(double r) // (B-4)
{
    if (r <= 0)
        return 1;
    if (r >= 100)
        return 4.5;
    double mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
    return mos < 1 ? 1 : mos; // the polynomial dips below 1 for R under 6.5
}
