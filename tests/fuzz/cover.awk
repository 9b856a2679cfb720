# SPDX-License-Identifier: GPL-3.0-or-later
# cover.awk: from the notes that libFuzzer takes when it merges, the names of `most` inputs that
# together reach the most. Those whose names match `by_hand` are counted, but not named: they stay.
#
# The notes are a head (number of inputs, of those in the first folder, a name a line), then a line
# "FT number feature…" for each input. A feature is eight times the number of a place in the code,
# and how often it was passed, in eight classes. The input that adds most is taken, again and again:
# first what adds places, then what adds classes.
NR == 1 { files = $1; next }
NR == 2 { next }
NR <= files + 2 { name[NR - 3] = $0; next }
$1 == "FT" { features[$2] = $0 }
function add(unit, f,    n, i, part, fresh, count) {
    n = split(features[f], part, " ")
    count = 0
    for (i = 3; i <= n; i++) {
        fresh = unit ":" int(part[i] / unit)
        if (!(fresh in known) && !(fresh in seen)) { seen[fresh] = 1; count++ }
    }
    return count
}
function take(unit,    best, gain, f, n) {
    for (; taken < most; taken++) {
        gain = 0
        for (f in features) {
            if (bound[unit, f] != "" && bound[unit, f] <= gain) continue
            split("", seen)
            bound[unit, f] = n = add(unit, f)
            if (n > gain) { gain = n; best = f }
        }
        if (gain == 0) return
        print name[best]
        keep(best)
    }
}
function keep(f,    place) {
    split("", seen)
    add(8, f)
    add(1, f)
    for (place in seen) known[place] = 1
    delete features[f]
}
END {
    for (f in features)
        if (name[f] ~ by_hand) { keep(f); taken++ }
    take(8)
    take(1)
}
