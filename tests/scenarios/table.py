#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the scenario library, scenarios/README.md, from real runs.

table.py            runs every scenario of scenarios/ and prints the table
table.py NAME…      the same, but only these are run: the other rows stay as they are
table.py --check    says whether the table has every scenario and its question as they are now (no run)

A scenario's question is the first sentence of its first comment. Its figures are what the expectations with a
`headline` obtained; where there is none, the first few conditions of its outage. Of many client groups the one
that is nearest to failing is told."""

import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIGURES = 3  # where no expectation has a headline
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "%": 0.01,
         "bps": 1.0, "kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9, "Tbps": 1e12, "": 1.0}


def scenarios():
    folder = os.path.join(ROOT, "scenarios")
    return sorted(name for name in os.listdir(folder) if name.endswith(".yaml"))


def question(name):
    """The first comment's first paragraph, up to its first question mark or full stop."""
    words = []
    with open(os.path.join(ROOT, "scenarios", name), encoding="utf-8") as lines:
        for line in lines:
            text = line[1:].strip()
            if not line.startswith("#") or (not text and words):
                break
            if text and not text.startswith("SPDX"):
                words.append(text)
    paragraph = " ".join(words)
    ends = [m.end() for m in re.finditer(r"[?]", paragraph)] or [len(paragraph)]
    return paragraph[:ends[-1]]


def number(text):
    """A figure in its base unit; what is no figure (a POP, "never") is None."""
    m = re.fullmatch(r"([-+0-9.e]+)\s*([A-Za-z%]*)", text)
    if not m or m.group(2) not in UNITS:
        return None
    return float(m.group(1)) * UNITS[m.group(2)]


def worst(checks):
    """The obtained value nearest to failing; several names, where it is no figure."""
    obtained = [c["obtained"] for c in checks]
    figures = [number(o) for o in obtained]
    if None in figures:
        odd = sorted({o for o, f in zip(obtained, figures) if f is None})
        return ", ".join(odd[:3]) + (" …" if len(odd) > 3 else "")
    least = checks[0]["expected"].lstrip().startswith(">")
    return obtained[figures.index(min(figures) if least else max(figures))]


def what(check):
    """Words for a condition: its headline, or what it is about."""
    if "headline" in check:
        return check["headline"]
    of = check.get("service") or check.get("demand") or check.get("links")
    return f"{of} {check['metric']} ({check['phase']})"


def figures(summary):
    checks = summary.get("expectations") or []
    told = [c for c in checks if "headline" in c] or \
           [c for c in checks if c["phase"] == "outage"] or checks
    groups = {}
    for c in told:
        groups.setdefault((what(c), c["metric"]), []).append(c)
    listed = list(groups.items())
    if told and "headline" not in told[0]:
        listed = listed[:FIGURES]
    return [f"{name} {worst(list_)}" for (name, _), list_ in listed]


def run(name, work):
    out = os.path.join(work, name)
    anysim = os.environ.get("ANYSIM", os.path.join(ROOT, "build", "anysim"))
    subprocess.run([anysim, "run", "-q", "--out", out, os.path.join("scenarios", name)],
                   cwd=ROOT, check=True)
    found = []
    for folder, _, files in sorted(os.walk(out)):
        if "summary.json" in files:
            with open(os.path.join(folder, "summary.json"), encoding="utf-8") as f:
                found.append(json.load(f))
    return found


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def row(name, work):
    parts = []
    for summary in run(name, work):
        told = "; ".join(figures(summary))
        if told:
            variant = summary.get("variant")
            parts.append(f"**{variant}**: {told}" if variant else told)
    return f"| [{name}]({name}) | {cell(question(name))} | {cell('<br>'.join(parts))} |".replace(
        "&lt;br>", "<br>")


def rows_now():
    """The table as it stands: a line by name."""
    path = os.path.join(ROOT, "scenarios", "README.md")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as f:
        return {line.split("](")[0][3:]: line.rstrip("\n") for line in f if line.startswith("| [")}


def table(only):
    old = rows_now() if only else {}
    print("# Scenarios\n")
    print("Each file opens with its question and its answer. The figures are those of a run with the file's own seed,")
    print("as `make scenarios-table` found them: of many client groups, the one nearest to what its expectation allows.\n")
    print("| file | question | figures |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for name in scenarios():
            kept = old.get(name) if name not in only else None
            print(kept or row(name, work), flush=True)


def check():
    listed = {name: line.split(" | ") for name, line in rows_now().items()}
    wrong = []
    for name in scenarios():
        if name not in listed:
            wrong.append(f"{name} is not in the table")
        elif listed[name][1] != cell(question(name)):
            wrong.append(f"{name} asks something else by now")
        elif not listed[name][2].strip(" |\n"):
            wrong.append(f"{name} has no figure")
    wrong += [f"{name} is in the table, but there is no such file"
              for name in listed if name not in scenarios()]
    for text in wrong:
        print(f"scenarios/README.md: {text}: make scenarios-table (ONLY=NAME)")
    return not wrong


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if check() else 1)
    table(sys.argv[1:])
