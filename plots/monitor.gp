# SPDX-License-Identifier: GPL-3.0-or-later
# monitor: what came in and went out at each POP over time, all services together, and what of it was
# dropped; a mean a point of the shortest interval. POPs with less than FAINT of the largest are left out.
#
#     gnuplot -c plots/monitor.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('monitor.gp')]
load here.'style.gp'
load here.'sites.gp'
data = results.'/monitor-pops.csv'
FAINT = 0.005

# Columns: 1 begin, 2 length, 3 POP, 4 in, 5 out, 6 dropped. POPs that answered requests keep their colours.
do for [k=1:nsites] { names[k] = site[k] }
nnames = nsites
stats data using (learn(strcol(3))) skip 1 nooutput
npops = nnames
if (npops == 0) { exit error 'monitor-pops.csv holds no data' }
array pop[NAMES]
do for [k=1:npops] { pop[k] = names[k] }
array panel[3] = ['in', 'out', 'dropped']
array most[3]
largest = 0
do for [i=1:3] {
    @gather_reset
    stats data using (gather(column(3 + i))) skip 1 nooutput
    most[i] = gather_n ? gather_max : 0
    largest = most[i] > largest ? most[i] : largest
}
greatest(a, b, c) = a > b ? (a > c ? a : c) : (b > c ? b : c)
array shown[30]
nshown = 0
do for [k=1:npops] {
    @gather_reset
    stats data using (strcol(3) eq pop[k] ? gather(greatest($4, $5, $6)) : 0) skip 1 nooutput
    if (gather_n > 0 && gather_max > FAINT * largest && nshown < 30) { nshown = nshown + 1; shown[nshown] = k }
}
if (nshown == 0) { exit error 'nothing came in or went out at any POP' }
unit = largest >= 2e6 ? 1e6 : largest >= 2e3 ? 1e3 : 1
called = unit == 1e6 ? 'Tbit/s' : unit == 1e3 ? 'Gbit/s' : 'Mbit/s'
hours = duration > 7200
stretch = duration > 172800 ? 86400.0 : hours ? 3600.0 : 1.0
npanels = most[3] > 0 ? 3 : 2
width = 900
each = 200
at = 76 + npanels * (each + 34)
height = at + 34 > 110 + 18 * (nshown + 1) ? at + 34 : 110 + 18 * (nshown + 1)
headline = 'In and out by POP: '.short(run_name, 70)
subline = 'All services together, as the operator counts them: users by their weight, demands by their rate.'.(has_outage ? ' Dotted: begin and end of the outage.' : '')
load here.'canvas.gp'

set lmargin at screen x_px(76)
set rmargin at screen x_px(750)
set xrange [0:duration / stretch]
if (has_outage) {
    set arrow 1 from outage_from / stretch, graph 0 to outage_from / stretch, graph 1 nohead front linecolor rgb ink dashtype '.'
    set arrow 2 from outage_to / stretch, graph 0 to outage_to / stretch, graph 1 nohead front linecolor rgb ink dashtype '.'
}
y = 66
do for [j=1:nshown] {
    y = y + 18
    k = shown[j]
    note = short(pop[k], 15)
    set label 1000 + j note at screen x_px(784), y_px(y) left font font_small textcolor rgb ink
    set label 2000 + j '' at screen x_px(772), y_px(y) point pointtype site_marker(k) pointsize 1 linecolor rgb site_hue(k)
}
# Markers only while there are few points.
of(j) = strcol(3) eq pop[shown[j]] ? ($1 + $2 / 2) / stretch : NaN
stats data using (strcol(3) eq pop[shown[1]] ? 1 : 0) skip 1 nooutput
many = STATS_sum > 120
unset key
set multiplot
top = 76
do for [i=1:npanels] {
    set tmargin at screen y_px(top)
    set bmargin at screen y_px(top + each)
    set yrange [0:(most[i] > 0 ? most[i] * 1.08 / unit : 1)]
    set label 1 panel[i] at graph 0, 1.0 left offset 0, 0.7 font font_panel textcolor rgb ink
    set ylabel called textcolor rgb ink
    if (i == npanels) { set xlabel (stretch == 86400 ? 'time [days]' : stretch == 3600 ? 'time [h]' : 'time [s]') textcolor rgb ink } else { unset xlabel }
    set format x (i == npanels ? '%g' : '')
    if (many) {
        plot for [j=1:nshown] data using (of(j)):(column(3 + i) / unit) skip 1 \
            with lines linewidth 1 linecolor rgb site_hue(shown[j]) notitle
    } else {
        plot for [j=1:nshown] data using (of(j)):(column(3 + i) / unit) skip 1 \
            with linespoints linewidth 1.5 pointsize 0.8 pointtype site_marker(shown[j]) linecolor rgb site_hue(shown[j]) notitle
    }
    do for [j=1:nshown] {
        unset label 1000 + j
        unset label 2000 + j
    }
    unset label 9001
    unset label 9002
    top = top + each + 34
}
unset multiplot
