"""Names and codes in a question, and whether a text has them: "A-7" is not "A-70", "C" is not "C++"."""

from __future__ import annotations

import re
from functools import lru_cache

_DASHES = str.maketrans("‐‑‒–—−", "------")
_CHUNK = re.compile(r"`([^`]+)`|([^\s,;:!?()\[\]\"“”]+)")
_CODE = re.compile(r"(?=.*[^\W\d_])(?:.*\w_\w.*|(?=.*\d)[\w.+#/-]+|.*\w(?:\+\+|#))$")
"""A word with a letter, and an underscore inside it, or a digit, or ``++`` or ``#`` at its end."""
_LETTER = re.compile(r"(?<=[^.?!\s] )[B-HJ-Z](?=[\s?.,;:]|$)")
"""One capital letter within a sentence, but for the words "A" and "I"."""
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|%|k|m)?(?:-[^\W\d_]{3,})*$", re.IGNORECASE)
"""A number as it is spoken of: "3rd", "1990s", "18th-century", "20-year"."""
_JOINT = re.compile(r"[\s_-]+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def names(question: str) -> list[str]:
    """What the question names by a code: words that no inflection or synonym replaces.

    >>> names("Does work_mem of C++ on a G3 differ from class B, and from `ssl`, in 1990?")
    ['work_mem', 'C++', 'G3', 'ssl', 'B']
    >>> names("Is it on the 3rd floor, or in the 1990s?")
    []
    """
    plain = question.translate(_DASHES)
    found = []
    for match in _CHUNK.finditer(plain):
        word = match[1] or match[2].strip("'’.*")
        if match[1] or (_CODE.match(word) and not _ORDINAL.match(word)):
            found.append(word)
    return list(dict.fromkeys([*found, *_LETTER.findall(plain)]))


def has_name(text: str, name: str) -> bool:
    """Whether a text has the name as a whole; its parts may be joined otherwise ("G3", "G-3").

    >>> [has_name(one, "A-7") for one in ("an A-7", "an A7.", "an A-70", "A-7.2", "BA-7")]
    [True, True, False, False, False]
    >>> has_name("two AK-47s", "AK-47"), has_name("use C++", "C"), has_name("auto_max_workers", "auto_max")
    (True, False, False)
    """
    return _pattern(name).search(text.translate(_DASHES)) is not None


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    parts = r"[\s_-]?".join(re.escape(part) for part in _JOINT.split(name) if part)
    return re.compile(
        rf"(?<!\w)(?<!\w[-./])(?:{parts})(?:['’]?s)?(?![\w+#]|[-./]\d)",
        0 if len(name) == 1 else re.IGNORECASE,
    )
