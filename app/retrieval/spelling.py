"""Words of a question that no document has: what they were likely meant to be, or that they are not there."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select

from app.registry.registry import Registry
from app.registry.schema import documents, passages
from app.retrieval.scope import Scope, document_conditions, make_scope
from app.retrieval.word_index import WordIndex
from graphs.citing.language import is_known
from graphs.parts import Spelling
from graphs.text.words import STOP_WORDS

LEAST_LETTERS = 5
"""Shorter words have too many neighbours: one edit turns "lamp" into "camp"."""

MOST_WORDS = 5
"""Unknown words of one question that are looked up; with more it is about something else."""

LOOKED_AT = 20
"""Passages in which the word that was meant is looked for."""

LONGEST_NAME = 40
"""Characters of a name: what is longer is a key, an address or a number, nothing that people ask about."""

_TIED_BEFORE = re.compile(r"(?<![\w-])(?:\w+-)+$")
_TIED_AFTER = re.compile(r"(?:-\w+)+")
_WORD = re.compile(r"[^\W\d_]+")
_CODED = r"[^\W_]+(?:_[^\W_]+)+|(?=[^\W_]*\d)[^\W\d_][^\W_]+|[^\W\d_]*[a-z][A-Z]\w*"
_NAME = re.compile(rf"(?<!\w)(?:(?P<coded>{_CODED})|(?<=[^.?!:\s] )[A-Z][^\W\d_]{{2,}})")
"""A name in code, letters with digits, capitals inside a word or a sentence; "40P01" has no "P01" in it."""


def _of_file(match: re.Match[str]) -> bool:
    """Whether a suffix follows: files are found by their names, which their texts need not have."""
    return re.match(r"\.[^\W_]{1,5}\b", match.string[match.end() :]) is not None


def _whole(match: re.Match[str]) -> str:
    """The name with what hyphens tie to it: a part of a key would no longer be known as one, and redacted."""
    text, start, end = match.string, match.start(), match.end()
    before, after = (
        _TIED_BEFORE.search(text, max(0, start - LONGEST_NAME), start),
        _TIED_AFTER.match(text, end),
    )
    return text[before.start() if before else start : after.end() if after else end]


class Speller:
    """Reads questions by the words of the documents that the asker may read. Safe for threads."""

    def __init__(
        self, registry: Registry, lexical: WordIndex, missing: Callable[[], str] = lambda: ""
    ) -> None:
        """``missing``: what of the index is, in one line; empty where nothing is."""
        self._registry = registry
        self._missing = missing
        self._lexical = lexical

    def __call__(self, question: str, groups: Iterable[str]) -> Spelling:
        """The question with each word that no document has replaced by one that is an edit away.

        A name none of whose spellings is there is told as absent.
        """
        # Of an index that has not all words nothing can be said to be absent.
        if self._missing() or not self._lexical.count():
            return Spelling(question)
        scope = make_scope(groups)
        told = [
            word
            for word in dict.fromkeys(_WORD.findall(question))
            if len(word) >= LEAST_LETTERS and word.lower() not in STOP_WORDS
        ]
        # By what the asker may read: that others have a word is told to nobody.
        unknown = [word for word in told if self._lexical.lacks(word, scope)]
        changes: dict[str, str] = {}
        if len(unknown) <= MOST_WORDS:
            changes = {word: meant for word in unknown if (meant := self._meant(word, scope))}
        spelled = _WORD.sub(lambda match: changes.get(match.group(), match.group()), question)
        named = {_whole(match): match for match in _NAME.finditer(spelled) if not _of_file(match)}
        lacking = [name for name in named if len(name) <= LONGEST_NAME and self._lexical.lacks(name, scope)]
        # In German every noun has a capital: there, and where it is not known, only codes are names.
        absent = [name for name in lacking if named[name]["coded"] or is_known(question)]
        return Spelling(spelled, changes, tuple(absent))

    def _meant(self, word: str, scope: Scope) -> str:
        """The commonest word one edit away in the passages that have such; empty where there is none."""
        wanted = word.lower()
        counted = Counter(
            other
            for text in self._texts(self._lexical.like(wanted, LOOKED_AT, scope), scope)
            for other in map(str.lower, _WORD.findall(text))
            if other[0] == wanted[0] and abs(len(other) - len(wanted)) <= 1
        )
        # One letter of n changed, or two that stand side by side exchanged: n - 1 of n match.
        near = difflib.get_close_matches(wanted, counted, n=5, cutoff=1 - 1 / len(wanted) - 1e-9)
        return max(near, key=lambda other: counted[other], default="")

    def _texts(self, passage_ids: Sequence[str], scope: Scope) -> list[str]:
        query = (
            select(passages.c.text)
            .join(documents, documents.c.doc_id == passages.c.doc_id)
            .where(passages.c.passage_id.in_(passage_ids), *document_conditions(scope))
        )
        with self._registry.engine.connect() as connection:
            return list(connection.scalars(query))
