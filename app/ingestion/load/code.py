"""Source code: a section for each function, class and method, named as a programmer would name it."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from app.ingestion.load.code_patterns import definitions
from app.ingestion.load.kinds import LANGUAGES
from app.ingestion.load.textnorm import canonical, decode
from app.registry.document import Block, LoadedDocument


@dataclass(frozen=True, slots=True)
class Part:
    """A definition: the offset of its first line, where its head ends, and its name (``Class.method``)."""

    start: int
    head_end: int
    name: str


def load_code(name: str, data: bytes) -> LoadedDocument:
    """A source file; the source itself is the canonical text, and the title is the file's name.

    Python is read by its own parser, other languages by how their definitions begin; where neither finds
    any, the file is one listing.
    Raises ``LoadError``: ``bad-encoding``, ``binary``.

    >>> code = b"class Cat:\\n    def purr(self):\\n        return 1\\n"
    >>> [block.title for block in load_code("cat.py", code).blocks if block.title]
    ['Cat', 'Cat.purr']
    """
    text = canonical(decode(data))
    language = LANGUAGES[PurePath(name).suffix.lower()]
    parts = _python(text) if language == "python" else None
    if parts is None:
        parts = [Part(*found) for found in definitions(text, language)]
    media_type = f"text/x-{language}"
    return LoadedDocument(text, PurePath(name).name, media_type, tuple(_blocks(text, parts)))


def _blocks(text: str, parts: list[Part]) -> Iterator[Block]:
    """A heading for the head of each part, and code for what follows it. All headings are of one level:
    their names hold the path already."""
    position = 0
    for part in parts:
        if part.start < position:
            continue
        yield from _code(text, position, part.start)
        yield Block("heading", part.start, part.head_end, 1, part.name)
        position = part.head_end
    yield from _code(text, position, len(text))


def _code(text: str, start: int, end: int) -> Iterator[Block]:
    piece = text[start:end]
    if piece.strip():
        yield Block("code", start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def _python(text: str) -> list[Part] | None:
    """The definitions of a Python module, or None where it cannot be parsed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # another Python, or a template: read like the other languages
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return list(_definitions(tree.body, "", lines, starts))


def _definitions(body: list[ast.stmt], above: str, lines: list[str], starts: list[int]) -> Iterator[Part]:
    for node in body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        name = f"{above}.{node.name}" if above else node.name
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
        while first and lines[first - 1].lstrip().startswith("#"):
            first -= 1  # comments right above belong to it
        # The head ends before the body; a body on the same line leaves just that line.
        last = max(min(node.body[0].lineno - 2, len(lines) - 1), node.lineno - 1)
        indent = len(lines[first]) - len(lines[first].lstrip())
        yield Part(starts[first] + indent, starts[last] + len(lines[last].rstrip()), name)
        if isinstance(node, ast.ClassDef):
            yield from _definitions(node.body, name, lines, starts)
