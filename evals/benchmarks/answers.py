"""Measure extractive answers on the project's own questions: `python -m evals.benchmarks.answers`.

Every question of ``evals/datasets/isbrook`` goes through the whole application over the sample documents.
Gold is a quote with offsets; a citation or passage hits it when it overlaps it in the same version.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from graphs.contracts import Answer
from graphs.state import AskContext

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evals" / "datasets" / "isbrook" / "questions.jsonl"
DOCUMENTS = ROOT / "samples" / "documents"
RESULT = ROOT / "evals" / "results" / "answers" / "isbrook.md"
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one question."""

    kind: str
    answerable: bool
    answered: bool
    retrieved: bool
    evidence: bool
    cited: bool
    score: float


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927, JASA 22).

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n)) / (1 + Z_95**2 / n)
    return middle - half, middle + half


def measure(pincite: Pincite, questions: Sequence[dict[str, Any]]) -> list[Row]:
    """Ask every question once."""
    return [_row(question, _ask(pincite, question)) for question in questions]


def _ask(pincite: Pincite, question: dict[str, Any]) -> Answer:
    return pincite.ask(
        question["question"],
        messages=question["history"],
        filters=question["filters"],
        context=AskContext(groups=question["groups"], extractive=True),
    )


def _row(question: dict[str, Any], answer: Answer) -> Row:
    gold = [(item["version"], item["start"], item["end"]) for item in question["gold"]]
    retrievals = answer.receipt.get("retrievals", [{"found": []}])
    rankings = answer.receipt.get("rerankings", [{"evidence": [], "score": None}])
    return Row(
        kind=question["kind"],
        answerable=question["answerable"],
        answered=answer.status == "answered",
        retrieved=any(_hits(gold, place) for place in _places(retrievals[0]["found"])),
        evidence=any(_hits(gold, place) for place in _places(rankings[0]["evidence"])),
        cited=any(_hits(gold, (c.version, c.start, c.end)) for c in answer.citations),
        score=rankings[0]["score"] or 0.0,
    )


def _places(found: Sequence[dict[str, Any]]) -> Iterator[tuple[str, int, int]]:
    for item in found:
        version, _, span = item["passage"].rpartition("@")[2].partition(":")
        start, _, end = span.partition("-")
        yield version, int(start), int(end)


def _hits(gold: Sequence[tuple[str, int, int]], place: tuple[str, int, int]) -> bool:
    version, start, end = place
    return any(whole.startswith(version) and start < last and first < end for whole, first, last in gold)


def report(rows: Sequence[Row], passages: int) -> str:
    """The result as Markdown."""
    answerable = [row for row in rows if row.answerable]
    lines = [
        "# Extractive answers on the project's own questions",
        "",
        f"{len(rows)} questions over the sample documents ({passages} passages), carried embedder, no model, "
        "default settings. Deterministic: the same on every run. A share is followed by its 95 % interval "
        "(Wilson). The questions were written by us, about documents written by us; read them as a "
        "regression guard, not as a promise about other documents.",
        "",
        "| kind | n | gold among retrieved | gold in evidence | answered | gold cited |",
        "|---|---|---|---|---|---|",
    ]
    for kind in [*dict.fromkeys(row.kind for row in answerable), None]:
        some = [row for row in answerable if kind in (row.kind, None)]
        columns: list[Callable[[Row], bool]] = [
            lambda row: row.retrieved,
            lambda row: row.evidence,
            lambda row: row.answered,
            lambda row: row.cited,
        ]
        shares = " | ".join(_share(sum(map(column, some)), len(some)) for column in columns)
        lines.append(f"| {kind or '**all answerable**'} | {len(some)} | {shares} |")
    lines += ["", "| not answerable | n | abstained |", "|---|---|---|"]
    for kind in dict.fromkeys(row.kind for row in rows if not row.answerable):
        some = [row for row in rows if row.kind == kind]
        lines.append(f"| {kind} | {len(some)} | {_share(sum(not row.answered for row in some), len(some))} |")
    return "\n".join([*lines, "", f"Area under the curve of the answerability score: {_auc(rows):.3f}", ""])


def _share(hits: int, n: int) -> str:
    low, high = wilson(hits, n)
    return f"{hits / n:.2f} ({low:.2f} to {high:.2f})"


def _auc(rows: Sequence[Row]) -> float:
    yes = [row.score for row in rows if row.answerable]
    no = [row.score for row in rows if not row.answerable]
    wins = sum((a > b) + 0.5 * (a == b) for a in yes for b in no)
    return wins / (len(yes) * len(no))


def main() -> int:
    """Index the samples in a temporary folder, ask, write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=RESULT, help="where the table is written")
    options = parser.parse_args()
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as home, open_pincite(Settings(home=Path(home))) as pincite:
        with pincite.library.writing() as (pipeline, writer):
            for outcome in pipeline.sync(discover([DOCUMENTS], "samples"), "samples", writer):
                if outcome.error is not None:
                    raise outcome.error
        text = report(measure(pincite, questions), pincite.registry.passage_count())
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
