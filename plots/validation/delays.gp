# SPDX-License-Identifier: GPL-3.0-or-later
# delays: the laws of delay noise, quantile by quantile against their formulas.
#
#     gnuplot -c plots/validation/delays.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/delays.gp')]
data = results.'/delays.csv'

load here.'style.gp'
width = 760
height = 460
headline = 'Delay noise, law by law'
subline = 'Distribution of the delay. Lines: the formula; points: drawn, with a correlation of 0.5 from packet to packet.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set xrange [0:60]
set yrange [0:104]
set ytics 0, 25, 100 format '%g %%'
set xlabel 'delay [ms]' textcolor rgb ink
set ylabel 'not longer' textcolor rgb ink
set grid xtics ytics
set key bottom right samplen 3 textcolor rgb ink
array law[6] = ['uniform', 'normal', 'gamma', 'lognormal', 'weibull', 'pareto']
plot for [k=1:6] data using (strcol(1) eq law[k] ? $3 : 1/0):($2 * 100) skip 1 with lines linestyle k title law[k], \
     for [k=1:6] data using (strcol(1) eq law[k] ? $4 : NaN):($2 * 100) skip 1 with points \
         pointtype 6 pointsize 0.9 * dot linecolor rgb hue[k] notitle
