#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check_text.sh ROOT: what can be seen line by line. No words of unfinished work, no tabs, no
# trailing blanks, a licence line on top, at most 700 lines a file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sources.sh"
cd "$1"

{ sources '*.[ch]' '*.sh' '*.gp' '*.awk' '*.mk' run; ls Makefile 2>/dev/null || true; } | {
    mapfile -t files
    [ ${#files[@]} -gt 0 ] || { echo "check_text: no source in $1"; exit 1; }
    # The words are spelt with brackets so that this file does not report itself.
    awk -v max=700 '
    function complain(line, what) { printf "%s:%d: %s\n", name, line, what; bad = 1 }
    function finish() {
        if (name && !licensed) complain(1, "no \"SPDX-License-Identifier: GPL-3.0-or-later\"")
        if (lines > max) complain(lines, lines " lines, at most " max " are allowed")
    }
    FNR == 1 { finish(); name = FILENAME; licensed = 0 }
    { lines = FNR }
    FNR <= 3 && /SPDX-License-Identifier: GPL-3\.0-or-later$/ { licensed = 1 }
    /[ \t\r]$/ { complain(FNR, "trailing blank") }
    /\t/ && FILENAME != "Makefile" { complain(FNR, "tab") }
    {
        text = " " $0 " "
        if (text ~ /[^A-Za-z0-9_](TO[D]O|FIX[M]E|XX[X])[^A-Za-z0-9_]/)
            complain(FNR, "word of unfinished work")
        # In the field, an AS, area, network or router at the edge bears that name too.
        text = tolower(text)
        gsub(/"st[u]b"/, " ", text) # the kind of network, as files and tables spell it
        gsub(/st[u]b (as|ases|areas?|networks?|routers?)[^a-z0-9_]/, " ", text)
        if (text ~ /[^a-z0-9_]st[u]b(s|bed|bing)?[^a-z0-9_]/)
            complain(FNR, "word of unfinished work")
    }
    END { finish(); exit bad }
    ' "${files[@]}"
}
