# SPDX-License-Identifier: GPL-3.0-or-later
# timeline: mean RTT (top) and loss (bottom) of every service over time, all client groups together;
# the outage is shaded and events are labelled. The loss axis is logarithmic from LINEAR percent on, so
# that a single bucket with a few losses is seen beside an outage of half the clients.
#
#     gnuplot -c plots/timeline.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('timeline.gp')]
load here.'style.gp'
data = results.'/aggregated.csv'
LINEAR = 0.1
stats data using (learn(strcol(2))) skip 1 nooutput
if (nnames == 0) { exit error 'aggregated.csv holds no data' }

# Events: time,kind,title,label. Phase borders are not events.
EVENTS = 40
array event_at[EVENTS]
array event_label[EVENTS]
nevents = 0
event(t, kind, s) = kind eq 'phase' || nevents >= EVENTS ? 0 : (nevents = nevents + 1, \
    event_at[nevents] = t, event_label[nevents] = s, 1)
stats results.'/events.csv' using (event(column(1), strcol(2), strcol(3))) skip 1 nooutput

# Labels stand in rows above the upper panel. Each takes the first row where it does not touch the one
# before it; near the right edge it is written to the left of its event.
x_left = 70.0
x_right = 876.0
at_px(t) = x_left + t / duration * (x_right - x_left)
array row_end[EVENTS]
array event_row[EVENTS]
array event_left[EVENTS]
array event_turn[EVENTS]
nrows = 0
do for [e=1:EVENTS] { row_end[e] = 0 }
do for [e=1:nevents] {
    event_label[e] = short(event_label[e], 60)
    long = strlen(event_label[e]) * 6.8 + 16
    event_turn[e] = at_px(event_at[e]) + long > 900
    event_left[e] = event_turn[e] ? at_px(event_at[e]) - long : at_px(event_at[e])
    if (event_left[e] < 4) { event_left[e] = 4 }
    r = 1
    while (r < EVENTS && row_end[r] > event_left[e]) { r = r + 1 }
    event_row[e] = r
    row_end[r] = event_left[e] + long
    if (r > nrows) { nrows = r }
}

# The key, in as many columns as the longest name allows.
longest = 0
do for [i=1:nnames] { longest = strlen(short(names[i], 40)) > longest ? strlen(short(names[i], 40)) : longest }
key_wide = longest * 7.2 + 64
key_columns = int(810 / key_wide)
if (key_columns < 1) { key_columns = 1 }
if (key_columns > nnames) { key_columns = nnames }
key_rows = (nnames + key_columns - 1) / key_columns

width = 900
above = 66 + 16 * nrows
height = above + 422 + 18 * key_rows
headline = 'RTT and loss over time: '.short(run_name, 70)
subline = 'All client groups together, a point for every bucket of '.sprintf('%g', bucket).' s.'.(has_outage ? ' Shaded: the outage.' : '')
load here.'canvas.gp'

set xrange [0:duration]
set lmargin at screen x_px(x_left)
set rmargin at screen x_px(x_right)
set grid xtics ytics
if (has_outage) { set object 1 rectangle from outage_from, graph 0 to outage_to, graph 1 fillcolor rgb shade fillstyle solid noborder behind }
do for [e=1:nevents] {
    t = event_at[e]
    set arrow 100 + e from t, graph 0 to t, graph 1 nohead linecolor rgb faint linewidth 1 dashtype '. ' back
}
# Over the upper panel the line goes on up to the label.
do for [e=1:nevents] {
    t = event_at[e]
    y = y_px(58 + 16 * event_row[e])
    set arrow 200 + e from first t, screen y_px(above) to first t, screen y nohead linecolor rgb faint linewidth 1 dashtype '. '
    note = event_label[e]
    if (event_turn[e] && event_left[e] > 4) {
        set label 10 + e note at screen x_px(at_px(t) - 4), y right font font_small textcolor rgb ink
        continue
    }
    set label 10 + e note at screen x_px(event_left[e] + 4), y left font font_small textcolor rgb ink
}
y = above + 424
do for [i=1:nnames] {
    note = short(names[i], 40)
    x = x_left + ((i - 1) % key_columns) * key_wide
    row = y + 18 * ((i - 1) / key_columns)
    set arrow 300 + i from screen x_px(x), y_px(row) to screen x_px(x + 40), y_px(row) nohead linestyle i
    set label 300 + i note at screen x_px(x + 46), y_px(row) left textcolor rgb ink
}

set multiplot
set tmargin at screen y_px(above)
set bmargin at screen y_px(above + 175)
set format x ''
unset xlabel
set ylabel 'mean RTT [ms]' textcolor rgb ink offset 1, 0
unset key
@gather_reset
stats data using (strlen(strcol(7)) ? gather(column(7)) : 0) skip 1 nooutput
set yrange [0:(gather_n ? gather_max * 1.08 : 1)]
# Lines, not steps: gnuplot begins its dashes anew at every step.
plot for [i=1:nnames] data using (strcol(2) eq names[i] ? $1 + bucket / 2 : NaN):7 skip 1 with lines linestyle i notitle

unset label 9001
unset label 9002
do for [e=1:nevents] {
    unset label 10 + e
    unset arrow 200 + e
}
do for [i=1:nnames] {
    unset label 300 + i
    unset arrow 300 + i
}
set tmargin at screen y_px(above + 195)
set bmargin at screen y_px(above + 355)
set format x '%g'
set xlabel 'time [s]' textcolor rgb ink
set ylabel 'loss [% of requests]' textcolor rgb ink offset 1, 0
@gather_reset
stats data using (gather(column(6))) skip 1 nooutput
top = gather_max > 10 ? 100 : gather_max > 1 ? 10 : 1
set nonlinear y via asinh(y / LINEAR) inverse sinh(y) * LINEAR
set yrange [0:top]
set ytics ('0' 0, '0.1' 0.1, '0.3' 0.3, '1' 1, '3' 3, '10' 10, '30' 30, '100' 100)
plot for [i=1:nnames] data using (strcol(2) eq names[i] ? $1 + bucket / 2 : NaN):6 skip 1 with lines linestyle i notitle
unset multiplot
