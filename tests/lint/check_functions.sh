#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_functions.sh ROOT: a function fits on a screen, 70 lines with its head. Relies on the house
# layout (clang-format is checked apart): a function's braces stand alone in the first column.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sources.sh"
cd "$1"

sources '*.[ch]' | {
    mapfile -t files
    [ ${#files[@]} -gt 0 ] || { echo "check_functions: no source in $1"; exit 1; }
    awk -v max=70 '
    FNR == 1 { head = 0; inside = 0 }
    inside && /^}/ {
        if (FNR - head + 1 > max) {
            printf "%s:%d: %s() has %d lines, at most %d are allowed\n", FILENAME, head, called,
                FNR - head + 1, max
            bad = 1
        }
        inside = 0
        head = 0
        next
    }
    inside { next }
    /^\{$/ { inside = 1; if (!head) head = FNR; next }
    # A head begins at the first line of code after a blank, a comment, a directive or an end.
    /^$/ || /^(\/\/|#|\/\*| \*)/ || /[;}]$/ { head = 0; next }
    !head {
        head = FNR
        called = $0
        sub(/\(.*/, "", called)
        sub(/.*[ *]/, "", called)
    }
    END { exit bad }
    ' "${files[@]}"
}
