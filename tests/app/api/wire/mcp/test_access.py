"""Random calls of the MCP tools by people in some groups: nobody is told what others may read."""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.compose import open_pincite
from app.identity.identify import key_store
from app.identity.settings import AuthSettings
from app.ingestion.discover import discover
from app.settings import load_settings
from evals.benchmarks.safety.access_corpus import GROUPS, QUESTIONS, Owned, owned, write
from tests.support.http_server import on_loopback
from tests.support.service import app_of

pytestmark = pytest.mark.slow

CALLS = 120
WORD = re.compile(r"[A-Za-z]+q\b")
HEADERS = {"accept": "application/json, text/event-stream"}


def test_nobody_is_told_what_others_may_read(tmp_path: Path) -> None:
    made = owned(random.Random(23), planted=40)  # noqa: S311
    planted = {word for one in made if one.groups and "groups:" not in one.text for word in one.words}
    owner = {word: one for one in made for word in one.words}
    write(made, tmp_path / "documents")
    settings = load_settings(None).model_copy(
        update={"home": tmp_path / "home", "tenant": "north", "auth": AuthSettings(required=True)}
    )
    chosen = random.Random(29)  # noqa: S311
    people = [chosen.sample(GROUPS, count) for count in (0, 1, 1, 2)]
    store = key_store(settings)
    keys = [
        store.issue(f"p{n}", user=f"p{n}", tenant="north", roles=["asker"], groups=groups).secret
        for n, groups in enumerate(people)
    ]
    with open_pincite(settings) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            outcomes = pipeline.sync(discover([tmp_path / "documents" / "north"], "d"), "d", writer)
            assert all(outcome.error is None for outcome in outcomes)
        with (
            on_loopback(app_of(pincite, settings)) as url,
            httpx.Client(base_url=url, timeout=60, headers=HEADERS) as client,
            ThreadPoolExecutor(2) as callers,
        ):

            def call(seed: int) -> tuple[str, bool, set[str]]:
                rng = random.Random(seed)  # noqa: S311
                person = rng.randrange(len(people))
                tool, arguments = _call(rng, made)
                return _wrong(client, keys[person], people[person], tool, arguments, owner)

            found = list(callers.map(call, range(CALLS)))
    assert [(asked, wrong - planted) for asked, _, wrong in found if wrong - planted] == []
    assert sum(told for _, told, _ in found) > CALLS // 4
    # What was stored as public by mistake is seen, or a leak could not have been.
    assert sum(bool(wrong & planted) for _, _, wrong in found) > 5


def _call(rng: random.Random, made: list[Owned]) -> tuple[str, dict[str, Any]]:
    about, other = rng.choice(made), rng.choice(made)
    word = rng.choice(about.words)
    said = rng.choice(QUESTIONS).format(
        project=about.project, other=other.project, word=word, person=word, doc=""
    )
    tool = rng.choice(("search", "search", "read", "ask"))
    if tool == "search":
        return tool, {"query": said, "limit": rng.choice((1, 6, 20))}
    if tool == "ask":
        return tool, {"question": said, "extractive": True}
    return tool, {"document": rng.choice((about.name, about.project, word, f"{about.name}.md"))}


def _wrong(
    client: httpx.Client,
    key: str,
    groups: list[str],
    tool: str,
    arguments: dict[str, Any],
    owner: dict[str, Owned],
) -> tuple[str, bool, set[str]]:
    """What was called, whether anything was told, and the words that should not have been."""
    call = {"name": tool, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    response = client.post("/mcp", json=body, headers={"authorization": f"Bearer {key}"})
    assert response.status_code == 200
    told = {one for one in WORD.findall(response.text) if one in owner}
    told -= set(WORD.findall(str(arguments)))
    wrong = {one for one in told if not owner[one].is_for("north", groups)}
    return f"{groups} {tool} {arguments}", bool(told), wrong
