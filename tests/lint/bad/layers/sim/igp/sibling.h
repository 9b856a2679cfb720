// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/link.h"
#  include "bgp/bgp.h"
