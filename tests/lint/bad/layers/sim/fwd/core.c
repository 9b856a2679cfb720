// SPDX-License-Identifier: GPL-3.0-or-later
#include "fwd/fwd.h"
#include "base/ip.h"
#include "base/arena.h"
#include <gsl/gsl_rng.h>
