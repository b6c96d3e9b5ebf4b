"""Halves of public sets: what rules may be read against, and what they are judged by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

Half = Literal["dev", "held", "all"]


def in_dev(key: object) -> bool:
    """Whether it is of the half for development: the first byte of its sha256 is even."""
    return hashlib.sha256(str(key).encode()).digest()[0] % 2 == 0


def items(
    folder: Path, name: str, half: Half, key: Callable[[Mapping[str, Any]], object] = lambda row: row["id"]
) -> list[dict[str, Any]]:
    """The rows of ``NAME/items.jsonl`` in ``half``, which ``key`` decides; none where it is absent."""
    path = folder / name / "items.jsonl"
    if not path.is_file():
        return []
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [row for row in rows if half == "all" or in_dev(key(row)) == (half == "dev")]


def documents(folder: Path, half: Half) -> Iterator[tuple[str, str]]:
    """(name, text) of ordinary documents, by set in turn, so that a first so many are of all sets."""
    sources = [
        list(_files(folder / "docs_fastapi_md", "*.md")),
        list(_files(folder / "docs_langchain_mdx", "*.md*")),
        list(_corpus(folder / "anthropic_docs")),
        list(_corpus(folder / "dtc_faq")),
        list(_corpus(folder / "wiki_pool")),
        list(_corpus(folder / "scifact")),
    ]
    chosen = [
        [(name, text) for name, text in source if half == "all" or in_dev(name) == (half == "dev")]
        for source in sources
    ]
    for place in range(max(map(len, chosen), default=0)):
        for source in chosen:
            if place < len(source):
                yield source[place]


def _files(folder: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob(pattern), key=lambda path: hashlib.sha256(path.name.encode()).digest()):
        if path.name != "README.md":
            yield (
                f"{folder.name}/{path.relative_to(folder)}",
                path.read_text(encoding="utf-8", errors="replace"),
            )


def _corpus(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / "corpus.jsonl"
    if path.is_file():
        for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
            row = json.loads(line)
            yield f"{folder.name}/{row['id']}", f"{row.get('title') or ''}\n\n{row['text']}"
