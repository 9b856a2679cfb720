# SPDX-License-Identifier: GPL-3.0-or-later
# overload: an overload and its drain, among packets and in a fluid (row 25).
# A cycle is 4000 services, of which the second half is at rest.
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
subline = 'Mean wait of probes; load 1.4, 0.6 after 1000; room for 150. Lines: packets; points: the load is a fluid.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set xrange [0:2000]
set yrange [0:*]
set xlabel 'time since the overload began [services]' textcolor rgb ink
set ylabel 'mean wait [services]' textcolor rgb ink
set grid xtics ytics
set key top right samplen 3 textcolor rgb ink
array law[3] = ['exponential', 'exponential', 'deterministic']
array hops[3] = [1, 3, 3]
array every[3] = [50, 50, 10]
array what[3] = ['1 hop', '3 hops', '3 hops, packets of one size']
is(k) = strcol(1) eq law[k] && $2 == hops[k] && $3 == every[k]
plot for [k=1:3] data using (is(k) ? $4 : 1/0):5 skip 1 with lines linestyle k title what[k], \
     for [k=1:3] data using (is(k) ? $4 : NaN):6 skip 1 with points \
         pointtype 6 pointsize 0.9 * dot linecolor rgb hue[k] notitle
