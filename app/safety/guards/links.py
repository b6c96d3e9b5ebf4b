"""Links to hosts that are not allowed, pictures, live HTML, hidden characters."""

from __future__ import annotations

from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

from app.safety.links import keep_allowed_links


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
        saw = "links" if hosts else "hidden-characters"
        return FailResult(error_message=what, fix_value=checked.text, metadata={"saw": saw})
