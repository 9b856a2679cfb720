#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_layers.sh ROOT: includes in sim/ go downwards only, as layers.mk says; a header of ours is
# named from sim/ with its folder; the forwarding core uses neither GSL nor igraph.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"

find sim -mindepth 2 -name '*.[ch]' | LC_ALL=C sort | {
    mapfile -t files
    awk '
    function complain(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; bad = 1 }
    FNR == 1 { split(FILENAME, part, "/"); own = part[2] }
    FILENAME ~ /layers\.mk$/ {
        if ($1 == "LAYERS") for (i = 3; i <= NF; i++) known[$i] = 1
        if ($1 ~ /^sees\./) for (i = 3; i <= NF; i++) may[substr($1, 6), $i] = 1
        next
    }
    FNR == 1 && !(own in known) { complain("sim/" own "/ is no layer of tests/lint/layers.mk") }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\"")
        path = quoted[2]
        slash = index(path, "/")
        folder = substr(path, 1, slash - 1)
        if (!slash || path ~ /\.\./)
            complain("include \"" path "\": write it from sim/, as in \"base/ip.h\"")
        else if (!(folder in known))
            complain("include \"" path "\": no such layer")
        else if (folder != own && !((own, folder) in may) && !((own, path) in may))
            complain("include \"" path "\": " own "/ may not see it (tests/lint/layers.mk)")
    }
    own == "fwd" && /^[ \t]*#[ \t]*include[ \t]*<(gsl|igraph)/ {
        complain("the forwarding core links neither GSL nor igraph")
    }
    END { exit bad }
    ' "$here/layers.mk" ${files[@]+"${files[@]}"}
}
