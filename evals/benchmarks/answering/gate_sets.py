"""The questions the gate is calibrated on, and what makes an extractive answer to each a right one."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.registry.new_document import doc_id_of
from app.settings import Settings
from evals.benchmarks.answering.abstention import fill, uri_of
from evals.benchmarks.answering.abstention_report import SEED
from evals.benchmarks.answering.extractive_sets import (
    Task,
    json_rows,
    opener,
    share_cited,
    short_task,
    task_sets,
)
from evals.benchmarks.public_data import RetrievalSet, load_set
from graphs.contracts import Answer

Right = Callable[[Task, Answer, str], bool]
"""Whether an answer, of which these words are read, is right to a question that has one."""


@dataclass(frozen=True, slots=True)
class GateSet:
    """A set whose questions have an answer in its documents, or none. ``right_when``: ``right`` in words.

    ``natural``: its questions were asked to know the answer, not written so that a passage just fails to hold
    it. ``elsewhere``: where a question's own document is gone, another may hold the answer; else every answer
    to a question without one is wrong. Sets whose references are sentences of their own are not here: strings
    do not tell who is right.
    """

    name: str
    about: str
    right_when: str
    right: Right
    tasks: Callable[[Path, int], list[Task]]
    open: Callable[[Path, Path], Any]
    natural: bool = True
    elsewhere: bool = False


def gate_sets() -> dict[str, GateSet]:
    """All sets by name."""
    known = task_sets()

    sets = (
        GateSet(
            "isbrook",
            known["isbrook"].about,
            "the words tell every fact of the answer",
            _all_said,
            known["isbrook"].tasks,
            known["isbrook"].open,
        ),
        GateSet(
            "clapnq_dev",
            known["clapnq_dev"].about,
            "the words hold a gold sentence",
            _something_said,
            known["clapnq_dev"].tasks,
            known["clapnq_dev"].open,
        ),
        GateSet(
            "nq_oracle",
            "Natural Questions, every second question's paragraph taken out of the documents",
            "the words hold a gold answer, of whichever paragraph",
            _all_said,
            lambda folder, most: _natural(folder, most)[0],
            _open_natural,
            elsewhere=True,
        ),
        GateSet(
            "mtrag_un",
            "MTRAG-UN, last turns of conversations; partly answerable and underspecified ones left out",
            "a passage that people answered from is cited",
            _cited,
            _conversations,
            opener("mtrag_un"),
        ),
        GateSet(
            "squad2_dev",
            known["squad2_dev"].about,
            "the words hold a gold answer",
            _all_said,
            _squad,
            opener("squad2_dev"),
            natural=False,
        ),
    )
    return {one.name: one for one in sets}


def _all_said(task: Task, _answer: Answer, words: str) -> bool:
    return task.recall(words) == 1


def _something_said(task: Task, _answer: Answer, words: str) -> bool:
    return bool(task.recall(words))


def _cited(task: Task, answer: Answer, _words: str) -> bool:
    return bool(task.precise(answer))


def _squad(folder: Path, most: int) -> list[Task]:
    """One question a paragraph, so that questions do not hang together."""
    rows = json_rows(folder / "squad2_dev" / "queries.jsonl")
    return [
        short_task(row, [row["answers"]], row["source_doc"], "squad2_dev")
        for row in one_each(rows, lambda row: str(row["source_doc"]))[:most]
    ]


def one_each(rows: list[dict[str, Any]], of: Callable[[Mapping[str, Any]], str]) -> list[dict[str, Any]]:
    """A seeded choice of one row for each thing that rows are of, in a seeded order."""
    rows = sorted(rows, key=lambda row: str(row["id"]))
    random.Random(SEED).shuffle(rows)
    return list({of(row): row for row in reversed(rows)}.values())[::-1]


NATURAL = 1200
"""Natural Questions asked: more would take more of the paragraphs away."""


def _natural(folder: Path, most: int) -> tuple[list[Task], RetrievalSet]:
    """The tasks, and the set without the paragraphs of every second one."""
    data = load_set(folder, "nq_oracle")
    gold = {question: min(items) for question, items in data.qrels.items()}
    rows = one_each(json_rows(folder / "nq_oracle" / "queries.jsonl"), lambda row: gold[row["id"]])[:NATURAL]
    gone = {gold[row["id"]] for row in rows[::2]}
    tasks = [
        short_task(
            {**row, "answerable": gold[row["id"]] not in gone},
            [row["answers"]],
            gold[row["id"]],
            "nq_oracle",
        )
        for row in rows[:most]
    ]
    return tasks, replace(data, items=tuple(item for item in data.items if item.id not in gone))


def _conversations(folder: Path, most: int) -> list[Task]:
    gold = load_set(folder, "mtrag_un").qrels

    def task(row: Mapping[str, Any]) -> Task:
        *before, last = row["conversation"]
        docs = {doc_id_of(uri_of("mtrag_un", item)) for item in gold.get(row["id"], {})}
        return Task(
            row["id"],
            last["content"],
            row["answerability"] == "ANSWERABLE",
            row["id"],
            lambda _text: None,
            lambda answer: share_cited(answer, lambda one: one.doc_id in docs),
            messages=before,
        )

    rows = json_rows(folder / "mtrag_un" / "tasks.jsonl")
    return [task(row) for row in rows if row["answerability"] in ("ANSWERABLE", "UNANSWERABLE")][:most]


@contextmanager
def _open_natural(folder: Path, home: Path) -> Iterator[Pincite]:
    with open_pincite(Settings(home=home, eval_data=None)) as pincite:
        if not pincite.registry.passage_count():
            fill(pincite, _natural(folder, 0)[1])
        yield pincite
