// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/drops.h"

#include "base/file.h"
#include "fwd/headers.h"

#include <inttypes.h>

#define NS_PER_S 1000000000

bool drops_open(struct drops *d, const char *path)
{
    *d = (struct drops){.path = path};
    if (!path)
        return true;
    d->file = whole_file_open(path, &d->temporary);
    if (d->file)
        fputs("packet,time_s,reason,source,destination,protocol,length\n", d->file);
    return d->file != NULL;
}

static struct ip6_addr address_at(const uint8_t *b)
{
    struct ip6_addr a = {0, 0};
    for (int i = 0; i < 8; i++) {
        a.hi = a.hi << 8 | b[i];
        a.lo = a.lo << 8 | b[8 + i];
    }
    return a;
}

static ip4_addr address4_at(const uint8_t *b)
{
    return IP4(b[0], b[1], b[2], b[3]);
}

// "source,destination,protocol", as far as the header is there.
static void write_header(FILE *out, const struct packet *p)
{
    const uint8_t *h = p ? packet_view(p) : NULL;
    char src[IP6_TEXT], dst[IP6_TEXT];
    if (p && p->captured >= 20 && h[0] >> 4 == 4)
        fprintf(out, "%s,%s,%u", ip4_print(address4_at(h + 12), src),
                ip4_print(address4_at(h + 16), dst), h[9]);
    else if (p && p->captured >= 40 && h[0] >> 4 == 6)
        fprintf(out, "%s,%s,%u", ip6_print(address_at(h + 8), src),
                ip6_print(address_at(h + 24), dst), h[6]);
    else
        fputs(",,", out);
}

void drops_row(struct drops *d, uint64_t number, int64_t at_ns, enum fwd_drop reason,
               const struct packet *p, uint32_t length)
{
    if (!d->file)
        return;
    int64_t s = at_ns / NS_PER_S, ns = at_ns % NS_PER_S;
    if (ns < 0) {
        ns += NS_PER_S;
        s--;
    }
    fprintf(d->file, "%" PRIu64 ",%" PRId64 ".%09" PRId64 ",%s,", number, s, ns,
            fwd_drop_name(reason));
    write_header(d->file, p);
    fprintf(d->file, ",%" PRIu32 "\n", p ? p->length : length);
}

bool drops_close(struct drops *d)
{
    bool ok = !d->file || whole_file_close(d->file, d->path, d->temporary);
    d->file = NULL;
    return ok;
}

void drops_abandon(struct drops *d)
{
    if (!d->file)
        return;
    whole_file_abandon(d->file, d->temporary);
    d->file = NULL;
}
