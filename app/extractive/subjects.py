"""What a sentence is about without saying so: the term it defines, the words that introduce or precede it."""

from __future__ import annotations

from dataclasses import dataclass

from graphs.text.blocks import block_at, definition_at, introduction

NEAR = 300
"""Characters of the same block before a sentence that are taken to be about the same."""


@dataclass(frozen=True, slots=True)
class Subject:
    """``term``: what it defines; ``before``: the words of its block in front of it; ``intro``: the sentence
    that introduces its list. Only terms are scored with a sentence (docs/decisions/0017); all three may name
    what it is about."""

    term: str = ""
    before: str = ""
    intro: str = ""


def subject_at(text: str, at: int) -> Subject:
    """The subject of what begins at ``at`` of a text.

    >>> subject_at("`delay` (`int`)\\n:   The wait. The default is 9.", 29)
    Subject(term='`delay` (`int`)', before='The wait.', intro='')
    """
    block, defined = block_at(text, at), definition_at(text, at)
    term = ""
    if defined is not None:
        term = text[slice(*defined.lead)]
        if at < defined.lead[1]:
            return Subject()
    elif block.kind == "list" and (intro := introduction(text, block)) is not None:
        return Subject(intro=text[intro.start : intro.end])
    before = text[max(block.start, at - NEAR) : at].strip() if block.kind == "paragraph" else ""
    return Subject(" ".join(term.split()), before)
