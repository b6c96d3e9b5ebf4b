"""The page of the extractive benchmark: each set's measures, beside an earlier run's where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.benchmarks.answering.extractive_sets import task_sets
from evals.gates.inference import paired_difference
from evals.metrics.selective import auroc


@dataclass(frozen=True, slots=True)
class ExtractiveRow:
    """What became of one question. The gate's verdict is ``answered``; the rest is of the answer that was
    given, or would have been with the gate open. ``ms``: the steps that score and choose sentences."""

    set: str
    id: str
    of: str
    answerable: bool
    answered: bool
    score: float
    recall: float | None
    precision: float | None
    sentences: int
    characters: int
    ms: float
    text: str = ""
    shown: float | None = None
    """Recall in all that a reader sees: the claims and the excerpts around them."""
    read: int | None = None
    """Characters a reader sees."""


@dataclass(frozen=True, slots=True)
class ExtractiveMeasure:
    """A number of each question it applies to; None where it does not."""

    name: str
    of: Callable[[ExtractiveRow], float | None]
    digits: int = 3


def _given(row: ExtractiveRow) -> float | None:
    return None if not row.answerable else (row.recall or 0.0) * row.answered


def _seen(row: ExtractiveRow) -> float | None:
    # Of runs before there were excerpts: the claims were what was seen.
    seen = row.recall if row.shown is None else row.shown
    return None if not row.answerable else (seen or 0.0) * row.answered


def _read(row: ExtractiveRow) -> float | None:
    return float(row.characters if row.read is None else row.read) if row.answered else None


MEASURES = (
    ExtractiveMeasure("recall in the marked words", _given),
    ExtractiveMeasure("recall in what is shown", _seen),
    ExtractiveMeasure("recall, gate open", lambda row: row.recall if row.answerable else None),
    ExtractiveMeasure("citation precision", lambda row: row.precision if row.answered else None),
    ExtractiveMeasure("answerable: answered", lambda row: float(row.answered) if row.answerable else None),
    ExtractiveMeasure(
        "not answerable: refused", lambda row: None if row.answerable else float(not row.answered)
    ),
    ExtractiveMeasure("sentences", lambda row: float(row.sentences) if row.answered else None, 2),
    ExtractiveMeasure("characters marked", lambda row: float(row.characters) if row.answered else None, 0),
    ExtractiveMeasure("characters shown", _read, 0),
)


def numbers(rows: Sequence[ExtractiveRow], before: Sequence[ExtractiveRow]) -> dict[str, Any]:
    """Everything the page shows, as plain data; no words of the sets."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(row.set for row in rows):
        some, old = _of(rows, name), _of(before, name)
        yes = sum(row.answerable for row in some)
        found[name] = {
            "answerable": yes,
            "not_answerable": len(some) - yes,
            "auroc": auroc([row.score for row in some], [row.answerable for row in some]),
            "auroc_before": auroc([row.score for row in old], [row.answerable for row in old]),
            "measures": {one.name: _compared(one, some, old) for one in MEASURES},
        }
    return found


def markdown(rows: Sequence[ExtractiveRow], before: Sequence[ExtractiveRow]) -> str:
    """The page."""
    about = task_sets()
    lines = [
        "# Answers without a model",
        "",
        _about(len(rows), bool(before)),
        "",
        "| set | recall is | a citation is right when its |",
        "|---|---|---|",
    ]
    names = list(dict.fromkeys(row.set for row in rows))
    lines += [f"| {about[n].about} | {about[n].recall} | {about[n].precision} |" for n in names]
    for name, data in numbers(rows, before).items():
        lines += ["", f"## {about[name].about}", ""]
        lines += [f"{data['answerable']} questions with an answer, {data['not_answerable']} without.", ""]
        lines += _table(data, bool(_of(before, name)))
    return "\n".join([*lines, ""])


def _about(questions: int, compared: bool) -> str:
    told = (
        f"{questions} questions, each set indexed by itself; carried embedder, default settings, the whole "
        "product: search, gate, extractor, checks. *Recall* counts a question that was not answered as 0; "
        "with the *gate open* it is that of what the extractor says, let out or not. *Precision* is of what "
        "is cited, in answers that were given, and so are sentences and characters."
    )
    if not compared:
        return told
    return (
        f"{told} *Before* is an earlier run of the same questions; differences are means over questions that "
        "both runs measure, with 95 % intervals (paired, questions of one document taken together)."
    )


def _table(data: Mapping[str, Any], paired: bool) -> list[str]:
    head = "| | before | after | difference |" if paired else "| | |"
    lines = [head, "|---" + "|--:" * (3 if paired else 1) + "|"]
    for one in MEASURES:
        cell = data["measures"][one.name]
        if cell["after"] is None:
            continue
        shown = [cell["after"]] if not paired else [cell["before"], cell["after"]]
        values = " | ".join("-" if value is None else f"{value:.{one.digits}f}" for value in shown)
        change = (
            f" | {cell['difference']:+.{one.digits}f} ({cell['low']:+.{one.digits}f} to "
            f"{cell['high']:+.{one.digits}f})"
            if paired and cell["difference"] is not None
            else " | -" * paired
        )
        lines.append(f"| {one.name} | {values}{change} |")
    return lines


def _compared(
    one: ExtractiveMeasure, rows: Sequence[ExtractiveRow], before: Sequence[ExtractiveRow]
) -> dict[str, float | None]:
    after = {row.id: value for row in rows if (value := one.of(row)) is not None}
    old = {row.id: value for row in before if (value := one.of(row)) is not None}
    of = {row.id: row.of for row in rows}
    both = [name for name in after if name in old]
    found: dict[str, float | None] = {"before": _mean(old.values()), "after": _mean(after.values())}
    if not both:
        return {**found, "difference": None, "low": None, "high": None}
    told = paired_difference([after[name] - old[name] for name in both], [of[name] for name in both])
    return {**found, "difference": told.mean, "low": told.low, "high": told.high}


def _mean(values: Any) -> float | None:
    known = list(values)
    return sum(known) / len(known) if known else None


def _of(rows: Sequence[ExtractiveRow], name: str) -> list[ExtractiveRow]:
    return [row for row in rows if row.set == name]
