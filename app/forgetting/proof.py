"""The proof that words are gone: every file of the data folder is searched for them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.forgetting.askers_words import AskersWords
from app.forgetting.home_contents import home_files, is_sqlite, raw_pieces, values
from app.forgetting.index_terms import words_in_index
from app.forgetting.needles import Needles
from app.retrieval.panics import is_panic
from app.storage.sqlite import sqlite_file

_MOST_SHOWN = 3
"""Places named of one word in one file."""


@dataclass(frozen=True, slots=True)
class WordLeft:
    """A word that is still there. ``file`` is relative to the data folder; ``why`` it may stay, if it may."""

    word: str
    file: str
    place: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a search found: ``left`` must not be there, ``stays`` is there with a reason.

    ``unread``: files that could not be read as what they are; their bytes were searched.
    """

    words: int
    files: int
    size: int
    left: Sequence[WordLeft] = ()
    stays: Sequence[WordLeft] = ()
    unread: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is left that must not be."""
        return not self.left


THEIRS = "a person's own words or name"


def prove(home: Path, tenant: str, words: Iterable[str], passed_over: Collection[Path] = ()) -> Proof:
    """Search every file below ``home``, but those of other tenants, for ``words``.

    Each file as bytes (UTF-8, UTF-16, JSON's escapes, either case) and unpacked where it is packed; SQLite
    files value by value too, and the index of words term by term. ``passed_over``: files about to go.
    """
    needles = Needles(words)
    left: list[WordLeft] = []
    stays: list[WordLeft] = []
    unread: list[str] = []
    count = size = 0
    for path in home_files(home, tenant):
        if path in passed_over:
            continue
        if is_sqlite(path):
            _empty_log(path)
        name = path.relative_to(home).as_posix()
        try:
            size += path.stat().st_size
            _search(path, name, needles, left, stays, unread)
        except FileNotFoundError:  # a log that was just emptied
            continue
        count += 1
        if name.endswith("words/meta.json"):
            try:
                folder = name.removesuffix("/meta.json")
                for word, field in words_in_index(path.parent, needles):
                    left.append(WordLeft(word, folder, f"terms of {field}"))
            except BaseException as error:
                if not isinstance(error, Exception) and not is_panic(error):
                    raise
                unread.append(name)
    return Proof(len(needles.words), count, size, left, stays, unread)


def _search(
    path: Path,
    name: str,
    needles: Needles,
    left: list[WordLeft],
    stays: list[WordLeft],
    unread: list[str],
) -> None:
    allowed: Counter[str] = Counter()
    told: set[str] = set()
    if is_sqlite(path):
        try:
            allowed, told = _search_values(path, name, needles, left, stays)
        except sqlite3.Error:
            unread.append(name)
    # Pieces overlap, so by place and not by count.
    raw: dict[str, set[int | str]] = {}
    for piece in raw_pieces(path, max(needles.longest - 1, 0)):
        for word, offset in needles.find(piece.data):
            raw.setdefault(word, set()).add(piece.place or piece.start + offset)
    for word, seen in raw.items():
        # More often than the values that may hold it: in free pages, or packed.
        if len(seen) > allowed[word] and word not in told:
            at = min(map(str, seen), key=len)
            left.append(WordLeft(word, name, f"byte {at}" if at.isdecimal() else at))


def _search_values(
    path: Path, name: str, needles: Needles, left: list[WordLeft], stays: list[WordLeft]
) -> tuple[Counter[str], set[str]]:
    """Search the values of a SQLite file; how often each word may be in its bytes, and which may not be."""
    theirs: AskersWords | None = None
    allowed: Counter[str] = Counter()
    told: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for piece in values(path):
        found = Counter(one.word for one in needles.find(piece.data))
        if not found:
            continue
        theirs = theirs or AskersWords(path)
        rest = Counter(one.word for one in needles.find(theirs.rest(piece.table, piece.column, piece.data)))
        for word, times in found.items():
            if rest[word]:
                told[word] += 1
                if told[word] <= _MOST_SHOWN:
                    left.append(WordLeft(word, name, piece.place))
            else:
                allowed[word] += times
                kept[word] += 1
                if kept[word] == 1:
                    stays.append(WordLeft(word, name, piece.place, THEIRS))
    return allowed, set(told)


def _empty_log(path: Path) -> None:
    """Bring what a write-ahead log holds into its file, where nobody else reads it just now."""
    if path.with_name(path.name + "-wal").exists():
        with suppress(sqlite3.Error), sqlite_file(path, 5) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
