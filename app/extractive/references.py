"""Does a sentence stand alone, or does it begin with what only the sentence before it explains?"""

from __future__ import annotations

import re

_OPENERS = "and but so also then however instead therefore thus moreover furthermore".split()
_PRONOUNS = "it they he she them its their his her hers theirs such both neither".split()
_POINTING = ("one being", "the former", "the latter", "the same", "the other")
_VERBS = (
    "is are was were has have had can may might will would could should must do does did mean means "
    "meant take takes took make makes made include includes included apply applies applied allow allows "
    "allowed give gives gave lead leads led cause causes caused become becomes became happen happens "
    "happened help helps let lets work works show shows showed require requires need needs result "
    "results resulted get gets got come comes came"
).split()
"""After "this" or "those" they show that no noun follows: "this means", unlike "this policy"."""

_REFERS = re.compile(
    rf"(?:(?:{'|'.join(_OPENERS)}),? )?"
    rf"(?:(?:{'|'.join([*_PRONOUNS, *_POINTING])})\b"
    rf"|(?:this|these|those|that) (?:(?:also|only|then|often|usually) )?(?:{'|'.join(_VERBS)})\b)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(r"it (?:is|was|may be|can be|has been) (?:\w+ ){1,3}(?:to|that)\b", re.IGNORECASE)


def refers_back(sentence: str) -> bool:
    """Whether a sentence begins with a word for something named before it, or in the middle of a sentence.

    >>> [refers_back(one) for one in ("They last.", "This means it.", "It is useful to ask.", "Lamps last.")]
    [True, True, False, False]
    """
    if sentence[:1].islower():
        return True
    return bool(_REFERS.match(sentence)) and not _EXPLETIVE.match(sentence)
