"""Questions that read like orders to the model."""

from __future__ import annotations

from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

from app.safety.injection import score_injection


@register_validator(name="pincite/injection", data_type="string")
class InjectionSigns(Validator):  # type: ignore[misc]
    """Passes text that does not read like orders to a model; says ``suspicious`` or ``malicious``."""

    def __init__(self, on_fail: Any = None) -> None:
        super().__init__(on_fail=on_fail)

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        found = score_injection(str(value))
        if found.degree == "none":
            return PassResult()
        told = f"the question reads like orders to the model ({', '.join(found.evidence)})"
        return FailResult(error_message=told, metadata={"saw": found.degree, "score": found.score})
