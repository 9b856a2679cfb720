// SPDX-License-Identifier: GPL-3.0-or-later
// What is not allowed, and beside it what is: const tables, function pointers in const tables.
#include <stdlib.h>
#include <time.h>

int visible;
static int hidden = 3;
static _Thread_local int per_thread;
static int excused;
static const int table[] = {1, 2, 3};
static int twice(int a)
{
    return 2 * a;
}
int (*const operations[])(int) = {twice};
const char *const words[] = {"a", "b"};
const char *mutable_pointer = "c";

int next(int seed);
int next(int seed)
{
    static int counter;
    counter += seed + hidden + per_thread++ + table[seed & 1] + excused++;
    hidden++;
    return counter + (int)time(NULL) + rand();
}
