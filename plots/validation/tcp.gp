# SPDX-License-Identifier: GPL-3.0-or-later
# tcp: what a flow that only loss limits keeps in the network, against the laws of NewReno (Mathis and others
# 1997, row 48) and CUBIC (RFC 9438, row 49).
#
#     gnuplot -c plots/validation/tcp.gp build/validation OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('validation/tcp.gp')]
data = results.'/tcp.csv'

load here.'style.gp'
width = 760
height = 460
headline = 'TCP under loss'
subline = 'Segments a round trip. Lines: √(3/2p) of NewReno, 1.054 (RTT/p)^0.75 of CUBIC; points: 60 losses and more each.'
load here.'canvas.gp'

set tmargin at screen y_px(70)
set logscale xy
set xrange [5e-6:0.02]
set yrange [5:4000]
set xtics ('0.001 %%' 1e-5, '0.01 %%' 1e-4, '0.1 %%' 1e-3, '1 %%' 1e-2)
set xlabel 'share of segments lost p' textcolor rgb ink
set ylabel 'segments a round trip' textcolor rgb ink
set grid xtics ytics
set key top right samplen 3 textcolor rgb ink
newreno(p) = sqrt(1.5 / p)
cubic(p, rtt) = (0.4 * 3.7 / 1.2) ** 0.25 * (rtt / p) ** 0.75
of(law, rtt) = strcol(1) eq law && $3 == rtt ? $2 : NaN
array rtt[2] = [300, 100]
plot for [k=1:2] [5e-6:0.02] (x < 2e-4 ? cubic(x, rtt[k] / 1000.0) : NaN) linestyle k title sprintf('CUBIC, %d ms', rtt[k]), \
     newreno(x) linestyle 3 title 'NewReno', \
     for [k=1:2] data using (of('cubic even', rtt[k])):5 skip 1 with points \
         pointtype 2 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[k] notitle, \
     data using (of('newreno even', 100)):5 skip 1 with points \
         pointtype 2 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[3] notitle, \
     data using (of('newreno random', 100)):5 skip 1 with points \
         pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb hue[3] notitle, \
     NaN with points pointtype 6 pointsize 1.2 * dot linewidth 1.5 linecolor rgb ink title 'random loss', \
     NaN with points pointtype 2 pointsize 1.2 * dot linewidth 1.5 linecolor rgb ink title 'every (1/p)th segment lost'
