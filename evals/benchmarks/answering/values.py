"""Does an answer without a model hold the value that is asked for, and of the right thing?

    python -m evals.benchmarks.answering.values FOLDER [--half development|held]

Asks "What is the default of NAME?" for each entry of a definition list in a folder of HTML pages whose
definition says "the default is …". Nothing of the pages is kept here: any manual on this machine will do. A
seed divides the names into a development half, which rules may be read against, and one held for the end.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings
from evals.script import run_main
from graphs.contracts import Answer
from graphs.state import AskContext
from graphs.text.visible import visible

SEED = 17
HALVES = ("development", "held", "all")
FORMS = ("What is the default of {}?", "{} default", "How is {} set by default?")

_ENTRY = re.compile(r"^(?P<term>\S[^\n]*)\n:\s{1,3}(?P<body>.*(?:\n(?:[ \t][^\n]*)?)*)", re.MULTILINE)
"""A term and its definition, as the loader of HTML pages writes them."""
_SAYS = re.compile(
    r"\b(?:the )?default(?: value| setting)? is\s+[^;,()]+?(?=[;,(]|\.(?:\s|$)|$)", re.IGNORECASE
)
_NAME = re.compile(r"`([A-Za-z][\w.-]+)`|^(?:[\w ]*\s)?([\w.]+)\(")


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, where its definition stands in a canonical text, and the words that tell its default."""

    name: str
    doc_id: str
    start: int
    end: int
    clause: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """``marked``, ``shown``: what answers, and what a reader sees, tells the default of the entry. ``first``:
    the first sentence tells it. ``elsewhere``: it tells a default, and none of this entry."""

    name: str
    status: str
    first: bool
    marked: bool
    shown: bool
    elsewhere: bool
    text: str = ""


def entries(text: str, doc_id: str) -> Iterator[Entry]:
    """The entries of one page that state a default.

    >>> page = "`naptime` (`integer`)\\n:   The delay. The default is\\n    one minute (`1min`).\\n"
    >>> [(one.name, one.clause) for one in entries(page, "d")]
    [('naptime', 'default is\\n    one minute')]
    """
    for match in _ENTRY.finditer(text):
        name, said = _NAME.search(match["term"]), _SAYS.search(match["body"])
        if name and said:
            clause = re.sub(r"^the ", "", said.group(), flags=re.IGNORECASE).strip()
            yield Entry(name[1] or name[2], doc_id, match.start(), match.end(), clause)


def judge(entry: Entry, answer: Answer) -> ValueRow:
    """Whether the answer tells the entry's default, by the words and the place that it cites."""
    wanted = visible(entry.clause.lower())
    cited = [_tells(entry, wanted, one.doc_id, one.start, one.quote) for one in answer.citations]
    excerpts: Sequence[Any] = getattr(answer, "excerpts", [])
    shown = [_tells(entry, wanted, one.doc_id, one.start, one.text) for one in excerpts]
    said = any(_SAYS.search(one.quote) for one in answer.citations)
    return ValueRow(
        entry.name,
        answer.status,
        bool(cited) and cited[0],
        any(cited),
        any(cited) or any(shown),
        said and not any(cited),
        answer.text,
    )


def _tells(entry: Entry, wanted: tuple[str, ...], doc_id: str, start: int, words: str) -> bool:
    """Whether the part of the words that is the entry's own holds the clause."""
    if doc_id != entry.doc_id or start >= entry.end or start + len(words) <= entry.start:
        return False
    own = words[max(0, entry.start - start) : entry.end - start]
    said = visible(own.lower())
    return any(said[at : at + len(wanted)] == wanted for at in range(len(said)))


def drawn(found: Sequence[Entry], half: str) -> list[Entry]:
    """One half of the names, the same each time; a name that several entries have is left out."""
    often = Counter(one.name for one in found)
    single = sorted((one for one in found if often[one.name] == 1), key=lambda one: one.name)
    random.Random(SEED).shuffle(single)
    middle = len(single) // 2
    return {"development": single[:middle], "held": single[middle:], "all": single}[half]


def measure(folder: Path, half: str, form: str, home: Path, pages: str) -> list[ValueRow]:
    """Index the pages of ``folder`` in ``home``, where nothing is yet, and ask."""
    with open_pincite(Settings(home=home, eval_data=None)) as pincite:
        if not pincite.registry.passage_count():
            _fill(pincite, sorted(folder.glob(pages)))
        known = [
            entry
            for document in pincite.registry.documents()
            for entry in entries(pincite.registry.text(document.doc_id) or "", document.doc_id)
        ]
        context = AskContext(extractive=True)
        return [judge(one, pincite.ask(form.format(one.name), context=context)) for one in drawn(known, half)]


def _fill(pincite: Pincite, files: Sequence[Path]) -> None:
    with pincite.corpus.writing() as (pipeline, writer):
        for outcome in pipeline.sync(discover(list(files), "manual"), "manual", writer):
            if outcome.error is not None:
                raise outcome.error


def counts(rows: Sequence[ValueRow]) -> Mapping[str, int]:
    """What the page of results shows."""
    return {
        "asked": len(rows),
        "the first sentence tells it": sum(row.first for row in rows),
        "a cited sentence tells it": sum(row.marked for row in rows),
        "what is shown tells it": sum(row.shown for row in rows),
        "another thing's default": sum(row.elsewhere for row in rows),
        "abstained": sum(row.status == "abstained" for row in rows),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Print the counts; 2 when no entry was found."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.answering.values", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", default="*.html", help="which files of the folder")
    parser.add_argument("--half", choices=HALVES, default="development")
    parser.add_argument("--form", default=FORMS[0], help="the question, with {} for the name")
    parser.add_argument("--home", type=Path, help="keep the index in this folder, and use it again")
    parser.add_argument("--rows", type=Path, help="write what became of each question to this file")
    chosen = parser.parse_args(argv)
    with ExitStack() as stack:
        home = chosen.home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rows = measure(chosen.folder, chosen.half, chosen.form, home, chosen.pages)
    if not rows:
        print("no entry states a default; nothing was measured", file=sys.stderr)
        return 2
    if chosen.rows:
        chosen.rows.write_text(json.dumps([asdict(row) for row in rows], indent=0) + "\n", encoding="utf-8")
    print(json.dumps(counts(rows), indent=1))
    return 0


if __name__ == "__main__":
    run_main(main)
