"""The application over a suite's documents, indexed for this run."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings, load_settings
from evals.datasets.suite import Suite
from evals.errors import EvalError


@dataclass(frozen=True)
class Opened:
    """``readers`` names who may read each restricted document; ``names`` maps gold documents to ids."""

    pincite: Pincite
    readers: dict[str, frozenset[str]]
    names: dict[str, str]
    corpus_sha256: str
    documents: int


@contextmanager
def open_suite(suite: Suite, settings: Settings) -> Iterator[Opened]:
    """Index the suite's documents in a folder that is gone afterwards, and open the application over it.

    A suite without documents is asked of the configured data folder, which is only read.

    Raises:
        EvalError: a document cannot be read, or the gold is of another version than the index holds.
    """
    with tempfile.TemporaryDirectory(prefix="pincite-eval-") as scratch:
        home = Path(scratch) if suite.documents is not None else load_settings().home
        # Questions of a suite are nobody's: the configured data folder keeps none of their answers.
        changed = {"home": home, "answers": settings.answers.model_copy(update={"keep": False})}
        with open_pincite(settings.model_copy(update=changed)) as pincite:
            if suite.documents is not None:
                _index(pincite, suite.documents, suite.source)
            yield _opened(pincite, suite)


def _index(pincite: Pincite, documents: Path, source: str) -> None:
    with pincite.corpus.writing() as (pipeline, writer):
        for outcome in pipeline.sync(discover([documents], source), source, writer):
            if outcome.error is not None:
                raise EvalError(f"the suite's document {outcome.name} cannot be read: {outcome.error}")


def _opened(pincite: Pincite, suite: Suite) -> Opened:
    records = pincite.registry.documents()
    names: dict[str, str] = {}
    current = {record.doc_id: record.version for record in records}
    for name in {gold.document for question in suite.questions for gold in question.gold} | {
        *suite.restricted
    }:
        found = pincite.registry.find(name)
        if len(found) != 1:
            why = "more than one document is called that" if found else "no such document is in the index"
            raise EvalError(f"suite {suite.name}, document {name}: {why}")
        names[name] = found[0].doc_id
    for question in suite.questions:
        for gold in question.gold:
            if current[names[gold.document]] != gold.version:
                raise EvalError(
                    f"{question.id}: its gold is of another version of {gold.document} than the index holds; "
                    "pin the gold anew (own suite: python -m evals.datasets.build)"
                )
    # Both what ingestion recorded and what the suite states: a rule that was lost must not hide its leak.
    readers = {record.doc_id: frozenset(record.groups) for record in records if record.groups}
    readers |= {names[name]: frozenset(groups) for name, groups in suite.restricted.items()}
    corpus = hashlib.sha256("\n".join(sorted(f"{r.doc_id}@{r.version}" for r in records)).encode())
    return Opened(pincite, readers, names, corpus.hexdigest(), len(records))
