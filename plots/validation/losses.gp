# SPDX-License-Identifier: GPL-3.0-or-later
# losses: loss of a drop-tail port with room for K packets against the formula of M/M/1/K (row 24).
#
#     gnuplot -c plots/validation/losses.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/losses.gp')]
data = results.'/losses.csv'

load here.'style.gp'
width = 760
height = 460
headline = 'Drop-tail ports with room for K packets'
subline = 'Share of packets lost. Lines: M/M/1/K, (1 − ρ)ρᴷ / (1 − ρᴷ⁺¹); points: millions of packets.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set logscale y
set xrange [0.75:1.25]
set yrange [0.001:0.5]
set ytics ('0.1 %%' 0.001, '1 %%' 0.01, '10 %%' 0.1)
set xlabel 'offered load ρ' textcolor rgb ink
set ylabel 'share lost' textcolor rgb ink
set grid xtics ytics
set key bottom right samplen 3 textcolor rgb ink
set samples 200 # none of which is at 1
loss(rho, k) = (1 - rho) * rho**k / (1 - rho**(k + 1))
array room[3] = [5, 10, 20]
plot for [k=1:3] loss(x, room[k]) linestyle k title sprintf('K = %d', room[k]), \
     for [k=1:3] data using ($1 == room[k] ? $2 : NaN):4 skip 1 with points \
         pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[k] notitle
