"""Made-up documents and edits of them, of which it is known what became of every sentence."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

SECTIONS = 5
PARAGRAPHS = 2
SENTENCES = 4
STOCK = "Ask the desk before you do anything else, and keep the form."
"""Stands in every second section of every document: only its neighbours tell one from another."""

_THINGS = """
    anchor apron barrel basket beacon bellows bobbin bracket buoy candle canvas capstan chisel cistern clamp
    compass crate derrick ferry flagon forge funnel gasket gauge girder grapnel hammer hatch hinge hoist
    kettle ladder lantern lathe ledger lever locker loom mallet mast needle oilskin paddle pallet pennant
    pulley quay rafter rivet rudder saddle sextant shackle shovel sluice spindle tarpaulin tiller trolley
    turbine valve wedge winch windlass
""".split()
_WAYS = """
    checked cleaned collected counted covered emptied exchanged greased inspected labelled lifted listed
    locked measured moved oiled ordered painted recorded repaired replaced returned sealed sorted stored
    tested tightened washed weighed wrapped
""".split()
_PLACES = "attic boathouse cellar depot drydock hangar kiln loft mill office shed stable vault wharf".split()
_WHEN = "in spring,in autumn,before the tide,after the fair,at noon,by candlelight,in the first week".split(
    ","
)

_FORMS = (
    "Every {thing} of the {place} is {way} {when} by {number} people.",
    "The {place} keeps {number} {thing}s, and each of them is {way} {when}.",
    "A {thing} that weighs more than {number} kilograms must be {way} in the {place} {when}.",
    "Within {number} days the {thing} is {way} and brought to the {place} {when}.",
    "Nobody but the keeper of the {place} may have a {thing} {way} {when}, {number} euros a time.",
)


@dataclass(frozen=True, slots=True)
class CorpusSentence:
    """A sentence that keeps its ``name`` whatever becomes of its words."""

    name: int
    text: str


Paragraph = tuple[CorpusSentence, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """``path`` is relative to the folder that is indexed; ``wrapped`` sets lines of about 60 characters."""

    path: str
    title: str
    sections: tuple[Section, ...]
    wrapped: bool = False

    def rendered(self) -> tuple[str, dict[int, tuple[int, int]]]:
        """The Markdown text, and where in it each sentence stands."""
        text = f"# {self.title}\n"
        places: dict[int, tuple[int, int]] = {}
        for section in self.sections:
            text += f"\n## {section.title}\n"
            for paragraph in section.paragraphs:
                text += "\n"
                for position, sentence in enumerate(paragraph):
                    text += " " if position else ""
                    places[sentence.name] = (len(text), len(text) + len(sentence.text))
                    text += sentence.text
                text += "\n"
        return (_wrapped(text) if self.wrapped else text), places


def _wrapped(text: str) -> str:
    """Line ends in the place of some spaces, so that offsets stay."""
    lines: list[str] = []
    for line in text.split("\n"):
        while len(line) > 60 and not line.startswith("#") and (cut := line.rfind(" ", 0, 60)) > 0:
            lines.append(line[:cut])
            line = line[cut + 1 :]
        lines.append(line)
    return "\n".join(lines)


def make_documents(number: int, rng: random.Random) -> list[Document]:
    """Documents of some 2,000 characters; every sentence but the stock one stands in one place only."""
    names, seen = count(), {STOCK}

    def sentence() -> CorpusSentence:
        while (text := new_sentence(rng)) in seen:
            pass
        seen.add(text)
        return CorpusSentence(next(names), text)

    def section(position: int) -> Section:
        paragraphs = [[sentence() for _ in range(SENTENCES)] for _ in range(PARAGRAPHS)]
        if position % 2 == 0:
            paragraphs[-1].insert(2, CorpusSentence(next(names), STOCK))
        title = f"{rng.choice(_WAYS).title()} in the {rng.choice(_PLACES)}"
        return Section(title, tuple(tuple(paragraph) for paragraph in paragraphs))

    return [
        Document(
            f"rules-{place:04}.md",
            f"Rules of the {rng.choice(_PLACES)}, part {place}",
            tuple(section(position) for position in range(SECTIONS)),
        )
        for place in range(number)
    ]


def new_sentence(rng: random.Random) -> str:
    return rng.choice(_FORMS).format(
        thing=rng.choice(_THINGS),
        place=rng.choice(_PLACES),
        way=rng.choice(_WAYS),
        when=rng.choice(_WHEN),
        number=rng.randint(2, 999),
    )


@dataclass
class Edit:
    """What an edit did: the document now (None: deleted), and the sentences whose words are others now."""

    document: Document | None
    reworded: set[int] = field(default_factory=set)


Editor = Callable[[Document, Sequence[int], random.Random], Edit]
"""(document, names of its cited sentences, random numbers) -> what became of it."""


def _text_before(document: Document, _cited: Sequence[int], rng: random.Random) -> Edit:
    new = Section(
        "What is new", ((CorpusSentence(-1, new_sentence(rng)), CorpusSentence(-2, new_sentence(rng))),)
    )
    return Edit(replace(document, sections=(new, *document.sections)))


def _text_after(document: Document, _cited: Sequence[int], rng: random.Random) -> Edit:
    new = Section("What is new", ((CorpusSentence(-1, new_sentence(rng)),),))
    return Edit(replace(document, sections=(*document.sections, new)))


def _white_space(document: Document, _cited: Sequence[int], _rng: random.Random) -> Edit:
    return Edit(replace(document, wrapped=True))


def _paragraph_moved(document: Document, cited: Sequence[int], rng: random.Random) -> Edit:
    """The paragraph of a cited sentence goes to the end of another section."""
    wanted = rng.choice(_unique(document, cited) or [document.sections[0].paragraphs[0][0].name])
    (source, moved), *_ = [
        (place, paragraph)
        for place, section in enumerate(document.sections)
        for paragraph in section.paragraphs
        if any(sentence.name == wanted for sentence in paragraph)
    ]
    target = rng.choice([place for place in range(len(document.sections)) if place != source])
    sections = [
        replace(section, paragraphs=tuple(one for one in section.paragraphs if one != moved))
        for section in document.sections
    ]
    sections[target] = replace(sections[target], paragraphs=(*sections[target].paragraphs, moved))
    return Edit(replace(document, sections=tuple(sections)))


def _sections_reversed(document: Document, _cited: Sequence[int], _rng: random.Random) -> Edit:
    return Edit(replace(document, sections=document.sections[::-1]))


def _words_repeated(document: Document, cited: Sequence[int], _rng: random.Random) -> Edit:
    """A summary at the top repeats every cited sentence, and so does one at the end."""
    texts = {one.name: one.text for section in document.sections for p in section.paragraphs for one in p}
    copies = tuple((CorpusSentence(-1 - place, texts[name]),) for place, name in enumerate(cited))
    again = tuple((CorpusSentence(-1001 - place, texts[name]),) for place, name in enumerate(cited))
    sections = (Section("In short", copies), *document.sections, Section("Once more", again))
    return Edit(replace(document, sections=sections))


def _reworded(document: Document, cited: Sequence[int], rng: random.Random) -> Edit:
    """One cited sentence says another number, or has its thing exchanged."""
    chosen = set(_unique(document, cited)[:1])
    return Edit(_changed(document, chosen, lambda one: _other_words(one, rng)), chosen)


def _all_reworded(document: Document, _cited: Sequence[int], rng: random.Random) -> Edit:
    chosen = {one.name for section in document.sections for p in section.paragraphs for one in p}
    return Edit(_changed(document, chosen, lambda _: new_sentence(rng)), chosen)


def _sentence_deleted(document: Document, cited: Sequence[int], _rng: random.Random) -> Edit:
    chosen = set(_unique(document, cited)[:1])
    return Edit(_changed(document, chosen, lambda _: None), chosen)


def _deleted(_document: Document, _cited: Sequence[int], _rng: random.Random) -> Edit:
    return Edit(None)


def _renamed(document: Document, _cited: Sequence[int], _rng: random.Random) -> Edit:
    return Edit(replace(document, path=document.path.replace("rules", "orders")))


EDITS: Mapping[str, tuple[int, Editor]] = {
    "text put before": (15, _text_before),
    "text added at the end": (10, _text_after),
    "line breaks only": (15, _white_space),
    "a paragraph moved to another section": (15, _paragraph_moved),
    "sections in another order": (10, _sections_reversed),
    "the cited words repeated above and below": (10, _words_repeated),
    "a cited sentence reworded": (15, _reworded),
    "a cited sentence deleted": (10, _sentence_deleted),
    "everything reworded": (5, _all_reworded),
    "document deleted": (10, _deleted),
    "document renamed": (10, _renamed),
}
"""How many of 125 changed documents get which edit."""


def _unique(document: Document, cited: Sequence[int]) -> list[int]:
    texts = {one.name: one.text for section in document.sections for p in section.paragraphs for one in p}
    return [name for name in cited if texts[name] != STOCK]


def _changed(document: Document, chosen: set[int], new: Callable[[str], str | None]) -> Document:
    def paragraph(old: Paragraph) -> Paragraph:
        kept = [
            replace(one, text=text) if one.name in chosen else one
            for one in old
            if (text := new(one.text) if one.name in chosen else one.text) is not None
        ]
        return tuple(kept)

    return replace(
        document,
        sections=tuple(
            replace(section, paragraphs=tuple(paragraph(old) for old in section.paragraphs))
            for section in document.sections
        ),
    )


def _other_words(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    numbers = [place for place, word in enumerate(words) if word.isdigit()]
    place = rng.choice(numbers)
    words[place] = str(int(words[place]) + rng.randint(1, 50))
    if rng.random() < 0.5:
        words = ["duly " + word if word in _WAYS else word for word in words]
    return " ".join(words)
