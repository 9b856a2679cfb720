# SPDX-License-Identifier: GPL-3.0-or-later
# links: the 25 links that the outage (or, without one, the run) loads most: mean utilisation before
# and in the outage, and the highest bucket of the outage as a tick.
#
#     gnuplot -c plots/links.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('links.gp')]
load here.'style.gp'
data = results.'/links.csv'

# Columns: 1 link, 9 before, 11 outage mean, 12 outage peak.
load_column = has_outage ? 11 : 9
stats data using 9 skip 1 nooutput
n = STATS_records
array load[n]
at = 0
stats data using (at = at + 1, load[at] = column(load_column), 0) skip 1 nooutput
rank(i) = 1 + sum [k=1:n] (load[k] > load[i] || (load[k] == load[i] && k < i))
most = n < 25 ? n : 25
array place[n]
do for [k=1:n] { place[k] = rank(k) }
at_row(row) = place[int(row) + 1] <= most ? place[int(row) + 1] : NaN

width = 900
height = 112 + 21 * most
headline = 'Busiest links: '.short(run_name, 70)
subline = has_outage ? 'Mean utilisation of one direction before and in the outage; the tick marks the highest bucket of the outage.' : 'Mean utilisation of one direction over the run.'
load here.'canvas.gp'
set lmargin at screen x_px(330)
set rmargin at screen x_px(866)
set tmargin at screen y_px(72)
set bmargin at screen y_px(height - 42)
set yrange [most + 0.6:0.4]
unset ytics
set border 1
set grid xtics noytics
set xrange [0:100]
set xtics 0, 20, 100 format '%g %%'
set xlabel 'utilisation [% of the rate]' textcolor rgb ink offset 0, 0.3
set arrow 1 from 100, graph 0 to 100, graph 1 nohead linecolor rgb alarm linewidth 1
if (has_outage) {
    set key at screen x_px(866), y_px(58) right horizontal samplen 1.5 textcolor rgb ink
    plot data using (column(9) / 2):(at_row($0) - 0.19):(0):(column(9)):(at_row($0) - 0.34):(at_row($0) - 0.04) skip 1 \
            with boxxyerror fillcolor rgb '#B0BEC8' title 'before', \
        data using (0):(at_row($0)):(0):(column(11)):(at_row($0) - 0.02):(at_row($0) + 0.36) skip 1 \
            with boxxyerror fillcolor rgb '#D55E00' title 'outage', \
        data using (column(12)):(at_row($0) - 0.08):(0):(0.5) skip 1 with vectors nohead linewidth 2 linecolor rgb '#000000' notitle, \
        data using (0):(at_row($0)):(strcol(1)) skip 1 with labels right offset -0.8, 0 font font_small textcolor rgb ink notitle
} else {
    unset key
    plot data using (0):(at_row($0)):(0):(column(9)):(at_row($0) - 0.34):(at_row($0) + 0.34) skip 1 \
            with boxxyerror fillcolor rgb '#0072B2', \
        data using (0):(at_row($0)):(strcol(1)) skip 1 with labels right offset -0.8, 0 font font_small textcolor rgb ink
}
