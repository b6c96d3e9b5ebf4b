"""What a model call cost, by the prices that genai-prices carries. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from graphs.parts import Price, PriceQuote

STATED = "stated in the settings"
"""Whose price it is that settings give."""

Stated = Mapping[str, tuple[float, float]]
"""Model -> US dollars for a million tokens read, and written."""


def price_of(model: str, where: str, usage: Mapping[str, Any] | None) -> PriceQuote:
    """The price in US dollars of a call with ``usage`` (LangChain's UsageMetadata), at today's prices.

    ``where`` is an address or the name of a provider. Unknown is None, never 0: a model without a price, a
    call without a count of tokens, and every server at an address that belongs to no known provider, be it
    on this machine, since what stands behind it cannot be seen. The prices are those of the package's
    version; its updater, which would ask the network, is never started.
    """
    if not usage:
        return PriceQuote(None, price_version())
    from genai_prices import Usage, calc_price

    read = (usage.get("input_token_details") or {}).get("cache_read")
    written = (usage.get("input_token_details") or {}).get("cache_creation")
    try:
        # LangChain counts cached tokens among the input tokens, as genai-prices does.
        counted = Usage(
            input_tokens=usage.get("input_tokens", 0),
            output_tokens=usage.get("output_tokens", 0),
            cache_read_tokens=read or None,
            cache_write_tokens=written or None,
        )
        if "://" in where:
            found = calc_price(counted, model, provider_api_url=where)
        else:
            found = calc_price(counted, model, provider_id=where)
    except (LookupError, ValueError):
        return PriceQuote(None, price_version())
    return PriceQuote(float(found.total_price), price_version())


@cache
def price_version() -> str:
    """The package whose prices these are, e.g. ``genai-prices 0.2.3``."""
    from importlib.metadata import version

    return f"genai-prices {version('genai-prices')}"


def price_by(stated: Stated) -> Price:
    """``price_of``, but for the models whose price is ``stated``: their cached tokens cost as others."""

    def price(model: str, where: str, usage: Mapping[str, Any] | None) -> PriceQuote:
        if not usage or model not in stated:
            return price_of(model, where, usage)
        read, written = stated[model]
        usd = read * usage.get("input_tokens", 0) + written * usage.get("output_tokens", 0)
        return PriceQuote(usd / 1e6, STATED)

    return price


def estimate_by(stated: Stated) -> Callable[[str, str, int, int], PriceQuote]:
    """What a call of so many tokens would cost at most, at the price of the model that is asked.

    No token is taken for a cached one. Of prices by length, the one that so long an input has counts.
    """
    price = price_by(stated)
    return lambda model, where, read, written: price(
        model, where, {"input_tokens": read, "output_tokens": written}
    )
