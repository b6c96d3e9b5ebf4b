"""The packaged model on the real llama.cpp, where the extra `local` is installed. CI does not have it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.models.local.model import make_local_model
from app.models.local.weights import QWEN
from app.settings import AnswerSettings, Settings
from graphs.calling.chains import ChainModel, with_schema
from graphs.drafting.read import small_answer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in ("xllamacpp", *(p for p, _ in QWEN.parts))),
        reason="the extra `local` (1.2 GB) is not installed",
    ),
]

QUESTION = (
    "Sentences:\n[1] (Archive) The blue archive is kept for 12 years.\n[2] (Archive) The red archive is kept "
    "for 3 years.\n\nQuestion: How long is the red archive kept?"
)


@pytest.fixture(scope="module")
def member(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainModel]:
    home: Path = tmp_path_factory.mktemp("home")
    with ExitStack() as closing:
        yield make_local_model("local", Settings(home=home, answer=AnswerSettings(deadline_s=300)), closing)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


async def test_it_streams_json_that_fits_and_reads_the_prompts_beginning_once(member: ChainModel) -> None:
    bound = with_schema(member.model, small_answer)
    chunks = [chunk async for chunk in bound.astream(QUESTION)]
    assert len(chunks) > 5
    claim = json.loads("".join(chunk.text for chunk in chunks))["claims"][0]
    assert 2 in claim["sources"]
    assert "3 years" in claim["text"]
    again = await bound.ainvoke(QUESTION)
    assert again.usage_metadata["input_token_details"]["cache_read"] > 10  # type: ignore[attr-defined]
    assert again.response_metadata["model_name"] == QWEN.name
