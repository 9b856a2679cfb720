# SPDX-License-Identifier: GPL-3.0-or-later
# sweep: utilisation of every link without failure against the worst case of a sweep, and which failure
# that is; the 25 worst links of sweep.csv (link,baseline_pct,worst_pct,worst_case).
#
#     gnuplot -c plots/sweep.gp results/SWEEP OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('sweep.gp')]
load here.'style.gp'
data = results.'/sweep.csv'

stats data using 3 skip 1 nooutput
n = STATS_records
top = ceil((STATS_max > 100 ? STATS_max * 1.02 : 100) / 20.0) * 20
array load[n]
at = 0
stats data using (at = at + 1, load[at] = column(3), 0) skip 1 nooutput
rank(i) = 1 + sum [k=1:n] (load[k] > load[i] || (load[k] == load[i] && k < i))
most = n < 25 ? n : 25
array place[n]
do for [k=1:n] { place[k] = rank(k) }
at_row(row) = place[int(row) + 1] <= most ? place[int(row) + 1] : NaN

width = 900
height = 112 + 21 * most
headline = 'Utilisation without failure and in the worst single failure: '.short(run_name, 40)
subline = 'The links that a failure loads most, one direction each; on the right the failure that does it.'
load here.'canvas.gp'
set lmargin at screen x_px(268)
set rmargin at screen x_px(640)
set tmargin at screen y_px(72)
set bmargin at screen y_px(height - 42)
set yrange [most + 0.6:0.4]
unset ytics
set border 1
set grid xtics noytics
set xrange [0:top]
set xtics 0, 20, top format '%g %%'
set xlabel 'utilisation [% of the rate]' textcolor rgb ink offset 0, 0.3
set arrow 1 from 100, graph 0 to 100, graph 1 nohead linecolor rgb alarm linewidth 1
set key at screen x_px(640), y_px(58) right horizontal samplen 1 textcolor rgb ink
plot data using 2:(at_row($0)):($3 - $2):(0) skip 1 with vectors nohead linewidth 3 linecolor rgb '#D9D9D9' notitle, \
    data using 2:(at_row($0)) skip 1 with points pointtype 6 pointsize 1.2 * dot linewidth 2 linecolor rgb '#0072B2' title 'no failure', \
    data using 3:(at_row($0)) skip 1 with points pointtype 7 pointsize 1.3 * dot linecolor rgb '#D55E00' title 'worst failure', \
    data using (0):(at_row($0)):(short(strcol(1), 40)) skip 1 with labels right offset -0.8, 0 font font_small textcolor rgb ink notitle, \
    data using (top):(at_row($0)):(short(strcol(4), 40)) skip 1 with labels left offset 0.8, 0 font font_small textcolor rgb faint notitle
