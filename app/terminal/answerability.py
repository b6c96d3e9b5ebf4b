"""The score of an unanswered question beside the score that was needed, so that they read as they compare."""

from __future__ import annotations

MOST_DIGITS = 4
"""What scores are rounded to; a score that is needed may be set to more."""


def answerability(score: float, needed: float) -> str:
    """Both with as many digits as tell them apart, at least two; a score that suffices is said to.

    >>> answerability(0.6183, 0.62)
    'answerability 0.618, needed 0.620'
    >>> answerability(0.31, 0.62), answerability(0.62, 0.62)
    ('answerability 0.31, needed 0.62', 'answerability 0.62, enough')
    """
    if score >= needed:
        return f"answerability {score:.2f}, enough"
    for digits in range(2, MOST_DIGITS + 1):
        shown, wanted = f"{score:.{digits}f}", f"{needed:.{digits}f}"
        if shown != wanted:
            return f"answerability {shown}, needed {wanted}"
    return f"answerability {score!r}, needed {needed!r}"
