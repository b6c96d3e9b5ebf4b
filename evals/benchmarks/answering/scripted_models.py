"""What a reader sees of models of known character, over our sample documents.

    python -m evals.benchmarks.answering.scripted_models [--half dev|test] [--out FOLDER]

The models are scripted, behind the real OpenAI wire; the questions are those of our 400 paraphrases
(``evals/datasets/paraphrases``), each with a true and a false sentence in free words. A *paraphraser* writes
the true one, with or without quotes, as a tool call or as prose with marks; an *inventor* the false one, and
another one when it is asked again; a *repeater* the same again. Each is asked without a second reader, with
one that knows (the best there could be), and with one that says yes to everything (the worst).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.settings import Settings, load_settings
from app.testing.openai_server import Reply, give_answer, serve_model
from evals.benchmarks.citing.judged_claims import PARAPHRASES
from evals.metrics.proportions import wilson
from evals.script import run_main
from graphs.contracts import Answer
from graphs.text.words import content_words

RESULTS = Path(__file__).parents[2] / "results" / "scripted_models"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"
PASSAGE = re.compile(r"<passage \w+>\n(.*?)\n</passage", re.S)
QUOTED = re.compile(r"^\[(\d+)\] (.*)\n<quoted \w+>\n(.*?)\n</quoted", re.S | re.M)
SEEN = ("verified", "partial", "the documents' own words", "no answer")

Reader = Callable[[str, str], tuple[str, str]]
"""(sentence, quoted words) -> finding, and the words that show it."""


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A question, where its answer stands, and a true and a false sentence."""

    question: str
    evidence: str
    true: str
    false: str
    other_false: str


@dataclass(frozen=True, slots=True)
class Character:
    """A model: what it writes at each attempt (the last again and again), and how."""

    name: str
    right: bool
    writes: Callable[[AskedFact], Sequence[str]]
    quotes: bool = True
    prose: bool = False


CHARACTERS = (
    Character("paraphraser, quotes", True, lambda fact: [fact.true]),
    Character("paraphraser, no quotes", True, lambda fact: [fact.true], quotes=False),
    Character("paraphraser, prose with marks", True, lambda fact: [fact.true], prose=True),
    Character("inventor", False, lambda fact: [fact.false, fact.other_false]),
    Character("repeater of what was refused", False, lambda fact: [fact.false], quotes=False),
)


def facts(half: str = "") -> list[AskedFact]:
    """The facts of our paraphrases; another false sentence is that of the next fact of the same document."""
    lines = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    pairs: dict[str, dict[str, Any]] = {}
    for line in lines:
        pairs.setdefault(line["fact"], {})[line["label"]] = line
    found = [pair for pair in pairs.values() if not half or pair["true"]["half"] == half]
    made = []
    for at, pair in enumerate(found):
        true, false = pair["true"], pair["false"]
        following = [*found[at + 1 :], *found[:at]]
        other = next((one for one in following if one["false"]["document"] == false["document"]), pair)
        evidence = " ".join(true["evidence"])
        made.append(
            AskedFact(true["question"], evidence, true["claim"], false["claim"], other["false"]["claim"])
        )
    return made


def knows(made: Sequence[AskedFact]) -> Reader:
    """The best second reader: it knows which sentences are true."""
    true = {fact.true for fact in made}
    return lambda sentence, quote: (
        ("supported", _some_words(quote)) if sentence in true else ("contradicted", "")
    )


def says_yes(_sentence: str, quote: str) -> tuple[str, str]:
    """The worst one."""
    return "supported", _some_words(quote)


def _some_words(quote: str) -> str:
    return " ".join(quote.partition("\n…\n")[0].split()[:3])


class Scripted:
    """The model behind the wire: it drafts as its character, and reads as ``reader`` does."""

    def __init__(self) -> None:
        self.character = CHARACTERS[0]
        self.fact: AskedFact | None = None
        self.reader: Reader = says_yes
        self.drafts = 0

    def __call__(self, request: dict[str, Any]) -> Reply:
        human = str(request["messages"][-1]["content"])
        if QUOTED.search(human):
            found = [(int(n), *self.reader(text, quote)) for n, text, quote in QUOTED.findall(human)]
            listed = [{"number": n, "finding": finding, "words": words} for n, finding, words in found]
            return Reply(tool="give_readings", arguments={"readings": listed})
        assert self.fact is not None
        written = list(self.character.writes(self.fact))
        text = written[min(self.drafts, len(written) - 1)]
        self.drafts += 1
        number, quote = nearest(PASSAGE.findall(human), self.fact.evidence)
        if self.character.prose:
            return Reply(content=f"{text.rstrip('.')} [{number}].")
        return give_answer((text, [number], [quote] if self.character.quotes else []))


def nearest(passages: Sequence[str], evidence: str) -> tuple[int, str]:
    """The number, from 1, of the passage with most of the evidence's words, and its sentence with most."""
    wanted = set(content_words(evidence))

    def held(text: str) -> int:
        return len(wanted & set(content_words(text)))

    at = max(range(len(passages)), key=lambda place: held(passages[place]))
    return at + 1, max(re.split(r"(?<=[.!?])\s+|\n+", passages[at]), key=held).strip()


def seen(answer: Answer) -> str:
    """What the reader gets of one answer."""
    if answer.status != "answered":
        return SEEN[3]
    return SEEN[2] if answer.mode == "extractive" else answer.claims[0].verdict


@contextmanager
def opened(settings: Settings, **answer: Any) -> Iterator[Pincite]:
    """The application over an index that is there, with other answer settings."""
    changed = settings.answer.model_copy(update=answer)
    with open_pincite(settings.model_copy(update={"answer": changed})) as pincite:
        yield pincite


def measure(half: str) -> dict[str, dict[str, Counter[str]]]:
    """By second reader and character: how often readers saw what."""
    made, model = facts(half), Scripted()
    readers: dict[str, Reader | None] = {
        "none": None,
        "one that knows": knows(made),
        "one that says yes": says_yes,
    }
    found: dict[str, dict[str, Counter[str]]] = {}
    with tempfile.TemporaryDirectory(prefix="pincite-scripted-") as scratch, serve_model(model) as server:
        update = {"home": Path(scratch), "model": "openai:scripted", "model_base_url": server.url}
        settings = load_settings(None).model_copy(update=update)
        with opened(settings) as pincite, pincite.corpus.writing() as (pipeline, writer):
            for _ in pipeline.sync(discover([SAMPLES], "samples"), "samples", writer):
                pass
        for name, reader in readers.items():
            model.reader = reader or says_yes
            for character in CHARACTERS:
                model.character = character
                form = "text" if character.prose else "tool"
                with opened(settings, second_reader=reader is not None, draft_format=form) as pincite:
                    counts = Counter(_asked(pincite, model, fact) for fact in made)
                found.setdefault(name, {})[character.name] = counts
    return found


def _asked(pincite: Pincite, model: Scripted, fact: AskedFact) -> str:
    model.fact, model.drafts = fact, 0
    return seen(pincite.ask(fact.question))


def report(found: dict[str, dict[str, Counter[str]]]) -> str:
    n = next(iter(next(iter(found.values())).values())).total()
    lines = [
        "# What a reader sees of models of known character",
        "",
        f"{n} questions over the sample documents; scripted models over the OpenAI wire, asked only where "
        "the evidence is thought to hold the answer. Shares of the questions (Wilson intervals, 95 %).",
    ]
    for reader, by_character in found.items():
        lines += [
            "",
            f"## Second reader: {reader}",
            "",
            f"| model | {' | '.join(SEEN)} |",
            f"|---|{'---|' * len(SEEN)}",
        ]
        for name, counts in by_character.items():
            cells = []
            for kind in SEEN:
                low, high = wilson(counts[kind], n)
                cells.append(f"{counts[kind] / n:.2f} ({low:.2f} to {high:.2f})")
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--half", choices=["dev", "test"], default="")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    found = measure(given.half)
    given.out.mkdir(parents=True, exist_ok=True)
    page = report(found)
    (given.out / "scripted_models.md").write_text(page, encoding="utf-8")
    data = {reader: {name: dict(counts) for name, counts in rows.items()} for reader, rows in found.items()}
    (given.out / "scripted_models.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    run_main(main)
