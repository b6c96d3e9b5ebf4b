"""JSON and JSON Lines: each record a line of ``key: value``, keys as paths, long texts as paragraphs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.ingestion.errors import LoadError
from app.ingestion.load.building import TextBuilder
from app.ingestion.load.limits import LoadLimits
from app.ingestion.load.textnorm import canonical, decode, words_of_stem
from app.registry.document import LoadedDocument

_LONG = 300
"""Characters from which a text in a record is a paragraph of its own."""
_LINES = (".jsonl", ".ndjson")


def load_json(name: str, data: bytes, limits: LoadLimits) -> LoadedDocument:
    """A JSON document (.json), or one value a line (.jsonl, .ndjson). The title is the file's stem.

    Objects in a list are records, one line each; objects in an object become sections. ``null`` and empty
    values are left out.
    Raises ``LoadError``: ``broken-json`` naming the line, ``empty``, ``bad-encoding``, ``too-large``.

    >>> load_json("a.json", b'[{"plan": "Team", "price": {"eur": 20}}]', LoadLimits()).text
    'plan: Team; price.eur: 20'
    """
    source = decode(data)
    by_line = name.lower().endswith(_LINES)
    builder = TextBuilder(limits)
    try:
        if by_line:
            for value in _values(source):
                _add_record(builder, value)
        else:
            _add(builder, _parse(source), "", 1)
    except RecursionError as error:
        raise LoadError(
            "broken-json", "the JSON is nested too deeply to read", "simplify the file"
        ) from error
    if not builder.blocks:
        raise LoadError("empty", "the JSON holds no values", "add content, or remove the file")
    media_type = "application/x-ndjson" if by_line else "application/json"
    return LoadedDocument(builder.text(), words_of_stem(name), media_type, tuple(builder.blocks))


def _values(source: str) -> Iterator[Any]:
    for number, line in enumerate(source.split("\n"), 1):
        if line.strip():
            yield _parse(line, number)


def _parse(source: str, line: int = 1) -> Any:
    try:
        return json.loads(source.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise _broken(line + error.lineno - 1, error.msg) from error
    except ValueError as error:  # a number of thousands of digits
        raise _broken(line, "a number is too long") from error


def _broken(line: int, problem: str) -> LoadError:
    return LoadError(
        "broken-json",
        f"the JSON is malformed at line {line} ({problem})",
        "correct that line, or export it again",
    )


def _add(builder: TextBuilder, value: Any, path: str, level: int) -> None:
    """Add a value that may have sections of its own."""
    if isinstance(value, dict):
        plain = {key: inner for key, inner in value.items() if not _is_section(inner)}
        _add_record(builder, plain)
        for key, inner in value.items():
            if _is_section(inner):
                below = f"{path}.{key}" if path else key
                builder.heading(below, level, canonical(key))
                _add(builder, inner, below, level + 1)
    elif isinstance(value, list):
        for item in value:
            _add_record(builder, item)
    else:
        _add_record(builder, value)


def _is_section(value: Any) -> bool:
    """Whether a value gets a heading: a list of records, or an object that holds more than plain values."""
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value)
    return isinstance(value, dict) and (
        len(value) > 3 or any(isinstance(v, (dict, list)) for v in value.values())
    )


def _add_record(builder: TextBuilder, value: Any) -> None:
    pairs = [(key, text) for key, text in _pairs(value, "") if text.strip()]
    short = [f"{key}: {_line(text)}" if key else _line(text) for key, text in pairs if not _is_long(text)]
    builder.add("row", "; ".join(short))
    for key, text in pairs:
        if _is_long(text):
            builder.add("paragraph", f"{key}: {text.strip()}" if key else text)


def _is_long(text: str) -> bool:
    return len(text) > _LONG or "\n\n" in text.strip()


def _line(text: str) -> str:
    return " ".join(text.split())


def _pairs(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The plain values below ``value`` with their paths: ``address.city``, ``items[2].name``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        if any(isinstance(item, (dict, list)) for item in value):
            for index, item in enumerate(value):
                yield from _pairs(item, f"{path}[{index}]")
        else:
            yield path, ", ".join(text for item in value if (text := _text(item)))
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
