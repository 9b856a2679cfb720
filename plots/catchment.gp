# SPDX-License-Identifier: GPL-3.0-or-later
# catchment: by which POP the requests of each service came in over time, stacked, a panel a service.
# The grey top is what nobody answered.
#
#     gnuplot -c plots/catchment.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('catchment.gp')]
load here.'style.gp'
data = results.'/catchment.csv'
stats data using (strlen(strcol(3)) ? learn(strcol(3)) : 0) skip 1 nooutput
nsites = nnames
array site[64]
do for [k=1:nsites] { site[k] = names[k] }
nnames = 0
stats data using (learn(strcol(2))) skip 1 nooutput
if (nnames == 0) { exit error 'catchment.csv holds no data' }

width = 900
panel = nnames > 3 ? 120 : 160
gap = 30
height = 72 + nnames * (panel + gap) + 40
headline = 'Catchment over time: '.short(run_name, 70)
subline = 'Share of requests by the POP that they entered at (measured). Grey: not answered. Dotted: begin and end of the outage.'
load here.'canvas.gp'

set lmargin at screen x_px(62)
set rmargin at screen x_px(760)
set xrange [0:duration-bucket]
set yrange [0:100]
set ytics 0, 25, 100 format '%g %%'
unset grid
if (has_outage) {
    set arrow 1 from outage_from, graph 0 to outage_from, graph 1 nohead front linecolor rgb ink dashtype '.'
    set arrow 2 from outage_to, graph 0 to outage_to, graph 1 nohead front linecolor rgb ink dashtype '.'
}
band(i, k) = strcol(2) eq names[i] && strcol(3) eq site[k]
early(i, k) = band(i, k) && column(1) < (has_outage ? outage_from : duration)
array dark[8] = [1, 1, 1, 0, 0, 0, 1, 0] # colours that want white text

# The legend, in the order of the stack.
do for [k=1:nsites] {
    y = 78 + 18 * (nsites - k)
    note = site[k]
    set object 100 + k rectangle center screen x_px(784), y_px(y) size screen x_px(14), 12.0 / height \
        fillcolor rgb hue[(k - 1) % 8 + 1] fillstyle solid noborder
    set label 100 + k note at screen x_px(797), y_px(y) left font font_small textcolor rgb ink
}
y = 78 + 18 * nsites
set object 200 rectangle center screen x_px(784), y_px(y) size screen x_px(14), 12.0 / height \
    fillcolor rgb '#C4C4C4' fillstyle solid noborder
set label 200 'not answered' at screen x_px(797), y_px(y) left font font_small textcolor rgb ink
unset key
set multiplot
do for [i=1:nnames] {
    set tmargin at screen y_px(72 + (i - 1) * (panel + gap))
    set bmargin at screen y_px(72 + (i - 1) * (panel + gap) + panel)
    set label 1 names[i] at graph 0, 1.0 left offset 0, 0.7 font font_panel textcolor rgb ink
    if (i == nnames) { set xlabel 'time [s]' textcolor rgb ink } else { unset xlabel }
    set format x (i == nnames ? '%g' : '')
    # Names inside the bands, where before the outage there is room for one.
    do for [k=1:nsites] {
        unset label 20 + k
        @gather_reset
        stats data using (early(i, k) ? gather(column(6) - column(5)) : 0) skip 1 nooutput
        room = gather_n ? gather_sum / gather_n : 0
        @gather_reset
        stats data using (early(i, k) ? gather((column(6) + column(5)) * 50) : 0) skip 1 nooutput
        middle = gather_n ? gather_sum / gather_n : 0
        if (room * panel > 13) {
            note = site[k]
            if (dark[(k - 1) % 8 + 1]) {
                set label 20 + k note at 0, middle left offset 0.8, 0 front font font_small textcolor rgb '#FFFFFF'
            } else {
                set label 20 + k note at 0, middle left offset 0.8, 0 front font font_small textcolor rgb '#000000'
            }
        }
    }
    # Painted from the top of the stack down, so that every band covers what is not its own.
    plot data using (strcol(2) eq names[i] && strcol(3) eq '' ? $1 : NaN):($6 * 100) skip 1 \
            with fillsteps fillcolor rgb '#C4C4C4' notitle, \
        for [k=nsites:1:-1] data using (band(i, k) ? $1 : NaN):($6 * 100) skip 1 \
            with fillsteps fillcolor rgb hue[(k - 1) % 8 + 1] notitle, \
        for [k=1:nsites] data using (band(i, k) ? $1 : NaN):($6 * 100) skip 1 \
            with steps linewidth 1 linecolor rgb '#FFFFFF' notitle
    unset label 9001
    unset label 9002
    do for [k=1:nsites] {
        unset object 100 + k
        unset label 100 + k
    }
    unset object 200
    unset label 200
}
unset multiplot
