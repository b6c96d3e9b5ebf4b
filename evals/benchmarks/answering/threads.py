"""Follow-up questions without a model: is what they mean found, and are new questions left alone?

    python -m evals.benchmarks.answering.threads [--out FOLDER] [--as NAME] [--show HALF]

``evals/datasets/threads`` holds 150 conversations of two and three turns over the sample documents and ten of
its own. Each is held through the whole product, without a model, twice: as a thread that Pincite keeps, and
by a caller who keeps it and sends plain text. Of a follow-up the evidence must hold the expected words of the
expected document in one passage; the standalone form of a new question must be the question as it was asked;
small talk must search nothing. Results are kept under ``NAME`` ("now") beside those kept before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from evals.experiments.places import parse_passage
from evals.metrics.proportions import shown_share
from evals.script import run_main
from graphs.contracts import Answer
from graphs.state import AskContext

THREADS = Path(__file__).parents[2] / "datasets" / "threads"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
RESULTS = Path(__file__).parents[2] / "results" / "threads"
WAYS = ("kept", "sent")
"""The conversation is Pincite's, or the caller's."""

FIRST = 3
"""Passages of the evidence that count as found at once."""

Row = dict[str, Any]


def threads() -> list[dict[str, Any]]:
    lines = (THREADS / "threads.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@contextmanager
def opened() -> Iterator[Pincite]:
    """The application over the samples and the documents of the set, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pincite-threads-") as home:
        settings = Settings(_env_file=None, home=Path(home), model=None)
        with open_pincite(settings.model_copy(update={"home": Path(home)})) as pincite:
            with pincite.corpus.writing() as (pipeline, writer):
                for folder, source in ((SAMPLES, "samples"), (THREADS / "documents", "threads")):
                    for outcome in pipeline.sync(discover([folder], source), source, writer):
                        if outcome.error is not None:
                            raise SystemExit(f"{outcome.name} cannot be read: {outcome.error}")
            yield pincite


def rows(pincite: Pincite, half: str, way: str) -> Iterator[Row]:
    """What became of every turn of a half."""
    for thread in threads():
        if thread["half"] != half:
            continue
        said: list[dict[str, str]] = []
        for number, turn in enumerate(thread["turns"]):
            if way == "kept":
                answer = pincite.ask(
                    turn["question"], thread_id=f"{half}-{thread['id']}", context=AskContext()
                )
            else:
                answer = pincite.ask(turn["question"], messages=said, context=AskContext())
            said += [
                {"role": "user", "content": turn["question"]},
                {"role": "assistant", "content": answer.text},
            ]
            yield _row(pincite, f"{thread['id']}.{number + 1}", turn, number, answer)


def _row(pincite: Pincite, name: str, turn: dict[str, Any], number: int, answer: Answer) -> Row:
    standalone = answer.receipt.get("standalone") or turn["question"]
    row: Row = {"id": name, "question": turn["question"], "standalone": standalone, "status": answer.status}
    if turn["expects"] == "none":
        return {**row, "kind": "small talk", "right": not answer.receipt.get("retrievals")}
    row["kind"] = "first" if number == 0 else "new" if turn["fresh"] else "follow-up"
    if turn["expects"] is not None:
        row["rank"] = _rank(pincite, turn["expects"], answer)
    if row["kind"] == "new":
        row["right"] = standalone == turn["question"]
    elif turn["expects"] is not None:
        row["right"] = row["rank"] > 0
    return row


def _rank(pincite: Pincite, expects: dict[str, str], answer: Answer) -> int:
    """Which passage of the evidence, from 1, has the expected words; 0 where none has."""
    ranked = answer.receipt.get("rerankings", [])
    evidence = ranked[-1]["evidence"] if ranked else []
    for rank, hit in enumerate(evidence, 1):
        doc_id, place = parse_passage(hit["passage"])
        text = pincite.registry.text(doc_id, place.version) or ""
        if expects["document"] in doc_id and _plain(expects["words"]) in _plain(
            text[place.start : place.end]
        ):
            return rank
    return 0


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def counted(found: Sequence[Row]) -> dict[str, list[int]]:
    """Hits and trials of each figure."""
    follow = [row for row in found if row["kind"] == "follow-up" and "rank" in row]
    new = [row for row in found if row["kind"] == "new"]
    talk = [row for row in found if row["kind"] == "small talk"]
    first = [row for row in found if row["kind"] == "first" and "rank" in row]
    return {
        "found": [sum(row["right"] for row in follow), len(follow)],
        "found at once": [sum(0 < row["rank"] <= FIRST for row in follow), len(follow)],
        "polluted": [sum(not row["right"] for row in new), len(new)],
        "small talk left alone": [sum(row["right"] for row in talk), len(talk)],
        "first questions found at once": [sum(0 < row["rank"] <= FIRST for row in first), len(first)],
    }


def report(kept: dict[str, Any]) -> str:
    lines = [
        "# Follow-up questions without a model",
        "",
        "150 conversations of our own (`evals/datasets/threads`), written before the rules were changed;",
        "the rules were made with `dev`. *found*: the evidence of a follow-up holds what it means; *at",
        f"once*: among its first {FIRST} passages. *polluted*: a new question was put differently. *kept*",
        "threads are Pincite's, *sent* ones the caller's, as plain text. Intervals: Wilson, 95 %. Shared",
        "machine, 2 cores AMD EPYC, Python 3.11; nothing here hangs on time.",
        "",
    ]
    names = list(kept)
    lines += [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for at in kept[names[0]]:
        for figure in kept[names[0]][at]:
            cells = (shown_share(*kept[name][at][figure]) for name in names)
            lines.append(f"| {at}: {figure} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--as", dest="name", default="now")
    parser.add_argument("--show", metavar="HALF", help="print what is wrong in a half, and keep nothing")
    options = parser.parse_args(argv)
    with opened() as pincite:
        if options.show:
            for way in WAYS:
                for row in rows(pincite, options.show, way):
                    if not row.get("right", True):
                        print(way, json.dumps(row, ensure_ascii=False))
            return 0
        measured = {
            f"{half}, {way}": counted(list(rows(pincite, half, way)))
            for half in ("dev", "test")
            for way in WAYS
        }
    path = options.out / "threads.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept[options.name] = measured
    options.out.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    page = report(kept)
    (options.out / "threads.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    run_main(main)
