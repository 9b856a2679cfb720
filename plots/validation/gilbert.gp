# SPDX-License-Identifier: GPL-3.0-or-later
# gilbert: loss and length of bursts under Gilbert and Elliott's model with k = 1, h = 0 (row 26).
#
#     gnuplot -c plots/validation/gilbert.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/gilbert.gp')]
data = results.'/gilbert.csv'

load here.'style.gp'
width = 860
height = 420
headline = 'Losses in bursts: Gilbert and Elliott'
subline = 'A point is a pair of p and r with k = 1, h = 0, seen over 10⁷ packets and more; on the line, formula and measurement agree.'
load here.'canvas.gp'

set logscale xy
set grid xtics ytics
set bmargin at screen y_px(height - 50)
set tmargin at screen y_px(100)
set ylabel 'measured' textcolor rgb ink
unset key
set multiplot
set lmargin at screen x_px(70)
set rmargin at screen x_px(410)
set xrange [0.005:0.2]
set yrange [0.005:0.2]
set xtics ('1 %%' 0.01, '10 %%' 0.1)
set ytics ('1 %%' 0.01, '10 %%' 0.1)
set xlabel 'formula' textcolor rgb ink
set label 1 'share lost, p / (p + r)' at graph 0, 1.05 left font font_panel textcolor rgb ink
plot x linewidth 1 linecolor rgb faint, data using 3:4 skip 1 with points pointtype 6 pointsize 1.4 * dot \
    linewidth 1.5 linecolor rgb hue[1], data using 3:4:(sprintf('p %g, r %g', $1, $2)) skip 1 with labels \
    left offset 1, -0.4 font font_small textcolor rgb ink
unset label 9001
unset label 9002
set lmargin at screen x_px(500)
set rmargin at screen x_px(840)
set xrange [1:20]
set xtics (1, 2, 4, 10, 20)
set ytics (1, 2, 4, 10, 20)
set yrange [1:20]
set label 1 'packets of a burst, 1 / r' at graph 0, 1.05 left font font_panel textcolor rgb ink
plot x linewidth 1 linecolor rgb faint, data using 5:6 skip 1 with points pointtype 6 pointsize 1.4 * dot \
    linewidth 1.5 linecolor rgb hue[2], data using 5:6:(sprintf('r %g', $2)) skip 1 with labels \
    left offset 1, -0.4 font font_small textcolor rgb ink
unset multiplot
