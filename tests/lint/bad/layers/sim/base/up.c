// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ip.h"
#include "net/link.h"
#include "ip.h"
#include "base/../bgp/bgp.h"
#include "nowhere/x.h"
#include <stdio.h>
