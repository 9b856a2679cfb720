# SPDX-License-Identifier: GPL-3.0-or-later
# replicas: figures of services over the replicas of a run: the mean, its 95 % confidence interval, and the least and
# greatest replica, phase by phase; a panel a metric.
#
#     gnuplot -c plots/replicas.gp results/SCENARIO OUTPUT.png|OUTPUT.svg
results = ARG1
output = ARG2
here = ARG0[1:strlen(ARG0)-strlen('replicas.gp')]
load here.'style.gp'
data = results.'/replicas.csv'

# Columns: 1 service, 2 network, 4 link, 5 phase, 6 metric, 8 n, 9 infinite, 10 mean, 11 low, 12 high, 14 min, 15 max.
array metric[4] = ['availability', 'rtt_p95', 'owd_up_p95', 'jitter']
array heading[4] = ['availability [%]', 'RTT p95 [ms]', 'one-way delay to the server, p95 [ms]', 'jitter of round trips [ms]']
MOST = 400
array of_metric[MOST]
array of_service[MOST]
array of_phase[MOST]
array mean[MOST]
array low[MOST]
array high[MOST]
array least[MOST]
array greatest[MOST]
array lost[MOST]
count = 0
replicas = 0
number(c) = valid(c) ? column(c) : NaN
metric_of(m) = sum [k=1:4] (metric[k] eq m ? k : 0)
phase_of(p) = sum [k=1:3] (phase[k] eq p ? k : 0)
known_or_new(s) = (learn(s), known(s))
keep(m, s, p) = count >= MOST ? 0 : (count = count + 1, of_metric[count] = m, of_service[count] = s, of_phase[count] = p, \
    mean[count] = number(10), low[count] = number(11), high[count] = number(12), least[count] = number(14), \
    greatest[count] = number(15), lost[count] = column(9), \
    replicas = column(8) + column(9) > replicas ? column(8) + column(9) : replicas, 0)
stats data using (strcol(1) ne '' && strcol(2) eq '' && metric_of(strcol(6)) > 0 ? \
    keep(metric_of(strcol(6)), known_or_new(strcol(1)), phase_of(strcol(5))) : 0) skip 1 nooutput
if (count == 0) { exit error 'replicas.csv holds nothing about services' }
phases = has_outage ? 3 : 1

# Rows of a panel: services, and their phases below each other.
line_of(k) = (of_service[k] - 1) * (phases + 0.8) + of_phase[k]
lines = nnames * (phases + 0.8)
panel = 62.0 + 15.0 * lines
width = 900
height = int(80 + 2 * panel)
headline = sprintf('%d replicas: ', replicas).short(run_name, 60)
subline = 'Services over all client groups: mean and its 95 % confidence interval (thick), least and greatest replica (thin).'
load here.'canvas.gp'
left(m) = x_px(175 + ((m - 1) % 2) * 360)
right(m) = left(m) + 235.0 / width
upper(m) = y_px(96 + int((m - 1) / 2) * panel)
lower(m) = upper(m) - (panel - 62) / height
unset key
unset ytics
set border 1
set grid xtics noytics
set yrange [lines + 0.3:0.3]
set samples count > 1 ? count : 2
here_is(k, m) = of_metric[k] == m && of_phase[k] <= phases && mean[k] == mean[k] && lost[k] == 0
shade_of(k) = of_phase[k] == 1 ? 0x56B4E9 : of_phase[k] == 2 ? 0xD55E00 : 0x000000
gone_in(k, m) = of_metric[k] == m && of_phase[k] <= phases && lost[k] > 0
figure(k) = lost[k] > 0 ? sprintf('lost in %d', lost[k]) : high[k] == high[k] ? sprintf('%.2f ± %.2f', mean[k], high[k] - mean[k]) : sprintf('%.2f', mean[k])
# Percentages have an end.
cut(m, x) = m == 1 ? (x > 100 ? 100 : x < 0 ? 0 : x) : x
# About four ticks an axis, at 1, 2 or 5 times a power of ten, with as many digits as they need.
round_step(x, power) = x / power < 1.5 ? power : x / power < 3.5 ? 2 * power : x / power < 7.5 ? 5 * power : 10 * power
step_of(length) = round_step(length / 4, 10 ** floor(log10(length / 4)))
format_of(step) = step >= 0.99 ? '%.0f' : sprintf('%%.%df', ceil(-log10(step) - 0.01))

set multiplot
do for [m=1:4] {
    @gather_reset
    do for [k=1:count] { x = here_is(k, m) ? gather(cut(m, low[k] == low[k] ? low[k] : mean[k])) + gather(cut(m, high[k] == high[k] ? high[k] : mean[k])) + gather(least[k]) + gather(greatest[k]) : 0 }
    if (gather_n > 0) {
        span = gather_max - gather_min
        margin = span > 0 ? span * 0.04 : (gather_max != 0 ? abs(gather_max) * 0.02 : 1)
        set lmargin at screen left(m)
        set rmargin at screen right(m)
        set tmargin at screen upper(m)
        set bmargin at screen lower(m)
        set xrange [gather_min - margin:gather_max + margin]
        set xtics step_of(span + 2 * margin)
        set format x format_of(step_of(span + 2 * margin))
        set label 1 heading[m] at graph 0, screen 18.0 / height left offset 0, 0 font font_panel textcolor rgb ink
        set label 1 at screen left(m), upper(m) + 14.0 / height
        do for [s=1:nnames] {
            tag = 100 + s
            note = m % 2 == 1 ? short(names[s], 16) : ''
            set label tag note at screen x_px(14), first (s - 1) * (phases + 0.8) + 1 left font font_note textcolor rgb ink
        }
        plot sample [k=1:count:1] '+' using (here_is(int(k), m) ? least[int(k)] : NaN):(line_of(int(k))):(greatest[int(k)] - least[int(k)]):(0):(shade_of(int(k))) \
                with vectors nohead linewidth 1 linecolor rgb variable, \
            [k=1:count:1] '+' using (here_is(int(k), m) && low[int(k)] == low[int(k)] ? cut(m, low[int(k)]) : NaN):(line_of(int(k))):(cut(m, high[int(k)]) - cut(m, low[int(k)])):(0):(shade_of(int(k))) \
                with vectors nohead linewidth 5 linecolor rgb variable, \
            [k=1:count:1] '+' using (here_is(int(k), m) ? mean[int(k)] : NaN):(line_of(int(k))):(shade_of(int(k))) with points pointtype 7 pointsize dot linecolor rgb variable, \
            [k=1:count:1] '+' using (here_is(int(k), m) || gone_in(int(k), m) ? gather_max + margin : NaN):(line_of(int(k))):(figure(int(k))) with labels left offset 0.6, 0 font font_small textcolor rgb ink, \
            [k=1:count:1] '+' using (m % 2 == 1 && (here_is(int(k), m) || gone_in(int(k), m)) ? gather_min - margin : NaN):(line_of(int(k))):(phases > 1 ? phase[of_phase[int(k)]] : '') with labels right offset -0.6, 0 font font_small textcolor rgb faint
        unset label 9001
        unset label 9002
    }
}
unset multiplot
