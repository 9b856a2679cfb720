// SPDX-License-Identifier: GPL-3.0-or-later
// Needs a library that the forwarding core must not need.
double gsl_sf_bessel_J0(double x);
double draws(double x);
double draws(double x)
{
    return gsl_sf_bessel_J0(x);
}
