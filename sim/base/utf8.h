// SPDX-License-Identifier: GPL-3.0-or-later
// utf8: walking through UTF-8 text (RFC 3629), for readers and for messages that count characters.
#ifndef ANYSIM_BASE_UTF8_H
#define ANYSIM_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

// Decodes the code point at `p` (n bytes are left). Returns its length in bytes, or 0 when the
// bytes are not UTF-8 (overlong forms, surrogates and values above U+10FFFF are not).
size_t utf8_decode(const char *p, size_t n, uint32_t *cp);

// Columns that a terminal uses for a code point: 0 (combining), 1, or 2 (East Asian wide).
int utf8_cells(uint32_t cp);

// Is this a control character (C0 but tab, LF and CR; DEL; C1) or a Unicode line separator?
int utf8_is_control(uint32_t cp);

// Characters in the first n bytes of `p`; a byte that is not UTF-8 counts as one character.
size_t utf8_count(const char *p, size_t n);

#endif
