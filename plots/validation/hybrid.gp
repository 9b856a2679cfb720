# SPDX-License-Identifier: GPL-3.0-or-later
# hybrid: what probes meet among packets and in a fluid (row 25): mean, 99th percentile, loss.
#
#     gnuplot -c plots/validation/hybrid.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/hybrid.gp')]
data = results.'/hybrid.csv'

load here.'style.gp'
width = 1000
height = 440
headline = 'Probes in a fluid and among packets'
subline = 'Dots on lines: every packet of the load is simulated; rings: the load is a fluid. Waits in units of a packet''s service, over all hops; room for 100.'
load here.'canvas.gp'

set logscale y
set xlabel 'offered load ρ of every hop' textcolor rgb ink
set grid xtics ytics
array law[2] = ['deterministic', 'exponential']
one(k) = law[(k - 1) % 2 + 1]
hops(k) = k > 2 ? 3 : 1
array title_of[3] = ['mean wait', '99th percentile of the wait', 'share lost']
array packets[3] = [4, 6, 8]
set tmargin at screen y_px(110)
set bmargin at screen y_px(height - 50)
set multiplot
do for [p=1:3] {
    set lmargin at screen x_px(60 + (p - 1) * 320 + (p == 3 ? 10 : 0))
    set rmargin at screen x_px(320 + (p - 1) * 320 + (p == 3 ? 10 : 0))
    if (p == 3) {
        set xrange [0.93:1.01]
        set xtics 0.94, 0.02
        set yrange [0.01:10]
        set format y '%g %%'
    } else {
        set xrange [0.25:1.04]
        set xtics autofreq
        set yrange [0.1:400]
        set format y '%g'
    }
    unit = p == 3 ? 100.0 : 1 # loss in percent
    set label 1 title_of[p] at graph 0, 1.05 left font font_panel textcolor rgb ink
    if (p == 1) { set key top left reverse Left samplen 3 textcolor rgb ink } else { unset key }
    c = packets[p]
    plot for [k=1:4] data using (strcol(1) eq one(k) && $2 == hops(k) ? $3 : 1/0):(column(c) > 0 ? unit * column(c) : 1/0) skip 1 \
             with linespoints linestyle k pointtype 7 pointsize 0.5 * dot title sprintf('%s, %d hop%s', one(k), hops(k), hops(k) > 1 ? 's' : ''), \
         for [k=1:4] data using (strcol(1) eq one(k) && $2 == hops(k) ? $3 : NaN):(column(c + 1) > 0 ? unit * column(c + 1) : NaN) skip 1 \
             with points pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[k] notitle
    unset label 9001
    unset label 9002
}
unset multiplot
