// SPDX-License-Identifier: GPL-3.0-or-later
// Stands alone and holds nothing mutable.
#ifndef GOOD_BASE_IP_H
#define GOOD_BASE_IP_H

#include <stddef.h>

size_t ip_words(const char *text);

#endif
