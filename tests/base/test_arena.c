// SPDX-License-Identifier: GPL-3.0-or-later
// arena, and vec, which grows with the arena's xrealloc.
#include "unit.h"

#include "base/arena.h"
#include "base/rng.h"
#include "base/vec.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct piece {
    unsigned char *bytes;
    size_t size;
    unsigned char mark;
};

static bool all(const unsigned char *p, size_t n, unsigned char value)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != value)
            return false;
    return true;
}

// Pieces of every size come zeroed and aligned, and writing to one spoils no other.
static void pieces_are_apart(void)
{
    enum { N = 4000 };
    struct arena a;
    static struct piece pieces[N];
    gsl_rng *r = rng_stream(1, "arena", "sizes");
    unsigned bad = 0;
    size_t asked = 0;
    arena_init(&a);
    for (int i = 0; i < N; i++) {
        size_t size = gsl_rng_uniform_int(r, 1u << gsl_rng_uniform_int(r, 19));
        pieces[i] = (struct piece){arena_alloc(&a, size), size, (unsigned char)(1 + i % 255)};
        bad += !pieces[i].bytes || (uintptr_t)pieces[i].bytes % _Alignof(max_align_t) != 0;
        bad += !all(pieces[i].bytes, size, 0);
        memset(pieces[i].bytes, pieces[i].mark, size);
        asked += size;
    }
    for (int i = 0; i < N; i++)
        bad += !all(pieces[i].bytes, pieces[i].size, pieces[i].mark);
    CU_ASSERT_EQUAL(bad, 0);
    CU_ASSERT(a.total >= asked);
    arena_free(&a);
    gsl_rng_free(r);
}

static void empty_pieces(void)
{
    struct arena a;
    arena_init(&a);
    void *p = arena_alloc(&a, 0), *q = arena_alloc(&a, 0);
    CU_ASSERT(p && q && p != q);
    arena_free(&a);
}

static void used_again_after_free(void)
{
    struct arena a;
    arena_init(&a);
    arena_free(&a); // nothing in it yet
    memset(arena_alloc(&a, 100), 0xff, 100);
    arena_free(&a);
    CU_ASSERT_EQUAL(a.total, 0);
    const unsigned char *p = arena_alloc(&a, 100);
    CU_ASSERT(all(p, 100, 0));
    CU_ASSERT(a.total > 0);
    arena_free(&a);
}

// What is taken from the system stays close to what was asked for.
static void block_sizes(void)
{
    struct arena a;
    arena_init(&a);
    for (int i = 0; i < 100; i++)
        arena_alloc(&a, 16);
    size_t one = a.total;
    CU_ASSERT(one >= 1600 && one < 200000);
    memset(arena_alloc(&a, 1000000), 1, 1000000);
    CU_ASSERT(a.total >= one + 1000000 && a.total < one + 1100000);
    arena_free(&a);
}

static void strings(void)
{
    struct arena a;
    arena_init(&a);
    char from[] = "Beijing";
    char *copy = arena_strdup(&a, from), *empty = arena_strdup(&a, "");
    char *part = arena_strndup(&a, from, 3), *none = arena_strndup(&a, from, 0);
    from[0] = 'x';
    CU_ASSERT_STRING_EQUAL(copy, "Beijing");
    CU_ASSERT_STRING_EQUAL(empty, "");
    CU_ASSERT_STRING_EQUAL(part, "Bei");
    CU_ASSERT_STRING_EQUAL(none, "");
    CU_ASSERT_STRING_EQUAL(arena_printf(&a, "%s-%d", copy, 42), "Beijing-42");
    CU_ASSERT_STRING_EQUAL(arena_printf(&a, "%s", ""), "");
    const char *wide = arena_printf(&a, "%100000d", 7); // more than a block
    CU_ASSERT(strlen(wide) == 100000 && wide[99999] == '7' && wide[0] == ' ');
    arena_free(&a);
}

static void typed(void)
{
    struct arena a;
    arena_init(&a);
    struct piece *one = arena_new(&a, struct piece), *many = arena_array(&a, struct piece, 10);
    CU_ASSERT(!one->bytes && one->size == 0);
    CU_ASSERT(all((const unsigned char *)many, 10 * sizeof *many, 0));
    arena_free(&a);
}

// Too much memory ends the program with a status of its own, and does not come back.
static int exit_of(void (*fn)(void))
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(98);
        fn();
        _exit(99);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                           : -1;
}

static void ask_arena(void)
{
    struct arena a;
    arena_init(&a);
    arena_alloc(&a, SIZE_MAX - 8);
}

static void ask_malloc(void)
{
    void *volatile p = xmalloc((size_t)PTRDIFF_MAX - 4096);
    (void)p;
}

static void ask_calloc(void)
{
    void *volatile p = xcalloc(SIZE_MAX / 4, 8); // the product does not fit
    (void)p;
}

static void ask_realloc(void)
{
    void *volatile p = xrealloc(NULL, (size_t)PTRDIFF_MAX - 4096);
    (void)p;
}

// AddressSanitizer's allocator ends the program by itself, and differently.
#if defined(__SANITIZE_ADDRESS__)
static const bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif
#else
static const bool sanitized = false;
#endif

static void out_of_memory(void)
{
    CU_ASSERT_EQUAL(exit_of(ask_arena), 70); // refused before anything is asked for
    if (sanitized) {
        unit_skip("AddressSanitizer answers a malloc that is too large");
        return;
    }
    CU_ASSERT_EQUAL(exit_of(ask_malloc), 70);
    CU_ASSERT_EQUAL(exit_of(ask_calloc), 70);
    CU_ASSERT_EQUAL(exit_of(ask_realloc), 70);
}

static void size_nought(void)
{
    void *p = xmalloc(0), *q = xcalloc(0, 8), *s = xrealloc(NULL, 0);
    CU_ASSERT(p && q && s);
    free(p);
    free(q);
    free(s);
}

static void vec_grows(void)
{
    VEC(uint64_t) xs = {0};
    for (uint64_t i = 0; i < 10000; i++)
        vec_push(&xs, i * i);
    CU_ASSERT(xs.n == 10000 && xs.cap >= xs.n && xs.cap < 3 * xs.n);
    unsigned bad = 0;
    for (uint64_t i = 0; i < xs.n; i++)
        bad += xs.v[i] != i * i;
    CU_ASSERT_EQUAL(bad, 0);
    vec_free(&xs);
    CU_ASSERT(xs.v == NULL && xs.n == 0 && xs.cap == 0);
    vec_push(&xs, 5); // and may be used again
    CU_ASSERT(xs.n == 1 && xs.v[0] == 5);
    vec_free(&xs);
}

static void vec_reserves(void)
{
    VEC(int) xs = {0};
    vec_reserve(&xs, 100);
    CU_ASSERT(xs.cap >= 100 && xs.n == 0);
    const int *before = xs.v;
    for (int i = 0; i < 100; i++)
        vec_push(&xs, i);
    CU_ASSERT_PTR_EQUAL(xs.v, before);
    vec_reserve(&xs, 10);
    CU_ASSERT_PTR_EQUAL(xs.v, before);
    CU_ASSERT(xs.n == 100 && xs.v[99] == 99);
    vec_free(&xs);
}

static void vec_adds_zeroed(void)
{
    VEC(struct piece) xs = {0};
    unsigned bad = 0;
    for (size_t i = 0; i < 1000; i++) {
        struct piece *p = vec_add(&xs);
        bad += p != &xs.v[i] || p->bytes || p->size || p->mark;
        *p = (struct piece){NULL, i, 0xff};
    }
    for (size_t i = 0; i < 1000; i++)
        bad += xs.v[i].size != i || xs.v[i].mark != 0xff;
    xs.n = 0; // elements are zeroed even where old ones lay
    bad += vec_add(&xs)->mark != 0;
    CU_ASSERT_EQUAL(bad, 0);
    vec_free(&xs);
}

UNIT_MAIN("arena", {"pieces_are_apart", pieces_are_apart}, {"empty_pieces", empty_pieces},
          {"used_again_after_free", used_again_after_free}, {"block_sizes", block_sizes},
          {"strings", strings}, {"typed", typed}, {"out_of_memory", out_of_memory},
          {"size_nought", size_nought}, {"vec_grows", vec_grows}, {"vec_reserves", vec_reserves},
          {"vec_adds_zeroed", vec_adds_zeroed})
