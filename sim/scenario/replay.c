// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario/replay.h"

#include "base/vec.h"
#include "fwd/headers.h"
#include "wire/capture.h"

#define CAPTURE_MAX ((size_t)256 << 20) // bytes, unpacked
#define PACKETS_MAX 1000000

struct replay_reader {
    struct input *in;
    const struct raw_traffic *raw;
    struct capture *capture;
    ip4_addr source; // 0: any
    int64_t first_ns;
    VEC(struct replay_packet) packets;
};

// The bytes count for what the results were made from; they are not kept.
static bool hash_file(struct replay_reader *r, const char *path)
{
    struct arena bytes;
    struct input reading = *r->in;
    size_t size;
    arena_init(&bytes);
    reading.a = &bytes;
    bool ok = input_read(&reading, path, r->raw->capture.at, CAPTURE_MAX, &size) != NULL;
    r->in->hash = reading.hash;
    arena_free(&bytes);
    return ok;
}

static bool is_wanted(const struct replay_reader *r, const uint8_t *h, size_t stored)
{
    if (stored < IP4_HEADER || h[0] >> 4 != 4 || ip4_is_fragment(h))
        return false;
    size_t header = (size_t)(h[0] & 15) * 4, length = be16_get(h + IP4_LENGTH), upper = 0;
    if (h[IP4_PROTOCOL] == PROTOCOL_TCP)
        upper = TCP_HEADER;
    else if (h[IP4_PROTOCOL] == PROTOCOL_UDP)
        upper = UDP_HEADER;
    else if (h[IP4_PROTOCOL] == PROTOCOL_ICMP)
        upper = ICMP_HEADER;
    return header >= IP4_HEADER && length >= header + upper && stored >= header + upper &&
           (r->source == 0 || be32_get(h + IP4_SRC) == r->source);
}

static void take(struct replay_reader *r, const struct capture_frame *f)
{
    struct frame h;
    if (frame_decode(capture_link(r->capture), f->bytes, f->stored, &h) != FRAME_OK ||
        h.ethertype != FRAME_TYPE_IP4)
        return;
    const uint8_t *ip = f->bytes + h.offset;
    size_t stored = f->stored - h.offset;
    if (!is_wanted(r, ip, stored))
        return;
    if (r->packets.n == 0)
        r->first_ns = f->at_ns;
    int64_t at_ps = (f->at_ns - r->first_ns) * PS_PER_NS;
    int64_t last_ps = r->packets.n ? r->packets.v[r->packets.n - 1].at_ps : 0;
    struct replay_packet p = {.at_ps = at_ps > last_ps ? at_ps : last_ps, // in the file's order
                              .length = be16_get(ip + IP4_LENGTH)};
    size_t keep = stored < p.length ? stored : p.length;
    p.stored = keep < REPLAY_STORED ? (uint32_t)keep : REPLAY_STORED;
    memcpy(p.bytes, ip, p.stored);
    vec_push(&r->packets, p);
}

static void complain(const struct replay_reader *r, const char *why)
{
    diag_error(r->in->d, r->raw->capture.at, NULL, "%s", why);
}

static void read_all(struct replay_reader *r, const char *path)
{
    struct capture_frame f;
    int got = 1;
    while (r->packets.n <= PACKETS_MAX && (got = capture_next(r->capture, &f)) == 1)
        take(r, &f);
    if (got < 0)
        complain(r, capture_fault(r->capture));
    else if (r->packets.n > PACKETS_MAX)
        complain(r, arena_printf(r->in->a, "'%s' has more than %d datagrams to replay", path,
                                 PACKETS_MAX));
    else if (r->packets.n == 0)
        complain(r, arena_printf(r->in->a, "'%s' has no IPv4 datagram%s to replay", path,
                                 r->source ? " of that source" : ""));
}

void replay_read(struct input *in, const struct raw_traffic *raw, struct replay_options *out)
{
    struct replay_reader r = {.in = in, .raw = raw};
    struct capture_error why;
    *out = (struct replay_options){.speed = raw->speed_ppm < 0 ? 1 : (double)raw->speed_ppm / 1e6,
                                   .repeat = raw->repeat == 1};
    if (raw->source.at.line && !ip6_is_ip4(raw->source.a))
        diag_error(in->d, raw->source.at, NULL, "traffic '%s' replays IPv4 only", raw->name.s);
    if (!raw->capture.s) {
        diag_error(in->d, raw->name.at, "capture: a pcap or pcapng file",
                   "traffic '%s': a replay needs its 'capture'", raw->name.s);
        return;
    }
    if (raw->source.at.line)
        r.source = ip6_to_ip4(raw->source.a);
    const char *path = input_path(in, raw->capture.at.file, raw->capture.s);
    if (!hash_file(&r, path))
        return;
    r.capture = capture_open(path, &why);
    if (!r.capture) {
        complain(&r, why.text);
        return;
    }
    read_all(&r, path);
    capture_close(r.capture);
    struct replay_packet *packets = arena_array(in->a, struct replay_packet, r.packets.n);
    if (r.packets.n)
        memcpy(packets, r.packets.v, r.packets.n * sizeof *packets);
    out->packets = packets;
    out->n = (uint32_t)r.packets.n;
    vec_free(&r.packets);
}
