# SPDX-License-Identifier: GPL-3.0-or-later
# map: client groups by the POP that served them, links by their mean utilisation, for one service.
# Quiet links are thin and grey; those above LOUD percent are coloured and drawn side by side, a lane
# a network; links that the outage left without traffic are dashed. A rim around a city is its fullest
# link inside the city, an interconnect mostly. Land outline only (data/land.dat, or data/world.dat where
# that does not reach; Natural Earth). One dot a client group; the networks of a city stand around it. Links
# go the short way round the earth: over the edge of the map where need be, in two pieces. A map of more than
# a third of the earth is drawn larger. With many POPs square and name have the colour of the dots, and the legend
# leaves them out. Without an outage: the whole run.
#
#     gnuplot -c plots/map.gp results/SCENARIO OUTPUT.png|OUTPUT.svg [SERVICE]
# Without SERVICE: the first one that several POPs answer.
results = ARG1
output = ARG2
wanted = ARGC > 2 ? ARG3 : ''
here = ARG0[1:strlen(ARG0)-strlen('map.gp')]
load here.'style.gp'
load here.'sites.gp'
clients = results.'/map-clients.csv'
links = results.'/map-links.csv'
pops = results.'/map-pops.csv'
LOUD = 60
CROWD = 16 # more sites than this are not listed in the legend

# --- Which service, which sites, which networks
stats clients using (learn(strcol(6))) skip 1 nooutput
nservices = nnames
array service[NAMES]
do for [k=1:nservices] { service[k] = names[k] }
do for [v=1:nservices] {
    if (strlen(wanted) == 0) {
        nnames = 0
        stats clients using (strcol(6) eq service[v] && strlen(strcol(7)) ? learn(strcol(7)) : 0) skip 1 nooutput
        if (nnames > 1) { wanted = service[v] }
    }
}
if (strlen(wanted) == 0 && nservices > 0) { wanted = service[1] }
here_is(x) = strcol(6) eq wanted
now_at(x) = has_outage ? strcol(8) : strcol(7)
array before_at[NAMES] # client groups by site, before and in the outage
array outage_at[NAMES]
do for [k=1:nsites] { before_at[k] = 0; outage_at[k] = 0 }
tally(a, b) = ((a > 0 ? (before_at[a] = before_at[a] + 1) : 0), (b > 0 ? (outage_at[b] = outage_at[b] + 1) : 0), 0)
stats clients using (here_is(0) ? tally(site_of(strcol(7)), site_of(now_at(0))) : 0) skip 1 nooutput
nnames = 0
stats clients using (here_is(0) ? learn(strcol(3)) : 0) skip 1 nooutput
array carrier[NAMES]
ncarriers = nnames
do for [k=1:ncarriers] { carrier[k] = names[k] }
carrier_of(s) = ncarriers == 0 ? 0 : sum [k=1:ncarriers] (carrier[k] eq s ? k : 0)
@gather_reset
stats clients using (gather(column(5))) skip 1 nooutput
most = gather_max > 0 ? gather_max : 1

# The service's own POPs, and the network behind them (its links are the private backbone).
array pop_lon[NAMES]
array pop_lat[NAMES]
array pop_site[NAMES]
lost(k) = k > 0 && has_outage ? before_at[k] > 0 && outage_at[k] == 0 : 0
npops = 0
backbone = ''
pop(x, y, s, n) = npops >= NAMES ? 0 : (npops = npops + 1, pop_lon[npops] = x, pop_lat[npops] = y, pop_site[npops] = site_of(s), backbone = n, 0)
stats pops using (strcol(5) eq wanted ? pop(column(1), column(2), strcol(3), strcol(4)) : 0) skip 1 nooutput

# --- Extent: all that is drawn, with a margin, in the right proportion
@gather_reset
stats clients using (gather(column(1))) skip 1 nooutput
stats links using (gather(column(1)) + gather(column(3))) skip 1 nooutput
west = gather_min - 3.0
east = gather_max + 3.5
@gather_reset
stats clients using (gather(column(2))) skip 1 nooutput
stats links using (gather(column(2)) + gather(column(4))) skip 1 nooutput
wide = east - west > 120
south = gather_min - (wide ? 14.0 : 2.0) # room for the legend
north = gather_max + (wide ? 4.0 : 2.0)
squeeze = cos((south + north) / 2 * pi / 180) # a degree of longitude, in degrees of latitude
map_width = wide ? 1386.0 : 886.0
x_scale = map_width / (east - west)
if ((north - south) * x_scale / squeeze > 800) { x_scale = 800.0 * squeeze / (north - south) }
y_scale = x_scale / squeeze
if ((north - south) * y_scale < 420) {
    middle = (south + north) / 2
    south = middle - 210.0 / y_scale
    north = middle + 210.0 / y_scale
}
middle = (west + east) / 2
west = middle - map_width / 2 / x_scale
east = middle + map_width / 2 / x_scale
map_height = (north - south) * y_scale
land = west > 65 && east < 142 && south > 10 && north < 58 ? 'land.dat' : 'world.dat'
across(lon) = 7 + (lon - west) * x_scale # pixels
down(lat) = 58 + (north - lat) * y_scale

width = int(map_width) + 14
height = int(58 + map_height + 8)
headline = 'Where '.short(wanted, 24).' is served'.(has_outage ? ' during the outage: ' : ': ').short(run_name, 52)
list = ''
do for [k=1:ncarriers] { list = list.(k > 1 ? ', ' : '').carrier[k] }
subline = 'Dots: client groups by the POP that answers them (larger: more people)'.(ncarriers > 1 && ncarriers < 5 ? '; in a city clockwise from the top: '.short(list, 50).'.' : '.')
load here.'canvas.gp'

set lmargin at screen x_px(7)
set rmargin at screen x_px(7 + map_width)
set tmargin at screen y_px(58)
set bmargin at screen y_px(58 + map_height)
set border 15 linecolor rgb '#D0D0D0'
unset tics
unset grid
unset key
set clip two
set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 fillcolor rgb '#EEF3F6' fillstyle solid noborder behind

# Colour of a load in percent: grey, then amber at LOUD, vermilion half way, dark red at 100.
blend(a, b, x) = int((a / 65536) * (1 - x) + (b / 65536) * x) * 65536 + \
    int((a / 256 % 256) * (1 - x) + (b / 256 % 256) * x) * 256 + int((a % 256) * (1 - x) + (b % 256) * x)
half = (LOUD + 100) / 2.0
heat(v) = v < LOUD ? 0xC3CCD4 : v < half ? blend(0xEDB942, 0xE06000, (v - LOUD) / (half - LOUD)) : \
    v < 100 ? blend(0xE06000, 0x9A0020, (v - half) / (100 - half)) : 0x9A0020

# --- Links. Column 6 is the load before, 7 in the outage; both ends of a link inside a city are alike.
load_column = has_outage ? 7 : 6
dark(x) = has_outage && x == 1
inside(x) = column(1) == column(3) && column(2) == column(4)
loud(x) = !inside(0) && !dark(column(9)) && column(load_column) >= LOUD
dead(x) = !inside(0) && dark(column(9))
quiet(x) = !inside(0) && !dark(column(9)) && column(load_column) < LOUD
nnames = 0
stats links using (loud(0) || dead(0) ? learn(strcol(5)) : 0) skip 1 nooutput
array lane[NAMES]
nlanes = nnames
do for [k=1:nlanes] { lane[k] = names[k] }
lane_of(s) = nlanes == 0 ? 0 : sum [k=1:nlanes] (lane[k] eq s ? k : 0)
round_earth(a, c) = c - a > 180 ? c - a - 360 : c - a < -180 ? c - a + 360 : c - a
wraps(a, c) = abs(c - a) > 180
long_of(a, b, c, d) = sqrt((round_earth(a, c) * x_scale)**2 + ((d - b) * y_scale)**2)
side(n) = (lane_of(n) - (nlanes + 1) / 2.0) * 3.2 # pixels
off_x(a, b, c, d, n) = (d - b) * y_scale / long_of(a, b, c, d) * side(n) / x_scale
off_y(a, b, c, d, n) = -round_earth(a, c) * x_scale / long_of(a, b, c, d) * side(n) / y_scale
@gather_reset
stats links using (dead(0) ? gather(1) : 0) skip 1 nooutput
ndead = gather_n
@gather_reset
stats links using (quiet(0) && strcol(5) eq backbone ? gather(1) : 0) skip 1 nooutput
nowned = gather_n
@gather_reset
stats links using (loud(0) || (inside(0) && column(load_column) >= LOUD) ? gather(1) : 0) skip 1 nooutput
nloud = gather_n

# --- Clients: a place for each network on a small circle around the city
turn(n) = pi / 2 - 2 * pi * (carrier_of(n) - 1) / (ncarriers > 0 ? ncarriers : 1)
ring = ncarriers < 2 ? 0 : ncarriers < 5 ? 5.6 : 8.0 # pixels
spot_x(n) = ring * cos(turn(n)) / x_scale
spot_y(n) = ring * sin(turn(n)) / y_scale
area(p) = dot * (0.70 + 0.75 * sqrt(p / most))
served(x) = here_is(0) && site_of(now_at(0)) > 0
moved(x) = served(0) && has_outage && strlen(strcol(7)) && strcol(7) ne strcol(8)
missed(x) = here_is(0) && site_of(now_at(0)) == 0
@gather_reset
stats clients using (moved(0) ? gather(1) : 0) skip 1 nooutput
nmoved = gather_n
@gather_reset
stats clients using (missed(0) ? gather(1) : 0) skip 1 nooutput
nmissed = gather_n

# Where dots stand, in pixels: labels and the legend keep away.
array city_x[NAMES]
array city_y[NAMES]
ncities = 0
city_known(x, y) = ncities == 0 ? 0 : sum [k=1:ncities] (abs(city_x[k] - x) < 1 && abs(city_y[k] - y) < 1)
city(x, y) = city_known(x, y) || ncities >= NAMES ? 0 : (ncities = ncities + 1, city_x[ncities] = x, city_y[ncities] = y, 0)
stats clients using (here_is(0) ? city(across(column(1)), down(column(2))) : 0) skip 1 nooutput
stats pops using (strcol(5) eq wanted ? city(across(column(1)), down(column(2))) : 0) skip 1 nooutput
covers(x0, y0, x1, y1) = ncities == 0 ? 0 : \
    sum [k=1:ncities] (city_x[k] > x0 - 11 && city_x[k] < x1 + 11 && city_y[k] > y0 - 11 && city_y[k] < y1 + 11)

# --- Legend, in the corner that hides least
nused = 0
longest = 26
nothing_left = 0
do for [k=1:nsites] {
    mine = npops == 0 ? 0 : sum [j=1:npops] (pop_site[j] == k)
    if ((mine || before_at[k] || outage_at[k]) && k <= SITES_TOLD) {
        nused = nused + 1
        longest = strlen(short(site[k], 30)) > longest ? strlen(short(site[k], 30)) : longest
    }
    if (lost(k)) { nothing_left = nothing_left + 1 }
}
crowd = nused > CROWD
if (crowd) { nused = 0; longest = 37 }
legend_width = 36 + longest * 6.0
row_px = 14
legend_height = row_px * (nused + (nmoved > 0) + (nmissed > 0) + (ndead > 0) + (npops > 1) + (nothing_left > 0) + (nowned > 0) + 1) + 10 + (nloud ? 34 : 0)
array corner_x[8] = [15, map_width - 1 - legend_width, 15, map_width - 1 - legend_width, 0.2 * map_width, 0.3 * map_width, 0.5 * map_width, 0.6 * map_width]
array corner_y[8] = [50 + map_height - legend_height, 50 + map_height - legend_height, 66, 66]
do for [c=5:8] { corner_y[c] = corner_y[1] } # along the lower edge, of wide maps
corner = 1
hidden(c) = covers(corner_x[c], corner_y[c], corner_x[c] + legend_width, corner_y[c] + legend_height)
do for [c=2:(wide ? 8 : 4)] { if (hidden(c) < hidden(corner)) { corner = c } }
x = corner_x[corner]
y = corner_y[corner]
set object 2 rectangle from screen x_px(x), y_px(y) to screen x_px(x + legend_width), y_px(y + legend_height) \
    front fillcolor rgb '#18FFFFFF' fillstyle solid noborder
x_sign = x + 15
x_note = x + 30
y = y + 12
do for [k=1:nsites] {
    mine = npops == 0 ? 0 : sum [j=1:npops] (pop_site[j] == k)
    if ((mine || before_at[k] || outage_at[k]) && k <= SITES_TOLD && !crowd) {
        note = short(site[k], 30)
        set label 1000 + k '' at screen x_px(x_sign), y_px(y) point pointtype site_marker(k) pointsize 1.15 * dot linecolor rgb site_hue(k) front
        set label 2000 + k note at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
        y = y + row_px
    }
}
if (npops > 1) {
    set label 900 '' at screen x_px(x_sign), y_px(y) point pointtype 4 pointsize 1.5 * dot linewidth 1.4 linecolor rgb ink front
    note = crowd ? 'POP, in the colour of those it serves' : 'POP of the service'
    set label 901 note at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
if (nothing_left) {
    set label 902 '' at screen x_px(x_sign), y_px(y) point pointtype 4 pointsize 1.5 * dot linewidth 2 linecolor rgb alarm front
    set label 903 'POP that serves nobody now' at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
if (nmoved) {
    set label 904 '' at screen x_px(x_sign), y_px(y) point pointtype 6 pointsize 1.5 * dot linewidth 1.6 linecolor rgb '#000000' front
    set label 905 'moved by the outage' at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
if (nmissed) {
    set label 906 '' at screen x_px(x_sign), y_px(y) point pointtype 2 pointsize 0.9 * dot linewidth 2 linecolor rgb '#000000' front
    set label 907 'not answered' at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
if (ndead) {
    set arrow 900 from screen x_px(x + 4), y_px(y) to screen x_px(x + 26), y_px(y) nohead linewidth 2 linecolor rgb '#000000' dashtype '-' front
    set label 908 'link without traffic now' at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
if (nowned) {
    set arrow 902 from screen x_px(x + 4), y_px(y) to screen x_px(x + 26), y_px(y) nohead linewidth 1.4 linecolor rgb '#8FA6B8' front
    set label 911 'private backbone' at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
    y = y + row_px
}
set arrow 901 from screen x_px(x + 4), y_px(y) to screen x_px(x + 26), y_px(y) nohead linewidth 1 linecolor rgb '#B4BEC7' front
note = sprintf('link, less than %d %% used', LOUD)
set label 912 note at screen x_px(x_note), y_px(y) left font font_small textcolor rgb ink front
y = y + row_px
if (nloud) {
    set label 909 'mean load; rim: inside a city' at screen x_px(x + 6), y_px(y + 2) left font font_small textcolor rgb ink front
    step = (legend_width - 30) / 24.0
    do for [k=0:23] {
        l = x + 8 + k * step
        set object 10 + k rectangle from screen x_px(l), y_px(y + 12) to screen x_px(l + step + 0.5), y_px(y + 19) \
            front fillcolor rgb heat(LOUD + (100.0 - LOUD) * k / 23) fillstyle solid noborder
    }
    note = sprintf('%d %%', LOUD)
    set label 913 note at screen x_px(x + 8), y_px(y + 28) left font font_small textcolor rgb ink front
    set label 914 '100 %' at screen x_px(x + 8 + 24 * step), y_px(y + 28) right font font_small textcolor rgb ink front
}

# --- Names of POPs: each takes the place around its square that hides least
array box_l[NAMES]
array box_t[NAMES]
array box_r[NAMES]
array box_b[NAMES]
array place_x[8] = [15, -15, 0, 0, 12, 12, -12, -12]
array place_y[8] = [0, 0, -21, 21, -18, 18, -18, 18]
array place_a[8] = [0, 1, 0.5, 0.5, 0, 0, 1, 1] # share of the text left of the place
nboxes = 0
touches(l, t, r, b) = nboxes == 0 ? 0 : \
    sum [k=1:nboxes] (box_l[k] < r && box_r[k] > l && box_t[k] < b && box_b[k] > t)
outside(l, t, r, b) = l < 10 || r > map_width + 4 || t < 60 || b > 56 + map_height
# The legend is a box as well.
nboxes = 1
box_l[1] = corner_x[corner]
box_t[1] = corner_y[corner]
box_r[1] = corner_x[corner] + legend_width
box_b[1] = corner_y[corner] + legend_height
# Among many squares a name is not to stand nearer to another one than to its own.
gap(v, a, b) = v < a ? a - v : v > b ? v - b : 0
near(l, t, r, b) = !crowd ? 0 : sum [k=1:npops] (k != i && gap(across(pop_lon[k]), l, r)**2 + gap(down(pop_lat[k]), t, b)**2 < 196)
cost(l, t, r, b) = 40 * outside(l, t, r, b) + 20 * touches(l, t, r, b) + 3 * covers(l, t, r, b) + 15 * near(l, t, r, b)
do for [i=1:(npops < 200 ? npops : 200)] {
    note = pop_site[i] > 0 ? short(site[pop_site[i]], 24) : ''
    x = across(pop_lon[i])
    y = down(pop_lat[i])
    wide = strlen(note) * 7.4 + 4
    best = 1e9
    do for [c=1:8] {
        l = x + place_x[c] - place_a[c] * wide
        t = y + place_y[c] - 8
        # Its own city counts in `covers` where a place touches it: the same for most places.
        price = cost(l, t, l + wide, t + 16) + 0.1 * c
        if (price < best) { best = price; best_l = l; best_t = t }
    }
    nboxes = nboxes + 1
    box_l[nboxes] = best_l
    box_t[nboxes] = best_t
    box_r[nboxes] = best_l + wide
    box_b[nboxes] = best_t + 16
    set label 3000 + i note at screen x_px(best_l + 2), y_px(best_t + 8) left font font_note textcolor rgb (lost(pop_site[i]) ? alarm : crowd ? site_hue(pop_site[i]) : '#000000') front boxed
}
set style textbox opaque noborder fillcolor rgb '#50FFFFFF' margins 0.3, 0.2

set xrange [west:east]
set yrange [south:north]
hot(x) = inside(0) && column(load_column) >= LOUD
plot here.'data/'.land using 1:2 with filledcurves closed fillcolor rgb '#FBFAF6' fillstyle solid border linecolor rgb '#B9B4A8', \
    links using (quiet(0) && strcol(5) ne backbone ? $1 : NaN):($2):(round_earth($1, $3)):($4 - $2) skip 1 \
        with vectors nohead linewidth 0.6 linecolor rgb '#CDD4DA', \
    links using (quiet(0) && strcol(5) ne backbone && wraps($1, $3) ? $3 : NaN):($4):(-round_earth($1, $3)):($2 - $4) skip 1 \
        with vectors nohead linewidth 0.6 linecolor rgb '#CDD4DA', \
    links using (quiet(0) && strcol(5) eq backbone ? $1 : NaN):($2):(round_earth($1, $3)):($4 - $2) skip 1 \
        with vectors nohead linewidth 1.2 linecolor rgb '#9DB0C0', \
    links using (quiet(0) && strcol(5) eq backbone && wraps($1, $3) ? $3 : NaN):($4):(-round_earth($1, $3)):($2 - $4) skip 1 \
        with vectors nohead linewidth 1.2 linecolor rgb '#9DB0C0', \
    links using (hot(0) ? $1 : NaN):2:(heat(column(load_column))) skip 1 \
        with points pointtype 7 pointsize 5.4 * dot linecolor rgb variable, \
    links using (hot(0) ? $1 : NaN):2 skip 1 with points pointtype 7 pointsize 4.5 * dot linecolor rgb '#FBFAF6', \
    links using (loud(0) ? $1 + off_x($1, $2, $3, $4, strcol(5)) : NaN):($2 + off_y($1, $2, $3, $4, strcol(5))):(round_earth($1, $3)):($4 - $2):(heat(column(load_column))) skip 1 \
        with vectors nohead linewidth 2.6 linecolor rgb variable, \
    links using (loud(0) && wraps($1, $3) ? $3 + off_x($1, $2, $3, $4, strcol(5)) : NaN):($4 + off_y($1, $2, $3, $4, strcol(5))):(-round_earth($1, $3)):($2 - $4):(heat(column(load_column))) skip 1 \
        with vectors nohead linewidth 2.6 linecolor rgb variable, \
    links using (dead(0) ? $1 + off_x($1, $2, $3, $4, strcol(5)) : NaN):($2 + off_y($1, $2, $3, $4, strcol(5))):(round_earth($1, $3)):($4 - $2) skip 1 \
        with vectors nohead linewidth 1.6 linecolor rgb '#000000' dashtype '-', \
    links using (dead(0) && wraps($1, $3) ? $3 + off_x($1, $2, $3, $4, strcol(5)) : NaN):($4 + off_y($1, $2, $3, $4, strcol(5))):(-round_earth($1, $3)):($2 - $4) skip 1 \
        with vectors nohead linewidth 1.6 linecolor rgb '#000000' dashtype '-', \
    clients using (moved(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5) + 0.75 * dot) skip 1 \
        with points pointtype 7 pointsize variable linecolor rgb '#000000', \
    clients using (moved(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5) + 0.45 * dot) skip 1 \
        with points pointtype 7 pointsize variable linecolor rgb '#FFFFFF', \
    clients using (served(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5) + 0.38 * dot):(site_marker(site_of(now_at(0)))) skip 1 \
        with points pointtype variable pointsize variable linecolor rgb '#FFFFFF', \
    clients using (served(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(area($5)):(site_marker(site_of(now_at(0)))):(site_rgb(site_of(now_at(0)))) skip 1 \
        with points pointtype variable pointsize variable linecolor rgb variable, \
    clients using (missed(0) ? $1 + spot_x(strcol(3)) : NaN):($2 + spot_y(strcol(3))):(0.9 * dot) skip 1 \
        with points pointtype 2 pointsize variable linewidth 2 linecolor rgb '#000000', \
    pops using (strcol(5) eq wanted && !lost(site_of(strcol(3))) ? $1 : NaN):2:(crowd ? site_rgb(site_of(strcol(3))) : 0x222222) skip 1 \
        with points pointtype 4 pointsize (crowd ? 2.6 : 3.6) * dot linewidth (crowd ? 1.9 : 1.3) linecolor rgb variable, \
    pops using (strcol(5) eq wanted && lost(site_of(strcol(3))) ? $1 : NaN):2 skip 1 \
        with points pointtype 4 pointsize (crowd ? 2.6 : 3.6) * dot linewidth 2.6 linecolor rgb alarm
