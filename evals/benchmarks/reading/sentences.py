"""Sentence ends in many scripts: ours, and the library `sentencex` where it is installed.

    python -m evals.benchmarks.reading.sentences [--out FOLDER]

Three sets. Our own sentences (``evals/datasets/sentences``, one file for each language, a sentence a line, a
blank line between paragraphs) are joined to paragraphs; counted are the ends inside a paragraph that are
found, missed and made up. The rules were made with these; those in ``unseen`` were written afterwards. XQuAD
(``PINCITE_EVAL_DATA``, skipped where absent) has no sentence ends, but the same paragraphs in eight
languages: counted is how often one has as many sentences as its English original.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import Any

from app.settings import load_settings
from evals.script import run_main
from graphs.text.sentences import units

SENTENCES = Path(__file__).parents[2] / "datasets" / "sentences"
UNSEEN = SENTENCES / "unseen"
RESULTS = Path(__file__).parents[2] / "results" / "sentences"
UNSPACED = ("ja", "zh")
XQUAD = ("ar", "de", "es", "hi", "ru", "tr", "zh")

Splitter = Callable[[str, str], set[int]]
"""Language and paragraph to the offsets at which sentences end; whoever needs no language ignores it."""


def ours(_language: str, text: str) -> set[int]:
    return {unit.end for unit in units(text)}


def splitters() -> dict[str, Splitter]:
    found: dict[str, Splitter] = {"ours": ours}
    if find_spec("sentencex") is not None:
        from sentencex import get_sentence_boundaries

        def told(language: str, text: str) -> set[int]:
            ends = (piece["end_index"] for piece in get_sentence_boundaries(language, text))
            return {len(text[:end].rstrip()) for end in ends}

        found["sentencex, told the language"] = told
        found["sentencex, told English"] = lambda _language, text: told("en", text)
    return found


def languages_of(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.txt"))


def paragraphs(language: str, folder: Path = SENTENCES) -> list[list[str]]:
    """The sentences of each paragraph of our own set."""
    written = (folder / f"{language}.txt").read_text(encoding="utf-8")
    return [paragraph.splitlines() for paragraph in written.strip().split("\n\n")]


def ends_of(sentences: Sequence[str], joint: str) -> set[int]:
    """Where the sentences end once they are joined, but for the last."""
    lengths = (len(sentence) + len(joint) for sentence in sentences)
    return {end - len(joint) for end in list(accumulate(lengths))[:-1]}


def measure(split: Splitter, languages: Sequence[str], folder: Path = SENTENCES) -> dict[str, float]:
    """Counts and F1 of the ends inside paragraphs."""
    found = missed = made_up = 0
    for language in languages:
        joint = "" if language in UNSPACED else " "
        for sentences in paragraphs(language, folder):
            text = joint.join(sentences)
            right = ends_of(sentences, joint)
            said = split(language, text) - {len(text)}
            found += len(right & said)
            missed += len(right - said)
            made_up += len(said - right)
    total = 2 * found + missed + made_up
    return {"found": found, "missed": missed, "made_up": made_up, "f1": round(2 * found / total, 4)}


def agreement(split: Splitter, folder: Path) -> dict[str, float]:
    """How often a paragraph of XQuAD has as many sentences as in English."""

    def counts(language: str) -> list[int]:
        lines = (folder / language / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
        return [len(split(language, json.loads(line)["text"])) for line in lines]

    english = counts("en")
    return {
        language: round(sum(map(int.__eq__, english, counts(language))) / len(english), 4)
        for language in XQUAD
    }


def seconds_of(split: Splitter) -> dict[str, float]:
    """For a text and one ten times as long: a linear splitter takes ten times as long."""
    paragraph = " ".join(sentence for part in paragraphs("en") for sentence in part) + "\n\n"
    taken = {}
    for copies in (100, 1000):
        text = paragraph * copies
        begin = time.process_time()
        split("en", text)
        taken[f"{len(text)}"] = round(time.process_time() - begin, 4)
    return taken


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(argv)
    languages = languages_of(SENTENCES)
    data = load_settings().eval_data
    xquad = data / "xquad" if data is not None and (data / "xquad").is_dir() else None
    if xquad is None:
        print("PINCITE_EVAL_DATA has no xquad: its part is not measured", file=sys.stderr)
    results: dict[str, Any] = {}
    for name, split in splitters().items():
        results[name] = {
            "languages": {language: measure(split, [language]) for language in languages},
            "unseen": measure(split, languages_of(UNSEEN), UNSEEN),
            "xquad": agreement(split, xquad) if xquad else {},
            "seconds": seconds_of(split),
        }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sentences.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (options.out / "sentences.md").write_text(report(results), encoding="utf-8")
    print(report(results))
    return 0


def report(results: dict[str, Any]) -> str:
    names = list(results)
    languages = list(results[names[0]]["languages"])
    lines = [
        "# Sentence ends in many scripts",
        "",
        "F1 of the ends inside paragraphs of our own sentences (missed + made up in brackets).",
        "",
        f"| | {' | '.join(names)} |",
        f"|---|{'--:|' * len(names)}",
    ]
    for language in languages:
        cells = (results[name]["languages"][language] for name in names)
        shown = (f"{cell['f1']:.3f} ({cell['missed']} + {cell['made_up']})" for cell in cells)
        lines.append(f"| {language} | {' | '.join(shown)} |")
    means = (
        sum(cell["f1"] for cell in results[name]["languages"].values()) / len(languages) for name in names
    )
    lines.append(f"| **mean** | {' | '.join(f'**{mean:.3f}**' for mean in means)} |")
    unseen = (results[name]["unseen"] for name in names)
    shown = (f"{cell['f1']:.3f} ({cell['missed']} + {cell['made_up']})" for cell in unseen)
    lines.append(f"| unseen, all languages | {' | '.join(shown)} |")
    if results[names[0]]["xquad"]:
        lines += ["", "XQuAD: share of 240 paragraphs with as many sentences as the English original.", ""]
        lines += [f"| | {' | '.join(names)} |", f"|---|{'--:|' * len(names)}"]
        for language in XQUAD:
            agreeing = (f"{results[name]['xquad'][language]:.3f}" for name in names)
            lines.append(f"| {language} | {' | '.join(agreeing)} |")
    lines += ["", "Processor seconds by length in characters:", ""]
    for name in names:
        taken = ", ".join(f"{length}: {seconds}" for length, seconds in results[name]["seconds"].items())
        lines.append(f"- {name}: {taken}")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    run_main(main)
