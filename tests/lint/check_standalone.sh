#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_standalone.sh LIBRARY: the forwarding core, whole, links with libc alone.
set -euo pipefail
: "${CC:=gcc}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo 'int main(void) { return 0; }' >"$scratch/main.c"
"$CC" -o "$scratch/main" "$scratch/main.c" -Wl,--whole-archive "$1" -Wl,--no-whole-archive \
    2>&1 | sed -nE 's/.*(undefined reference to .*)/libanyfwd.a: \1/p; s/^.*ld: cannot find/&/p' |
    LC_ALL=C sort -u
exit "${PIPESTATUS[0]}"
