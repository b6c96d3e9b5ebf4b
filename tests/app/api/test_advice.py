"""Who calls the API is told what to call, and of no command of a machine that is not theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from app.answers.store import NoSuchAnswerError
from app.api.advice import COMMANDS, advised
from app.cli import cli
from app.conversations.store import ConversationError
from app.errors import PinciteError, SettingsError
from app.identity.caller import AuthenticationError
from app.identity.keys import NoSuchKeyError
from app.settings import Settings
from tests.app.api.test_application import problem_of
from tests.support.served import calling, key_of, serving


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            NoSuchAnswerError("there is no stored answer 'x'; see: pincite answers list"),
            "there is no stored answer 'x'; see GET /v1/answers",
        ),
        (
            ConversationError("'ann' has no conversation 'x'; see: pincite threads list"),
            "'ann' has no conversation 'x'; see GET /v1/threads",
        ),
        (NoSuchKeyError("no key 'x'; see: pincite keys list"), "no key 'x'; see GET /v1/keys"),
        (
            AuthenticationError("show a key; an operator makes keys with: pincite keys create"),
            "show a key; an operator makes keys with POST /v1/keys",
        ),
        (
            SettingsError("the index is damaged; run: pincite rebuild"),
            "the index is damaged; tell the server's operator",
        ),
        # Nothing is taken from what names no command.
        (
            SettingsError("another pincite process is writing, wait"),
            "another pincite process is writing, wait",
        ),
    ],
)
def test_a_command_becomes_what_can_be_called(error: PinciteError, said: str) -> None:
    assert advised(error) == said


def test_every_command_is_known() -> None:
    assert set(typer.main.get_command(cli).commands) <= set(COMMANDS)  # type: ignore[attr-defined]


@pytest.mark.anyio
async def test_no_route_names_a_command(tmp_path: Path) -> None:
    with serving(tmp_path, auth=Settings().auth.model_copy(update={"required": True})) as app:
        async with calling(app, key_of(tmp_path, "ann", "asker", "operator")) as client:
            for path in ("/v1/answers/x", "/v1/jobs/x", "/v1/threads/x"):
                told = await client.get(path)
                if told.status_code == 404:
                    assert "pincite " not in problem_of(told)["detail"]
            assert "GET /v1/threads" in problem_of(await client.delete("/v1/threads/x"))["detail"]
            del client.headers["authorization"]
            assert "POST /v1/keys" in problem_of(await client.get("/v1/me"))["detail"]
