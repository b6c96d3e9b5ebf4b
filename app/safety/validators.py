"""Pincite's Guardrails validators. Import this module only where a Guard is built: Guardrails is heavy."""

from __future__ import annotations

import unicodedata
from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

from app.safety.links import keep_allowed_links

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
                error_message=f"the question has {len(text)} characters, {self._max_chars} are allowed"
            )
        odd = sorted({f"U+{ord(character):04X}" for character in text if _is_odd(character)})
        if odd:
            return FailResult(error_message=f"the question holds control characters ({', '.join(odd[:5])})")
        return PassResult()


@register_validator(name="pincite/allowed-links", data_type="string")
class AllowedLinks(Validator):  # type: ignore[misc]
    """Passes text that hides nothing and links to allowed hosts only; its fix is without the rest."""

    def __init__(self, hosts: list[str], on_fail: Any = None) -> None:
        super().__init__(on_fail=on_fail, hosts=hosts)
        self._hosts = frozenset(host.lower() for host in hosts)

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        checked = keep_allowed_links(str(value), self._hosts)
        if checked.text == value:
            return PassResult()
        hosts = ", ".join(dict.fromkeys(checked.removed))
        what = f"a link to {hosts} was taken out" if hosts else "hidden characters were taken out"
        return FailResult(error_message=what, fix_value=checked.text)


def _is_odd(character: str) -> bool:
    # Cc: controls. Co, Cs: private use, surrogates. U+E0000 block and bidi overrides hide text from readers.
    if character in _ALLOWED_CONTROLS:
        return False
    code = ord(character)
    hidden = 0xE0000 <= code <= 0xE007F or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
    return hidden or unicodedata.category(character) in ("Cc", "Co", "Cs")
