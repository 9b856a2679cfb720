// SPDX-License-Identifier: GPL-3.0-or-later
// Does not stand alone: size_t comes from nowhere.
size_t needy(void);
