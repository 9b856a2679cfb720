// SPDX-License-Identifier: GPL-3.0-or-later
// The policy language: what it reads, prints again, and refuses.
#include "policy/policy.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

struct one { // a policy called "main", and another "other"
    struct arena a;
    struct diag *d;
    struct policies all;
    bool ok;
};

static struct one read_text(const char *text)
{
    struct one o = {.d = diag_new()};
    const struct policy_text texts[] = {{"main", {"x", 1, 1, 4}, text, {"x", 2, 3, 0}},
                                        {"other", {"x", 90, 1, 5}, "accept", {"x", 91, 3, 0}}};
    arena_init(&o.a);
    o.ok = policies_read(&o.a, o.d, texts, 2, &o.all);
    return o;
}

static void drop(struct one *o)
{
    diag_free(o->d);
    arena_free(&o->a);
}

static char *printed(const struct policies *all)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    policy_print_sets(all, f);
    policy_print(&all->v[0], f);
    fclose(f);
    return text;
}

// Each prints as itself, and what it prints is read as the same again.
static void prints_what_it_reads(void)
{
    static const char *const texts[] = {
        "accept\n",
        "reject\n",
        "if prefix in 203.0.113.0/24 le 32 and as-path \"^64500 .* 4134$\" and not community "
        "64500:70: local-pref 300, med 20, add community 64500:1, prepend 2, next-hop self, "
        "accept\nreject\n",
        "define bogons = [10.0.0.0/8 le 32, 192.168.0.0/16 ge 17 le 24, 0.0.0.0/0]\n"
        "if prefix in bogons: reject\n",
        "if prefix in [10.0.0.0/8 ge 9, 192.168.0.0/16]: return\n",
        "if (relation customer or relation sibling) and (med > 5 or not (med < 3 and rov valid)): "
        "accept\n",
        "if not not any: accept\n",
        "if (any and any) and any or (any or any): accept\n",
        "if as-path length >= 5 and local-pref != 100 and weight = 0: weight 10, weight +1\n",
        "if origin-as 64500 or origin-as [1-5, 64500]: origin incomplete\n",
        "if origin igp and source ebgp: med none\n",
        "if at south: aigp igp, aigp +5, aigp none, aigp 7\n",
        "if neighbour telecom or neighbour 4134 or neighbour telecom/beijing-1: med igp\n",
        "if community 64500:* or community *:100-199 or community no-export: med +10, med -10\n",
        "if large-community 64500:*:1-9 or ext-community rt:64500:*: remove community 64500:*\n",
        "set community none, set large-community 1:2:3, add ext-community soo:4200000000:7\n",
        "call other, prepend 3 64511, remove ext-community rt:64500:1-5, return\n",
        "if rov not-found and learnt own and source own: local-pref +10, accept\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct one first = read_text(texts[i]);
        CU_ASSERT(first.ok);
        diag_print(first.d, stdout, false);
        char *text = printed(&first.all);
        CU_ASSERT_STRING_EQUAL(text, texts[i]);
        struct one second = read_text(text);
        char *again = printed(&second.all);
        CU_ASSERT_STRING_EQUAL(again, text);
        free(text);
        free(again);
        drop(&first);
        drop(&second);
    }
}

static void layout_does_not_matter(void)
{
    struct one o = read_text("# first\n\n  if any: accept # all\r\n"
                             "define s=[ 10.0.0.0/8 , # private\n\n   11.0.0.0/8\n]\n\t"
                             "if (prefix s\n and any) : reject");
    char *text = printed(&o.all);
    CU_ASSERT(o.ok);
    CU_ASSERT_STRING_EQUAL(text, "define s = [10.0.0.0/8, 11.0.0.0/8]\n"
                                 "if any: accept\nif prefix in s and any: reject\n");
    CU_ASSERT_EQUAL(o.all.v[0].rules[0].at.line, 4);
    CU_ASSERT_EQUAL(o.all.v[0].rules[0].at.col, 5);
    free(text);
    drop(&o);
}

static const struct {
    const char *text, *message;
} wrong[] = {
    {"accpt", "x:2:3: error: expected an action, found 'accpt'\n"
              "   did you mean 'accept'?\n"},
    {"if preffix in 10.0.0.0/8: accept", "x:2:6: error: expected a condition, found 'preffix'\n"
                                         "   did you mean 'prefix'?\n"},
    {"if prefix in 10.0.0.1/8: accept",
     "x:2:16: error: prefix '10.0.0.1/8' has bits set behind its length\n"},
    {"if prefix in 10.0.0/8: accept",
     "x:2:16: error: '10.0.0/8' is no IPv4 prefix: write 203.0.113.0/24\n"},
    {"if prefix in bogon: accept\ndefine bogons = [10.0.0.0/8]",
     "x:2:16: error: 'bogon' is neither a prefix nor a defined set\n"
     "   did you mean 'bogons'?\n"},
    {"if prefix in 10.0.0.0/8 ge 7: accept",
     "x:2:30: error: expected a length from 8 to 32, found '7'\n"},
    {"if any accept", "x:2:10: error: expected ':', found 'accept'\n"},
    {"if any:", "x:2:10: error: expected an action, found the end of the policy\n"},
    {"if any:\naccept", "x:2:10: error: expected an action, found the end of the line\n"},
    {"accept, reject", "x:2:9: error: nothing can follow accept, reject and return\n"},
    {"accept reject", "x:2:10: error: expected ',' or the end of the line, found 'reject'\n"},
    {"if (any: accept", "x:2:10: error: expected ')', found ':'\n"},
    {"if as-path \"^1 (2$\": accept", "x:2:21: error: as-path pattern: expected ')'\n"},
    {"if as-path \"^1: accept", "x:2:14: error: the string does not end on this line\n"},
    {"if as-path 1: accept",
     "x:2:14: error: expected a pattern in double quotes, or 'length', found '1'\n"},
    {"if community 70000:1: accept",
     "x:2:16: error: community '70000:1': each part is a number from 0 to 65535, a range of "
     "two, or *\n"},
    {"add community 64500:*", "x:2:17: error: community '64500:*': exactly one community is "
                              "meant here: no '*' and no range\n"},
    {"add community 1:2:3", "x:2:17: error: community '1:2:3': a community has fewer parts\n"},
    {"add large-community 1:2",
     "x:2:23: error: large-community '1:2': a community has more parts\n"},
    {"add ext-community 1:2",
     "x:2:21: error: ext-community '1:2': write rt:64500:1 or soo:64500:1\n"},
    {"call othr", "x:2:8: error: there is no policy 'othr'\n   did you mean 'other'?\n"},
    {"call main", "x:2:8: error: policy 'main' calls itself, or more than 32 others inside "
                  "each other\n"},
    {"if relation friend: accept",
     "x:2:15: error: expected a relation: customer, peer, provider, sibling or ibgp, "
     "found 'friend'\n"},
    {"med 20 %\nreject all", "x:2:10: error: '%' means nothing here\n"
                             "x:3:10: error: expected ',' or the end of the line, found 'all'\n"},
    {"local-pref 4294967296",
     "x:2:14: error: expected a number, +number or -number, found '4294967296'\n"},
    {"prepend 65", "x:2:11: error: expected a number of copies from 1 to 64, found '65'\n"},
    {"define 1 = [10.0.0.0/8]", "x:2:10: error: the name of a set has letters, digits, - and "
                                "_, and begins with no digit\n"},
    {"define s = [10.0.0.0/8]\ndefine s = [11.0.0.0/8]",
     "x:3:10: error: set 's' is defined twice, first on line 2\n"},
    {"define s = [10.0.0.0/8, oops]", "x:2:27: error: 'oops' is no IPv4 prefix: write "
                                      "203.0.113.0/24\n"},
    {"define s = 10.0.0.0/8", "x:2:14: error: expected '[', found '10.0.0.0/8'\n"},
};

static void says_what_is_wrong_and_where(void)
{
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct one o = read_text(wrong[i].text);
        char *text;
        size_t len;
        FILE *f = open_memstream(&text, &len);
        diag_print(o.d, f, false);
        fclose(f);
        CU_ASSERT(!o.ok);
        CU_ASSERT_STRING_EQUAL(text, wrong[i].message);
        if (strcmp(text, wrong[i].message) != 0)
            printf("%s\n-> %s", wrong[i].text, text);
        free(text);
        drop(&o);
    }
}

static void nesting_is_bounded(void)
{
    char text[4096] = "if ";
    for (int i = 0; i < 1000; i++)
        strcat(text, i % 2 ? "(" : "not ");
    struct one o = read_text(text);
    CU_ASSERT(!o.ok);
    CU_ASSERT_EQUAL(diag_errors(o.d), 1);
    drop(&o);
}

static void collect(void *ctx, const struct policy_expr *e)
{
    char *all = ctx;
    sprintf(all + strlen(all), "%s@%d:%d ", e->name, e->at.line, e->at.col);
}

static void tells_names_and_deeds(void)
{
    char names[100] = "";
    struct srcpos at;
    struct one o = read_text("if not (neighbour a or neighbour 7 and at d): call other\n"
                             "if neighbour b/c-1: next-hop self\n");
    CU_ASSERT(o.ok);
    policies_names(&o.all, collect, names);
    CU_ASSERT_STRING_EQUAL(names, "a@2:21 d@2:45 b/c-1@3:16 ");
    CU_ASSERT(policy_does(&o.all.v[0], POLICY_DO_ACCEPT, &at));
    CU_ASSERT_EQUAL(at.line, 91);
    CU_ASSERT(policy_does(&o.all.v[0], POLICY_DO_NEXT_HOP_SELF, NULL));
    CU_ASSERT(!policy_does(&o.all.v[0], POLICY_DO_REJECT, NULL));
    CU_ASSERT_PTR_EQUAL(policies_find(&o.all, "other"), &o.all.v[1]);
    CU_ASSERT_PTR_NULL(policies_find(&o.all, "nobody"));
    drop(&o);
}

UNIT_MAIN("policy-policy", {"prints_what_it_reads", prints_what_it_reads},
          {"layout_does_not_matter", layout_does_not_matter},
          {"says_what_is_wrong_and_where", says_what_is_wrong_and_where},
          {"nesting_is_bounded", nesting_is_bounded},
          {"tells_names_and_deeds", tells_names_and_deeds})
