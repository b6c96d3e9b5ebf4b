"""What of a passage could be a sentence of an answer: sentences, rows, lists with what introduces them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.extractive.answer_kinds import asked_kinds
from app.extractive.readable import readable
from app.extractive.table_rows import asked_of_record, row_pieces
from graphs.state import EvidencePassage
from graphs.text.sentences import Unit, units
from graphs.text.words import content_words

MIN_WORDS = 2
"""Pieces with fewer content words answer nothing on their own: "Do not open the lid." has two."""

MIN_ITEM_WORDS = 3
"""Items of a list need as many words on average: a list of names says nothing as a sentence."""

MIN_LABEL_WORDS = 5
"""Pieces that do not end like a sentence (labels, list entries) need as many words in all."""

MAX_INTRODUCED = 600
"""A list or code is taken together with the sentence before it, the steps of a procedure with each other, up
to this many characters."""

_STEP = re.compile(r"(?:^|\n)\s*\d{1,3}[.)]\s+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """Offset in the passage, how it reads, the exact words it is made of (the last of them its own), the
    words its meaning is compared by."""

    start: int
    text: str
    quotes: tuple[str, ...]
    scored: str
    short: bool = False
    """It says too little, but for what a term above it may add: "The default is on."."""


def pieces(question: str, passage: EvidencePassage) -> list[Piece]:
    """What of the passage can be read on its own, in order.

    Of table rows what ``question`` asks for; where it asks how to do something, numbered steps together.
    """
    text = passage["text"]
    # A PDF's title and headings stand in its text without marks.
    above = {readable(heading) for heading in [passage["title"], *passage["headings"]]}
    found: list[Piece] = []
    table: list[Unit] = []
    all_units = units(text)
    steps = _procedures(all_units, text) if "steps" in asked_kinds(question) else {}
    for index, unit in enumerate(all_units):
        if _is_cell_row(unit, text):
            if table and text[table[-1].end : unit.start].strip(" |:-+\n"):
                found += _rows(question, passage, table)
                table = []
            table.append(unit)
            continue
        found += _rows(question, passage, table)
        table = []
        clean = readable(unit.of(text))
        if clean.endswith(":") and unit.kind in ("sentence", "item"):
            found += _introduced(text, unit, all_units[index + 1 :])
        elif unit.kind in ("heading", "code") or clean in above or not _answers(clean, 1):
            continue
        elif index in steps:
            run = [all_units[place] for place in steps[index]]
            whole = text[run[0].start : run[-1].end]
            found.append(
                Piece(run[0].start, joined([readable(one.of(text)) for one in run]), (whole,), clean)
            )
        else:
            shown = asked_of_record(question, clean) if unit.kind == "row" else clean
            short = not _answers(clean, MIN_WORDS)
            found.append(Piece(unit.start, shown, (unit.of(text),), clean, short))
    return found + _rows(question, passage, table)


def joined(sentences: Sequence[str]) -> str:
    """Pieces as one text, each ending like a sentence or a part of one.

    >>> joined(["Open it.", "press the button"]), joined(["open it", "press the button"])
    ('Open it. press the button.', 'open it; press the button.')
    """
    ended = [one if one.endswith((".", "!", "?", "…", ":")) else f"{one.rstrip(';,')};" for one in sentences]
    return f"{' '.join(ended)[:-1]}." if ended and ended[-1].endswith(";") else " ".join(ended)


def _procedures(all_units: Sequence[Unit], text: str) -> dict[int, list[int]]:
    """For each step of a numbered list, the places of all its steps; none for lists that are too long."""
    runs: list[list[int]] = []
    for index, unit in enumerate(all_units):
        if unit.kind != "item":
            continue
        goes_on = bool(runs) and runs[-1][-1] == index - 1
        if _STEP.search(text[: unit.start][-12:]):
            runs[len(runs) if not goes_on else len(runs) - 1 :] = [[*(runs[-1] if goes_on else []), index]]
        elif goes_on and "\n" not in text[all_units[index - 1].end : unit.start].strip(" "):
            runs[-1].append(index)
    return {
        place: run
        for run in runs
        if len(run) > 1 and all_units[run[-1]].end - all_units[run[0]].start <= MAX_INTRODUCED
        for place in run
    }


def _introduced(text: str, intro: Unit, following: Sequence[Unit]) -> list[Piece]:
    """A sentence that ends in a colon together with the list or the short code it introduces.

    It is compared by the sentence: the list says much else besides.
    """
    if not following or following[0].kind not in ("item", "code"):
        return []
    kind = following[0].kind
    taken = [following[0]] if following[0].end - intro.start <= MAX_INTRODUCED else []
    for unit in following[1:] if taken and kind == "item" else ():
        if unit.kind != kind or unit.end - intro.start > MAX_INTRODUCED:
            break
        taken.append(unit)
    items = [readable(unit.of(text)).rstrip(".;,:") for unit in taken]
    if sum(len(item.split()) for item in items) < max(MIN_ITEM_WORDS * len(items), 1):
        return []
    shown = f"`{' '.join(taken[0].of(text).split())}`" if kind == "code" else f"{'; '.join(items)}."
    lead = readable(intro.of(text))
    return [Piece(intro.start, f"{lead} {shown}", (text[intro.start : taken[-1].end],), lead)]


def _is_cell_row(unit: Unit, text: str) -> bool:
    words = unit.of(text)
    return unit.kind == "row" and (words.startswith("|") or "\t" in words)


def _rows(question: str, passage: EvidencePassage, table: Sequence[Unit]) -> list[Piece]:
    return [Piece(*row) for row in row_pieces(question, passage, table)]


def _answers(text: str, least: int) -> bool:
    if text.endswith(("?", ":")) or len(content_words(text)) < least or len(text.split()) <= least:
        return False
    return text.endswith((".", "!", "…", ")", "”", '"')) or len(text.split()) >= MIN_LABEL_WORDS
