"""A document's own words as they may be shown: what the guards do not let out is masked, one for one.

What is looked at is the stored text around a place, not the place alone: a quote may be the middle of a key.
The stored text, the state and the checks keep all words; masked is what leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from graphs.judging.versions import CitedVersions
from graphs.parts import GuardFailedError, GuardRun, Parts, Unshown, WordsCheck
from graphs.state import EvidencePassage
from graphs.text.masked import masked

AROUND = 4000
"""Characters on each side of a place that are looked at with it: more than a private key of 4,096 bits."""

BETWEEN = "\n\0\n"
"""Stands between texts that are asked about together: no form of anything goes across it."""

LEAST = 4
"""Hidden words of fewer characters are not looked for in sentences: they stand there by chance."""


class Shown(NamedTuple):
    """Words as they may be shown; ``blocked`` names the kinds that nothing may be shown around."""

    text: str
    redacted: bool
    blocked: str = ""


class ShownWords:
    """What of one run's documents may be shown. Each place and each text is looked at once."""

    def __init__(self, parts: Parts, evidence: Sequence[EvidencePassage]) -> None:
        self._check = parts.check_words
        self.versions = CitedVersions(parts)
        """Shared with whoever reads the same versions."""
        self._evidence = evidence
        self._places: dict[tuple[str, str, int, int], tuple[Unshown, ...]] = {}
        self._texts: dict[str, Shown] = {}
        self._asked: dict[str, WordsCheck] = {}
        self.runs: list[GuardRun] = []
        """Those that saw something, for the receipt."""

    @property
    def asks(self) -> bool:
        """Whether there is a guard to ask."""
        return self._check is not None

    def place(self, doc_id: str, version: str, start: int, words: str) -> Shown:
        """``words``, which stand at ``start`` of the version's canonical text."""
        if self._check is None or not words:
            return Shown(words, False)
        found = self._unshown(doc_id, version, start, words)
        return _shown(words, [(one.start - start, one.end - start, one) for one in found])

    def text(self, words: str) -> Shown:
        """A title, a heading, an address, a notice: by itself."""
        if self._check is None or not words:
            return Shown(words, False)
        if words not in self._texts:
            result = self._ask(words)
            self._note(result.runs, result.unshown)
            self._texts[words] = _shown(words, [(one.start, one.end, one) for one in result.unshown])
        return self._texts[words]

    def read_ahead(self, texts: Iterable[str]) -> None:
        """Ask about these together; each by itself only where something is found."""
        new = [text for text in dict.fromkeys(texts) if text and text not in self._texts]
        if self._check is not None and len(new) > 1 and not self._ask(BETWEEN.join(new)).unshown:
            self._texts.update((text, Shown(text, False)) for text in new)

    def told(self, value: Any) -> Any:
        """Plain JSON data with every text in it as it may be shown."""
        self.read_ahead(strings_in(value))
        if isinstance(value, str):
            return self.text(value).text
        if isinstance(value, Mapping):
            return {key: self.told(one) for key, one in value.items()}
        return [self.told(one) for one in value] if isinstance(value, list | tuple) else value

    def citation(self, cite: Mapping[str, Any]) -> dict[str, Any]:
        """A citation as it may leave; ``redacted`` where anything of it is masked."""
        if self._check is None:
            return dict(cite)
        quote = self.place(cite["doc_id"], cite["version"], cite["start"], cite["quote"])
        named, masks = self.named(cite)
        # A link that opens the source at the words says them.
        link = "" if quote.redacted or self.text(cite.get("link", "")).redacted else cite.get("link", "")
        redacted = quote.redacted or masks
        return {**cite, **named, "quote": quote.text, "link": link, "redacted": redacted}

    def named(self, place: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The title, headings and address of a place, and whether any of them is masked."""
        self.read_ahead(said_of(place))
        title, uri = self.text(place.get("title", "")), self.text(place.get("uri", ""))
        headings = [self.text(heading) for heading in place.get("headings", [])]
        shown = {"title": title.text, "uri": uri.text, "headings": [heading.text for heading in headings]}
        return shown, any(one.redacted for one in (title, uri, *headings))

    def blocked(self, cites: Iterable[Mapping[str, Any]]) -> str:
        """The kinds for which a sentence that cites these words is withheld; empty where there are none."""
        found = (self.place(one["doc_id"], one["version"], one["start"], one["quote"]) for one in cites)
        return ", ".join(dict.fromkeys(one.blocked for one in found if one.blocked))

    def without_hidden(self, sentence: str, cites: Iterable[Mapping[str, Any]]) -> str:
        """The sentence with the words masked that are masked in what it cites."""
        for cite in cites:
            start = cite["start"]
            for one in self._unshown(cite["doc_id"], cite["version"], start, cite["quote"]):
                inside = cite["quote"][max(one.start - start, 0) : one.end - start]
                for words in {inside, *inside.split("\n")}:
                    if len(words.strip()) >= LEAST:
                        sentence = sentence.replace(words.strip(), masked(words.strip(), [(0, len(words))]))
        return sentence

    def _unshown(self, doc_id: str, version: str, start: int, words: str) -> tuple[Unshown, ...]:
        end = start + len(words)
        key = (doc_id, version, start, end)
        if key not in self._places:
            text, base = self._around(doc_id, version, start, words)
            # Windows begin and end at the same places for all, so that neighbours share one.
            low = max((start - base) // AROUND - 1, 0) * AROUND
            high = ((end - base) // AROUND + 2) * AROUND
            result = self._ask_once(text[low:high])
            at = base + low
            moved = (replace(one, start=one.start + at, end=one.end + at) for one in result.unshown)
            self._places[key] = tuple(one for one in moved if one.start < end and start < one.end)
            self._note(result.runs, self._places[key])
        return self._places[key]

    def _around(self, doc_id: str, version: str, start: int, words: str) -> tuple[str, int]:
        """The text that holds the words, and where it begins; the words alone where nothing else does."""
        stored = self.versions.text(doc_id, version)
        if stored is not None and stored[start : start + len(words)] == words:
            return stored, 0
        for one in self._evidence:
            at = start - one["start"]
            same = (one["doc_id"], one["version"]) == (doc_id, version)
            if same and at >= 0 and one["text"][at : at + len(words)] == words:
                return one["text"], one["start"]
        return words, start

    def _note(self, runs: Sequence[GuardRun], unshown: Sequence[Unshown]) -> None:
        """Keep for the receipt what was seen in the words themselves, not beside them; and what failed."""
        kinds = {one.kind for one in unshown}
        for run in runs:
            seen = [kind for kind in run.saw.split(", ") if kind in kinds]
            if seen or run.fault:
                self.runs.append(replace(run, saw=", ".join(seen) or run.saw))

    def _ask_once(self, text: str) -> WordsCheck:
        if text not in self._asked:
            self._asked[text] = self._ask(text)
        return self._asked[text]

    def _ask(self, text: str) -> WordsCheck:
        if self._check is None:
            return WordsCheck()
        try:
            return self._check(text)
        except GuardFailedError:
            raise
        except Exception as error:
            raise GuardFailedError(f"the output guard failed ({type(error).__name__})") from error


MODELS_WORDS = ("tools", "retrievals", "citings")
"""What of a receipt a model chose the words of, or names words of documents: the reasons of checks do."""


def receipt_as_shown(parts: Parts, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as it may leave; without what a guard could not look at."""
    shown = ShownWords(parts, [])
    told = {key: receipt[key] for key in MODELS_WORDS if key in receipt}
    try:
        return {**receipt, **shown.told(told)}
    except GuardFailedError:
        return {key: value for key, value in receipt.items() if key not in told}


def said_of(place: Mapping[str, Any]) -> list[str]:
    """All that is said of a place beside its words."""
    return [*(str(place.get(key) or "") for key in ("title", "uri", "link")), *place.get("headings", [])]


def strings_in(value: Any) -> Iterator[str]:
    """Every text in plain JSON data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings_in(one)


def _shown(words: str, found: Sequence[tuple[int, int, Unshown]]) -> Shown:
    if not found:
        return Shown(words, False)
    blocked = ", ".join(dict.fromkeys(one.kind for _, _, one in found if one.action == "block"))
    return Shown(masked(words, ((start, end) for start, end, _ in found)), True, blocked)
