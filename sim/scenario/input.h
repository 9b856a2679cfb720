// SPDX-License-Identifier: GPL-3.0-or-later
// input: the files that a scenario is made of. One `struct input` goes through all readers of one
// load: it owns nothing, but knows where memory and messages go and hashes every byte that is read,
// so that results can name exactly what they were made from.
#ifndef ANYSIM_SCENARIO_INPUT_H
#define ANYSIM_SCENARIO_INPUT_H

#include "base/arena.h"
#include "base/diag.h"
#include <stdint.h>

#define INPUT_YAML_MAX  (16u << 20) // bytes of a YAML file
#define INPUT_GRAPH_MAX (64u << 20) // bytes of a GML or GraphML file

struct input {
    struct arena *a;
    struct diag *d;
    uint64_t hash; // of the bytes of every file read so far, in order
};

// The path of `name` as written in file `from`: relative names start at the folder of `from`.
// "a/../b" is shortened where that names the same file.
const char *input_path(struct input *in, const char *from, const char *name);

// Reads a whole file, and skips a UTF-8 byte-order mark. NULL after a diagnostic at `named`, the
// place that names the file (line 0: the command line, which makes it a missing input).
const char *input_read(struct input *in, const char *path, struct srcpos named, size_t max,
                       size_t *len);

#endif
