# SPDX-License-Identifier: GPL-3.0-or-later
"""Candidates are what neighbours tell: every path that a looking glass shows (JSON files from the second
argument on) is compared with the best path of who told it, as `anysim export --format routes` has
it (the first). Without prepends and policies eBGP puts the neighbour's AS in front and iBGP changes
nothing. To be used while nothing is on its way. Prints how many were checked and how many differ."""
import json
import sys


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    held = {r["router"]: {e["prefix"]: e for e in r["routes"]} for r in load(sys.argv[1])["routers"]}
    checked, wrong = 0, []
    for glass in map(load, sys.argv[2:]):
        asns = {n["name"]: n["asn"] for n in glass["neighbours"]}
        for table in glass["table"]:
            for c in table["candidates"]:
                if c["source"] == "own":
                    continue
                checked += 1
                told = held[c["from"]].get(table["prefix"])
                path = told and told["as_path"]
                if told and c["source"] == "ebgp":
                    path = [asns[c["from"]]] + path
                same = told and path == c["as_path"]
                if same and c["source"] == "ibgp":
                    same = told["local_pref"] == c["local_pref"]
                if not same:
                    wrong.append(f'{table["prefix"]} at {glass["router"]} from {c["from"]}: {c["as_path"]}, '
                                 f'which holds {told}')
    for line in wrong[:10]:
        print(line)
    print(checked, len(wrong))


main()
