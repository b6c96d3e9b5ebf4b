"""What a tool says of itself; what it leaves out is taken for the worst."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.tools import BaseTool, tool

from tools.policy.declaration import (
    UNDECLARED,
    DeclarationError,
    ToolDeclaration,
    declaration_of,
    declare,
    is_declared,
)


def made(metadata: dict[str, Any] | None = None) -> BaseTool:
    @tool
    def look(at: str) -> str:
        """Look."""
        return at

    look.metadata = metadata
    return look


def test_a_tool_that_says_nothing_does_everything() -> None:
    assert declaration_of(made()) == UNDECLARED
    assert not is_declared(made({"other": 1}))
    assert (UNDECLARED.reads, UNDECLARED.writes, UNDECLARED.sends_out) == (True, True, True)
    assert not UNDECLARED.accepts_untrusted


def test_a_declaration_is_attached_and_leaves_other_metadata() -> None:
    said = ToolDeclaration(writes=False, sends_out=False, retries=2)
    declared = declare(made({"other": 1}), said)
    assert declaration_of(declared) == said
    assert declared.metadata is not None
    assert declared.metadata["other"] == 1


def test_a_mapping_will_do_and_what_it_leaves_out_is_the_worst() -> None:
    assert declaration_of(made({"pincite": {"sends_out": False}})) == ToolDeclaration(sends_out=False)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("safe", "a str is no declaration"),
        ({"sends": False}, "'sends' is nothing to declare"),
        ({"reads": "no"}, "reads must be true or false"),
        ({"highest": "secret"}, "highest must be one of public, tenant, groups"),
        ({"timeout_s": 0}, "timeout_s must be above 0"),
        ({"timeout_s": float("nan")}, "timeout_s must be above 0"),
        ({"timeout_s": "5"}, "timeout_s must be a number"),
        ({"retries": -1}, "retries must be from 0 to 5"),
        ({"retries": True}, "retries must be a whole number"),
        ({"retries": 1}, "it might act twice"),
    ],
)
def test_what_cannot_be_is_one_line_that_names_the_tool(given: Any, why: str) -> None:
    with pytest.raises(DeclarationError, match="the tool 'look' declares what cannot be") as raised:
        declaration_of(made({"pincite": given}))
    assert why in str(raised.value)
    assert "\n" not in str(raised.value)
