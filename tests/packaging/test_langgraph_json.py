"""A LangGraph server from a wheel: what the command prints, in an empty folder, is all that it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.packaging.test_embedding import _langgraph_dev

PRINTED = """
import sys
from pincite.app.main import main
sys.argv = ["pincite", "langgraph-json"]
main()
"""
SALARY = "What does an engineer of band E4 earn?"


@pytest.mark.slow
def test_langgraph_dev_starts_from_a_wheel(
    installed: Path,
    in_host: Callable[[str], str],
    tmp_path: Path,
    indexed_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PINCITE_HOME", str(indexed_home))
    project = tmp_path / "empty"
    project.mkdir()
    (project / "langgraph.json").write_text(in_host(PRINTED))
    with _langgraph_dev(project, installed) as url:
        asked = {"assistant_id": "pincite", "input": {"question": "How many volts does the gateway need?"}}
        answer = httpx.post(f"{url}/runs/wait", json=asked, timeout=60).json()["answer"]
        assert "12 volts" in answer["text"]
        refused = {"assistant_id": "pincite", "input": {"question": SALARY}, "context": {"groups": ["hr"]}}
        assert "71,000" not in httpx.post(f"{url}/runs/wait", json=refused, timeout=60).text
        assert httpx.get(f"{url}/healthz", timeout=30).json()["status"] == "ok"
