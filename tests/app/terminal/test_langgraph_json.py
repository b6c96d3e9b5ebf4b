"""The configuration of a LangGraph server that the command prints."""

from __future__ import annotations

import json
from pathlib import Path

from app.terminal.langgraph_json_cli import langgraph_json

ROOT = Path(__file__).resolve().parents[3]


def test_it_is_the_checkouts_own() -> None:
    assert langgraph_json() == json.loads((ROOT / "langgraph.json").read_text(encoding="utf-8"))
