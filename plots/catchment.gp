# SPDX-License-Identifier: GPL-3.0-or-later
# catchment: by which POP the requests of each service came in over time, stacked, a panel a service.
# The grey top is what nobody answered. Services with one site get a low panel, and none when they
# lost nothing that could be seen (a share of FAINT in a bucket) and another service has more to tell.
#
#     gnuplot -c plots/catchment.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('catchment.gp')]
load here.'style.gp'
load here.'sites.gp'
data = results.'/catchment.csv'
FAINT = 0.002

stats data using (learn(strcol(2))) skip 1 nooutput
nservices = nnames
if (nservices == 0) { exit error 'catchment.csv holds no data' }
array service[NAMES]
do for [i=1:nservices] { service[i] = names[i] }
array nsites_of[NAMES]
array only_of[NAMES]
array loss_of[NAMES]
array top_of[NAMES] # upper edge of the panel, in pixels
array high_of[NAMES]
array has_band[NAMES]
richest = 0
do for [i=1:nservices] {
    nnames = 0
    stats data using (strcol(2) eq service[i] && strlen(strcol(3)) ? learn(strcol(3)) : 0) skip 1 nooutput
    nsites_of[i] = nnames
    only_of[i] = nnames ? short(names[1], 40) : ''
    richest = nnames > richest ? nnames : richest
    @gather_reset
    stats data using (strcol(2) eq service[i] && strlen(strcol(3)) == 0 ? gather(column(4)) : 0) skip 1 nooutput
    loss_of[i] = gather_n ? gather_max : 0
}
width = 900
many = sum [i=1:nservices] (nsites_of[i] > 1)
at = 76
left_out = 0
do for [i=1:nservices] {
    high_of[i] = nsites_of[i] > 1 ? (many > 3 ? 120 : 170) : (loss_of[i] >= FAINT || richest < 2) ? 52 : 0
    top_of[i] = at
    if (high_of[i] > 0) { at = at + high_of[i] + 32; last = i } else { left_out = left_out + 1 }
}
# Sites of the legend: those of the services that have several.
do for [k=1:nsites] { has_band[k] = 0 }
mark(k) = k > 0 ? (has_band[k] = has_band[k] + 1, 0) : 0
do for [i=1:nservices] {
    if (nsites_of[i] > 1) { stats data using (strcol(2) eq service[i] ? mark(site_of(strcol(3))) : 0) skip 1 nooutput }
}
nlegend = nsites == 0 ? 0 : sum [k=1:nsites] (has_band[k] > 0)
told = nlegend < 30 ? nlegend : 30
height = at + 34 > 110 + 18 * (told + 1) ? at + 34 : 110 + 18 * (told + 1)
# A long legend leaves room below the panels: those with several sites grow into it.
spare = many > 0 ? (height - at - 34) / many : 0
at = 76
do for [i=1:nservices] {
    if (nsites_of[i] > 1) { high_of[i] = high_of[i] + spare }
    top_of[i] = at
    if (high_of[i] > 0) { at = at + high_of[i] + 32 }
}
headline = 'Catchment over time: '.short(run_name, 70)
subline = 'Share of requests by the POP that they entered at (measured).'.(has_outage ? ' Dotted: begin and end of the outage.' : '').(left_out ? ' Not shown: services with one site and no loss.' : '')
load here.'canvas.gp'

set lmargin at screen x_px(62)
set rmargin at screen x_px(760)
set xrange [0:duration]
set yrange [0:100]
unset grid
if (has_outage) {
    set arrow 1 from outage_from, graph 0 to outage_from, graph 1 nohead front linecolor rgb ink dashtype '.'
    set arrow 2 from outage_to, graph 0 to outage_to, graph 1 nohead front linecolor rgb ink dashtype '.'
}
final(t) = t > duration - 1.5 * bucket # a step ends where the next begins: the last bucket needs a box
band(i, k) = strcol(2) eq service[i] && strcol(3) eq site[k]
early(i, k) = band(i, k) && column(1) < (has_outage ? outage_from : duration)

# The legend, in the order of the stack, with the site's marker of the map inside its colour.
y = 84
set object 200 rectangle center screen x_px(784), y_px(y) size screen x_px(16), 12.0 / height \
    fillcolor rgb gone fillstyle solid noborder
set label 200 'not answered' at screen x_px(799), y_px(y) left font font_small textcolor rgb ink
shown = 0
do for [k=nsites:1:-1] {
    if (has_band[k] > 0 && shown < told) {
        shown = shown + 1
        y = y + 18
        note = short(site[k], 15)
        set object 1000 + k rectangle center screen x_px(784), y_px(y) size screen x_px(16), 12.0 / height \
            fillcolor rgb site_hue(k) fillstyle solid noborder
        if (site_hatch(k)) {
            set object 2000 + k rectangle center screen x_px(784), y_px(y) size screen x_px(16), 12.0 / height \
                fillcolor rgb '#FFFFFF' fillstyle transparent pattern site_hatch(k) noborder
        }
        set label 1000 + k note at screen x_px(799), y_px(y) left font font_small textcolor rgb ink
    }
}
unset key
set multiplot
do for [i=1:nservices] {
    if (high_of[i] == 0) { continue }
    set tmargin at screen y_px(top_of[i])
    set bmargin at screen y_px(top_of[i] + high_of[i])
    if (high_of[i] > 60) { set ytics 0, 25, 100 format '%g %%' } else { set ytics 0, 50, 100 format '%g %%' }
    note = short(service[i], 40).(nsites_of[i] == 1 ? ' ('.only_of[i].')' : '')
    set label 1 note at graph 0, 1.0 left offset 0, 0.7 font font_panel textcolor rgb ink
    if (i == last) { set xlabel 'time [s]' textcolor rgb ink } else { unset xlabel }
    set format x (i == last ? '%g' : '')
    # Names inside the bands, where before the outage there is room for one.
    do for [k=1:nsites] {
        unset label 3000 + k
        @gather_reset
        stats data using (early(i, k) ? gather(column(6) - column(5)) : 0) skip 1 nooutput
        room = gather_n ? gather_sum / gather_n : 0
        @gather_reset
        stats data using (early(i, k) ? gather((column(6) + column(5)) * 50) : 0) skip 1 nooutput
        middle = gather_n ? gather_sum / gather_n : 0
        fits = has_outage ? outage_from / duration * 698 : 698
        if (nsites_of[i] > 1 && site_hatch(k) == 0 && room * high_of[i] > 14 && strlen(site[k]) * 6.6 + 12 < fits) {
            note = site[k]
            set label 3000 + k note at 0, middle left offset 0.8, 0 front font font_small textcolor rgb site_text(k)
        }
    }
    # Painted from the top of the stack down, so that every band covers what is not its own.
    plot data using (strcol(2) eq service[i] && strcol(3) eq '' ? $1 : NaN):($6 * 100) skip 1 \
            with fillsteps fillcolor rgb gone notitle, \
        data using (strcol(2) eq service[i] && strcol(3) eq '' && final($1) ? $1 : NaN):(0):($1 - duration / 698):(duration):($5 * 100):($6 * 100) skip 1 \
            with boxxyerror fillcolor rgb gone notitle, \
        for [k=nsites:1:-1] data using (band(i, k) ? $1 : NaN):($6 * 100) skip 1 \
            with fillsteps fillcolor rgb site_hue(k) notitle, \
        for [k=nsites:1:-1] data using (band(i, k) && final($1) ? $1 : NaN):(0):($1 - duration / 698):(duration):($5 * 100):($6 * 100) skip 1 \
            with boxxyerror fillcolor rgb site_hue(k) notitle, \
        for [k=1:nsites] data using (band(i, k) && site_hatch(k) && $4 > 0 ? $1 : NaN):(0):1:($1 + bucket):($5 * 100):($6 * 100) skip 1 \
            with boxxyerror fillcolor rgb '#FFFFFF' fillstyle transparent pattern site_hatch(k) notitle, \
        for [k=1:nsites] data using (band(i, k) ? $1 : NaN):($6 * 100) skip 1 \
            with steps linewidth 1 linecolor rgb '#FFFFFF' notitle
    unset label 9001
    unset label 9002
    do for [k=1:nsites] {
        unset object 1000 + k
        unset object 2000 + k
        unset label 1000 + k
    }
    unset object 200
    unset label 200
}
unset multiplot
