// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/fibpeer.h"

#include <stdio.h>
#include <stdlib.h>

#if __has_include(<rte_fib.h>)
#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_lpm.h>
#include <rte_malloc.h>

struct fibpeer {
    enum fibpeer_kind kind;
    struct rte_fib *fib;
    struct rte_fib6 *fib6;
    struct rte_lpm *lpm;
    size_t bytes_before;
};

static size_t heap_bytes(void)
{
    struct rte_malloc_socket_stats s;
    return rte_malloc_get_socket_stats(0, &s) == 0 ? s.heap_allocsz_bytes : 0;
}

bool fibpeer_start(void)
{
    static char name[] = "fibpeer", no_huge[] = "--no-huge", no_pci[] = "--no-pci",
                no_telemetry[] = "--no-telemetry", no_conf[] = "--no-shconf", m[] = "-m",
                mb[] = "2048", simd[] = "--force-max-simd-bitwidth=512",
                level[] = "--log-level=*:error";
    char *args[] = {name, no_huge, no_pci, no_telemetry, no_conf, m, mb, simd, level, NULL};
    return rte_eal_init(sizeof args / sizeof args[0] - 1, args) >= 0;
}

void fibpeer_stop(void)
{
    rte_eal_cleanup();
}

static bool create(struct fibpeer *p, uint32_t max_prefixes)
{
    uint32_t tbl8 = 32767;
    struct rte_fib_conf four = {.type = RTE_FIB_DIR24_8, .max_routes = (int)max_prefixes};
    struct rte_fib6_conf six = {.type = RTE_FIB6_TRIE, .max_routes = (int)max_prefixes};
    struct rte_lpm_config lpm = {.max_rules = max_prefixes, .number_tbl8s = tbl8};
    four.dir24_8.nh_sz = RTE_FIB_DIR24_8_2B;
    four.dir24_8.num_tbl8 = tbl8;
    six.trie.nh_sz = RTE_FIB6_TRIE_4B;
    six.trie.num_tbl8 = 3 * max_prefixes; // it reserves for the worst case
    switch (p->kind) {
    case FIBPEER_FIB:
        return (p->fib = rte_fib_create("fibpeer", 0, &four)) != NULL;
    case FIBPEER_FIB6:
        return (p->fib6 = rte_fib6_create("fibpeer", 0, &six)) != NULL;
    case FIBPEER_LPM:
        return (p->lpm = rte_lpm_create("fibpeer", 0, &lpm)) != NULL;
    }
    return false;
}

struct fibpeer *fibpeer_new(enum fibpeer_kind kind, uint32_t max_prefixes)
{
    struct fibpeer *p = calloc(1, sizeof *p);
    if (!p)
        abort();
    p->kind = kind;
    p->bytes_before = heap_bytes();
    if (!create(p, max_prefixes)) {
        fprintf(stderr, "fibpeer: DPDK cannot make a table of %u prefixes\n", max_prefixes);
        exit(1);
    }
    return p;
}

void fibpeer_free(struct fibpeer *p)
{
    rte_fib_free(p->fib);
    rte_fib6_free(p->fib6);
    rte_lpm_free(p->lpm);
    free(p);
}

bool fibpeer_vector(struct fibpeer *p, bool on)
{
    if (p->kind == FIBPEER_FIB)
        return rte_fib_select_lookup(p->fib, on ? RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512
                                                : RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO) == 0;
    if (p->kind == FIBPEER_FIB6)
        return rte_fib6_select_lookup(p->fib6, on ? RTE_FIB6_LOOKUP_TRIE_VECTOR_AVX512
                                                  : RTE_FIB6_LOOKUP_TRIE_SCALAR) == 0;
    return !on;
}

size_t fibpeer_bytes(const struct fibpeer *p)
{
    return heap_bytes() - p->bytes_before;
}

bool fibpeer_set(struct fibpeer *p, struct prefix x, uint16_t value)
{
    return p->lpm ? rte_lpm_add(p->lpm, x.addr, x.len, value) == 0
                  : rte_fib_add(p->fib, x.addr, x.len, value) == 0;
}

bool fibpeer_del(struct fibpeer *p, struct prefix x)
{
    return p->lpm ? rte_lpm_delete(p->lpm, x.addr, x.len) == 0
                  : rte_fib_delete(p->fib, x.addr, x.len) == 0;
}

bool fibpeer_set6(struct fibpeer *p, struct prefix6 x, uint16_t value)
{
    return rte_fib6_add(p->fib6, fibpeer_addr6(x.addr).byte, x.len, value) == 0;
}

bool fibpeer_del6(struct fibpeer *p, struct prefix6 x)
{
    return rte_fib6_delete(p->fib6, fibpeer_addr6(x.addr).byte, x.len) == 0;
}

void fibpeer_lookup(struct fibpeer *p, ip4_addr *dst, uint64_t *values, unsigned n)
{
    if (!p->lpm) {
        rte_fib_lookup_bulk(p->fib, dst, values, (int)n);
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        uint32_t value;
        values[i] = rte_lpm_lookup(p->lpm, dst[i], &value) == 0 ? value : 0;
    }
}

void fibpeer_lookup6(struct fibpeer *p, struct fibpeer_addr6 *dst, uint64_t *values, unsigned n)
{
    rte_fib6_lookup_bulk(p->fib6, (uint8_t(*)[16])dst, values, (int)n);
}

#else

bool fibpeer_start(void)
{
    return false;
}
void fibpeer_stop(void)
{
}
struct fibpeer *fibpeer_new(enum fibpeer_kind kind, uint32_t max_prefixes)
{
    (void)kind, (void)max_prefixes;
    abort();
}
void fibpeer_free(struct fibpeer *p)
{
    (void)p;
}
bool fibpeer_vector(struct fibpeer *p, bool on)
{
    (void)p, (void)on;
    abort();
}
size_t fibpeer_bytes(const struct fibpeer *p)
{
    (void)p;
    abort();
}
bool fibpeer_set(struct fibpeer *p, struct prefix x, uint16_t value)
{
    (void)p, (void)x, (void)value;
    abort();
}
bool fibpeer_del(struct fibpeer *p, struct prefix x)
{
    (void)p, (void)x;
    abort();
}
bool fibpeer_set6(struct fibpeer *p, struct prefix6 x, uint16_t value)
{
    (void)p, (void)x, (void)value;
    abort();
}
bool fibpeer_del6(struct fibpeer *p, struct prefix6 x)
{
    (void)p, (void)x;
    abort();
}
void fibpeer_lookup(struct fibpeer *p, ip4_addr *dst, uint64_t *values, unsigned n)
{
    (void)p, (void)dst, (void)values, (void)n;
    abort();
}
void fibpeer_lookup6(struct fibpeer *p, struct fibpeer_addr6 *dst, uint64_t *values, unsigned n)
{
    (void)p, (void)dst, (void)values, (void)n;
    abort();
}
#endif

struct fibpeer_addr6 fibpeer_addr6(struct ip6_addr a)
{
    struct fibpeer_addr6 out;
    for (unsigned i = 0; i < 8; i++) {
        out.byte[i] = (uint8_t)(a.hi >> (56 - 8 * i));
        out.byte[8 + i] = (uint8_t)(a.lo >> (56 - 8 * i));
    }
    return out;
}
