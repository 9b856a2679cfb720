# SPDX-License-Identifier: GPL-3.0-or-later
# canvas: opens the output, `width` × `height` pixels, after style.gp and when the height is known.
# Title at the top left (label 9001), a line of explanation below it (9002); unset both after the
# first panel of a multiplot.

# How lines end and join; a script with thick steps says 'rounded', which closes the gaps of dashes.
if (!exists('ends')) { ends = 'butt' }
kind = output[strlen(output)-3:strlen(output)]
# SVG counts font sizes in pixels, pngcairo in points.
if (kind eq '.svg') {
    set terminal svg size width,height font 'DejaVu Sans,12' noenhanced @ends background '#ffffff'
    font_title = ',17'
    font_panel = ',14'
    font_note = ',12'
    font_small = ',11'
    dot = 0.72 # the terminal draws points larger than pngcairo
} else {
    if (kind ne '.png') { exit error 'the output must end in .png or .svg' }
    set terminal pngcairo size width,height font 'DejaVu Sans,9' noenhanced @ends background '#ffffff'
    font_title = ',13'
    font_panel = ',10.5'
    font_note = ',9'
    font_small = ',8'
    dot = 1.0
}
set output output

y_px(px) = 1.0 - px / real(height)
x_px(px) = px / real(width)
set label 9001 headline at screen x_px(14), y_px(20) left font font_title textcolor rgb ink
set label 9002 subline at screen x_px(14), y_px(42) left font font_note textcolor rgb faint
