"""Conversations over HTTP: what one may be called, and what is said where their file is damaged."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from app.compose import Pincite
from tests.app.api.test_application import VOLTS, client_of
from tests.support.served import calling, key_of, serving

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", ["a/b", "..", ".", "a\\b", "a\0b", "a\nb", "/", "x" * 201])
async def test_a_name_that_no_address_can_hold_is_refused(pincite: Pincite, name: str) -> None:
    async with client_of(pincite) as client:
        response = await client.post("/v1/answers", json={"question": VOLTS, "thread": name})
    assert response.status_code == 422
    assert "thread" in str(response.json()["errors"][0])


@pytest.mark.parametrize("name", ["v1.2", ".hidden", "..a", "a b", "50 % off? #2", "größe 🧰", "a.", "…"])
async def test_any_other_name_is_found_again_and_deleted(pincite: Pincite, name: str) -> None:
    async with client_of(pincite) as client:
        asked = await client.post("/v1/answers", json={"question": VOLTS, "thread": name})
        assert asked.status_code == 200
        path = f"/v1/threads/{quote(name, safe='')}"
        assert (await client.get(path)).json()["name"] == name
        assert (await client.delete(path)).status_code == 204


async def test_a_kept_conversation_and_one_brought_along_are_not_both_taken(pincite: Pincite) -> None:
    earlier = [{"role": "user", "content": "Which valve?"}]
    async with client_of(pincite) as client:
        asked = {"question": VOLTS, "thread": "mine", "messages": earlier}
        response = await client.post("/v1/answers", json=asked)
    assert response.status_code == 422
    assert "not both" in response.text


async def test_a_damaged_file_of_conversations_is_the_servers_fault_and_it_is_not_ready(home: Path) -> None:
    with serving(home) as app:
        async with calling(app, key_of(home, "ann", "asker")) as client:
            (home / "default" / "threads.sqlite").write_bytes(b"no database at all, " * 100)
            told = await client.get("/v1/threads")
            ready = await client.get("/readyz")
    assert (told.status_code, told.json()["code"]) == (500, "conversation-store")
    assert ready.status_code == 503
    wrong = [one for one in ready.json()["checks"] if not one["ok"]]
    assert [one["name"] for one in wrong] == ["conversations"]
    assert wrong[0]["what_to_do"] == "move the file away"
