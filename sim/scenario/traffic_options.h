// SPDX-License-Identifier: GPL-3.0-or-later
// traffic_options: what a kind of traffic can be told besides the keys that all kinds share, as
// passive data. Filled by the scenario's reader, used by traffic/KIND.c.
#ifndef ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H
#define ANYSIM_SCENARIO_TRAFFIC_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum traffic_kind {
    TRAFFIC_GAME,
    TRAFFIC_PING,
    TRAFFIC_CBR,
    TRAFFIC_POISSON,
    TRAFFIC_ONOFF,
    TRAFFIC_VOIP,
    TRAFFIC_DOWNLOAD,
    TRAFFIC_WEB,
    TRAFFIC_RPC,
    TRAFFIC_DNS,
    TRAFFIC_REPLAY,
    TRAFFIC_SYNFLOOD,
    TRAFFIC_REFLECTION,
    TRAFFIC_CARPET,
    TRAFFIC_VIDEO,
    TRAFFIC_KINDS
};

struct game_options {
    int64_t tick_ps; // the server's own tick; 0: it answers each input
};

struct onoff_options {
    double shape;          // of both Pareto distributions, between 1 and 2
    int64_t on_ps, off_ps; // their means
    int64_t sources;       // that are added up in a flow
};

enum voip_codec { VOIP_G711, VOIP_G729, VOIP_CODECS };

struct voip_options {
    enum voip_codec codec;
    int64_t call_ps;          // length of a call
    int64_t jitter_buffer_ps; // how long the first frame of a call is held back
};

// What carries download, web and rpc (transport/stream.h); the order of both enums is theirs.
enum transport_protocol { TRANSPORT_TCP, TRANSPORT_QUIC, TRANSPORT_PROTOCOLS };
enum transport_control { TRANSPORT_CUBIC, TRANSPORT_NEWRENO, TRANSPORT_CONTROLS };

struct transport_options {
    enum transport_protocol protocol;
    enum transport_control control;
    int64_t mss_bytes, initial_segments;
    bool sack, timestamps, ecn;
    int64_t window_bytes; // of the receiver, fixed; 0: it grows by itself
    int64_t delayed_ack_ps, min_rto_ps;
    int64_t syn_retries, retries;
    int64_t give_up_ps; // without a sign of the server
    int64_t migrate_ps; // quic: the client's port changes in this rhythm; 0: never
};

struct stream_traffic_options { // download, web, rpc
    struct transport_options transport;
    int64_t request_bytes; // octets of each request
    int64_t size_bytes;    // of what it asks for: the file, an object of the page, the answer
    int64_t page_bytes;    // web: of the page itself
    int64_t objects;       // web: that the page shows
    int64_t connections;   // web: most at a time; 1: all requests on one, at once
};

struct dns_options {
    const char *name;  // that is looked up
    int64_t wait_ps;   // for an answer
    uint32_t attempts; // around the list of resolvers
    int fallback;      // service index of the second resolver, or -1
};

#define REPLAY_STORED 128 // bytes that are kept of a datagram, from its header on

struct replay_packet {
    int64_t at_ps;   // since the first
    uint32_t length; // of the IPv4 datagram
    uint32_t stored;
    uint8_t bytes[REPLAY_STORED];
};

struct replay_options { // what a capture holds, in order of time
    const struct replay_packet *packets;
    uint32_t n;
    double speed; // how many times as fast as it was captured
    bool repeat;  // from the beginning when it is over
};

enum reflect_protocol { REFLECT_DNS, REFLECT_NTP, REFLECT_PROTOCOLS };

struct attack_options {
    int64_t total_bps;                 // at full strength, of IP datagrams, at each service
    int64_t begin_ps, end_ps, ramp_ps; // scenario time; the ramp is inside, at both ends
    bool spoofed;
    enum reflect_protocol protocol; // reflection, as are the next two
    double amplification;           // octets of UDP payload that come back for one
    const bool *reflectors;         // client groups where open servers stand
};

struct video_options {
    struct stream_traffic_options stream; // must stay first: it is what carries the segments
    const int64_t *ladder_bps;            // ascending
    int rungs;
    int64_t segment_ps;
    int64_t length_ps; // of a video
    int64_t buffer_ps; // at most
    int64_t start_ps;  // what playing waits for
};

union traffic_options { // which one: the kind says
    struct game_options game;
    struct onoff_options onoff;
    struct voip_options voip;
    struct stream_traffic_options stream;
    struct dns_options dns;
    struct replay_options replay;
    struct attack_options attack;
    struct video_options video;
};

#endif
