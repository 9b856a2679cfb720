// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of traffic matrices: the text is a file of any of the formats. What is read without an
// error is names and finite rates above 0.
#include "scenario/input.h"
#include "scenario/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena a;
    struct matrix m;
    arena_init(&a);
    struct diag *d = diag_new();
    struct input in = {&a, d, 0};
    char *text = arena_alloc(&a, size + 1);
    memcpy(text, data, size);
    bool ok = matrix_read_text(&in, "fuzz", text, size, &m);
    if (ok != (diag_errors(d) == 0))
        abort(); // an error without a word, or a word without an error
    for (size_t i = 0; i < m.rows.n; i++)
        if (!m.rows.v[i].from.s || !m.rows.v[i].to.s || !isfinite(m.rows.v[i].value) ||
            m.rows.v[i].value <= 0)
            abort();
    matrix_free(&m);
    diag_free(d);
    arena_free(&a);
    return 0;
}
