"""The page of the gate's calibration: what was promised on one half, and what the other half says."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.gate.risk_control import CONFIDENCE, least_score, least_share, tallies
from app.settings import AnswerSettings
from evals.benchmarks.answering.abstention_report import SEED
from evals.benchmarks.answering.gate_features_report import features_section
from evals.benchmarks.answering.gate_sets import gate_sets
from evals.metrics.proportions import shown_share

SHARES = (0.1, 0.2, 0.25, 0.3, 0.4)
ASKED_FOR = (0.1, 0.2, 0.3)
BY = ("marked", "shown")
HALVINGS = 200


@dataclass(frozen=True, slots=True)
class GateRow:
    """One question. ``of``: the document of its gold; ``answered``: some gate lets an answer by; ``right``:
    its marked words are right; ``shown``: all the words that a reader sees are. ``features`` by
    ``gate_features.NAMES``, none where there is no answer."""

    set: str
    id: str
    of: str
    answerable: bool
    score: float
    answered: bool
    right: bool
    shown: bool
    features: tuple[float, ...]
    embedder: str

    @property
    def held_out(self) -> bool:
        """Whether it is in the half that nothing is calibrated on: by a hash of its document, so for good."""
        return hashlib.sha256(f"{SEED}/gate/{self.set}/{self.of}".encode()).digest()[0] % 2 == 1


@dataclass(frozen=True, slots=True)
class AnsweredHalf:
    """What a score does on some questions."""

    score: float | None
    answered: int
    wrong: int
    asked: int

    def cells(self) -> str:
        """Three cells of a table."""
        if self.score is None:
            return "none | - | -"
        answered = f"{self.answered / max(self.asked, 1):.2f}"
        return f"{self.score:.2f} | {answered} | {shown_share(self.wrong, self.answered)}"


def outcomes(rows: Sequence[GateRow], by: str = "marked") -> list[tuple[float, bool]]:
    """(score, whether the answer was right, by the marked words or all that is shown) of each answer."""
    return [(row.score, row.right if by == "marked" else row.shown) for row in rows if row.answered]


def natural_ones(rows: Sequence[GateRow]) -> list[GateRow]:
    """Those of the sets that the gate is calibrated on."""
    sets = gate_sets()
    return [row for row in rows if sets[row.set].natural]


def calibrated(rows: Sequence[GateRow], share: float, by: str = "marked") -> float | None:
    """The score that the rule finds on these questions."""
    found = least_score(tallies(outcomes(rows, by)), share)
    return found.score if found else None


def at(rows: Sequence[GateRow], score: float | None, by: str = "marked") -> AnsweredHalf:
    """What this score does on these questions."""
    taken = [] if score is None else [one for one in outcomes(rows, by) if one[0] >= score]
    return AnsweredHalf(score, len(taken), sum(not right for _, right in taken), len(rows))


def markdown(rows: Sequence[GateRow]) -> str:
    """The page."""
    names = list(dict.fromkeys(row.set for row in rows))
    natural = natural_ones(rows)
    lines = [
        "# At most so many of the answers wrong",
        "",
        f"{len(rows)} questions of {len(names)} sets, each set indexed by itself; carried embedder, no "
        "model, default settings. An answer to a question that the documents do not answer is wrong; so is "
        "one that misses what the table says, read in the words that are *marked*, or in all that a reader "
        "is *shown*. Scores are chosen on one half (a hash of the gold document decides) by the rule the "
        f"product uses: Learn then Test, exact binomial bounds, {CONFIDENCE:.0%} confidence. The other "
        "half reports. *Wrong* is the share of the answered, with counts and 95 % Wilson intervals. "
        "*None*: no score shows it, and the product refuses to start.",
        "",
        *_sets(rows, names),
    ]
    for by in BY:
        lines += ["", f"## Wrong by what is {by}", "", *_halves(natural, by), "", *_halvings(natural, by)]
    lines += ["", "## Set by set", "", *_by_set(rows, names), "", *features_section(rows, names), ""]
    return "\n".join(lines)


def _halves(rows: Sequence[GateRow], by: str) -> list[str]:
    some, held = [r for r in rows if not r.held_out], [r for r in rows if r.held_out]
    lines = [
        f"All sets but those written to be just unanswerable: calibrated on {len(some)} questions, reported "
        f"on the other {len(held)}; then the other way round.",
        "",
        "| at most wrong | score | answered | wrong | score (other way) | answered | wrong |",
        "|--:|--:|--:|---|--:|--:|---|",
    ]
    for share in SHARES:
        there, back = calibrated(some, share, by), calibrated(held, share, by)
        lines.append(f"| {share:g} | {at(held, there, by).cells()} | {at(some, back, by).cells()} |")
    fixed = AnswerSettings().gate_extractive
    lines.append(f"| (fixed) | {at(held, fixed, by).cells()} | {at(some, fixed, by).cells()} |")
    least = [least_share(tallies(outcomes(half, by))) for half in (some, held)]
    told = " and ".join("none" if one is None else f"{one:.2f}" for one in least)
    return [*lines, "", f"The least share that some score shows: {told}."]


def _sets(rows: Sequence[GateRow], names: Sequence[str]) -> list[str]:
    known = gate_sets()
    lines = [
        "| set | an answer is right when | answerable / not | right, gate open | shown right |",
        "|---|---|--:|---|--:|",
    ]
    for name in names:
        these = [row for row in rows if row.set == name]
        yes = sum(row.answerable for row in these)
        right, answered = sum(row.right for row in these), sum(row.answered for row in these)
        lines.append(
            f"| {name}: {known[name].about} | {known[name].right_when} | {yes} / {len(these) - yes} "
            f"| {shown_share(right, answered)} | {sum(row.shown for row in these) / max(answered, 1):.2f} |"
        )
    return lines


def _halvings(rows: Sequence[GateRow], by: str) -> list[str]:
    """How often the bound is broken where both halves are drawn alike, which is what it promises."""
    chance = random.Random(SEED)
    of = sorted({(row.set, row.of) for row in rows})
    found: dict[float, list[AnsweredHalf]] = {share: [] for share in SHARES}
    for _ in range(HALVINGS):
        one = set(chance.sample(of, len(of) // 2))
        first = [row for row in rows if (row.set, row.of) in one]
        second = [row for row in rows if (row.set, row.of) not in one]
        for share in SHARES:
            if (score := calibrated(first, share, by)) is not None:
                found[share].append(at(second, score, by))
    lines = [
        f"The same with {HALVINGS} random halvings. *Broken*: more wrong on the unused half than was set, "
        "the chance of that half's own questions included.",
        "",
        "| at most wrong | a score was found | broken, of all | answered, mean | wrong, mean |",
        "|--:|--:|--:|--:|--:|",
    ]
    for share, held in found.items():
        if not held:
            lines.append(f"| {share:g} | 0 | 0 | - | - |")
            continue
        broken = sum(one.wrong > share * one.answered for one in held)
        answered = sum(one.answered / one.asked for one in held) / len(held)
        wrong = sum(one.wrong / max(one.answered, 1) for one in held) / len(held)
        lines.append(f"| {share:g} | {len(held)} | {broken} | {answered:.2f} | {wrong:.2f} |")
    return lines


def _by_set(rows: Sequence[GateRow], names: Sequence[str]) -> list[str]:
    lines = [
        "The unused half of each set at three scores: that of all sets together, that of the other sets, and "
        "that of its own half. The bound is of questions like those calibrated on; of a set that is harder "
        "it need not be true, which the second says.",
        "",
        "| set | by | at most wrong | all: score | answered | wrong | others: score | answered | wrong "
        "| own: score | answered | wrong |",
        "|---|---|--:|--:|--:|---|--:|--:|---|--:|--:|---|",
    ]
    some = [row for row in natural_ones(rows) if not row.held_out]
    for name in names:
        these = [row for row in rows if row.set == name and row.held_out]
        own = [row for row in rows if row.set == name and not row.held_out]
        others = [row for row in some if row.set != name]
        for by in BY:
            for share in ASKED_FOR:
                found = [at(these, calibrated(half, share, by), by).cells() for half in (some, others, own)]
                lines.append(f"| {name} | {by} | {share:g} | {' | '.join(found)} |")
    return lines
