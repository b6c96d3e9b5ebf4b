"""A second look for words in a data folder, by other means than Pincite's own."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import tantivy


def left_in(home: Path, words: Sequence[str]) -> list[str]:
    """Files (with the table or field) that have one of these ASCII words, in either case."""
    found = []
    for path in sorted(home.rglob("*")):
        if path.is_file():
            for place, data in _contents(path):
                low = data.lower()
                found += [
                    f"{path.relative_to(home)} {place}: {word}"
                    for word in words
                    if word.lower().encode() in low or word.lower().encode("utf-16-le") in low
                ]
    return found


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    data = path.read_bytes()
    yield "bytes", data
    if data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in names:
                with suppress(sqlite3.OperationalError):
                    for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                        for value in row:
                            given = value if isinstance(value, bytes) else str(value).encode()
                            yield f"table {table}", given
                            with suppress(zlib.error):
                                yield f"table {table}, unpacked", zlib.decompress(given)
    if path.name == "meta.json":
        searcher = tantivy.Index.open(str(path.parent)).searcher()
        for field in ("words", "pairs", "scope", "passage_id"):
            terms = [term for term, _ in searcher.terms_with_prefix(field, "")]
            yield f"field {field}", "\n".join(terms).encode()
