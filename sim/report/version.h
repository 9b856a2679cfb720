// SPDX-License-Identifier: GPL-3.0-or-later
// version: the release that results name. The Makefile passes ANYSIM_VERSION; an object that is
// compiled by hand says so.
#ifndef ANYSIM_REPORT_VERSION_H
#define ANYSIM_REPORT_VERSION_H

#ifndef ANYSIM_VERSION
#define ANYSIM_VERSION "unversioned"
#endif

#endif
