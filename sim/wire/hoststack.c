// SPDX-License-Identifier: GPL-3.0-or-later
#include "wire/hoststack.h"

#include <stdio.h>

// Of the network namespace that this process is in.
static bool is_set(const char *family, const char *device, const char *key)
{
    char path[96], value[2] = "0";
    snprintf(path, sizeof path, "/proc/sys/net/%s/conf/%s/%s", family, device, key);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    bool set = fread(value, 1, 1, f) == 1 && value[0] != '0';
    fclose(f);
    return set;
}

bool hoststack_advice(const char *device, char text[INTERFACE_ERROR])
{
    const char *family = is_set("ipv4", device, "forwarding") ? "ipv4" : NULL;
    if (!family && is_set("ipv6", device, "forwarding") && !is_set("ipv6", device, "disable_ipv6"))
        family = "ipv6";
    if (family)
        snprintf(text, INTERFACE_ERROR,
                 "%s: the kernel forwards what comes in there too, so packets may go twice: run "
                 "'sysctl net/%s/conf/%s/forwarding=0'",
                 device, family, device);
    return family != NULL;
}
