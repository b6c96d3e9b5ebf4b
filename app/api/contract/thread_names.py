"""What a conversation may be called."""

from __future__ import annotations

import re

NAME_PATTERN = r"^\.*[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*$"
"""A name is part of an address: no slash, no control character, not of dots alone."""

NAME_RULE = "a conversation's name has no slash and no control character, and is not of dots alone"


def is_name(name: str) -> bool:
    """Whether an address can hold it.

    >>> is_name("v1.2"), is_name("a/b"), is_name("..")
    (True, False, False)
    """
    return re.fullmatch(NAME_PATTERN, name) is not None and not name.endswith("\n")
