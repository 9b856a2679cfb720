# SPDX-License-Identifier: GPL-3.0-or-later
# links: utilisation before and in the outage, of the links whose load rises most, of the fullest ones
# and of those whose load falls most; one direction each. Without an outage: the fullest links.
#
#     gnuplot -c plots/links.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('links.gp')]
load here.'style.gp'
data = results.'/links.csv'

# Columns: 1 link, 2 and 3 its ends, 9 before, 11 outage mean, 12 outage peak, last: dark.
stats data using 17 skip 1 nooutput
n = STATS_records
array name[n]
array from[n]
array to[n]
array before[n]
array outage[n]
array peak[n]
array dead[n]
array score[n]
at = 0
short_of(x) = x == x ? sprintf('%.1f', x) : '–'
number(c) = valid(c) ? column(c) : NaN # empty: the phase is shorter than a bucket
row(s, a, b, x, y, p, d) = (at = at + 1, name[at] = s, from[at] = a, to[at] = b, before[at] = x, outage[at] = y, peak[at] = p, dead[at] = d, 0)
stats data using (row(strcol(1), strcol(2), strcol(3), number(9), has_outage ? number(11) : 0, has_outage ? number(12) : 0, column(17))) skip 1 nooutput

# --- What is shown: sections of rows, `line` is a row's place
ROWS = 60
array shown[ROWS] # index of the link
array line[ROWS]
array heading[3]
array heading_line[3]
nshown = 0
nsections = 0
next_line = 1.0
# Whether the other direction stands in the section already.
twin(k, first) = nshown < first ? 0 : sum [j=first:nshown] (from[shown[j]] eq to[k] && to[shown[j]] eq from[k])
ndead = sum [k=1:n] (dead[k] > 0)
do for [section=1:3] {
    if (!has_outage && section != 2) { continue }
    do for [k=1:n] { score[k] = section == 1 ? outage[k] - before[k] : section == 2 ? (has_outage ? outage[k] : before[k]) : before[k] - outage[k] }
    room = !has_outage ? 25 : section == 3 ? 8 : 10
    first = nshown + 1
    more = take_best(n, section == 2 ? 0 : 0.5)
    while (more && nshown - first + 1 < room) {
        if (section < 3 || twin(more, first) == 0) {
            nshown = nshown + 1
            shown[nshown] = more
            line[nshown] = next_line + nshown - first + (has_outage ? 1.1 : 0)
        }
        more = take_best(n, section == 2 ? 0 : 0.5)
    }
    if ((nshown >= first || section == 1) && has_outage) {
        nsections = nsections + 1
        heading[nsections] = section == 1 ? (nshown ? 'load rises most' : 'no load rises by 0.5 percentage points or more') : section == 2 ? 'fullest in the outage' : \
            'load falls most'.(ndead ? sprintf(' (directions that carry nothing any more: %d)', ndead) : '')
        heading_line[nsections] = next_line + 0.15
        next_line = (nshown >= first ? line[nshown] : next_line + 0.3) + 1.2
    }
}
if (nshown == 0) { exit error 'no link of links.csv carries anything' }
lines = line[nshown] + 0.7
@gather_reset
do for [k=1:nshown] { x = gather(before[shown[k]]) + gather(outage[shown[k]]) + gather(peak[shown[k]]) }
top = gather_max > 100 ? gather_max * 1.01 : 100

width = 900
height = int(116 + 18.5 * (lines - 0.3))
headline = (has_outage ? 'Links that the outage changes: ' : 'Busiest links: ').short(run_name, 60)
subline = has_outage ? 'Mean utilisation of one direction, ranked by change (percentage points) or by load; the tick is the fullest bucket.' : 'Mean utilisation of one direction over the run, the fullest first.'
load here.'canvas.gp'
set lmargin at screen x_px(300)
set rmargin at screen x_px(770)
set tmargin at screen y_px(72)
set bmargin at screen y_px(height - 42)
set yrange [lines:0.3]
unset ytics
set border 1
set grid xtics noytics
set xrange [0:top]
set xtics 0, 20, 100 format '%g %%'
set xlabel 'utilisation [% of the rate]' textcolor rgb ink offset 0, 0.3
set arrow 1 from 100, graph 0 to 100, graph 1 nohead back linecolor rgb alarm linewidth 1
do for [k=1:nsections] {
    note = heading[k]
    set label 100 + k note at screen x_px(14), first heading_line[k] left font font_panel textcolor rgb ink
}
result(k) = !has_outage ? sprintf('%.1f %%', before[k]) : \
    dead[k] > 0 ? short_of(before[k]).' → no traffic' : short_of(before[k]).' → '.short_of(outage[k]).' %'
set samples nshown > 1 ? nshown : 2
if (has_outage) {
    set key at screen x_px(890), y_px(60) right horizontal samplen 1.5 textcolor rgb ink
    plot sample [k=1:nshown:1] '+' using (0):(line[int(k)]):(0):(before[shown[int(k)]]):(line[int(k)] - 0.36):(line[int(k)] - 0.02) \
            with boxxyerror fillcolor rgb '#B0BEC8' title 'before', \
        [k=1:nshown:1] '+' using (0):(line[int(k)]):(0):(outage[shown[int(k)]]):(line[int(k)] + 0.02):(line[int(k)] + 0.36) \
            with boxxyerror fillcolor rgb '#D55E00' title 'outage', \
        [k=1:nshown:1] '+' using (dead[shown[int(k)]] > 0 ? NaN : peak[shown[int(k)]]):(line[int(k)] - 0.04):(0):(0.46) \
            with vectors nohead linewidth 2 linecolor rgb '#000000' notitle, \
        [k=1:nshown:1] '+' using (0):(line[int(k)]):(short(name[shown[int(k)]], 44)) with labels right offset -0.8, 0 font font_small textcolor rgb ink notitle, \
        [k=1:nshown:1] '+' using (top):(line[int(k)]):(result(shown[int(k)])) with labels left offset 0.8, 0 font font_small textcolor rgb ink notitle
} else {
    unset key
    plot sample [k=1:nshown:1] '+' using (0):(line[int(k)]):(0):(before[shown[int(k)]]):(line[int(k)] - 0.34):(line[int(k)] + 0.34) \
            with boxxyerror fillcolor rgb '#0072B2', \
        [k=1:nshown:1] '+' using (0):(line[int(k)]):(short(name[shown[int(k)]], 44)) with labels right offset -0.8, 0 font font_small textcolor rgb ink, \
        [k=1:nshown:1] '+' using (top):(line[int(k)]):(result(shown[int(k)])) with labels left offset 0.8, 0 font font_small textcolor rgb ink
}
