// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of `anysim forward --pcap`: the input is a byte of options and a capture, which goes
// through the node of tests/fuzz/offline.yaml. Whatever is in it and however it is dated, no packet is
// lost or made up, and an error has a text. Run it where the repository begins.
#include "forward/offline.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NODE "tests/fuzz/offline.yaml"

// The first byte.
enum { INTERFACE = 3, RAW = 4 };

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "offline: %s\n", what);
    abort();
}

// Read once: config_load() is another target's business.
static const struct config *node(void)
{
    static struct config config;
    static bool read;
    struct diag *d = read ? NULL : diag_new();
    if (d) {
        config_load(NODE, d, &config);
        if (diag_errors(d))
            diag_print(d, stderr, false);
        must(!diag_errors(d), NODE " is not good");
        diag_free(d);
    }
    read = true;
    return &config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct config *c = node();
    struct build b;
    struct totals t;
    char path[64], text[512] = "", why[256] = "";
    if (size == 0)
        return 0;
    int fd = memfd_create("fuzz", 0);
    must(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)(size - 1), "no memory file");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct offline_options o = {.in = path,
                                .out = "/dev/null",
                                .local = "/dev/null",
                                .drops = "/dev/null",
                                .interface = (data[0] & INTERFACE) % c->ninterfaces,
                                .raw = data[0] & RAW};
    build_node(c, &b);
    enum offline_status s = offline_run(c, &b, &o, &t, text);
    if (s == OFFLINE_GOOD)
        must(totals_conserve(&b, &t, why, sizeof why), why);
    else
        must(text[0] != '\0', "an error without a text");
    build_free(&b);
    close(fd);
    return 0;
}
