// SPDX-License-Identifier: GPL-3.0-or-later
// silence FILE: copies its input to its output and writes into FILE the longest time, in
// milliseconds, that nothing arrived between the first byte and the end of the input.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int write_all(const char *b, ssize_t n)
{
    while (n > 0) {
        ssize_t done = write(1, b, (size_t)n);
        if (done <= 0)
            return 0;
        b += done;
        n -= done;
    }
    return 1;
}

int main(int argc, char **argv)
{
    static char b[65536];
    double last_ms = 0, longest_ms = 0;
    ssize_t n;
    if (argc != 2)
        return 2;
    while ((n = read(0, b, sizeof b)) >= 0) {
        double at_ms = now_ms();
        if (last_ms > 0 && at_ms - last_ms > longest_ms)
            longest_ms = at_ms - last_ms;
        last_ms = at_ms;
        if (n == 0 || !write_all(b, n))
            break;
    }
    FILE *f = fopen(argv[1], "w");
    if (!f)
        return 1;
    fprintf(f, "%.0f\n", longest_ms);
    return fclose(f) ? 1 : 0;
}
