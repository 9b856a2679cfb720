// SPDX-License-Identifier: GPL-3.0-or-later
// IPv4 options at a router: what RFC 791 and RFC 1812 §5.3.13 want, byte for byte as Linux does it.
#include "fwd/option.h"
#include "hexbytes.h"

#define TOWARDS IP4(10, 1, 0, 1) // this router's address towards the sender
#define LEAVING IP4(10, 2, 0, 1)

static bool is_own(const void *who, ip4_addr a)
{
    (void)who;
    return a == TOWARDS || a == LEAVING;
}

// 01:00:00.005 UT on the second day.
static const struct option_here here = {
    .address = TOWARDS, .now_ps = INT64_C(90000005) * 1000000000, .is_local = is_own};
#define STAMP "0036ee85"

// Options `before` must come out as `after` when the packet is forwarded; the rest of the header
// stays, and its checksum is right.
static bool forwards(const char *before, const char *after)
{
    struct hexbytes in = hex(before), want = hex(after);
    uint8_t h[60] = {(uint8_t)(0x45 + in.size / 4),
                     0,
                     0,
                     60,
                     0,
                     1,
                     0,
                     0,
                     64,
                     17,
                     0,
                     0,
                     10,
                     1,
                     0,
                     2,
                     10,
                     2,
                     0,
                     2};
    size_t size = 20 + in.size;
    memcpy(h + 20, in.bytes, in.size);
    checksum_store(h + 10, checksum_add(0, h, size));
    uint8_t first[20];
    memcpy(first, h, 20);
    struct option_due due;
    uint8_t pointer;
    if (option_receive(h, size, &here, &due, &pointer) != FWD_DROP_NONE || pointer)
        return false;
    option_forward(h, size, &due, LEAVING);
    return checksum_ok(checksum_add(0, h, size)) && !memcmp(h, first, 10) &&
           !memcmp(h + 12, first + 12, 8) && want.size == in.size &&
           !memcmp(h + 20, want.bytes, want.size);
}

// Pointer of the parameter problem that these options call for; -1: none, -2: dropped in silence.
static int refused(const char *options)
{
    struct hexbytes in = hex(options);
    uint8_t h[60] = {0};
    memcpy(h + 20, in.bytes, in.size);
    struct option_due due;
    uint8_t pointer;
    if (option_receive(h, 20 + in.size, &here, &due, &pointer) == FWD_DROP_NONE)
        return pointer ? -3 : -1;
    return pointer ? pointer : -2;
}

static void record_route(void)
{
    CU_ASSERT(forwards("070704 00000000 00", "070708 0a020001 00"));
    CU_ASSERT(forwards("070b08 0a090909 00000000 01", "070b0c 0a090909 0a020001 01"));
    CU_ASSERT(forwards("01 070b04 ffffffff 00000000", "01 070b08 0a020001 00000000"));
    CU_ASSERT(forwards("070708 0a090909 00", "070708 0a090909 00")); // full: passes
    CU_ASSERT(forwards("0707ff 0a090909 00", "0707ff 0a090909 00"));
    CU_ASSERT(forwards("070304 01", "070304 01")); // room for nobody
}

static void timestamps(void)
{
    CU_ASSERT(forwards("44080500 00000000", "44080900" STAMP));
    CU_ASSERT(forwards("440c0900 11111111 00000000", "440c0d00 11111111" STAMP));
    CU_ASSERT(forwards("440c0501 00000000 00000000", "440c0d01 0a010001" STAMP));
    // Given addresses: stamped only by who is meant, and in their order.
    CU_ASSERT(forwards("440c0503 0a020001 00000000", "440c0d03 0a020001" STAMP));
    CU_ASSERT(forwards("440c0503 0a020002 00000000", "440c0503 0a020002 00000000"));
    CU_ASSERT(forwards("440c0503 e0000001 00000000", "440c0d03 e0000001" STAMP)); // as Linux
    CU_ASSERT(forwards("440c0503 ffffffff 00000000", "440c0d03 ffffffff" STAMP));
    CU_ASSERT(forwards("440c0503 7f27441c 00000000", "440c0d03 7f27441c" STAMP)); // within itself
    CU_ASSERT(forwards("440c0503 00000000 00000000", "440c0d03 00000000" STAMP));
    CU_ASSERT(forwards("440c0503 000000c6 00000000", "440c0503 000000c6 00000000"));
    CU_ASSERT(forwards("440c0502 00000000 00000000", "440c0502 00000000 00000000")); // undefined
    // Full: counted, except where addresses were given.
    CU_ASSERT(forwards("44080900 00000000", "44080910 00000000"));
    CU_ASSERT(forwards("440809e0 00000000", "440809f0 00000000"));
    CU_ASSERT(forwards("440c0d03 0a020001 00000000", "440c0d03 0a020001 00000000"));
    CU_ASSERT(forwards("440c0df3 0a020001 00000000", "440c0df3 0a020001 00000000"));
}

static void time_of_day(void)
{
    static const struct {
        int64_t now_ps;
        uint32_t stamp;
    } want[] = {{0, 0},
                {999999999, 0},
                {INT64_C(86399999) * 1000000000, 86399999},
                {INT64_C(86400000) * 1000000000, 0},
                {INT64_C(-1000000000), 86399999}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct option_here then = here;
        then.now_ps = want[i].now_ps;
        uint8_t h[28] = {[20] = 68, [21] = 8, [22] = 5};
        struct option_due due;
        uint8_t pointer;
        CU_ASSERT_EQUAL(option_receive(h, sizeof h, &then, &due, &pointer), FWD_DROP_NONE);
        CU_ASSERT_EQUAL(be32_get(h + 24), want[i].stamp);
    }
}

static void untouched(void)
{
    CU_ASSERT(forwards("94040000", "94040000")); // router alert
    CU_ASSERT(forwards("94040001", "94040001")); // undefined value
    CU_ASSERT(forwards("82 0b 0001020304050607 08 01", "82 0b 0001020304050607 08 01")); // security
    CU_ASSERT(forwards("88040102", "88040102")); // stream id
    CU_ASSERT(forwards("1e02 01 de06 01020304 000000", "1e02 01 de06 01020304 000000"));
    CU_ASSERT(forwards("01010101", "01010101"));
    CU_ASSERT(forwards("00000000", "00000000"));
    CU_ASSERT(forwards("01000744", "01000000")); // behind the end nothing is left, as Linux
    CU_ASSERT(forwards("00070700", "00000000"));
    CU_ASSERT(forwards("", ""));
}

static void malformed(void)
{
    CU_ASSERT_EQUAL(refused("01010107"), 23);           // no length
    CU_ASSERT_EQUAL(refused("1e000000"), 20);           // length 0: would never end
    CU_ASSERT_EQUAL(refused("1e010000"), 20);           // length 1
    CU_ASSERT_EQUAL(refused("1e050000"), 20);           // beyond the header
    CU_ASSERT_EQUAL(refused("07020101"), 21);           // no room for a pointer
    CU_ASSERT_EQUAL(refused("070703 00000000 00"), 22); // pointer into the option's own head
    CU_ASSERT_EQUAL(refused("070700 00000000 00"), 22);
    CU_ASSERT_EQUAL(refused("070705 00000000 00"), 22);        // part of an entry
    CU_ASSERT_EQUAL(refused("070704 00000000 070308 00"), 27); // twice
    CU_ASSERT_EQUAL(refused("44030501"), 21);
    CU_ASSERT_EQUAL(refused("44080400 00000000"), 22);
    CU_ASSERT_EQUAL(refused("44080600 00000000"), 22);
    CU_ASSERT_EQUAL(refused("44080501 00000000"), 22); // room for the time, not for the address
    CU_ASSERT_EQUAL(refused("44080503 00000000"), 22);
    CU_ASSERT_EQUAL(refused("440809f0 00000000"), 23); // the counter is full as well
    CU_ASSERT_EQUAL(refused("44080500 00000000 44080500 00000000"), 28);
    CU_ASSERT_EQUAL(refused("94030000"), 21); // router alert
    CU_ASSERT_EQUAL(refused("83020400"), 21); // source routes that cannot be read
    CU_ASSERT_EQUAL(refused("890703 0a020002 00"), 22);
    CU_ASSERT_EQUAL(refused("830704 0a020002 890704 0a020002 0000"), 27);
}

static void source_routes(void)
{
    CU_ASSERT_EQUAL(refused("830704 0a020002 00"), -2);
    CU_ASSERT_EQUAL(refused("890704 0a020002 00"), -2);
    CU_ASSERT_EQUAL(refused("830708 0a020002 00"), -2); // a completed one too
    CU_ASSERT_EQUAL(refused("01010101 890704 0a020002 00"), -2);
    CU_ASSERT_EQUAL(refused("830704 0a020002 1e"), 27); // what is malformed behind it is told
}

// The checksum stays that of what came until the packet leaves.
static void stale_until_forwarded(void)
{
    uint8_t h[28] = {0x47, [20] = 7, [21] = 7, [22] = 4};
    checksum_store(h + 10, checksum_add(0, h, sizeof h));
    uint8_t was[2] = {h[10], h[11]}, pointer;
    struct option_due due;
    CU_ASSERT_EQUAL(option_receive(h, sizeof h, &here, &due, &pointer), FWD_DROP_NONE);
    CU_ASSERT(due.changed && due.route == 23 && !memcmp(h + 10, was, 2));
    CU_ASSERT_EQUAL(be32_get(h + 23), TOWARDS);
    option_forward(h, sizeof h, &due, 0); // for a host here
    CU_ASSERT_EQUAL(be32_get(h + 23), TOWARDS);
    CU_ASSERT(checksum_ok(checksum_add(0, h, sizeof h)));
}

static bool echoes(const char *received, uint8_t fault, const char *returned)
{
    struct hexbytes in = hex(received), want = hex(returned);
    uint8_t h[60] = {0}, out[OPTION_BYTES];
    memcpy(h + 20, in.bytes, in.size);
    int size = option_echo(h, 20 + in.size, &here, fault, out);
    return size == (int)want.size && !memcmp(out, want.bytes, want.size);
}

static bool no_echo(const char *received)
{
    struct hexbytes in = hex(received);
    uint8_t h[60] = {0}, out[OPTION_BYTES];
    memcpy(h + 20, in.bytes, in.size);
    return option_echo(h, 20 + in.size, &here, 0, out) == -1;
}

static void answers(void)
{
    CU_ASSERT(echoes("070b08 0a010001 00000000 00", 0, "070b0c 0a010001 0a010001 00"));
    CU_ASSERT(echoes("070708 0a010001 00", 0, "070708 0a010001 00")); // full by now
    CU_ASSERT(
        echoes("44100900 11111111 0000000000000000", 0, "44100d00 11111111" STAMP "00000000"));
    CU_ASSERT(echoes("44140d01 0a01000100000001 0000000000000000", 0,
                     "44141501 0a01000100000001 0a010001" STAMP));
    CU_ASSERT(echoes("44140d03 0a01000100000001 0a02000200000000", 0,
                     "44140d03 0a01000100000001 0a02000200000000"));
    CU_ASSERT(echoes("44140d03 0a01000100000001 0a02000100000000", 0,
                     "44141503 0a01000100000001 0a020001" STAMP));
    // The route first; nothing else goes back (RFC 1122 §3.2.2.6); padded.
    CU_ASSERT(echoes("94040000 44080900 00000007 1e02 070708 0a010001 830704 0a020002 000000", 0,
                     "070708 0a010001 44080900 00000007 00"));
    CU_ASSERT(echoes("94040000", 0, ""));
    CU_ASSERT(no_echo("070808 0a010001 0000")); // half an entry is left
    CU_ASSERT(no_echo("440a0900 00000001 00000000"));
    CU_ASSERT(no_echo("44100d01 0a01000100000001 00000000"));
    CU_ASSERT(no_echo("440e0d03 0a01000100000001 00000000"));
    // About a fault: what was not processed is not returned.
    CU_ASSERT(echoes("070708 0a010001 44080400 00000000 00", 29, "070708 0a010001 00"));
    CU_ASSERT(echoes("44080900 00000001 070808 00000000 00", 30, "44080900 00000001"));
}

static void strip(void)
{
    static const struct {
        const char *before, *after;
    } want[] = {{"070704 00000000 00", "01010101010101 00"},
                {"94040000 44080500 00000000", "94040000 0101010101010101"},
                {"820300 070704 00000000 8802 01 1e02", "820300 01010101010101 8802 01 0101"},
                {"00070404", "00070404"},
                {"1e050000", "1e050000"}, // nothing is done to what cannot be read
                {"01010107", "01010107"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct hexbytes in = hex(want[i].before), out = hex(want[i].after);
        uint8_t h[60];
        memcpy(h + 20, in.bytes, in.size);
        option_strip(h, 20 + in.size);
        CU_ASSERT_EQUAL(memcmp(h + 20, out.bytes, out.size), 0);
    }
}

// Whatever the options are: nothing outside of the header is touched, only options change, a
// pointer lies in them, and what was let pass is let pass again.
static void any_bytes(void)
{
    static const uint8_t likely[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 68, 131, 137, 148};
    struct random random = {1};
    unsigned passed = 0, told = 0;
    for (int round = 0; round < 200000; round++) {
        size_t size = 20 + 4 * (size_t)random_below(&random, 11);
        uint8_t bytes[60], out[OPTION_BYTES];
        for (size_t i = 0; i < size; i++)
            bytes[i] = random_below(&random, 4) ? likely[random_below(&random, sizeof likely)]
                                                : (uint8_t)random_next(&random);
        uint8_t *h = exact_copy(bytes, size);
        struct option_due due;
        uint8_t pointer;
        enum fwd_drop bad = option_receive(h, size, &here, &due, &pointer);
        CU_ASSERT_EQUAL_FATAL(memcmp(h, bytes, 20), 0);
        if (bad) {
            CU_ASSERT_FATAL(pointer == 0 || (pointer >= 20 && pointer < size));
            told += pointer != 0;
        } else {
            passed++;
            CU_ASSERT_FATAL(due.route == 0 || due.route + 4u <= size);
        }
        int back = option_echo(h, size, &here, pointer, out);
        CU_ASSERT_FATAL(back == -1 || (back % 4 == 0 && back <= (int)size - 20));
        back = option_echo(bytes, size, &here, 0, out); // also of what nobody looked at
        CU_ASSERT_FATAL(back <= (int)size - 20);
        option_strip(h, size);
        if (!bad) {
            option_forward(h, size, &due, 0);
            CU_ASSERT_FATAL(!due.changed || checksum_ok(checksum_add(0, h, size)));
        }
        free(h);
    }
    CU_ASSERT(passed > 10000 && told > 10000);
}

UNIT_MAIN("option", {"record-route", record_route}, {"timestamps", timestamps},
          {"time-of-day", time_of_day}, {"untouched", untouched}, {"malformed", malformed},
          {"source-routes", source_routes}, {"stale-until-forwarded", stale_until_forwarded},
          {"answers", answers}, {"strip", strip}, {"any-bytes", any_bytes})
