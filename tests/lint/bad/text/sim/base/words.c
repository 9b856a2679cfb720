// SPDX-License-Identifier: GPL-3.0-or-later
// TODO: the rest
// FIXME, XXX
// a stub for now, stuBBED out
// A stub AS and two stub networks are the field's words; METHODXXXL, is_stub and stubborn are none.
	int tab;
int blank; 
int crlf;
