"""Questions that are too long, or hold what no reader sees."""

from __future__ import annotations

import unicodedata
from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

_ALLOWED_CONTROLS = "\n\t\r"


@register_validator(name="pincite/question-form", data_type="string")
class QuestionForm(Validator):  # type: ignore[misc]
    """Passes text of at most ``max_chars`` characters without control or invisible formatting characters."""

    def __init__(self, max_chars: int, on_fail: Any = None) -> None:
        super().__init__(on_fail=on_fail, max_chars=max_chars)
        self._max_chars = max_chars

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        text = str(value)
        if len(text) > self._max_chars:
            return FailResult(
                error_message=f"the question has {len(text)} characters, {self._max_chars} are allowed",
                metadata={"saw": "too-long"},
            )
        odd = sorted({f"U+{ord(character):04X}" for character in set(text) if _is_odd(character)})
        if odd:
            told = f"the question holds control characters ({', '.join(odd[:5])})"
            return FailResult(error_message=told, metadata={"saw": "control-characters"})
        return PassResult()


def _is_odd(character: str) -> bool:
    # Cc: controls. Co, Cs: private use, surrogates. U+E0000 block and bidi overrides hide text from readers.
    if character in _ALLOWED_CONTROLS:
        return False
    code = ord(character)
    hidden = 0xE0000 <= code <= 0xE007F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return hidden or unicodedata.category(character) in ("Cc", "Co", "Cs")
