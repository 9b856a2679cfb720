# SPDX-License-Identifier: GPL-3.0-or-later
# The layer table: which folders of sim/ a folder may include, besides itself. One table for two
# readers: the Makefile links a unit program with its folder and the folders listed here, and
# check_layers.sh tests every #include line. An entry with a slash is a single header.
LAYERS := base fwd scenario wire forward engine net igp bgp router anycast traffic measure run report export cmd

sees.base     :=
sees.fwd      := base/ip.h base/ip6.h
sees.scenario := base
sees.wire     := base fwd
sees.forward  := base fwd scenario wire
sees.engine   := base
sees.net      := base fwd scenario engine
sees.igp      := base fwd scenario engine net
sees.bgp      := base fwd scenario engine net
sees.router   := base fwd scenario engine net igp bgp
sees.anycast  := base fwd scenario engine net igp bgp router
sees.traffic  := base fwd scenario engine net igp bgp router anycast
sees.measure  := base fwd scenario engine net igp bgp router anycast traffic
sees.run      := base fwd scenario wire engine net igp bgp router anycast traffic measure
sees.report   := base fwd scenario wire engine net igp bgp router anycast traffic measure run
sees.export   := base fwd scenario wire engine net igp bgp router anycast traffic measure run report
sees.cmd      := base fwd scenario wire forward engine net igp bgp router anycast traffic measure run report export
