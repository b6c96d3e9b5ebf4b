"""What of a passage could be a sentence of an answer: sentences, rows, lists with what introduces them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.extractive.readable import readable
from app.extractive.table_rows import asked_of_record, row_pieces
from graphs.state import EvidencePassage
from graphs.text.roots import content_roots
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
            found += _introduced(question, text, unit, all_units[index + 1 :])
        elif unit.kind in ("heading", "code") or clean in above or not _answers(clean, 1):
            continue
        else:
            shown = asked_of_record(question, clean) if unit.kind == "row" else clean
            short = not _answers(clean, MIN_WORDS)
            found.append(Piece(unit.start, shown, (unit.of(text),), clean, short))
    return found + _rows(question, passage, table)


def _introduced(question: str, text: str, intro: Unit, following: Sequence[Unit]) -> list[Piece]:
    """A sentence that ends in a colon together with the list or the short code it introduces.

    It is compared by the sentence: the list says much else besides. An item that says too little alone, and
    has a word of the question, is a piece of its own with that sentence: "Covered are: riding lessons."
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
    lead = readable(intro.of(text))
    asked = set(content_roots(question)) - set(content_roots(lead))
    single = [
        Piece(unit.start, f"{lead} {item}.", (intro.of(text), unit.of(text)), f"{lead} {item}.")
        for unit, item in zip(taken, items, strict=True)
        if kind == "item" and asked & set(content_roots(item)) and not _answers(readable(unit.of(text)), 1)
    ]
    if sum(len(item.split()) for item in items) < max(MIN_ITEM_WORDS * len(items), 1):
        return single
    shown = f"`{' '.join(taken[0].of(text).split())}`" if kind == "code" else f"{'; '.join(items)}."
    return [Piece(intro.start, f"{lead} {shown}", (text[intro.start : taken[-1].end],), lead), *single]


def _is_cell_row(unit: Unit, text: str) -> bool:
    words = unit.of(text)
    return unit.kind == "row" and (words.startswith("|") or "\t" in words)


def _rows(question: str, passage: EvidencePassage, table: Sequence[Unit]) -> list[Piece]:
    return [Piece(*row) for row in row_pieces(question, passage, table)]


def _answers(text: str, least: int) -> bool:
    if text.endswith(("?", ":")) or len(content_words(text)) < least or len(text.split()) <= least:
        return False
    return text.endswith((".", "!", "…", ")", "”", '"')) or len(text.split()) >= MIN_LABEL_WORDS
