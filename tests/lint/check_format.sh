#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_format.sh ROOT: the layout that .clang-format describes. Exit 77: clang-format is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sources.sh"
cd "$1"
if ! command -v clang-format >/dev/null; then
    echo 'clang-format is missing: the layout was not checked'
    exit 77
fi
# One line a file: where its first difference is, and how many there are.
status=0
output=$(sources '*.[ch]' | xargs -r clang-format --dry-run --Werror 2>&1) || status=$?
awk -F : '
    / error: / { if (!($1 in count)) { order[++n] = $1; line[$1] = $2 } count[$1]++; next }
    END {
        for (i = 1; i <= n; i++) {
            f = order[i]
            printf "%s:%d: layout differs from .clang-format here", f, line[f]
            print (count[f] > 1 ? " (places: " count[f] ")" : "")
        }
    }' <<<"$output"
[ "$status" = 0 ] && exit
echo "mend with clang-format -i FILE (Debian 12's version 14 decides; this is" \
    "$(clang-format --version | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1))"
exit 1
