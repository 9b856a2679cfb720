# SPDX-License-Identifier: GPL-3.0-or-later
# sites: the POPs of a run in the order of catchment.csv, so that a site has the same colour and marker
# in every plot; site_of(name) is its number, 0 for none. After style.gp.

nnames = 0
stats results.'/catchment.csv' using (strlen(strcol(3)) ? learn(strcol(3)) : 0) skip 1 nooutput
nsites = nnames
array site[NAMES]
do for [k=1:nsites] { site[k] = names[k] }
site_of(s) = nsites == 0 ? 0 : sum [k=1:nsites] (site[k] eq s ? k : 0)
nnames = 0
