"""Public retrieval sets: found through ``PINCITE_EVAL_DATA``, read as they lie there, never copied.

A set is a folder with ``corpus.jsonl``, ``queries*.jsonl`` and ``qrels*.tsv``, or (chunking) with
``corpora/`` and questions that name exact spans. Questions without a relevant document are left out.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.errors import SettingsError
from app.settings import Settings, load_settings

UNSET = "PINCITE_EVAL_DATA is not set: name the folder of public evaluation data there; nothing was measured"

EXPECTED = tuple(
    """anthropic_docs chunking_eval clapnq_dev confusebench/ambigqa confusebench/hotpotqa cranfield
    dbpedia_small dtc_faq hotpotqa_100 morehopqa_150 mtrag_un nq_oracle scifact single_topic_qa squad2_dev
    tatqa_dev wiki_pool xquad/ar xquad/de xquad/en xquad/es xquad/hi xquad/ru xquad/tr xquad/zh""".split()
)
"""The sets the benchmark knows of; one that is absent is named and skipped."""


@dataclass(frozen=True, slots=True)
class Floor:
    """nDCG@10 of a plain BM25, as the data's README states it, and over how many questions."""

    ndcg10: float
    questions: int


FLOORS: Mapping[str, Floor] = MappingProxyType(
    {
        "anthropic_docs": Floor(0.628, 100),
        "clapnq_dev": Floor(0.933, 300),
        "confusebench/hotpotqa": Floor(0.825, 130),
        "cranfield": Floor(0.397, 225),
        "dbpedia_small": Floor(0.352, 40),
        "dtc_faq": Floor(0.877, 4627),
        "hotpotqa_100": Floor(0.789, 100),
        "morehopqa_150": Floor(0.844, 150),
        "mtrag_un": Floor(0.744, 332),
        "nq_oracle": Floor(0.868, 2655),
        "scifact": Floor(0.676, 300),
        "single_topic_qa": Floor(0.847, 80),
        "squad2_dev": Floor(0.886, 2910),
        "tatqa_dev": Floor(0.648, 1668),
        "wiki_pool": Floor(0.822, 6316),
    }
)
"""The stated floors. A folder may hold only the development half of a set: then the counts differ."""


@dataclass(frozen=True, slots=True)
class DataItem:
    """One document of a corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetSpan:
    """Characters of one document that answer a question."""

    item: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A corpus, the questions that have an answer in it, and what is relevant to each.

    ``qrels`` holds grades above 0 only. Where ``spans`` is filled, passages are judged, not documents, and
    ``qrels`` is empty. ``left_out`` are documents that are taken out of a question's ranking before scoring.
    """

    name: str
    items: tuple[DataItem, ...]
    questions: Mapping[str, str]
    qrels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    spans: Mapping[str, tuple[SetSpan, ...]] = field(default_factory=dict)
    left_out: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unjudged: int = 0
    """Questions of the set without anything relevant: mostly unanswerable ones."""
    part: str = ""
    """Which part of the set this is, where its files say so: ``train``."""


def open_data(needed: str = "") -> tuple[Settings, Path]:
    """The settings, and the folder of public data they name; in it the folder ``needed`` has to be there.

    Raises:
        SettingsError: a setting is wrong, or there is no such folder; one line says which.
    """
    settings = load_settings()
    folder = settings.eval_data
    if folder is None:
        raise SettingsError(UNSET)
    if not folder.is_dir():
        raise SettingsError(f"PINCITE_EVAL_DATA: {folder} is not a folder")
    if not (folder / needed).is_dir():
        raise SettingsError(f"{needed.split('/', maxsplit=1)[0]}: absent, skipped")
    return settings, folder


def find_sets(folder: Path) -> list[str]:
    """The names of the sets that lie in ``folder``, sorted."""
    return [str(path.relative_to(folder)) for path in sorted(_set_folders(folder))]


def load_set(folder: Path, name: str) -> RetrievalSet:
    """Read one set.

    Raises:
        ValueError: a judgement names a document or question that is not there, or the set has no judgements.
    """
    if (folder / name / "corpora").is_dir():
        return _load_spans(folder / name, name)
    return _load_qrels(folder / name, name)


def _set_folders(folder: Path) -> Iterator[Path]:
    for pattern in ("*", "*/*"):
        for path in folder.glob(pattern):
            judged = (path / "corpus.jsonl").is_file() and any(path.glob("qrels*.tsv"))
            if judged or ((path / "corpora").is_dir() and (path / "queries.jsonl").is_file()):
                yield path


def _load_qrels(path: Path, name: str) -> RetrievalSet:
    # qrels.tsv where there is one; else the only part that lies here, e.g. qrels_train.tsv.
    judged = sorted(path.glob("qrels*.tsv"), key=lambda file: (len(file.name), file.name))
    if not judged:
        raise ValueError(f"{name}: there is no qrels*.tsv")
    suffix = judged[0].stem.removeprefix("qrels")
    items = tuple(
        DataItem(row["id"], row.get("title") or "", row["text"]) for row in _rows(path / "corpus.jsonl")
    )
    asked = {row["id"]: row["text"] for row in _rows(path / f"queries{suffix}.jsonl")}
    known = {item.id for item in items}
    qrels: dict[str, dict[str, int]] = {}
    for row in _table(judged[0]):
        question, item, grade = row["query-id"], row["corpus-id"], int(row["score"])
        if question not in asked or item not in known:
            raise ValueError(f"{name}: a judgement names {question!r} and {item!r}, and one is not there")
        if grade > 0:
            qrels.setdefault(question, {})[item] = grade
    questions = {question: text for question, text in asked.items() if question in qrels}
    left_out: dict[str, frozenset[str]] = {}
    if (path / "source_docs.tsv").is_file():
        for row in _table(path / "source_docs.tsv"):
            if row["query-id"] in questions:
                left_out[row["query-id"]] = left_out.get(row["query-id"], frozenset()) | {row["corpus-id"]}
    return RetrievalSet(
        name,
        items,
        questions,
        qrels,
        left_out=left_out,
        unjudged=len(asked) - len(questions),
        part=suffix.strip("_"),
    )


def _load_spans(path: Path, name: str) -> RetrievalSet:
    files = sorted((path / "corpora").glob("*.md"))
    # Not read_text: offsets count the characters of the file, so line ends must not be changed.
    items = tuple(DataItem(file.stem, "", file.read_bytes().decode("utf-8")) for file in files)
    texts = {item.id: item.text for item in items}
    questions: dict[str, str] = {}
    spans: dict[str, tuple[SetSpan, ...]] = {}
    unjudged = 0
    for row in _rows(path / "queries.jsonl"):
        text = texts.get(row["corpus_id"])
        if text is None or not row["references"]:
            unjudged += 1
            continue
        found = tuple(
            SetSpan(row["corpus_id"], gold["start_index"], gold["end_index"]) for gold in row["references"]
        )
        for span, gold in zip(found, row["references"], strict=True):
            if text[span.start : span.end] != gold["content"]:
                raise ValueError(f"{name}: {row['id']} has a span that is not where it says")
        questions[row["id"]], spans[row["id"]] = row["text"], found
    return RetrievalSet(name, items, questions, spans=spans, unjudged=unjudged)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def _table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
