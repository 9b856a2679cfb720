# SPDX-License-Identifier: GPL-3.0-or-later
# waits: mean wait in a port with Poisson arrivals against Pollaczek and Khinchine (row 23), where the load
# is packets and where it is a fluid.
#
#     gnuplot -c plots/validation/waits.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/waits.gp')]
data = results.'/waits.csv'

load here.'style.gp'
width = 1000
height = 540
headline = 'Queues of the textbooks, from packets and from a fluid'
subline = 'Mean wait in units of the mean service. Rings: 10⁷ packets and more are simulated; crosses: the load is a fluid, met by 500,000 probes.'
load here.'canvas.gp'

wait(rho, second) = rho * second / 2 / (1 - rho)
array law[3] = ['M/M/1', 'M/D/1', 'M/G/1']
array what[3] = ['M/M/1', 'M/D/1', 'M/G/1, hyperexponential, c² = 4']
array second[3] = [2, 1, 5]
only(k, value) = strcol(1) eq law[k] ? value : NaN
set xrange [0.25:1]
set xtics 0.3, 0.1
set grid xtics ytics
set multiplot
do for [k=1:3] {
    set lmargin at screen x_px(60 + (k - 1) * 320)
    set rmargin at screen x_px(320 + (k - 1) * 320)
    set tmargin at screen y_px(110)
    set bmargin at screen y_px(height - 180)
    set logscale y
    set yrange [0.1:100]
    set format x ''
    set ytics autofreq format '%g'
    unset xlabel
    set label 1 what[k] at graph 0, 1.06 left font font_panel textcolor rgb ink
    if (k == 1) { set key top left reverse Left samplen 3 textcolor rgb ink } else { unset key }
    plot sample [0.25:0.975] wait(x, second[k]) linewidth 2 linecolor rgb hue[k] title 'Pollaczek-Khinchine', \
         data using 2:(only(k, $4)) skip 1 with points pointtype 6 pointsize 1.6 * dot \
             linewidth 1.5 linecolor rgb ink title 'packets', \
         data using 2:(only(k, $5)) skip 1 with points pointtype 2 pointsize 0.9 * dot \
             linewidth 1.5 linecolor rgb ink title 'fluid'
    unset label 9001
    unset label 9002
    unset key
    set tmargin at screen y_px(height - 140)
    set bmargin at screen y_px(height - 50)
    unset logscale y
    set yrange [-2.5:2.5]
    set format x '%g'
    set ytics -2, 1, 2 format '%g %%'
    set xlabel 'offered load ρ' textcolor rgb ink
    set label 1 'off the formula' at graph 0, 1.16
    plot 0 linewidth 2 linecolor rgb hue[k], \
         data using 2:(only(k, 100 * ($4 / $3 - 1))) skip 1 with points pointtype 6 pointsize 1.6 * dot \
             linewidth 1.5 linecolor rgb ink, \
         data using 2:(only(k, 100 * ($5 / $3 - 1))) skip 1 with points pointtype 2 pointsize 0.9 * dot \
             linewidth 1.5 linecolor rgb ink
}
unset multiplot
