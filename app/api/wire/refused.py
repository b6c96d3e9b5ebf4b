"""Parameters of another protocol: which are used, which do nothing here, and which are refused by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.errors import PinciteError

MOST_NAME = 100
"""Characters of a parameter's name that are said back."""


class RefusedParameterError(PinciteError, ValueError):
    """A parameter, or its value, that this wire cannot do; ``param`` names it."""

    code = "unsupported-parameter"
    status = 400

    def __init__(self, param: str, why: str) -> None:
        # It may be the caller's own word for something that there is not.
        self.param = param[:MOST_NAME].encode("utf-8", "replace").decode()
        super().__init__(f"{self.param}: {why}")


@dataclass(frozen=True, slots=True)
class ParameterRules:
    """Of the parameters that are not read. ``without_effect``: taken, and nothing is done. ``only``: taken
    with one of these values, which say what is done anyway. ``refused``: why."""

    without_effect: Collection[str]
    only: Mapping[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)

    def names(self) -> set[str]:
        """All that there is a rule for."""
        return {*self.without_effect, *self.only, *self.refused}

    def passed_over(self, given: Mapping[str, Any]) -> list[str]:
        """The names of those that were given and do nothing; nothing given is null.

        Raises:
            RefusedParameterError: one cannot be done, or is not of this API.
        """
        found: list[str] = []
        for name, value in given.items():
            if value is None:
                continue
            if name in self.without_effect:
                found.append(name)
            elif name in self.only:
                values, why = self.only[name]
                if not any(value == one and type(value) is type(one) for one in values):
                    raise RefusedParameterError(name, why)
            else:
                why = self.refused.get(name, "there is no such parameter here; leave it out")
                raise RefusedParameterError(name, why)
        return found
