// SPDX-License-Identifier: GPL-3.0-or-later
// capture: packets in files: pcap and pcapng in, nanosecond pcap out.
//
// Reading goes through libpcap: both byte orders, microseconds and nanoseconds. A pcapng file may have
// several interfaces if their link and snapshot length are one; which of them a packet is of is not
// told, all come in the order of the file. A name that ends in .gz, .bz2 or .zst is decompressed, "-" is standard input. Links:
// Ethernet, raw IP, Linux cooked (versions 1 and 2), BSD loopback, Cisco HDLC.
//
// Writing: always little-endian with nanoseconds, so that the same packets give the same bytes on
// every machine. The file appears under its name only when it is whole; before, and after a failure,
// an old file of that name is as it was.
#ifndef ANYSIM_WIRE_CAPTURE_H
#define ANYSIM_WIRE_CAPTURE_H

#include "wire/frame.h"

#define CAPTURE_SNAPLEN 262144 // bytes of one packet that a file may hold

struct capture_frame {
    int64_t at_ns; // since 1970 (or whatever the file's author counted from); within 2^32 s of it
    const uint8_t *bytes;
    uint32_t stored; // bytes at hand
    uint32_t length; // bytes the frame had; at least `stored`
};

// What went wrong, as one line for people, which names the file.
struct capture_error {
    bool missing; // the file cannot be opened, rather than: what it holds is wrong
    char text[512];
};

struct capture; // a file being read; opaque

// NULL, with the reason in *error, when there is no such file, it is no capture, or its link is of
// another kind. Caller closes.
struct capture *capture_open(const char *path, struct capture_error *error);
enum frame_link capture_link(const struct capture *c);
// The next packet: 1, and *out is valid until the next call; 0 at the end of the file; -1 when the
// file is damaged here (capture_fault() tells the packet's number), and again for every later call.
int capture_next(struct capture *c, struct capture_frame *out);
const char *capture_fault(const struct capture *c); // after -1
void capture_close(struct capture *c);

struct capture_writer; // a file being written; opaque

// Starts a file; a path that is no regular file (a pipe, /dev/null) is written directly. NULL with
// the reason in *error.
struct capture_writer *capture_create(const char *path, enum frame_link link,
                                      struct capture_error *error);
// Adds a packet. After a failure (disk full, or a time outside 1970…2106, which the format cannot
// hold) it does nothing and returns false; capture_finish() gives the reason.
bool capture_write(struct capture_writer *w, const struct capture_frame *frame);
// Brings to the file what is still buffered: who writes several files asks all of them before he
// finishes the first, so that all appear or none. False with the reason in *error; `w` is to be
// finished or abandoned all the same.
bool capture_flush(struct capture_writer *w, struct capture_error *error);
// Closes and gives the file its name. False with the reason in *error: then nothing was replaced and
// nothing is left behind. Frees `w` in either case.
bool capture_finish(struct capture_writer *w, struct capture_error *error);
// Throws away what was written; frees `w`.
void capture_abandon(struct capture_writer *w);

#endif
