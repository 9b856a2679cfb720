# SPDX-License-Identifier: GPL-3.0-or-later
# style: what all plots share. A script sets `results` and `output`, then loads this, and
# canvas.gp once it knows how large the picture will be.
#
# Colours are Okabe and Ito's (distinct for colour-blind readers), and every line also has its own dash
# pattern. Text from a run is never put into a string that gnuplot expands: it comes from data files
# through strcol() only, enhanced text is off, and file names must not start a command.

if (strlen(results) == 0 || strlen(output) < 5) {
    exit error 'usage: gnuplot -c SCRIPT RESULT-DIRECTORY OUTPUT.png|OUTPUT.svg'
}
if (results[1:1] eq '<' || results[1:1] eq '|' || output[1:1] eq '|' || output[1:1] eq '<') {
    exit error 'a name that begins with < or | would run a command: refused'
}

set encoding utf8
array hue[8] = ['#0072B2', '#D55E00', '#009E73', '#E69F00', '#CC79A7', '#56B4E9', '#000000', '#B8A800']
array rgb[8] = [0x0072B2, 0xD55E00, 0x009E73, 0xE69F00, 0xCC79A7, 0x56B4E9, 0x000000, 0xB8A800]
array dash[8] = ['', '-', '.', '-.', '_', '_..', '--.', '_-']
ink = '#222222'
faint = '#777777'
shade = '#F6E9DF'
alarm = '#B34700'
colour(i) = hue[(i - 1) % 8 + 1]
# Colours of the phases, wherever they stand side by side.
array phase[3] = ['before', 'outage', 'after']
array phase_hue[3] = ['#56B4E9', '#D55E00', '#000000']
set style line 11 linewidth 5 linecolor rgb phase_hue[1]
set style line 12 linewidth 2 linecolor rgb phase_hue[2]
set style line 13 linewidth 1.2 linecolor rgb phase_hue[3] dashtype '-'
do for [k=1:8] { set style line k linewidth 2 linecolor rgb hue[k] dashtype dash[k] }

set datafile separator comma
set border 3 linecolor rgb faint
set tics nomirror out scale 0.5 textcolor rgb ink
set grid ytics linetype 1 linecolor rgb '#E4E4E4' linewidth 1
set style fill solid 1 noborder

short(s, n) = strlen(s) > n ? s[1:n-1].'…' : s

# Title and phase borders from run.csv.
run_name = ''
outage_from = NaN
outage_to = NaN
duration = NaN
bucket = 0
take(key, value) = ( \
    key eq 'title' ? (run_name = value, 0) : \
    key eq 'outage_from_s' ? (outage_from = real(value), 0) : \
    key eq 'outage_to_s' ? (outage_to = real(value), 0) : \
    key eq 'bucket_s' ? (bucket = real(value), 0) : \
    key eq 'duration_s' ? (duration = real(value), 0) : 0)
stats results.'/run.csv' using (take(strcol(1), strcol(2))) nooutput
has_outage = outage_from == outage_from

# Collects what `stats` shall look at: it refuses a selection that is empty, so the scripts give it a
# column of zeros and keep count here. Call gather_reset, then gather(value) for the rows wanted.
gather_reset = 'gather_n = 0; gather_sum = 0.0; gather_max = -1e300'
gather_n = 0
gather_sum = 0.0
gather_max = -1e300
gather(v) = v != v ? 0 : (gather_n = gather_n + 1, gather_sum = gather_sum + v, \
    gather_max = v > gather_max ? v : gather_max, 0)

# A list of distinct names in order of appearance.
array names[64]
nnames = 0
known(s) = (nnames == 0 ? 0 : sum [k=1:nnames] (names[k] eq s ? k : 0))
learn(s) = (known(s) == 0 && nnames < 64 ? (nnames = nnames + 1, names[nnames] = s, 1) : 0)
