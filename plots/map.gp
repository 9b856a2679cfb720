# SPDX-License-Identifier: GPL-3.0-or-later
# map: links coloured by their mean utilisation in the outage, client groups by the POP that served them.
# Land outline only (plots/data/land.dat, Natural Earth). One dot a client group; the carriers of a city
# stand side by side. Without an outage the map shows the whole run.
#
#     gnuplot -c plots/map.gp results/SCENARIO OUTPUT.png|OUTPUT.svg [SERVICE]
# Without SERVICE: the first one that several POPs answer.
results = ARG1
output = ARG2
wanted = ARGC > 2 ? ARG3 : ''
here = ARG0[1:strlen(ARG0)-strlen('map.gp')]
load here.'style.gp'
clients = results.'/map-clients.csv'
links = results.'/map-links.csv'

# Sites in the order of catchment.csv, so that they keep their colours from plot to plot.
stats results.'/catchment.csv' using (strlen(strcol(3)) ? learn(strcol(3)) : 0) skip 1 nooutput
nsites = nnames
array site[64]
do for [k=1:nsites] { site[k] = names[k] }
site_of(s) = nsites == 0 ? 0 : sum [k=1:nsites] (site[k] eq s ? k : 0)
nnames = 0
stats clients using (learn(strcol(6))) skip 1 nooutput
array service[64]
nservices = nnames
do for [k=1:nservices] { service[k] = names[k] }
do for [v=1:nservices] {
    if (strlen(wanted) == 0) {
        nnames = 0
        stats clients using (strcol(6) eq service[v] && strlen(strcol(7)) ? learn(strcol(7)) : 0) skip 1 nooutput
        if (nnames > 1) { wanted = service[v] }
    }
}
if (strlen(wanted) == 0 && nservices > 0) { wanted = service[1] }
nnames = 0
stats links using (learn(strcol(5))) skip 1 nooutput
array lane[64]
nlanes = nnames
do for [k=1:nlanes] { lane[k] = names[k] }
lane_of(s) = nlanes == 0 ? 0 : sum [k=1:nlanes] (lane[k] eq s ? k : 0)

@gather_reset
stats clients using (gather(column(5))) skip 1 nooutput
most = gather_max > 0 ? gather_max : 1

west = 73.0
east = 136.0
south = 17.0
north = 52.0
width = 900
map_height = 886.0 / ((east - west) * 0.80) * (north - south)
height = int(58 + map_height + 8)
headline = 'Where '.short(wanted, 24).' is served'.(has_outage ? ' during the outage: ' : ': ').short(run_name, 52)
subline = 'Dots: client groups by the POP that answers them (larger: more people). Lines: links by mean utilisation, a lane for each network.'
load here.'canvas.gp'

set lmargin at screen x_px(7)
set rmargin at screen x_px(893)
set tmargin at screen y_px(58)
set bmargin at screen y_px(58 + map_height)
set xrange [west:east]
set yrange [south:north]
set border 15 linecolor rgb '#D0D0D0'
unset tics
unset grid
unset key
set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 fillcolor rgb '#EEF3F6' fillstyle solid noborder behind

set palette defined (0 '#C3CCD4', 0.35 '#E9C46A', 0.7 '#D55E00', 1 '#5A1500')
set cbrange [0:100]
set colorbox user horizontal origin screen x_px(24), y_px(58 + map_height - 36) size screen x_px(190), 9.0 / height front noborder
set cbtics 0, 50, 100 format '%g %%' scale 0 offset 0, 0.5 font font_small textcolor rgb ink
set label 9003 'link utilisation, mean' at screen x_px(24), y_px(58 + map_height - 56) left font font_small textcolor rgb ink front

# Legend at the lower left: sites, then signs.
legend = 58 + map_height - 78
slot = 0
do for [k=1:nsites] {
    y = legend - 15 * (nsites - k) - 62
    note = site[k]
    set object 100 + k circle center screen x_px(31), y_px(y) size screen 4.6 / width \
        fillcolor rgb hue[(k - 1) % 8 + 1] fillstyle solid noborder front
    set label 100 + k note at screen x_px(42), y_px(y) left font font_small textcolor rgb ink front
}
set object 150 circle center screen x_px(31), y_px(legend - 40) size screen 4.6 / width fillstyle empty border linecolor rgb '#000000' front
set label 150 'ring: moved by the outage' at screen x_px(42), y_px(legend - 40) left font font_small textcolor rgb ink front
set label 151 'not answered' at screen x_px(42), y_px(legend - 24) left font font_small textcolor rgb ink front
set label 152 '×' at screen x_px(31), y_px(legend - 25) center font font_panel textcolor rgb alarm front
set label 153 'link that carries nothing any more' at screen x_px(42), y_px(legend - 8) left font font_small textcolor rgb ink front
set arrow 153 from screen x_px(20), y_px(legend - 8) to screen x_px(39), y_px(legend - 8) nohead linewidth 1.8 linecolor rgb '#000000' dashtype '-' front

# A link's line is moved sideways by its network's lane, in degrees.
step = 0.16
long_of(a, b, c, d) = sqrt((c - a)**2 + (d - b)**2)
side(n) = (lane_of(n) - (nlanes + 1) / 2.0) * step
off_x(a, b, c, d, n) = -(d - b) / long_of(a, b, c, d) * side(n)
off_y(a, b, c, d, n) = (c - a) / long_of(a, b, c, d) * side(n)
load_column = has_outage ? 7 : 6
dark(x) = has_outage && x == 1

# Clients of a city stand on a small circle, a place for each network.
spot_x(n) = 0.30 * cos(2 * pi * (lane_of(n) - 1) / (nlanes > 1 ? nlanes - 1 : 1) + pi / 2)
spot_y(n) = 0.26 * sin(2 * pi * (lane_of(n) - 1) / (nlanes > 1 ? nlanes - 1 : 1) + pi / 2)
area(p) = dot * (0.5 + 1.1 * sqrt(p / most))
here_is(s) = strcol(6) eq wanted
now_at(x) = has_outage ? strcol(8) : strcol(7)
rgb_of(k) = k < 1 ? 0 : rgb[(k - 1) % 8 + 1]
served(x) = here_is(0) && site_of(now_at(0)) > 0
moved(x) = served(0) && has_outage && strcol(7) ne strcol(8)
missed(x) = here_is(0) && site_of(now_at(0)) == 0

# POP names stand at the upper right of their square, or at the lower right where another POP is close.
array pop_lon[64]
array pop_lat[64]
array pop_name[64]
npops = 0
pop(x, y, s) = (npops < 64 ? (npops = npops + 1, pop_lon[npops] = x, pop_lat[npops] = y, pop_name[npops] = s, 0) : 0)
close(i, j) = i != j && pop_lon[j] >= pop_lon[i] && pop_lon[j] - pop_lon[i] < 4 && pop_lat[j] >= pop_lat[i] && pop_lat[j] - pop_lat[i] < 2
set xrange [*:*]
set yrange [*:*]
stats results.'/map-pops.csv' using (pop(column(1), column(2), strcol(3))) skip 1 nooutput
set xrange [west:east]
set yrange [south:north]
do for [i=1:npops] {
    note = pop_name[i]
    below = sum [j=1:npops] close(i, j)
    x = pop_lon[i]
    y = pop_lat[i]
    set label 300 + i note at first x, first y left offset 1.6, (below ? -0.9 : 0.7) font font_note textcolor rgb '#000000' front boxed
}

set style textbox opaque noborder fillcolor rgb '#40FFFFFF' margins 0.4, 0.3
plot here.'data/land.dat' using 1:2 with filledcurves closed fillcolor rgb '#FBFAF6' fillstyle solid border linecolor rgb '#B9B4A8', \
    links using ($1 + off_x($1, $2, $3, $4, strcol(5))):($2 + off_y($1, $2, $3, $4, strcol(5))):($3 - $1):($4 - $2):(dark($9) ? NaN : column(load_column)) skip 1 \
        with vectors nohead linewidth 2 linecolor palette, \
    links using (dark($9) ? $1 + off_x($1, $2, $3, $4, strcol(5)) : NaN):($2 + off_y($1, $2, $3, $4, strcol(5))):($3 - $1):($4 - $2) skip 1 \
        with vectors nohead linewidth 1.8 linecolor rgb '#000000' dashtype '-', \
    clients using (served(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5) + 0.25 * dot) skip 1 \
        with points pointtype 7 pointsize variable linecolor rgb '#FFFFFF', \
    clients using (served(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5)):(rgb_of(site_of(now_at(0)))) skip 1 \
        with points pointtype 7 pointsize variable linecolor rgb variable, \
    clients using (moved(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5) + 0.35 * dot) skip 1 \
        with points pointtype 6 pointsize variable linewidth 1.4 linecolor rgb '#000000', \
    clients using (missed(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(0.9 * dot) skip 1 \
        with points pointtype 2 pointsize variable linewidth 2 linecolor rgb alarm, \
    results.'/map-pops.csv' using 1:2 skip 1 with points pointtype 4 pointsize 2.4 * dot linewidth 1.6 linecolor rgb '#000000'
