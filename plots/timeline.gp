# SPDX-License-Identifier: GPL-3.0-or-later
# timeline: mean RTT (top) and loss (bottom) of every service over time, all client groups together;
# the outage is shaded and events are labelled.
#
#     gnuplot -c plots/timeline.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('timeline.gp')]
load here.'style.gp'
data = results.'/aggregated.csv'
stats data using (learn(strcol(2))) skip 1 nooutput
if (nnames == 0) { exit error 'aggregated.csv holds no data' }

# Events: time,kind,title,label. Phase borders are not events.
array event_at[40]
array event_label[40]
nevents = 0
event(t, kind, s) = kind eq 'phase' || nevents >= 40 ? 0 : (nevents = nevents + 1, \
    event_at[nevents] = t, event_label[nevents] = s, 1)
stats results.'/events.csv' using (event(column(1), strcol(2), strcol(3))) skip 1 nooutput

# Labels stand in rows above the upper panel. Each takes the first row where it does not touch the one
# before it; near the right edge it is written to the left of its event.
x_left = 70.0
x_right = 876.0
at_px(t) = x_left + t / duration * (x_right - x_left)
array row_end[40]
array event_row[40]
array event_left[40]
nrows = 0
do for [e=1:40] { row_end[e] = 0 }
do for [e=1:nevents] {
    event_label[e] = short(event_label[e], 60)
    long = strlen(event_label[e]) * 6.4 + 16
    event_left[e] = at_px(event_at[e]) + long > 900 ? at_px(event_at[e]) - long : at_px(event_at[e])
    if (event_left[e] < 4) { event_left[e] = 4 }
    r = 1
    while (r < 40 && row_end[r] > event_left[e]) { r = r + 1 }
    event_row[e] = r
    row_end[r] = event_left[e] + long
    if (r > nrows) { nrows = r }
}

width = 900
above = 66 + 16 * nrows
height = above + 456
headline = 'RTT and loss over time: '.short(run_name, 70)
subline = 'Mean of all client groups, a point every bucket. Shaded: the outage.'
load here.'canvas.gp'

set xrange [0:duration]
set lmargin at screen x_px(x_left)
set rmargin at screen x_px(x_right)
set grid xtics ytics
if (has_outage) { set object 1 rectangle from outage_from, graph 0 to outage_to, graph 1 fillcolor rgb shade fillstyle solid noborder behind }
do for [e=1:nevents] {
    t = event_at[e]
    set arrow 10 + e from t, graph 0 to t, graph 1 nohead linecolor rgb faint linewidth 1 dashtype '. ' back
}
# Over the upper panel the line goes on up to the label.
do for [e=1:nevents] {
    t = event_at[e]
    y = y_px(58 + 16 * event_row[e])
    set arrow 60 + e from first t, screen y_px(above) to first t, screen y nohead linecolor rgb faint linewidth 1 dashtype '. '
    note = event_label[e]
    set label 10 + e note at screen x_px(event_left[e] + 4), y left font font_small textcolor rgb ink
}

set multiplot
set tmargin at screen y_px(above)
set bmargin at screen y_px(above + 190)
set format x ''
unset xlabel
set ylabel 'mean RTT [ms]' textcolor rgb ink offset 1, 0
unset key
@gather_reset
stats data using (strlen(strcol(7)) ? gather(column(7)) : 0) skip 1 nooutput
set yrange [0:(gather_n ? gather_max * 1.08 : 1)]
plot for [i=1:nnames] data using (strcol(2) eq names[i] ? $1 : NaN):7 skip 1 with steps linestyle i notitle

unset label 9001
unset label 9002
do for [e=1:nevents] {
    unset label 10 + e
    unset arrow 60 + e
}
set tmargin at screen y_px(above + 210)
set bmargin at screen y_px(above + 365)
set format x '%g'
set xlabel 'time [s]' textcolor rgb ink
set ylabel 'loss [% of requests]' textcolor rgb ink offset 1, 0
@gather_reset
stats data using (gather(column(6))) skip 1 nooutput
set yrange [0:(gather_max > 0 ? gather_max * 1.08 : 1)]
set key at screen 0.5, y_px(height - 14) center horizontal maxrows 2 samplen 4 textcolor rgb ink
plot for [i=1:nnames] data using (strcol(2) eq names[i] ? $1 : NaN):6 skip 1 with steps linestyle i title names[i]
unset multiplot
