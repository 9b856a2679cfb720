// SPDX-License-Identifier: GPL-3.0-or-later
// matrix: what the readers make of each format, of what is odd but allowed, and of real files where the
// data has some (folder demands/: SNDlib's and Repetita's, as they were published).
#include "unit.h"

#include "base/file.h"
#include "scenario/input.h"
#include "scenario/matrix.h"

#include <dirent.h>
#include <stdio.h>

static bool read_text(struct arena *a, const char *text, struct matrix *m)
{
    struct diag *d = diag_new();
    struct input in = {a, d, 0};
    bool ok = matrix_read_text(&in, "test", text, strlen(text), m);
    diag_free(d);
    return ok;
}

// "from>to value" of every row, plain numbers with a star.
static char *rows(struct arena *a, const struct matrix *m)
{
    char *s = arena_strdup(a, "");
    for (size_t i = 0; i < m->rows.n; i++)
        s = arena_printf(a, "%s%s%s>%s %g%s", s, i ? ", " : "", m->rows.v[i].from.s,
                         m->rows.v[i].to.s, m->rows.v[i].value, m->rows.v[i].plain ? "*" : "");
    return s;
}

static void check(const char *text, const char *expected)
{
    struct arena a;
    struct matrix m;
    arena_init(&a);
    bool ok = read_text(&a, text, &m);
    const char *found = ok ? rows(&a, &m) : "(error)";
    CU_ASSERT_STRING_EQUAL(found, expected);
    if (strcmp(found, expected) != 0)
        printf("\n  %s\n  instead of %s\n", found, expected);
    matrix_free(&m);
    arena_free(&a);
}

static void csv(void)
{
    check("from,to,rate\na,b,1.5Gbps\nb,a,2\n", "a>b 1.5e+09, b>a 2*");
    check("\nrate,label,to,from\n1e3,x,a,b\n", "b>a 1000*");
    check("from,to,rate\na,a,1\na,b,0\nb,a,3\n", "b>a 3*"); // to itself, nothing
    check("from,to,rate\na,b,-1\n", "(error)");
    check("from,to,rate\na,b,inf\n", "(error)");
    check("from,to,rate\na,b,0x10\n", "(error)");
    check("from,to,rate\na,b,5 apples\n", "(error)");
    check("from,to\na,b\n", "(error)");
    check("from,to,rate\n", "(error)"); // no demand
    check("", "(error)");
}

#define NATIVE "?SNDlib native format; type: network; version: 1.0\n"

static void native(void)
{
    check(NATIVE "DEMANDS (\n d ( a b ) 1 2.5 UNLIMITED\n)\n", "a>b 2.5*");
    check(NATIVE "META ( unit = MBITPERSEC ( x ) )\nNODES ( a ( 1 2 ) b ( 3 4 ) )\n"
                 "DEMANDS ( d (a b) 1 7 3 # said\n e ( b a ) 2 8 UNLIMITED )\n",
          "a>b 7*, b>a 8*");
    check(NATIVE "NODES ( a ( 1 2 ) )\nDEMANDS ( d ( a b ) 1 7 3 )\n", "(error)");
    check(NATIVE "DEMANDS ( d ( a b ) 1 7\n", "(error)");
    check(NATIVE "DEMANDS ( d ( a b ) 1 seven 3 )\n", "(error)");
    check(NATIVE "LINKS ( ( )\n", "(error)");
    check(NATIVE, "(error)");
}

static void xml(void)
{
    check("<demandMatrix><demand id='x'><source>a</source><target> b </target>"
          "<demandValue>\n 4.25 \n</demandValue></demand></demandMatrix>",
          "a>b 4.25*");
    check("<n xmlns='http://sndlib.zib.de/network'><nodes><node id='a'/><node id='b'/></nodes>"
          "<demands><demand><source>a</source><target>c</target><demandValue>1</demandValue>"
          "</demand></demands></n>",
          "(error)"); // c is unknown
    check("<n><demand><source>a</source><target>b</target></demand></n>", "(error)");
    check("<n><demand>", "(error)");
    check("<!DOCTYPE n [<!ENTITY e SYSTEM '/etc/hostname'>]><n><demand><source>&e;</source>"
          "<target>b</target><demandValue>1</demandValue></demand></n>",
          "(error)"); // no file is opened
}

static void repetita(void)
{
    struct arena a;
    struct matrix m;
    check("DEMANDS 2\nlabel src dest bw\nd0 0 1 175\nd1 1 0 20\n", "0>1 175*, 1>0 20*");
    check("DEMANDS 3\nlabel src dest bw\nd0 0 1 175\n", "(error)");
    check("DEMANDS 1\nlabel src dest bw\nd0 0 1 175\nd1 1 0 20\n", "(error)");
    check("DEMANDS -1\nlabel src dest bw\n", "(error)");
    arena_init(&a);
    CU_ASSERT(read_text(&a, "DEMANDS 1\nlabel src dest bw\nd0 0 1 175\n", &m));
    CU_ASSERT(m.numbered && m.unit_bps == 1000);
    matrix_free(&m);
    arena_free(&a);
}

static void real_files(void)
{
    const char *data = unit_data_dir();
    char path[1024];
    int files = 0;
    if (data)
        snprintf(path, sizeof path, "%s/demands", data);
    DIR *dir = data ? opendir(path) : NULL;
    for (const struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        struct arena a;
        struct matrix m;
        if (e->d_name[0] == '.' || strstr(e->d_name, ".md"))
            continue;
        arena_init(&a);
        struct diag *d = diag_new();
        struct input in = {&a, d, 0};
        snprintf(path, sizeof path, "%s/demands/%s", data, e->d_name);
        struct text name = {path, {.file = ""}};
        bool ok = matrix_read(&in, &name, &m);
        CU_ASSERT(ok);
        if (!ok)
            diag_print(d, stdout, false);
        matrix_free(&m);
        diag_free(d);
        arena_free(&a);
        files++;
    }
    if (dir)
        closedir(dir);
    if (files == 0)
        unit_skip("no folder demands/ with real matrices in the data");
}

UNIT_MAIN("matrix", {"csv", csv}, {"native", native}, {"xml", xml}, {"repetita", repetita},
          {"real_files", real_files})
