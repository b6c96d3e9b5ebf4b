"""Metadata as lines of a form, and what a form that comes back wants changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.documents.readable import DocumentRequestError
from app.ingestion.load.hidden import HIDDEN_CHARS, RISK
from app.registry.new_document import BUILT_IN_FACTS
from app.registry.overrides import GROUPS

NEW_LINES = 3


def field_text(value: Any) -> str:
    """A value as it is edited.

    >>> field_text(["a", "b"]), field_text(True), field_text(2.5), field_text("x")
    ('a, b', 'true', '2.5', 'x')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def editable(metadata: dict[str, Any]) -> list[tuple[str, str]]:
    """The keys that people may change, and their values, by key."""
    ours = (GROUPS, RISK, HIDDEN_CHARS, *BUILT_IN_FACTS)
    return [(key, field_text(value)) for key, value in sorted(metadata.items()) if key not in ours]


def wanted_metadata(
    metadata: dict[str, Any], keys: Sequence[str], was: Sequence[str], values: Sequence[str]
) -> dict[str, Any]:
    """The changes that a form's lines say: what is as it ``was`` when the form was made is left alone.

    A value keeps its kind: a list stays one, and so do a number, true and false. Emptied, it goes.

    >>> now = {"tags": ["a"], "year": 2024}
    >>> wanted_metadata(now, ["tags", "year", "by"], ["a", "2024", ""], ["a, b", "", "Ann"])
    {'tags': ['a', 'b'], 'year': None, 'by': 'Ann'}

    Raises:
        DocumentRequestError: the lines are not those of the form, or a value stands without a name.
    """
    if not len(keys) == len(was) == len(values):
        raise DocumentRequestError("the form did not come as a whole; open it anew")
    wanted: dict[str, Any] = {}
    for key, earlier, value in zip(map(str.strip, keys), was, map(str.strip, values), strict=True):
        if value == earlier.strip():
            continue
        if not key:
            raise DocumentRequestError(f"the value {value[:80]!r} has no name; give it one")
        wanted[key] = _as(metadata.get(key), value) if value else None
    return wanted


def _as(now: Any, text: str) -> Any:
    if isinstance(now, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(now, list):
        return [name for one in text.split(",") if (name := one.strip())]
    if isinstance(now, int | float):
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    return text
