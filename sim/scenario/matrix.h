// SPDX-License-Identifier: GPL-3.0-or-later
// matrix: files of traffic matrices, told apart by how they begin. From whom to whom, by the names
// that the file uses, and how much.
//
//   CSV        a header row with from, to and rate; a rate has a unit, or is a plain number
//   SNDlib     native ("?SNDlib native format", sections NODES and DEMANDS) and XML (<demand> with
//              <source>, <target>, <demandValue>, in a <network> or a matrix of its own); plain
//              numbers (S. Orlowski et al., SNDlib 1.0, Networks 55(3), 2010)
//   Repetita   "DEMANDS n", a line of column names, then label, source, destination and a plain
//              number; nodes are numbers from 0 (S. Gay et al., REPETITA, arXiv:1710.08665)
//
// A demand from a node to itself is left out; so is one of 0.
#ifndef ANYSIM_SCENARIO_MATRIX_H
#define ANYSIM_SCENARIO_MATRIX_H

#include "base/vec.h"
#include "scenario/schema.h"

struct matrix_row {
    struct text from, to;
    double value; // a rate in bit/s, or a plain number
    bool plain;
};

struct matrix {
    VEC(struct matrix_row) rows; // names live in the arena, the vector does not
    bool numbered;               // nodes are numbers from 0
    int64_t unit_bps;            // what a plain 1 usually is in this kind of file
};

// Reads the file that `name` names. False after a diagnostic; matrix_free in any case.
bool matrix_read(struct input *in, const struct text *name, struct matrix *out);
// The same for a text, which messages call `path`.
bool matrix_read_text(struct input *in, const char *path, const char *text, size_t len,
                      struct matrix *out);
void matrix_free(struct matrix *m);

// --- for the readers, a file each
struct matrix_file {
    struct input *in;
    const char *path, *text;
    size_t len;
    struct matrix *out;
};
void matrix_read_csv(struct matrix_file *f);
void matrix_read_native(struct matrix_file *f);
void matrix_read_xml(struct matrix_file *f);
void matrix_read_repetita(struct matrix_file *f);

// One row; a value that is no number, or a negative one, is a diagnostic.
void matrix_add(struct matrix_file *f, struct text from, struct text to, struct text value);

#endif
