"""Personal data in questions, or in what leaves."""

from __future__ import annotations

from typing import Any

from guardrails.validator_base import PassResult, ValidationResult, Validator, register_validator

from app.safety.guards.found_spans import failed
from app.safety.personal_data.find import find_personal_data


@register_validator(name="pincite/personal-data", data_type="string")
class NoPersonalData(Validator):  # type: ignore[misc]
    """Passes text without personal data of ``kinds``; says which kinds and where, its fix has them masked.

    ``regions``: whose telephone numbers are known without a country code; ``subject``: what it is asked
    about, in the words of its message.
    """

    def __init__(
        self, kinds: list[str], regions: list[str], subject: str = "it", on_fail: Any = None
    ) -> None:
        super().__init__(on_fail=on_fail, kinds=kinds, regions=regions, subject=subject)
        self._kinds, self._regions, self._subject = frozenset(kinds), tuple(regions), subject

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        found = find_personal_data(str(value), self._kinds, self._regions)
        return failed(str(value), found, f"{self._subject} holds personal data") if found else PassResult()
