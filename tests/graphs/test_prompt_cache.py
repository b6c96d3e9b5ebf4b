"""What a provider read from its cache of prompts is in the receipt, with what that saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from app.models.prices import price_of
from app.testing.scripted_chat import ScriptedChat
from graphs.calling.chains import ChainModel
from graphs.drafting.ask import count_call
from graphs.parts import Parts, PriceQuote
from tests.support.graph_parts import corpus


def priced(_model: str, _where: str, usage: Mapping[str, Any] | None) -> PriceQuote:
    return price_of("gpt-4o-mini", "openai", usage)


def test_cached_tokens_and_what_they_saved_are_counted() -> None:
    parts = Parts(retriever=corpus(), price=priced)
    member = ChainModel(ScriptedChat())
    usage: Any = {
        "input_tokens": 2_000_000,
        "output_tokens": 0,
        "total_tokens": 2_000_000,
        "input_token_details": {"cache_read": 1_000_000},
    }
    receipt = count_call(parts, {}, member, AIMessage("", usage_metadata=usage))
    assert receipt["prompt_cache"]["read_tokens"] == 1_000_000
    # gpt-4o-mini: 0.15 dollars a million tokens read, 0.075 from the cache.
    assert receipt["prompt_cache"]["saved_usd"] == pytest.approx(0.075)
    assert receipt["cost"]["usd"] == pytest.approx(0.225)
    plain = {**usage, "input_token_details": {}}
    assert "prompt_cache" not in count_call(parts, {}, member, AIMessage("", usage_metadata=plain))
