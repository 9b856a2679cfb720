// SPDX-License-Identifier: GPL-3.0-or-later
// summary.json holds the contract's keys, parses back and has the same bytes each time.
#include "fake.h"
#include "report/json.h"
#include "unit.h"

#include <stdlib.h>

static char *written(const struct results *r)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    json_summary(r, f);
    fclose(f);
    return text;
}

static const json_t *find(const json_t *root, const char *service, const char *network,
                          const char *region, const char *phase)
{
    size_t i;
    json_t *c;
    json_array_foreach(json_object_get(root, "clients"), i, c)
    {
        if (!strcmp(json_string_value(json_object_get(c, "service")), service) &&
            !strcmp(json_string_value(json_object_get(c, "network")), network) &&
            !strcmp(json_string_value(json_object_get(c, "region")), region) &&
            !strcmp(json_string_value(json_object_get(c, "phase")), phase))
            return c;
    }
    return NULL;
}

static void contract(void)
{
    static const char *const keys[] = {"service",   "network",  "region",       "phase",
                                       "sent",      "received", "availability", "rtt_ms",
                                       "jitter_ms", "loss",     "failover_s",   "site"};
    static struct fake k;
    fake_init(&k, "contract");
    char *text = written(&k.results);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(root);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "seed")), 42);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "input_hash")),
                           "0123456789abcdef");
    CU_ASSERT_TRUE(json_is_null(json_object_get(root, "variant")));
    const json_t *sum = json_object_get(root, "conservation");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(sum, "sent")),
                    json_integer_value(json_object_get(sum, "delivered")) +
                        json_integer_value(json_object_get(sum, "dropped")) +
                        json_integer_value(json_object_get(sum, "in_flight")));
    size_t i;
    json_t *client;
    CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "clients")), (size_t)k.results.nclients);
    json_array_foreach(json_object_get(root, "clients"), i,
                       client) for (size_t n = 0; n < sizeof keys / sizeof keys[0]; n++)
        CU_ASSERT_PTR_NOT_NULL(json_object_get(client, keys[n]));
    json_decref(root);
    free(text);
    fake_free(&k);
}

static void values(void)
{
    static struct fake k;
    fake_init(&k, "values");
    char *text = written(&k.results);
    json_t *root = json_loads(text, 0, NULL);
    const json_t *c = find(root, "eip", "telecom", "hebei", "outage");
    CU_ASSERT_PTR_NOT_NULL_FATAL(c);
    // 5 requests a second for 60 s; those of the first 1.4 s are lost.
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(c, "sent")), 300);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(c, "received")), 293);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(c, "availability")), 0.976667, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(json_real_value(json_object_get(c, "failover_s")), 1.4, 1e-12);
    const json_t *loss = json_object_get(c, "loss");
    const json_t *causes = json_object_get(loss, "by_cause");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(loss, "total")), 7);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(causes, "link-down")), 1);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(causes, "no-route")), 6);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(c, "site")), "xian");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_object_get(c, "catchment"), "xian")),
                    293);
    c = find(root, "plain", "telecom", "hebei", "outage");
    CU_ASSERT_TRUE(json_is_null(json_object_get(c, "failover_s")));
    CU_ASSERT_TRUE(json_is_false(json_object_get(json_object_get(c, "failover"), "restored")));
    CU_ASSERT_TRUE(json_is_null(json_object_get(json_object_get(c, "rtt_ms"), "p50")));
    CU_ASSERT_TRUE(json_is_null(json_object_get(c, "site")));
    c = find(root, "plain", "telecom", "hebei", "before");
    CU_ASSERT_TRUE(json_is_null(json_object_get(c, "failover")));
    json_decref(root);
    free(text);
    fake_free(&k);
}

static void links_without_a_figure(void)
{
    static const char *const keys[] = {"utilisation_mean", "utilisation_max"};
    static struct fake k;
    fake_init(&k, "x");
    fake_outage_without_bucket(&k);
    char *text = written(&k.results);
    json_t *root = json_loads(text, 0, NULL);
    const json_t *link = json_array_get(json_object_get(root, "links"), 0);
    for (int i = 0; i < 2; i++) {
        const json_t *phases = json_object_get(link, keys[i]);
        CU_ASSERT_TRUE(json_is_null(json_object_get(phases, "outage")));
        CU_ASSERT_TRUE(json_is_real(json_object_get(phases, "before")));
    }
    json_decref(root);
    free(text);
    fake_free(&k);
}

static void same_bytes(void)
{
    static struct fake a, b;
    fake_init(&a, "same");
    fake_init(&b, "same");
    char *x = written(&a.results), *y = written(&b.results);
    CU_ASSERT_STRING_EQUAL(x, y);
    free(x);
    free(y);
    fake_free(&a);
    fake_free(&b);
}

static void rounding(void)
{
    json_t *a = json_pack("[o,o,o]", json_real_or_null(0.1 + 0.2, 6), json_real_or_null(NAN, 6),
                          json_real_or_null(-1e-12, 6));
    char *text = json_dumps(a, JSON_REAL_PRECISION(15) | JSON_COMPACT);
    CU_ASSERT_STRING_EQUAL(text, "[0.3,null,0.0]");
    free(text);
    json_decref(a);
}

UNIT_MAIN("report/json", {"contract", contract}, {"values", values}, {"same_bytes", same_bytes},
          {"rounding", rounding}, {"links_without_a_figure", links_without_a_figure})
