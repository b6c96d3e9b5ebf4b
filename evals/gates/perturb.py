"""The same question as another person might type it: noise that changes no meaning.

Without a chat model Pincite answers a question the same way each time: running it twice shows no noise. What
does vary in use is how people type. Drawing the wording of the baseline and of the candidate anew, from one
distribution, makes two runs of one system that differ by chance alone, item by item, with the correlations
between metrics and within documents that real noise has.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from evals.datasets.suite import Question, Suite

_LETTERS = re.compile(r"[a-z]{6,}")
_OPENINGS = (
    "Hi, ",
    "Hello, ",
    "Quick question: ",
    "Please tell me: ",
    "Could you help? ",
    "I need to know: ",
)
_CLOSINGS = (" Thanks!", " Thank you.", " Please.", " Cheers", " (urgent)")


def perturbed(suite: Suite, seed: int) -> Suite:
    """The suite with every question typed by another hand, drawn with ``seed``; ids and gold stay."""
    questions = [
        question.model_copy(update={"question": reworded(question, random.Random(f"{seed} {question.id}"))})
        for question in suite.questions
    ]
    return suite.model_copy(update={"questions": questions})


def reworded(question: Question, chance: random.Random) -> str:
    """One to three harmless changes: case, punctuation, a greeting, thanks, a slip of two letters."""
    text = question.question
    for change in chance.sample(_CHANGES, chance.randint(1, 3)):
        text = change(text, chance)
    return text


def _lower(text: str, _chance: random.Random) -> str:
    return text.lower()


def _unpunctuated(text: str, _chance: random.Random) -> str:
    return text.rstrip("?.! ")


def _opening(text: str, chance: random.Random) -> str:
    return chance.choice(_OPENINGS) + text


def _closing(text: str, chance: random.Random) -> str:
    return text + chance.choice(_CLOSINGS)


def _slip(text: str, chance: random.Random) -> str:
    """Two neighbouring letters inside one longer word change places, as fingers do."""
    found = [match for match in _LETTERS.finditer(text) if match.group()[2] != match.group()[3]]
    if not found:
        return text
    at = chance.choice(found).start() + 2
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (_lower, _unpunctuated, _opening, _closing, _slip)
