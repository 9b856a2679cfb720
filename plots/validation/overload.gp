# SPDX-License-Identifier: GPL-3.0-or-later
# overload: an overload and its drain, among packets and in a fluid (row 25).
#
#     gnuplot -c plots/validation/overload.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/overload.gp')]
data = results.'/overload.csv'

load here.'style.gp'
width = 760
height = 420
headline = 'An overload and its drain'
subline = 'Mean wait of probes; load 1.4 for a quarter of the time, 0.6 else; room for 150. Lines: packets; points: the load is a fluid.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set xrange [0:4000]
set yrange [0:*]
set xlabel 'time since the overload began [services]' textcolor rgb ink
set ylabel 'mean wait [services]' textcolor rgb ink
set grid xtics ytics
set key top right samplen 3 textcolor rgb ink
plot for [h=1:2] data using ($1 == 2 * h - 1 ? $2 : 1/0):3 skip 1 with lines linestyle h \
         title sprintf('%d hop%s', 2 * h - 1, h > 1 ? 's' : ''), \
     for [h=1:2] data using ($1 == 2 * h - 1 ? $2 : NaN):4 skip 1 with points \
         pointtype 6 pointsize 0.9 * dot linecolor rgb hue[h] notitle
