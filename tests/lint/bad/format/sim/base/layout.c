// SPDX-License-Identifier: GPL-3.0-or-later
int f(int a){return a;}
