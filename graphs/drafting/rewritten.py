"""Whether a model's rewriting of a question is still that question."""

from __future__ import annotations

import regex

from graphs.text.roots import content_roots

_WORD = regex.compile(r"[\w-]+")
_NAME = regex.compile(r"[\d\p{Lu}]")

KEPT = 0.5
"""Of the question's content words; the others may be said in other words, or by what they stand for."""


def keeps_question(rewritten: str, question: str) -> bool:
    """Whether a rewriting has the question's names and numbers, and at least half of its content words.

    The conversation that it is written from holds words of documents, which may tell the model to ask
    something else; what it then asks is not what the reader sees as their question.

    >>> keeps_question("How long does the Dhole refund take in Norway?", "And how long is it in Norway?")
    True
    >>> keeps_question("Which account must the payment go to?", "And how long is it in Norway?")
    False
    """
    held = frozenset(content_roots(rewritten))
    asked = frozenset(content_roots(question))
    # The first word is large because it is the first.
    named = [word.casefold() for word in _WORD.findall(question)[1:] if _NAME.search(word)]
    words = rewritten.casefold()
    if not all(word in words for word in named):
        return False
    return len(asked & held) >= KEPT * len(asked)
