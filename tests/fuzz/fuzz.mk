# SPDX-License-Identifier: GPL-3.0-or-later
# How fuzz.sh builds its targets: make -f tests/fuzz/fuzz.mk ENGINE=libfuzzer|afl++ fuzz_NAME…
# Everything that a target may need is compiled once and put into a library. Targets of the
# forwarding core need nothing but libc, so that they can be built where the rest cannot.
ENGINE ?= libfuzzer
OUT    := build/fuzz/$(ENGINE)

MAKEFLAGS += --no-builtin-rules
.RECIPEPREFIX := >
.SECONDARY:
.DELETE_ON_ERROR:

# Both drivers know -fsanitize=fuzzer: clang's is libFuzzer, AFL++'s a loop in one process.
ifeq ($(ENGINE),afl++)
FUZZ_CC    := afl-clang-fast
INSTRUMENT :=
export AFL_USE_ASAN := 1
export AFL_USE_UBSAN := 1
export AFL_QUIET := 1
else
FUZZ_CC    := clang
INSTRUMENT := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif

COMPILE = $(FUZZ_CC) -std=c11 -D_GNU_SOURCE -O1 -g -ffp-contract=off -Isim -Itests \
          -DANYSIM_VERSION='"fuzz"' $(INSTRUMENT)
LINK    = $(FUZZ_CC) -g $(INSTRUMENT) -fsanitize=fuzzer

objects_in = $(patsubst %.c,$(OUT)/%.o,$(wildcard $(1)))
core   := $(call objects_in,sim/fwd/*.c sim/base/ip.c sim/base/ip6.c)
nodes  := $(call objects_in,$(filter-out tests/fwd/test_%,$(wildcard tests/fwd/*.c)))
wire   := $(call objects_in,sim/wire/*.c)
frame  := $(OUT)/sim/wire/frame.o
base   := $(call objects_in,sim/base/*.c)
codec  := $(call objects_in,sim/bgp/codec*.c sim/bgp/mrt*.c sim/bgp/attr.c sim/bgp/draft.c)
reader := $(call objects_in,sim/scenario/*.c sim/policy/*.c)
policy := $(call objects_in,sim/policy/*.c)
transport := $(call objects_in,sim/transport/*.c)
node   := $(call objects_in,$(filter-out sim/forward/live% sim/forward/monotonic.c,$(wildcard sim/forward/*.c)))

MODULES     := igraph gsl yaml-0.1 libxml-2.0 jansson
CFLAGS_OF    = $(shell pkg-config --cflags $(MODULES) | sed 's/-I/-isystem /g')
READER_LIBS  = $(shell pkg-config --libs $(MODULES) libzstd zlib) -lcsv -lbz2 -lm
$(reader) $(base) $(node) $(OUT)/tests/fuzz/fuzz_offline.o: COMPILE += $(CFLAGS_OF)

$(OUT)/%.o: %.c
> @mkdir -p $(@D)
> @$(COMPILE) -MMD -MP -c -o $@ $<

$(OUT)/core.a: $(core)
$(OUT)/nodes.a: $(nodes)
$(OUT)/wire.a: $(wire) $(filter-out $(core),$(base))
$(OUT)/codec.a: $(codec) $(filter-out $(core),$(base))
$(OUT)/policy.a: $(policy) $(filter-out $(core),$(base))
$(OUT)/transport.a: $(transport) $(filter-out $(core),$(base))
$(OUT)/reader.a: $(reader) $(filter-out $(core),$(base))
$(OUT)/node.a: $(node)
$(OUT)/%.a:
> @rm -f $@ && $(AR) rcs $@ $^

$(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/core.a
> @$(LINK) -o $@ -Wl,--start-group $^ -Wl,--end-group $(TARGET_LIBS)
$(OUT)/fuzz_pipeline: $(OUT)/nodes.a $(OUT)/core.a $(frame)
$(OUT)/fuzz_capture $(OUT)/fuzz_neighbour: $(OUT)/wire.a $(OUT)/core.a
$(OUT)/fuzz_capture $(OUT)/fuzz_neighbour: TARGET_LIBS = -lpcap -lzstd -lz -lbz2
$(OUT)/fuzz_bgp $(OUT)/fuzz_mrt: $(OUT)/codec.a $(OUT)/core.a
$(OUT)/fuzz_policy: $(OUT)/policy.a
$(OUT)/fuzz_policy: TARGET_LIBS = $(READER_LIBS)
$(OUT)/fuzz_tcp $(OUT)/fuzz_quic: $(OUT)/transport.a
$(OUT)/fuzz_tcp $(OUT)/fuzz_quic: TARGET_LIBS = $(READER_LIBS)
$(OUT)/fuzz_scenario $(OUT)/fuzz_matrix: $(OUT)/reader.a $(OUT)/wire.a $(OUT)/core.a
$(OUT)/fuzz_scenario $(OUT)/fuzz_matrix: TARGET_LIBS = -lpcap $(READER_LIBS)
$(OUT)/fuzz_offline: $(OUT)/node.a $(OUT)/wire.a $(OUT)/reader.a
$(OUT)/fuzz_offline: TARGET_LIBS = -lpcap $(READER_LIBS)

fuzz_%: $(OUT)/fuzz_%
> @:

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
