from __future__ import annotations

from importlib.metadata import version

import pytest

from app.models.prices import price_of

TOKENS = {"input_tokens": 1_000_000, "output_tokens": 100_000, "total_tokens": 1_100_000}


def test_tokens_cost_what_the_package_says() -> None:
    quote = price_of("gpt-4o-mini", "openai", TOKENS)
    assert quote.usd == pytest.approx(0.15 + 0.06)
    assert quote.version == f"genai-prices {version('genai-prices')}"
    assert price_of("gpt-4o-mini", "https://api.openai.com/v1", TOKENS) == quote


def test_tokens_read_from_the_providers_cache_are_cheaper() -> None:
    cached = {**TOKENS, "input_token_details": {"cache_read": 1_000_000}}
    assert price_of("gpt-4o-mini", "openai", cached).usd == pytest.approx(0.075 + 0.06)


@pytest.mark.parametrize(
    ("model", "where", "usage"),
    [
        ("no-such-model", "openai", TOKENS),
        ("gpt-4o-mini", "no-such-provider", TOKENS),
        # Whatever is behind an address nobody knows, it is not sure to be free, nor to cost what OpenAI asks.
        ("gpt-4o-mini", "http://127.0.0.1:11434/v1", TOKENS),
        ("gpt-4o-mini", "http://127.0.0.1:9/openai/v1", TOKENS),
        ("gpt-4o-mini", "openai", None),
        ("gpt-4o-mini", "openai", {}),
    ],
)
def test_what_is_not_known_is_not_nothing(model: str, where: str, usage: dict[str, int] | None) -> None:
    assert price_of(model, where, usage).usd is None
