// SPDX-License-Identifier: GPL-3.0-or-later
// DNS messages that carry an address, or a failure.
#include "traffic/dnswire.h"
#include "unit.h"

#define ADDRESS IP4(203, 0, 113, 7)

static void an_address(void)
{
    uint8_t q[DNSWIRE_MAX], m[DNSWIRE_MAX];
    ip4_addr address = 0;
    uint32_t ttl_s = 0;
    size_t size = dnswire_question(q, 77, "www.example.com", DNSWIRE_A);
    CU_ASSERT_FALSE(dnswire_read_address(q, size, &address, &ttl_s)); // a question says nothing
    size_t n = dnswire_address(m, q, size, ADDRESS, 60);
    CU_ASSERT_EQUAL(n, size + 16);
    CU_ASSERT(dnswire_id(m) == 77 && dnswire_is_answer(m, n));
    CU_ASSERT(dnswire_read_address(m, n, &address, &ttl_s));
    CU_ASSERT(address == ADDRESS && ttl_s == 60);
    CU_ASSERT_FALSE(dnswire_read_address(m, n - 1, &address, &ttl_s));
    CU_ASSERT_EQUAL(dnswire_address(q, m, n, ADDRESS, 60), 0); // no answer to an answer
}

static void a_failure(void)
{
    uint8_t q[DNSWIRE_MAX], m[DNSWIRE_MAX];
    ip4_addr address;
    uint32_t ttl_s;
    size_t size = dnswire_question(q, 5, "a.example", DNSWIRE_A);
    CU_ASSERT_EQUAL(dnswire_failure(m, q, size), size);
    CU_ASSERT(dnswire_id(m) == 5 && !dnswire_is_answer(m, size));
    CU_ASSERT_FALSE(dnswire_read_address(m, size, &address, &ttl_s));
    CU_ASSERT_EQUAL(dnswire_failure(q, m, size), 0);
}

UNIT_MAIN("dnswire", {"an address", an_address}, {"a failure", a_failure})
