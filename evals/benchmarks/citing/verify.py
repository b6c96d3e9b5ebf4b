"""Does `pincite verify --all` say the right thing of every citation after the documents changed?

    python -m evals.benchmarks.citing.verify [--out FOLDER]

500 made-up documents are indexed, 1,000 answers that cite them are stored (of their citations some are
forged), 125 documents are edited, deleted or renamed, and the folder is indexed again. What became of every
cited sentence is known from how it was edited. Exit code 1: a citation was judged wrongly, or the command
took over 10 s.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.cli import main as pincite
from app.corpus import open_corpus
from app.ingestion.discover import discover
from app.registry.new_document import doc_id_of
from app.settings import Settings
from evals.benchmarks.citing.verify_corpus import EDITS, Document, Edit, make_documents
from evals.benchmarks.citing.verify_report import report
from evals.script import run_main
from graphs.contracts import Answer, Citation, Claim

RESULTS = Path(__file__).parents[2] / "results" / "verify"
SEED = 20261123
WANTED_S = 10.0
SOURCE = "rules"
FORGED = "a forged quote"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be said of a citation, and where its words are now, if that is known."""

    kind: str
    state: str
    doc_id: str = ""
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class VerifyAnswer:
    """A citation as it was stored, and the names of the sentences it covers."""

    document: Document
    names: tuple[int, ...]
    citation: Citation
    forged: bool


def uri_of(document: Document) -> str:
    return f"source://{SOURCE}/{document.path}"


def make_answers(documents: Sequence[Document], number: int, rng: random.Random) -> list[list[VerifyAnswer]]:
    """For each answer what it cites: one to three runs of one or two sentences."""
    rendered = {document.path: document.rendered() for document in documents}
    answers: list[list[VerifyAnswer]] = []
    for _ in range(number):
        given: list[VerifyAnswer] = []
        for place in range(rng.randint(1, 3)):
            document = rng.choice(documents)
            paragraph = rng.choice(rng.choice(document.sections).paragraphs)
            first = rng.randrange(len(paragraph))
            names = tuple(one.name for one in paragraph[first : first + rng.choice((1, 1, 2))])
            text, places = rendered[document.path]
            given.append(_cite(document, names, text, places, place + 1, rng))
        answers.append(given)
    return answers


def _cite(
    document: Document,
    names: tuple[int, ...],
    text: str,
    places: Mapping[int, tuple[int, int]],
    number: int,
    rng: random.Random,
) -> VerifyAnswer:
    start, end = places[names[0]][0], places[names[-1]][1]
    quote, forged = text[start:end], rng.random() < 0.02
    if forged and rng.random() < 0.5:
        quote = quote.replace(" is ", " is not ", 1) if " is " in quote else f"Never {quote}"
    elif forged:
        start, end = start + 3, end + 3
    citation = Citation(
        number=number,
        doc_id=doc_id_of(uri_of(document)),
        version=hashlib.sha256(text.encode()).hexdigest(),
        start=start,
        end=end,
        quote=quote,
        uri=uri_of(document),
        title=document.title,
    )
    return VerifyAnswer(document, names, citation, forged)


def answer_of(number: int, given: Sequence[VerifyAnswer]) -> Answer:
    citations = [one.citation for one in given]
    claims = [Claim(text=one.quote, verdict="verified", citations=[one.number]) for one in citations]
    return Answer(
        id=f"{number:016x}",
        status="answered",
        mode="extractive",
        question=f"What about number {number}?",
        text=" ".join(f"{claim.text} [{claim.citations[0]}]" for claim in claims),
        claims=claims,
        citations=citations,
        receipt={"id": f"{number:016x}"},
    )


def edit_some(
    documents: Sequence[Document], answers: Sequence[Sequence[VerifyAnswer]], changed: int, rng: random.Random
) -> dict[str, tuple[str, Edit]]:
    """The edited documents by their old path, as (kind of edit, what it did)."""
    cited: dict[str, list[int]] = {}
    for one in (one for given in answers for one in given if not one.forged):
        cited.setdefault(one.document.path, []).extend(one.names)
    # Each kind once, then the rest of their shares: few documents get some of everything too.
    kinds = [*EDITS, *(kind for kind, (share, _) in EDITS.items() for _ in range(share - 1))]
    chosen = rng.sample([one for one in documents if one.path in cited], changed)
    return {
        document.path: (kind, EDITS[kind][1](document, list(dict.fromkeys(cited[document.path])), rng))
        for document, kind in zip(chosen, (kinds[n % len(kinds)] for n in range(changed)), strict=True)
    }


def expect(given: VerifyAnswer, edits: Mapping[str, tuple[str, Edit]]) -> Expected:
    """The truth about one citation, from how its document was edited."""
    cited, old = given.citation, given.document
    kind, edit = edits.get(old.path, ("not changed", Edit(old)))
    if given.forged:
        return Expected(FORGED, "broken")
    if edit.document is None:
        return Expected(kind, "gone")
    text, places = edit.document.rendered()
    doc_id = doc_id_of(uri_of(edit.document))
    if edit.reworded & {*given.names}:
        left = [places[name] for name in given.names if name in places]
        if len(left) < len(given.names) or kind == "everything reworded":
            return Expected(kind, "changed")
        return Expected(kind, "changed", doc_id, left[0][0], left[-1][1])
    start, end = places[given.names[0]][0], places[given.names[-1]][1]
    same = edit.document.path == old.path and start == cited.start and text[start:end] == cited.quote
    return Expected(kind, "in_place" if same else "moved", doc_id, start, end)


def measure(documents: int, answers: int, changed: int) -> dict[str, Any]:
    """Index, store, edit, index again, verify; the numbers that the report shows."""
    rng = random.Random(SEED)
    made = make_documents(documents, rng)
    stored = make_answers(made, answers, rng)
    edits = edit_some(made, stored, changed, rng)
    with tempfile.TemporaryDirectory(prefix="pincite-verify-") as scratch:
        folder, home = Path(scratch) / SOURCE, Path(scratch) / "home"
        folder.mkdir()
        for document in made:
            (folder / document.path).write_text(document.rendered()[0], encoding="utf-8")
        _index(home, folder)
        with open_corpus(Settings(home=home)) as corpus:
            for number, given in enumerate(stored):
                corpus.answers.put(answer_of(number, given).model_dump())
        for path, (_, edit) in edits.items():
            (folder / path).unlink()
            if edit.document is not None:
                (folder / edit.document.path).write_text(edit.document.rendered()[0], encoding="utf-8")
        _index(home, folder)
        seconds, processor_s, code, data = _verify(home)
    return _judged(stored, edits, data) | {
        "documents": documents,
        "changed_documents": len(edits),
        "answers": answers,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor_s, 2),
        "exit_code": code,
        "seed": SEED,
        "date": datetime.now(UTC).date().isoformat(),
    }


def _index(home: Path, folder: Path) -> None:
    with open_corpus(Settings(home=home)) as corpus, corpus.writing() as (pipeline, writer):
        for outcome in pipeline.sync(discover([folder], SOURCE), SOURCE, writer):
            if outcome.error is not None:
                raise outcome.error


def _verify(home: Path) -> tuple[float, float, int, dict[str, Any]]:
    """The whole command in a process of its own: seconds, those of the processor, exit code, its output."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PINCITE_")}
    environment = kept | {"PINCITE_HOME": str(home), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", pincite.__module__, "verify", "--all", "--json"]
    begun, spent = time.perf_counter(), _children_s()
    done = subprocess.run(command, capture_output=True, env=environment, check=False, cwd=home)
    seconds, processor_s = time.perf_counter() - begun, _children_s() - spent
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode("utf-8", "replace"))
    found: dict[str, Any] = json.loads(done.stdout)
    return seconds, processor_s, done.returncode, found


def _children_s() -> float:
    """Processor seconds of processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _judged(
    stored: Sequence[Sequence[VerifyAnswer]], edits: Mapping[str, tuple[str, Edit]], data: Mapping[str, Any]
) -> dict[str, Any]:
    said = {(answer["id"], one["number"]): one for answer in data["answers"] for one in answer["citations"]}
    kinds: dict[str, Counter[str]] = {}
    wrong: list[dict[str, Any]] = []
    for number, given in enumerate(stored):
        for one in given:
            expected = expect(one, edits)
            found = said[f"{number:016x}", one.citation.number]
            line = kinds.setdefault(expected.kind, Counter())
            line["citations"] += 1
            line[f"state {found['state']}"] += 1
            if is_right(expected, found):
                line["right"] += 1
            else:
                wrong.append({"expected": repr(expected), "found": found})
            if expected.state == "changed" and expected.start is not None:
                now = found["now"] or {}
                line["nearest asked"] += 1
                line["nearest right"] += (now.get("start"), now.get("end")) == (expected.start, expected.end)
    return {
        "citations": len(said),
        "right": len(said) - len(wrong),
        "wrong": wrong[:20],
        "kinds": {kind: dict(line) for kind, line in sorted(kinds.items())},
    }


def is_right(expected: Expected, found: Mapping[str, Any]) -> bool:
    """The state, and for words that are still there the document and both offsets."""
    if found["state"] != expected.state:
        return False
    if expected.state not in ("moved", "in_place"):
        return True
    now = found["now"]
    return (now["doc_id"], now["start"], now["end"]) == (expected.doc_id, expected.start, expected.end)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--changed", type=int, default=125)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder the result is written to")
    chosen = parser.parse_args(argv)
    found = measure(chosen.documents, chosen.answers, chosen.changed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    (chosen.out / "verify.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (chosen.out / "verify.md").write_text(report(found), encoding="utf-8")
    print(report(found))
    return int(bool(found["wrong"]) or found["seconds"] > WANTED_S)


if __name__ == "__main__":
    run_main(main)
