// SPDX-License-Identifier: GPL-3.0-or-later
// file: whole files in, and result files out that appear only when they are complete.
#ifndef ANYSIM_BASE_FILE_H
#define ANYSIM_BASE_FILE_H

#include "base/arena.h"
#include <stdbool.h>
#include <stdio.h>

// Reads all of `path` into `a`, NUL added after the last byte. `.gz`, `.bz2` and `.zst` are
// decompressed; `max` bounds the result. Returns NULL and sets *why (a static or arena text) when
// it cannot be read or is larger than `max` bytes.
char *file_read(struct arena *a, const char *path, size_t max, size_t *len, const char **why);

// A directory of results that replaces the old one only when everything has been written: files go
// to DIR.partial-<pid>/, and outdir_commit renames. After a failure the old results are as before.
struct outdir {
    char *final; // where the results will stand
    char *work;  // where files are written meanwhile
    char error[256];
};

bool outdir_open(struct outdir *o, const char *dir);   // makes missing parents
FILE *outdir_file(struct outdir *o, const char *name); // sub/dirs are made; NULL and o->error
bool outdir_close(struct outdir *o, FILE *f);          // false on a write error, e.g. disk full
bool outdir_commit(struct outdir *o);                  // renames; frees o
void outdir_abort(struct outdir *o);                   // removes what was written; frees o
// Commits when all was written (`whole`), else aborts. True when the new results stand.
bool outdir_finish(struct outdir *o, bool whole);

bool make_dirs(const char *path); // mkdir -p

// One file, written whole: opens PATH.partial-<pid>[-<n>]; whole_file_close renames it and frees
// `tmp`. A symbolic link stays: what it leads to is written. A path that is no regular file (a pipe,
// /dev/null) is written directly, and `tmp` is NULL. NULL or false on error, errno says why.
FILE *whole_file_open(const char *path, char **tmp);
bool whole_file_close(FILE *f, const char *path, char *tmp);
void whole_file_abandon(FILE *f, char *tmp); // removes what was written; frees `tmp`

#endif
