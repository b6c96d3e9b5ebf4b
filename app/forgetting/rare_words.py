"""Words that tell a text apart: those of it that nothing else here has."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import closing, suppress
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import regex

from app.forgetting.needles import Needles

LEAST_BYTES = 6
"""A word of fewer bytes may stand among numbers by chance: some three times in 100 MB for a thousand words of
five letters in either case, once in 5 GB for six (256 to the power of -n, by the number of places)."""

_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
"""As the index of words cuts them."""

_LIBRARIES = ("langchain_core.messages", "langgraph.checkpoint", "chromadb.migrations", "chromadb.api")
"""Whose names of fields and classes stand in our files."""


def words_of(text: str) -> set[str]:
    """The words of a text in lower case, without those too short to be searched for.

    >>> sorted(words_of("The WORDS of two TABLES"))
    ['tables']
    """
    found = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    return {word for word in found if len(word.encode("utf-8", "replace")) >= LEAST_BYTES}


def not_inside(words: Set[str], others: Iterable[str]) -> set[str]:
    """Those of the words that are in none of the texts, not even inside a longer word."""
    left = set(words)
    needles = Needles(left)
    for some in _batched(others, 200):
        left -= needles.in_text("\0".join(some))
    return left


def rare_words(
    own: Iterable[str], others: Callable[[], Iterable[str]], files: Iterable[Path] = ()
) -> set[str]:
    """Words of the texts ``own`` that are in none of ``others``, and in no name that programs write.

    ``files``: SQLite files, whose definitions of tables are such names too.
    """
    found: set[str] = set()
    for text in own:
        found |= words_of(text)
    for text in others():
        found -= words_of(text)
    found = not_inside(found, others())
    # Inside longer words too, as they will be looked for.
    found -= Needles(found).in_text("\0".join(program_texts()))
    for file in files:
        found -= Needles(found).in_text(_defined(file))
    return found


@cache
def program_texts() -> tuple[str, ...]:
    """Our own source, and that of libraries that write beside us: words in it are no proof of anything."""
    here = Path(__file__).resolve().parents[2]
    folders = [here / name for name in ("app", "graphs", "tools", "prompts")]
    for name in _LIBRARIES:
        with suppress(ImportError):
            spec = find_spec(name)
            folders += map(Path, (spec.submodule_search_locations or ()) if spec else ())
    return tuple(path.read_text("utf-8", "replace") for path in _sources(folders))


def _batched(texts: Iterable[str], size: int) -> Iterator[list[str]]:
    given = iter(texts)
    while some := list(islice(given, size)):
        yield some


def _sources(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for suffix in ("*.py", "*.sql", "*.toml", "*.md"):
            yield from folder.rglob(suffix)


def _defined(file: Path) -> str:
    found: list[str] = []
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"):
            found.append(sql)
    return "\0".join(found)
