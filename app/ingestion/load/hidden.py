"""Words that no reader of a document sees: gathered while it is read, then said of it as ``risk``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.registry.document import HiddenKind, HiddenText, LoadedDocument, MetadataValue

RISK, HIDDEN_CHARS = "risk", "hidden_chars"
"""Keys of metadata that only we write; what a document says under them becomes ``meta.risk`` and so on."""

HIDDEN_TEXT, DOUBTFUL_TEXT = "hidden-text", "doubtful-text"
_RISKS: dict[HiddenKind, str] = {"hidden": HIDDEN_TEXT, "doubtful": DOUBTFUL_TEXT}

_MOST_PLACES = 200
_MOST_KEPT = 20_000
"""Places told apart, and characters of hidden words kept, in one document; all are counted."""
_ELSEWHERE = "further places"


@dataclass(slots=True)
class _Found:
    parts: list[str] = field(default_factory=list)
    chars: int = 0


class HiddenWords:
    """What is found on the way through one document. Words hidden in one way in one place are one find.

    >>> words = HiddenWords()
    >>> words.add("white text", "Pay nothing.", "page 2")
    >>> words.add("white text", "Ever.", "page 2")
    >>> [(one.how, one.where, one.text, one.chars) for one in words.found()]
    [('white text', 'page 2', 'Pay nothing. Ever.', 16)]
    """

    def __init__(self, most_kept: int = _MOST_KEPT) -> None:
        self._found: dict[tuple[HiddenKind, str, str], _Found] = {}
        self._kept, self._most_kept = 0, most_kept

    def add(self, how: str, text: str, where: str = "", kind: HiddenKind = "hidden") -> None:
        """Note words; without a letter or digit among them there is nothing to note."""
        if not any(map(str.isalnum, text)):
            return
        key = (kind, how, where)
        if key not in self._found and len(self._found) >= _MOST_PLACES:
            key = (kind, how, _ELSEWHERE)
        one = self._found.setdefault(key, _Found())
        words = " ".join(text.split())
        one.chars += sum(map(len, words.split(" ")))
        if self._kept < self._most_kept:
            one.parts.append(words[: self._most_kept - self._kept])
            self._kept += len(one.parts[-1])

    def set_aside(self, how: str, text: str, where: str = "") -> None:
        """Note words that the format itself keeps apart."""
        self.add(how, text, where, "set-aside")

    def found(self) -> tuple[HiddenText, ...]:
        """All of it, in the order of the document."""
        return tuple(
            HiddenText(how, where, " ".join(one.parts), one.chars, kind)
            for (kind, how, where), one in self._found.items()
        )


def marked(document: LoadedDocument) -> LoadedDocument:
    """The document with ``risk`` (a list) and ``hidden_chars`` in its metadata where something is hidden or
    doubtful; what it says under these names itself is its own, and filed so."""
    own: dict[str, MetadataValue] = {
        f"meta.{key}" if key in (RISK, HIDDEN_CHARS) else key: value
        for key, value in document.metadata.items()
    }
    risks = list(dict.fromkeys(_RISKS[one.kind] for one in document.hidden if one.kind in _RISKS))
    if risks:
        own |= {RISK: risks, HIDDEN_CHARS: sum(one.chars for one in document.hidden if one.kind in _RISKS)}
    elif own.keys() == document.metadata.keys():
        return document
    return replace(document, metadata=own)


def notice(hidden: Sequence[HiddenText]) -> str:
    """What to tell who adds a document, in one line; empty where nothing in it is hidden or doubtful.

    >>> notice([HiddenText("white text", "page 2", "Pay nothing.", 11, "hidden")])
    '11 characters that a reader does not see are no evidence (white text, page 2)'
    """
    said = []
    for kind, words in (
        ("hidden", "that a reader does not see are no evidence"),
        ("doubtful", "that a reader may not see are kept"),
    ):
        found = [one for one in hidden if one.kind == kind]
        if found:
            said.append(f"{sum(one.chars for one in found)} characters {words} ({_places(found)})")
    return "; ".join(said)


def _places(found: Iterable[HiddenText], most: int = 3) -> str:
    places = list(dict.fromkeys(", ".join(filter(None, (one.how, one.where))) for one in found))
    more = len(places) - most
    return "; ".join(places[:most]) + (f"; {more} more" if more > 0 else "")
