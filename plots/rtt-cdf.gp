# SPDX-License-Identifier: GPL-3.0-or-later
# rtt-cdf: distribution of round-trip times before, during and after the outage, a panel a service.
# Lost requests never arrive: a curve that ends below 100 % shows how many did.
#
#     gnuplot -c plots/rtt-cdf.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('rtt-cdf.gp')]
data = results.'/rttcdf.csv'

load here.'style.gp'
stats data using (learn(strcol(1))) skip 1 nooutput
if (nnames == 0) { exit error 'rttcdf.csv holds no data' }
rows = (nnames + 1) / 2
columns = nnames > 1 ? 2 : 1
width = 900
height = 112 + 250 * rows
headline = 'Round-trip time of all requests: '.short(run_name, 60)
subline = 'Share of requests answered within a time, over all client groups. A curve that ends below 100 % lost the rest.'
ends = 'rounded'
load here.'canvas.gp'

# A little beyond the slowest percentile that matters: a few stragglers must not squeeze the rest.
stats data using (column(4) < 0.998 ? gather(column(3)) : 0) skip 1 nooutput
top = ceil(gather_max / 10.0 + 0.2) * 10

unset key
set xrange [0:top]
set yrange [0:104]
set ytics 0, 25, 100 format '%g %%'
set grid xtics ytics
left(i) = (70.0 + ((i - 1) % columns) * (width - 40.0) / columns) / width
right(i) = (left(i) + ((width - 40.0) / columns - 75.0) / width)
upper(i) = y_px(102 + int((i - 1) / columns) * 250.0)
lower(i) = upper(i) - 182.0 / height
row(s, p) = strcol(1) eq s && strcol(2) eq p
array share[3]

set multiplot
do for [i=1:nnames] {
    s = names[i]
    set lmargin at screen left(i)
    set rmargin at screen right(i)
    set tmargin at screen upper(i)
    set bmargin at screen lower(i)
    set label 1 s at graph 0, 1.06 left font font_panel textcolor rgb ink
    if (i + columns > nnames) { set xlabel 'RTT [ms]' textcolor rgb ink } else { unset xlabel }
    if ((i - 1) % columns == 0) { set ylabel 'requests answered' textcolor rgb ink offset 1, 0 } else { unset ylabel }
    do for [p=1:3] {
        @gather_reset
        stats data using (row(s, phase[p]) ? gather(column(4)) : 0) skip 1 nooutput
        share[p] = gather_n ? gather_max * 100 : NaN
        @gather_reset
        stats data using (row(s, phase[p]) ? gather(column(3)) : 0) skip 1 nooutput
        far = gather_n ? gather_max : NaN
        unset arrow p
        unset label 10 + p
        if (share[p] == share[p]) {
            if (far < top) { set arrow p from far, share[p] to top, share[p] nohead linestyle 100 + p back }
        }
    }
    if (share[2] < 99.995) {
        note = sprintf('%.2f %% answered during the outage', share[2])
        set label 12 note at graph 0.985, (share[2] < 25 ? 0.40 : 0.08) right textcolor rgb alarm
    }
    if (i == 1) { set key at screen 1.0 - 14.0 / width, y_px(66) right horizontal samplen 3 width 1 textcolor rgb ink } else { unset key }
    plot for [p=1:3] data using (row(s, phase[p]) ? $3 : NaN):($4 * 100) skip 1 with steps \
        linestyle 100 + p title (share[p] == share[p] ? phase[p] : '')
    unset label 9001
    unset label 9002
}
unset multiplot
