// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/cell.h"

#include "base/units.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *const escapes[] = {
    [CELL_PLAIN] = "",         [CELL_BOLD] = "\033[1m", [CELL_RED] = "\033[31m",
    [CELL_GREEN] = "\033[32m", [CELL_DIM] = "\033[2m",
};

// One character of `text`: its length in bytes, and its width in cells.
static size_t next(const char *text, int *cells, bool *printable)
{
    uint32_t cp;
    size_t n = utf8_decode(text, strlen(text), &cp);
    *printable = n > 0 && !utf8_is_control(cp) && cp >= 0x20;
    *cells = *printable ? utf8_cells(cp) : 1;
    return n ? n : 1;
}

int cell_width(const char *text)
{
    int width = 0, cells;
    bool printable;
    while (*text) {
        text += next(text, &cells, &printable);
        width += cells;
    }
    return width;
}

// Writes at most `width` cells of the text; returns how many.
static int put(FILE *f, const char *text, int width)
{
    int used = 0, cells;
    bool printable, cut = cell_width(text) > width;
    while (*text) {
        size_t n = next(text, &cells, &printable);
        if (used + cells > width - (cut ? 1 : 0))
            break;
        if (printable)
            fwrite(text, 1, n, f);
        else
            putc('?', f);
        used += cells;
        text += n;
    }
    if (cut) {
        fputs("\xe2\x80\xa6", f); // …
        used++;
    }
    return used;
}

static int put_coloured(const struct cell_out *o, const char *text, int width, enum cell_colour c)
{
    bool on = o->colour && c != CELL_PLAIN;
    if (on)
        fputs(escapes[c], o->f);
    int used = put(o->f, text, width);
    if (on)
        fputs("\033[0m", o->f);
    return used;
}

void cell_left(const struct cell_out *o, const char *text, int width, enum cell_colour c)
{
    fprintf(o->f, "%*s", width - put_coloured(o, text, width, c), "");
}

void cell_name(const struct cell_out *o, const char *name, int width, enum cell_colour c)
{
    const char *tail = name;
    int rest = cell_width(name), cells;
    bool printable;
    if (rest <= width || width < 3) {
        cell_left(o, name, width, c);
        return;
    }
    int tail_width = (width - 1) / 2;
    while (rest > tail_width) {
        tail += next(tail, &cells, &printable);
        rest -= cells;
    }
    // The head is cut with an ellipsis; a wide character may leave a cell between, so
    // the tail pads.
    cell_left(o, name, width - tail_width, c);
    cell_left(o, tail, tail_width, c);
}

void cell_right(const struct cell_out *o, const char *text, int width, enum cell_colour c)
{
    int used = cell_width(text);
    fprintf(o->f, "%*s", used < width ? width - used : 0, "");
    put_coloured(o, text, width, c);
}

void cell_text(const struct cell_out *o, const char *text, enum cell_colour c)
{
    put_coloured(o, text, cell_width(text), c);
}

void cell_wrapped(const struct cell_out *o, const char *text, int col, int right)
{
    int at = col;
    while (*text) {
        char word[256];
        size_t n = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        int width = cell_width(word);
        if (at > col && at + 1 + width > right) {
            fprintf(o->f, "\n%*s", col, "");
            at = col;
        } else if (at > col) {
            putc(' ', o->f);
            at++;
        }
        at += put(o->f, word, right - col);
        text += n;
        text += strspn(text, " ");
    }
    putc('\n', o->f);
}

char *cell_percent(double fraction, char buf[CELL_BUF])
{
    if (isnan(fraction))
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else if (fraction < 1 && fraction > 0.9999)
        snprintf(buf, CELL_BUF, "99.99");
    else if (fraction > 0 && fraction < 0.0001)
        snprintf(buf, CELL_BUF, "<0.01");
    else
        snprintf(buf, CELL_BUF, "%.2f", 100 * fraction);
    return buf;
}

char *cell_rtt(int64_t rtt_ns, char buf[CELL_BUF])
{
    if (rtt_ns < 0)
        snprintf(buf, CELL_BUF, "lost");
    else
        snprintf(buf, CELL_BUF, "%.*f", rtt_ns < 999950000 ? 1 : 0, (double)rtt_ns / 1e6);
    return buf;
}

char *cell_seconds(int64_t t_ps, char buf[CELL_BUF])
{
    if (t_ps == TIME_NEVER)
        snprintf(buf, CELL_BUF, "never");
    else if (t_ps < 0)
        snprintf(buf, CELL_BUF, "%s", CELL_NONE);
    else
        snprintf(buf, CELL_BUF, "%.2f s", ps_to_s(t_ps));
    return buf;
}

char *cell_time(int64_t t_ps, char buf[CELL_BUF])
{
    snprintf(buf, CELL_BUF, "%.6f", ps_to_s(t_ps));
    size_t n = strlen(buf);
    while (n && buf[n - 1] == '0')
        n--;
    if (n && buf[n - 1] == '.')
        n--;
    snprintf(buf + n, CELL_BUF - n, " s");
    return buf;
}

char *cell_people(int64_t n, char buf[CELL_BUF])
{
    if (n >= 1000000)
        snprintf(buf, CELL_BUF, n >= 99950000 ? "%.0f M people" : "%.1f M people", (double)n / 1e6);
    else if (n >= 10000)
        snprintf(buf, CELL_BUF, "%.0f k people", (double)n / 1e3);
    else
        snprintf(buf, CELL_BUF, "%" PRId64 " people", n);
    return buf;
}

char *cell_count(uint64_t n, char buf[CELL_BUF])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    char *to = buf;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
    return buf;
}
