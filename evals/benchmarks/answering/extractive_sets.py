"""The questions of the extractive benchmark: each with what its answer must say and what it must cite."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.registry.new_document import doc_id_of
from app.settings import Settings
from evals.benchmarks.answering.abstention import drawn, fill, uri_of
from evals.benchmarks.answering.abstention_report import SEED
from evals.benchmarks.answering.contoso import distance, file_of
from evals.benchmarks.public_data import load_set
from evals.datasets.suite import load_suite
from evals.experiments.grade import gold_spans
from evals.experiments.opened_suite import open_suite
from evals.metrics.citations import citation_precision
from evals.metrics.nuggets import nugget_recall
from evals.metrics.spans import GoldSpan
from evals.metrics.words import holds, tokens
from graphs.contracts import Answer, Citation
from graphs.text.words import content_words

SAME_SENTENCE = 0.7
"""A sentence is the gold one when one of the two holds this share of the other's content words."""

Recall = Callable[[str], float | None]
"""What an answer says -> the share of what it must say."""

Precise = Callable[[Answer], float | None]
"""An answer -> the share of what it cites that is gold; None where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Task:
    """One question. ``of``: the document or page of its gold; those that share one are not independent."""

    id: str
    text: str
    answerable: bool
    of: str
    recall: Recall
    precise: Precise
    filters: Mapping[str, Any] = field(default_factory=dict)
    groups: Sequence[str] = ()
    messages: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class TaskSet:
    """``open`` brings the application with the set's documents in it."""

    name: str
    about: str
    recall: str
    precision: str
    tasks: Callable[[Path, int], list[Task]]
    open: Callable[[Path, Path], Any]


def task_sets() -> dict[str, TaskSet]:
    """All sets by name."""
    sets = (
        TaskSet(
            "isbrook",
            "our own questions",
            "share of the answer's facts said",
            "cited words are gold words",
            lambda _folder, _most: _own(),
            lambda _folder, _home: _open_own(),
        ),
        TaskSet(
            "squad2_dev",
            "SQuAD 2.0 dev (half)",
            "a gold short answer is said",
            "cited words are of the gold paragraph and hold a gold answer",
            _squad,
            opener("squad2_dev"),
        ),
        TaskSet(
            "clapnq_dev",
            "ClapNQ dev",
            "share of the gold sentences said",
            "cited sentence is a gold one",
            _clapnq,
            opener("clapnq_dev"),
        ),
        TaskSet(
            "contoso_hr_pdfs",
            "Contoso PDFs",
            "share of the reference answer's content words said",
            "cited page is at most one from a gold page",
            _contoso,
            _open_contoso,
        ),
        TaskSet(
            "tatqa_dev",
            "TAT-QA dev (page given)",
            "share of the gold cells or spans said",
            "sentence holds a gold cell or span",
            _tatqa,
            opener("tatqa_dev"),
        ),
        TaskSet(
            "single_topic_qa",
            "single-topic QA",
            "share of the reference answer's content words said",
            "cited document is the gold one",
            _single_topic,
            opener("single_topic_qa"),
        ),
    )
    return {one.name: one for one in sets}


def said(answer: Answer) -> str:
    """The words of an answer, without citation numbers."""
    return " ".join(claim.text for claim in answer.claims)


def shown(answer: Answer) -> str:
    """All the words a reader sees: the excerpts with what they are read under, else the claims."""
    return "\n".join(f"{one.lead}\n{one.text}" for one in answer.excerpts) or said(answer)


def share_cited(answer: Answer, right: Callable[[Citation], bool]) -> float | None:
    """The share of an answer's citations that are right; None without any."""
    if not answer.citations:
        return None
    return sum(map(right, answer.citations)) / len(answer.citations)


def word_recall(text: str, references: Sequence[str]) -> float | None:
    """The largest share of a reference's content words that ``text`` holds; None without references.

    >>> word_recall("Returns are free.", ["They are free for 30 days", "free returns"])
    1.0
    """
    held = set(content_words(text))
    wanted = [words for one in references if (words := set(content_words(one)))]
    return max((len(words & held) / len(words) for words in wanted), default=None)


def same_sentence(first: str, second: str) -> bool:
    """Whether two pieces are the same sentence, cut or spelled a little differently.

    >>> same_sentence("Returns are free of charge .", "Returns are free of charge (see page 3).")
    True
    """
    one, two = set(content_words(first)), set(content_words(second))
    fewer = min(len(one), len(two))
    return fewer > 0 and len(one & two) >= SAME_SENTENCE * fewer


def _holds_any(text: str, wordings: Sequence[str]) -> bool:
    words = tokens(text)
    return any(holds(words, tokens(one)) for one in wordings)


def json_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _squad(folder: Path, most: int) -> list[Task]:
    return [
        short_task(row, [row["answers"]], row["source_doc"], "squad2_dev")
        for row in drawn(json_rows(folder / "squad2_dev" / "queries.jsonl"), most)
    ]


def short_task(row: Mapping[str, Any], nuggets: list[list[str]], of: str, name: str) -> Task:
    """A question of the set ``name`` whose gold item ``of`` holds short answers."""
    wordings = [wording for nugget in nuggets for wording in nugget]
    gold = doc_id_of(uri_of(name, of))
    return Task(
        row["id"],
        row["text"],
        row["answerable"],
        of,
        lambda text: nugget_recall(text, nuggets),
        lambda answer: share_cited(
            answer, lambda one: one.doc_id == gold and _holds_any(one.quote, wordings)
        ),
    )


def _clapnq(folder: Path, most: int) -> list[Task]:
    def task(row: Mapping[str, Any]) -> Task:
        gold: list[str] = row["gold_sentences"]

        def recall(text: str) -> float | None:
            held = set(content_words(text))
            found = [
                len(set(content_words(one)) & held) >= SAME_SENTENCE * len(set(content_words(one)))
                for one in gold
            ]
            return sum(found) / len(found) if found else None

        return Task(
            row["id"],
            row["text"],
            row["answerable"],
            str(row["source_docs"]),
            recall,
            lambda answer: share_cited(answer, lambda one: any(same_sentence(one.quote, g) for g in gold)),
        )

    return [task(row) for row in drawn(json_rows(folder / "clapnq_dev" / "queries.jsonl"), most)]


def _contoso(folder: Path, most: int) -> list[Task]:
    def task(row: Mapping[str, Any]) -> Task:
        gold = [(one["file"], one["page"]) for one in row["citations"]]

        def near(one: Citation) -> bool:
            away = distance((file_of(one.uri), one.page or 0), gold)
            return away is not None and away <= 1

        return Task(
            row["id"],
            row["question"],
            row["answerable"],
            str(gold[0]) if gold else row["id"],
            lambda text: word_recall(text, [row["reference_answer"]]),
            lambda answer: share_cited(answer, near),
        )

    rows = json_rows(folder / "contoso_hr_pdfs" / "qa.jsonl")
    return [task(row) for row in rows if row["answerable"] is not None][:most]


def _tatqa(folder: Path, most: int) -> list[Task]:
    """Questions whose answers stand on the page (no arithmetic), in a seeded order."""
    pages = {row["query-id"]: row["corpus-id"] for row in _table(folder / "tatqa_dev" / "qrels.tsv")}
    rows = [
        row
        for row in json_rows(folder / "tatqa_dev" / "queries.jsonl")
        if row["answer_type"] in ("span", "multi-span")
    ]
    random.Random(SEED).shuffle(rows)
    return [_cell(row, pages[row["id"]]) for row in rows[:most]]


def _cell(row: Mapping[str, Any], page: str) -> Task:
    nuggets = [[one, one.strip("$()£€ ")] for one in map(str, row["answers"])]
    wordings = [wording for nugget in nuggets for wording in nugget]

    def precise(answer: Answer) -> float | None:
        if not answer.claims:
            return None
        return sum(_holds_any(claim.text, wordings) for claim in answer.claims) / len(answer.claims)

    return Task(
        row["id"],
        row["text"],
        True,
        page,
        lambda text: nugget_recall(text, nuggets),
        precise,
        filters={"doc_id": doc_id_of(uri_of("tatqa_dev", page))},
    )


def _single_topic(folder: Path, most: int) -> list[Task]:
    def task(row: Mapping[str, Any]) -> Task:
        gold = doc_id_of(uri_of("single_topic_qa", str(row["source_doc"])))
        return Task(
            row["id"],
            row["text"],
            row["answerable"],
            str(row["source_doc"]),
            lambda text: word_recall(text, [row["reference_answer"] or ""]),
            lambda answer: share_cited(answer, lambda one: one.doc_id == gold),
        )

    return [task(row) for row in json_rows(folder / "single_topic_qa" / "queries.jsonl")][:most]


def _own() -> list[Task]:
    tasks = []
    for question in load_suite("isbrook").questions:
        gold = gold_spans(question)

        def precise(answer: Answer, gold: list[GoldSpan] = gold) -> float | None:
            cited = [GoldSpan(one.version, one.start, one.end) for one in answer.citations]
            return citation_precision(cited, gold)

        def recall(text: str, nuggets: list[list[str]] = question.nuggets) -> float | None:
            return nugget_recall(text, nuggets)

        tasks.append(
            Task(
                question.id,
                question.question,
                question.answerable,
                str(sorted({one.document for one in question.gold}) or question.id),
                recall,
                precise,
                question.filters,
                question.groups,
                question.history,
            )
        )
    return tasks


@contextmanager
def _open_own() -> Iterator[Pincite]:
    with open_suite(load_suite("isbrook"), Settings(eval_data=None)) as opened:
        yield opened.pincite


def opener(name: str) -> Callable[[Path, Path], Any]:
    """How the set ``name`` is opened: indexed, where the folder does not hold it yet."""

    @contextmanager
    def opened(folder: Path, home: Path) -> Iterator[Pincite]:
        with open_pincite(Settings(home=home, eval_data=None)) as pincite:
            if not pincite.registry.passage_count():
                fill(pincite, load_set(folder, name))
            yield pincite

    return opened


@contextmanager
def _open_contoso(folder: Path, home: Path) -> Iterator[Pincite]:
    with open_pincite(Settings(home=home, eval_data=None)) as pincite:
        if not pincite.registry.passage_count():
            with pincite.corpus.writing() as (pipeline, writer):
                name = "contoso_hr_pdfs"
                for outcome in pipeline.sync(discover([folder / name / "pdfs"], name), name, writer):
                    if outcome.error is not None:
                        raise outcome.error
        yield pincite


def _table(path: Path) -> Iterator[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    return (dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:])
