"""What every tool must do: inherit ``ToolSuite`` in your tests, give it your tool and some arguments."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from langchain_core.documents import Document
from langchain_core.tools import BaseTool

from graphs.answer import NAMES_IN_USE
from graphs.nodes.call_tool import INJECTED
from tools.policy.decide import decide, rule_of_two
from tools.policy.declaration import declaration_of, is_declared
from tools.policy.labels import Labels


class ToolSuite:
    """Set ``tool`` and ``arguments`` it can be called with; every method is a test."""

    tool: ClassVar[BaseTool]
    arguments: ClassVar[Mapping[str, Any]]
    told: ClassVar[Mapping[str, Any]] = {}
    """What the graph fills in for it: ``scope``, ``shown``, ``asker``."""

    def test_a_model_can_be_told_of_it(self) -> None:
        assert isinstance(self.tool, BaseTool), "it is no LangChain tool"
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", self.tool.name), "providers refuse its name"
        assert self.tool.name not in NAMES_IN_USE, "the graph has its name in use"
        assert self.tool.description.strip(), "it does not say what it is for"

    def test_the_model_is_asked_for_its_arguments_and_not_for_the_scope(self) -> None:
        seen = self.tool.tool_call_schema
        names = seen.get("properties", {}) if isinstance(seen, dict) else getattr(seen, "model_fields", {})
        seen_too = [name for name in INJECTED if name in names]
        assert not seen_too, f"a model that sees {seen_too} can say who asks or what it was shown"
        assert set(self.arguments) <= set(names), "the suite's arguments are not the tool's"

    def test_it_declares_what_it_does(self) -> None:
        assert is_declared(self.tool), "it declares nothing, so a person is asked before every call"
        declaration = declaration_of(self.tool)
        assert not rule_of_two(self.tool.name, declaration), rule_of_two(self.tool.name, declaration)
        assert decide(declaration, self.arguments, Labels()).action != "deny", "its arguments are too long"

    def test_a_call_ends_in_the_time_it_declares(self) -> None:
        asyncio.run(asyncio.wait_for(self._called(), declaration_of(self.tool).timeout_s))

    def test_what_it_finds_can_be_cited(self) -> None:
        message = asyncio.run(self._called())
        assert getattr(message, "status", "success") != "error", f"it failed: {message}"
        artifact = getattr(message, "artifact", None)
        if isinstance(artifact, list) and artifact:
            assert all(isinstance(item, Document) for item in artifact), "its artifact holds no documents"
        else:
            assert str(getattr(message, "text", message)).strip(), "it returned neither text nor documents"

    async def _called(self) -> Any:
        args = {**self.arguments, **self.told}
        return await self.tool.ainvoke(
            {"type": "tool_call", "id": "call_1", "name": self.tool.name, "args": args}
        )
