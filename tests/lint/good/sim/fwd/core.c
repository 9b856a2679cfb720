// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ip.h"

size_t core_words(void);

size_t core_words(void)
{
    return ip_words("192.0.2.0/24 and a neighbour");
}
