# SPDX-License-Identifier: GPL-3.0-or-later
# sources NAME…: the files below the present folder that the lint looks at, by file-name pattern,
# in a fixed order. The bad samples of the lint's own test are none of them.
sources() {
    local patterns=() n
    for n in "$@"; do
        patterns+=(-o -name "$n")
    done
    find sim tests plots .ci -path tests/lint/bad -prune -o -type f '(' "${patterns[@]:1}" ')' \
        -print 2>/dev/null | LC_ALL=C sort
}
