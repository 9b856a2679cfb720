// SPDX-License-Identifier: GPL-3.0-or-later
// Fuzz target of the MRT reader: a whole file.
#include "bgp/mrt.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void see_peer(void *ctx, struct mrt_peer p)
{
    *(uint64_t *)ctx += p.asn;
}

static void see_entry(void *ctx, const struct mrt_rib *rib, const struct mrt_entry *e)
{
    *(uint64_t *)ctx += rib->sequence + e->route->draft.path.n;
}

static void read_record(const struct mrt_record *record, struct bgp_update *u, uint64_t *sum)
{
    struct mrt_session s;
    struct mrt_rib rib;
    const uint8_t *message;
    size_t n;
    unsigned from, to;
    bool add_path;
    if (mrt_read_message(record, &s, &add_path, &message, &n)) {
        struct bgp_codec c = {.four_octet_as = true, .add_path4 = add_path};
        *sum += bgp_update_decode(&c, message, n, u);
    }
    *sum += mrt_read_state(record, &s, &from, &to);
    *sum += mrt_read_peers(record, see_peer, sum);
    *sum += mrt_read_rib(record, u, see_entry, sum, &rib);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bgp_update u = {0};
    struct mrt_record record;
    uint64_t sum = 0;
    if (!size)
        return 0;
    struct mrt_reader r = {.in = fmemopen((void *)(uintptr_t)data, size, "r")};
    if (!r.in)
        abort();
    while (mrt_next(&r, &record) == 1)
        read_record(&record, &u, &sum);
    mrt_reader_free(&r);
    bgp_update_free(&u);
    fclose(r.in);
    return 0;
}
