"""A real LangGraph server with the log-in of our `langgraph.json`: the same keys as `pincite serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.identity.identify import key_store
from app.settings import Settings
from tests.support.langgraph_server import langgraph_dev

pytestmark = pytest.mark.slow
SALARY = "What does an engineer of band E4 earn?"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_keys_say_who_asks_and_each_sees_their_own_threads(indexed_home: Path, tmp_path: Path) -> None:
    settings = Settings(home=indexed_home)
    store = key_store(settings)
    keys = {
        user: store.issue(user, user=user, tenant=tenant, groups=groups).secret
        for user, tenant, groups in (
            ("hilda", "default", ["hr"]), ("ann", "default", []), ("sue", "south", ["hr"]),
        )
    }  # fmt: skip
    variables = {"PINCITE_AUTH__REQUIRED": "true"}
    with (
        langgraph_dev(indexed_home, tmp_path, variables=variables) as url,
        httpx.Client(base_url=url) as client,
    ):
        client.timeout = httpx.Timeout(60)

        def call(user: str, method: str, path: str, **how: Any) -> httpx.Response:
            headers = {"authorization": f"Bearer {keys[user]}"} if user in keys else {}
            headers["traceparent"] = f"00-{TRACE}-00f067aa0ba902b7-01"
            return client.request(method, path, headers=headers, **how)

        def ask(user: str) -> httpx.Response:
            body = {"assistant_id": "pincite", "input": {"question": SALARY}, "context": {"groups": ["hr"]}}
            return call(user, "POST", "/runs/wait", json=body)

        assert ask("nobody").status_code == 401
        assert call("nobody", "POST", "/v1/answers", json={"question": SALARY}).status_code == 401
        assert ask("sue").status_code == 403, "another tenant's"
        hers, his = ask("hilda").json()["answer"], ask("ann").json()["answer"]
        assert "71,000" in hers["text"]
        assert "71,000" not in str(his)
        assert hers["receipt"]["user"] == "hilda"
        assert hers["receipt"]["trace"]["id"] == TRACE
        assert keys["hilda"] not in str(hers)
        over_http = call("hilda", "POST", "/v1/answers", json={"question": SALARY}).json()
        assert over_http["text"] == hers["text"]
        thread = call("hilda", "POST", "/threads", json={}).json()["thread_id"]
        assert call("ann", "GET", f"/threads/{thread}").status_code == 404
        assert call("hilda", "GET", f"/threads/{thread}").status_code == 200
    log = (tmp_path / "log").read_text()
    assert not any(key in log for key in keys.values())
