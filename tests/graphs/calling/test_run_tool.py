"""A call of a tool is made again only where that may help, and only as often as it declares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.tools import StructuredTool, ToolException

from graphs.calling.run_tool import MOST_WAIT_S, most_seconds, run_tool
from tools.policy.declaration import ToolDeclaration

pytestmark = pytest.mark.anyio


def looks(retries: int) -> ToolDeclaration:
    return ToolDeclaration(writes=False, sends_out=False, retries=retries, timeout_s=5)


class Flaky:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def look(self, at: str) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return f"at {at}"


async def _no_wait(_seconds: float) -> None:
    return None


async def run(flaky: Flaky, retries: int) -> Any:
    tool = StructuredTool.from_function(flaky.look, name="look", description="Look.")
    return await run_tool(tool, looks(retries), "call_1", {"at": "home"}, sleep=_no_wait)


async def test_what_may_pass_is_tried_again() -> None:
    flaky = Flaky(ConnectionError("gone"), TimeoutError("slow"))
    assert (await run(flaky, 2)).text == "at home"
    assert flaky.calls == 3


@pytest.mark.parametrize(
    ("error", "retries", "calls"),
    [
        (ConnectionError, 1, 2),
        (ConnectionError, 0, 1),
        (ValueError, 3, 1),
        (ToolException, 3, 1),
    ],
)
async def test_what_does_not_pass_is_raised(
    error: Callable[[str], Exception], retries: int, calls: int
) -> None:
    flaky = Flaky(*(error("x") for _ in range(5)))
    with pytest.raises(error):  # type: ignore[call-overload]
        await run(flaky, retries)
    assert flaky.calls == calls


def test_the_time_of_a_node_has_room_for_every_attempt_of_every_call() -> None:
    assert most_seconds(looks(2), 3) == 3 * (3 * 5 + 2 * MOST_WAIT_S)
