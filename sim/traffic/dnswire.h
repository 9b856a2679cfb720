// SPDX-License-Identifier: GPL-3.0-or-later
// dnswire: DNS messages as bytes (RFC 1035 §4): a question, and its answer.
#ifndef ANYSIM_TRAFFIC_DNSWIRE_H
#define ANYSIM_TRAFFIC_DNSWIRE_H

#include "base/ip.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNSWIRE_PORT 53
#define DNSWIRE_NAME_MAX                                                                           \
    60 // characters of a name here: question and answer fit a packet's stored bytes
#define DNSWIRE_MAX 100 // bytes of a message with such a name

enum { DNSWIRE_A = 1, DNSWIRE_TXT = 16, DNSWIRE_ANY = 255 };

// A recursive question about `name` ("www.example.com"; at most DNSWIRE_NAME_MAX characters).
// Returns its size.
size_t dnswire_question(uint8_t out[DNSWIRE_MAX], uint16_t id, const char *name, uint16_t type);
// The answer to question `q` of `size` bytes: address 192.0.2.1 (RFC 5737), for five minutes.
// Returns its size; 0: `q` is no question, or too long.
size_t dnswire_answer(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size);
// The same with a text record that makes the message `whole` bytes long; all after the returned
// ones are zeros: empty strings.
size_t dnswire_large(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, size_t whole);

// As dnswire_answer, with an address and a time to live of one's own.
size_t dnswire_address(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size, ip4_addr address,
                       uint32_t ttl_s);
// The response SERVFAIL to the question; 0 as above.
size_t dnswire_failure(uint8_t out[DNSWIRE_MAX], const uint8_t *q, size_t size);
// What dnswire_address wrote; false: it is no such answer.
bool dnswire_read_address(const uint8_t *m, size_t size, ip4_addr *address, uint32_t *ttl_s);
uint16_t dnswire_id(const uint8_t *m);
bool dnswire_is_answer(const uint8_t *m, size_t size); // without an error

#endif
