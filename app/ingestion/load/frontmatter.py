"""The YAML front matter of a Markdown file: what it says, and where the text begins."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from app.ingestion.errors import LoadError
from app.ingestion.load.restrictions import names_readers, reader_groups, restricting_line, unclear
from app.registry.document import MetadataValue

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_KEY = re.compile(
    r"^[ \t]*(?:[A-Za-z_][\w .-]*+|\"[^\"\n]+\"|'[^'\n]+')[ \t]*:(?:\s|$)|^[ \t]*\{", re.MULTILINE
)
_MAX_CHARS = 64 * 1024


def take_front_matter(text: str) -> tuple[dict[str, MetadataValue], str]:
    """The metadata of a canonical Markdown text, and the text without it.

    Scalars and lists of scalars are kept (dates as ISO strings); nested values, and keys that
    are no strings, are left out.
    A text which merely begins with a thematic break (``---``) has no front matter.
    Raises ``LoadError``: ``bad-front-matter``, naming the line, when the YAML is malformed;
    ``unclear-readers`` where it may say who reads the document, and that is not understood.

    >>> take_front_matter("---\\ntitle: Leave\\ngroups: [hr]\\n---\\n# Leave")
    ({'title': 'Leave', 'groups': ['hr']}, '# Leave')
    """
    found = _FRONT.match(text[:_MAX_CHARS])
    if found is None or (found[1].strip() and not _KEY.search(found[1])):
        return {}, text
    try:
        return _parse(found[1]), text[found.end() :].lstrip("\n")
    except LoadError as error:
        if restricting_line(found[0]) is None:
            raise
        raise unclear(error.reason) from error


def _parse(source: str) -> dict[str, MetadataValue]:
    import yaml

    try:
        # Anchors make a small file large once expanded; front matter has no use for them.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, Loader=yaml.SafeLoader)):
            raise _malformed(1, "aliases are not allowed")
        values = yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # The mark counts from 0, after the opening --- line.
        raise _malformed(mark.line + 2 if mark else 1, error.problem or "not valid YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2024-99-99
        raise _malformed(1, str(error).splitlines()[0] if str(error) else "not valid YAML") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise _malformed(2, "expected 'key: value' lines")
    plain = {key: _plain(value) for key, value in values.items() if isinstance(key, str)}
    readers = reader_groups(values, [key for key in _keys(yaml.compose(source)) if names_readers(key)])
    kept = {key: value for key, value in plain.items() if value is not None}
    return {key: value for key, value in kept.items() if not names_readers(key)} | readers


def _keys(node: Any) -> Iterator[str]:
    """Every key of a YAML node, in order."""
    for pair in node.value if node is not None and node.id != "scalar" else ():
        if isinstance(pair, tuple):
            yield str(pair[0].value)
            yield from _keys(pair[1])
        else:
            yield from _keys(pair)


def _malformed(line: int, problem: str) -> LoadError:
    return LoadError(
        "bad-front-matter",
        f"the front matter is not valid YAML at line {line} ({problem})",
        "correct that line; quote values that hold a colon",
    )


def _plain(value: object) -> MetadataValue | None:
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None  # .inf and .nan: no filter can use them, and JSON cannot hold them
    if isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        if all(isinstance(item, (str, int, float)) for item in items):
            return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]
    return None
