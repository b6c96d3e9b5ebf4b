"""What a tool says of itself: what it reads, changes and sends, and what it may be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar, get_args

from langchain_core.tools import BaseTool

Level = Literal["public", "tenant", "groups"]
"""Who may know: anybody; everybody of the tenant; some groups of it. In this order, each less than the one
before."""

LEVELS: tuple[Level, ...] = get_args(Level)

KEY = "pincite"
"""Where in a LangChain tool's ``metadata`` the declaration is."""

MOST_RETRIES = 5

Tool = TypeVar("Tool", bound=BaseTool)


class DeclarationError(ValueError):
    """A declaration that says what cannot be, in one line."""


@dataclass(frozen=True, slots=True)
class ToolDeclaration:
    """What a tool does and takes. Whatever is left out is taken for the worst.

    Raises:
        DeclarationError: a value is none of those there are, or a tool that acts is to be retried.
    """

    reads: bool = True
    """It looks into what is not public: documents, records, accounts."""
    writes: bool = True
    """It changes something that outlives the question."""
    sends_out: bool = True
    """Its arguments leave this installation."""
    accepts_untrusted: bool = False
    """It may be given what derives from documents or tools without a person having looked at it."""
    highest: Level = "tenant"
    """The most confidential of what its arguments may derive from."""
    timeout_s: float = 30.0
    """Seconds one call may take."""
    retries: int = 0
    """Times a call is made again that failed for a reason that may pass."""

    def __post_init__(self) -> None:
        for name in ("reads", "writes", "sends_out", "accepts_untrusted"):
            if not isinstance(getattr(self, name), bool):
                raise DeclarationError(f"{name} must be true or false")
        if self.highest not in LEVELS:
            raise DeclarationError(f"highest must be one of {', '.join(LEVELS)}")
        if isinstance(self.timeout_s, bool) or not isinstance(self.timeout_s, int | float):
            raise DeclarationError("timeout_s must be a number of seconds")
        if not 0 < self.timeout_s <= 600:
            raise DeclarationError("timeout_s must be above 0 and at most 600 seconds")
        if isinstance(self.retries, bool) or not isinstance(self.retries, int):
            raise DeclarationError("retries must be a whole number")
        if not 0 <= self.retries <= MOST_RETRIES:
            raise DeclarationError(f"retries must be from 0 to {MOST_RETRIES}")
        if self.retries and self.acts:
            raise DeclarationError("what writes or sends out is not retried: it might act twice")

    @property
    def acts(self) -> bool:
        """Whether a call has an effect: something is changed, or leaves."""
        return self.writes or self.sends_out


UNDECLARED = ToolDeclaration()
"""What is thought of a tool that says nothing: that it does everything, so a person is asked each time."""


def declare(tool: Tool, declaration: ToolDeclaration) -> Tool:
    """``tool``, with its declaration attached."""
    tool.metadata = {**(tool.metadata or {}), KEY: declaration}
    return tool


def declaration_of(tool: BaseTool) -> ToolDeclaration:
    """What a tool declares, as a ``ToolDeclaration`` or as the mapping of one; the worst where it does not.

    Raises:
        DeclarationError: it cannot be read; the message names the tool.
    """
    given = (tool.metadata or {}).get(KEY)
    if given is None:
        return UNDECLARED
    try:
        return given if isinstance(given, ToolDeclaration) else _read(given)
    except DeclarationError as error:
        raise DeclarationError(f"the tool {tool.name!r} declares what cannot be: {error}") from None


def is_declared(tool: BaseTool) -> bool:
    """Whether it says anything of itself."""
    return (tool.metadata or {}).get(KEY) is not None


def _read(given: Any) -> ToolDeclaration:
    known = {field.name for field in fields(ToolDeclaration)}
    if not isinstance(given, Mapping):
        raise DeclarationError(f"a {type(given).__name__} is no declaration")
    if unknown := sorted(str(name) for name in given if name not in known):
        raise DeclarationError(f"{unknown[0]!r} is nothing to declare; there are {', '.join(sorted(known))}")
    return ToolDeclaration(**given)
