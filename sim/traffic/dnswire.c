// SPDX-License-Identifier: GPL-3.0-or-later
#include "traffic/dnswire.h"

#include "fwd/headers.h"
#include <string.h>

enum { HEADER = 12, FLAGS = 2, QUESTIONS = 4, ANSWERS = 6 };

#define FLAG_RESPONSE   0x8000
#define FLAG_RECURSION  0x0100 // desired
#define FLAG_AVAILABLE  0x0080
#define RCODE_MASK      0x000f
#define RCODE_SERVFAIL  2
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
                      uint32_t ttl_s, size_t octets)
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
    be32_put(out + size + 6, ttl_s);
    be16_put(out + size + 10, (uint16_t)octets);
    return size + RECORD;
}

size_t dnswire_address(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, ip4_addr address,
                       uint32_t ttl_s)
{
    size_t n = respond(out, q, size, DNSWIRE_A, ttl_s, 4);
    if (n == 0)
        return 0;
    be32_put(out + n, address);
    return n + 4;
}

size_t dnswire_answer(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size)
{
    return dnswire_address(out, q, size, IP4(192, 0, 2, 1), TTL_S);
}

size_t dnswire_failure(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size)
{
    if (size < HEADER + 5 || size > DNSWIRE_MAX || be16_get(q + FLAGS) & FLAG_RESPONSE)
        return 0;
    memcpy(out, q, size);
    be16_put(out + FLAGS, FLAG_RESPONSE | FLAG_RECURSION | FLAG_AVAILABLE | RCODE_SERVFAIL);
    return size;
}

bool dnswire_read_address(const uint8_t *m, size_t size, ip4_addr *address, uint32_t *ttl_s)
{
    enum { RECORD = 12 };
    if (!dnswire_is_answer(m, size) || be16_get(m + ANSWERS) != 1 || size < HEADER + 5 + RECORD + 4)
        return false;
    const uint8_t *record = m + size - RECORD - 4; // the last one, of four octets
    if (be16_get(record) != POINTER_TO_NAME || be16_get(record + 2) != DNSWIRE_A ||
        be16_get(record + 10) != 4)
        return false;
    *ttl_s = be32_get(record + 6);
    *address = be32_get(record + RECORD);
    return true;
}

size_t dnswire_large(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, size_t whole)
{
    return respond(out, q, size, DNSWIRE_TXT, TTL_S, whole - size - 12);
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
