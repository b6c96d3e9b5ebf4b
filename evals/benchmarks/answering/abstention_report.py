"""The page of the abstention benchmark, and its curve."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.proportions import wilson
from evals.metrics.retrieval import paired_interval
from evals.metrics.selective import area, auroc, best_area, risk_coverage

SEED = 20261122


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question. ``right``: it has an answer, and a citation is of a document that holds it."""

    set: str
    id: str
    answerable: bool
    score: float
    right: bool

    @property
    def held_out(self) -> bool:
        """Whether it is in the half that no threshold is chosen on: by a hash, so for good."""
        return hashlib.sha256(f"{SEED}/{self.set}/{self.id}".encode()).digest()[0] % 2 == 1


GATES = tuple(round(0.45 + 0.05 * step, 2) for step in range(8))
GRID = tuple(round(0.3 + 0.01 * step, 2) for step in range(71))
SVG = "http://www.w3.org/2000/svg"
STYLE = (
    "<style>.grid{stroke:#ddd}.line{fill:none;stroke:#0f6b66;stroke-width:2}.faint{stroke:#b9d6d1}"
    ".here{fill:#b02a1e}text{font:12px sans-serif;fill:#5d6570}.mid{text-anchor:middle}.end{text-anchor:end}"
    "</style>"
)


def markdown(rows: Sequence[AskedQuestion], gate: float) -> str:
    """``gate``: the application's own."""
    sets = list(dict.fromkeys(row.set for row in rows))
    groups = [(name, [row for row in rows if row.set == name]) for name in sets]
    groups += [("all", list(rows))] if len(sets) > 1 else []
    lines = [
        "# Knowing when to be silent",
        "",
        f"{len(rows)} questions of {len(sets)} public sets, each set indexed by itself; carried embedder, no "
        "model, default settings, extractive answers. A question's score is the evidence gate's last, after "
        "the second look. Wrong among the answered: a question without an answer, or an answer that cites no "
        "document that holds it. Whether the cited sentence is the right one is not judged. Intervals are 95 "
        "% (Wilson). `clapnq_dev` and `squad2_dev` call a question unanswerable when *its own* passage lacks "
        "the answer, a close miss; another document may hold it, so some of their errors are none.",
        "",
        "| set | answerable / not | AUROC answerable | AUROC right | area under the curve | least possible |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, some in groups:
        scores, right = [row.score for row in some], [row.right for row in some]
        yes = sum(row.answerable for row in some)
        cells = (
            auroc(scores, [row.answerable for row in some]),
            auroc(scores, right),
            area(scores, right),
            best_area(right),
        )
        shown = " | ".join("-" if cell is None else f"{cell:.3f}" for cell in cells)
        lines.append(f"| {name} | {yes} / {len(some) - yes} | {shown} |")
    for name, some in groups:
        lines += ["", f"## {name}", "", *_gates(some, gate), "", *_coverages(some)]
    return "\n".join([*lines, "", "## The threshold", "", *_threshold(rows, gate), ""])


def _gates(rows: Sequence[AskedQuestion], gate: float) -> list[str]:
    lines = [
        "| gate | answered | risk: wrong among these | answerable: answered | not answerable: answered |",
        "|--:|--:|---|---|---|",
    ]
    yes = [row for row in rows if row.answerable]
    no = [row for row in rows if not row.answerable]
    for level in sorted({*GATES, gate}):
        taken = [row for row in rows if row.score >= level]
        name = f"**{level:.2f}**" if level == gate else f"{level:.2f}"
        wrong = sum(not row.right for row in taken)
        lines.append(
            f"| {name} | {len(taken) / len(rows):.2f} | {_share(wrong, len(taken))} "
            f"| {_share(sum(row.score >= level for row in yes), len(yes))} "
            f"| {_share(sum(row.score >= level for row in no), len(no))} |"
        )
    return lines


def _coverages(rows: Sequence[AskedQuestion]) -> list[str]:
    """The risk-coverage curve at ten coverages: the first point that reaches each."""
    points = risk_coverage([row.score for row in rows], [row.right for row in rows])
    tenths = [step / 10 for step in range(1, 11)]
    found = [next(point for point in points if point.coverage >= tenth - 1e-9) for tenth in tenths]
    return [
        "| coverage | " + " | ".join(f"{point.coverage:.2f}" for point in found) + " |",
        "|---|" + "--:|" * len(found),
        "| risk | " + " | ".join(f"{point.risk:.2f}" for point in found) + " |",
        "| score | " + " | ".join(f"{point.score:.2f}" for point in found) + " |",
    ]


def best_gate(rows: Sequence[AskedQuestion], price: float) -> float:
    """The gate of the grid with the most right answers less ``price`` for each wrong one, sets alike.

    Of equally good ones the middle, which depends least on single questions.
    """
    values = {level: float(np.mean(_gains(rows, level, price))) for level in GRID}
    best = [level for level in GRID if values[level] >= max(values.values()) - 1e-12]
    return best[len(best) // 2]


def _gains(rows: Sequence[AskedQuestion], level: float, price: float) -> list[float]:
    """For each question 1 for a right answer, -``price`` for a wrong one, 0 for silence; sets weigh alike."""
    counts = {name: sum(row.set == name for row in rows) for name in {row.set for row in rows}}
    weight = {name: len(rows) / (len(counts) * n) for name, n in counts.items()}
    return [weight[row.set] * (row.score >= level) * (1.0 if row.right else -price) for row in rows]


def _threshold(rows: Sequence[AskedQuestion], gate: float) -> list[str]:
    chosen_on = [row for row in rows if not row.held_out]
    held = [row for row in rows if row.held_out]
    if not chosen_on or not held:
        return ["Too few questions to choose on one half and report on the other."]
    lines = [
        f"Chosen on {len(chosen_on)} questions (a hash of the id decides), reported on the other "
        f"{len(held)}. A right answer gains 1, silence 0, a wrong answer costs the price; sets weigh alike. "
        "The interval of the gain over the default is a paired bootstrap over questions.",
        "",
        "| price of a wrong answer | gate chosen | risk there | risk at the default | answered there | at "
        "the default | gain per question over the default |",
        "|--:|--:|---|---|--:|--:|---|",
    ]
    verdicts: dict[float, tuple[float, float, float]] = {}
    for price in (1.0, 2.0, 4.0):
        level = best_gate(chosen_on, price)
        new, old = _gains(held, level, price), _gains(held, gate, price)
        low, high = paired_interval(new, old)
        verdicts[price] = (level, low, high)
        risks = " | ".join(_risk(held, one) for one in (level, gate))
        shares = " | ".join(f"{np.mean([row.score >= one for row in held]):.2f}" for one in (level, gate))
        gain = f"{np.mean(new) - np.mean(old):+.3f} [{low:+.3f}, {high:+.3f}]"
        lines.append(f"| {price:.0f} | {level:.2f} | {risks} | {shares} | {gain} |")
    return [*lines, "", _verdict(verdicts, gate)]


def _verdict(verdicts: dict[float, tuple[float, float, float]], gate: float) -> str:
    better = {price: one for price, one in verdicts.items() if one[1] > 0}
    worse = {price: one for price, one in verdicts.items() if one[2] < 0}
    range_ = (
        f"{min(one[0] for one in verdicts.values()):.2f} to {max(one[0] for one in verdicts.values()):.2f}"
    )
    said = f"The gates chosen run from {range_}, and the default is {gate:.2f}. "
    if better:
        named = ", ".join(f"{one[0]:.2f} at a price of {price:.0f}" for price, one in better.items())
        said += (
            f"On the half they were not chosen on, these are better than the default beyond chance: {named}. "
        )
    if worse:
        named = ", ".join(f"{one[0]:.2f} at a price of {price:.0f}" for price, one in worse.items())
        said += f"These are worse than the default beyond chance: {named}. "
    if 1.0 in better:
        level = better[1.0][0]
        return said + (
            f"With a wrong answer as dear as a right one is worth, {level:.2f} is the one to set; where "
            "wrong answers cost more, take the gate of that row."
        )
    if better:
        return said + (
            f"With a wrong answer as dear as a right one is worth, nothing speaks against {gate:.2f}; where "
            "wrong answers cost more, take the gate of that row."
        )
    return (
        said
        + f"None is better than the default beyond chance, so nothing here asks for another than {gate:.2f}."
    )


def _risk(rows: Sequence[AskedQuestion], level: float) -> str:
    taken = [row for row in rows if row.score >= level]
    return _share(sum(not row.right for row in taken), len(taken))


def _share(hits: int, n: int) -> str:
    if not n:
        return "-"
    low, high = wilson(hits, n)
    return f"{hits / n:.2f} ({low:.2f} to {high:.2f})"


def curve(rows: Sequence[AskedQuestion], gate: float) -> str:
    """The risk-coverage curve of all questions as an SVG file."""
    from evals.reports.svg import risk_curve

    right = [row.right for row in rows]
    taken = [row for row in rows if row.score >= gate]
    here = None
    if taken:
        here = (len(taken) / len(rows), sum(not row.right for row in taken) / len(taken))
    points = risk_coverage([row.score for row in rows], right)
    best = risk_coverage([float(-place) for place in range(len(right))], sorted(right, reverse=True))
    head, rest = str(risk_curve(points, best, here, "Risk over coverage")).split(">", 1)
    return head.replace("<svg", f'<svg xmlns="{SVG}"', 1) + f">{STYLE}{rest}\n"
