// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/dnswire.h"

#include "fwd/headers.h"
#include <string.h>

enum { HEADER = 12, FLAGS = 2, QUESTIONS = 4, ANSWERS = 6 };

#define FLAG_RESPONSE   0x8000
#define FLAG_RECURSION  0x0100 // desired
#define FLAG_AVAILABLE  0x0080
#define RCODE_MASK      0x000f
#define CLASS_IN        1
#define POINTER_TO_NAME 0xc00c // to the question's, which follows the header
#define TTL_S           300

size_t dnswire_question(uint8_t out[DNSWIRE_MAX], uint16_t id, const char *name, uint16_t type)
{
    memset(out, 0, HEADER);
    be16_put(out, id);
    be16_put(out + FLAGS, FLAG_RECURSION);
    be16_put(out + QUESTIONS, 1);
    size_t n = HEADER;
    while (*name) {
        size_t label = strcspn(name, ".");
        out[n++] = (uint8_t)label;
        memcpy(out + n, name, label);
        n += label;
        name += label + (name[label] == '.');
    }
    out[n++] = 0;
    be16_put(out + n, type);
    be16_put(out + n + 2, CLASS_IN);
    return n + 4;
}

// Header and question copied, turned into a response with one record of so many octets.
static size_t respond(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, uint16_t type,
                      size_t octets)
{
    enum { RECORD = 12 }; // pointer, type, class, time to live, length
    if (size < HEADER + 5 || size + RECORD + 4 > DNSWIRE_MAX ||
        be16_get(q + FLAGS) & FLAG_RESPONSE || be16_get(q + QUESTIONS) != 1)
        return 0;
    memcpy(out, q, size);
    be16_put(out + FLAGS, FLAG_RESPONSE | FLAG_RECURSION | FLAG_AVAILABLE);
    be16_put(out + ANSWERS, 1);
    be16_put(out + size, POINTER_TO_NAME);
    be16_put(out + size + 2, type);
    be16_put(out + size + 4, CLASS_IN);
    be32_put(out + size + 6, TTL_S);
    be16_put(out + size + 10, (uint16_t)octets);
    return size + RECORD;
}

size_t dnswire_answer(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size)
{
    size_t n = respond(out, q, size, DNSWIRE_A, 4);
    if (n == 0)
        return 0;
    be32_put(out + n, IP4(192, 0, 2, 1));
    return n + 4;
}

size_t dnswire_large(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, size_t whole)
{
    return respond(out, q, size, DNSWIRE_TXT, whole - size - 12);
}

uint16_t dnswire_id(const uint8_t *m)
{
    return be16_get(m);
}

bool dnswire_is_answer(const uint8_t *m, size_t size)
{
    return size >= HEADER && be16_get(m + FLAGS) & FLAG_RESPONSE &&
           !(be16_get(m + FLAGS) & RCODE_MASK);
}
