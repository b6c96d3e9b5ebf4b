"""What a model writes that gives its instructions away."""

from __future__ import annotations

from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

from app.safety.canary import holds_canary


@register_validator(name="pincite/canary", data_type="string")
class NoCanary(Validator):  # type: ignore[misc]
    """Passes text without the word that stands in the instructions alone; says ``canary``."""

    def __init__(self, canary: str, on_fail: Any = None) -> None:
        # Not among the arguments that Guardrails keeps: they are shown and exported.
        super().__init__(on_fail=on_fail)
        self._canary = canary

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        if not holds_canary(str(value), self._canary):
            return PassResult()
        return FailResult(error_message="the model gave its instructions away", metadata={"saw": "canary"})
