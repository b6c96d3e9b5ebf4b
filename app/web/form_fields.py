"""Fields of forms that are read by hand."""

from __future__ import annotations

from starlette.datastructures import FormData


def text_field(form: FormData, name: str) -> str:
    """A field's text without spaces around it; empty where there is none, or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def names_in(text: str) -> list[str]:
    """Names with commas between them.

    >>> names_in("hr, board,"), names_in(" ")
    (['hr', 'board'], [])
    """
    return [name for one in text.split(",") if (name := one.strip())]
