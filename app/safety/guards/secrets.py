"""Keys, tokens and passwords in what leaves."""

from __future__ import annotations

from typing import Any

from guardrails.validator_base import PassResult, ValidationResult, Validator, register_validator

from app.safety.guards.found_spans import failed
from app.safety.secrets.find import find_secrets


@register_validator(name="pincite/secrets", data_type="string")
class NoSecrets(Validator):  # type: ignore[misc]
    """Passes text without secrets; says their kinds and where, its fix has them masked."""

    def __init__(self, on_fail: Any = None) -> None:
        super().__init__(on_fail=on_fail)

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        found = find_secrets(str(value))
        return failed(str(value), found, "it holds a secret") if found else PassResult()
