# SPDX-License-Identifier: GPL-3.0-or-later
# sweep: utilisation of links without failure against the worst case of a sweep, and which failure that
# is: the links that a failure loads more, by rise, and the fullest ones. Of a link's two directions
# the worse one stands in a section.
#
#     gnuplot -c plots/sweep.gp results/SWEEP OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('sweep.gp')]
load here.'style.gp'
data = results.'/sweep.csv'
LEAST = 0.5 # percentage points: a smaller rise is not worth a row

stats data using 3 skip 1 nooutput
n = STATS_records
if (n == 0) { exit error 'sweep.csv holds no link' }
array name[n]
array base[n]
array worst[n]
array cause[n]
array score[n]
at = 0
row(s, x, y, c) = (at = at + 1, name[at] = s, base[at] = x, worst[at] = y, cause[at] = c, 0)
stats data using (row(strcol(1), column(2), column(3), strcol(4))) skip 1 nooutput

ROWS = 60
array shown[ROWS]
array line[ROWS]
array heading[2]
array heading_line[2]
nshown = 0
nsections = 0
next_line = 1.0
# "a>b" and "b>a" are the two directions of a link.
other(s) = strstrt(s, '>') ? s[strstrt(s, '>') + 1:*].'>'.s[1:strstrt(s, '>') - 1] : ''
twin(k, first) = nshown < first ? 0 : sum [j=first:nshown] (name[shown[j]] eq other(name[k]))
do for [section=1:2] {
    do for [k=1:n] { score[k] = section == 1 ? worst[k] - base[k] : worst[k] }
    room = section == 1 ? 14 : 12
    first = nshown + 1
    more = take_best(n, section == 1 ? LEAST : -1)
    while (more && nshown - first + 1 < room) {
        if (twin(more, first) == 0) {
            nshown = nshown + 1
            shown[nshown] = more
            line[nshown] = next_line + nshown - first + 1.1
        }
        more = take_best(n, section == 1 ? LEAST : -1)
    }
    nsections = nsections + 1
    heading[nsections] = section == 2 ? 'fullest links' : nshown ? 'load rises most' : \
        sprintf('no failure of the sweep loads a link by %.1f percentage points more', LEAST)
    heading_line[nsections] = next_line + 0.15
    next_line = (nshown >= first ? line[nshown] : next_line + 0.3) + 1.2
}
lines = line[nshown] + 0.7
@gather_reset
do for [k=1:nshown] { x = gather(worst[shown[k]]) }
top = gather_max > 100 ? ceil(gather_max * 1.02 / 20.0) * 20 : 100

width = 900
height = int(116 + 20 * (lines - 0.3))
headline = 'Utilisation without failure and in the worst single failure: '.short(run_name, 40)
subline = 'Mean once routing has settled, one direction of a link; on the right the failure that loads it most.'
load here.'canvas.gp'
set lmargin at screen x_px(284)
set rmargin at screen x_px(540)
set tmargin at screen y_px(72)
set bmargin at screen y_px(height - 42)
set yrange [lines:0.3]
unset ytics
set border 1
set grid xtics noytics
set xrange [0:top]
set xtics 0, (top > 100 ? 40 : 20), top format '%g %%'
set xlabel 'utilisation [% of the rate]' textcolor rgb ink offset 0, 0.3
set arrow 1 from 100, graph 0 to 100, graph 1 nohead back linecolor rgb alarm linewidth 1
do for [k=1:nsections] {
    note = heading[k]
    set label 100 + k note at screen x_px(14), first heading_line[k] left font font_panel textcolor rgb ink
}
result(k) = worst[k] > base[k] ? sprintf('%.1f → %.1f %%', base[k], worst[k]) : sprintf('%.1f %%', base[k])
# gnuplot reads rubbish from an empty last cell, so the figures decide whether there is a cause.
reason(k) = worst[k] > base[k] ? short(cause[k], 41) : 'no failure'
do for [k=1:nshown] {
    note = reason(shown[k])
    set label 200 + k note at screen x_px(644), first line[k] left font font_small textcolor rgb faint
}
set key at screen x_px(634), y_px(60) right horizontal samplen 1 textcolor rgb ink
set samples nshown > 1 ? nshown : 2
plot sample [k=1:nshown:1] '+' using (base[shown[int(k)]]):(line[int(k)]):(worst[shown[int(k)]] - base[shown[int(k)]]):(0) \
        with vectors nohead linewidth 3 linecolor rgb '#D9D9D9' notitle, \
    [k=1:nshown:1] '+' using (worst[shown[int(k)]]):(line[int(k)]) with points pointtype 7 pointsize 1.3 * dot linecolor rgb '#D55E00' title 'worst failure', \
    [k=1:nshown:1] '+' using (base[shown[int(k)]]):(line[int(k)]) with points pointtype 6 pointsize 1.3 * dot linewidth 2 linecolor rgb '#0072B2' title 'no failure', \
    [k=1:nshown:1] '+' using (0):(line[int(k)]):(short(name[shown[int(k)]], 42)) with labels right offset -0.8, 0 font font_small textcolor rgb ink notitle, \
    [k=1:nshown:1] '+' using (top):(line[int(k)]):(result(shown[int(k)])) with labels left offset 0.8, 0 font font_small textcolor rgb ink notitle
