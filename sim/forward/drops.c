// SPDX-License-Identifier: GPL-3.0-or-later
#include "forward/drops.h"

#include "base/file.h"
#include "fwd/headers6.h"

#include <errno.h>
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

// "source,destination,protocol", as far as the header is there.
static void write_header(FILE *out, const struct packet *p)
{
    const uint8_t *h = p ? packet_view(p) : NULL;
    char src[IP6_TEXT], dst[IP6_TEXT];
    if (p && p->captured >= IP4_HEADER && h[0] >> 4 == 4)
        fprintf(out, "%s,%s,%u", ip4_print(be32_get(h + IP4_SRC), src),
                ip4_print(be32_get(h + IP4_DST), dst), h[IP4_PROTOCOL]);
    else if (p && ip6_readable(h, p->captured))
        fprintf(out, "%s,%s,%u", ip6_print(ip6_get(h + IP6_SRC), src),
                ip6_print(ip6_get(h + IP6_DST), dst), h[IP6_NEXT]);
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

bool drops_flush(struct drops *d)
{
    if (!d->file)
        return true;
    bool failed = ferror(d->file); // earlier: what fflush() finds now may go well again
    if (fflush(d->file) != 0)
        return false;
    if (failed)
        errno = EIO;
    return !failed;
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
