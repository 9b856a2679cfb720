// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of everything that reads a user's file: the first byte chooses the format, the rest
// is the file. Topologies and scenarios go through the whole reader; graphs and tables are named by
// a small topology, as a user would name them. Nothing may crash, leak or read past its input.
#include "base/arena.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const suffixes[] = {".yaml", ".gml", ".graphml", ".csv"};
#define FORMATS (sizeof suffixes / sizeof suffixes[0])

static void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

// A topology that names `path` as a graph or as a table of links.
static void write_topology(const char *path, const char *named, bool graph)
{
    char text[1024];
    int n = snprintf(text, sizeof text,
                     "version: 1\nname: t\ncities: {a: {lat: 1, lon: 1}, b: {lat: 2, lon: 2}}\n"
                     "networks:\n  x: {asn: 1, kind: carrier, %s: %s%s}\n",
                     graph ? "graph" : "links", named,
                     graph ? ", capacity: 1Gbps" : ", cities: [a, b]");
    write_file(path, text, (size_t)n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char dir[] = "/tmp/anysim-fuzz-XXXXXX", input[64], topology[64];
    if (size < 1 || !mkdtemp(dir))
        return 0;
    size_t format = data[0] % FORMATS;
    snprintf(input, sizeof input, "%s/in%s", dir, suffixes[format]);
    snprintf(topology, sizeof topology, "%s/t.yaml", dir);
    write_file(input, data + 1, size - 1);
    if (format > 0)
        write_topology(topology, strrchr(input, '/') + 1, format < 3);
    struct diag *d = diag_new();
    file_check(format == 0 ? input : topology, d);
    diag_free(d);
    unlink(input);
    if (format > 0)
        unlink(topology);
    rmdir(dir);
    return 0;
}
