// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "export/routemap.h"

#include <stdlib.h>
#include <string.h>

static void jumps_lead_to_their_labels(void)
{
    static const char want[] = "route-map m permit 10\n"
                               " match origin igp\n"
                               " on-match goto 30\n"
                               "exit\n"
                               "route-map m deny 20\n"
                               "exit\n"
                               "route-map m permit 30\n"
                               " set metric 5\n"
                               " on-match next\n"
                               "exit\n"
                               "route-map m permit 40\n"
                               "exit\n";
    struct routemap m = {.name = "m"};
    char *text = NULL;
    size_t size;
    int ahead = routemap_label(&m);
    routemap_step(&m, false, "origin igp", NULL, ahead);
    routemap_step(&m, true, NULL, NULL, ROUTEMAP_END);
    routemap_place(&m, ahead);
    routemap_set(&m, "metric %d", 5);
    routemap_step(&m, false, NULL, NULL, ROUTEMAP_END);
    FILE *f = open_memstream(&text, &size);
    routemap_write(&m, f);
    fclose(f);
    CU_ASSERT_STRING_EQUAL(text, want);
    routemap_free(&m);
    free(text);
}

UNIT_MAIN("export-routemap", {"jumps_lead_to_their_labels", jumps_lead_to_their_labels})
