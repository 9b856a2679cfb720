# SPDX-License-Identifier: GPL-3.0-or-later
# load: how full the fullest links are over time: mean, 95th and 99th percentile and maximum of the utilisation, and
# what packets waited for it. One direction each, the highest 95th percentile first; the outage where there is one.
#
#     gnuplot -c plots/load.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('load.gp')]
load here.'style.gp'
data = results.'/linkload.csv'

# Columns: 1 link, 3 phase, 4 mean, 5 p95, 6 p99, 7 max, 9 queue mean, 10 queue p99.
during = has_outage ? 'outage' : 'before'
n = 0
stats data using (n = n + (strcol(3) eq during), 0) skip 1 nooutput
if (n == 0) { exit error 'linkload.csv holds nothing about the phase' }
array name[n]
array mean[n]
array p95[n]
array p99[n]
array most[n]
array waits[n]
array longest[n]
array score[n]
at = 0
number(c) = valid(c) ? column(c) : NaN
take_row(s, m, a, b, c, w, q) = (at = at + 1, name[at] = s, mean[at] = m, p95[at] = a, p99[at] = b, most[at] = c, waits[at] = w, longest[at] = q, score[at] = a + m / 1e6, 0)
stats data using (strcol(3) eq during ? take_row(strcol(1), column(4), column(5), column(6), column(7), number(9), number(10)) : 0) skip 1 nooutput

ROWS = 25
array shown[ROWS]
nshown = 0
more = take_best(n, 0)
while (more && nshown < ROWS) {
    nshown = nshown + 1
    shown[nshown] = more
    more = take_best(n, 0)
}
if (nshown == 0) { exit error 'no link of linkload.csv carries anything' }
@gather_reset
do for [k=1:nshown] { x = gather(most[shown[k]]) }
top = gather_max > 100 ? gather_max * 1.01 : 100

width = 900
height = int(118 + 19 * (nshown + 0.4))
headline = 'How full the fullest links are: '.short(run_name, 60)
subline = (has_outage ? 'In the outage' : 'Over the run').', one direction each: mean, 95th and 99th percentile and maximum over the time buckets; wait of packets.'
load here.'canvas.gp'
set lmargin at screen x_px(300)
set rmargin at screen x_px(740)
set tmargin at screen y_px(76)
set bmargin at screen y_px(height - 42)
set yrange [nshown + 0.7:0.3]
unset ytics
set border 1
set grid xtics noytics
set xrange [0:top]
set xtics 0, 20, 100 format '%g %%'
set xlabel 'utilisation [% of the rate]' textcolor rgb ink offset 0, 0.3
set arrow 1 from 100, graph 0 to 100, graph 1 nohead back linecolor rgb alarm linewidth 1
set label 2 'mean / p99 wait' at screen x_px(890), y_px(66) right font font_small textcolor rgb faint
wait_text(w, q) = w == w ? sprintf('%.2f / %.1f ms', w, q) : 'no packets'
set samples nshown > 1 ? nshown : 2
set key at screen x_px(740), y_px(66) right horizontal samplen 1.5 width -1 textcolor rgb ink
plot sample [k=1:nshown:1] '+' using (mean[shown[int(k)]]):(int(k)):(most[shown[int(k)]] - mean[shown[int(k)]]):(0) \
        with vectors nohead linewidth 2 linecolor rgb '#B0BEC8' notitle, \
    [k=1:nshown:1] '+' using (mean[shown[int(k)]]):(int(k)) with points pointtype 7 pointsize dot linecolor rgb '#0072B2' title 'mean', \
    [k=1:nshown:1] '+' using (p95[shown[int(k)]]):(int(k)) with points pointtype 5 pointsize 0.8 * dot linecolor rgb '#E69F00' title 'p95', \
    [k=1:nshown:1] '+' using (p99[shown[int(k)]]):(int(k)) with points pointtype 9 pointsize dot linecolor rgb '#D55E00' title 'p99', \
    [k=1:nshown:1] '+' using (most[shown[int(k)]]):(int(k) - 0.32):(0):(0.64) with vectors nohead linewidth 2 linecolor rgb '#000000' title 'max', \
    [k=1:nshown:1] '+' using (0):(int(k)):(short(name[shown[int(k)]], 44)) with labels right offset -0.8, 0 font font_small textcolor rgb ink notitle, \
    [k=1:nshown:1] '+' using (top):(int(k)):(wait_text(waits[shown[int(k)]], longest[shown[int(k)]])) with labels left offset 1.2, 0 font font_small textcolor rgb ink notitle
