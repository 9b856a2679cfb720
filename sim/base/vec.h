// SPDX-License-Identifier: GPL-3.0-or-later
// vec: a growing array of any type, as macros over a struct { T *v; size_t n, cap; }.
//
//     VEC(int) xs = {0};
//     vec_push(&xs, 7);
//     for (size_t i = 0; i < xs.n; i++) use(xs.v[i]);
//     vec_free(&xs);
//
// Owned by whoever declares it; grows with xrealloc, so a pointer into it dies at the next push.
#ifndef ANYSIM_BASE_VEC_H
#define ANYSIM_BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *v;                                                                                      \
        size_t n, cap;                                                                             \
    }

#define vec_reserve(x, want)                                                                       \
    do {                                                                                           \
        if ((want) > (x)->cap) {                                                                   \
            (x)->cap = (want) > 2 * (x)->cap ? (want) : 2 * (x)->cap;                              \
            (x)->v = xrealloc((x)->v, (x)->cap * sizeof *(x)->v);                                  \
        }                                                                                          \
    } while (0)

#define vec_push(x, item)                                                                          \
    do {                                                                                           \
        vec_reserve((x), (x)->n + 1);                                                              \
        (x)->v[(x)->n++] = (item);                                                                 \
    } while (0)

// Adds one zeroed element and gives a pointer to it (valid until the next push).
#define vec_add(x)                                                                                 \
    (((x)->n == (x)->cap ? (void)((x)->cap = (x)->cap ? 2 * (x)->cap : 8,                          \
                                  (x)->v = xrealloc((x)->v, (x)->cap * sizeof *(x)->v))            \
                         : (void)0),                                                               \
     memset(&(x)->v[(x)->n], 0, sizeof *(x)->v), &(x)->v[(x)->n++])

#define vec_free(x)                                                                                \
    do {                                                                                           \
        free((x)->v);                                                                              \
        (x)->v = NULL;                                                                             \
        (x)->n = (x)->cap = 0;                                                                     \
    } while (0)

#include <stdlib.h>
#include <string.h>

#endif
