#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the scenario library, scenarios/README.md, from real runs.

table.py            runs every scenario of scenarios/ and prints the table
table.py NAME…      the same, but only these are run: the other rows stay as they are
table.py --check    says whether the table has every scenario and its question as they are now (no run)

A scenario's question is the first sentence of its first comment. Its figures are what the expectations with a
`headline` obtained, a line for each variant that has one; where no variant has, the first few conditions of its
outage. Of many client groups the one that is nearest to failing is told. A scenario with a price tells its bill."""

import csv
import json
import math
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FIGURES = 3  # where no expectation has a headline
FIGURE = re.compile(r"([-+0-9.e]+)\s*([A-Za-z%]*)")
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
    m = FIGURE.fullmatch(text)
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


def rounded(value, digits):
    """Without zeros at the end."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def human(obtained):
    """As people write it: 259.565ms is 260 ms, and 99.87% keeps what is missing. What is no figure stays as it is."""
    m = FIGURE.fullmatch(obtained)
    if not m or m.group(2) not in UNITS:
        return obtained
    value, unit = float(m.group(1)), m.group(2)
    if unit == "Mbps":
        value, unit = (value / 1000, "Gb/s") if value >= 1000 else (value, "Mb/s")
    digits = 4 if unit == "%" and 99 < value < 100 else 3
    return f"{rounded(value, digits)} {unit}".rstrip()


def what(check):
    """Words for a condition: its headline, or what it is about."""
    if "headline" in check:
        return check["headline"]
    of = check.get("service") or check.get("demand") or check.get("links")
    return f"{of} {check['metric']} ({check['phase']})"


def chosen(checks):
    """Where nothing has a headline: the outage, or all there is."""
    return [c for c in checks if c["phase"] == "outage"] or checks


def figures(checks):
    groups = {}
    for c in checks:
        groups.setdefault((what(c), c["metric"]), []).append(c)
    return [f"{name} {human(worst(list_))}" for (name, _), list_ in groups.items()]


def bill(folder):
    """What a scenario with a price pays in all."""
    path = os.path.join(folder, "billing.csv")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        priced = [line for line in csv.DictReader(f) if line["amount"]]
    if not priced:
        return []
    billed = sum(float(line["billed_mbps"]) for line in priced)
    amount = sum(float(line["amount"]) for line in priced)
    return [f"{human(f'{billed}Mbps')} are billed, {amount:,.0f} {priced[0]['currency']}"]


def run(name, work):
    out = os.path.join(work, name)
    anysim = os.environ.get("ANYSIM", os.path.join(ROOT, "build", "anysim"))
    subprocess.run([anysim, "run", "-q", "--out", out, os.path.join("scenarios", name)],
                   cwd=ROOT, check=True)
    found = []
    for folder, _, files in sorted(os.walk(out)):
        if "summary.json" in files:
            with open(os.path.join(folder, "summary.json"), encoding="utf-8") as f:
                found.append((json.load(f), bill(folder)))
    return found


def place(name, variant):
    """Where a variant stands in its file."""
    with open(os.path.join(ROOT, "scenarios", name), encoding="utf-8") as f:
        text = f.read()
    return text.find(f"\n  {variant}:", text.find("\nvariants:"))


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def row(name, work):
    parts = []
    found = [(s.get("variant"), s.get("expectations") or [], paid) for s, paid in run(name, work)]
    found.sort(key=lambda f: place(name, f[0]))
    headed = any(paid or "headline" in c for _, checks, paid in found for c in checks)
    for variant, checks, paid in found:
        told = figures([c for c in checks if "headline" in c]) if headed else \
            figures(chosen(checks))[:FIGURES]
        told += paid
        if told:
            parts.append((f"**{variant}**: " if variant else "") + "; ".join(told))
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


def telling(name):
    """Whether a scenario names what the table is to say of it, or has a bill."""
    with open(os.path.join(ROOT, "scenarios", name), encoding="utf-8") as f:
        text = f.read()
    return "headline:" in text or "price:" in text


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
        elif not telling(name):
            wrong.append(f"{name} has no expectation with a headline")
    wrong += [f"{name} is in the table, but there is no such file"
              for name in listed if name not in scenarios()]
    for text in wrong:
        print(f"scenarios/README.md: {text}: make scenarios-table (ONLY=NAME)")
    return not wrong


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if check() else 1)
    table(sys.argv[1:])
