"""Remember what was read from a text: judging one claim asks for the same passage's pieces many times."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

_Read = TypeVar("_Read")

MOST_CHARACTERS = 8_000
"""Longer texts, such as whole documents, are read anew each time: what is held stays bounded."""


def remembered(texts: int) -> Callable[[Callable[[str], _Read]], Callable[[str], _Read]]:
    """For a pure function of one text whose result nobody can change; the last ``texts`` results are held."""

    def remembering(read: Callable[[str], _Read]) -> Callable[[str], _Read]:
        held = lru_cache(maxsize=texts)(read)
        return lambda text: held(text) if len(text) <= MOST_CHARACTERS else read(text)

    return remembering
