# SPDX-License-Identifier: GPL-3.0-or-later
# owd-cdf: distribution of one-way delays before, during and after the outage, a row of panels a service: to the
# server and to the client. Lost packets never arrive: a curve that ends below 100 % shows how many did.
#
#     gnuplot -c plots/owd-cdf.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('owd-cdf.gp')]
data = results.'/owdcdf.csv'

load here.'style.gp'
stats data using (learn(strcol(1))) skip 1 nooutput
if (nnames == 0) { exit error 'owdcdf.csv holds no data' }
array way[2] = ['up', 'down']
array direction[2] = ['to the server', 'to the client']
panel = 200.0
width = 900
height = int(118 + panel * nnames)
headline = 'One-way delay of all packets: '.short(run_name, 60)
subline = 'Share of packets that arrived within a time, over all client groups. A curve that ends below 100 % lost the rest.'
ends = 'rounded'
load here.'canvas.gp'

# Both panels of a service share an axis, a little beyond the slowest percentile that matters.
unset key
set yrange [0:104]
set ytics 0, 25, 100 format '%g %%'
set grid xtics ytics
left(d) = (70.0 + (d - 1) * (width - 40.0) / 2) / width
right(d) = (left(d) + ((width - 40.0) / 2 - 75.0) / width)
upper(i) = y_px(104 + (i - 1) * panel)
lower(i) = upper(i) - (panel - 62) / height
row(s, d, p) = strcol(1) eq s && strcol(2) eq d && strcol(3) eq p
array share[3]

set multiplot
do for [i=1:nnames] {
    s = names[i]
    @gather_reset
    stats data using (strcol(1) eq s && column(5) < 0.998 ? gather(column(4)) : 0) skip 1 nooutput
    top = gather_n ? gather_max * 1.08 + 0.01 : 1
    set xrange [0:top]
    do for [d=1:2] {
        set lmargin at screen left(d)
        set rmargin at screen right(d)
        set tmargin at screen upper(i)
        set bmargin at screen lower(i)
        set label 1 s.', '.direction[d] at graph 0, 1.08 left font font_panel textcolor rgb ink
        if (i == nnames) { set xlabel 'one-way delay [ms]' textcolor rgb ink } else { unset xlabel }
        if (d == 1) { set ylabel 'packets received' textcolor rgb ink offset 1, 0 } else { unset ylabel }
        do for [p=1:3] {
            @gather_reset
            stats data using (row(s, way[d], phase[p]) ? gather(column(5)) : 0) skip 1 nooutput
            share[p] = gather_n ? gather_max * 100 : NaN
            @gather_reset
            stats data using (row(s, way[d], phase[p]) ? gather(column(4)) : 0) skip 1 nooutput
            far = gather_n ? gather_max : NaN
            unset arrow p
            unset label 10 + p
            if (share[p] == share[p]) {
                if (far < top) { set arrow p from far, share[p] to top, share[p] nohead linestyle 100 + p back }
            }
        }
        if (share[2] < 99.995) {
            note = sprintf('%.2f %% received during the outage', share[2])
            set label 12 note at graph 0.985, (share[2] < 25 ? 0.40 : 0.10) right textcolor rgb alarm
        }
        if (i == 1 && d == 1) { set key at screen 1.0 - 14.0 / width, y_px(66) right horizontal samplen 3 width 1 textcolor rgb ink } else { unset key }
        plot for [p=1:3] data using (row(s, way[d], phase[p]) ? $4 : NaN):($5 * 100) skip 1 with steps \
            linestyle 100 + p title (share[p] == share[p] ? phase[p] : '')
        unset label 9001
        unset label 9002
    }
}
unset multiplot
