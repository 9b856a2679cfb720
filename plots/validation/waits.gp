# SPDX-License-Identifier: GPL-3.0-or-later
# waits: mean wait in a port with Poisson arrivals against Pollaczek and Khinchine (row 23).
#
#     gnuplot -c plots/validation/waits.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/waits.gp')]
data = results.'/waits.csv'

load here.'style.gp'
width = 760
height = 460
headline = 'Queues of the textbooks, from ports and packets'
subline = 'Mean wait in units of the mean service time. Lines: the Pollaczek-Khinchine formula; points: 10⁷ packets and more.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set logscale y
set xrange [0.25:1]
set yrange [0.1:100]
set xlabel 'offered load ρ' textcolor rgb ink
set ylabel 'mean wait [services]' textcolor rgb ink
set grid xtics ytics
set key top left reverse Left samplen 3 textcolor rgb ink
wait(rho, second) = rho * second / 2 / (1 - rho)
array law[3] = ['M/G/1', 'M/M/1', 'M/D/1']
array what[3] = ['M/G/1, hyperexponential, c² = 4', 'M/M/1', 'M/D/1']
array second[3] = [5, 2, 1]
plot for [k=1:3] [0.25:0.975] wait(x, second[k]) linestyle k title what[k], \
     for [k=1:3] data using (strcol(1) eq law[k] ? $2 : NaN):4 skip 1 with points \
         pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[k] notitle
