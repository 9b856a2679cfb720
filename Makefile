# SPDX-License-Identifier: GPL-3.0-or-later
# anysim: build, test, install. `make help` lists the targets. Everything made lies under build/
# (build/san/ with SAN=1); only a simulation writes elsewhere, to results/.

DEMO    := scenarios/beijing-telecom-outage.yaml
RESULTS := results/$(basename $(notdir $(DEMO)))
VERSION := $(file < VERSION)
PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share/anysim
MANDIR  ?= $(PREFIX)/share/man
LIBDIR  ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include/anyfwd

SAN     ?=
FUZZ_SECONDS ?= 60
WERROR  ?=
BUILD   ?= $(if $(filter 1,$(SAN)),build/san,build)
PROGRAM := $(BUILD)/anysim
LIBFWD  := $(BUILD)/libanyfwd.a

include tests/lint/layers.mk

# Use every core unless -j was given (that one wins); a sub-make takes its share from its parent.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-builtin-rules
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL: # `make clean all`: not both at once
endif
.DELETE_ON_ERROR:
.SECONDARY:

# --- Compiler and libraries ---------------------------------------------------------------------
# CFLAGS and LDFLAGS are the user's; what the program cannot do without stands apart from them.
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS   ?= -O2 -g
WARNINGS ?= -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
ifeq ($(SAN),1)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

# Asked when the first recipe needs them, once a run, and never while this file is read: on a fresh
# machine pkg-config appears only in the course of `make demo`. -isystem: the warnings of other
# people's headers do not count. libcsv and libbz2 have no pkg-config file.
MODULES    := igraph gsl yaml-0.1 jansson libxml-2.0 libzstd zlib libpcap
LIB_CFLAGS = $(eval LIB_CFLAGS := $$(patsubst -I%,-isystem %,\
               $$(shell pkg-config --cflags $(MODULES))))$(LIB_CFLAGS)
LIBS       = $(eval LIBS := $$(shell pkg-config --libs $(MODULES)) -lcsv -lbz2 -lm -lpthread)$(LIBS)

# DPDK is a peer to measure and compare with, where it is installed; without it these are empty.
DPDK_CFLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libdpdk 2>/dev/null))
DPDK_LIBS   = $(shell pkg-config --libs libdpdk 2>/dev/null)

# -ffp-contract=off: libm results and fused operations differ between CPUs; results must not.
COMPILE = $(CC) -std=c11 -D_GNU_SOURCE -DANYSIM_VERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) \
          -ffp-contract=off $(SANITIZE) $(WARNINGS) $(if $(filter 1,$(WERROR)),-Werror) \
          -Isim -Itests $(LIB_CFLAGS)
LINK    = $(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -Wl,--as-needed

# --- Sources ------------------------------------------------------------------------------------
objects_in  = $(patsubst sim/%.c,$(BUILD)/obj/%.o,$(wildcard sim/$(1)/*.c))
sim_objects  := $(call objects_in,*)
core_objects := $(filter-out $(BUILD)/obj/cmd/main.o,$(sim_objects))
fwd_objects  := $(call objects_in,fwd) $(patsubst sim/%.c,$(BUILD)/obj/%.o,$(wildcard sim/base/ip.c sim/base/ip6.c))
# The library's public headers: fwd.h and what it includes (tests/fwd/test_standalone.sh compares).
fwd_headers  := base/ip.h base/ip6.h \
                $(addprefix fwd/,fwd.h acl.h drop.h eip.h memory.h packet.h policer.h route.h \
                  shaper.h sketch.h tunnel.h)
test_sources := $(wildcard tests/*/test_*.c)
test_programs := $(patsubst %.c,$(BUILD)/%,$(test_sources))
test_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/*.c tests/*/*.c))
bench_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c) tests/demand/field.c)
kernel_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/kernel/*.c)) $(call objects_in,base) \
                  $(call objects_in,fwd) $(call objects_in,wire)

daemons_objects := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/daemons/*.c)) $(call objects_in,base)

# --- What a user asks for -----------------------------------------------------------------------
.PHONY: all lib deps demo check unit lint lint-objects bench fuzz differential differential-ns3 validate \
        validation-plots docs scenarios-table install install-lib clean help

all: $(PROGRAM) $(LIBFWD) ## build build/anysim and build/libanyfwd.a (the default)

lib: $(LIBFWD) ## build build/libanyfwd.a alone, which needs a C compiler and nothing else

deps: ## install the Debian packages that are missing (silent when none is)
	@CC="$(CC)" .ci/deps.sh

demo: deps all ## install, build, run the main scenario and draw its plots under results/
	$(PROGRAM) run $(DEMO)
	$(PROGRAM) plot $(RESULTS)

check: deps all $(test_programs) $(BUILD)/kernel ## install, build and run every test (SAN=1: under ASan and UBSan)
	@BUILD=$(BUILD) ANYSIM=$(PROGRAM) SAN=$(SAN) tests/run.sh $(CHECK_ARGS)

unit: $(test_programs) ## build and run the unit programs only, without build/anysim
	@BUILD=$(BUILD) SAN=$(SAN) tests/run.sh --unit $(CHECK_ARGS)

lint: ## check layers, warnings, layout, words, sizes, globals and clocks
	+@MAKE="$(MAKE)" tests/lint/lint.sh

bench: $(BUILD)/bench ## measure the speed and write build/bench.json
	$(BUILD)/bench $(BUILD)/bench.json

fuzz: ## fuzz every target for a minute (FUZZ_SECONDS=n), needs clang's libFuzzer
	tests/fuzz/fuzz.sh $(FUZZ_SECONDS)

differential: all $(BUILD)/daemons ## compare routes and timing with BIRD and FRR (DIFFERENTIAL_COUNT=n topologies)
	@BUILD=$(BUILD) ANYSIM=$(PROGRAM) tests/daemons/differential.sh

differential-ns3: $(BUILD)/ns3-anysim $(BUILD)/ns3-anysim-tcp ## compare delays, drops and TCP with ns-3 (libns3-dev)
	@BUILD=$(BUILD) tests/ns3/run_differential.sh

docs: all ## write the pages about keys, the outputs and the pictures under docs/ anew
	@ANYSIM=$(PROGRAM) tests/docs/run.sh --update

scenarios-table: all ## run every scenario and write scenarios/README.md (ONLY=FILE.yaml: the other rows stay)
	@ANYSIM=$(abspath $(PROGRAM)) tests/scenarios/table.py $(ONLY) >$(BUILD)/scenarios.md
	cp $(BUILD)/scenarios.md scenarios/README.md

validate: all $(test_programs) $(BUILD)/kernel ## compare with known figures and write build/validation.json
	@test -x tests/validation/run.sh || { echo 'make validate: tests/validation/run.sh is missing' \
	    '(the program that fills VALIDATION.md)' >&2; exit 1; }
	BUILD=$(BUILD) ANYSIM=$(PROGRAM) tests/validation/run.sh

CURVES := $(BUILD)/validation
curve_programs := $(BUILD)/tests/validation/test_queues $(BUILD)/tests/transport/test_laws
validation-plots: $(curve_programs) ## measure each model of queues, lines and TCP and draw it with its formula
	rm -rf $(CURVES) && mkdir -p $(CURVES) && echo title,validation >$(CURVES)/run.csv
	set -e; for p in $(curve_programs); do ANYSIM_VALIDATE=1 ANYSIM_CURVES=$(CURVES) $$p; done
	set -e; for f in plots/validation/*.gp; do for kind in png svg; do \
	    gnuplot -c "$$f" $(CURVES) $(CURVES)/$$(basename "$$f" .gp).$$kind; done; done
	@ls $(CURVES)/*.png

install-lib: lib ## install build/libanyfwd.a with its headers (PREFIX, DESTDIR)
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 $(LIBFWD) $(DESTDIR)$(LIBDIR)/libanyfwd.a
	set -e; for f in $(fwd_headers); do \
	    install -D -m 644 "sim/$$f" "$(DESTDIR)$(INCLUDEDIR)/$$f"; done
	printf '%s\n' 'Name: anyfwd' 'Description: forwarding core of anysim' 'Version: $(VERSION)' \
	    'Cflags: -I$(INCLUDEDIR)' 'Libs: -L$(LIBDIR) -lanyfwd' \
	    >$(DESTDIR)$(LIBDIR)/pkgconfig/anyfwd.pc

install: all install-lib ## install the program, its data and its man page, and the library
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)
	install -m 755 $(PROGRAM) $(DESTDIR)$(BINDIR)/anysim
	set -e; for f in $$(find plots topologies scenarios -type f); do \
	    install -D -m 644 "$$f" "$(DESTDIR)$(DATADIR)/$$f"; done
	if [ -f docs/anysim.1.scd ] && command -v scdoc >/dev/null; then \
	    install -d $(DESTDIR)$(MANDIR)/man1 && \
	    scdoc < docs/anysim.1.scd > $(DESTDIR)$(MANDIR)/man1/anysim.1; fi

clean: ## remove everything that was built (results/ stays)
	rm -rf build

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

# --- How it is made -----------------------------------------------------------------------------
# V=1 shows whole commands.
say = $(if $(filter 1,$(V)),,@echo '  $(1)'; )

# On a fresh machine `make demo` and `make check` must install before anything is compiled.
$(BUILD)/needs: $(if $(filter demo check,$(MAKECMDGOALS)),| deps)
	@CC="$(CC)" .ci/deps.sh --probe
	@mkdir -p $(@D) && touch $@

# The forwarding core asks for no library, and no package but a compiler.
$(fwd_objects): override LIB_CFLAGS :=
$(fwd_objects): $(BUILD)/obj/%.o: sim/%.c Makefile VERSION \
    $(if $(filter demo check,$(MAKECMDGOALS)),| deps)
	@mkdir -p $(@D)
	$(call say,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: sim/%.c Makefile VERSION | $(BUILD)/needs
	@mkdir -p $(@D)
	$(call say,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%.o: tests/%.c Makefile VERSION | $(BUILD)/needs
	@mkdir -p $(@D)
	$(call say,CC   $<)$(COMPILE) -MMD -MP -c -o $@ $<

$(PROGRAM): $(BUILD)/obj/cmd/main.o $(core_objects)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

$(LIBFWD): $(fwd_objects)
	$(call say,AR   $@)rm -f $@ && $(AR) rcsD $@ $^

# A unit program is linked with its own layer and the layers which that one may see, object by
# object: a call upwards does not link. Other .c files in its folder are its helpers. A folder of
# tests that is no layer gets all of them.
seen = $(foreach l,$(1) $(sees.$(1)),$(firstword $(subst /, ,$(l))))
tested = $(if $(filter $(1),$(LAYERS)),$(foreach l,$(call seen,$(1)),$(call objects_in,$(l))),\
           $(core_objects))
helpers = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(test_sources),$(wildcard tests/$(1)/*.c)))

define link_tests
$(filter $(BUILD)/tests/$(1)/%,$(test_programs)): $(BUILD)/tests/%: $(BUILD)/tests/%.o \
    $(BUILD)/tests/unit.o $(call helpers,$(1)) \
    $(filter-out $(BUILD)/obj/cmd/main.o,$(call tested,$(1)))
endef
test_folders := $(sort $(patsubst tests/%/,%,$(dir $(test_sources))))
$(foreach f,$(test_folders),$(eval $(call link_tests,$(f))))

fibpeer := $(BUILD)/tests/bench/fibpeer.o
fibpeer_users := $(BUILD)/bench $(BUILD)/tests/differential/test_fibdpdk
$(fibpeer): override CPPFLAGS += $(DPDK_CFLAGS)
$(fibpeer_users): PEER_LIBS = $(DPDK_LIBS)
$(BUILD)/tests/differential/test_fibdpdk: $(fibpeer)

$(test_programs):
	$(call say,LINK $@)$(LINK) -o $@ $^ $(PEER_LIBS) $(LIBS) -lcunit

ifeq ($(wildcard tests/bench/bench.c),)
$(BUILD)/bench:
	@echo 'make bench: tests/bench/bench.c is missing' >&2; exit 1
else
$(BUILD)/bench: $(bench_objects) $(core_objects)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(PEER_LIBS) $(LIBS)
endif

# What tests/kernel/run.sh runs.
$(BUILD)/kernel: $(kernel_objects)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

# What tests/daemons/differential.sh runs.
$(BUILD)/daemons: $(daemons_objects)
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

# What tests/ns3/run_differential.sh runs.
ns3_layers := $(foreach l,$(call seen,net) net transport,$(call objects_in,$(l)))
$(BUILD)/ns3-anysim: $(BUILD)/tests/ns3/anysim_side.o $(ns3_layers)
$(BUILD)/ns3-anysim-tcp: $(BUILD)/tests/ns3/anysim_tcp.o $(ns3_layers)
$(BUILD)/ns3-anysim $(BUILD)/ns3-anysim-tcp:
	$(call say,LINK $@)$(LINK) -o $@ $^ $(LIBS)

# For the lint: every source and every header by itself, with a BUILD folder and a CC of its own.
alone := $(patsubst %.h,$(BUILD)/%.alone,$(wildcard sim/*/*.h))
$(alone): $(BUILD)/%.alone: %.h $(wildcard sim/*/*.h) | $(BUILD)/needs
	@mkdir -p $(@D)
	$(call say,CC   $< alone)$(COMPILE) -fsyntax-only -include $< -x c /dev/null && touch $@

lint-objects: $(sim_objects) $(test_objects) $(alone)

-include $(sim_objects:.o=.d) $(test_objects:.o=.d)
