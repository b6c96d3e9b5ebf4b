"""Pins the gold quotes of the questions to offsets in the canonical texts of the documents.

Authors write ``<set>/questions/*.yaml``; this writes ``<set>/questions.jsonl``, in which every gold entry
has ``quote == text[start:end]`` for the named version. A quote that is missing, or stands more than once
without an ``occurrence``, is one line on stderr and no file is written. Run it from the repository's root:

    python -m evals.datasets.build [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from app.errors import PinciteError
from app.ingestion.load import load_file
from app.registry.document import LoadedDocument
from evals.datasets.nuggets import derive
from evals.metrics.nuggets import nugget_recall
from evals.script import run_main

ROOT = Path(__file__).resolve().parents[2]
SET = ROOT / "evals" / "datasets" / "isbrook"
DOCUMENTS = ROOT / "samples" / "documents"

KINDS = {
    "single": 35,
    "several": 15,
    "number": 25,
    "follow-up": 15,
    "filter": 10,
    "unanswerable": 30,
    "unanswerable-close": 20,
}
"""Each kind of question and how many there are of it."""

Record: TypeAlias = dict[str, Any]

_FIELDS = frozenset({"id", "question", "history", "filters", "groups", "answer", "nuggets", "gold"})


class QuoteError(PinciteError, ValueError):
    """A gold quote cannot be pinned to one place."""

    code = "quote"


@cache
def load(document: str) -> LoadedDocument:
    """The canonical text of a document, by its path inside the samples."""
    return load_file(DOCUMENTS / document)


def pin(gold: Record) -> Record:
    """A gold entry with its version and offsets.

    White space in the author's quote matches any white space in the text, so that a quote may run over a line
    end or over the cells of a row; the quote that is written is what stands in the text.
    """
    document = load(gold["document"])
    pattern = r"\s+".join(re.escape(word) for word in gold["quote"].split())
    found = list(re.finditer(pattern, document.text))
    nth = gold.get("occurrence", 1)
    if not found:
        raise QuoteError(f"{gold['document']}: not in the text: {gold['quote']!r}")
    if len(found) > 1 and "occurrence" not in gold:
        raise QuoteError(f"{gold['document']}: stands {len(found)} times: {gold['quote']!r}")
    if not 1 <= nth <= len(found):
        raise QuoteError(f"{gold['document']}: no occurrence {nth} of {len(found)}: {gold['quote']!r}")
    match = found[nth - 1]
    return {
        "document": gold["document"],
        "version": document.version,
        "start": match.start(),
        "end": match.end(),
        "quote": match.group(),
    }


def authored() -> Iterator[Record]:
    """The questions as their authors wrote them, in order of file."""
    for path in sorted((SET / "questions").glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))


def kind_of(question: Record) -> str:
    """The kind, which an id names: ``follow-up-07`` is a ``follow-up``."""
    return str(question["id"]).rsplit("-", 1)[0]


def nuggets_of(question: Record) -> list[list[str]]:
    """The authored nuggets, or those that follow from the answer by rule."""
    authored_nuggets: list[list[str]] | None = question.get("nuggets")
    return derive(question.get("answer", "")) if authored_nuggets is None else authored_nuggets


def complete(question: Record) -> Record:
    """A question with all its fields, and its gold pinned."""
    gold = [pin(entry) for entry in question.get("gold", [])]
    return {
        "id": question["id"],
        "kind": kind_of(question),
        "question": question["question"],
        "history": question.get("history", []),
        "filters": question.get("filters", {}),
        "groups": question.get("groups", []),
        "answer": question.get("answer", ""),
        "answerable": bool(gold),
        "nuggets": nuggets_of(question),
        "gold": gold,
    }


def problems(questions: Iterable[Record]) -> Iterator[str]:
    """One line for each thing that is wrong with the authors' files, apart from the quotes."""
    seen: set[str] = set()
    for question in questions:
        name = str(question["id"])
        kind = kind_of(question)
        if name in seen:
            yield f"{name}: the id is used twice"
        seen.add(name)
        if kind not in KINDS:
            yield f"{name}: {kind} is not a kind of question"
        if unknown := question.keys() - _FIELDS:
            yield f"{name}: unknown field {', '.join(sorted(unknown))}"
        yield from _mismatches(name, kind, question)


def _mismatches(name: str, kind: str, question: Record) -> Iterator[str]:
    """Where a question does not have what its kind asks for."""
    answerable = not kind.startswith("unanswerable")
    documents = {entry["document"] for entry in question.get("gold", [])}
    if answerable != bool(documents) or answerable != bool(question.get("answer")):
        yield f"{name}: an answerable question has an answer and gold; an unanswerable one has neither"
    if kind == "several" and len(documents) < 2:
        yield f"{name}: the gold of a question of this kind is in two documents or more"
    if (kind == "follow-up") != bool(question.get("history")):
        yield f"{name}: a follow-up, and nothing else, has a history"
    if kind == "filter" and not (question.get("filters") or question.get("groups")):
        yield f"{name}: a question of this kind has filters or groups"


def unproven(record: Record) -> Iterator[str]:
    """Where the nuggets ask for what the gold does not say: no answer from the documents could hold them."""
    if not record["answerable"]:
        return
    if not record["nuggets"]:
        yield f"{record['id']}: no nugget follows from the answer; write `nuggets`"
    quotes = "\n\n".join(gold["quote"] for gold in record["gold"])
    for nugget in record["nuggets"]:
        if not nugget_recall(quotes, [nugget]):
            yield f"{record['id']}: the gold does not say {nugget[0]!r} in any of its wordings"


def build() -> tuple[str, list[str]]:
    """The lines of ``questions.jsonl``, and what is wrong."""
    questions = list(authored())
    wrong = list(problems(questions))
    lines: list[str] = []
    for question in questions:
        try:
            record = complete(question)
            wrong += unproven(record)
            lines.append(json.dumps(record, ensure_ascii=False) + "\n")
        except QuoteError as error:
            wrong.append(f"{question['id']}: {error}")
    return "".join(lines), wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if the file is not up to date"
    )
    check = parser.parse_args().check
    made, wrong = build()
    target = SET / "questions.jsonl"
    if check and not (target.is_file() and target.read_text(encoding="utf-8") == made):
        wrong.append(f"{target.relative_to(ROOT)}: not up to date; run python -m evals.datasets.build")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    if not check:
        target.write_text(made, encoding="utf-8", newline="\n")
        print(f"{len(made.splitlines())} questions written")
    return 0


if __name__ == "__main__":
    run_main(main)
