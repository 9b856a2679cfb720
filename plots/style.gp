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
array on_dark[8] = [1, 1, 1, 0, 0, 0, 1, 0] # colours that want white text
array dash[8] = ['', '-', '.', '-.', '_', '_..', '--.', '_-']
ink = '#222222'
faint = '#777777'
shade = '#F6E9DF'
alarm = '#B34700'
gone = '#C4C4C4' # what nobody answered

# Sites: eight colours, then the same again with another marker and hatching, so that no two of the
# first SITES_TOLD look the same; the rest share one grey.
array marker[6] = [7, 9, 13, 11, 5, 15]
array hatch[6] = [0, 4, 5, 1, 2, 6] # 0: none
SITES_TOLD = 48
site_hue(k) = k < 1 || k > SITES_TOLD ? '#8A8A8A' : hue[(k - 1) % 8 + 1]
site_rgb(k) = k < 1 || k > SITES_TOLD ? 0x8A8A8A : rgb[(k - 1) % 8 + 1]
site_marker(k) = k < 1 || k > SITES_TOLD ? 7 : marker[(k - 1) / 8 + 1]
site_hatch(k) = k < 1 || k > SITES_TOLD ? 0 : hatch[(k - 1) / 8 + 1]
site_text(k) = k < 1 || k > SITES_TOLD || on_dark[(k - 1) % 8 + 1] ? '#FFFFFF' : '#000000'

# Lines: services are styles 1 to 64, each another pair of colour and dashes; phases are 101 to 103.
do for [k=1:64] { set style line k linewidth 2 linecolor rgb hue[(k - 1) % 8 + 1] dashtype dash[(k - 1 + (k - 1) / 8) % 8 + 1] }
array phase[3] = ['before', 'outage', 'after']
array phase_hue[3] = ['#56B4E9', '#D55E00', '#000000']
set style line 101 linewidth 5 linecolor rgb phase_hue[1]
set style line 102 linewidth 2 linecolor rgb phase_hue[2]
set style line 103 linewidth 1.2 linecolor rgb phase_hue[3] dashtype '-'

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
gather_reset = 'gather_n = 0; gather_sum = 0.0; gather_min = 1e300; gather_max = -1e300'
gather_n = 0
gather_sum = 0.0
gather_min = 1e300
gather_max = -1e300
gather(v) = v != v ? 0 : (gather_n = gather_n + 1, gather_sum = gather_sum + v, \
    gather_min = v < gather_min ? v : gather_min, gather_max = v > gather_max ? v : gather_max, 0)

# A list of distinct names in order of appearance; what comes after the last place is left out.
NAMES = 512
array names[NAMES]
nnames = 0
known(s) = (nnames == 0 ? 0 : sum [k=1:nnames] (names[k] eq s ? k : 0))
learn(s) = (known(s) == 0 && nnames < NAMES ? (nnames = nnames + 1, names[nnames] = s, 1) : 0)

# The highest of n scores that has not been taken yet, and above `least`: its index, 0 when none is left.
# The script makes `score` an array of n; a taken score is lowered for good.
array score[1]
better(k) = score[k] > best_score ? (best = k, best_score = score[k], 1) : 0
take_best(n, least) = (best = 0, best_score = least, seen = sum [k=1:n] better(k), best > 0 ? (score[best] = -1e300, best) : 0)
