# SPDX-License-Identifier: GPL-3.0-or-later
# The layer table: which folders of sim/ a folder may include, besides itself. One table for two
# readers: the Makefile links a unit program with its folder and the folders listed here, and
# check_layers.sh tests every #include line. An entry with a slash is a single header.
LAYERS := base policy fwd transport wire scenario forward engine net igp bgp router anycast traffic demand measure run report export cmd

sees.base     :=
sees.policy   := base
sees.fwd      := base/ip.h base/ip6.h
sees.transport := base fwd
sees.wire     := base fwd
sees.scenario := base policy fwd/headers.h wire/capture.h
sees.forward  := base policy fwd scenario wire
sees.engine   := base
sees.net      := base policy fwd scenario wire/capture.h engine
sees.igp      := base policy fwd scenario wire/capture.h engine net
sees.bgp      := base policy fwd scenario wire/capture.h engine net
sees.router   := base policy fwd scenario wire/capture.h engine net igp bgp
sees.anycast  := base policy fwd scenario wire/capture.h engine net igp bgp router
sees.traffic  := base policy fwd transport scenario wire/capture.h engine net igp bgp router anycast
sees.demand   := base policy fwd scenario wire/capture.h engine net igp bgp router anycast
sees.measure  := base policy fwd transport scenario wire/capture.h engine net igp bgp router anycast traffic demand
sees.run      := base policy fwd transport scenario wire engine net igp bgp router anycast traffic demand measure
sees.report   := base policy fwd transport scenario wire engine net igp bgp router anycast traffic demand measure run
sees.export   := base policy fwd transport scenario wire engine net igp bgp router anycast traffic demand measure run report
sees.cmd      := base policy fwd transport wire scenario forward engine net igp bgp router anycast traffic demand measure run report export
