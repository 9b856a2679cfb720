// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/ip.h"

static const char *const separators[] = {" ", "/"};

size_t ip_words(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == separators[0][0] || *text == separators[1][0];
    return n + 1;
}
