"""Conflicts between passages: shown where there is one, and nowhere else.

    python -m evals.benchmarks.citing.conflicts [--out FOLDER] [--as NAME] [--show dev]

``evals/datasets/conflicts/pairs.jsonl`` holds 200 pairs of passages of our own, half of them conflicts.
Every sentence of one passage is taken as cited, the other passage is the rest of the evidence; each pair is
asked both ways round, and counts as shown where either way shows a conflict. Results are kept under ``NAME``
("now") beside those kept before.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.metrics.proportions import shown_share
from evals.script import run_main
from graphs.judging.conflicts import find_conflicts
from graphs.state import EvidencePassage
from graphs.text.sentences import units

PAIRS = Path(__file__).parents[2] / "datasets" / "conflicts" / "pairs.jsonl"
RESULTS = Path(__file__).parents[2] / "results" / "conflicts"


def pairs() -> list[dict[str, Any]]:
    return [json.loads(line) for line in PAIRS.read_text(encoding="utf-8").splitlines()]


def shown(pair: dict[str, Any]) -> str:
    """Why the pair is shown as a conflict; empty where it is not."""
    a, b = _passage("a", pair["a"]), _passage("b", pair["b"])
    for cited, other in ((a, b), (b, a)):
        if found := find_conflicts(_cited(cited), [cited, other]):
            return found[0].why
    return ""


def _passage(name: str, side: dict[str, Any]) -> EvidencePassage:
    return {
        "doc_id": name,
        "version": name,
        "start": 0,
        "end": len(side["text"]),
        "text": side["text"],
        "title": side["title"],
        "uri": "",
        "headings": side["headings"],
        "page": None,
        "scores": {},
    }


def _cited(passage: EvidencePassage) -> list[dict[str, Any]]:
    return [
        {**passage, "start": unit.start, "end": unit.end, "quote": unit.of(passage["text"])}
        for unit in units(passage["text"])
    ]


def measure(half: str) -> dict[str, Any]:
    """Counts of one half, by kind too."""
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    told = {True: 0, False: 0}
    n = {True: 0, False: 0}
    for pair in pairs():
        if pair["half"] != half:
            continue
        says = bool(shown(pair))
        n[pair["conflict"]] += 1
        told[pair["conflict"]] += says
        of[pair["kind"]] += 1
        right[pair["kind"]] += says == pair["conflict"]
    return {
        "conflicts": n[True],
        "none": n[False],
        "found": told[True],
        "made_up": told[False],
        "right_by_kind": {kind: f"{right[kind]}/{of[kind]}" for kind in sorted(of)},
    }


def report(kept: dict[str, Any]) -> str:
    lines = [
        "# Conflicts between passages",
        "",
        "200 pairs of our own (`evals/datasets/conflicts`), half of them conflicts, written before the rules",
        "were changed; the rules were made with `dev`, `test` was counted when they were done, and its pairs",
        "were not looked at. Intervals: Wilson, 95 %.",
        "",
        "| rules | half | n | precision | recall |",
        "|---|---|--:|---|---|",
    ]
    for name, halves in kept.items():
        for half, one in halves.items():
            precision = shown_share(one["found"], one["found"] + one["made_up"])
            recall = shown_share(one["found"], one["conflicts"])
            lines.append(f"| {name} | {half} | {one['conflicts'] + one['none']} | {precision} | {recall} |")
    lines += ["", "Right by kind (dev, then test):", ""]
    names = list(kept)
    lines += [f"| kind | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for kind in kept[names[0]]["dev"]["right_by_kind"]:
        cells = (
            ", ".join(kept[name][half]["right_by_kind"][kind] for half in ("dev", "test")) for name in names
        )
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--as", dest="name", default="now")
    parser.add_argument("--show", metavar="HALF", help="print what is wrong in a half, and keep nothing")
    options = parser.parse_args(argv)
    if options.show:
        for pair in pairs():
            if pair["half"] == options.show and bool(why := shown(pair)) != pair["conflict"]:
                print(pair["id"], "|", why, "|", pair["a"], "|", pair["b"])
        return 0
    path = options.out / "conflicts.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept[options.name] = {half: measure(half) for half in ("dev", "test")}
    options.out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    page = report(kept)
    (options.out / "conflicts.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    run_main(main)
