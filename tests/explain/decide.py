# SPDX-License-Identifier: GPL-3.0-or-later
"""Recomputes decisions of `anysim explain --json` from the candidates' attributes, by RFC 4271
section 9.1.2.2 and RFC 4456 section 9 as written there, and compares the best, each loser's step and
the two figures. Reads JSON files named on the command line; prints how many decisions it checked."""
import ipaddress
import json
import sys


def number(address):
    return int(ipaddress.ip_address(address)) if address else 0


def neighbour(c):
    return c["as_path"][0] if c["as_path"] else 0


ORIGINS = ["IGP", "EGP", "incomplete"]
SOURCES = {"own": "own", "ebgp": "eBGP", "ibgp": "iBGP"}

# Name, key (the lowest stays), what is shown, within one neighbour AS only.
STEPS = [
    ("LOCAL_PREF", lambda c: -c["local_pref"], lambda c: str(c["local_pref"]), False),
    ("AS_PATH length", lambda c: c["as_path_length"], lambda c: str(c["as_path_length"]), False),
    ("ORIGIN", lambda c: c["origin"], lambda c: ORIGINS[c["origin"]], False),
    ("MED", lambda c: c["med"] or 0, lambda c: str(c["med"] or 0), True),
    ("eBGP over iBGP", lambda c: c["source"] == "ibgp", lambda c: SOURCES[c["source"]], False),
    ("IGP metric to next hop", lambda c: c["igp_metric"], lambda c: str(c["igp_metric"]), False),
    ("BGP identifier", lambda c: number(c["originator_id"] or c["from_id"]),
     lambda c: c["originator_id"] or c["from_id"] or "0.0.0.0", False),
    ("CLUSTER_LIST length", lambda c: len(c["cluster_list"]),
     lambda c: str(len(c["cluster_list"])), False),
    ("peer address", lambda c: number(c["from_address"]), lambda c: c["from_address"] or "0.0.0.0",
     False),
]


def decide(candidates):
    """[(fate, step number, step name)] and the indices that were left at each step."""
    fates = [None] * len(candidates)
    left = []
    for i, c in enumerate(candidates):
        if c["igp_metric"] is None:
            fates[i] = ("unreachable", None, None, None)
        else:
            left.append(i)
    for step, (name, key, _, per_neighbour) in enumerate(STEPS, 1):
        lost = []
        for i in left:
            rivals = [k for k in left
                      if not per_neighbour or neighbour(candidates[k]) == neighbour(candidates[i])]
            best = min(key(candidates[k]) for k in rivals)
            if key(candidates[i]) != best:
                lost.append((i, [k for k in rivals if key(candidates[k]) == best]))
        for i, better in lost:
            fates[i] = ("step", step, name, better)
        left = [i for i in left if fates[i] is None]
    for i in left[1:]:
        fates[i] = ("equal", None, None, None)
    if left:
        fates[left[0]] = ("best", None, None, None)
    return fates


def check(decision):
    candidates = decision["candidates"]
    wrong = []
    for c, (fate, step, name, better) in zip(candidates, decide(candidates)):
        where = f'{decision["prefix"]} at {decision["router"]} from {c["from"]}'
        if c["fate"] != fate:
            wrong.append(f'{where}: {c["fate"]}, recomputed {fate}')
        elif fate == "step":
            show = STEPS[step - 1][2]
            if (c["step"], c["step_name"]) != (step, name):
                wrong.append(f'{where}: step {c["step"]} {c["step_name"]}, recomputed {step} {name}')
            elif c["lost"] != show(c) or c["won"] not in [show(candidates[k]) for k in better]:
                wrong.append(f'{where}: {c["lost"]} against {c["won"]} at {name}')
    return wrong


def main():
    decisions, losers, wrong = 0, 0, []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            data = json.load(f)
        for d in data.get("decisions", []) + data.get("table", []):
            decisions += 1
            losers += len(d["candidates"]) - 1
            wrong += check(d)
    for line in wrong[:10]:
        print(line)
    print(decisions, losers, len(wrong))


main()
