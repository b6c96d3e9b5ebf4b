"""Labels of results, as our own client of MCP servers reads them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.api.wire.mcp.labels import confidentiality
from app.settings import Settings
from app.terminal.tools import run_tools_pin
from app.toolbox.mcp.tools import mcp_tools
from tools.policy.ifc import read_ifc

GROUPS = ("hr", "board", "legal", "public", "private")
READS = {"writes": False, "sends_out": False, "accepts_untrusted": True, "highest": "groups"}


@given(st.lists(st.lists(st.sampled_from(GROUPS), unique=True), max_size=4), st.sampled_from(GROUPS))
def test_who_a_label_lets_know_may_read_every_document(readers: Sequence[list[str]], group: str) -> None:
    meta = {"ifc": {"integrity": "untrusted", "confidentiality": confidentiality("acme", readers)}}
    label = read_ifc("hub", meta)
    assert label is not None
    assert not label.public
    assert label.said in ("readers", "private")
    let_in = all(f"hub:{group}" in clause for clause in label.clauses)
    if let_in:
        # `private` as a reader is what nobody's group is called on that side.
        assert group == "private" or all(group in one for one in readers if one)


async def call(tools: Sequence[Any], name: str, **arguments: Any) -> dict[str, Any]:
    (tool,) = [one for one in tools if one.name == name]
    said = await tool.ainvoke({"type": "tool_call", "id": "1", "name": name, "args": arguments})
    (document,) = said.artifact
    assert "Heron" in document.page_content or "71,000" in document.page_content
    return dict(document.metadata["metadata"])


def test_our_own_client_reads_the_labels(home: Path, tmp_path: Path) -> None:
    server = {
        "command": str(Path(sys.executable).with_name("pincite")),
        "args": ["mcp", "--group", "hr"],
        "env": {"PINCITE_HOME": str(home)},
        "tools": {"search": READS, "ask": READS},
        "connect_timeout_s": 60,
    }
    named = tmp_path / "mcp.json"
    named.write_text(json.dumps({"mcpServers": {"team": server}}))
    settings = Settings.model_validate({"home": tmp_path / "client", "mcp": {"servers": named}})
    assert run_tools_pin(settings, [], True) == 0
    tools = mcp_tools(named, settings.home / settings.tenant, set())
    everybodys = asyncio.run(call(tools, "team_search", query="Heron gateway volts", limit=1))
    closed = asyncio.run(call(tools, "team_ask", question="What does an engineer of band E4 earn?"))
    assert everybodys["labels"]["groups"] == [["team:tenant:default"]]
    assert closed["labels"]["groups"] == [["team:hr"]]
    assert (closed["ifc"], closed["labels"]["integrity"]) == (["readers"], "untrusted")
