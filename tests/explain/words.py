# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of `anysim explain` (second argument) says what its JSON (first) does, candidate by
candidate: who told it, its path, its fate, the step and the two figures, and the right one of < and >.
Prints how many lines were checked and how many are missing or wrong."""
import json
import sys


def verdict(c):
    if c["fate"] == "unreachable":
        return ["not considered: next hop unreachable"]
    if c["fate"] == "equal":
        return ["configured later"]
    if c["fate"] != "step":
        return []
    step = f'lost at step {c["step"]} \'{c["step_name"]}\': {c["lost"]} '
    if c["lost"].isdigit() and c["won"].isdigit():
        sign = ">" if int(c["lost"]) > int(c["won"]) else "<"
        return [f'{step}{sign} {c["won"]}']
    return [f'{step}{s} {c["won"]}' for s in ("against", ">", "<")]


def says(line, c):
    path = " ".join(map(str, c["as_path"])) or "(own)"
    wanted = verdict(c)
    told = c["source"] == "own" or f'from {c["from"]}' in line
    return (line.startswith("  best") == (c["fate"] == "best") and told and f"path {path} " in line + " "
            and f'lp {c["local_pref"]} ' in line and (not wanted or any(line.rstrip().endswith(w) for w in wanted)))


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        decisions = json.load(f)["decisions"]
    with open(sys.argv[2], encoding="utf-8") as f:
        lines = f.read().splitlines()
    checked, wrong = 0, []
    for d in decisions:
        head = f'{d["prefix"]} at {d["router"]}: {len(d["candidates"])} candidate'
        at = next((i for i, line in enumerate(lines) if line.startswith(head)), None)
        if at is None:
            wrong.append(head)
            continue
        for line, c in zip(lines[at + 1:], d["candidates"]):
            checked += 1
            if not says(line, c):
                wrong.append(f"{line}  for  {c}")
    for line in wrong[:10]:
        print(line)
    print(checked, len(wrong))


main()
