"""What is said of a sentence that its sources only partly support."""

from __future__ import annotations

from app.terminal.printable import one_line
from graphs.contracts import Claim


def partly_supported(claim: Claim) -> str:
    """With what stands against the sentence, where the checks say it.

    >>> partly_supported(Claim(text="", verdict="partial", citations=[], checks={"reasons": ["too long"]}))
    ' (partly supported: too long)'
    >>> partly_supported(Claim(text="", verdict="partial", citations=[]))
    ' (partly supported)'
    """
    reasons = [one_line(str(reason)) for reason in claim.checks.get("reasons") or []]
    return f" (partly supported: {'; '.join(reasons)})" if reasons else " (partly supported)"
