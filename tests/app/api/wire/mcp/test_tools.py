"""The tools, called as the servers call them."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from app.api.wire.mcp.contract import SearchGiven
from app.api.wire.mcp.tools import McpAsker, search
from app.compose import open_pincite
from app.settings import Settings
from graphs.state import AskContext

SALARY = SearchGiven(query="What does an engineer of band E4 earn?")


@pytest.mark.anyio
async def test_a_role_finds_what_the_groups_it_stands_for_may_read(home: Path) -> None:
    with open_pincite(Settings(home=home, roles={"lead": ["hr"]})) as pincite:

        async def found(*groups: str) -> str:
            context = AskContext(user="ann", groups=list(groups))
            return (await search(McpAsker(pincite, context, nullcontext), SALARY)).text

        assert "71,000" in await found("lead")
        assert "71,000" in await found("hr")
        assert "71,000" not in await found("sales")
