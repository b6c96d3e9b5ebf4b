"""Filters that a question states in its own words: a version, a product, a date that documents carry."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.registry.registry import Registry
from app.registry.schema import facts, readers
from app.retrieval.scope import make_scope

_TOKEN = re.compile(r"\w+(?:[.\-]\w+)*")
_MOST_WORDS = 6
_MOST_VALUES = 10_000
"""Values of the keys that are looked for; with more, a name is likelier chance than meaning."""

_SAID = {"version": {"version", "versions", "v", "release"}}
"""Words that announce a value of a key, beside the key itself."""


class QuestionFilters:
    """Finds values of metadata in a question, among the documents that the asker may read.

    A value counts where it stands in the question whole, word for word. One without two letters in a row
    (2.4, 3, R2) must follow its key ("version 2.4", "v2.4"): numbers stand in questions for many reasons. A
    date must be written as the documents write it. Safe for threads.
    """

    def __init__(self, registry: Registry, keys: Sequence[str]) -> None:
        self._registry = registry
        self._keys = tuple(keys)
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, tuple[str, ...]], dict[str, set[tuple[str, str]]]] | None = None

    def __call__(self, question: str, groups: Iterable[str]) -> dict[str, list[str]]:
        """Filters by key, as a caller could have stated them; empty where the question names none."""
        if not self._keys:
            return {}
        values = self._values(make_scope(groups).readers)
        words = [token.group() for token in _TOKEN.finditer(question.casefold())]
        found: dict[str, set[str]] = {}
        for first in range(len(words)):
            for last in range(first + 1, min(first + _MOST_WORDS, len(words)) + 1):
                name = " ".join(words[first:last])
                before = words[first - 1] if first else ""
                for key, value in values.get(name, ()):
                    if _plain(name) or before in _SAID.get(key, set()) | {key.casefold()}:
                        found.setdefault(key, set()).add(value)
            # "v2.4" in one word
            if (joined := re.fullmatch(r"v(\d.*)", words[first])) is not None:
                for key, value in values.get(joined.group(1), ()):
                    if key == "version":
                        found.setdefault(key, set()).add(value)
        return {key: sorted(found[key]) for key in sorted(found)}

    def _values(self, allowed: tuple[str, ...]) -> dict[str, set[tuple[str, str]]]:
        """(key, value) by the value's words."""
        moment = (self._registry.generation(), allowed)
        with self._lock:
            if self._known is not None and self._known[0] == moment:
                return self._known[1]
        query = (
            select(facts.c.key, facts.c.value)
            .join(readers, readers.c.doc_id == facts.c.doc_id)
            .where(facts.c.key.in_(self._keys), readers.c.reader.in_(allowed))
            .distinct()
            .limit(_MOST_VALUES + 1)
        )
        with self._registry.engine.connect() as connection:
            rows = connection.execute(query).all()
        values: dict[str, set[tuple[str, str]]] = {}
        for row in rows if len(rows) <= _MOST_VALUES else []:
            name = " ".join(token.group() for token in _TOKEN.finditer(row.value.casefold()))
            if name and name != "none":
                values.setdefault(name, set()).add((row.key, row.value))
        with self._lock:
            self._known = (moment, values)
        return values


def _plain(name: str) -> bool:
    """Whether the value means something by itself: a word, or a whole date."""
    return re.search(r"[^\W\d_]{2}", name) is not None or re.fullmatch(r"\d{4}-\d\d-\d\d", name) is not None
