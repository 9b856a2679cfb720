// SPDX-License-Identifier: GPL-3.0-or-later
// Compiles with warnings only: a narrowing, a shadow, a missing prototype.
int loose(long wide)
{
    int narrow = wide;
    {
        int narrow = 2;
        (void)narrow;
    }
    return narrow;
}
