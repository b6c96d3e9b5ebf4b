"""A failed result that says what kinds were found and where, never the words."""

from __future__ import annotations

from collections.abc import Sequence

from guardrails.classes.validation.validation_result import ErrorSpan
from guardrails.validator_base import FailResult

from app.safety.spans import SeenSpan, kinds_of
from graphs.text.masked import masked


def failed(text: str, found: Sequence[SeenSpan], what: str) -> FailResult:
    """``what``, in words: the kinds and places of it, and the text with them masked."""
    kinds = kinds_of(found)
    return FailResult(
        error_message=f"{what} ({kinds})",
        fix_value=masked(text, ((one.start, one.end) for one in found)),
        error_spans=[ErrorSpan(start=one.start, end=one.end, reason=one.kind) for one in found],
        metadata={"saw": kinds},
    )
