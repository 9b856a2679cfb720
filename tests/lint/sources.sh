# SPDX-License-Identifier: GPL-3.0-or-later
# sources NAME…: the files below the present folder that the lint looks at, by file-name pattern,
# in a fixed order. The bad samples of the lint's own test are none of them.
sources() {
    local patterns=() folders=() n
    for n in sim tests plots .ci; do
        [ ! -d "$n" ] || folders+=("$n")
    done
    for n in "$@"; do
        patterns+=(-o -name "$n")
    done
    find ${folders[@]+"${folders[@]}"} -path tests/lint/bad -prune -o -type f '(' "${patterns[@]:1}" ')' \
        -print | LC_ALL=C sort
}
