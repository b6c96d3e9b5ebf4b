"""A model in this process: when it starts and stops, what it is sent, and what is said when it cannot run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.compose import Pincite, open_pincite
from app.ingestion.discover import discover
from app.models.chains import make_chains, models_by_name
from app.models.chat import ModelError
from app.models.entailment import make_entailment
from app.models.local.model import check_local, make_local_model
from app.models.local.settings import LocalSettings
from app.models.local.weights import QWEN
from app.settings import AnswerSettings, Settings
from app.testing.openai_server import Reply
from graphs.calling.chains import ChainModel
from graphs.parts import EntailmentRequest
from tests.support.llama_stand_in import StandIn, gguf, install

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def llama(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return install(monkeypatch, tmp_path / "site", [Reply(content="hi", pieces=2)])


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def local(folder: Path, closing: ExitStack, **settings: Any) -> ChainModel:
    return make_local_model(f"local:{gguf(folder)}", Settings(home=folder, **settings), closing)


async def test_it_starts_at_the_first_call_and_stops_at_the_end(
    llama: StandIn, tmp_path: Path, closing: ExitStack
) -> None:
    member = local(tmp_path, closing)
    assert llama.started == []
    for _ in range(2):
        reply = await member.model.ainvoke("hello")
        assert reply.text == "hi"
    assert (len(llama.started), llama.running) == (1, 1)
    closing.close()
    assert llama.running == 0


async def test_its_server_is_on_loopback_with_a_key_and_threads_that_sleep(
    llama: StandIn, tmp_path: Path, closing: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    member = local(tmp_path, closing, local=LocalSettings(threads=3, context_tokens=2048))
    await member.model.ainvoke("hello")
    params = llama.started[0]
    assert params.model.path == str(tmp_path / "tiny-model.gguf")
    assert (params.hostnames, params.port) == (["127.0.0.1"], 0)
    assert (params.cpuparams.n_threads, params.cpuparams_batch.n_threads, params.n_ctx) == (3, 3, 2048)
    assert llama.model.keys == [f"Bearer {params.api_keys[0]}"]
    assert len(params.api_keys[0]) == 32
    assert llama.waiting == ["passive"]
    assert "OMP_WAIT_POLICY" not in os.environ


async def test_one_server_answers_and_checks(llama: StandIn, tmp_path: Path, closing: ExitStack) -> None:
    name = f"local:{gguf(tmp_path)}"
    settings = Settings(home=tmp_path, model=name, answer=AnswerSettings(entailment=name))
    chains = make_chains(settings, closing)
    check = make_entailment(settings, closing, models_by_name(settings, chains))
    assert check is not None
    await chains[""][0].model.ainvoke("hello")
    await check.ainvoke(EntailmentRequest("It is free.", "It is free."))
    assert (len(llama.started), llama.running) == (1, 1)


async def test_it_streams_and_counts_its_tokens(llama: StandIn, tmp_path: Path, closing: ExitStack) -> None:
    chunks = [chunk async for chunk in local(tmp_path, closing).model.astream("hello")]
    assert [chunk.text for chunk in chunks if chunk.text] == ["h", "i"]
    assert sum(usage["output_tokens"] for chunk in chunks if (usage := chunk.usage_metadata)) == 30


def test_it_is_a_small_model_that_costs_nothing(llama: StandIn, tmp_path: Path, closing: ExitStack) -> None:
    member = local(tmp_path, closing, answer=AnswerSettings(deadline_s=77))
    assert (member.small, member.runs_here, member.family) == (True, True, "small")
    assert (member.draft_format, member.timeout_s, member.name) == ("json_schema", 77, "tiny-model")


async def test_after_the_end_it_does_not_start_again(
    llama: StandIn, tmp_path: Path, closing: ExitStack
) -> None:
    member = local(tmp_path, closing)
    closing.close()
    with pytest.raises(Exception, match="Connection"):
        await member.model.ainvoke("hello")
    assert llama.started == []


def refused(name: str, home: Path, match: str) -> None:
    for make in (check_local, lambda n, s: make_local_model(n, s, ExitStack())):
        with pytest.raises(ModelError, match=match) as caught:
            make(name, Settings(home=home))
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"PINCITE_MODEL={name}: ")


def test_a_file_that_is_not_there_is_one_line(llama: StandIn, tmp_path: Path) -> None:
    refused(f"local:{tmp_path}/none.gguf", tmp_path, "No such file")


def test_a_file_that_is_no_model_is_one_line(llama: StandIn, tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("hello")
    refused(f"local:{tmp_path}/notes.gguf", tmp_path, "not a GGUF file")


def test_weights_that_are_not_installed_are_one_line(
    llama: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app.models.local.model as model

    monkeypatch.setattr(model, "QWEN", replace(QWEN, parts=[("pincite_no_such_part", "x")]))
    refused("local", tmp_path, r"pincite_no_such_part is not installed; pip install 'pincite\[local\]'")


def test_without_llama_cpp_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import app.models.local.server as server

    monkeypatch.setattr(server, "LIBRARY", "pincite_no_such_library")
    refused(f"local:{gguf(tmp_path)}", tmp_path, r"not installed; run pip install 'pincite\[local\]'")


ANSWER = {"claims": [{"sources": [1], "text": "The blue archive is kept for 12 years."}]}


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Pincite, StandIn]]:
    """The application with one document, and a local model that answers from its first sentence."""
    stand_in = install(monkeypatch, tmp_path / "site", [Reply(content=json.dumps(ANSWER))])
    note = tmp_path / "archive.md"
    note.write_text("# Archive\n\nThe blue archive is kept for 12 years. The red one is kept for 3 years.\n")
    settings = Settings(home=tmp_path / "home", model=f"local:{gguf(tmp_path)}")
    with open_pincite(settings) as pincite:
        with pincite.corpus.writing() as (pipeline, writer):
            list(pipeline.add(discover([note], "notes"), "notes", writer))
        yield pincite, stand_in


def test_the_application_answers_with_it_and_stops_it(opened: tuple[Pincite, StandIn]) -> None:
    pincite, llama = opened
    answer = pincite.ask("How long is the blue archive kept?")
    assert (answer.status, answer.mode) == ("answered", "model")
    assert answer.text == "The blue archive is kept for 12 years. [1]"
    assert answer.citations[0].quote == "The blue archive is kept for 12 years."
    assert answer.receipt["cost"]["usd"] == 0.0
    assert answer.receipt["prompts"][0]["name"] == "answer.small"
    assert "[1] (Archive) The blue archive is kept for 12 years." in llama.model.prompt()
    assert llama.running == 1
    pincite.close()
    assert llama.running == 0


def test_a_file_llama_cpp_cannot_load_gives_way_and_says_so(opened: tuple[Pincite, StandIn]) -> None:
    pincite, llama = opened
    llama.broken = True
    answer = pincite.ask("How long is the blue archive kept?")
    assert answer.mode == "extractive"
    assert answer.receipt["fallbacks"][0]["why"] == "llama.cpp cannot load tiny-model.gguf"
    assert "usage" not in answer.receipt
